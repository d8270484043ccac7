/// The kinds of input.
public enum InputKind: String, Sendable, CaseIterable {
  /// A terrain model.
  case elevation
  /// A raster of classes.
  case `class`
  /// Rain of an event.
  case rain
  /// The areas that results are counted for.
  case area
  /// Buildings.
  case building
  /// Lines, such as roads or culverts.
  case line
  /// Drains and pumps.
  case drain
  /// Inlets of pipes and other points that water is to pass.
  case outlet
  /// Temperatures of the air as rasters.
  case temperature
  /// Rates as a raster.
  case rate
  /// People by cells of a grid or by points.
  case population
  /// Speeds of the water.
  case velocity
  /// Depths of water on the ground.
  case depth
}

/// An input of the pipeline, by kind.
public enum Input: Sendable, Equatable {
  /// A terrain model.
  case elevation(ElevationInput)
  /// A raster of classes.
  case `class`(ClassInput)
  /// Rain of an event.
  case rain(RainInput)
  /// The areas that results are counted for.
  case area(AreaInput)
  /// Buildings.
  case building(BuildingInput)
  /// Lines, such as roads or culverts.
  case line(LineInput)
  /// Drains and pumps.
  case drain(DrainInput)
  /// Inlets of pipes and other points that water is to pass.
  case outlet(OutletInput)
  /// Temperatures of the air as rasters.
  case temperature(TemperatureInput)
  /// Rates as a raster.
  case rate(RateInput)
  /// People by cells of a grid or by points.
  case population(PopulationInput)
  /// Speeds of the water.
  case velocity(VelocityInput)
  /// Depths of water on the ground.
  case depth(DepthInput)

  /// The kind of the input.
  public var kind: InputKind {
    switch self {
    case .elevation: .elevation
    case .class: .class
    case .rain: .rain
    case .area: .area
    case .building: .building
    case .line: .line
    case .drain: .drain
    case .outlet: .outlet
    case .temperature: .temperature
    case .rate: .rate
    case .population: .population
    case .velocity: .velocity
    case .depth: .depth
    }
  }

  /// The file of the input; nil for uniform rain and where there are several.
  public var path: PathText? {
    switch self {
    case .elevation(let input): input.path
    case .class(let input): input.path
    case .rain(let input): input.path
    case .area(let input): input.path
    case .building(let input): input.path
    case .line(let input): input.path
    case .drain(let input): input.path
    case .outlet(let input): input.path
    case .temperature(let input): input.path
    case .rate(let input): input.path
    case .population(let input): input.path
    case .velocity(let input): input.path
    case .depth(let input): input.path
    }
  }
}

extension ValueFormat where Value == Input {
  /// An input, whose keys depend on its `kind`.
  static let input = ValueFormat(
    read: { node, keyPath, context in
      guard node.entries != nil else {
        context.reportType("a map", node, keyPath, hint: "write it as {kind: elevation, path: …}")
        return nil
      }
      guard let kindNode = node["kind"] else {
        let kinds = InputKind.allCases.map(\.rawValue)
        context.report(
          .missingKey, at: node.headPosition, keyPath + ".kind", "missing", hint: "one of \(Suggestion.list(kinds))")
        return nil
      }
      guard let kind = ValueFormat<InputKind>.choice.read(kindNode, keyPath + ".kind", context) else { return nil }
      return variant(of: kind).read(node, keyPath, context)
    },
    write: { input in variant(of: input.kind).write(input) },
    schema: .object([
      ("type", .string("object")),
      (
        "properties",
        .object([("kind", .object([("enum", .array(InputKind.allCases.map { .string($0.rawValue) }))]))])
      ),
      ("required", .array([.string("kind")])),
      (
        "allOf",
        .array(
          InputKind.allCases.map { kind in
            let isKind = JSONTree.object([("kind", .object([("const", .string(kind.rawValue))]))])
            return .object([("if", .object([("properties", isKind)])), ("then", variant(of: kind).schema)])
          })
      ),
    ]))

  private static func variant(of kind: InputKind) -> ValueFormat<Input> {
    switch kind {
    case .elevation: variant(kind, Input.elevation) { if case .elevation(let input) = $0 { input } else { nil } }
    case .class: variant(kind, Input.class) { if case .class(let input) = $0 { input } else { nil } }
    case .rain: variant(kind, Input.rain) { if case .rain(let input) = $0 { input } else { nil } }
    case .area: variant(kind, Input.area) { if case .area(let input) = $0 { input } else { nil } }
    case .building: variant(kind, Input.building) { if case .building(let input) = $0 { input } else { nil } }
    case .line: variant(kind, Input.line) { if case .line(let input) = $0 { input } else { nil } }
    case .drain: variant(kind, Input.drain) { if case .drain(let input) = $0 { input } else { nil } }
    case .outlet: variant(kind, Input.outlet) { if case .outlet(let input) = $0 { input } else { nil } }
    case .temperature:
      variant(kind, Input.temperature) { if case .temperature(let input) = $0 { input } else { nil } }
    case .rate: variant(kind, Input.rate) { if case .rate(let input) = $0 { input } else { nil } }
    case .population:
      variant(kind, Input.population) { if case .population(let input) = $0 { input } else { nil } }
    case .velocity: variant(kind, Input.velocity) { if case .velocity(let input) = $0 { input } else { nil } }
    case .depth: variant(kind, Input.depth) { if case .depth(let input) = $0 { input } else { nil } }
    }
  }

  /// The format of one kind: the keys of its section besides `kind`.
  private static func variant<Section: ConfigurationSection>(
    _ kind: InputKind, _ wrap: @escaping @Sendable (Section) -> Input,
    _ unwrap: @escaping @Sendable (Input) -> Section?
  ) -> ValueFormat<Input> {
    ValueFormat(
      read: { node, keyPath, context in
        Section.specification.read(node, keyPath, context, discriminator: "kind").map(wrap)
      },
      write: { input in
        let section = unwrap(input) ?? Section()
        return JSONTree.object([("kind", .string(kind.rawValue))]).merging(Section.specification.write(section))
      },
      schema: Section.specification.schema(constant: ("kind", kind.rawValue)))
  }
}
