import Geodata

/// Expected annual values, indicators and the comparison with safety classes.
struct ReportFindings {
  let report: RunReport
  let data: ReportData
  let markup: Markup

  var html: String {
    [expectedAnnual, indicators, safety].filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var expectedAnnual: String {
    guard let expected = data.expected else { return "" }
    let groups: [(fields: ExpectedAnnualFields, label: Label, unit: String)] = [
      (.population, ReportText.exposedResidents, ""), (.buildings, ReportText.exposedBuildings, ""),
      (.roads, ReportText.exposedRoads, "m"), (.damage, ReportText.damage, "NOK"),
    ]
    let rows = groups.compactMap { group -> [String]? in
      guard expected.has(group.fields.value.name) else { return nil }
      let known = expected.rows.indices.filter { expected.number($0, group.fields.value.name) != nil }
      guard !known.isEmpty else { return nil }
      func sum(_ field: FieldKey<Double>) -> Double {
        known.compactMap { expected.number($0, field.name) }.reduce(0, +)
      }
      let value = sum(group.fields.value)
      let tail = known.reduce(0.0) {
        $0 + (expected.number($1, group.fields.value.name) ?? 0)
          * (expected.number($1, group.fields.tailShare.name) ?? 0)
      }
      let methods = Set(known.compactMap { expected.text($0, group.fields.method.name) }).sorted()
      let periods = known.compactMap { expected.number($0, group.fields.periods.name) }.max()
      return [
        group.label.html + (group.unit.isEmpty ? "" : " <small>\(group.unit)</small>"),
        markup.number(value), "\(markup.number(sum(group.fields.low))) – \(markup.number(sum(group.fields.high)))",
        value > 0 ? "\(markup.number(tail / value * 100, decimals: 0)) %" : markup.missing,
        markup.number(periods, decimals: 0), Markup.escaped(methods.joined(separator: ", ")),
      ]
    }
    guard !rows.isEmpty else { return "" }
    return markup.section(
      "expected", ReportText.expectedAnnual,
      "<p>\(ReportText.expectedNote.html)</p>"
        + markup.table(
          [
            ReportText.quantity.html, ReportText.perYear.html, ReportText.bounds.html, ReportText.tailShare.html,
            ReportText.returnPeriods.html, ReportText.method.html,
          ], rows))
  }

  private var indicators: String {
    guard let table = report.table(Schemas.indicators.name), !table.rows.isEmpty else { return "" }
    let values = ReportRows(table.fields, table.rows)
    let rows = table.rows.indices.map { row -> [String] in
      func text(_ field: String) -> String { Markup.escaped(values.text(row, field) ?? "") }
      func named(_ field: String, _ names: [String: Label]) -> String {
        values.text(row, field).flatMap { names[$0]?.html } ?? text(field)
      }
      let name = values.text(row, Fields.indicatorCode.name).flatMap { ReportText.indicatorNames[$0]?.html }
      let low = values.number(row, Fields.indicatorLow.name)
      let high = values.number(row, Fields.indicatorHigh.name)
      let bounds = low.flatMap { low in high.map { "\(markup.number(low)) – \(markup.number($0))" } } ?? markup.missing
      let scenario = values.text(row, Fields.scenario.name).flatMap { id in report.scenarios.first { $0.id == id } }
      return [
        "\(name ?? text(Fields.indicator.name)) <small>\(text(Fields.indicatorCode.name))</small>",
        named(Fields.hazard.name, ReportText.hazardNames),
        scenario.map { report.name(of: $0, markup) }
          ?? (text(Fields.scenario.name) == "now" ? ReportText.now : ReportText.perYear).html,
        markup.number(values.number(row, Fields.indicatorValue.name)) + " \(text(Fields.indicatorUnit.name))", bounds,
        named(Fields.indicatorStatus.name, ReportText.statusNames),
      ]
    }
    return markup.section(
      "indicators", ReportText.indicators,
      "<p>\(ReportText.indicatorNote.html)</p>"
        + markup.table(
          [
            ReportText.indicator.html, ReportText.hazard.html, ReportText.scenario.html, ReportText.value.html,
            ReportText.bounds.html, ReportText.statusHead.html,
          ], rows, numbersFrom: 99))
  }

  private var safety: String {
    let states: [(code: String, label: Label)] = [
      ("HIT-RED", ReportText.hitRed), ("HIT-YELLOW", ReportText.hitYellow), ("NO-HIT-YELLOW", ReportText.notTold),
      ("NO-HIT-GREEN", ReportText.notHit), ("NOT-RELEVANT", ReportText.notRelevant),
    ]
    var counts: [String: [String: Int]] = [:]
    var rules: [String] = []
    for layer in report.layers where layer.name.hasSuffix("_tek17") {
      let values = ReportRows(layer.fields, layer.features.map(\.values))
      for row in values.rows.indices {
        guard let rule = values.text(row, Fields.rule.name) else { continue }
        if counts[rule] == nil { rules.append(rule) }
        counts[rule, default: [:]][values.text(row, Fields.resultStatus.name) ?? "", default: 0] += 1
      }
    }
    guard !rules.isEmpty else { return "" }
    let rows = rules.map { rule in
      [Self.rules[rule]?.html ?? Markup.escaped(rule)]
        + states.map { markup.number(Double(counts[rule]?[$0.code] ?? 0), decimals: 0) }
    }
    return markup.section(
      "tek17", ReportText.safety,
      "<p>\(ReportText.safetyNote.html)</p>" + markup.table([ReportText.rule.html] + states.map(\.label.html), rows))
  }

  private static let rules = [
    "flood": ReportText.ruleFlood, "landslide": ReportText.ruleSlide, "stormwater": ReportText.ruleStormwater,
  ]
}
