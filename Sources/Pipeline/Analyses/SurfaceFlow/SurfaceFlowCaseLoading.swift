import Flood
import Foundation
import Geodata
import Grids
import Runoff
import Terrain

extension SurfaceFlowAnalysis {
  /// A failure of the case, at a file.
  private func failure(_ path: String, _ message: String, _ hint: String) -> RunFailure {
    RunFailure(.configuration, [Diagnostic(.incompleteCase, at: SourcePosition(file: path), message, hint: hint)])
  }

  /// Reads everything that the simulation needs.
  func flowCase() throws(RunFailure) -> SurfaceFlowCase {
    let terrain = try elevation.read(threads: threads)
    let holes = terrain.withUnsafeCells { cells in (0..<terrain.count).contains { cells[$0].isNaN } }
    if holes, elevation.nodata == .error {
      throw failure(
        elevation.path, "the terrain has cells without data",
        "say what they are to the water: --nodata outlet (it leaves there, at critical depth) or wall")
    }
    let geometry = terrain.geometry
    let ground = try buildings.map { path throws(RunFailure) in
      FlowGround(
        terrain, isBuilt: try FlowPlaces(path, .polygons, in: geometry.crs).covered(on: geometry), as: buildingsAs,
        height: buildingHeight)
    }
    let (full, sheet) = try roughness(terrain)
    var flow = SurfaceFlowCase(terrain: ground?.terrain ?? terrain, roughness: full, duration: duration)
    flow.sheetRoughness = sheet
    flow.settings = settings
    flow.recording = recording
    flow.infiltration = try values(infiltration, geometry)
    flow.drainage = try values(drainage, geometry)
    if let initialDepth {
      flow.initialDepth = try raster(initialDepth, geometry).map(threads: threads) { $0.isNaN ? 0 : $0 }
    }
    flow.groundLoss = try groundLoss(terrain)
    let factor: Double
    switch runoffCoefficient {
    case .uniform(let value): factor = value
    case .raster(let path):
      let share = try raster(path, geometry)
      try RunFailure.locating(at: SourcePosition(file: path)) {
        try share.require(0...1, of: "share of the rain that runs off", threads: threads)
      }
      (flow.rainShare, factor) = (share, 1)
    }
    flow.rain = try rainIntervals(factor, geometry)
    flow.roofs = ground?.roofs
    if let inflows {
      flow.inflows = try FlowPlaces(inflows.layer, nil, in: geometry.crs)
        .inflows(try FlowSeriesTable(inflows.table), on: geometry)
    }
    flow.boundaries = try boundaries(flow, terrain)
    if let culverts {
      let places = try FlowPlaces(culverts.layer, .lines, in: geometry.crs)
      flow.culverts = try RunFailure.locatingTable(at: SourcePosition(file: culverts.table)) {
        try CulvertTable(culverts.table).culverts(places, on: flow.terrain)
      }
    }
    if let gauges { flow.gauges = try FlowPlaces(gauges, .point, in: geometry.crs).gauges(on: geometry) }
    if let sections { flow.crossSections = try FlowPlaces(sections, .lines, in: geometry.crs).sections() }
    return flow
  }

  private func raster(_ path: String, _ geometry: GridGeometry) throws(RunFailure) -> Grid<Float> {
    if !path.hasPrefix("/vsi"), !FileManager.default.fileExists(atPath: path) {
      throw RunFailure(
        .input,
        [
          Diagnostic(
            "E-RAS-001", at: SourcePosition(file: path), "this is no number, and there is no such file",
            hint: "give a number, or the path of a raster")
        ])
    }
    return try RunFailure.locating(at: SourcePosition(file: path)) {
      try readRaster(path, alignedTo: geometry, resampling: .nearest, RasterReading(threads: threads)).grid
    }
  }

  private func values(_ field: Field, _ geometry: GridGeometry) throws(RunFailure) -> CellValues? {
    switch field {
    case .uniform(let value): value == 0 ? nil : .uniform(Float(value))
    case .raster(let path): .grid(try raster(path, geometry))
    }
  }

  private func roughness(_ terrain: Grid<Float>) throws(RunFailure) -> (full: CellValues, sheet: CellValues?) {
    if let landCover, let roughnessTable {
      return try RunFailure.locatingTable(at: SourcePosition(file: roughnessTable)) {
        let cover = try readClasses(landCover, alignedTo: terrain.geometry, RasterReading(threads: threads)).grid
        let n = try FlowRoughness(
          try FlowRoughnessTable(try CSVTable(path: roughnessTable), isDepthDependent: isDepthDependent), cover: cover,
          otherwise: nil, threads: threads)
        return (n.full, n.sheet)
      }
    }
    switch manning {
    case nil:
      throw failure(
        elevation.path, "nothing says how rough the ground is", "give --manning, or --land-cover with --roughness")
    case .uniform(let n): return (.uniform(Float(n)), sheetManning.map { .uniform(Float($0)) })
    case .raster(let path):
      return (.grid(try raster(path, terrain.geometry)), sheetManning.map { .uniform(Float($0)) })
    }
  }

  /// Ground whose capacity falls as it fills, from a raster of soil and a table of its numbers.
  private func groundLoss(_ terrain: Grid<Float>) throws(RunFailure) -> GroundLoss? {
    guard let soilLoss else { return nil }
    return try RunFailure.locatingTable(at: SourcePosition(file: soilLoss.table)) {
      var losses = GroundLosses(terrain.geometry, threads: threads)
      losses.method = soilLoss.method
      losses.table = try CSVTable(path: soilLoss.table)
      losses.soil = try readClasses(soilLoss.soil, alignedTo: terrain.geometry, RasterReading(threads: threads)).grid
      return try losses.loss()
    }
  }

  // MARK: - Rain

  /// The rain, times a factor.
  private func rainIntervals(_ factor: Double, _ geometry: GridGeometry) throws(RunFailure) -> [RainInterval] {
    switch rain {
    case nil: return []
    case .depth(let depth): return [RainInterval(from: 0, to: rainHours * 3600, .uniform(depth / rainHours * factor))]
    case .hyetograph(let path):
      return try RunFailure.locatingTable(at: SourcePosition(file: path)) {
        let table = try CSVTable(path: path)
        let (starts, ends) = (try table.numbers("start_min"), try table.numbers("end_min"))
        let depths = try table.numbers("depth_mm", in: 0...10_000)
        return depths.indices.map { step in
          RainInterval(
            from: starts[step] * 60, to: ends[step] * 60,
            .uniform(depths[step] * 60 / (ends[step] - starts[step]) * factor))
        }
      }
    case .field(let source):
      var source = source
      source.stepHours = source.stepHours ?? rainHours
      let field = try RainField(
        source, onto: geometry, threads: threads, at: SourcePosition(file: source.paths.first ?? ""))
      var intervals: [RainInterval] = []
      var start = 0.0
      try field.forEachStep { step, rain in
        let hours = field.hours[step] ?? rainHours
        let rate = rain.map(threads: threads) { $0 * Float(factor / hours) }
        intervals.append(RainInterval(from: start, to: start + hours * 3600, .grid(rate)))
        start += hours * 3600
      }
      return intervals
    }
  }

  // MARK: - Edges

  /// What water does at the edge of the terrain: lines with levels, then the edge of the grid, then holes.
  private func boundaries(_ flow: SurfaceFlowCase, _ terrain: Grid<Float>) throws(RunFailure) -> [FlowBoundary] {
    var free = FlowEdge.outline(of: flow.terrain, around: terrain)
    var boundaries: [FlowBoundary] = []
    if let levels {
      let places = try FlowPlaces(levels.layer, .lines, in: terrain.geometry.crs)
      boundaries = try places.levels(try FlowSeriesTable(levels.table), &free, on: terrain.geometry)
    }
    return boundaries
      + edge.boundaries(free, around: terrain, on: edgeSides, slope: edgeSlope, opensHoles: elevation.nodata == .outlet)
  }
}
