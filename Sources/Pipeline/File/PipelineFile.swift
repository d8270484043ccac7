/// A pipeline file that has been read and checked, with every default filled in.
///
/// Values are in the units that their documentation names; ids refer to things that exist and are of the right kind.
public struct PipelineFile: Sendable, Equatable {
  /// The version of the file format.
  public internal(set) var version = 1
  /// The name of the pipeline, which output folders may carry.
  public internal(set) var name = ""
  /// A title for people; nil for none.
  public internal(set) var title: String?
  /// The one analysis grid.
  public internal(set) var grid = GridSection()
  /// The inputs by id.
  public internal(set) var inputs = Keyed<Input>()
  /// The tables by id.
  public internal(set) var tables = Keyed<PathText>()
  /// The scenarios in the order of the file; at least one.
  public internal(set) var scenarios: [Scenario] = []
  /// The hazards that are computed.
  public internal(set) var hazards = HazardsSection()
  /// What is exposed in each area; nil where that is not computed.
  public internal(set) var exposure: ExposureSection?
  /// What is worth an alert; nil for nothing.
  public internal(set) var alerts: AlertSection?
  /// What is tolerated.
  public internal(set) var policy = PolicySection()
  /// What is written, and where.
  public internal(set) var outputs = OutputsSection()
  /// The variables of the environment that paths may use, by name.
  public internal(set) var environment = Keyed<EnvironmentVariable>()
  /// Where the file and its values come from; no part of what the file says.
  var origin = Origin()

  /// The file as the user named it.
  public var file: String { origin.file }
  /// The absolute folder that relative paths start at.
  public var folder: String { origin.folder }
  /// Warnings and information found in the file, in its order.
  public var diagnostics: [Diagnostic] { origin.diagnostics }

  /// Where the value of a key was written.
  ///
  /// - Parameter keyPath: such as `inputs.dtm.path`, `scenarios[0].rain` or `scenarios.t20.rain`.
  /// - Returns: the position of the value; for a key that is not in the file, that of the nearest section around it.
  public func position(of keyPath: String) -> SourcePosition {
    var path = indexed(keyPath)
    while !path.isEmpty {
      if let position = origin.positions[path] { return position }
      guard let end = path.lastIndex(where: { $0 == "." || $0 == "[" }) else { break }
      path = String(path[..<end])
    }
    return SourcePosition(file: file)
  }

  /// The path of an input or table with the pipeline's name and, where given, the scenario's values put in.
  public func resolve(_ path: PathText, for scenario: Scenario? = nil) -> String {
    var values = scenario?.values ?? [:]
    values["name"] = name
    values["id"] = scenario?.id
    return path.filled(with: values)
  }

  /// The folder of a run on a date such as `2026-01-31`.
  public func outputDirectory(date: String) -> String {
    outputs.directory.filled(with: ["name": name, "date": date])
  }

  /// The elevation input of an id; nil where there is none.
  public func elevation(_ id: String) -> ElevationInput? {
    if case .elevation(let input) = inputs[id] { input } else { nil }
  }

  /// The class input of an id; nil where there is none.
  public func classes(_ id: String) -> ClassInput? {
    if case .class(let input) = inputs[id] { input } else { nil }
  }

  /// The rain input of an id; nil where there is none.
  public func rain(_ id: String) -> RainInput? {
    if case .rain(let input) = inputs[id] { input } else { nil }
  }

  /// The area input of an id; nil where there is none.
  public func area(_ id: String) -> AreaInput? {
    if case .area(let input) = inputs[id] { input } else { nil }
  }

  /// The building input of an id; nil where there is none.
  public func building(_ id: String) -> BuildingInput? {
    if case .building(let input) = inputs[id] { input } else { nil }
  }

  /// The line input of an id; nil where there is none.
  public func line(_ id: String) -> LineInput? {
    if case .line(let input) = inputs[id] { input } else { nil }
  }

  /// The input of rates of an id; nil where there is none.
  public func rates(_ id: String) -> RateInput? {
    if case .rate(let input) = inputs[id] { input } else { nil }
  }

  /// The input of speeds of an id; nil where there is none.
  public func velocity(_ id: String) -> VelocityInput? {
    if case .velocity(let input) = inputs[id] { input } else { nil }
  }

  /// The input of depths of an id; nil where there is none.
  public func depths(_ id: String) -> DepthInput? {
    if case .depth(let input) = inputs[id] { input } else { nil }
  }

  /// The drain input of an id; nil where there is none.
  public func drain(_ id: String) -> DrainInput? {
    if case .drain(let input) = inputs[id] { input } else { nil }
  }

  /// The outlet input of an id; nil where there is none.
  public func outlet(_ id: String) -> OutletInput? {
    if case .outlet(let input) = inputs[id] { input } else { nil }
  }

  /// The temperature input of an id; nil where there is none.
  public func temperature(_ id: String) -> TemperatureInput? {
    if case .temperature(let input) = inputs[id] { input } else { nil }
  }

  /// The population input of an id; nil where there is none.
  public func people(_ id: String) -> PopulationInput? {
    if case .population(let input) = inputs[id] { input } else { nil }
  }

  /// The file with every default filled in, as YAML that reads back as an equal pipeline.
  public func resolvedYAML() -> String { Self.specification.write(self).yaml() }

  /// The file with every default filled in, as JSON in the same order of keys.
  public func resolvedJSON() -> String { Self.specification.write(self).prettyJSON() }

  /// The JSON Schema (draft-07) of pipeline files, in the order of the sections.
  public static func jsonSchema() -> String {
    JSONTree.object([
      ("$schema", .string("http://json-schema.org/draft-07/schema#")), ("title", .string("overvann pipeline")),
    ]).merging(specification.schema()).prettyJSON()
  }

  /// Replaces the id of a scenario in a key path by its index, as positions are kept.
  private func indexed(_ keyPath: String) -> String {
    let parts = keyPath.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 1, parts[0] == "scenarios", let index = scenarios.firstIndex(where: { $0.id == parts[1] })
    else { return keyPath }
    return (["scenarios[\(index)]"] + parts.dropFirst(2).map(String.init)).joined(separator: ".")
  }

  /// Where a pipeline comes from.
  struct Origin: Sendable, Equatable {
    var file = ""
    var folder = ""
    var positions: [String: SourcePosition] = [:]
    var diagnostics: [Diagnostic] = []

    /// Pipelines that say the same are equal, wherever they were written.
    static func == (left: Origin, right: Origin) -> Bool { true }
  }
}

extension PipelineFile: ConfigurationSection {
  static let specification = ObjectSpecification<PipelineFile>(
    summary: "A pipeline: what goes in, what is computed, what comes out.",
    keys: [
      .required("version", \.version, .version, "Version of the file format: 1."),
      .required("name", \.name, .text(.name), "Name of the pipeline, which output folders may carry."),
      .optional("title", \.title, .text, "Title for people."),
      .required("grid", \.grid, GridSection.specification.format, "The one analysis grid."),
      .required("inputs", \.inputs, .keyed(by: .id, of: .input, atLeast: 1), "Inputs by id."),
      .defaulted("tables", \.tables, .keyed(by: .id, of: .path(.input)), "CSV tables by id."),
      .required(
        "scenarios", \.scenarios, .list(of: Scenario.specification.format, atLeast: 1, unique: false),
        "Weathers that hazards and exposure are computed for."),
      .required("hazards", \.hazards, HazardsSection.specification.format, "Hazards that are computed."),
      .optional("exposure", \.exposure, ExposureSection.specification.format, "What is exposed in each area."),
      .optional("alerts", \.alerts, AlertSection.specification.format, "Thresholds of areas that are worth an alert."),
      .defaulted("policy", \.policy, PolicySection.specification.format, "What is tolerated."),
      .required("outputs", \.outputs, OutputsSection.specification.format, "What is written, and where."),
      .defaulted(
        "env", \.environment, .keyed(by: .variable, of: EnvironmentVariable.specification.format),
        "Variables of the environment that paths may use as ${NAME}."),
    ])
}

extension ValueFormat where Value == Int {
  /// The version of the file format.
  fileprivate static var version: ValueFormat {
    ValueFormat.integer(0...Int.max)
      .checked { $0 == 1 ? nil : "version \($0) is not known; this program reads version 1" }
      .describing([("const", .integer(1))])
  }
}
