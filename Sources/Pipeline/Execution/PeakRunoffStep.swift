import Foundation
import Geodata
import Grids
import Rainfall
import Report
import Runoff
import Terrain

/// Peak discharge at the outlets of a pipeline.
struct PeakRunoffStep {
  /// A pipe, culvert or other point with what drains to it.
  private struct Outlet {
    let id: String
    let point: Coordinate?
    /// Litres a second; nil is not known.
    let capacity: Double?
    /// What drains to it; nil outside the terrain.
    let catchment: Catchment?
  }

  private let loader: InputLoader
  private let outlets: [Outlet]
  private let peaks: RationalPeaks
  private let climate: ClimateAllowanceTables

  init(_ section: PeakRunoffSection, _ loader: InputLoader, _ model: TerrainModel, _ losses: RunoffStep) throws {
    self.loader = loader
    let pipeline = loader.pipeline
    let figures = try loader.frequencies(section)
    peaks = RationalPeaks(
      figures: figures, time: section.time, increase: try section.coefficientIncrease.map { try loader.read($0) },
      leastKnown: pipeline.policy.minCoveredFraction)
    let coefficient: CellNumbers
    if let id = section.coefficients {
      var ground = GroundLosses(loader.geometry, threads: loader.threads)
      ground.method = .coefficient
      ground.landCover = try section.landCover.map { try loader.classes($0) }
      let rows = try pipeline.reading("tables.\(id)") { try loader.table(id) }
      let mapped = try pipeline.reading("tables.\(id)") { () throws -> GroundLoss in
        ground.table = rows
        return try ground.loss()
      }
      guard case .coefficient(let grid) = mapped else { preconditionFailure("coefficients were asked for") }
      coefficient = .grid(grid)
    } else {
      coefficient = .uniform(section.coefficient ?? 0)
    }
    var numbers: CellNumbers?
    if section.time == .scsLag {
      numbers = section.curveNumber.map { .uniform($0) } ?? losses.curveNumbers.map { .grid($0) }
    }
    let terrain = CatchmentTerrain(
      ground: model.ground, directions: model.directions, cut: edgeContamination(model.directions),
      lengths: upslopeLength(model.directions, threads: loader.threads), slope: model.slope, coefficient: coefficient,
      curveNumber: numbers)
    outlets = try Self.outlets(section, loader, model, terrain)
    climate = ClimateAllowanceTables(loader)
    loader.recorder.cite(section.time.citation)
    loader.recorder.count("outlets", JSONValue(outlets.count))
  }

  /// The outlets with their catchments; those outside the terrain have none.
  private static func outlets(
    _ section: PeakRunoffSection, _ loader: InputLoader, _ model: TerrainModel, _ terrain: CatchmentTerrain
  ) throws -> [Outlet] {
    let id = section.outlets
    var places: [(id: String, point: Coordinate?, capacity: Double?)] = []
    if let input = loader.pipeline.outlet(id) {
      let loaded = try loader.features(
        id, path: input.path, layer: input.layer, crs: input.crs, shapeType: .point, idField: input.id,
        fields: [input.capacity].compactMap { $0 })
      for index in 0..<loaded.count {
        var capacity: Double?
        if let unit = input.unit, let value = loaded.values[index].first?.asNumber {
          guard value.isFinite, value >= 0 else {
            throw loader.pipeline.failure(
              .input, .badValue, at: "inputs.\(id)", "outlet \"\(loaded.ids[index])\": its capacity is \(value)",
              hint: "give a capacity of at least 0, or none")
          }
          capacity = unit.cubicMetresPerSecond(value) * 1000
        }
        var point: Coordinate?
        if case .point(let place)? = loaded.shapes[index] { point = place }
        places.append((loaded.ids[index], point, capacity))
      }
    } else if let input = loader.pipeline.line(id) {
      let loaded = try loader.features(
        id, path: input.path, layer: input.layer, crs: input.crs, shapeType: .lines, idField: input.id, fields: [])
      places = (0..<loaded.count).map { (loaded.ids[$0], upperEnd(of: loaded.lines($0), on: model.ground), nil) }
    }
    let catchments = terrain.catchments(
      near: places.map(\.point), upslope: model.upslope, snapDistance: section.snap.metres, threads: loader.threads)
    let outside = catchments.count { $0 == nil }
    if outside > 0 {
      loader.recorder.note(
        .outletsOutside, at: "inputs.\(id)",
        "\(outside) of \(places.count) outlets lie outside the terrain or have no place; their rows are empty",
        count: outside)
    }
    return zip(places, catchments).map { Outlet(id: $0.id, point: $0.point, capacity: $0.capacity, catchment: $1) }
  }

  /// The higher end of a line; the first where both are as high.
  private static func upperEnd(of lines: [[Coordinate]], on ground: Grid<Float>) -> Coordinate? {
    func height(_ point: Coordinate) -> Float {
      let height = ground.geometry.cell(at: point).map { ground[$0.column, $0.row] } ?? .nan
      return height.isNaN ? -.infinity : height
    }
    guard let first = lines.first?.first, let last = lines.last?.last else { return nil }
    return height(last) > height(first) ? last : first
  }

  /// One feature for each outlet; none where the scenario has no return period.
  func features(of scenario: Scenario) throws -> [Feature] {
    guard let period = scenario.returnPeriod else {
      loader.recorder.note(
        .noPeaks, at: "scenarios.\(scenario.id)",
        "scenario \(scenario.id) has no return period, so that it has no rows in peak_runoff")
      return []
    }
    let keyPath = "hazards.peak_runoff"
    return try RunFailure.locatingTable(at: loader.pipeline.position(of: keyPath), keyPath: keyPath) {
      try outlets.map { outlet in
        let peak = try peaks.peak(of: outlet.catchment, returnPeriod: period.years) { minutes in
          try climate.factor(of: scenario, minutes: minutes)
        }
        return try Self.feature(
          outlet.id, outlet.point, outlet.catchment, peak, scenario: scenario.id, returnPeriod: period.years,
          in: loader.geometry, capacity: outlet.capacity)
      }
    }
  }

  /// A row of the layer and table.
  /// - Parameters:
  ///   - point: Where the outlet lies; nil for an area.
  ///   - catchment: What drains to it; nil off the terrain.
  static func feature(
    _ id: String, _ point: Coordinate?, _ catchment: Catchment?, _ peak: RationalPeaks.Peak, scenario: String,
    returnPeriod: Double, in geometry: GridGeometry, capacity: Double?
  ) throws -> Feature {
    var row = RowBuilder(Schemas.peakRunoff)
    row.set(Fields.outletID, id)
    row.set(Fields.scenario, scenario)
    row.set(Fields.returnPeriod, returnPeriod)
    row.set(Fields.climateFactor, peak.climateFactor)
    row.set(Fields.flags, peak.flags.text)
    let centre = catchment.map { geometry.centre(of: $0.outlet) }
    row.set(Fields.movedDistance, centre.flatMap { centre in point?.distance(to: centre) })
    row.set(Fields.drainedArea, catchment?.area)
    row.set(Fields.flowLength, catchment?.length)
    row.set(Fields.flowDrop, single: catchment.map { Float($0.drop) })
    row.set(Fields.landSlope, catchment?.landSlope)
    row.set(Fields.peakCoefficient, peak.coefficient)
    row.set(Fields.meanCurveNumber, catchment?.curveNumber)
    row.set(Fields.concentrationTime, peak.time)
    row.set(Fields.peakDuration, peak.duration)
    row.set(Fields.peakIntensity, peak.intensity.map { $0 * 10_000 / 3600 })
    row.set(Fields.peak, peak.litresPerSecond)
    row.set(Fields.capacity, capacity)
    var share: Double?
    if let capacity, capacity > 0, let peak = peak.litresPerSecond { share = peak / capacity * 100 }
    row.set(Fields.capacityShare, share)
    // An area has the point where its longest flow path ends.
    return try row.feature((point ?? centre).map { .point($0) })
  }
}

/// Climate factors of scenarios by the duration of the rain, each table read once.
final class ClimateAllowanceTables {
  private let loader: InputLoader
  private var tables: [String: ClimateAllowanceTable] = [:]

  init(_ loader: InputLoader) { self.loader = loader }

  /// The factor of a scenario for rain of some minutes: its own, or the table's for that duration.
  func factor(of scenario: Scenario, minutes: Double) throws -> Double {
    guard let id = scenario.climateTable, let horizon = scenario.climateHorizon, let period = scenario.returnPeriod
    else { return scenario.climateFactor ?? 1 }
    let table = try tables[id] ?? ClimateAllowanceTable(try CSVTable(path: loader.tablePath(id)))
    tables[id] = table
    return try table.rule(duration: minutes, returnPeriod: period.years, horizon: horizon).factor
  }
}

extension InputLoader {
  /// The path of a table.
  func tablePath(_ id: String) -> String { pipeline.tables[id].map { pipeline.resolve($0) } ?? id }

  /// The return-period table of the peaks.
  fileprivate func frequencies(_ section: PeakRunoffSection) throws -> IntensityDurationFrequency {
    let path = tablePath(section.table)
    return try RunFailure.locatingTable(
      at: pipeline.position(of: "tables.\(section.table)"), keyPath: "tables.\(section.table)"
    ) {
      recorder.record(try recorder.inputRecord("table \(section.table)", path))
      return try RainFrequencyTable(path: path, unit: section.unit, station: section.station).figures(of: path)
    }
  }
}

extension RainFrequencyTable {
  /// The figures of a table.
  /// - Throws: ``CSVTableError`` where it names rasters.
  func figures(of path: String) throws(CSVTableError) -> IntensityDurationFrequency {
    guard case .station(let figures, _) = self else {
      throw CSVTableError([
        Diagnostic(
          .unreadableTable, at: SourcePosition(file: path), "the table names rasters, figures are needed",
          hint: "give a table of figures")
      ])
    }
    return figures
  }
}

extension Coordinate {
  fileprivate func distance(to other: Coordinate) -> Double {
    ((x - other.x) * (x - other.x) + (y - other.y) * (y - other.y)).squareRoot()
  }
}

extension DiagnosticCode {
  static let outletsOutside: Self = "W-RUN-102"
  static let noPeaks: Self = "I-RUN-103"
}
