import Geodata

/// The areas in the order of their priority, sortable.
struct ReportRanking {
  let report: RunReport
  let data: ReportData
  let markup: Markup

  private struct Column {
    let label: Label
    let unit: String
    /// Number of the theme; nil for fixed columns.
    let theme: Int?
  }

  /// Areas in the order of the list, with their rank where there is one.
  private var order: [(area: Int, rank: Int?)] {
    if let expected = data.expected, expected.has(Fields.rank.name) {
      let ranked = data.areas.indices.map { area in
        (area, data.areas[area].expectedRow.flatMap { expected.number($0, Fields.rank.name) }.map { Int($0) })
      }
      return ranked.sorted { ($0.1 ?? .max, $0.0) < ($1.1 ?? .max, $1.0) }
    }
    guard !data.themes.isEmpty else { return data.areas.indices.map { ($0, nil) } }
    let scenario = report.openingScenario
    return data.areas.indices.map { ($0, nil) }.sorted { a, b in
      (-(data.value(0, scenario, a.0) ?? -1), a.0) < (-(data.value(0, scenario, b.0) ?? -1), b.0)
    }
  }

  var html: String {
    guard !data.areas.isEmpty else { return "" }
    let order = order
    let isRanked = order.contains { $0.rank != nil }
    let shown = order.prefix(report.top)
    var head: [(label: Label, unit: String)] = isRanked ? [(ReportText.rank, "")] : []
    head.append((ReportText.area, ""))
    for theme in data.themes { head.append((theme.label, theme.unit)) }
    let heads = head.enumerated().map { place, column in
      "<th scope=\"col\"\(place >= (isRanked ? 2 : 1) || (isRanked && place == 0) ? " class=\"num\"" : "") "
        + "aria-sort=\"\(place == 0 && isRanked ? "ascending" : "none")\"><button type=\"button\" data-sort=\"\(place)\">"
        + "\(column.label.html)\(column.unit.isEmpty ? "" : " <small>\(Markup.escaped(column.unit))</small>")"
        + "</button></th>"
    }
    let scenario = report.openingScenario
    let rows = shown.map { item -> String in
      let area = data.areas[item.area]
      var cells = ""
      if isRanked {
        cells +=
          "<td class=\"num\" data-v=\"\(item.rank.map(String.init) ?? "")\">\(item.rank.map(String.init) ?? markup.missing)</td>"
      }
      let name = area.name.isEmpty ? area.id : area.name
      cells += "<th scope=\"row\" data-v=\"\(Markup.escaped(name))\"><button type=\"button\" class=\"area-button\" "
      cells += "data-area=\"\(item.area)\">\(Markup.escaped(name))</button> "
      cells += "<small>\(Markup.escaped(area.name.isEmpty ? "" : area.id))</small></th>"
      for theme in data.themes.indices {
        let value = data.value(theme, scenario, item.area)
        let decimals = data.themes[theme].decimals
        cells += "<td class=\"num\" data-theme=\"\(theme)\" data-area=\"\(item.area)\" "
        cells += "data-v=\"\(value.map { "\($0)" } ?? "")\">\(markup.number(value, decimals: decimals))</td>"
      }
      return "<tr>\(cells)</tr>"
    }
    return markup.section(
      "ranking", ReportText.ranking,
      """
      <p>\(isRanked ? ReportText.rankingNote.html : ReportText.unrankedNote.html) \
      \(ReportText.shownAreas.html) \(markup.number(Double(shown.count), decimals: 0)) / \
      \(markup.number(Double(data.areas.count), decimals: 0)). \(ReportText.scenarioOfColumns.html) \
      <strong class="scenario-name">\(report.scenarios.isEmpty ? "" : report.name(of: report.scenarios[scenario], markup))</strong>.</p>
      <div class="scroll"><table id="ranking-table" class="ranking">
      <thead><tr>\(heads.joined())</tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      """)
  }
}
