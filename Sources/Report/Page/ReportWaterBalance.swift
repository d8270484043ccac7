/// Where the rain went, in each scenario: a bar and a table.
struct ReportWaterBalance {
  let report: RunReport
  let markup: Markup

  /// Where rain ends, in the order of the bar.
  private static let ends: [(item: String, label: Label, className: String)] = [
    ("losses", ReportText.losses, "w1"), ("drained", ReportText.drained, "w2"),
    ("infiltrated_in_depressions", ReportText.infiltratedInDepressions, "w3"),
    ("drained_from_depressions", ReportText.drainedFromDepressions, "w4"),
    ("stored_in_bluespots", ReportText.stored, "w5"),
    ("stored_in_small_depressions", ReportText.storedSmall, "w6"), ("left_the_grid", ReportText.left, "w7"),
  ]

  var html: String {
    let volumes = report.scenarios.map { scenario in
      Dictionary(
        report.waterBalance.filter { $0.scenario == scenario.id }.map { ($0.item, $0.volume) }
      ) { first, _ in first }
    }
    let parts = Self.ends.filter { end in volumes.contains { ($0[end.item] ?? 0) > 0 } }
    guard !parts.isEmpty else { return "" }
    let bars = zip(report.scenarios, volumes).map { scenario, volumes -> String in
      let total = max(parts.reduce(0) { $0 + (volumes[$1.item] ?? 0) }, 1e-9)
      var x = 0.0
      var text = "<div class=\"balance\"><span>\(report.name(of: scenario, markup))</span>"
      text += "<svg viewBox=\"0 0 1000 40\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
      for part in parts {
        let width = (volumes[part.item] ?? 0) / total * 1000
        text += "<rect class=\"\(part.className)\" x=\"\(ReportCharts.short(x))\" y=\"0\" "
        text += "width=\"\(ReportCharts.short(width))\" height=\"40\"/>"
        x += width
      }
      return text + "</svg></div>"
    }
    let keys = parts.map { "<li><i class=\"swatch \($0.className)\"></i>\($0.label.html)</li>" }
    let rounding = ("rounding_to_basins", ReportText.rounding)
    let items = [("rain", ReportText.rain)] + parts.map { ($0.item, $0.label) } + [rounding]
    let rows = items.map { item, label in
      [label.html] + volumes.map { markup.number($0[item], decimals: item == "rounding_to_basins" ? 6 : 0) }
    }
    let head = ["m³"] + report.scenarios.map { report.name(of: $0, markup) }
    return markup.section(
      "balance", ReportText.waterBalance,
      "<p>\(ReportText.balanceNote.html)</p>\n<div class=\"bars\">\(bars.joined(separator: "\n"))</div>\n"
        + "<ul class=\"keys\">\(keys.joined())</ul>\n" + markup.table(head, rows))
  }
}
