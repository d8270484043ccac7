import Geodata
import Grids
import Report
import Terrain

/// Layers that `overvann flow` writes.
public struct FlowLayers: Sendable {
  /// Stream lines with order and upslope area; nil writes none.
  public var streams: String?
  /// Heads, confluences and ends of streams; nil writes none.
  public var nodes: String?
  /// Layer of points for `watersheds` and `traces`.
  public var points: String?
  /// How far a point is moved to where most water passes, metres.
  public var snapDistance = 0.0
  /// What drains to each point; nil writes none.
  public var watersheds: String?
  /// The way of the water from each point; nil writes none.
  public var traces: String?

  /// No layers.
  public init() {}

  /// The files of all layers.
  public var outputs: [String?] { [streams, nodes, watersheds, traces] }
  var needsStreams: Bool { streams != nil || nodes != nil }
  var needsSurface: Bool { streams != nil || traces != nil }

  /// Throws where options do not go together or a format is not known.
  func check() throws(RunFailure) {
    for path in outputs.compactMap({ $0 }) { _ = try VectorFormat(of: path) }
    if (points == nil) != (watersheds == nil && traces == nil) {
      throw RunFailure(
        .configuration,
        [
          Diagnostic(
            .contradiction, at: SourcePosition(file: "overvann flow"),
            "--points goes together with --watersheds or --traces")
        ])
    }
  }

  func write(
    _ flow: RoutedTerrain, _ cells: Grid<Int32>, leastCells: Int, _ dem: String, _ report: inout JSONObject,
    _ progress: AnalysisProgress
  ) throws(RunFailure) {
    if needsStreams {
      let network = StreamNetwork(flow.directions, upslope: cells, threshold: leastCells)
      report["streams"] = JSONValue(network.reaches.count)
      try write(streams, progress) { try Self.streams(network, flow) }
      try write(nodes, progress) { try Self.nodes(network, flow, cells) }
    }
    guard let points else { return }
    let input = try PointInput(points, in: flow.directions.geometry.crs)
    let places = try RunFailure.locating(at: SourcePosition(file: points)) {
      try pourCells(of: input.points, upslope: cells, snapDistance: snapDistance)
    }
    try write(watersheds, progress) { try Self.watersheds(input, places, flow, cells) }
    try write(traces, progress) { try Self.traces(input, places, flow) }
  }

  private func write(
    _ path: String?, _ progress: AnalysisProgress, _ layer: () throws -> FeatureLayer
  ) throws(RunFailure) {
    guard let path else { return }
    try progress.step("write \(path)") { () throws(RunFailure) in
      try RunFailure.locating(at: SourcePosition(file: path)) { try layer().write(to: path) }
    }
  }

  private static func streams(_ network: StreamNetwork, _ flow: RoutedTerrain) throws -> FeatureLayer {
    let geometry = flow.directions.geometry
    let features = try network.reaches.enumerated().compactMap { index, reach -> Feature? in
      // A reach of a single cell has no line; its cell is the node.
      guard reach.length > 0 else { return nil }
      let ends = network.elevations(of: reach, on: flow.surface)
      var row = RowBuilder(Schemas.streams)
      row.set(Fields.id, index + 1)
      row.set(Fields.downstreamID, reach.downstream.map { $0 + 1 })
      row.set(Fields.node, reach.node + 1)
      row.set(Fields.downstreamNode, reach.downstreamNode + 1)
      row.set(Fields.strahler, reach.strahlerOrder)
      row.set(Fields.upstreamArea, Double(reach.upslopeCells) * geometry.cellArea)
      row.set(Fields.length, reach.length)
      row.set(Fields.upperElevation, single: ends.upper)
      row.set(Fields.lowerElevation, single: ends.lower)
      return try row.feature(.lines([network.line(of: reach, in: geometry)]))
    }
    return Schemas.streams.layer(crs: geometry.crs, features: features)
  }

  private static func nodes(
    _ network: StreamNetwork, _ flow: RoutedTerrain, _ cells: Grid<Int32>
  ) throws -> FeatureLayer {
    let geometry = flow.directions.geometry
    let features = try network.nodes.enumerated().map { index, node in
      var row = RowBuilder(Schemas.streamNodes)
      row.set(Fields.node, index + 1)
      row.set(Fields.nodeType, node.kind.rawValue)
      row.set(Fields.downstreamNode, node.downstream.map { $0 + 1 })
      row.set(Fields.upstreamArea, Double(cells[Int(node.cell)]) * geometry.cellArea)
      return try row.feature(.point(geometry.centre(of: node.cell)))
    }
    return Schemas.streamNodes.layer(crs: geometry.crs, features: features)
  }

  private static func watersheds(
    _ input: PointInput, _ places: [CellIndex], _ flow: RoutedTerrain, _ cells: Grid<Int32>
  ) throws -> FeatureLayer {
    let geometry = flow.directions.geometry
    let found = Watersheds(of: places, directions: flow.directions)
    let shapes = polygonize(found.labels.map(threads: 1) { max(0, $0) }, ignoring: 0)
    let features = try input.ids.enumerated().map { index, id in
      var row = RowBuilder(Schemas.watersheds)
      row.set(Fields.pointID, id)
      row.set(Fields.downstreamPointID, found.downstream[index].map { input.ids[$0] })
      row.set(Fields.area, Double(found.ownCells[index]) * geometry.cellArea)
      row.set(Fields.upstreamArea, Double(cells[Int(places[index])]) * geometry.cellArea)
      return try row.feature(shapes[Int32(index + 1)].map { .polygons($0) })
    }
    return Schemas.watersheds.layer(crs: geometry.crs, features: features)
  }

  private static func traces(
    _ input: PointInput, _ places: [CellIndex], _ flow: RoutedTerrain
  ) throws -> FeatureLayer {
    let geometry = flow.directions.geometry
    let features = try zip(input.ids, places).map { id, place in
      let trace = DownstreamTrace(from: place, directions: flow.directions, surface: flow.surface)
      var row = RowBuilder(Schemas.traces)
      row.set(Fields.pointID, id)
      row.set(Fields.length, trace.length)
      row.set(Fields.drop, single: trace.drop)
      row.set(Fields.traceEnd, "\(trace.end)")
      let line = trace.cells.map { geometry.centre(of: $0) }
      return try row.feature(line.count > 1 ? .lines([line]) : nil)
    }
    return Schemas.traces.layer(crs: geometry.crs, features: features)
  }
}

extension GridGeometry {
  /// The centre of a cell.
  func centre(of cell: CellIndex) -> Coordinate { centre(column: Int(cell) % columns, row: Int(cell) / columns) }
}
