public import ArgumentParser
public import Flood
import Foundation
public import Pipeline
import Rainfall

extension FlowMethod: ExpressibleByArgument {}
extension FlowEdge: ExpressibleByArgument {}
extension FlowBuildings: ExpressibleByArgument {}

/// Ground that takes less the more it has taken; other methods know only the rain as a whole.
enum SoilLossMethod: String, CaseIterable, ExpressibleByArgument {
  case initialConstant = "initial_constant"
  case horton
  case greenAmpt = "green_ampt"

  var runoffMethod: RunoffMethod {
    switch self {
    case .initialConstant: .initialConstant
    case .horton: .horton
    case .greenAmpt: .greenAmpt
    }
  }
}

/// `overvann simulate`: where the water is in time, how deep and how fast.
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Two-dimensional surface flow: where the water is, how deep, how fast, and when.",
    discussion: """
      Rain, hydrographs and levels over terrain. Schemes: local_inertial (fast; sheet flow, ponding, slow floods), \
      shallow_water (full equations, second order; dam breaks, jumps, fast and deep flow) and \
      shallow_water_first_order. Water is conserved to 2^-40 m in every cell, and the results have the same bits for \
      any number of threads. Results: the greatest depth, speed, depth x speed and hazard (UK rating, AIDR class; \
      maxima over time, not of maxima), arrival, duration, the final depth, the ledger of volumes, gauges and sections. \
      A run that is stopped leaves restart.bin in the folder of results; --resume goes on with the same bits.

      EXAMPLES
        overvann simulate dtm.tif --rain 60mm --duration 2h --manning 0.03 \\
          --edge free --out results
        overvann simulate dtm.tif --rain storm.csv --duration 3h \\
          --land-cover cover.tif --roughness fixtures/tables/roughness.csv \\
          --buildings buildings.gpkg --drainage 12mm/h --out results
        overvann simulate dtm.tif --inflows breach.geojson \\
          --inflow-table breach.csv --scheme shallow_water --manning 0.04 \\
          --gauges gauges.gpkg --duration 6h --nodata wall --out results
        overvann simulate dtm.tif --rain 60mm --duration 2h --manning 0.03 \\
          --subgrid 4 --out results
      """)

  @OptionGroup var elevation: ElevationOptions

  @Option(help: "Depth such as 60mm, CSV of steps as storm --csv writes it, or a raster; may be repeated for a series.")
  var rain: [String] = []

  @Option(help: "Time in which a depth or a single raster of rain falls.") var rainDuration = "60min"

  @Option(help: "Unit of rain rasters: mm, m, cm, kg/m2, 0.1 mm, mm/h or kg/m2/s.") var rainUnit: RainFieldUnit?

  @Option(help: "Length of a step of rain rasters, where the files do not tell it.") var rainStep: String?

  @Flag(help: "Each step of rain rasters holds the rain since the beginning.") var accumulated = false

  @Flag(help: "Each step of rain rasters holds its own rain.") var perStep = false

  @Option(help: "Time to simulate, such as 2h.") var duration: String

  @Option(help: "Share of the rain that runs off, 0 to 1, or a raster of it.") var runoffCoefficient = "1"

  @Option(help: "Rate that the ground takes, such as 10mm/h, or a raster in mm/h.") var infiltration = "0mm/h"

  @Option(help: "Ground that takes less the more it has taken, by this method; with --soil.")
  var soilLoss: SoilLossMethod?

  @Option(help: "Raster of soil.", completion: .file()) var soil: String?

  @Option(help: "Table of the numbers of --soil-loss by deposit_code.", completion: .file()) var soilTable: String?

  @Option(help: "Rate that the drains take, such as 12mm/h, or a raster in mm/h.") var drainage = "0mm/h"

  @Option(help: "Manning's n of all ground, or a raster of it.") var manning: String?

  @Option(help: "Manning's n of thin water, up to --sheet-depth; with --manning.") var sheetManning: Double?

  @Flag(help: "Thin water has the n of the column manning_sheet of --roughness.") var depthDependent = false

  @Option(help: "Greatest depth of thin water.") var sheetDepth = "0.01m"

  @Option(help: "Depth from which water has its full n; straight between the two.") var fullDepth = "0.1m"

  @Option(help: "Raster of land cover.", completion: .file()) var landCover: String?

  @Option(help: "Table of Manning's n by land cover.", completion: .file()) var roughness: String?

  @Option(help: "Raster of the depth of water at the start, m.", completion: .file()) var initialDepth: String?

  @Option(help: "What the edge of the grid is to the water: closed, free (normal depth) or critical.")
  var edge = FlowEdge.closed

  @Option(help: "Sides of the grid that are so, such as north,east; the others are closed. All by default.")
  var edgeSides: String?

  @Option(help: "Slope beyond a free edge, m/m.") var edgeSlope = 0.01

  @Option(help: "Layer of points or lines, with a field id, where water is led in.", completion: .file())
  var inflows: String?

  @Option(
    help: "Hydrographs, m3/s: time_s, time_min or time_h, and a column for each id; the last value goes on to the end.",
    completion: .file())
  var inflowTable: String?

  @Option(help: "Layer of lines along the edge, with a field id, where a level stands.", completion: .file())
  var levels: String?

  @Option(help: "Levels, m: time_s, time_min or time_h, and a column for each id.", completion: .file())
  var levelTable: String?

  @Option(help: "Layer of points whose depth and speed are kept in time.", completion: .file()) var gauges: String?

  @Option(help: "Layer of lines whose discharge is kept in time.", completion: .file()) var sections: String?

  @Option(
    help: "Layer of lines from inlet to outlet, with a field id, where culverts carry water.", completion: .file())
  var culverts: String?

  @Option(
    help: "Sizes of the culverts: culvert_id, shape (circle, box or rating), diameter_m, width_m, height_m and more.",
    completion: .file())
  var culvertTable: String?

  @Option(help: "Layer of buildings.", completion: .file()) var buildings: String?

  @Option(
    help: "What buildings are to the water: raised, blocks (taken out, their rain falls beside them) or open.")
  var buildingsAs = FlowBuildings.raised

  @Option(help: "Height by which buildings are raised.") var buildingHeight = "5m"

  @Option(help: "Scheme: local_inertial, shallow_water or shallow_water_first_order.")
  var scheme = FlowMethod.localInertial

  @Option(
    help:
      "Cells along the side of a coarse cell that flows by the fine terrain in it, 2 to 16 (local_inertial); 1 for none."
  )
  var subgrid = 1

  @Option(help: "Share of the largest stable time step, above 0 to 1.") var courant = 0.7

  @Option(help: "Longest time step.") var longestStep = "10s"

  @Option(
    help:
      "Most that steps are longer where water is shallow and slow than where it is deepest, 1 to 8; 1 is one step everywhere (local_inertial)."
  )
  var stepRatio = 8

  @Option(help: "Time between looks at the greatest depth, speed and hazard; 0s looks after every round of steps.")
  var recordEvery = "1s"

  @Option(help: "Time between rows of the ledger, gauges and sections.") var rowEvery = "1min"

  @Option(help: "Time between rasters of depth; none unless given.") var frameEvery: String?

  @Option(help: "Depth at which water has arrived.") var arrivalDepth = "0.1m"

  @Option(help: "Depth whose duration is kept; may be repeated.") var durationDepth: [String] = ["0.1m"]

  @Option(help: "Simulated time between restarts; one is written anyway when the program is stopped.")
  var restartEvery: String?

  @Option(help: "Restart of a run with the same case, to go on from.", completion: .file(extensions: ["bin"]))
  var resume: String?

  @Option(help: "Folder of the results.", completion: .directory) var out: String

  @OptionGroup var options: AnalysisOptions

  func validate() throws {
    if rain.isEmpty, inflows == nil, levels == nil, initialDepth == nil {
      throw ValidationError("no water: give --rain, --inflows, --levels or --initial-depth")
    }
    if accumulated, perStep { throw ValidationError("--accumulated and --per-step exclude each other") }
    if (inflows == nil) != (inflowTable == nil) { throw ValidationError("--inflows and --inflow-table go together") }
    if (levels == nil) != (levelTable == nil) { throw ValidationError("--levels and --level-table go together") }
    if (culverts == nil) != (culvertTable == nil) {
      throw ValidationError("--culverts and --culvert-table go together")
    }
    if (soilLoss == nil) != (soil == nil) || (soil == nil) != (soilTable == nil) {
      throw ValidationError("--soil-loss, --soil and --soil-table go together")
    }
    if sheetManning != nil, manning == nil { throw ValidationError("--sheet-manning goes with --manning") }
    if depthDependent, roughness == nil { throw ValidationError("--depth-dependent goes with --roughness") }
    if (landCover == nil) != (roughness == nil) { throw ValidationError("--land-cover and --roughness go together") }
    if (manning == nil) == (landCover == nil) {
      throw ValidationError("say how rough the ground is: --manning, or --land-cover with --roughness")
    }
    _ = try analysis()
  }

  func run() throws {
    let analysis = try analysis()
    Heap.giveBack()
    try options.run("simulate") { progress throws(RunFailure) in try analysis.run(progress: progress) }
  }

  private func seconds(_ text: String, _ option: String) throws -> Double { try quantity(text, .time, option).seconds }

  private func metres(_ text: String, _ option: String) throws -> Float {
    Float(try quantity(text, .length, option).millimetres / 1000)
  }

  private func rate(_ text: String, _ option: String) throws -> SurfaceFlowAnalysis.Field {
    // What begins with a digit and is no file is meant as a rate.
    let isRaster = FileManager.default.fileExists(atPath: text) || text.contains("/vsi") || text.hasSuffix(".tif")
    return isRaster ? .raster(text) : .uniform(try quantity(text, .rate, option).millimetresPerDay / 24)
  }

  private func number(_ text: String) -> SurfaceFlowAnalysis.Field {
    Double(text).map { .uniform($0) } ?? .raster(text)
  }

  private func analysis() throws -> SurfaceFlowAnalysis {
    let time = try seconds(duration, "--duration")
    guard time > 0 else { throw ValidationError("--duration \(duration): more than 0") }
    var analysis = SurfaceFlowAnalysis(elevation.input, duration: time, output: out)
    analysis.rainHours = try seconds(rainDuration, "--rain-duration") / 3600
    guard analysis.rainHours > 0 else { throw ValidationError("--rain-duration \(rainDuration): more than 0") }
    analysis.rain = try rainSource()
    analysis.runoffCoefficient = number(runoffCoefficient)
    if case .uniform(let share) = analysis.runoffCoefficient, !(0...1).contains(share) {
      throw ValidationError("--runoff-coefficient \(runoffCoefficient): from 0 to 1")
    }
    analysis.infiltration = try rate(infiltration, "--infiltration")
    analysis.drainage = try rate(drainage, "--drainage")
    analysis.manning = manning.map(number)
    if let soilLoss, let soil, let soilTable {
      analysis.soilLoss = .init(soilLoss.runoffMethod, soil: soil, table: soilTable)
    }
    analysis.sheetManning = sheetManning
    analysis.isDepthDependent = depthDependent
    let depths = (try metres(sheetDepth, "--sheet-depth"), try metres(fullDepth, "--full-depth"))
    guard depths.0 < depths.1 else { throw ValidationError("--sheet-depth is less than --full-depth") }
    analysis.settings.sheetDepths = depths.0...depths.1
    analysis.landCover = landCover
    analysis.roughnessTable = roughness
    analysis.initialDepth = initialDepth
    analysis.edge = edge
    if let edgeSides {
      analysis.edgeSides = try edgeSides.split(separator: ",").map { name in
        guard let side = CellSide(rawValue: String(name)) else {
          throw ValidationError("--edge-sides \(edgeSides): of north, east, south and west")
        }
        return side
      }
    }
    analysis.edgeSlope = edgeSlope
    guard edgeSlope > 0, edgeSlope < 10 else {
      throw ValidationError("--edge-slope \(edgeSlope): above 0 and below 10")
    }
    if let inflows, let inflowTable { analysis.inflows = .init(layer: inflows, table: inflowTable) }
    if let levels, let levelTable { analysis.levels = .init(layer: levels, table: levelTable) }
    analysis.gauges = gauges
    analysis.sections = sections
    if let culverts, let culvertTable { analysis.culverts = .init(layer: culverts, table: culvertTable) }
    analysis.buildings = buildings
    analysis.buildingsAs = buildingsAs
    analysis.buildingHeight = try metres(buildingHeight, "--building-height")
    analysis.settings.method = scheme
    guard (1...16).contains(subgrid) else { throw ValidationError("--subgrid \(subgrid): from 1 to 16") }
    guard subgrid == 1 || scheme == .localInertial else {
      throw ValidationError("--subgrid goes with --scheme local_inertial")
    }
    analysis.settings.subgrid = subgrid
    guard (1...8).contains(stepRatio) else { throw ValidationError("--step-ratio \(stepRatio): from 1 to 8") }
    analysis.settings.stepRatio = stepRatio
    analysis.settings.courant = courant
    analysis.settings.longestStep = try seconds(longestStep, "--longest-step")
    analysis.recording.interval = try seconds(recordEvery, "--record-every")
    analysis.recording.seriesInterval = try seconds(rowEvery, "--row-every")
    analysis.recording.arrivalDepth = try metres(arrivalDepth, "--arrival-depth")
    analysis.recording.durationDepths = try durationDepth.map { text in
      let depth = try metres(text, "--duration-depth")
      guard depth >= 0.001 else { throw ValidationError("--duration-depth \(text): at least 1 mm") }
      return depth
    }
    analysis.frameInterval = try frameEvery.map { try seconds($0, "--frame-every") }
    if let interval = analysis.frameInterval, interval <= 0 { throw ValidationError("--frame-every: more than 0") }
    analysis.restartInterval = try restartEvery.map { try seconds($0, "--restart-every") }
    if let interval = analysis.restartInterval, interval <= 0 { throw ValidationError("--restart-every: more than 0") }
    analysis.resumes = resume
    analysis.files = options.files
    analysis.threads = options.threads
    return analysis
  }

  private func rainSource() throws -> RunoffAnalysis.Rain? {
    if rain.isEmpty { return nil }
    if rain.count == 1, let depth = try rainDepth(rain[0]) { return .depth(depth) }
    if rain.count == 1, rain[0].lowercased().hasSuffix(".csv") { return .hyetograph(rain[0]) }
    var source = RainFieldSource(rain)
    source.unit = rainUnit
    source.accumulated = accumulated ? true : perStep ? false : nil
    source.stepHours = try rainStep.map { try seconds($0, "--rain-step") / 3600 }
    return .field(source)
  }
}
