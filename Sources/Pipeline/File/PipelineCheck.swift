/// The checks that go across sections: ids that must exist, keys that depend on a kind of input, scenarios.
///
/// Each check runs only where what it builds on was read without error, so that one mistake is told once.
struct PipelineCheck {
  /// The file's values as they were written.
  let root: SourceNode
  /// Where findings go.
  let context: ReadingContext
  /// The kinds of inputs as they were written, which are known even where the rest of an input is wrong.
  private let kinds: [String: InputKind]

  /// Layers that are not assets.
  static let fixedLayers = [
    "areas", "bluespots", "bluespot_water", "bluespot_watersheds", "pour_points", "bluespot_nodes", "flow_paths",
    "landslide", "runout", "quick_clay", "peak_runoff",
  ]
  /// Tables that are not assets.
  static let fixedTables = [
    "areas_ead", "bluespot_hypsometry", "bluespot_balance", "outlets", "water_balance", "terrain_changes",
    "hazard_exposure", "threats", "warning_levels", "indicators", "drainage", "hazard_classes",
  ]

  /// Ends of the names of results that an asset has besides its own.
  static let derivedNames = ["_ead", "_tek17"]

  /// Makes the checks of a file's values.
  init(root: SourceNode, context: ReadingContext) {
    self.root = root
    self.context = context
    var kinds: [String: InputKind] = [:]
    for entry in root["inputs"]?.entries ?? [] {
      kinds[entry.key] = entry.value["kind"]?.text.flatMap(InputKind.init(rawValue:))
    }
    self.kinds = kinds
  }

  /// Checks a pipeline and fills in the defaults that follow from other keys.
  func run(_ pipeline: inout PipelineFile) {
    checkReferences()
    if pipeline.grid.extent.isEmpty { pipeline.grid.extent = pipeline.grid.like }
    pipeline.inputs.update { _, input in
      if case .rain(var rain) = input {
        rain.complete()
        input = .rain(rain)
      } else if case .class(var classes) = input {
        classes.complete()
        input = .class(classes)
      }
    }
    checkScenarios(&pipeline)
    checkRunoff(&pipeline.hazards.runoff)
    checkFlood()
    checkPeakRunoff(pipeline.hazards)
    checkSlideZones(pipeline.hazards)
    checkSurfaceFlow(pipeline)
    checkAssets(&pipeline)
    checkOutputs(&pipeline)
    checkAlerts(pipeline)
    checkOutputDirectory(pipeline)
    if !context.diagnostics.contains(where: { $0.severity == .error }) { checkUse(pipeline) }
  }

  // MARK: - References

  private func checkReferences() {
    for reference in context.references {
      let known = root[reference.target.section]?.entries?.map(\.key) ?? []
      guard known.contains(reference.id) else {
        let matching: [String]
        if case .input(let kinds) = reference.target {
          matching = known.filter { self.kinds[$0].map(kinds.contains) ?? false }
        } else {
          matching = known
        }
        let hint = Suggestion.hint(for: reference.id, among: known) ?? candidates(matching, for: reference.target)
        report(
          .unresolvedReference, reference, "\(reference.target.section) has no \"\(reference.id)\"", hint: hint)
        continue
      }
      if case .input(let kinds) = reference.target, let kind = self.kinds[reference.id], !kinds.contains(kind) {
        let matching = known.filter { self.kinds[$0].map(kinds.contains) ?? false }
        report(
          .unresolvedReference, reference,
          "\(reference.id) is of kind \(kind.rawValue), not \(Suggestion.alternatives(kinds.map(\.rawValue)))",
          hint: candidates(matching, for: reference.target))
      }
    }
  }

  private func candidates(_ ids: [String], for target: ReferenceTarget) -> String {
    ids.isEmpty ? "there is no \(target.noun)" : "choose from \(Suggestion.list(ids))"
  }

  // MARK: - Scenarios

  private func checkScenarios(_ pipeline: inout PipelineFile) {
    let rains = (root["inputs"]?.entries ?? []).map(\.key).filter { self.kinds[$0] == .rain }
    for index in pipeline.scenarios.indices {
      let keyPath = "scenarios[\(index)]"
      if pipeline.scenarios[index].rain.isEmpty, !context.hasErrors(under: keyPath + ".rain") {
        if rains.count == 1 {
          pipeline.scenarios[index].rain = rains[0]
        } else {
          let hint = rains.isEmpty ? "declare an input of kind rain" : "one of \(Suggestion.list(rains))"
          context.report(.missingKey, at: position(keyPath), keyPath + ".rain", "missing", hint: hint)
        }
      }
      checkDuplicates(pipeline.scenarios, index, keyPath)
      checkRain(pipeline, pipeline.scenarios[index], keyPath)
    }
  }

  private func checkDuplicates(_ scenarios: [Scenario], _ index: Int, _ keyPath: String) {
    let scenario = scenarios[index]
    if !scenario.id.isEmpty, let first = scenarios[..<index].first(where: { $0.id == scenario.id }) {
      context.report(
        .duplicateKey, at: position(keyPath + ".id"), keyPath + ".id", "the id \"\(first.id)\" stands twice",
        hint: "give each scenario its own")
    }
    if let period = scenario.returnPeriod,
      let first = scenarios[..<index].first(where: { $0.returnPeriod == period })
    {
      context.report(
        .duplicateKey, at: position(keyPath + ".return_period"), keyPath + ".return_period",
        "scenario \"\(first.id)\" has the return period \(period) too", hint: "leave it out of all but one")
    }
  }

  /// Every substitution in a path needs a value in the scenario.
  private func checkSubstitutions(in path: PathText?, of input: String, _ scenario: Scenario, _ keyPath: String) {
    let own = Array(scenario.values.keys).sorted()
    for name in path?.substitutions ?? [] where TextPattern.substitution.matches(name) {
      guard scenario.values[name] == nil, !context.hasErrors(under: "\(keyPath).\(name)") else { continue }
      let hint = Suggestion.nearest(to: name, among: own).map { "did you mean \"\($0)\"?" } ?? "add \(name): …"
      context.report(
        .unresolvedSubstitution, at: position(keyPath), keyPath,
        "{\(name)} in inputs.\(input).path has no value in scenario \"\(scenario.id)\"", hint: hint)
    }
  }

  private func checkRain(_ pipeline: PipelineFile, _ scenario: Scenario, _ keyPath: String) {
    if let velocity = pipeline.hazards.flood?.velocity {
      checkSubstitutions(in: pipeline.velocity(velocity)?.path, of: velocity, scenario, keyPath)
    }
    guard let rain = pipeline.rain(scenario.rain) else { return }
    checkSubstitutions(in: rain.path, of: scenario.rain, scenario, keyPath)
    guard let period = scenario.returnPeriod, period.years >= 50, scenario.climateFactor == 1.4,
      !context.hasErrors(under: "inputs.\(scenario.rain).duration"), rain.duration.minutes <= 60
    else { return }
    context.report(
      .climateFactor, at: position(keyPath + ".climate_factor"), keyPath + ".climate_factor",
      "1.4 for \(period) in \(rain.duration); published advice for 50 a and more within 60 min is 1.4 or 1.5",
      hint: scenario.climateSource == nil ? "state your source in climate_source" : nil)
  }

  // MARK: - Hazards

  private func checkRunoff(_ runoff: inout RunoffSection) {
    let keyPath = "hazards.runoff"
    if runoff.method == .curveNumber { runoff.lambda = runoff.lambda ?? RunoffSection.defaultLambda }
    if runoff.convertsLambda == true, runoff.lambda != 0.05, !context.hasErrors(under: keyPath) {
      context.report(
        .contradiction, at: position(keyPath + ".convert_lambda"), keyPath + ".convert_lambda",
        "the conversion is known for lambda 0.05 alone", hint: "add lambda: 0.05")
    }
    guard let value = runoff.value, !context.hasErrors(under: keyPath) else { return }
    let problem: String?
    switch runoff.method {
    case .curveNumber: problem = value > 0 ? nil : "a curve number is greater than 0 and at most 100"
    case .coefficient: problem = value <= 1 ? nil : "a runoff coefficient is at most 1"
    case .initialConstant, .horton, .greenAmpt: problem = nil
    }
    if let problem {
      context.report(.valueNotAllowed, at: position(keyPath + ".value"), keyPath + ".value", problem)
    }
  }

  private func checkPeakRunoff(_ hazards: HazardsSection) {
    guard let peaks = hazards.peakRunoff, peaks.time == .scsLag, peaks.curveNumber == nil,
      hazards.runoff.method != .curveNumber, !context.hasErrors(under: "hazards")
    else { return }
    let keyPath = "hazards.peak_runoff.time"
    context.report(
      .missingKey, at: position(keyPath), "hazards.peak_runoff.curve_number", "scs_lag needs curve numbers",
      hint: "add curve_number: 80, or use: curve_number for the runoff")
  }

  private func checkFlood() {
    guard root["hazards"]?.entries != nil, root["hazards"]?["flood"] == nil else { return }
    context.report(
      .missingKey, at: head("hazards"), "hazards.flood", "missing",
      hint: "add flood: {use: fill_spill, dtm: …}; terrain, slopes and areas stand on it")
  }

  private func checkSlideZones(_ hazards: HazardsSection) {
    if let flow = hazards.massFlow, flow.release == nil {
      let needed = flow.start == .failing ? "hazards.slide" : "hazards.slide.release"
      if node(needed) == nil {
        context.report(
          .contradiction, at: head("hazards.runout"), "hazards.runout", "nothing tells where flows start",
          hint: "add release: with an area input, or \(needed)")
      }
    }
    if let flow = hazards.massFlow, flow.release != nil, node("hazards.runout.start") != nil {
      context.report(
        .contradiction, at: position("hazards.runout.start"), "hazards.runout.start",
        "release and start both say where flows start", hint: "give one of them")
    }
    let times = hazards.slide?.transient?.times.map(\.seconds) ?? []
    if !zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) {
      context.report(
        .valueNotAllowed, at: position("hazards.slide.transient.times"), "hazards.slide.transient.times",
        "the times do not ascend")
    }
    if let flow = hazards.massFlow, flow.process != nil, flow.energyHeight != nil {
      context.report(
        .contradiction, at: position("hazards.runout.process"), "hazards.runout.process",
        "process and energy_height both limit the speed", hint: "give one of them")
    }
    if let clay = hazards.quickClay, clay.marineArea != nil, clay.marineLimit != nil {
      context.report(
        .contradiction, at: position("hazards.quick_clay.marine_limit"), "hazards.quick_clay.marine_limit",
        "marine_limit and marine_area say the same", hint: "give one of them")
    }
  }

  private func checkSurfaceFlow(_ pipeline: PipelineFile) {
    guard let flow = pipeline.hazards.surfaceFlow, let flood = pipeline.hazards.flood else { return }
    func report(_ key: String, _ message: String, _ hint: String) {
      context.report(.contradiction, at: position(key), key, message, hint: hint)
    }
    if flood.velocity != nil {
      report("hazards.flood.velocity", "hazards.surface_flow computes the speed", "leave out one of them")
    }
    if flood.drainage.value > 0 {
      report(
        "hazards.flood.drainage", "a simulated flow needs the rate of the drains, not a depth",
        "give drainage_rate in hazards.runoff")
    }
    if flow.culverts != nil, flood.culverts == nil {
      report(
        "hazards.surface_flow.culverts", "there are no lines for the table of culverts", "add hazards.flood.culverts")
    }
    if let buildings = flow.buildings, root["inputs"]?[buildings]?["shape"]?.text == BuildingShape.points.rawValue {
      report("hazards.surface_flow.buildings", "\(buildings) are points", "name an input with footprints")
    }
  }

  // MARK: - Exposure

  private func checkAssets(_ pipeline: inout PipelineFile) {
    guard var exposure = pipeline.exposure else { return }
    var taken: [String: String] = [:]
    let (damage, population) = (exposure.damage, exposure.population)
    exposure.assets.update { id, asset in
      let keyPath = "exposure.assets.\(id)"
      if Self.fixedLayers.contains(id) || Self.fixedTables.contains(id) {
        context.report(
          .valueNotAllowed, at: head(keyPath), keyPath, "\"\(id)\" is the name of another layer",
          hint: "choose another id")
      }
      if Self.derivedNames.contains(where: { id.hasSuffix($0) }) {
        context.report(
          .valueNotAllowed, at: head(keyPath), keyPath, "\"\(id)\" ends as the results of an asset do",
          hint: "choose an id that does not end in \(Suggestion.alternatives(Self.derivedNames))")
      }
      guard let kind = self.kinds[asset.input], kind == .building || kind == .line else { return }
      let excluded = kind == .building ? AssetSection.lineKeys : AssetSection.buildingKeys
      for entry in node(keyPath)?.entries ?? [] where excluded.contains(entry.key) {
        context.report(
          .contradiction, at: entry.keyPosition, "\(keyPath).\(entry.key)",
          "not used with an input of kind \(kind.rawValue)", hint: "remove it")
      }
      asset.complete(for: kind)
      checkPrefix(asset.prefix ?? "", of: id, kind, &taken)
      if kind == .building { checkShape(asset, keyPath, damage, population) }
    }
    pipeline.exposure = exposure
    if let first = exposure.assets.first, root["hazards"]?["flood"] == nil {
      let keyPath = "exposure.assets.\(first.id).exposed_if"
      context.report(
        .contradiction, at: position(keyPath), keyPath, "no depth is computed", hint: "add hazards.flood")
    }
    checkBuildingResults(exposure, building: taken[AssetSection.buildingPrefix])
    let periods = pipeline.scenarios.filter { $0.returnPeriod != nil }.count
    if exposure.expectedAnnual != nil, periods < 2, !context.hasErrors(under: "scenarios") {
      let keyPath = "exposure.expected_annual"
      context.append(
        Diagnostic(
          .nothingToCompute, at: head(keyPath), keyPath: keyPath,
          "expected annual values need two scenarios with a return period; there \(periods == 1 ? "is 1" : "are none")")
      )
    }
  }

  /// Fields of assets have names of their own.
  private func checkPrefix(_ prefix: String, of id: String, _ kind: InputKind, _ taken: inout [String: String]) {
    let keyPath = "exposure.assets.\(id)"
    let place = node("\(keyPath).prefix") == nil ? head(keyPath) : position("\(keyPath).prefix")
    if let other = taken[prefix] {
      context.report(
        .contradiction, at: place, "\(keyPath).prefix", "\(prefix) is the prefix of \(other) already",
        hint: "give this asset one of its own, such as prefix: \(kind == .building ? "crit" : "rail")")
      return
    }
    taken[prefix] = id
    let reserved = kind == .building ? AssetSection.linePrefix : AssetSection.buildingPrefix
    if prefix == reserved {
      context.report(
        .valueNotAllowed, at: place, "\(keyPath).prefix",
        "\(prefix) is the prefix of \(kind == .building ? "roads" : "buildings")", hint: "choose another")
    }
    if prefix.utf8.count > Self.longestPrefix {
      context.report(
        .valueNotAllowed, at: place, "\(keyPath).prefix",
        "\(prefix) is longer than \(Self.longestPrefix) letters", hint: "choose a shorter one")
    }
  }

  /// Letters of a prefix, so that names of fields stay within 31.
  private static let longestPrefix = 16

  /// Points have no footprint.
  private func checkShape(
    _ asset: AssetSection, _ keyPath: String, _ damage: DamageSection?, _ population: PopulationSection?
  ) {
    guard root["inputs"]?[asset.input]?["shape"]?.text == BuildingShape.points.rawValue else { return }
    func report(_ path: String, _ message: String, _ hint: String) {
      context.report(.contradiction, at: position(path), path, message, hint: hint)
    }
    if let sample = asset.sample, sample.location != .ring {
      report("\(keyPath).sample.where", "points have no footprint", "where: ring samples the disc of its width")
    }
    if asset.attributeTo == .areaShare {
      report("\(keyPath).attribute_to", "points have no footprint to share out", "use representative_point")
    }
    guard asset.prefix == AssetSection.buildingPrefix else { return }
    if let damage, damage.area == .footprint {
      context.report(
        .contradiction, at: head("exposure.damage"), "exposure.damage.area", "points have no footprint",
        hint: "use area: floor_area with the field floor_area of the input")
    }
    if let population, population.by == .footprint {
      context.report(
        .contradiction, at: head("exposure.population"), "exposure.population.by", "points have no footprint",
        hint: "use by: floor_area or by: equal")
    }
  }

  /// Damage and safety classes are those of buildings, ranks those of expected annual values.
  private func checkBuildingResults(_ exposure: ExposureSection, building: String?) {
    for (key, isThere) in [("damage", exposure.damage != nil), ("tek17", exposure.safety != nil)]
    where isThere && building == nil && !context.hasErrors(under: "exposure.assets") {
      context.report(
        .contradiction, at: head("exposure.\(key)"), "exposure.\(key)", "no buildings are counted",
        hint: "add an asset with an input of kind building")
    }
    if let pipes = exposure.drainage, self.kinds[pipes] == .line, root["inputs"]?[pipes]?["monitored"] == nil {
      context.report(
        .missingKey, at: head("inputs.\(pipes)"), "inputs.\(pipes).monitored", "missing",
        hint: "exposure.drainage needs the field that tells whether a pipe is monitored")
    }
    if let people = exposure.population, people.exposedIf == nil, building == nil,
      !context.hasErrors(under: "exposure.assets")
    {
      context.report(
        .contradiction, at: head("exposure.population"), "exposure.population", "no buildings are counted",
        hint: "add an asset with an input of kind building, or exposed_if: for people spread over their cells")
    }
    if exposure.ranking != nil, exposure.expectedAnnual == nil {
      context.report(
        .contradiction, at: head("exposure.ranking"), "exposure.ranking", "areas are ranked by expected annual values",
        hint: "add expected_annual: {}")
    }
    guard let building, let input = root["exposure"]?["assets"]?[building]?["input"]?.text,
      let fields = root["inputs"]?[input]
    else { return }
    for (key, isThere) in [("damage", exposure.damage != nil), ("tek17", exposure.safety != nil)]
    where isThere && fields["type"] == nil {
      context.report(
        .missingKey, at: fields.headPosition, "inputs.\(input).type", "missing",
        hint: "exposure.\(key) needs the field with the type of building")
    }
    if let by = exposure.population?.by, by == .floorArea, fields["floor_area"] == nil {
      context.report(
        .missingKey, at: fields.headPosition, "inputs.\(input).floor_area", "missing",
        hint: "exposure.population.by needs the field with the floor area")
    }
    if exposure.population != nil, fields["residents"] != nil {
      context.report(
        .contradiction, at: fields.headPosition, "inputs.\(input).residents",
        "exposure.population places residents in the same buildings", hint: "leave one of them out")
    }
    if exposure.population?.types.isEmpty == false, fields["type"] == nil {
      context.report(
        .missingKey, at: fields.headPosition, "inputs.\(input).type", "missing",
        hint: "exposure.population.types needs the field with the type of building")
    }
    if exposure.damage?.area == .floorArea, fields["floor_area"] == nil {
      context.report(
        .missingKey, at: fields.headPosition, "inputs.\(input).floor_area", "missing",
        hint: "exposure.damage.area needs the field with the floor area")
    }
  }

  // MARK: - Alerts

  /// Alerts look at fields that the table of areas has with this pipeline.
  private func checkAlerts(_ pipeline: PipelineFile) {
    guard let alerts = pipeline.alerts else { return }
    guard pipeline.exposure != nil else {
      context.report(
        .missingKey, at: root["alerts"]?.position ?? root.position, "alerts", "there are no areas to look at",
        hint: "add exposure: with areas")
      return
    }
    guard !["alerts", "exposure", "hazards", "inputs"].contains(where: { context.hasErrors(under: $0) }) else { return }
    let fields = pipeline.alertFields
    for (index, condition) in alerts.areas.enumerated() where !fields.contains(condition.field) {
      let keyPath = "alerts.areas[\(index)]"
      context.report(
        .valueNotAllowed, at: position(keyPath), keyPath,
        "areas have no field \"\(condition.field)\" of numbers in this pipeline",
        hint: Suggestion.hint(for: condition.field, among: fields, listing: "fields"))
    }
  }

  // MARK: - Outputs

  private func checkOutputs(_ pipeline: inout PipelineFile) {
    let hasFlood = root["hazards"]?["flood"] != nil
    let hasSlide = root["hazards"]?["slide"] != nil
    let hasExposure = root["exposure"] != nil
    for (index, product) in pipeline.outputs.rasters.enumerated() {
      guard let hazard = product.hazard, node("hazards.\(hazard)") == nil else { continue }
      if product.comesFromSurfaceFlow, pipeline.hazards.surfaceFlow != nil { continue }
      let keyPath = "outputs.cog[\(index)]"
      context.report(
        .contradiction, at: position(keyPath), keyPath, "\(product.rawValue) is not computed",
        hint: "add hazards.\(hazard), or leave it out")
    }
    if let index = pipeline.outputs.rasters.firstIndex(of: .hazardClass), pipeline.exposure?.hazardClasses == nil {
      let keyPath = "outputs.cog[\(index)]"
      context.report(
        .contradiction, at: position(keyPath), keyPath, "hazard_class is not computed",
        hint: "add exposure.hazard_classes, or leave it out")
    }
    if let index = pipeline.outputs.metadata.firstIndex(of: .riskDataLibrary), node("outputs.publication") == nil {
      context.report(
        .missingKey, at: position("outputs.metadata[\(index)]"), "outputs.publication", "missing",
        hint: "rdls names a publisher, an address and a licence: add publication: {publisher: …, url: …, license: …}")
    }
    let layers = knownLayers(pipeline, hasFlood: hasFlood, hasSlide: hasSlide, hasExposure: hasExposure)
    if let section = pipeline.outputs.geojson {
      pipeline.outputs.geojson?.layers = checked(section.layers, "outputs.geojson", among: layers)
    }
    if let section = pipeline.outputs.geojsonSequences {
      pipeline.outputs.geojsonSequences?.layers = checked(section.layers, "outputs.geojsonseq", among: layers)
    }
    if let section = pipeline.outputs.flatGeobuf {
      pipeline.outputs.flatGeobuf?.layers = checked(section.layers, "outputs.flatgeobuf", among: layers)
    }
  }

  /// A layer that may be asked for.
  private struct KnownLayer {
    let name: String
    /// The section that it needs; nil for the layers of assets.
    let section: String?
    let isThere: Bool
  }

  private func knownLayers(
    _ pipeline: PipelineFile, hasFlood: Bool, hasSlide: Bool, hasExposure: Bool
  ) -> [KnownLayer] {
    var assets = root["exposure"]?["assets"]?.entries?.map(\.key) ?? []
    if pipeline.exposure?.safety != nil {
      assets +=
        pipeline.exposure?.assets.filter { $0.value.prefix == AssetSection.buildingPrefix }.map { $0.id + "_tek17" }
        ?? []
    }
    let needs: [(layer: String, section: String, isThere: Bool)] = [
      ("areas", "exposure", hasExposure), ("bluespots", "hazards.flood", hasFlood),
      ("bluespot_water", "hazards.flood", hasFlood),
      (
        "bluespot_watersheds", "hazards.flood.watersheds: true", pipeline.hazards.flood?.watersheds == true
      ), ("pour_points", "hazards.flood", hasFlood),
      ("bluespot_nodes", "hazards.flood", hasFlood), ("flow_paths", "hazards.flood", hasFlood),
      ("landslide", "hazards.slide", hasSlide), ("runout", "hazards.runout", node("hazards.runout") != nil),
      ("quick_clay", "hazards.quick_clay", node("hazards.quick_clay") != nil),
      ("peak_runoff", "hazards.peak_runoff", node("hazards.peak_runoff") != nil),
    ]
    var layers = needs.map { KnownLayer(name: $0.layer, section: $0.section, isThere: $0.isThere) }
    layers.insert(contentsOf: assets.map { KnownLayer(name: $0, section: nil, isThere: true) }, at: 1)
    return layers
  }

  /// The layers that are written in a format: all that there are unless some were named.
  private func checked(_ named: [String], _ section: String, among layers: [KnownLayer]) -> [String] {
    guard !named.isEmpty else {
      let all = layers.filter(\.isThere).map(\.name)
      if all.isEmpty, !context.hasErrors(under: "\(section).layers") {
        context.report(
          .contradiction, at: head(section), section, "there is no layer to write",
          hint: "add exposure, hazards.flood or hazards.slide")
      }
      return all
    }
    for (index, name) in named.enumerated() {
      let keyPath = "\(section).layers[\(index)]"
      let assets = layers.filter { $0.section == nil }.map(\.name)
      if assets.contains(name) { continue }
      guard let layer = layers.first(where: { $0.name == name }) else {
        let hint = Suggestion.hint(for: name, among: Self.fixedLayers + assets, listing: "layers")
        context.report(.unresolvedReference, at: position(keyPath), keyPath, "no layer \"\(name)\"", hint: hint)
        continue
      }
      if !layer.isThere, let need = layer.section {
        context.report(
          .contradiction, at: position(keyPath), keyPath, "\(name) is not computed",
          hint: "add \(need), or leave it out")
      }
    }
    return named
  }

  /// A run replaces its folder as a whole: nothing that the pipeline needs may be in it.
  private func checkOutputDirectory(_ pipeline: PipelineFile) {
    guard !context.hasErrors(under: "outputs.dir"), !pipeline.outputs.directory.absolute.isEmpty else { return }
    let directory = pipeline.resolve(pipeline.outputs.directory)
    var needed: [(name: String, path: String)] = [("the pipeline file", context.folder + "/pipeline")]
    for (id, input) in pipeline.inputs {
      if let path = input.path { needed.append(("inputs.\(id)", pipeline.resolve(path))) }
      if case .rain(let rain) = input {
        for path in rain.paths ?? [] { needed.append(("inputs.\(id)", pipeline.resolve(path))) }
      }
      if case .temperature(let temperature) = input {
        for path in temperature.paths ?? [] { needed.append(("inputs.\(id)", pipeline.resolve(path))) }
      }
    }
    for (id, path) in pipeline.tables { needed.append(("tables.\(id)", pipeline.resolve(path))) }
    for (name, path) in needed where directory == "/" || path == directory || path.hasPrefix(directory + "/") {
      context.report(
        .contradiction, at: position("outputs.dir"), "outputs.dir", "the output folder \(directory) holds \(name)",
        hint: "write to a folder of its own")
      return
    }
  }

  // MARK: - Use

  private func checkUse(_ pipeline: PipelineFile) {
    var inputs = Set(pipeline.scenarios.map(\.rain))
    var tables: Set<String> = []
    for reference in context.references {
      switch reference.target {
      case .input: inputs.insert(reference.id)
      case .table: tables.insert(reference.id)
      }
    }
    let unused =
      pipeline.inputs.ids.filter { !inputs.contains($0) }.map { "inputs.\($0)" }
      + pipeline.tables.ids.filter { !tables.contains($0) }.map { "tables.\($0)" }
    for keyPath in unused {
      context.append(Diagnostic(.unusedInput, at: head(keyPath), keyPath: keyPath, "not used", hint: "remove it"))
    }
  }

  // MARK: - Positions

  private func report(
    _ code: DiagnosticCode, _ reference: ReadingContext.Reference, _ message: String, hint: String?
  ) {
    context.report(code, at: reference.position, reference.keyPath, message, hint: hint)
  }

  /// The value at a key path; nil where it is not in the file.
  private func node(_ keyPath: String) -> SourceNode? {
    var node: SourceNode? = root
    for part in keyPath.split(separator: ".") {
      let pieces = part.split(separator: "[")
      node = pieces.first.flatMap { node?[String($0)] }
      for piece in pieces.dropFirst() {
        let index = Int(piece.dropLast()) ?? -1
        node = node?.elements.flatMap { $0.indices.contains(index) ? $0[index] : nil }
      }
    }
    return node
  }

  private func position(_ keyPath: String) -> SourcePosition { node(keyPath)?.position ?? root.position }

  private func head(_ keyPath: String) -> SourcePosition { node(keyPath)?.headPosition ?? root.position }
}
