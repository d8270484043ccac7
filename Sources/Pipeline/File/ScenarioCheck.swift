/// Scenarios: their identifiers, return periods, rain and what its paths ask for.
extension PipelineCheck {
  func checkScenarios(_ pipeline: inout PipelineFile) {
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
}
