import Geodata
import Grids
public import Report
import Terrain

/// Where the water runs on an elevation raster, and how much passes: `overvann flow`.
public struct FlowAnalysis: Sendable {
  /// What a raster of accumulation counts.
  public enum AccumulationUnit: String, Sendable, CaseIterable {
    /// Upslope area in square metres.
    case area
    /// Number of upslope cells.
    case cells

    /// Unit of the raster's values.
    var unit: String { self == .area ? "m2" : "1" }
    /// What the raster's values are.
    var description: String { "\(self == .area ? "Area" : "Cells") that drain through the cell" }
    /// The value of one cell.
    func factor(in geometry: GridGeometry) -> Float { self == .area ? Float(geometry.cellArea) : 1 }
  }

  /// How directions are coded in a raster.
  public enum DirectionCoding: String, Sendable, CaseIterable {
    /// 0 east, clockwise to 7 north-east; 8 leaves the terrain.
    case clockwise
    /// 1 east, 2 south-east, 4 south … 128 north-east; 0 leaves the terrain.
    case esri

    /// What the raster's values are.
    var description: String {
      switch self {
      case .clockwise: "Receiver: 0 east, clockwise to 7 north-east; 8 leaves the terrain; 255 no elevation"
      case .esri:
        "Receiver: 1 east, 2 south-east, 4 south to 128 north-east; 0 leaves the terrain; 255 no elevation"
      }
    }
  }

  /// How water is led through depressions.
  public enum LakeRouting: String, Sendable, CaseIterable {
    /// Along the bed: to the bottom and back up to the outlet.
    case carve
    /// Over the surface of the filled lake, towards its outlet and away from its shores.
    case flats
  }

  /// The terrain.
  public var elevation: ElevationRaster
  /// How water is led through depressions.
  public var lakes = LakeRouting.carve
  /// GeoTIFF of the D8 directions; nil writes none.
  public var directions: String?
  /// How directions are coded.
  public var coding = DirectionCoding.clockwise
  /// GeoTIFF of what drains through each cell; nil writes none.
  public var accumulation: String?
  /// What the accumulation counts.
  public var accumulationUnit = AccumulationUnit.area
  /// GeoTIFF of the filled terrain; nil writes none.
  public var filled: String?
  /// How files are written.
  public var files = OutputFiles()
  /// Number of threads; the result does not depend on it.
  public var threads = 1

  /// An analysis with every option at its default.
  public init(_ elevation: ElevationRaster) { self.elevation = elevation }

  /// Reads, routes, accumulates, and writes what was asked for.
  /// - Returns: What was found, for people and programs.
  /// - Throws: ``RunFailure``; then no file that was not finished has been written or replaced.
  public func run(progress: AnalysisProgress) throws(RunFailure) -> JSONObject {
    try files.check([directions, accumulation, filled], inputs: [elevation.path])
    let ground = try progress.step("read") { () throws(RunFailure) in try elevation.read(threads: threads) }
    var report: JSONObject = ["cells": JSONValue(ground.count)]
    let geometry = ground.geometry
    let routed = try route(ground, &report, progress)
    if let directions {
      try write(directions, progress) {
        let codes = coding == .esri ? routed.map(threads: threads, esriCode) : routed
        try writeClassGeoTIFF(
          codes, to: directions, compressed: files.compresses, description: coding.description, threads: threads)
      }
    }
    guard let accumulation else { return report }
    let cells = try progress.step("accumulate") { () throws(RunFailure) in upslopeCells(routed, threads: threads) }
    report["largest_upslope_area_m2"] = .number(Double(cells.largest) * geometry.cellArea)
    try write(accumulation, progress) {
      let factor = accumulationUnit.factor(in: geometry)
      try writeGeoTIFF(
        cells.map(threads: threads) { $0 == 0 ? .nan : Float($0) * factor }, to: accumulation,
        compressed: files.compresses, unit: accumulationUnit.unit, description: accumulationUnit.description,
        threads: threads)
    }
    return report
  }

  /// Directions that drain every cell; the ground is let go as soon as it is not needed.
  private func route(
    _ ground: consuming Grid<Float>, _ report: inout JSONObject, _ progress: AnalysisProgress
  ) throws(RunFailure) -> Grid<UInt8> {
    var surface = ground
    let position = SourcePosition(file: elevation.path)
    let hierarchy = try progress.step("basins") { () throws(RunFailure) in
      try RunFailure.locating(at: position) {
        try DepressionHierarchy(of: surface, nodata: elevation.nodata, threads: threads)
      }
    }
    report["depressions"] = JSONValue(hierarchy.leafCount)
    if filled != nil || lakes == .flats {
      report["filled_cells"] = JSONValue(hierarchy.fill(&surface, threads: threads).cells)
    }
    if let filled {
      try write(filled, progress) {
        try writeGeoTIFF(
          surface, to: filled, compressed: files.compresses, unit: "m",
          description: "Terrain with every depression filled", threads: threads)
      }
    }
    switch lakes {
    case .carve: return hierarchy.routedDirections()
    case .flats:
      return try progress.step("flats") { () throws(RunFailure) in
        try RunFailure.locating(at: position) {
          try flatRoutedDirections(of: surface, nodata: elevation.nodata, threads: threads)
        }
      }
    }
  }

  private func write(_ path: String, _ progress: AnalysisProgress, _ body: () throws -> Void) throws(RunFailure) {
    try progress.step("write \(path)") { () throws(RunFailure) in
      try RunFailure.locating(at: SourcePosition(file: path), body)
    }
  }
}

/// The direction as ESRI software codes it.
@Sendable
private func esriCode(_ code: UInt8) -> UInt8 { code == FlowDirection.nodata ? code : FlowDirection.esri(code) }

extension Grid<Int32> {
  /// The largest value.
  fileprivate var largest: Int32 {
    withUnsafeCells { cells in
      var largest = Int32.min
      for index in 0..<count { largest = Swift.max(largest, cells[index]) }
      return largest
    }
  }
}
