import Geodata

extension LayerStyle {
  /// The style as QGIS reads it (QML, QGIS 3.22 and later).
  /// - Parameter scenarios: Where a layer holds a row for each of several scenarios, its shapes lie on each other; the
  ///   style then has a group of rules for each of these scenarios, of which the last is switched on. Layers without
  ///   the field `scenario` have no groups.
  public func qml(scenarios: [String] = []) -> String {
    let schema = Schemas.all.first { $0.name == layer }
    let isPerScenario = schema?.fields.contains { $0.name == Fields.scenario.name } ?? true
    let isGrouped = scenarios.count > 1 && isPerScenario
    let kind: Renderer = isGrouped ? .rules : renderer
    var element = XMLTag(
      "renderer-v2",
      [("type", kind.rawValue), ("forceraster", "0"), ("symbollevels", "0"), ("enableorderby", "0")])
    switch kind {
    case .graduated:
      element.attributes += [("attr", field), ("graduatedMethod", "GraduatedColor")]
      element.children = [XMLTag("ranges", [], classes.enumerated().compactMap(rangeTag))]
    case .categorised:
      element.attributes.append(("attr", field))
      element.children = [XMLTag("categories", [], classes.enumerated().map(categoryTag))]
    case .rules:
      let rules = isGrouped ? scenarios.enumerated().map { groupTag($0, $1, of: scenarios.count) } : ruleTags(group: 0)
      element.children = [XMLTag("rules", [("key", "rules")], rules)]
    }
    // A rule takes its symbol away from the others, so each group has symbols of its own.
    let symbols = (0..<(isGrouped ? scenarios.count : 1)).flatMap { group in
      classes.enumerated().map { symbolTag(group * classes.count + $0, $1) }
    }
    element.children.append(XMLTag("symbols", [], symbols))
    let geometryType =
      switch shapeType {
      case .point: "0"
      case .lines: "1"
      case .polygons: "2"
      }
    let root = XMLTag(
      "qgis", [("version", "3.22.16"), ("styleCategories", "Symbology"), ("labelsEnabled", "0")],
      [element, XMLTag("layerGeometryType", text: geometryType)])
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + root.text()
  }

  private func groupTag(_ group: Int, _ scenario: String, of count: Int) -> XMLTag {
    XMLTag(
      "rule",
      [
        ("key", "scenario-\(group)"), ("label", scenario),
        ("filter", "\"\(Fields.scenario.name)\" = \(Self.literal(scenario))"),
        ("checkstate", group == count - 1 ? "1" : "0"),
      ],
      ruleTags(group: group))
  }

  private func ruleTags(group: Int) -> [XMLTag] {
    classes.enumerated().map { index, item in
      XMLTag(
        "rule",
        [
          ("key", "class-\(group)-\(index)"), ("symbol", "\(group * classes.count + index)"), ("label", item.label),
          ("filter", filter(item.condition)),
        ])
    }
  }

  private func rangeTag(_ index: Int, _ item: StyleClass) -> XMLTag? {
    guard case .range(let lower, let upper) = item.condition else { return nil }
    // The format knows no open end, and takes both bounds into the range.
    let limit = 1e15
    return XMLTag(
      "range",
      [
        ("symbol", "\(index)"), ("lower", "\(max(lower, -limit))"), ("upper", "\(min(upper.nextDown, limit))"),
        ("label", item.label), ("render", "true"),
      ])
  }

  private func categoryTag(_ index: Int, _ item: StyleClass) -> XMLTag {
    let value: String
    switch item.condition {
    case .value(let number): value = "\(number)"
    case .text(let text): value = text
    // The category without a value takes nulls and whatever no other category takes.
    case .null: value = ""
    case .range: preconditionFailure("\(layer): a categorised style has no ranges")
    }
    return XMLTag(
      "category", [("symbol", "\(index)"), ("value", value), ("label", item.label), ("render", "true")])
  }

  /// The condition in QGIS' expression language.
  private func filter(_ condition: StyleClass.Condition) -> String {
    let name = "\"\(field)\""
    switch condition {
    case .null: return "\(name) IS NULL"
    case .value(let number): return "\(name) = \(number)"
    case .text(let text): return "\(name) = '\(text)'"
    case .range(let lower, let upper):
      let parts = [lower.isFinite ? "\(name) >= \(lower)" : nil, upper.isFinite ? "\(name) < \(upper)" : nil]
      let bounds = parts.compactMap { $0 }
      return bounds.isEmpty ? "\(name) IS NOT NULL" : bounds.joined(separator: " AND ")
    }
  }

  private func symbolTag(_ index: Int, _ item: StyleClass) -> XMLTag {
    let family =
      switch shapeType {
      case .point: "marker"
      case .lines: "line"
      case .polygons: "fill"
      }
    let kind: String
    let options: [(String, String)]
    switch item.symbol {
    case .fill(let colour):
      kind = "SimpleFill"
      options = [
        ("color", Self.text(colour)), ("style", "solid"), ("outline_color", Self.text(.grey)),
        ("outline_style", "solid"), ("outline_width", "0.1"), ("outline_width_unit", "MM"), ("joinstyle", "bevel"),
      ]
    case .hatch:
      kind = "SimpleFill"
      options = [
        ("color", Self.text(.grey)), ("style", "b_diagonal"), ("outline_color", Self.text(.grey)),
        ("outline_style", "solid"), ("outline_width", "0.1"), ("outline_width_unit", "MM"), ("joinstyle", "bevel"),
      ]
    case .line(let colour, let width):
      kind = "SimpleLine"
      options = [
        ("line_color", Self.text(colour)), ("line_style", "solid"), ("line_width", "\(width)"),
        ("line_width_unit", "MM"), ("capstyle", "round"), ("joinstyle", "round"),
      ]
    case .dashedLine:
      kind = "SimpleLine"
      options = [
        ("line_color", Self.text(.grey)), ("line_style", "dash"), ("line_width", "0.3"), ("line_width_unit", "MM"),
        ("capstyle", "flat"), ("joinstyle", "round"),
      ]
    case .marker(let colour, let size):
      kind = "SimpleMarker"
      options = [
        ("name", "circle"), ("color", Self.text(colour)), ("outline_color", Self.text(.grey)),
        ("outline_style", "solid"), ("outline_width", "0.1"), ("outline_width_unit", "MM"), ("size", "\(size)"),
        ("size_unit", "MM"),
      ]
    case .ring:
      kind = "SimpleMarker"
      options = [
        ("name", "circle"), ("color", Self.text(StyleColour(0xFFFFFF, opacity: 0))),
        ("outline_color", Self.text(.grey)), ("outline_style", "solid"), ("outline_width", "0.3"),
        ("outline_width_unit", "MM"), ("size", "1.2"), ("size_unit", "MM"),
      ]
    }
    let properties = XMLTag(
      "Option", [("type", "Map")],
      options.map { XMLTag("Option", [("name", $0.0), ("type", "QString"), ("value", $0.1)]) })
    return XMLTag(
      "symbol",
      [
        ("name", "\(index)"), ("type", family), ("alpha", "1"), ("clip_to_extent", "1"),
        ("force_rhr", "0"),
      ],
      [XMLTag("layer", [("class", kind), ("enabled", "1"), ("locked", "0"), ("pass", "0")], [properties])])
  }

  private static func text(_ colour: StyleColour) -> String {
    "\(colour.red),\(colour.green),\(colour.blue),\(colour.opacity)"
  }

  /// Text as a literal of QGIS' expression language.
  private static func literal(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }
}

/// An element of an XML document.
struct XMLTag {
  let name: String
  var attributes: [(String, String)]
  var children: [XMLTag]
  var content: String

  init(_ name: String, _ attributes: [(String, String)] = [], _ children: [XMLTag] = [], text: String = "") {
    self.name = name
    self.attributes = attributes
    self.children = children
    content = text
  }

  /// The element and all in it, one element a line.
  func text(indent: String = "") -> String {
    var line = indent + "<" + name
    for (key, value) in attributes { line += " \(key)=\"\(Self.escaped(value))\"" }
    if children.isEmpty && content.isEmpty { return line + "/>\n" }
    if children.isEmpty { return line + ">\(Self.escaped(content))</\(name)>\n" }
    return line + ">\n" + children.map { $0.text(indent: indent + " ") }.joined() + indent + "</\(name)>\n"
  }

  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n", "\r", "\t": result += "&#\(scalar.value);"
      // XML 1.0 has no place for other control characters, not even escaped.
      case _ where scalar.value < 0x20: result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
