/// How the results came about, and whom to cite.
struct ReportMethod {
  let report: RunReport
  let markup: Markup

  var html: String {
    var text = [
      ReportText.methodWater, ReportText.methodExposure, ReportText.methodLimits,
    ].map { "<p>\($0.html)</p>" }.joined(separator: "\n")
    if !report.exposureRules.isEmpty {
      text += "<h3>\(ReportText.exposedIf.html)</h3><ul>"
      text += report.exposureRules.map { "<li><code>\(Markup.escaped($0))</code></li>" }.joined() + "</ul>"
    }
    if !report.citations.isEmpty {
      text += "<h3>\(ReportText.sources.html)</h3><ul class=\"sources\">"
      text += report.citations.map { "<li>\(Markup.escaped($0))</li>" }.joined() + "</ul>"
    }
    text += "<p>\(ReportText.manifestNote.html) <a href=\"manifest.json\">manifest.json</a></p>"
    return markup.section("method", ReportText.methodHeading, text)
  }
}
