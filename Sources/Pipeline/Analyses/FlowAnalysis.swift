import Geodata
import Grids
public import Report
import Terrain

/// Where the water runs on an elevation raster, and how much passes: `overvann flow`.
public struct FlowAnalysis: Sendable {
  /// How the water of a cell is shared among its neighbours.
  public enum Method: String, Sendable, CaseIterable {
    /// All to the steepest neighbour.
    case d8
    /// To the two neighbours beside the line of steepest descent (Tarboton 1997).
    case dinf
    /// To every lower neighbour by a power of the slope (Freeman 1991, Holmgren 1994).
    case mfd
  }

  /// What a raster of accumulation counts.
  public enum AccumulationUnit: String, Sendable, CaseIterable {
    /// Upslope area in square metres.
    case area
    /// Number of upslope cells.
    case cells

    /// Unit of the raster's values.
    var unit: String { self == .area ? "m2" : "1" }
    /// What the raster's values are.
    func description(_ method: Method) -> String {
      "\(self == .area ? "Area" : "Cells") that drain through the cell (\(method.rawValue))"
    }
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

  /// A raster that can be asked for.
  public enum Product: String, Sendable, CaseIterable {
    /// D8 directions.
    case directions
    /// Direction of D∞ in degrees clockwise from north.
    case angles
    /// What drains through each cell.
    case accumulation
    /// Weights, such as rain or runoff, added up along the flow.
    case weighted
    /// Terrain with every depression filled.
    case filled
    /// Terrain with culverts burned and trenches dug.
    case ground
    /// Topographic wetness index.
    case wetnessIndex = "wetness-index"
    /// Length of the longest way from upstream.
    case upslopeLength = "upslope-length"
    /// Height above the nearest drainage.
    case hand
    /// Length of the way to the nearest drainage.
    case drainageDistance = "drainage-distance"
    /// Strahler order of stream cells.
    case strahler
  }

  /// The terrain.
  public var elevation: ElevationRaster
  /// Culverts, bridges and trenches.
  public var changes = TerrainChanges()
  /// How water is led through depressions.
  public var lakes = LakeRouting.carve
  /// How the water of a cell is shared.
  public var method = Method.d8
  /// Exponent of MFD.
  public var exponent = 1.1
  /// How directions are coded.
  public var coding = DirectionCoding.clockwise
  /// What the accumulation counts.
  public var accumulationUnit = AccumulationUnit.area
  /// Raster of what each cell adds, on the grid of the terrain; needed for `weighted`.
  public var weights: String?
  /// Upslope area from which a cell belongs to a stream, m².
  public var streamArea = 50_000.0
  /// Least tangent of the slope for the wetness index.
  public var leastSlope = 0.001
  /// Whether a filled surface that is written is proved to be exact.
  public var certifies = true
  /// Rasters to write: path by product.
  public var rasters: [Product: String] = [:]
  /// Layers to write.
  public var layers = FlowLayers()
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
    try files.check(
      Product.allCases.map { rasters[$0] } + layers.outputs + [changes.table],
      inputs: [elevation.path] + changes.inputs + [weights, layers.points].compactMap { $0 })
    try layers.check()
    if (rasters[.weighted] == nil) != (weights == nil) {
      throw RunFailure(
        .configuration,
        [Diagnostic(.contradiction, at: SourcePosition(file: "overvann flow"), "--weights and --weighted go together")])
    }
    var report: JSONObject = [:]
    var ground = try progress.step("read") { () throws(RunFailure) in try elevation.read(threads: threads) }
    report["cells"] = JSONValue(ground.count)
    ground = try progress.step("changes") { () throws(RunFailure) in
      try changes.apply(
        to: ground, nodata: elevation.nodata, dem: elevation.path, threads: threads, report: &report)
    }
    let flow = try route(ground, &report, progress)
    try write(flow, &report, progress)
    return report
  }

  /// Whether something is asked for that needs the filled surface.
  private var needsFilled: Bool {
    lakes == .flats || method != .d8 || layers.needsSurface
      || [.filled, .angles, .hand, .drainageDistance].contains { rasters[$0] != nil }
  }

  /// Whether something is asked for that needs the number of upslope cells.
  private var needsCells: Bool {
    layers.needsStreams || layers.points != nil
      || [.hand, .drainageDistance, .strahler].contains { rasters[$0] != nil }
      || (method == .d8 && (rasters[.accumulation] != nil || rasters[.wetnessIndex] != nil))
  }

  private func route(
    _ ground: consuming Grid<Float>, _ report: inout JSONObject, _ progress: AnalysisProgress
  ) throws(RunFailure) -> RoutedTerrain {
    var surface = ground
    let position = SourcePosition(file: elevation.path)
    // The ground itself is kept only where something is taken from it.
    let isProved = certifies && rasters[.filled] != nil
    let isNeeded = rasters[.ground] != nil || rasters[.wetnessIndex] != nil
    var kept = isProved || isNeeded ? surface : nil
    let hierarchy = try progress.step("basins") { () throws(RunFailure) in
      try RunFailure.locating(at: position) {
        try DepressionHierarchy(of: surface, nodata: elevation.nodata, threads: threads)
      }
    }
    report["depressions"] = JSONValue(hierarchy.leafCount)
    if needsFilled {
      report["filled_cells"] = JSONValue(hierarchy.fill(&surface, threads: threads).cells)
    }
    if isProved, let ground = kept {
      report["certificate"] = try progress.step("prove") { () throws(RunFailure) in
        try elevation.proof(of: surface, over: ground, threads: threads)
      }
    }
    if !isNeeded { kept = nil }
    let directions: Grid<UInt8>
    switch lakes {
    case .carve: directions = hierarchy.routedDirections()
    case .flats:
      directions = try progress.step("flats") { () throws(RunFailure) in
        try RunFailure.locating(at: position) {
          try flatRoutedDirections(of: surface, nodata: elevation.nodata, threads: threads)
        }
      }
    }
    let cells =
      needsCells
      ? try progress.step("accumulate") { () throws(RunFailure) in upslopeCells(directions, threads: threads) } : nil
    return RoutedTerrain(ground: kept, surface: surface, directions: directions, cells: cells)
  }
}

/// A terrain whose water has been routed.
struct RoutedTerrain {
  /// The ground with its changes; nil where nothing is taken from it.
  let ground: Grid<Float>?
  /// The filled surface where something needs it, else the ground.
  let surface: Grid<Float>
  let directions: Grid<UInt8>
  /// Cells that drain through each cell by D8; nil where nothing needs them.
  let cells: Grid<Int32>?
}
