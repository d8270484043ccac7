public import ArgumentParser
public import Pipeline
import Terrain

extension FlowAnalysis.Method: ExpressibleByArgument {}
extension FlowAnalysis.AccumulationUnit: ExpressibleByArgument {}
extension FlowAnalysis.DirectionCoding: ExpressibleByArgument {}
extension FlowAnalysis.LakeRouting: ExpressibleByArgument {}

/// `overvann flow`: where the water runs, and how much passes.
struct FlowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flow", abstract: "Flow directions, accumulation, streams and watersheds of an elevation raster.",
    discussion: """
      Every cell drains to an outlet: over the border of the raster or, with --nodata outlet, into cells without \
      elevation. Water takes the steepest descent; through a depression it runs along the valley to the bottom and \
      from there to the lowest outlet. Name the results that you want.

      With --memory or --tile the raster need not fit into memory: --directions, --accumulation and --filled are worked \
      out tile by tile, with --lakes flats and --method d8, and have the same bits. Everything else needs the raster in \
      memory.

      EXAMPLES
        overvann flow dtm.tif --directions directions.tif --accumulation area.tif
        overvann flow coast.tif --nodata outlet --method dinf \\
          --accumulation area.tif --wetness-index wetness.tif
        overvann flow dtm.tif --culverts culverts.gpkg --culvert-id culvert_id \\
          --breach-length 20 --breach-depth 1 --changes changes.csv \\
          --streams streams.gpkg --stream-area 20000 --hand hand.tif
        overvann flow dtm.tif --points inlets.geojson --snap 10 \\
          --watersheds watersheds.gpkg --traces traces.gpkg
        overvann flow country.tif --lakes flats --memory 2G --accumulation area.tif
      """)

  @OptionGroup var elevation: ElevationOptions
  @OptionGroup(title: "Changes of the terrain") var changes: TerrainChangeOptions

  @Option(help: "How water is led through depressions: carve (along the bed) or flats (over the filled surface).")
  var lakes = FlowAnalysis.LakeRouting.carve

  @Flag(inversion: .prefixedNo, help: "Prove that a filled surface that is written is exact, and say so.")
  var certify = true

  @Option(help: "How the water of a cell is shared: d8, dinf (D-infinity) or mfd (all lower neighbours).")
  var method = FlowAnalysis.Method.d8

  @Option(help: "Exponent of mfd: 1.1 spreads, 6 and more gathers.")
  var exponent = 1.1

  @Option(help: "Coding of directions: clockwise (0 east to 7 north-east) or esri (1 east to 128 north-east).")
  var coding = FlowAnalysis.DirectionCoding.clockwise

  @Option(help: "What the accumulation counts: area (square metres) or cells.")
  var accumulationUnit = FlowAnalysis.AccumulationUnit.area

  @Option(help: "Raster of what each cell adds, such as rain or runoff in mm; for --weighted.")
  var weights: String?

  @Option(help: "Upslope area in m² from which a cell belongs to a stream.")
  var streamArea = 50_000.0

  @Option(help: "Least tangent of the slope for the wetness index.")
  var leastSlope = 0.001

  @OptionGroup(title: "Rasters to write (GeoTIFF)") var rasters: FlowRasterOptions
  @OptionGroup(title: "Layers to write (.gpkg, .geojson or .fgb)") var layers: FlowLayerOptions
  @OptionGroup var tiling: TilingOptions
  @OptionGroup var options: AnalysisOptions

  func validate() throws {
    if rasters.paths.isEmpty, layers.all.outputs.allSatisfy({ $0 == nil }) {
      throw ValidationError("nothing is asked for: name --directions, --accumulation, --streams or another result")
    }
    guard exponent > 0, exponent.isFinite else { throw ValidationError("--exponent \(exponent): above 0") }
    guard streamArea > 0 else { throw ValidationError("--stream-area \(streamArea): above 0") }
    guard leastSlope > 0 else { throw ValidationError("--least-slope \(leastSlope): above 0") }
  }

  func run() throws {
    var analysis = FlowAnalysis(elevation.input)
    analysis.changes = changes.all
    analysis.lakes = lakes
    analysis.certifies = certify
    analysis.method = method
    analysis.exponent = exponent
    analysis.coding = coding
    analysis.accumulationUnit = accumulationUnit
    analysis.weights = weights
    analysis.streamArea = streamArea
    analysis.leastSlope = leastSlope
    analysis.rasters = rasters.paths
    analysis.layers = layers.all
    analysis.files = options.files
    analysis.threads = options.threads
    try options.run("flow") { progress throws(RunFailure) in
      if let tiling = tiling.tiling { return try analysis.run(over: tiling, progress: progress) }
      return try analysis.run(progress: progress)
    }
  }
}

/// Culverts and trenches.
struct TerrainChangeOptions: ParsableArguments {
  @Option(help: "Layer of culverts' and bridges' lines, burned into the terrain.", completion: .file())
  var culverts: String?

  @Option(help: "Field of the lines' identifiers.")
  var culvertID = "id"

  @Option(help: "Longest trench, in metres, by which pits are drained; none are dug without this or --breach-depth.")
  var breachLength: Double?

  @Option(help: "Deepest trench, in metres.")
  var breachDepth: Double?

  @Option(help: "CSV of every changed cell, with its height before and after.", completion: .file(extensions: ["csv"]))
  var changes: String?

  func validate() throws {
    for (name, value) in [("--breach-length", breachLength), ("--breach-depth", breachDepth)] {
      if let value, !(value > 0) { throw ValidationError("\(name) \(value): above 0") }
    }
  }

  var all: TerrainChanges {
    var all = TerrainChanges()
    all.culverts = culverts
    all.culvertID = culvertID
    if breachLength != nil || breachDepth != nil {
      all.breaching = BreachLimits(length: breachLength ?? .infinity, depth: breachDepth ?? .infinity)
    }
    all.table = changes
    return all
  }
}

/// Rasters of `overvann flow`.
struct FlowRasterOptions: ParsableArguments {
  @Option(help: "D8 directions.", completion: .file(extensions: ["tif"]))
  var directions: String?
  @Option(help: "Direction of D-infinity, degrees clockwise from north.", completion: .file(extensions: ["tif"]))
  var angles: String?
  @Option(help: "What drains through each cell.", completion: .file(extensions: ["tif"]))
  var accumulation: String?
  @Option(help: "The weights added up along the flow.", completion: .file(extensions: ["tif"]))
  var weighted: String?
  @Option(help: "The filled terrain.", completion: .file(extensions: ["tif"]))
  var filled: String?
  @Option(help: "The terrain with culverts burned and trenches dug.", completion: .file(extensions: ["tif"]))
  var ground: String?
  @Option(help: "Topographic wetness index.", completion: .file(extensions: ["tif"]))
  var wetnessIndex: String?
  @Option(help: "Longest way of water from upstream.", completion: .file(extensions: ["tif"]))
  var upslopeLength: String?
  @Option(help: "Height above the nearest drainage (HAND).", completion: .file(extensions: ["tif"]))
  var hand: String?
  @Option(help: "Way of water to the nearest drainage.", completion: .file(extensions: ["tif"]))
  var drainageDistance: String?
  @Option(help: "Strahler order of stream cells.", completion: .file(extensions: ["tif"]))
  var strahler: String?

  var paths: [FlowAnalysis.Product: String] {
    let all: [FlowAnalysis.Product: String?] = [
      .directions: directions, .angles: angles, .accumulation: accumulation, .weighted: weighted, .filled: filled,
      .ground: ground, .wetnessIndex: wetnessIndex, .upslopeLength: upslopeLength, .hand: hand,
      .drainageDistance: drainageDistance, .strahler: strahler,
    ]
    return all.compactMapValues { $0 }
  }
}

/// Layers of `overvann flow`.
struct FlowLayerOptions: ParsableArguments {
  @Option(help: "Stream lines with order and upslope area.", completion: .file())
  var streams: String?
  @Option(help: "Heads, confluences and ends of the streams.", completion: .file())
  var nodes: String?
  @Option(help: "Layer of points whose watersheds and traces are wanted.", completion: .file())
  var points: String?
  @Option(help: "How far, in metres, a point is moved to where most water passes.")
  var snap = 0.0
  @Option(help: "What drains to each point.", completion: .file())
  var watersheds: String?
  @Option(help: "The way of the water from each point.", completion: .file())
  var traces: String?

  func validate() throws {
    guard snap >= 0, snap.isFinite else { throw ValidationError("--snap \(snap): at least 0") }
  }

  var all: FlowLayers {
    var all = FlowLayers()
    all.streams = streams
    all.nodes = nodes
    all.points = points
    all.snapDistance = snap
    all.watersheds = watersheds
    all.traces = traces
    return all
  }
}
