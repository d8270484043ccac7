import Exposure
import Report

/// What water destroys at buildings, by their types.
struct DamageModel {
  private let section: DamageSection
  private let types: BuildingTypeTable
  private let classes: [String: BuildingDamage]

  init(_ section: DamageSection, _ loader: InputLoader) throws {
    self.section = section
    let curves = try loader.reading(section.curves) { try DamageCurveTable($0) }
    for oddity in curves.oddities { loader.recorder.note(.oddCurve, at: "tables.\(section.curves)", oddity) }
    let values = try loader.reading(section.values) { try DamageValueTable($0) }
    if values.priceYears.count > 1 {
      loader.recorder.note(
        .oddCurve, at: "tables.\(section.values)",
        "values are at prices of \(values.priceYears.map(String.init).joined(separator: ", ")); sums mix them")
    }
    types = try loader.reading(section.buildingTypes) { try BuildingTypeTable($0, for: .damage) }
    var classes: [String: BuildingDamage] = [:]
    for (name, row) in values.rows {
      guard let curve = curves.curves[row.curve] else {
        throw RunFailure(
          .configuration,
          [
            Diagnostic(
              .missingColumn, at: row.position, keyPath: "curve",
              "no curve \"\(row.curve)\" in tables.\(section.curves)",
              hint: Suggestion.hint(for: row.curve, among: curves.curves.keys.sorted(), listing: "curves"))
          ])
      }
      classes[name] = BuildingDamage(
        curve: curve, valuePerSquareMetre: row.value, floorHeight: section.floorHeight.metres,
        basement: section.basementFrom.map { .init(depth: $0.metres, valuePerSquareMetre: row.basement) })
    }
    self.classes = classes
    loader.recorder.record(
      RuleRecord(
        name: "damage",
        source: "tables \(section.curves), \(section.values): NOK at prices of "
          + values.priceYears.map(String.init).joined(separator: ", "),
        status: "screening"))
  }

  /// Damage to a building in money.
  /// - Returns: nil where the depth, the area or what the type means is not known; 0 where nothing can be lost.
  func damage(type: String?, depth: Double?, footprint: Double?, floorArea: Double?) -> Double? {
    guard let type, let row = types[type] else { return nil }
    guard let name = row.damageClass else { return depth.map { _ in 0 } }
    return classes[name]?.damage(depth: depth, area: section.area == .footprint ? footprint : floorArea)
  }

  /// Tells of building types that the tables do not know, for each of which damage is not known.
  func check(_ types: [String?], at keyPath: String, _ recorder: RunRecorder) {
    let unknown = types.filter { type in
      guard let type, let row = self.types[type] else { return true }
      return row.damageClass.map { classes[$0] == nil } ?? false
    }
    guard !unknown.isEmpty else { return }
    let names = Set(unknown.map { $0 ?? "none" }).sorted()
    recorder.note(
      .unknownBuildingType, at: keyPath,
      "\(unknown.count) buildings have types or damage classes that the tables lack: \(names.prefix(5).joined(separator: ", "))"
        + (names.count > 5 ? " and \(names.count - 5) more" : "") + "; their damage is not known", count: unknown.count)
  }
}

extension InputLoader {
  /// Reads a table; its errors point at their cells or at the table's key.
  func reading<Content>(_ id: String, _ body: (CSVTable) throws -> Content) throws -> Content {
    try pipeline.reading("tables.\(id)") { try body(try table(id)) }
  }
}

extension DiagnosticCode {
  static let oddCurve: Self = "W-TAB-101"
  static let unknownBuildingType: Self = "W-TAB-102"
}
