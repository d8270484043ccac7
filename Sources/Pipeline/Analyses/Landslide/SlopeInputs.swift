import Geodata
import Grids
import Landslide
import Report
import Terrain

/// What slope analyses read: terrain, soil and what is known of it.
public struct SlopeInputs: Sendable {
  /// The terrain.
  public var elevation: ElevationRaster
  /// A height that stands for no data besides the file's own; nil for none.
  public var void: Double?
  /// Raster of the deposits' codes.
  public var soil: String
  /// Table of the soils' figures.
  public var table: String
  /// Depth of the soil as a length or a raster in metres, instead of the table's.
  public var depth: String?
  /// Number of threads; results do not depend on it.
  public var threads = 1

  /// Inputs with the depths of the table.
  public init(_ elevation: ElevationRaster, soil: String, table: String) {
    self.elevation = elevation
    self.soil = soil
    self.table = table
  }

  /// Paths that are read.
  var paths: [String] { [elevation.path, soil, table] }

  /// Reads terrain and soils.
  func read(_ progress: AnalysisProgress) throws(RunFailure) -> SlopeGround {
    let ground = try progress.step("read") { () throws(RunFailure) in
      try elevation.read(threads: threads).withoutVoids(void, threads: threads)
    }
    let codes = try RunFailure.locating(at: SourcePosition(file: soil)) {
      try readClasses(soil, alignedTo: ground.geometry, RasterReading(threads: threads))
    }
    for warning in codes.alignment.warnings {
      progress.note(Diagnostic(.unusualAlignment, at: SourcePosition(file: soil), warning))
    }
    if codes.alignment.kind == .resampled {
      progress.note(Diagnostic(.resampled, at: SourcePosition(file: soil), codes.alignment.note))
    }
    let parameters = try RunFailure.locating(at: SourcePosition(file: table)) {
      try SoilParameters(try CSVTable(path: table))
    }
    if parameters.isUnverified {
      progress.note(
        Diagnostic(
          .unverifiedTable, at: SourcePosition(file: table),
          "holds values that are marked unverified; they are screening defaults"))
    }
    let depth: Grid<Float>?
    if let text = self.depth {
      depth = try MapOrValue(text, .length).grid(on: ground.geometry, threads: threads)
    } else {
      depth = nil
    }
    return SlopeGround(
      ground: ground, slope: slopeTangent(ground, threads: threads), soil: codes.grid, parameters: parameters,
      depth: depth)
  }

  /// Where the water runs: every cell drains over the border, or into cells without elevation.
  func directions(_ ground: Grid<Float>, _ progress: AnalysisProgress) throws(RunFailure) -> Grid<UInt8> {
    try progress.step("flow") { () throws(RunFailure) in
      try RunFailure.locating(at: SourcePosition(file: elevation.path)) {
        try DepressionHierarchy(of: ground, nodata: elevation.nodata, threads: threads).routedDirections()
      }
    }
  }

  /// Area that drains through each cell, m²; NaN without elevation.
  func upslopeArea(_ ground: Grid<Float>, _ progress: AnalysisProgress) throws(RunFailure) -> Grid<Float> {
    let area = Float(ground.geometry.cellArea)
    let cells = upslopeCells(try directions(ground, progress), threads: threads)
    return cells.map(threads: threads) { $0 == 0 ? .nan : Float($0) * area }
  }
}

/// Terrain and soils on one grid.
struct SlopeGround {
  let ground: Grid<Float>
  /// Tangent of the slope angle.
  let slope: Grid<Float>
  /// Codes of the deposits.
  let soil: Grid<Int32>
  let parameters: SoilParameters
  /// Depth of the soil, m.
  let depth: Grid<Float>?
}

/// A quantity that is the same everywhere, or a raster of it.
struct MapOrValue {
  let text: String
  private let dimension: Dimension
  private let band: Int?

  init(_ text: String, _ dimension: Dimension, band: Int? = nil) {
    self.text = text
    self.dimension = dimension
    self.band = band
  }

  /// The value everywhere, in the base unit of the dimension; nil where it is a raster.
  var value: Double? { (try? Quantity(text, dimension))?.value }

  /// Values on a grid; a raster's are multiplied with `scale`, the quantity is in its base unit.
  func grid(on geometry: GridGeometry, scale: Float = 1, threads: Int) throws(RunFailure) -> Grid<Float> {
    if let value { return Grid(geometry, repeating: Float(value)) }
    return try RunFailure.locating(at: SourcePosition(file: text)) {
      let found = try readRaster(
        text, alignedTo: geometry, resampling: .bilinear, RasterReading(band: band, threads: threads))
      return scale == 1 ? found.grid : found.grid.map(threads: threads) { $0 * scale }
    }
  }
}
