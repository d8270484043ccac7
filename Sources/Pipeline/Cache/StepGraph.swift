import Foundation
import Geodata
import Report

/// A step of a run and what its result depends on.
struct PlannedStep {
  /// Name, unique in the run.
  let id: String
  /// Steps whose results it uses.
  let upstream: [String]
  /// Everything that its result depends on, as named texts in the order of their names: versions, parameters, hashes
  /// of files, keys of the steps before it.
  let components: [(name: String, value: String)]
  /// Files that its inputs consist of.
  let files: [String]
  /// Hash of the components; nil where an input cannot be read.
  let key: String?
}

/// The steps of a pipeline in the order in which they are computed.
///
/// Into keys go parameters, paths and contents of inputs, and versions; neither threads, nor the folder of the results,
/// nor the clock. Paths belong to them because results name them: messages and the manifest's inputs are kept with a
/// step. A step that depends on a section depends on the whole of it, unless it is named more narrowly here.
struct StepGraph {
  let pipeline: PipelineFile
  private(set) var steps: [PlannedStep] = []
  private let hashes: ContentHashes
  private let configuration: JSONTree
  /// Files that tables name, by the path of the table.
  private var filesOfTables: [String: [String]] = [:]

  subscript(id: String) -> PlannedStep? { steps.first { $0.id == id } }

  init(_ pipeline: PipelineFile, _ hashes: ContentHashes) {
    self.pipeline = pipeline
    self.hashes = hashes
    configuration = PipelineFile.specification.write(pipeline)
    let hazards = pipeline.hazards
    guard let flood = hazards.flood else { return }
    let grid = Part(sections: ["grid"], inputs: [pipeline.grid.like, pipeline.grid.extent])
    let classInputs = pipeline.inputs.filter {
      if case .class(let input) = $0.value { input.path != nil } else { false }
    }
    for input in classInputs { add("input \(input.id)", [grid, Part(inputs: [input.id])]) }
    let flooding = ["dtm", "nodata", "culverts", "breach_length", "breach_depth"].map { "hazards.flood.\($0)" }
    add(
      "terrain",
      [grid, Part(sections: flooding + ["policy.invalid_geometry"], inputs: [flood.dtm, flood.culverts])])
    if let release = hazards.slide?.release {
      add(
        "release areas",
        [grid, Part(sections: ["hazards.slide.release"], inputs: [release.regions], tables: [release.table])],
        after: ["terrain"])
    }
    if let clay = hazards.quickClay {
      add(
        "quick clay",
        [
          grid,
          Part(
            sections: ["hazards.quick_clay", "policy.invalid_geometry"],
            inputs: [clay.deposits, clay.marineArea, clay.feet], tables: [clay.table]),
        ], after: ["terrain"])
    }
    if let exposure = pipeline.exposure {
      for (id, asset) in exposure.assets where pipeline.building(asset.input) != nil {
        add(
          "buildings \(id)",
          [
            grid,
            Part(
              sections: ["exposure.areas", "exposure.assets.\(id)", "policy.invalid_geometry"],
              inputs: [exposure.areas, asset.input]),
          ])
      }
    }
    if let exposure = pipeline.exposure {
      let buildings = exposure.assets.map { $0 }.filter { pipeline.building($0.value.input) != nil }
      add(
        "ground checks",
        [
          grid,
          Part(
            sections: ["exposure.areas", "exposure.assets", "policy"],
            inputs: [exposure.areas] + buildings.map(\.value.input)),
        ], after: ["terrain"] + buildings.map { "buildings \($0.id)" })
    }
    if let runout = hazards.massFlow, runout.release != nil || runout.start == .releaseAreas {
      let assets = pipeline.exposure?.assets.map(\.value.input) ?? []
      add(
        "runout",
        [
          grid,
          Part(
            sections: ["hazards.runout", "exposure.assets", "policy.invalid_geometry"],
            inputs: [runout.release, runout.forest?.classes] + assets, tables: [runout.forest?.table]),
        ], after: ["terrain"] + (runout.release == nil ? ["release areas"] : []))
    }
    addResults(grid)
  }

  /// Steps that depend on nearly everything: those that make rows and files.
  private mutating func addResults(_ grid: Part) {
    let standing = pipeline.inputs.filter { $0.value.kind != .rain && $0.value.kind != .velocity }.map(\.id)
    let before = steps.map(\.id).filter { !$0.hasPrefix("input ") }
    let all = Part(
      sections: ["name", "title", "hazards", "exposure", "policy", "outputs.cog", "outputs.smooth"], inputs: standing,
      tables: pipeline.tables.map(\.id))
    add(
      "bluespots",
      [grid, Part(sections: ["hazards.flood", "outputs.smooth"], inputs: [pipeline.hazards.flood?.drains])],
      after: ["terrain"])
    for scenario in pipeline.scenarios {
      addSurfaceFlow(of: scenario, grid)
      // Safety classes look at the return periods of all scenarios.
      let periods = pipeline.scenarios.map { $0.returnPeriod.map { "\($0)" } ?? "none" }.joined(separator: ", ")
      let named = Part(
        inputs: [scenario.rain, pipeline.hazards.flood?.velocity], scenario: scenario,
        values: [("return periods of scenarios", periods), ("climate of scenarios", climate)])
      add("scenario \(scenario.id)", [grid, all, named], after: before + ["bluespots"])
    }
    add(
      "terrain rasters",
      [
        grid,
        Part(
          sections: ["outputs.cog", "hazards.flood.flow_path_area", "hazards.slide"],
          inputs: [pipeline.hazards.slide?.soil],
          tables: [pipeline.hazards.slide?.table] + [pipeline.hazards.slide?.transient?.table]),
      ],
      after: ["terrain"] + before.filter { $0 == "quick clay" || $0 == "release areas" })
  }

  /// The flow of a scenario's water, which takes longer than all the rest.
  private mutating func addSurfaceFlow(of scenario: Scenario, _ grid: Part) {
    let hazards = pipeline.hazards
    guard let flow = hazards.surfaceFlow else { return }
    let runoff = hazards.runoff
    let storm = pipeline.rain(scenario.rain)?.storm
    let part = Part(
      sections: ["hazards.surface_flow", "hazards.runoff", "policy.invalid_geometry"],
      inputs: [
        scenario.rain, runoff.landCover, runoff.soil, runoff.measures?.input, runoff.drainageInput,
        runoff.snowmelt?.temperatureInput, flow.landCover, flow.buildings, flow.inflows?.input, flow.levels?.input,
        flow.gauges, flow.sections, flow.initialDepth,
      ],
      tables: [
        runoff.table, runoff.soilGroups, runoff.impervious, runoff.increase, runoff.drainageTable,
        runoff.measures?.table, flow.roughness, flow.culverts, flow.inflows?.table, flow.levels?.table, storm?.table,
        storm?.profile, storm?.arealTable, scenario.climateTable, runoff.snowmelt?.temperatureTable,
      ], scenario: scenario)
    add("surface flow \(scenario.id)", [grid, part], after: ["terrain"])
  }

  /// What safety classes know of the climate of all scenarios.
  private var climate: String {
    pipeline.scenarios.map { "\($0.climateFactor ?? 1) \($0.climateTable ?? "")" }.joined(separator: ", ")
  }

  /// Sections, inputs and tables that a step depends on.
  private struct Part {
    var sections: [String] = []
    var inputs: [String?] = []
    var tables: [String?] = []
    var scenario: Scenario?
    var values: [(String, String)] = []
  }

  private mutating func add(_ id: String, _ parts: [Part], after upstream: [String] = []) {
    var components = versions
    var files: [String] = []
    var isComplete = true
    func set(_ name: String, _ value: String) { components[name] = value }
    func setParameters(_ values: [(String, String)]) {
      for (name, value) in values { set("parameter \(name)", value) }
    }
    func addFile(_ name: String, _ path: String) {
      set("path \(name)", path)
      guard let dataset = hashes.dataset(path) else {
        isComplete = false
        set("file \(path)", "missing")
        return
      }
      for file in dataset {
        set("file \(file.path)", file.sha256)
        files.append(file.path)
      }
    }
    for part in parts {
      for section in part.sections { setParameters(leaves(of: section)) }
      if let scenario = part.scenario, let place = pipeline.scenarios.firstIndex(where: { $0.id == scenario.id }) {
        setParameters(leaves(of: configuration["scenarios"].flatMap { $0[place] }, "scenarios.\(scenario.id)"))
      }
      for (name, value) in part.values { set("parameter \(name)", value) }
      for input in part.inputs.compactMap({ $0 }) {
        setParameters(leaves(of: "inputs.\(input)"))
        // By number: the same files in another order are another input.
        let paths = pipeline.paths(ofInput: input).map { pipeline.resolve($0, for: part.scenario) }
        for (number, path) in paths.enumerated() {
          addFile("inputs.\(input)" + (paths.count > 1 ? ".paths[\(number)]" : ""), path)
        }
      }
      for table in part.tables.compactMap({ $0 }) {
        guard let path = pipeline.tables[table].map({ pipeline.resolve($0) }) else { continue }
        addFile("tables.\(table)", path)
        for (number, file) in filesNamed(by: path).enumerated() {
          addFile("tables.\(table)[\(number)]", file)
        }
      }
    }
    for step in upstream {
      let key = self[step]?.key
      isComplete = isComplete && key != nil
      set("step \(step)", key ?? "missing")
    }
    let sorted = components.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    let text = JSONValue.object(JSONObject([("step", .string(id))] + sorted.map { ($0.name, .string($0.value)) }))
    steps.append(
      PlannedStep(
        id: id, upstream: upstream, components: sorted, files: Array(Set(files)).sorted(),
        key: isComplete ? SHA256.hexDigest(of: text.encoded()) : nil))
  }

  /// Tables are used by many steps, and read once.
  private mutating func filesNamed(by table: String) -> [String] {
    if let known = filesOfTables[table] { return known }
    let found = PipelineFile.files(namedBy: table)
    filesOfTables[table] = found
    return found
  }

  /// Versions that results may depend on; between two releases only the program's own bytes tell one build from
  /// another.
  private var versions: [String: String] {
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
    return [
      "version overvann": toolVersion, "version cache": "\(CacheFolder.formatVersion)",
      "version program": hashes.hash(of: program, isInput: false) ?? "unknown", "version GDAL": GDALLibrary.version,
      "version PROJ": GDALLibrary.projVersion, "version GEOS": GDALLibrary.geosVersion ?? "none",
    ]
  }

  /// The values below a key path such as `hazards.flood`, as texts.
  private func leaves(of path: String) -> [(String, String)] {
    var node: JSONTree? = configuration
    for name in path.split(separator: ".") { node = node?[String(name)] }
    return leaves(of: node, path)
  }

  private func leaves(of node: JSONTree?, _ path: String) -> [(String, String)] {
    switch node {
    case nil: [(path, "none")]
    case .object(let members): members.flatMap { leaves(of: $0.value, "\(path).\($0.key)") }
    case .array(let values): [(path, values.map { JSONValue($0).description }.joined(separator: ", "))]
    case .string(let text): [(path, text)]
    case .some(let value): [(path, JSONValue(value).description)]
    }
  }
}

extension JSONTree {
  /// An element of an array.
  fileprivate subscript(index: Int) -> JSONTree? {
    if case .array(let values) = self, values.indices.contains(index) { values[index] } else { nil }
  }
}

extension PipelineFile {
  /// Every file that an input names.
  func paths(ofInput id: String) -> [PathText] {
    switch inputs[id] {
    case .rain(let input): input.paths ?? input.path.map { [$0] } ?? []
    case .temperature(let input): input.files
    case .some(let input): input.path.map { [$0] } ?? []
    case nil: []
    }
  }

  /// Files that a table names: rasters in its column `path`, and ratings of culverts in its column `rating`.
  static func files(namedBy table: String) -> [String] {
    // Return-period tables may be Latin-1; a table that is no CSV names no files.
    guard let rows = try? CSVTable(path: table, acceptsLatin1: true) else { return [] }
    func texts(_ column: String) -> [String]? {
      rows.columnNames.contains(column) ? try? rows.texts(column) : nil
    }
    let paths = texts("path") ?? []
    let ratings = zip(texts("shape") ?? [], texts("rating") ?? []).filter { $0.0 == CulvertTable.rated }.map(\.1)
    return (paths + ratings).filter { !$0.isEmpty }.map { file($0, namedBy: table) }
  }

  /// A file that a table names: beside the table unless its path is absolute.
  static func file(_ name: String, namedBy table: String) -> String {
    let folder = (table as NSString).deletingLastPathComponent
    return name.hasPrefix("/") || folder.isEmpty ? name : "\(folder)/\(name)"
  }
}
