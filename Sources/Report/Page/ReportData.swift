import Geodata
import Grids

/// A value of areas that the map colours and the tables show, with its classes.
struct ReportTheme: Sendable {
  /// Field of the layer of areas, or of the table of expected annual values.
  let field: String
  let label: Label
  /// Unit behind numbers, as it is written.
  let unit: String
  /// Values are multiplied by this before they are shown.
  let scale: Double
  let decimals: Int
  /// Lower bounds of the classes above the first, in the unit shown.
  let bounds: [Double]
  /// Whether there is one value for each scenario.
  let isPerScenario: Bool
  /// Whether values of areas add up.
  let adds: Bool

  /// Every value, in the order of the switch.
  static let all = [
    ReportTheme(
      field: Fields.exposedPopulation.name, label: ReportText.exposedResidents, unit: "", scale: 1, decimals: 0,
      bounds: [1, 10, 50, 200], isPerScenario: true, adds: true),
    ReportTheme(
      field: Fields.exposedBuildings.name, label: ReportText.exposedBuildings, unit: "", scale: 1, decimals: 0,
      bounds: [1, 5, 20, 50], isPerScenario: true, adds: true),
    ReportTheme(
      field: Fields.exposedRoadLength.name, label: ReportText.exposedRoads, unit: "m", scale: 1, decimals: 0,
      bounds: [1, 50, 200, 1000], isPerScenario: true, adds: true),
    ReportTheme(
      field: Fields.damage.name, label: ReportText.damage, unit: "mill. NOK", scale: 1e-6, decimals: 2,
      bounds: [0.01, 0.5, 2, 10], isPerScenario: true, adds: true),
    ReportTheme(
      field: Fields.floodArea.name, label: ReportText.floodedArea, unit: "ha", scale: 1e-4, decimals: 2,
      bounds: [0.1, 0.5, 2, 10], isPerScenario: true, adds: true),
    ReportTheme(
      field: Fields.floodShare.name, label: ReportText.floodedShare, unit: "%", scale: 100, decimals: 1,
      bounds: [1, 5, 10, 25], isPerScenario: true, adds: false),
    ReportTheme(
      field: Fields.greatestDepth.name, label: ReportText.greatestDepth, unit: "m", scale: 1, decimals: 2,
      bounds: [0.1, 0.3, 0.5, 1], isPerScenario: true, adds: false),
    ReportTheme(
      field: Fields.slideBuildings.name, label: ReportText.slideBuildings, unit: "", scale: 1, decimals: 0,
      bounds: [1, 5, 20, 50], isPerScenario: true, adds: true),
    ReportTheme(
      field: Fields.slideShare.name, label: ReportText.slideShare, unit: "%", scale: 100, decimals: 1,
      bounds: [0.1, 1, 5, 10], isPerScenario: true, adds: false),
    ReportTheme(
      field: ExpectedAnnualFields.population.value.name, label: ReportText.expectedResidents, unit: "", scale: 1,
      decimals: 2, bounds: [0.01, 0.1, 1, 10], isPerScenario: false, adds: true),
    ReportTheme(
      field: ExpectedAnnualFields.damage.value.name, label: ReportText.expectedDamage, unit: "1000 NOK", scale: 1e-3,
      decimals: 1, bounds: [1, 10, 50, 200], isPerScenario: false, adds: true),
  ]

  /// The class of a value as shown; nil where there is none.
  func classNumber(_ value: Double?) -> Int? { value.map { value in bounds.count { value >= $0 } } }
}

/// Rows of a layer or table by the names of their fields.
struct ReportRows {
  private let places: [String: Int]
  let rows: [[FieldValue]]

  init(_ fields: [Field], _ rows: [[FieldValue]]) {
    places = Dictionary(fields.enumerated().map { ($1.name, $0) }) { first, _ in first }
    self.rows = rows
  }

  func has(_ field: String) -> Bool { places[field] != nil }

  func text(_ row: Int, _ field: String) -> String? {
    guard let place = places[field], case .text(let text) = rows[row][place] else { return nil }
    return text
  }

  func number(_ row: Int, _ field: String) -> Double? {
    guard let place = places[field] else { return nil }
    switch rows[row][place] {
    case .real(let number): return number
    case .integer(let number): return Double(number)
    default: return nil
    }
  }

  func isTrue(_ row: Int, _ field: String) -> Bool? {
    guard let place = places[field], case .boolean(let flag) = rows[row][place] else { return nil }
    return flag
  }
}

/// Areas with their values, as the sections of the report need them.
struct ReportData {
  struct Area {
    let id: String
    let name: String
    let shape: Shape?
    /// Why values are missing, over all scenarios.
    var flags = Flags()
    /// Least covered share over the scenarios.
    var covered: Double?
    /// Row in the table of expected annual values.
    var expectedRow: Int?
  }

  private(set) var areas: [Area] = []
  /// The values that this run has.
  private(set) var themes: [ReportTheme] = []
  /// Values as shown, by theme, then scenario (one where the theme has no scenarios), then area.
  private(set) var values: [[[Double?]]] = []
  /// Expected annual values; nil where they are not computed.
  let expected: ReportRows?
  private let scenarios: [RunReport.Scenario]

  init(_ report: RunReport) {
    scenarios = report.scenarios
    expected = report.table(Schemas.areasExpectedAnnual.name).map { ReportRows($0.fields, $0.rows) }
    guard let layer = report.layer(Schemas.areas.name) else { return }
    let rows = ReportRows(layer.fields, layer.features.map(\.values))
    var number: [String: Int] = [:]
    let scenarioNumber = Dictionary(scenarios.enumerated().map { ($1.id, $0) }) { first, _ in first }
    var rowOf: [[Int?]] = []
    for row in rows.rows.indices {
      guard let id = rows.text(row, Fields.areaID.name),
        let scenario = rows.text(row, Fields.scenario.name).flatMap({ scenarioNumber[$0] })
      else { continue }
      let area = number[id] ?? areas.count
      if area == areas.count {
        number[id] = area
        areas.append(
          Area(id: id, name: rows.text(row, Fields.areaName.name) ?? "", shape: layer.features[row].shape))
        rowOf.append(Array(repeating: nil, count: scenarios.count))
      }
      rowOf[area][scenario] = row
      for word in Flags(text: rows.text(row, Fields.flags.name) ?? "").words { areas[area].flags.insert(word) }
      if let covered = rows.number(row, Fields.coveredShare.name) {
        areas[area].covered = min(areas[area].covered ?? covered, covered)
      }
    }
    if let expected {
      for row in expected.rows.indices {
        guard let area = expected.text(row, Fields.areaID.name).flatMap({ number[$0] }) else { continue }
        areas[area].expectedRow = row
      }
    }
    for theme in ReportTheme.all {
      if theme.isPerScenario, rows.has(theme.field) {
        themes.append(theme)
        values.append(
          scenarios.indices.map { scenario in
            rowOf.map { $0[scenario].flatMap { rows.number($0, theme.field) }.map { $0 * theme.scale } }
          })
      } else if !theme.isPerScenario, let expected, expected.has(theme.field) {
        themes.append(theme)
        values.append([
          areas.map { $0.expectedRow.flatMap { expected.number($0, theme.field) }.map { $0 * theme.scale } }
        ])
      }
    }
  }

  /// Value of an area as shown.
  func value(_ theme: Int, _ scenario: Int, _ area: Int) -> Double? {
    values[theme][themes[theme].isPerScenario ? scenario : 0][area]
  }

  /// Sum over the areas that have a value, and how many have.
  func total(_ theme: Int, _ scenario: Int) -> (sum: Double, known: Int) {
    let known = values[theme][themes[theme].isPerScenario ? scenario : 0].compactMap { $0 }
    return (known.reduce(0, +), known.count)
  }

  /// What the script of the page works with.
  var json: JSONValue {
    func rounded(_ value: Double?, _ decimals: Int) -> JSONValue {
      guard let value else { return .null }
      var scale = 1.0
      for _ in 0..<(decimals + 2) { scale *= 10 }
      return .number((value * scale).rounded() / scale)
    }
    return [
      "areas": .array(areas.map { .array([.string($0.id), .string($0.name), .string($0.flags.text)]) }),
      "themes": .array(
        zip(themes, values).map { theme, values in
          [
            "decimals": JSONValue(theme.decimals), "unit": .string(theme.unit),
            "bounds": .array(theme.bounds.map { .number($0) }), "perScenario": .bool(theme.isPerScenario),
            "values": .array(values.map { .array($0.map { rounded($0, theme.decimals) }) }),
          ]
        }),
    ]
  }
}
