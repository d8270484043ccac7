import Flood
import Geodata
import Grids
import Terrain

extension SurfaceFlowAnalysis {
  /// A failure of the case, at a file.
  private func failure(_ path: String, _ message: String, _ hint: String) -> RunFailure {
    RunFailure(.configuration, [Diagnostic(.incompleteCase, at: SourcePosition(file: path), message, hint: hint)])
  }

  /// Reads everything that the simulation needs.
  func flowCase() throws(RunFailure) -> SurfaceFlowCase {
    var terrain = try elevation.read(threads: threads)
    let holes = terrain.cells.contains { $0.isNaN }
    if holes, elevation.nodata == .error {
      throw failure(
        elevation.path, "the terrain has cells without data",
        "say what they are to the water: --nodata outlet (it leaves there, at critical depth) or wall")
    }
    if let buildings { try raise(&terrain, buildings) }
    let geometry = terrain.geometry
    var flow = SurfaceFlowCase(terrain: terrain, roughness: try roughness(geometry), duration: duration)
    flow.settings = settings
    flow.recording = recording
    flow.infiltration = try values(infiltration, geometry)
    flow.drainage = try values(drainage, geometry)
    if let initialDepth {
      flow.initialDepth = try raster(initialDepth, geometry).map(threads: threads) { $0.isNaN ? 0 : $0 }
    }
    flow.rain = try rainIntervals(geometry)
    if let inflows { flow.inflows = try read(inflows, geometry) }
    flow.boundaries = try boundaries(terrain)
    if let gauges {
      let input = try PointInput(gauges, in: geometry.crs)
      for (point, id) in zip(input.points, input.ids) {
        guard let cell = geometry.cell(at: point) else {
          throw failure(gauges, "gauge \(id) at x \(point.x), y \(point.y) lies outside the terrain", "move it inside")
        }
        flow.gauges.append(FlowGauge(id, column: cell.column, row: cell.row))
      }
    }
    if let sections {
      for (id, lines) in try lines(sections, geometry) {
        for (number, line) in lines.enumerated() {
          flow.crossSections.append(FlowCrossSection(lines.count == 1 ? id : "\(id)_\(number + 1)", line: line))
        }
      }
    }
    return flow
  }

  private func raster(_ path: String, _ geometry: GridGeometry) throws(RunFailure) -> Grid<Float> {
    try RunFailure.locating(at: SourcePosition(file: path)) {
      try readRaster(path, alignedTo: geometry, resampling: .nearest, RasterReading(threads: threads)).grid
    }
  }

  private func values(_ field: Field, _ geometry: GridGeometry) throws(RunFailure) -> CellValues? {
    switch field {
    case .uniform(let value): value == 0 ? nil : .uniform(Float(value))
    case .raster(let path): .grid(try raster(path, geometry))
    }
  }

  private func roughness(_ geometry: GridGeometry) throws(RunFailure) -> CellValues {
    if let landCover, let roughnessTable {
      return try RunFailure.locatingTable(at: SourcePosition(file: roughnessTable)) {
        let table = try CSVTable(path: roughnessTable)
        let codes = try table.keys("land_cover_code")
        let numbers = try table.numbers("manning", in: 0.001...2)
        let manning = Dictionary(uniqueKeysWithValues: zip(codes.map { Int32($0) }, numbers.map { Float($0) }))
        let cover = try readClasses(landCover, alignedTo: geometry, RasterReading(threads: threads)).grid
        var n = Grid<Float>(geometry, repeating: .nan)
        for index in 0..<cover.count {
          if let value = manning[cover[index]] { n[index] = value }
        }
        return .grid(n)
      }
    }
    switch manning {
    case nil:
      throw failure(
        elevation.path, "nothing says how rough the ground is", "give --manning, or --land-cover with --roughness")
    case .uniform(let n): return .uniform(Float(n))
    case .raster(let path): return .grid(try raster(path, geometry))
    }
  }

  // MARK: - Rain

  private func rainIntervals(_ geometry: GridGeometry) throws(RunFailure) -> [RainInterval] {
    let share: Grid<Float>?
    let factor: Double
    switch runoffCoefficient {
    case .uniform(let value): (share, factor) = (nil, value)
    case .raster(let path):
      let grid = try raster(path, geometry)
      try RunFailure.locating(at: SourcePosition(file: path)) {
        try grid.require(0...1, of: "share of the rain that runs off", threads: threads)
      }
      (share, factor) = (grid, 1)
    }
    func uniform(_ rate: Double) -> RainInterval.Intensity {
      if let share { return .grid(share.map(threads: threads) { $0 * Float(rate) }) }
      return .uniform(rate * factor)
    }
    switch rain {
    case nil: return []
    case .depth(let depth): return [RainInterval(from: 0, to: rainHours * 3600, uniform(depth / rainHours))]
    case .hyetograph(let path):
      return try RunFailure.locatingTable(at: SourcePosition(file: path)) {
        let table = try CSVTable(path: path)
        let (starts, ends) = (try table.numbers("start_min"), try table.numbers("end_min"))
        let depths = try table.numbers("depth_mm", in: 0...10_000)
        return depths.indices.map { step in
          RainInterval(
            from: starts[step] * 60, to: ends[step] * 60, uniform(depths[step] * 60 / (ends[step] - starts[step])))
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
        var rate = rain.map(threads: threads) { $0 * Float(factor / hours) }
        if let share { for index in 0..<rate.count { rate[index] *= share[index] } }
        intervals.append(RainInterval(from: start, to: start + hours * 3600, .grid(rate)))
        start += hours * 3600
      }
      return intervals
    }
  }

  // MARK: - Water from outside

  /// Lines of a layer with their identifiers.
  private func lines(_ path: String, _ geometry: GridGeometry) throws(RunFailure) -> [(
    id: String, lines: [[Coordinate]]
  )] {
    let layer = try RunFailure.locating(at: SourcePosition(file: path)) {
      try readLayer(path, reprojectedTo: geometry.crs, VectorReading(shapeType: .lines)).layer
    }
    let place = layer.fields.firstIndex { $0.name == "id" }
    return layer.features.enumerated().compactMap { number, feature in
      guard case .lines(let lines)? = feature.shape else { return nil }
      return (place.flatMap { feature.values[$0].text } ?? "\(number + 1)", lines)
    }
  }

  /// The series of each column of a table, by time.
  private func series(_ path: String) throws(RunFailure) -> [String: FlowSeries] {
    try RunFailure.locatingTable(at: SourcePosition(file: path)) {
      let table = try CSVTable(path: path)
      let units = [("time_s", 1.0), ("time_min", 60), ("time_h", 3600)]
      guard let unit = units.first(where: { table.columnNames.contains($0.0) }) else {
        throw failure(path, "the table has no column of time", "name one time_s, time_min or time_h")
      }
      let times = try table.numbers(unit.0).map { $0 * unit.1 }
      guard !times.isEmpty, zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) else {
        throw failure(path, "the times do not rise from row to row", "sort the table, and leave out repeated times")
      }
      var found: [String: FlowSeries] = [:]
      for name in table.columns(besides: [unit.0]) {
        found[name] = FlowSeries(times: times, values: try table.numbers(name))
      }
      return found
    }
  }

  private func value(_ id: String, of series: [String: FlowSeries], _ path: String) throws(RunFailure) -> FlowSeries {
    guard let found = series[id] else {
      throw failure(path, "the table has no column \(id)", "it has \(series.keys.sorted().joined(separator: ", "))")
    }
    return found
  }

  private func read(_ forcing: Forcing, _ geometry: GridGeometry) throws(RunFailure) -> [FlowInflow] {
    let series = try series(forcing.table)
    let type = try RunFailure.locating(at: SourcePosition(file: forcing.layer)) {
      try shapeType(ofLayer: nil, in: forcing.layer)
    }
    if type == .point {
      let input = try PointInput(forcing.layer, in: geometry.crs)
      var inflows: [FlowInflow] = []
      for (point, id) in zip(input.points, input.ids) {
        guard let cell = geometry.cell(at: point) else {
          throw failure(
            forcing.layer, "inflow \(id) at x \(point.x), y \(point.y) lies outside the terrain", "move it inside")
        }
        inflows.append(
          FlowInflow(
            id, cells: [(cell.column, cell.row)], discharge: try value(id, of: series, forcing.table)))
      }
      return inflows
    }
    var inflows: [FlowInflow] = []
    for (id, lines) in try lines(forcing.layer, geometry) {
      guard let line = lines.first, lines.count == 1 else {
        throw failure(forcing.layer, "inflow \(id) has several lines", "give each its own feature and id")
      }
      inflows.append(
        FlowInflow(id, along: line, on: geometry, discharge: try value(id, of: series, forcing.table)))
    }
    return inflows
  }

  private func boundaries(_ terrain: Grid<Float>) throws(RunFailure) -> [FlowBoundary] {
    let geometry = terrain.geometry
    var free = CellFace.outline(of: terrain)
    var boundaries: [FlowBoundary] = []
    if let levels {
      let series = try series(levels.table)
      for (id, lines) in try lines(levels.layer, geometry) {
        let cells = Set(
          lines.flatMap { FlowInflow(id, along: $0, on: geometry, discharge: FlowSeries(constant: 0)).cells }
            .map { $0.row * geometry.columns + $0.column })
        let faces = free.filter { cells.contains($0.row * geometry.columns + $0.column) }
        if faces.isEmpty {
          throw failure(
            levels.layer, "level \(id) touches no cell at the edge of the terrain", "draw the line along the edge")
        }
        free.removeAll { cells.contains($0.row * geometry.columns + $0.column) }
        boundaries.append(FlowBoundary(id, faces, .level(try value(id, of: series, levels.table))))
      }
    }
    func isBorder(_ face: CellFace) -> Bool {
      switch face.side {
      case .north: face.row == 0
      case .south: face.row == geometry.rows - 1
      case .west: face.column == 0
      case .east: face.column == geometry.columns - 1
      }
    }
    let border = free.filter(isBorder)
    switch edge {
    case .closed: break
    case .free: boundaries.append(FlowBoundary("edge", border, .normal(slope: edgeSlope)))
    case .critical: boundaries.append(FlowBoundary("edge", border, .critical))
    }
    let holes = free.filter { !isBorder($0) }
    if elevation.nodata == .outlet, !holes.isEmpty {
      boundaries.append(FlowBoundary("nodata", holes, .critical))
    }
    return boundaries
  }

  // MARK: - Buildings

  /// Raises the cells whose centres lie in the buildings of a layer.
  private func raise(_ terrain: inout Grid<Float>, _ path: String) throws(RunFailure) {
    let geometry = terrain.geometry
    let layer = try RunFailure.locating(at: SourcePosition(file: path)) {
      try readLayer(path, reprojectedTo: geometry.crs, VectorReading(shapeType: .polygons, fields: [])).layer
    }
    var isBuilt = [Bool](repeating: false, count: geometry.count)
    for feature in layer.features {
      guard case .polygons(let polygons)? = feature.shape, let extent = feature.shape?.extent else { continue }
      let top = max(0, Int(((geometry.north - extent.north) / geometry.cellHeight).rounded(.down)))
      let bottom = min(geometry.rows - 1, Int(((geometry.north - extent.south) / geometry.cellHeight).rounded(.down)))
      if top > bottom { continue }
      for row in top...bottom {
        let y = geometry.centre(column: 0, row: row).y
        // Where the rings cross the line through the centres, from west to east; inside between odd and even ones.
        let crossings = polygons.flatMap { $0.rings.flatMap { Self.crossings($0, y) } }.sorted()
        for pair in 0..<crossings.count / 2 {
          let (west, east) = (crossings[2 * pair], crossings[2 * pair + 1])
          let first = max(0, Int(((west - geometry.west) / geometry.cellWidth - 0.5).rounded(.up)))
          let last = min(
            geometry.columns - 1, Int(((east - geometry.west) / geometry.cellWidth - 0.5).rounded(.down)))
          if first <= last { for column in first...last { isBuilt[row * geometry.columns + column] = true } }
        }
      }
    }
    for index in 0..<terrain.count where isBuilt[index] { terrain[index] += buildingHeight }
  }

  private static func crossings(_ ring: [Coordinate], _ y: Double) -> [Double] {
    zip(ring, ring.dropFirst()).compactMap { from, to in
      (from.y > y) == (to.y > y) ? nil : from.x + (y - from.y) / (to.y - from.y) * (to.x - from.x)
    }
  }
}
