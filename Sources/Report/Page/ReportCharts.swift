import Foundation

/// What is exposed in all areas together, over the return period: a table and a drawing for each value.
struct ReportCharts {
  let report: RunReport
  let data: ReportData
  let markup: Markup

  private var adding: [Int] { data.themes.indices.filter { data.themes[$0].adds && data.themes[$0].isPerScenario } }

  var html: String {
    guard !adding.isEmpty, !report.scenarios.isEmpty else { return "" }
    let head =
      [ReportText.scenario.html, ReportText.climateFactorHead.html]
      + adding.map { theme in
        data.themes[theme].label.html
          + (data.themes[theme].unit.isEmpty ? "" : " <small>\(Markup.escaped(data.themes[theme].unit))</small>")
      }
    let rows = report.scenarios.enumerated().map { number, scenario in
      [report.name(of: scenario, markup), markup.number(scenario.climateFactor, decimals: 2)]
        + adding.map { theme in
          let total = data.total(theme, number)
          return total.known == 0 ? markup.missing : markup.number(total.sum, decimals: data.themes[theme].decimals)
        }
    }
    let drawings = adding.map { "<figure>\(chart($0))</figure>" }
    let unknown = data.areas.indices.count { area in
      adding.contains { theme in report.scenarios.indices.contains { data.value(theme, $0, area) == nil } }
    }
    let note =
      unknown == 0
      ? "" : "<p class=\"note\">\(ReportText.areasLeftOut.html) \(markup.number(Double(unknown), decimals: 0)).</p>"
    return markup.section(
      "charts", ReportText.charts,
      markup.table(head, rows, caption: ReportText.allAreas) + note
        + "\n<div class=\"charts\">\(drawings.joined(separator: "\n"))</div>")
  }

  private func chart(_ theme: Int) -> String {
    let (left, top, width, height) = (46.0, 30.0, 250.0, 130.0)
    let values = report.scenarios.indices.map { number -> Double? in
      let total = data.total(theme, number)
      return total.known == 0 ? nil : total.sum
    }
    let places = places(width: width - 30)
    let limit = Self.roundedUp(values.compactMap { $0 }.max() ?? 0)
    func x(_ number: Int) -> Double { left + 15 + places[number] }
    func y(_ value: Double) -> Double { top + height - value / limit * height }
    let label = data.themes[theme].label
    let unit = data.themes[theme].unit
    var text = "<svg viewBox=\"0 0 310 200\" role=\"img\"\(label.attribute("aria-label", report.language))>"
    text += "<text class=\"chart-title\" x=\"4\" y=\"14\">\(label.svg)"
    text += "\(unit.isEmpty ? "" : "<tspan class=\"unit\"> \(Markup.escaped(unit))</tspan>")</text>"
    for mark in [0, 0.5, 1] {
      let value = limit * mark
      text += "<line class=\"grid\" x1=\"\(Self.short(left))\" x2=\"\(Self.short(left + width))\" "
      text += "y1=\"\(Self.short(y(value)))\" y2=\"\(Self.short(y(value)))\"/>"
      text += "<text class=\"tick\" x=\"\(Self.short(left - 5))\" y=\"\(Self.short(y(value) + 3.5))\" "
      let digits = value == value.rounded() ? 0 : value * 10 == (value * 10).rounded() ? 1 : Markup.decimals(for: value)
      text += "text-anchor=\"end\">\(markup.drawn(value, decimals: digits))</text>"
    }
    if hasTimeAxis {
      var path = ""
      for number in inOrder {
        guard let value = values[number] else { continue }
        path += "\(path.isEmpty ? "M" : "L")\(Self.short(x(number))) \(Self.short(y(value)))"
      }
      text += "<path class=\"line\" d=\"\(path)\"/>"
    }
    for (number, scenario) in report.scenarios.enumerated() {
      let name =
        scenario.returnPeriod.map { markup.drawn($0, decimals: $0 == $0.rounded() ? 0 : 1) }
        ?? Markup.escaped(scenario.id)
      text += "<text class=\"tick\" x=\"\(Self.short(x(number)))\" y=\"\(Self.short(top + height + 15))\" "
      text += "text-anchor=\"middle\">\(name)</text>"
      guard let value = values[number] else { continue }
      text += "<circle class=\"dot\" cx=\"\(Self.short(x(number)))\" cy=\"\(Self.short(y(value)))\" r=\"3.5\"/>"
      text += "<text class=\"value\" x=\"\(Self.short(x(number)))\" y=\"\(Self.short(y(value) - 7))\" "
      text += "text-anchor=\"middle\">\(markup.drawn(value, decimals: data.themes[theme].decimals))</text>"
    }
    text += "<text class=\"tick\" x=\"\(Self.short(left + width / 2))\" y=\"\(Self.short(top + height + 32))\" "
    text += "text-anchor=\"middle\">\((hasTimeAxis ? ReportText.returnPeriodAxis : ReportText.scenario).svg)</text>"
    return text + "</svg>"
  }

  /// Whether every scenario has a return period of its own.
  private var hasTimeAxis: Bool {
    let periods = report.scenarios.compactMap(\.returnPeriod)
    return periods.count > 1 && periods.count == report.scenarios.count && Set(periods).count == periods.count
  }

  private var inOrder: [Int] {
    report.scenarios.indices.sorted {
      (report.scenarios[$0].returnPeriod ?? 0) < (report.scenarios[$1].returnPeriod ?? 0)
    }
  }

  /// Where the scenarios stand: by the logarithm of their return periods, else side by side.
  private func places(width: Double) -> [Double] {
    let count = report.scenarios.count
    guard hasTimeAxis else {
      return (0..<count).map { count == 1 ? width / 2 : width * Double($0) / Double(count - 1) }
    }
    let years = report.scenarios.map { $0.returnPeriod ?? 1 }
    let (least, greatest) = (years.min() ?? 1, years.max() ?? 1)
    let span = log2(greatest) - log2(least)
    return years.map { span > 0 ? (log2($0) - log2(least)) / span * width : width / 2 }
  }

  /// The next round number, for the top of an axis.
  static func roundedUp(_ value: Double) -> Double {
    guard value > 0 else { return 1 }
    var power = 1e-6
    while power * 10 <= value { power *= 10 }
    return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map { $0 * power }.first { $0 >= value * 1.05 } ?? power * 20
  }

  /// A coordinate with one decimal at most.
  static func short(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }
}
