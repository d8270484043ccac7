/// Exposure: assets, their fields and prefixes, and alerts on the fields of areas.
extension PipelineCheck {
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

  func checkAssets(_ pipeline: inout PipelineFile) {
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

  /// Alerts look at fields that the table of areas has with this pipeline.
  func checkAlerts(_ pipeline: PipelineFile) {
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
}
