import Foundation
import Geodata
import Grids
import TestSupport
import Testing

@testable import Report

@Suite("Report page")
struct RunReportTests {
  /// A report of two areas and two scenarios; one area has no values.
  static func report(name: String = "Ås", language: RunReport.Language = .english) throws -> RunReport {
    let square = { (x: Double) in
      Shape.polygons([Polygon(rings: [clockwiseSquare(x: x, y: 0, side: 50)])])
    }
    let fields = [
      Fields.areaID.field, Fields.areaName.field, Fields.scenario.field, Fields.flags.field, Fields.coveredShare.field,
      Fields.floodShare.field, Fields.exposedPopulation.field,
    ]
    let schema = Schema(
      name: "areas", summary: "", shapeType: .polygons, key: [Fields.areaID.name, Fields.scenario.name], fields: fields)
    var features: [Feature] = []
    for (scenario, exposed) in [("t20", 0.0), ("t200", 12_345.6)] {
      for area in 0..<2 {
        var row = RowBuilder(schema)
        row.set(Fields.areaID, "000\(area + 1)")
        row.set(Fields.areaName, area == 0 ? name : "Nedre")
        row.set(Fields.scenario, scenario)
        row.set(Fields.flags, area == 0 ? "" : "coverage")
        row.set(Fields.coveredShare, area == 0 ? 1 : 0.5)
        row.set(Fields.floodShare, area == 0 ? 0.25 : nil)
        row.set(Fields.exposedPopulation, area == 0 ? exposed : nil)
        features.append(try row.feature(square(Double(area) * 50)))
      }
    }
    var report = RunReport(
      title: name, runID: "0123456789abcdef", status: .ok, generator: "overvann test",
      geometry: testGeometry(columns: 100, rows: 50),
      scenarios: [
        .init(id: "t20", returnPeriod: 20, climateFactor: 1.4, climateSource: name),
        .init(id: "t200", returnPeriod: 200, climateFactor: 1.5, climateSource: nil),
      ], layers: [schema.layer(crs: testCRS, features: features)], tables: [])
    report.language = language
    report.exposureRules = [name]
    report.warnings = [WarningRecord(code: "W-COV-001", message: name)]
    report.rules = [RuleRecord(name: name, source: name, status: name)]
    report.citations = [name]
    report.certificates = [CertificateRecord(name: name, isProved: true, detail: name)]
    report.waterBalance = [WaterBalanceRecord(scenario: "t20", item: "losses", volume: 10)]
    return report
  }

  @Test("Text from the data stays text, wherever it stands")
  func escaping() throws {
    let hostile = "</script><script>alert('1')</script>\" onload=\"x & <b>\u{0}"
    let html = try Self.report(name: hostile).html
    #expect(!html.contains("<script>alert"))
    #expect(!html.contains("<b>"))
    let withoutData = html.split(separator: "\n").filter { !$0.contains("id=\"data\"") }.joined(separator: "\n")
    #expect(!withoutData.contains("\" onload"))
    #expect(!html.contains("\u{0}"))
    #expect(html.contains("&lt;/script&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"))
    // One element with data, one with the script: nothing has added a third or ended one early.
    #expect(html.components(separatedBy: "</script>").count == 3)
    let start = try #require(html.range(of: "id=\"data\">")?.upperBound)
    let end = try #require(html[start...].range(of: "</script>")?.lowerBound)
    let data = try JSONSerialization.jsonObject(with: Data(html[start..<end].utf8)) as? [String: Any]
    let areas = try #require(data?["areas"] as? [[String]])
    #expect(areas[0][1] == hostile)
  }

  @Test("Nothing is loaded from anywhere, and the only link is the manifest's")
  func isSelfContained() throws {
    let html = try Self.report().html
    #expect(html.contains("default-src 'none'"))
    for word in ["http:", "https:", "src=", "@import", "url(h", "<link"] { #expect(!html.contains(word), "\(word)") }
    let links = html.components(separatedBy: "href=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
    #expect(Set(links) == ["manifest.json"])
  }

  @Test("Equal parts give equal bytes; the language changes the opening, not the content")
  func isDeterministic() throws {
    let (english, again) = (try Self.report().html, try Self.report().html)
    #expect(english == again)
    let bokmal = try Self.report(language: .bokmal).html
    #expect(english.contains("<html lang=\"en\">"))
    #expect(bokmal.contains("<html lang=\"nb\">"))
    for text in ["Ranking of areas", "Rangering av områder", "no data or not covered", "ingen data eller ikke dekket"] {
      #expect(english.contains(text) && bokmal.contains(text), "\(text)")
    }
    #expect(english.contains(">12\u{202F}346<"))
    #expect(english.contains(">25.0<") && bokmal.contains(">25,0<"))
  }

  @Test("Every label has both languages, and none promises freedom from danger")
  func wording() throws {
    let html = try Self.report().html.lowercased().replacing("factor of safety", with: "")
    for word in [" safe", "trygg", "sikker mot", "no danger", "ingen fare", "no risk", "ingen risiko"] {
      #expect(!html.contains(word), "\(word)")
    }
    for word in [
      "screening", "modelled", "the drainage network is not represented", "climate factor", "ground resolution",
    ] {
      #expect(html.contains(word), "\(word)")
    }
    let english = html.components(separatedBy: "<span class=\"en\"").count
    let bokmal = html.components(separatedBy: "<span class=\"nb\"").count
    #expect(english == bokmal && english > 80)
  }

  @Test("An area without values is hatched and has dashes, never a zero")
  func missingValues() throws {
    let html = try Self.report().html
    #expect(html.contains("class=\"area c4\" data-area=\"0\""))
    #expect(html.contains("class=\"area cx\" data-area=\"1\""))
    let row = try #require(
      html.components(separatedBy: "<tr>").first { $0.contains(">Nedre<") && $0.contains("data-v") })
    #expect(row.contains("data-v=\"\"") && row.contains("–"))
    #expect(!row.contains(">0<"))
  }

  @Test("Numbers: nothing is 0, what rounds to nothing is told from it, minus signs and thousands")
  func numbers() {
    let markup = Markup(language: .bokmal)
    #expect(markup.figure(0, decimals: 2) == "0")
    #expect(markup.figure(0.001, decimals: 2) == "<0,01")
    #expect(markup.figure(0.005, decimals: 2) == "0,01")
    #expect(markup.figure(1234.5, decimals: 1) == "1234,5")
    #expect(markup.figure(-1_234_567.25, decimals: 1) == "−1\u{202F}234\u{202F}567,3")
    #expect(Markup(language: .english).figure(0.05, decimals: 3) == "0.050")
  }
}

@Suite("Drawing of the report's map")
struct MapDrawingTests {
  private func polygon(_ pairs: [(Double, Double)]) -> Shape { .polygons([Polygon(rings: [coordinates(pairs)])]) }

  @Test("Neighbours share their border to the unit, however coarse")
  func sharedBorders() {
    var generator = SeededGenerator(seed: 7)
    let border = (0...400).map { step in
      Coordinate(x: 50 + Double.random(in: -3...3, using: &generator), y: Double(step) / 4)
    }
    let left = Shape.polygons([
      Polygon(rings: [[Coordinate(x: 0, y: 0)] + border + [Coordinate(x: 0, y: 100), Coordinate(x: 0, y: 0)]])
    ])
    let right = Shape.polygons([
      Polygon(rings: [
        [Coordinate(x: 100, y: 100)] + border.reversed() + [Coordinate(x: 100, y: 0), Coordinate(x: 100, y: 100)]
      ])
    ])
    let drawing = MapDrawing(Extent(west: 0, south: 0, east: 100, north: 100), size: 1000)
    let (paths, tolerance) = drawing.paths(of: [left, right], sharesBorders: true, budget: 300)
    #expect(tolerance > 1)
    let corners = paths.map { Set(Self.corners($0 ?? "")) }
    let ends: Set<[Int]> = [[0, 0], [0, 1000], [1000, 0], [1000, 1000]]
    // What is not a corner of the square is common to both.
    let snapped = corners.map { $0.filter { abs($0[0] - 500) < 100 } }
    #expect(snapped[0] == snapped[1])
    #expect(snapped[0].count > 20 && snapped[0].isDisjoint(with: ends))
  }

  @Test("No corner of a thinned outline is farther from it than the tolerance, and specks are left out")
  func thinning() throws {
    let circle = (0...720).map { step in
      let angle = Double(step % 720) * .pi / 360
      return Coordinate(x: 50 + 40 * cos(angle), y: 50 + 40 * sin(angle))
    }
    let drawing = MapDrawing(Extent(west: 0, south: 0, east: 100, north: 100), size: 1000)
    let speck = polygon([(1, 1), (1, 1.05), (1.05, 1.05), (1, 1)])
    let (paths, tolerance) = drawing.paths(
      of: [.polygons([Polygon(rings: [circle])]), speck, nil], sharesBorders: false, budget: 100_000)
    #expect(tolerance == 1)
    #expect(paths[1] == nil && paths[2] == nil)
    let corners = Self.corners(try #require(paths[0]))
    #expect(corners.count > 20 && corners.count < 200)
    for (a, b) in zip(corners, corners.dropFirst() + [corners[0]]) {
      // The middle of each chord is at most the tolerance and the rounding inside the circle.
      let middle = (Double(a[0] + b[0]) / 2 - 500, Double(a[1] + b[1]) / 2 - 500)
      let radius = (middle.0 * middle.0 + middle.1 * middle.1).squareRoot()
      #expect(abs(radius - 400) <= 2.5)
    }
  }

  /// The corners of a path of relative lines.
  static func corners(_ path: String) -> [[Int]] {
    var corners: [[Int]] = []
    for part in path.split(separator: "z") {
      let pieces = part.dropFirst().split(separator: "l", maxSplits: 1)
      var place = pieces[0].split(separator: " ").compactMap { Int($0) }
      corners.append(place)
      let numbers = (pieces.count > 1 ? pieces[1] : "").split(separator: " ").compactMap { Int($0) }
      for step in stride(from: 0, to: numbers.count - 1, by: 2) {
        place = [place[0] + numbers[step], place[1] + numbers[step + 1]]
        corners.append(place)
      }
    }
    return corners
  }
}
