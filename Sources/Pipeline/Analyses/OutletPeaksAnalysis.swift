import Foundation
import Geodata
import Grids
import Rainfall
public import Report
import Runoff
import Terrain

/// Peak discharge at outlets or of areas of a terrain: `overvann runoff peak DEM`.
public struct OutletPeaksAnalysis: Sendable {
  /// What peaks are wanted for.
  public enum Places: Sendable, Equatable {
    /// Points of a layer, by an identifying field.
    case outlets(String, layer: String?, id: String?)
    /// Points, numbered from 1.
    case points([SIMD2<Double>])
    /// Areas of a layer by themselves, by an identifying field.
    case areas(String, layer: String?, id: String?)
  }

  /// Numbers of the ground.
  public enum Numbers: Sendable, Equatable {
    /// The same everywhere.
    case value(Double)
    /// A table by land cover.
    case table(String)
  }

  /// The terrain.
  public var elevation: ElevationRaster
  /// Culverts, bridges and trenches.
  public var changes = TerrainChanges()
  /// What peaks are wanted for.
  public var places: Places
  /// Greatest distance in metres by which an outlet is moved to where most water passes.
  public var snapDistance = 0.0
  /// Runoff coefficient.
  public var coefficient: Numbers
  /// Raster of land cover, for tables.
  public var landCover: String?
  /// Raster of soil classes, for a table of curve numbers.
  public var soil: String?
  /// Table of the soil group by class of soil.
  public var soilGroups: String?
  /// Curve number for the lag of the US Soil Conservation Service; nil takes Kirpich.
  public var curveNumber: Numbers?
  /// Table by which coefficients rise with the return period.
  public var increase: String?
  /// File of the return-period table.
  public var table: String
  /// Unit of its figures, where the file does not name it.
  public var unit: String?
  /// Source to take where the file holds several.
  public var station: String?
  /// Return periods in years.
  public var returnPeriods: [Double]
  /// The climate allowance.
  public var climate = ClimateChoice()
  /// Table (CSV) or layer of the peaks; nil writes none.
  public var output: String?
  /// How files are written.
  public var files = OutputFiles()
  /// Number of threads; the results do not depend on it.
  public var threads = 1

  /// Peaks on a terrain; everything else has a default.
  public init(
    _ elevation: ElevationRaster, _ places: Places, coefficient: Numbers, table: String, returnPeriods: [Double]
  ) {
    self.elevation = elevation
    self.places = places
    self.coefficient = coefficient
    self.table = table
    self.returnPeriods = returnPeriods
  }

  /// Reads, routes, reckons and writes.
  /// - Returns: The peaks, for people and programs.
  /// - Throws: ``RunFailure``; then no file has been written or replaced.
  public func run(progress: AnalysisProgress) throws(RunFailure) -> JSONObject {
    let inputs = [elevation.path, table, landCover, soil, soilGroups, increase, climate.table].compactMap { $0 }
    try files.check([output], inputs: inputs + changes.inputs)
    if let output, !Self.isTable(output) { _ = try VectorFormat(of: output) }
    let peaks = try progress.step("tables") { () throws(RunFailure) in try rationalPeaks() }
    var report: JSONObject = [:]
    let (terrain, upslope) = try progress.step("terrain") { () throws(RunFailure) in try self.terrain(&report) }
    let (ids, points, catchments) = try progress.step("catchments") { () throws(RunFailure) in
      try self.catchments(terrain, upslope)
    }
    let geometry = terrain.ground.geometry
    var features: [Feature] = []
    for years in returnPeriods {
      try RunFailure.locatingTable(at: SourcePosition(file: climate.table ?? table)) {
        for (index, catchment) in catchments.enumerated() {
          let peak = try peaks.peak(of: catchment, returnPeriod: years) { minutes in
            try climate.allowance(duration: minutes, returnPeriod: years)?.factor ?? 1
          }
          features.append(
            try PeakRunoffStep.feature(
              ids[index], points[index], catchment, peak, scenario: "\(JSONTree.text(of: years)) a",
              returnPeriod: years,
              in: geometry, capacity: nil))
        }
      }
    }
    let layer = Schemas.peakRunoff.layer(crs: geometry.crs, features: features)
    if let output {
      try progress.step("write") { () throws(RunFailure) in
        try RunFailure.locating(at: SourcePosition(file: output)) {
          if Self.isTable(output) {
            try writeCSV(
              Schemas.peakRunoff.table(features.map(\.values)), to: URL(fileURLWithPath: output))
          } else {
            try layer.write(to: output)
          }
        }
      }
    }
    let large = catchments.count { ($0?.area ?? 0) > 2e6 }
    if large > 0 {
      progress.note(
        Diagnostic(
          .largeCatchment, at: SourcePosition(file: elevation.path),
          "the rational method is meant for small areas (about 2 km² at most); \(large) are larger"))
    }
    report["outlets"] = JSONValue(catchments.count)
    report["without_peak"] = JSONValue(
      features.count { $0.values[Schemas.peakRunoff.place(of: Fields.peak)] == .null })
    report["peaks"] = .array(features.map { .object(Self.json($0)) })
    return report
  }

  private static func isTable(_ path: String) -> Bool { path.lowercased().hasSuffix(".csv") }

  private static func json(_ feature: Feature) -> JSONObject {
    var object: JSONObject = [:]
    for (field, value) in zip(Schemas.peakRunoff.fields, feature.values) {
      switch value {
      case .null: continue
      case .text(let text): object[field.name] = .string(text)
      case .integer(let number): object[field.name] = .integer(number)
      case .real(let number): object[field.name] = .number(number)
      case .boolean(let isTrue): object[field.name] = .bool(isTrue)
      }
    }
    return object
  }

  private func rationalPeaks() throws(RunFailure) -> RationalPeaks {
    try RunFailure.locatingTable(at: SourcePosition(file: table)) {
      RationalPeaks(
        figures: try RainFrequencyTable(path: table, unit: unit.flatMap { RainUnit(text: $0) }, station: station)
          .figures(of: table),
        time: curveNumber == nil ? .kirpich : .scsLag,
        increase: try increase.map { try CoefficientIncrease(try CSVTable(path: $0)) }, leastKnown: 0.98)
    }
  }

  private func terrain(_ report: inout JSONObject) throws(RunFailure) -> (CatchmentTerrain, Grid<Int32>) {
    let original = try elevation.read(threads: threads)
    let slope = slopeTangent(original, threads: threads)
    let ground = try changes.apply(
      to: original, nodata: elevation.nodata, dem: elevation.path, threads: threads, report: &report)
    let directions = try RunFailure.locating(at: SourcePosition(file: elevation.path)) {
      try DepressionHierarchy(of: ground, nodata: elevation.nodata, threads: threads).routedDirections()
    }
    let geometry = ground.geometry
    func classes(_ path: String) throws -> Grid<Int32> {
      try readClasses(path, alignedTo: geometry, RasterReading(threads: threads)).grid
    }
    func numbers(_ numbers: Numbers, _ method: RunoffMethod) throws(RunFailure) -> CellNumbers {
      switch numbers {
      case .value(let value): return .uniform(value)
      case .table(let path):
        return try RunFailure.locatingTable(at: SourcePosition(file: path)) {
          var losses = GroundLosses(geometry, threads: threads)
          losses.method = method
          losses.table = try CSVTable(path: path)
          losses.landCover = try landCover.map { try classes($0) }
          if method == .curveNumber {
            losses.soil = try soil.map { try classes($0) }
            losses.soilGroups = try soilGroups.map { try CSVTable(path: $0) }
          }
          switch try losses.loss() {
          case .curveNumber(let grid, _), .coefficient(let grid): return .grid(grid)
          default: preconditionFailure("one number a cell was asked for")
          }
        }
      }
    }
    var number: CellNumbers?
    if let curveNumber { number = try numbers(curveNumber, .curveNumber) }
    return (
      CatchmentTerrain(
        ground: ground, directions: directions, cut: edgeContamination(directions),
        lengths: upslopeLength(directions, threads: threads), slope: slope,
        coefficient: try numbers(coefficient, .coefficient), curveNumber: number),
      upslopeCells(directions, threads: threads)
    )
  }

  /// Identifiers, own points (none for areas) and catchments.
  private func catchments(
    _ terrain: CatchmentTerrain, _ upslope: Grid<Int32>
  ) throws(RunFailure) -> (ids: [String], points: [Coordinate?], [Catchment?]) {
    let crs = terrain.ground.geometry.crs
    switch places {
    case .points(let pairs):
      let points = pairs.map { Coordinate(x: $0.x, y: $0.y) }
      let catchments = try RunFailure.locating(at: SourcePosition(file: "--outlet")) {
        terrain.catchments(
          of: try pourCells(of: points, upslope: upslope, snapDistance: snapDistance), threads: threads)
      }
      return (points.indices.map { "\($0 + 1)" }, points, catchments)
    case .outlets(let path, let layer, let id):
      let (ids, shapes) = try Self.features(path, layer, id, .point, crs)
      let points = shapes.map { shape -> Coordinate? in if case .point(let point)? = shape { point } else { nil } }
      return (
        ids, points,
        terrain.catchments(near: points, upslope: upslope, snapDistance: snapDistance, threads: threads)
      )
    case .areas(let path, let layer, let id):
      let (ids, shapes) = try Self.features(path, layer, id, .polygons, crs)
      let catchments = shapes.map { shape -> Catchment? in
        if case .polygons(let polygons)? = shape { terrain.area(polygons) } else { nil }
      }
      return (ids, shapes.map { _ in nil }, catchments)
    }
  }

  /// The shapes of a layer with their identifiers: a field, or the number of the feature.
  private static func features(
    _ path: String, _ layer: String?, _ id: String?, _ type: ShapeType, _ crs: CoordinateReferenceSystem
  ) throws(RunFailure) -> (ids: [String], shapes: [Shape?]) {
    let found = try RunFailure.locating(at: SourcePosition(file: path)) {
      try readLayer(path, reprojectedTo: crs, VectorReading(shapeType: type, layer: layer)).layer
    }
    let place = id.flatMap { name in found.fields.firstIndex { $0.name == name } }
    if let id, place == nil {
      throw RunFailure(
        .input,
        [
          Diagnostic(
            .missingField, at: SourcePosition(file: path), "there is no field \"\(id)\"",
            hint: Suggestion.hint(for: id, among: found.fields.map(\.name)))
        ])
    }
    if found.features.isEmpty {
      throw RunFailure(
        .input, [Diagnostic(.emptyLayer, at: SourcePosition(file: path), "the layer holds no feature")])
    }
    return (
      found.features.enumerated().map { number, feature in
        place.flatMap { feature.values[$0].text } ?? "\(number + 1)"
      }, found.features.map(\.shape)
    )
  }
}
