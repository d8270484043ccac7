import Geodata
import Grids

extension Preflight {
  /// Areas of which more would be compared pair by pair than is worth the time.
  private static let comparedAreas = 5000

  /// Checks a layer: that it is there with its fields, and with full verification every feature of it.
  /// - Parameters:
  ///   - shapeType: The kind of shape; nil where several will do, which the run looks at.
  ///   - idField: The field that identifies features.
  func checkLayer(
    _ id: String, _ path: PathText, _ layer: String?, _ crs: String?, _ shapeType: ShapeType?, id idField: String,
    _ fields: [String], isAreas: Bool = false
  ) {
    let keyPath = "inputs.\(id)"
    let file = pipeline.resolve(path)
    var shapes: [[Polygon]] = []
    let readsFeatures = readsValues
    check(keyPath) {
      try requireFields(file, layer, [idField] + fields, id)
      guard readsFeatures, let shapeType else { return }
      let policy = Geodata.InvalidGeometryPolicy(rawValue: pipeline.policy.invalidGeometry.rawValue) ?? .repair
      let found = try readLayer(
        file, reprojectedTo: report.geometry?.crs,
        VectorReading(
          shapeType: shapeType, layer: layer, crs: try crs.map { try coordinateReferenceSystem($0) },
          fields: [idField] + fields, invalid: policy)
      ).layer
      guard !found.features.isEmpty else { throw pipeline.emptyLayer(file, keyPath) }
      _ = try pipeline.identifiers(found.features.map { $0.values[0] }, field: idField, file, keyPath)
      if isAreas {
        shapes = found.features.map { if case .polygons(let polygons)? = $0.shape { polygons } else { [] } }
      }
      let boxes = found.features.compactMap { $0.shape?.extent }
      guard let grid = report.geometry?.extent, let first = boxes.first, isAreas else { return }
      if !boxes.contains(where: { $0.intersects(grid) }) {
        throw pipeline.failure(
          .input, .noOverlap, at: keyPath,
          "\(file) covers \(boxes.dropFirst().reduce(first) { $0.union($1) }), the analysis grid \(grid)",
          hint: "check the reference systems and grid.extent")
      }
    }
    if isAreas { tellOverlaps(of: shapes, keyPath) }
  }

  /// Tells of areas that share ground: what lies there is counted in both.
  private func tellOverlaps(of areas: [[Polygon]], _ keyPath: String) {
    guard areas.count > 1, areas.count <= Self.comparedAreas, let found = try? overlaps(of: areas, with: areas) else {
      return
    }
    // Borders that were drawn twice differ by slivers.
    let pairs = found.enumerated().flatMap { number, parts in
      parts.filter { $0.area > number && $0.share > 1e-3 }.map { (number, $0.area) }
    }
    if let first = pairs.first {
      note(
        .overlappingAreas, at: keyPath,
        "\(pairs.count) pairs of areas overlap, the first are features \(first.0 + 1) and \(first.1 + 1); totals over areas "
          + "are not additive")
    }
  }

  private func requireFields(_ path: String, _ layer: String?, _ fields: [String], _ id: String) throws {
    let layers = try inspectLayers(path)
    guard let found = layer.map({ name in layers.first { $0.name == name } }) ?? layers.first else {
      throw pipeline.failure(
        .input, .missingField, at: "inputs.\(id).layer", "\(path) has no layer \"\(layer ?? "")\"",
        hint: "it has \(Suggestion.list(layers.map(\.name)))")
    }
    if layer == nil, layers.count > 1 {
      throw pipeline.failure(
        .configuration, .missingKey, at: "inputs.\(id).layer", "\(path) has several layers",
        hint: "name one of \(Suggestion.list(layers.map(\.name)))")
    }
    // An empty GeoJSON has no fields either.
    if found.featureCount == 0 { throw pipeline.emptyLayer(path, "inputs.\(id)") }
    for field in fields where !found.fields.contains(where: { $0.name == field }) {
      let names = found.fields.map(\.name)
      throw pipeline.failure(
        .input, .missingField, at: "inputs.\(id)", "\(path) has no field \"\(field)\"",
        hint: Suggestion.hint(for: field, among: names) ?? "it has \(Suggestion.list(names))")
    }
  }
}

extension PipelineFile {
  /// The failure of a layer without features.
  func emptyLayer(_ file: String, _ keyPath: String) -> RunFailure {
    failure(
      .input, .emptyLayer, at: keyPath, "\(file): the layer holds no features", hint: "check path: and layer:")
  }

  /// Identifiers as text, each once and none missing.
  func identifiers(
    _ values: [FieldValue], field: String, _ file: String, _ keyPath: String
  ) throws(RunFailure) -> [String] {
    var ids: [String] = []
    var seen: Set<String> = []
    var problems: [String] = []
    for (number, value) in values.enumerated() {
      if let text = value.identifier {
        if !seen.insert(text).inserted { problems.append("\"\(text)\" twice") }
        ids.append(text)
      } else {
        problems.append("none in feature \(number + 1)")
        ids.append("")
      }
    }
    if problems.isEmpty { return ids }
    throw failure(
      .input, .badIdentifier, at: keyPath,
      "\(file): field \"\(field)\" does not identify the features: \(Suggestion.list(problems, limit: 5))",
      hint: "name a field with unique values as id:")
  }
}

extension DiagnosticCode {
  static let overlappingAreas: Self = "W-VEC-104"
}
