import Flood
import Geodata
import Grids

/// Places that a layer names for a simulation of surface flow: inflows, levels, gauges, sections, culverts, buildings.
struct FlowPlaces {
  /// The layer's file, for messages.
  let path: String
  /// Identifiers and shapes, in the order of the layer.
  let places: [(id: String, shape: Shape)]

  /// The features of an input of a pipeline.
  init(_ features: LoadedFeatures, path: String) {
    self.path = path
    places = (0..<features.count).compactMap { index in features.shapes[index].map { (features.ids[index], $0) } }
  }

  /// Reads a layer; identifiers are the field `id` where it has one, else the numbers of the features from 1.
  /// - Parameter type: Shapes that the layer must have; nil takes points and lines.
  init(_ path: String, _ type: ShapeType?, in crs: CoordinateReferenceSystem) throws(RunFailure) {
    let layer = try RunFailure.locating(at: SourcePosition(file: path)) {
      let found = try type ?? (shapeType(ofLayer: nil, in: path) == .point ? .point : .lines)
      return try readLayer(path, reprojectedTo: crs, VectorReading(shapeType: found)).layer
    }
    let place = layer.fields.firstIndex { $0.name == "id" }
    self.path = path
    places = layer.features.enumerated().compactMap { number, feature in
      feature.shape.map { (place.flatMap { feature.values[$0].text } ?? "\(number + 1)", $0) }
    }
    if places.isEmpty { throw failure("the layer holds no features", "check the file") }
  }

  /// A failure of the case, at the layer.
  func failure(_ message: String, _ hint: String) -> RunFailure {
    RunFailure(.configuration, [Diagnostic(.incompleteCase, at: SourcePosition(file: path), message, hint: hint)])
  }

  private func cell(_ point: Coordinate, _ what: String, _ geometry: GridGeometry) throws(RunFailure) -> (
    column: Int, row: Int
  ) {
    guard let cell = geometry.cell(at: point) else {
      throw failure("\(what) at x \(point.x), y \(point.y) lies outside the terrain", "move it inside")
    }
    return (cell.column, cell.row)
  }

  /// Water that is led in at points or along lines.
  func inflows(_ series: FlowSeriesTable, on geometry: GridGeometry) throws(RunFailure) -> [FlowInflow] {
    var inflows: [FlowInflow] = []
    for (id, shape) in places {
      let discharge = try series[id]
      switch shape {
      case .point(let point):
        inflows.append(
          FlowInflow(id, cells: [try cell(point, "inflow \(id)", geometry)], discharge: discharge))
      case .lines(let lines) where lines.count == 1:
        inflows.append(FlowInflow(id, along: lines[0], on: geometry, discharge: discharge))
      case .lines, .polygons:
        throw failure("inflow \(id) is no point and no single line", "give each line its own feature and id")
      }
    }
    return inflows
  }

  /// Levels along lines; the faces that they take are removed from those that are free.
  func levels(
    _ series: FlowSeriesTable, _ free: inout [CellFace], on geometry: GridGeometry
  ) throws(RunFailure) -> [FlowBoundary] {
    var boundaries: [FlowBoundary] = []
    for (id, shape) in places {
      guard case .lines(let lines) = shape else { throw failure("level \(id) is no line", "draw it along the edge") }
      let cells = Set(
        lines.flatMap { FlowInflow(id, along: $0, on: geometry, discharge: FlowSeries(constant: 0)).cells }
          .map { $0.row * geometry.columns + $0.column })
      func isTaken(_ face: CellFace) -> Bool { cells.contains(face.row * geometry.columns + face.column) }
      let faces = free.filter(isTaken)
      if faces.isEmpty {
        throw failure("level \(id) touches no cell at the edge of the terrain", "draw the line along the edge")
      }
      free.removeAll(where: isTaken)
      boundaries.append(FlowBoundary(id, faces, .level(try series[id])))
    }
    return boundaries
  }

  /// Points whose depth and speed are kept.
  func gauges(on geometry: GridGeometry) throws(RunFailure) -> [FlowGauge] {
    var gauges: [FlowGauge] = []
    for (id, shape) in places {
      guard case .point(let point) = shape else { throw failure("gauge \(id) is no point", "give a layer of points") }
      let place = try cell(point, "gauge \(id)", geometry)
      gauges.append(FlowGauge(id, column: place.column, row: place.row))
    }
    return gauges
  }

  /// Lines whose discharge is kept.
  func sections() -> [FlowCrossSection] {
    places.flatMap { id, shape -> [FlowCrossSection] in
      guard case .lines(let lines) = shape else { return [] }
      return lines.enumerated().map { number, line in
        FlowCrossSection(lines.count == 1 ? id : "\(id)_\(number + 1)", line: line)
      }
    }
  }

  /// Whether the centre of each cell lies in a surface.
  func covered(on geometry: GridGeometry) -> [Bool] {
    var isCovered = [Bool](repeating: false, count: geometry.count)
    for (_, shape) in places {
      guard case .polygons(let polygons) = shape, let extent = shape.extent else { continue }
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
          if first <= last { for column in first...last { isCovered[row * geometry.columns + column] = true } }
        }
      }
    }
    return isCovered
  }

  private static func crossings(_ ring: [Coordinate], _ y: Double) -> [Double] {
    zip(ring, ring.dropFirst()).compactMap { from, to in
      (from.y > y) == (to.y > y) ? nil : from.x + (y - from.y) / (to.y - from.y) * (to.x - from.x)
    }
  }
}

/// Series of a table with a column of time, by the names of its other columns.
struct FlowSeriesTable {
  private let path: String
  private let series: [String: FlowSeries]

  /// Reads a CSV table with `time_s`, `time_min` or `time_h`, and a column for each series.
  init(_ path: String) throws(RunFailure) {
    self.path = path
    func failure(_ message: String, _ hint: String) -> RunFailure {
      RunFailure(.configuration, [Diagnostic(.incompleteCase, at: SourcePosition(file: path), message, hint: hint)])
    }
    series = try RunFailure.locatingTable(at: SourcePosition(file: path)) {
      let table = try CSVTable(path: path)
      let units = [("time_s", 1.0), ("time_min", 60), ("time_h", 3600)]
      guard let unit = units.first(where: { table.columnNames.contains($0.0) }) else {
        throw failure("the table has no column of time", "name one time_s, time_min or time_h")
      }
      let times = try table.numbers(unit.0).map { $0 * unit.1 }
      guard !times.isEmpty, zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) else {
        throw failure("the times do not rise from row to row", "sort the table, and leave out repeated times")
      }
      var found: [String: FlowSeries] = [:]
      for name in table.columns(besides: [unit.0]) {
        found[name] = FlowSeries(times: times, values: try table.numbers(name))
      }
      return found
    }
  }

  /// The series of a place.
  subscript(id: String) -> FlowSeries {
    get throws(RunFailure) {
      if let found = series[id] { return found }
      throw RunFailure(
        .configuration,
        [
          Diagnostic(
            .incompleteCase, at: SourcePosition(file: path), "the table has no column \(id)",
            hint: "it has \(series.keys.sorted().joined(separator: ", "))")
        ])
    }
  }
}
