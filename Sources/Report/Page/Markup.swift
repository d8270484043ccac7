/// A text in both languages of the report.
struct Label: Sendable, Hashable {
  let english: String
  let bokmal: String

  init(_ english: String, _ bokmal: String) {
    self.english = english
    self.bokmal = bokmal
  }

  /// Both texts, of which the style sheet shows the one in the language of the page.
  var html: String {
    "<span class=\"en\" lang=\"en\">\(Markup.escaped(english))</span>"
      + "<span class=\"nb\" lang=\"nb\">\(Markup.escaped(bokmal))</span>"
  }

  /// The same within the text of a drawing.
  var svg: String {
    "<tspan class=\"en\">\(Markup.escaped(english))</tspan><tspan class=\"nb\">\(Markup.escaped(bokmal))</tspan>"
  }

  /// An attribute that the script puts into the language of the page, such as `aria-label`.
  func attribute(_ name: String, _ language: RunReport.Language) -> String {
    let text = language == .bokmal ? bokmal : english
    return " \(name)=\"\(Markup.escaped(text))\" data-attribute=\"\(name)\" data-en=\"\(Markup.escaped(english))\" "
      + "data-nb=\"\(Markup.escaped(bokmal))\""
  }
}

/// Builds the text of the page.
struct Markup: Sendable {
  let language: RunReport.Language

  /// Text as it may stand in elements and in quoted attributes.
  static func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      // Control characters are not allowed in HTML.
      case "\u{0}"..."\u{8}", "\u{B}", "\u{C}", "\u{E}"..."\u{1F}", "\u{7F}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// JSON as it may stand in a script element: nothing in it can end the element.
  static func scriptData(_ value: JSONValue) -> String {
    String(decoding: value.encoded(), as: UTF8.self)
      .replacing("<", with: "\\u003c").replacing(">", with: "\\u003e").replacing("&", with: "\\u0026")
      .replacing("\u{2028}", with: "\\u2028").replacing("\u{2029}", with: "\\u2029")
  }

  /// A number with a fixed count of decimals, thousands apart by a thin space, with the decimal sign of the language.
  func plain(_ value: Double, decimals: Int) -> String {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    guard value.isFinite, abs(value) * scale < 9e15 else { return "\(value)" }
    let units = UInt64((abs(value) * scale).rounded())
    let (whole, fraction) = units.quotientAndRemainder(dividingBy: UInt64(scale))
    var text = ""
    for (place, digit) in String(whole).reversed().enumerated() {
      if place > 0, place % 3 == 0, whole >= 10_000 { text = "\u{202F}" + text }
      text = String(digit) + text
    }
    if decimals > 0 {
      let digits = String(fraction)
      text += language == .bokmal ? "," : "."
      text += String(repeating: "0", count: decimals - digits.utf8.count) + digits
    }
    return value < 0 && units > 0 ? "−" + text : text
  }

  /// Decimals that show about three figures of a number.
  static func decimals(for value: Double) -> Int {
    let size = abs(value)
    if size == 0 || size >= 100 { return 0 }
    if size >= 10 { return 1 }
    if size >= 1 { return 2 }
    return size >= 0.01 ? 3 : 4
  }

  /// The same, but nothing is 0 without decimals, and what rounds to nothing is told from it.
  func figure(_ value: Double, decimals: Int) -> String {
    if value == 0 { return "0" }
    let text = plain(value, decimals: decimals)
    guard text.allSatisfy({ "0.,".contains($0) }) else { return text }
    var least = 1.0
    for _ in 0..<decimals { least /= 10 }
    return "<" + plain(least, decimals: decimals)
  }

  /// A number in an element that the script puts into the language of the page.
  func number(_ value: Double, decimals: Int? = nil) -> String {
    "<span class=\"n\">\(Self.escaped(figure(value, decimals: decimals ?? Self.decimals(for: value))))</span>"
  }

  /// A number, or a dash with the reason where there is none.
  func number(_ value: Double?, decimals: Int? = nil) -> String {
    guard let value else { return missing }
    return number(value, decimals: decimals)
  }

  /// A number within a drawing.
  func drawn(_ value: Double, decimals: Int? = nil) -> String {
    "<tspan class=\"n\">\(Self.escaped(figure(value, decimals: decimals ?? Self.decimals(for: value))))</tspan>"
  }

  /// What stands where there is no value.
  var missing: String { "<span class=\"missing\"\(ReportText.noData.attribute("title", language))>–</span>" }

  /// A table; the cells are markup.
  func table(
    _ head: [String], _ rows: [[String]], caption: Label? = nil, numbersFrom firstNumber: Int = 1,
    className: String = ""
  ) -> String {
    func cells(_ row: [String], _ element: String) -> String {
      row.enumerated().map { place, cell in
        let scope = element == "th" ? " scope=\"col\"" : ""
        return "<\(element)\(scope)\(place >= firstNumber ? " class=\"num\"" : "")>\(cell)</\(element)>"
      }.joined()
    }
    return """
      <div class="scroll"><table\(className.isEmpty ? "" : " class=\"\(className)\"")>\
      \(caption.map { "<caption>\($0.html)</caption>" } ?? "")
      <thead><tr>\(cells(head, "th"))</tr></thead>
      <tbody>
      \(rows.map { "<tr>\(cells($0, "td"))</tr>" }.joined(separator: "\n"))
      </tbody></table></div>
      """
  }

  /// A section with a heading.
  func section(_ id: String, _ heading: Label, _ body: String) -> String {
    "<section id=\"\(id)\" aria-labelledby=\"\(id)-h\">\n<h2 id=\"\(id)-h\">\(heading.html)</h2>\n\(body)\n</section>"
  }
}
