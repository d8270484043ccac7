import Grids

/// Title, what the report is and is not, and what it rests on.
struct ReportIntroduction {
  let report: RunReport
  let data: ReportData
  let markup: Markup

  var html: String {
    let english = report.language == .english
    let drains = report.representsDrains ? ReportText.drainsRepresented : ReportText.drainsAbsent
    let culverts = report.representsCulverts ? ReportText.culvertsRepresented : ReportText.culvertsAbsent
    let (width, height) = (report.geometry.cellWidth, report.geometry.cellHeight)
    let resolution =
      width == height
      ? "\(markup.number(width, decimals: width == width.rounded() ? 0 : 2)) m"
      : "\(markup.number(width, decimals: 2)) × \(markup.number(height, decimals: 2)) m"
    let scenarios = report.scenarios.map { scenario in
      var parts = ["<strong>\(report.name(of: scenario, markup))</strong>"]
      if let factor = scenario.climateFactor {
        parts.append("\(ReportText.climateFactor.html) \(markup.number(factor, decimals: 2))")
      }
      if let source = scenario.climateSource { parts.append("<small>\(Markup.escaped(source))</small>") }
      return "<li>\(parts.joined(separator: ", "))</li>"
    }
    let partial =
      report.status == .ok ? "" : "<p class=\"warning\">\(ReportText.partialRun.html)</p>"
    return """
      <header>
      <div class="language" role="group"\(ReportText.language.attribute("aria-label", report.language))>\
      <button type="button" data-language="nb" aria-pressed="\(!english)" lang="nb">Norsk</button>\
      <button type="button" data-language="en" aria-pressed="\(english)" lang="en">English</button></div>
      <p class="kind">\(ReportText.kind.html)</p>
      <h1>\(Markup.escaped(report.title))</h1>
      \(partial)
      <p class="lead">\(ReportText.lead.html)</p>
      <dl class="facts">
      <div><dt>\(ReportText.resolution.html)</dt><dd>\(resolution)</dd></div>
      <div><dt>\(ReportText.scenarios.html)</dt><dd><ul>\(scenarios.joined())</ul></dd></div>
      <div><dt>\(ReportText.drainage.html)</dt><dd>\(drains.html) \(culverts.html)</dd></div>
      <div><dt>\(ReportText.run.html)</dt><dd><code>\(Markup.escaped(report.runID))</code>, \
      \(Markup.escaped(report.generator)), \(Markup.escaped(report.geometry.crs.description)); \
      <a href="manifest.json">manifest.json</a></dd></div>
      </dl>
      </header>
      """
  }
}
