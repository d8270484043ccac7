import Foundation
import Geodata
import Grids

/// The map: areas coloured by class, and over them what the scenario brings.
struct ReportMap {
  let report: RunReport
  let data: ReportData
  let markup: Markup

  /// Corners that the paths of one kind may have in all, which keeps the page to a few megabytes.
  private static let areaBudget = 120_000
  private static let overlayBudget = 60_000

  /// A kind of thing that is drawn over the areas, for each scenario.
  private struct Overlay {
    let key: String
    let label: Label
    /// Style class and features' paths of each scenario.
    var groups: [(scenario: Int?, classes: [(name: String, path: String)])] = []
    var isShown = true
  }

  var html: String {
    let extent = extent
    let drawing = MapDrawing(extent)
    let overlays = overlays(drawing).filter { !$0.groups.isEmpty }
    guard !overlays.isEmpty || !data.areas.isEmpty else { return "" }
    let opening = report.scenarios.isEmpty ? "" : report.name(of: report.scenarios[report.openingScenario], markup)
    return markup.section(
      "map", ReportText.map,
      """
      \(controls(overlays))
      <div class="map-layout">
      <figure class="map-figure">
      \(svg(drawing, overlays))
      <figcaption>\(ReportText.scenario.html): <strong class="scenario-name">\(opening)</strong>. \
      \(ReportText.mapNote.html)</figcaption>
      </figure>
      <div class="map-side">
      \(legend(overlays))
      <div id="detail" class="detail" aria-live="polite"><p class="hint">\(ReportText.hoverHint.html)</p></div>
      </div>
      </div>
      """)
  }

  /// The areas that the grid covers, but no more than the grid; the grid where there are no areas.
  private var extent: Extent {
    let grid = report.geometry.extent
    let areas = data.areas.compactMap { ($0.covered ?? 0) > 0 ? $0.shape?.extent : nil }
    guard let first = areas.first else { return grid }
    let all = areas.dropFirst().reduce(first) { $0.union($1) }
    let margin = max(all.east - all.west, all.north - all.south) * 0.01
    return Extent(
      west: max(all.west - margin, grid.west), south: max(all.south - margin, grid.south),
      east: min(all.east + margin, grid.east), north: min(all.north + margin, grid.north))
  }

  // MARK: Overlays

  private func overlays(_ drawing: MapDrawing) -> [Overlay] {
    var overlays: [Overlay] = []
    func add(
      _ key: String, _ label: Label, _ layers: [FeatureLayer], sharesBorders: Bool = false, isShown: Bool = true,
      _ classify: (ReportRows, Int) -> String?
    ) {
      let parts = layers.map { layer in
        (layer: layer, rows: ReportRows(layer.fields, layer.features.map(\.values)))
      }
      var chosen: [(shape: Shape?, scenario: Int?, name: String)] = []
      for part in parts {
        for (number, feature) in part.layer.features.enumerated() {
          guard let name = classify(part.rows, number) else { continue }
          let id = part.rows.text(number, Fields.scenario.name)
          let scenario = id.flatMap { id in report.scenarios.firstIndex { $0.id == id } }
          if id != nil, scenario == nil { continue }
          chosen.append((feature.shape, scenario, name))
        }
      }
      let drawn = drawing.paths(
        of: chosen.map(\.shape), sharesBorders: sharesBorders, budget: Self.overlayBudget)
      var overlay = Overlay(key: key, label: label, isShown: isShown)
      for (item, path) in zip(chosen, drawn.paths) {
        guard let path else { continue }
        let group =
          overlay.groups.firstIndex { $0.scenario == item.scenario }
          ?? {
            overlay.groups.append((item.scenario, []))
            return overlay.groups.count - 1
          }()
        if let place = overlay.groups[group].classes.firstIndex(where: { $0.name == item.name }) {
          overlay.groups[group].classes[place].path += path
        } else {
          overlay.groups[group].classes.append((item.name, path))
        }
      }
      // Classes in the order of their names: the deepest on top.
      for group in overlay.groups.indices { overlay.groups[group].classes.sort { $0.name < $1.name } }
      overlays.append(overlay)
    }
    func layers(_ names: [String]) -> [FeatureLayer] { names.compactMap { report.layer($0) } }
    add("slide", ReportText.slideLayer, layers([Schemas.landslide.name])) { rows, row in
      rows.number(row, Fields.slideClass.name).flatMap { $0 <= 2 ? "slide-\(Int($0))" : nil }
    }
    add("runout", ReportText.runoutLayer, layers([Schemas.runout.name])) { _, _ in "runout" }
    add("clay", ReportText.clayLayer, layers([Schemas.quickClay.name])) { rows, row in
      rows.number(row, Fields.zoneClass.name).flatMap { $0 == 1 || $0 == 4 ? "clay-\(Int($0))" : nil }
    }
    add("paths", ReportText.flowPathLayer, layers([Schemas.flowPaths.name]), isShown: true) { rows, row in
      guard let area = rows.number(row, Fields.upstreamArea.name), area >= 2e4 else { return nil }
      return area >= 1e6 ? "path-3" : area >= 1e5 ? "path-2" : "path-1"
    }
    add("water", ReportText.waterLayer, layers([Schemas.bluespotWater.name])) { rows, row in
      rows.number(row, Fields.waterDepth.name).flatMap { depth in
        depth >= 1 ? "water-4" : depth >= 0.5 ? "water-3" : depth >= 0.3 ? "water-2" : depth >= 0.1 ? "water-1" : nil
      }
    }
    add("roads", ReportText.roadLayer, layers(report.roadLayers)) { rows, row in
      rows.isTrue(row, Fields.isExposed.name) == true ? "road" : nil
    }
    add("buildings", ReportText.buildingLayer, layers(report.buildingLayers), sharesBorders: true) { rows, row in
      rows.isTrue(row, Fields.isExposed.name) == true ? "building" : nil
    }
    return overlays
  }

  // MARK: Drawing

  private func svg(_ drawing: MapDrawing, _ overlays: [Overlay]) -> String {
    let opening = report.openingScenario
    let areas = drawing.paths(of: data.areas.map(\.shape), sharesBorders: true, budget: Self.areaBudget)
    var parts: [String] = []
    if let backdrop = report.backdrop {
      let place = backdrop.extent
      let x = Int(((place.west - drawing.extent.west) / drawing.unit).rounded())
      let y = Int(((drawing.extent.north - place.north) / drawing.unit).rounded())
      let width = Int(((place.east - place.west) / drawing.unit).rounded())
      let height = Int(((place.north - place.south) / drawing.unit).rounded())
      parts.append(
        "<image x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\" preserveAspectRatio=\"none\" "
          + "href=\"data:\(backdrop.mediaType);base64,\(Data(backdrop.bytes).base64EncodedString())\"/>")
    }
    parts.append("<g id=\"areas\">")
    for (number, area) in data.areas.enumerated() {
      guard let path = areas.paths[number] else { continue }
      let value = data.themes.isEmpty ? nil : data.value(0, opening, number)
      let name = data.themes.first?.classNumber(value).map { "c\($0)" } ?? "cx"
      let title = Markup.escaped(area.name.isEmpty ? area.id : "\(area.name) (\(area.id))")
      parts.append("<path class=\"area \(name)\" data-area=\"\(number)\" d=\"\(path)\"><title>\(title)</title></path>")
    }
    parts.append("</g>")
    for overlay in overlays {
      parts.append("<g class=\"overlay\" data-layer=\"\(overlay.key)\"\(overlay.isShown ? "" : " display=\"none\"")>")
      for group in overlay.groups {
        let attributes =
          group.scenario.map { " data-scenario=\"\($0)\"\($0 == opening ? "" : " display=\"none\"")" } ?? ""
        let paths = group.classes.map { "<path class=\"\($0.name)\" d=\"\($0.path)\"/>" }
        parts.append("<g\(attributes)>\(paths.joined())</g>")
      }
      parts.append("</g>")
    }
    // Outlines above everything, so that areas can be told apart under water.
    let outlines = areas.paths.compactMap { $0 }.joined()
    parts.append("<path class=\"outline\" d=\"\(outlines)\"/><path id=\"chosen\" class=\"chosen\" d=\"\"/>")
    let label = ReportText.map.attribute("aria-label", report.language)
    return """
      <svg id="map-svg" class="map" viewBox="0 0 \(drawing.width) \(drawing.height)" role="img"\(label) \
      preserveAspectRatio="xMidYMid meet">
      <defs>
      <pattern id="no-data" width="8" height="8" patternUnits="userSpaceOnUse" \
      patternTransform="scale(\(Self.patternScale)) rotate(45)">\
      <rect width="8" height="8" fill="#f4f4f4"/><line x1="0" y1="0" x2="0" y2="8" stroke="#8c8c8c" stroke-width="3"/></pattern>
      <pattern id="slide-dense" width="5" height="5" patternUnits="userSpaceOnUse" \
      patternTransform="scale(\(Self.patternScale)) rotate(-45)">\
      <rect width="5" height="5" fill="#542788" fill-opacity="0.25"/><line x1="0" y1="0" x2="0" y2="5" stroke="#2d004b" stroke-width="3"/></pattern>
      <pattern id="slide-light" width="9" height="9" patternUnits="userSpaceOnUse" \
      patternTransform="scale(\(Self.patternScale)) rotate(-45)">\
      <line x1="0" y1="0" x2="0" y2="9" stroke="#542788" stroke-width="2"/></pattern>
      </defs>
      \(parts.joined(separator: "\n"))
      </svg>
      \(scaleBar(drawing))
      """
  }

  /// Units of the drawing for one unit of a pattern.
  private static let patternScale = 4

  /// A bar as wide as a round length, in per cent of the drawing.
  private func scaleBar(_ drawing: MapDrawing) -> String {
    let metres = drawing.scaleBar
    let share = metres / drawing.unit / Double(drawing.width) * 100
    let text =
      metres >= 1000 ? "\(markup.number(metres / 1000, decimals: 0)) km" : "\(markup.number(metres, decimals: 0)) m"
    let rounded = (share * 100).rounded() / 100
    return "<div class=\"scale\"><span class=\"bar\" style=\"width:\(rounded)%\"></span>"
      + "<span>\(text)</span><span class=\"north\">\(ReportText.northUp.html)</span></div>"
  }

  // MARK: Controls and legend

  private func controls(_ overlays: [Overlay]) -> String {
    let opening = report.openingScenario
    let scenarios = report.scenarios.enumerated().map { number, scenario in
      "<label><input type=\"radio\" name=\"scenario\" value=\"\(number)\"\(number == opening ? " checked" : "")>"
        + "<span>\(report.name(of: scenario, markup))</span></label>"
    }
    var text = "<div class=\"controls\" id=\"controls\">\n<fieldset class=\"segments\"><legend>"
    text += "\(ReportText.scenario.html)</legend>\(scenarios.joined())</fieldset>\n"
    if !data.themes.isEmpty {
      let options = data.themes.enumerated().map { number, theme in
        "<option value=\"\(number)\" data-en=\"\(Markup.escaped(theme.label.english))\" "
          + "data-nb=\"\(Markup.escaped(theme.label.bokmal))\">"
          + "\(Markup.escaped(report.language == .bokmal ? theme.label.bokmal : theme.label.english))</option>"
      }
      text += "<label class=\"field\"><span>\(ReportText.colourBy.html)</span>"
      text += "<select id=\"theme\">\(options.joined())</select></label>\n"
    }
    let boxes = overlays.map {
      "<label><input type=\"checkbox\" data-toggle=\"\($0.key)\"\($0.isShown ? " checked" : "")>"
        + "<span>\($0.label.html)</span></label>"
    }
    text += "<fieldset class=\"boxes\"><legend>\(ReportText.layers.html)</legend>\(boxes.joined())</fieldset>\n"
    text +=
      "<div class=\"zoom\"><button type=\"button\" data-zoom=\"0.6\"\(ReportText.zoomIn.attribute("aria-label", report.language))>+</button>"
    text +=
      "<button type=\"button\" data-zoom=\"1.6667\"\(ReportText.zoomOut.attribute("aria-label", report.language))>−</button>"
    text += "<button type=\"button\" data-zoom=\"0\">\(ReportText.zoomAll.html)</button></div>\n</div>"
    return text
  }

  private func legend(_ overlays: [Overlay]) -> String {
    var text = "<div class=\"legend\">"
    for (number, theme) in data.themes.enumerated() {
      text += "<div class=\"theme-legend\" data-theme=\"\(number)\"\(number == 0 ? "" : " hidden")><h3>"
      text += theme.label.html + (theme.unit.isEmpty ? "" : " (\(Markup.escaped(theme.unit)))")
      text += "</h3><ul>"
      for index in 0...theme.bounds.count {
        text += "<li><i class=\"swatch c\(index)\"></i>\(classText(theme, index))</li>"
      }
      text += "<li><i class=\"swatch cx\"></i>\(ReportText.noData.html)</li></ul></div>"
    }
    if !overlays.isEmpty { text += "<ul>" }
    for overlay in overlays {
      for item in Self.swatches(overlay.key) {
        text += "<li data-legend=\"\(overlay.key)\"><i class=\"swatch \(item.name)\"></i>\(item.label.html)</li>"
      }
    }
    if !overlays.isEmpty { text += "</ul>" }
    return text + "</div>"
  }

  private func classText(_ theme: ReportTheme, _ index: Int) -> String {
    func bound(_ value: Double) -> String {
      markup.number(value, decimals: value == value.rounded() ? 0 : value * 10 == (value * 10).rounded() ? 1 : 2)
    }
    if index == 0 { return "&lt; \(bound(theme.bounds[0]))" }
    let low = theme.bounds[index - 1]
    return index == theme.bounds.count ? "≥ \(bound(low))" : "\(bound(low)) – &lt; \(bound(theme.bounds[index]))"
  }

  private static func swatches(_ key: String) -> [(name: String, label: Label)] {
    switch key {
    case "slide": [("slide-1", ReportText.slideClass1), ("slide-2", ReportText.slideClass2)]
    case "runout": [("runout", ReportText.runoutLayer)]
    case "clay": [("clay-1", ReportText.clayRelease), ("clay-4", ReportText.clayRunout)]
    case "paths": [("path-2", ReportText.flowPathLayer)]
    case "water":
      [
        ("water-1", ReportText.water1), ("water-2", ReportText.water2), ("water-3", ReportText.water3),
        ("water-4", ReportText.water4),
      ]
    case "roads": [("road", ReportText.roadLayer)]
    default: [("building", ReportText.buildingLayer)]
    }
  }
}
