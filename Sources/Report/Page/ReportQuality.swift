import Geodata

/// What the results rest on, and how far they may be trusted.
struct ReportQuality {
  let report: RunReport
  let data: ReportData
  let markup: Markup

  var html: String {
    markup.section(
      "quality", ReportText.quality,
      [coverage, proofs, warnings, rules, inputs].filter { !$0.isEmpty }.joined(separator: "\n"))
  }

  private func heading(_ label: Label) -> String { "<h3>\(label.html)</h3>\n" }

  private var coverage: String {
    var facts: [String] = []
    if !data.areas.isEmpty {
      let full = data.areas.count { ($0.covered ?? 0) >= 0.9999 }
      facts.append(
        "\(ReportText.fullyCovered.html): \(markup.number(Double(full), decimals: 0)) / "
          + markup.number(Double(data.areas.count), decimals: 0))
    }
    for (name, label) in Self.counters {
      guard let value = Self.number(report.counters[name]) else { continue }
      facts.append("\(label.html): \(markup.number(value, decimals: value == value.rounded() ? 0 : 1))")
    }
    let flagged = data.areas.filter { !$0.flags.words.isEmpty || ($0.covered ?? 0) < 0.9999 }
    let rows = flagged.prefix(50).map { area in
      [
        Markup.escaped(area.id), Markup.escaped(area.name),
        area.covered.map { markup.number($0 * 100, decimals: 1) + " %" } ?? markup.missing,
        "<code>\(Markup.escaped(area.flags.text))</code>",
      ]
    }
    let table =
      rows.isEmpty
      ? ""
      : markup.table(
        [ReportText.identifier.html, ReportText.area.html, ReportText.covered.html, ReportText.flags.html], rows,
        caption: ReportText.flaggedAreas, numbersFrom: 99)
    let list = facts.map { "<li>\($0)</li>" }.joined()
    return heading(ReportText.coverage) + "<ul>\(list)</ul>" + table
  }

  private static let counters: [(String, Label)] = [
    ("areas_without_values", ReportText.areasWithoutValues), ("cells", ReportText.cells),
    ("bluespots", ReportText.bluespotCount), ("bluespots_dropped", ReportText.bluespotsDropped),
    ("bluespots_dropped_m3", ReportText.bluespotsDroppedVolume),
  ]

  private static func number(_ value: JSONValue?) -> Double? {
    switch value {
    case .integer(let number): Double(number)
    case .number(let number): number
    default: nil
    }
  }

  private var proofs: String {
    guard !report.certificates.isEmpty else { return "" }
    let rows = report.certificates.map { proof in
      [
        Markup.escaped(proof.name) + (proof.scenario.map { " (\(Markup.escaped($0)))" } ?? ""),
        (proof.isProved ? ReportText.proved : ReportText.notProved).html,
        "<small>\(Markup.escaped(proof.detail))</small>",
      ]
    }
    return heading(ReportText.proofs)
      + markup.table(
        [ReportText.proof.html, ReportText.result.html, ReportText.detail.html], rows, numbersFrom: 99)
  }

  private var warnings: String {
    guard !report.warnings.isEmpty else { return heading(ReportText.warnings) + "<p>\(ReportText.none.html)</p>" }
    let rows = report.warnings.map {
      [
        "<code>\(Markup.escaped($0.code))</code>", Markup.escaped($0.message),
        markup.number(Double($0.count), decimals: 0),
      ]
    }
    return heading(ReportText.warnings)
      + markup.table([ReportText.code.html, ReportText.message.html, ReportText.count.html], rows, numbersFrom: 2)
  }

  private var rules: String {
    guard !report.rules.isEmpty else { return "" }
    let rows = report.rules.map { rule in
      let isDoubtful = rule.status.contains("unverified") || rule.status.contains("excerpt")
      let status = Markup.escaped(rule.status)
      return [
        Markup.escaped(rule.name), isDoubtful ? "<span class=\"doubt\">\(status)</span>" : status,
        "<small>\(Markup.escaped(rule.source))</small>",
      ]
    }
    return heading(ReportText.rules)
      + markup.table(
        [ReportText.rule.html, ReportText.statusHead.html, ReportText.source.html], rows, numbersFrom: 99)
  }

  private var inputs: String {
    guard !report.inputs.isEmpty else { return "" }
    let rows = report.inputs.map { input in
      let name = input.path.split(separator: "/").last.map(String.init) ?? input.path
      return [
        Markup.escaped(input.name), Markup.escaped(name), Markup.escaped(input.crs ?? ""),
        Markup.escaped(input.unit ?? ""), "<code>\(Markup.escaped(String(input.sha256.prefix(12))))</code>",
      ]
    }
    return heading(ReportText.inputs)
      + markup.table(
        [ReportText.input.html, ReportText.file.html, ReportText.crs.html, ReportText.unit.html, "SHA-256"], rows,
        numbersFrom: 99)
  }
}
