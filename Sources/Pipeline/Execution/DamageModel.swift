import Exposure
import Grids
import Report

/// What water destroys at buildings, by their types.
struct DamageModel {
  private let section: DamageSection
  private let types: BuildingTypeTable
  private let classes: [String: BuildingDamage]
  /// Land cover with what can be lost of it; nil where that is not computed.
  private let land: (classes: Grid<Int32>, values: [Int32: (curve: DamageCurve, valuePerSquareMetre: Double)])?

  init(_ section: DamageSection, _ loader: InputLoader) throws {
    self.section = section
    let curves = try loader.read(section.damageCurves)
    for oddity in curves.oddities { loader.recorder.note(.oddCurve, at: "tables.\(section.curves)", oddity) }
    let values = try loader.read(section.damageValues)
    if values.priceYears.count > 1 {
      loader.recorder.note(
        .oddCurve, at: "tables.\(section.values)",
        "values are at prices of \(values.priceYears.map(String.init).joined(separator: ", ")); sums mix them")
    }
    types = try loader.read(section.types)
    var classes: [String: BuildingDamage] = [:]
    func curve(_ name: String, at position: SourcePosition) throws -> DamageCurve {
      if let curve = curves.curves[name] { return curve }
      throw RunFailure(
        .configuration,
        [
          Diagnostic(
            .missingColumn, at: position, keyPath: "curve", "no curve \"\(name)\" in tables.\(section.curves)",
            hint: Suggestion.hint(for: name, among: curves.curves.keys.sorted(), listing: "curves"))
        ])
    }
    for (name, row) in values.rows {
      let curve = try curve(row.curve, at: row.position)
      classes[name] = BuildingDamage(
        curve: curve, valuePerSquareMetre: row.value, floorHeight: section.floorHeight.metres,
        basement: section.basementFrom.map { .init(depth: $0.metres, valuePerSquareMetre: row.basement) })
    }
    self.classes = classes
    land = try section.landCover.map { land in
      let table = try loader.read(land.landValues)
      var values: [Int32: (curve: DamageCurve, valuePerSquareMetre: Double)] = [:]
      for row in table.rows { values[row.code] = (try curve(row.curve, at: row.position), row.value) }
      loader.recorder.record(
        RuleRecord(
          name: "damage to ground",
          source: "table \(land.values): NOK at prices of "
            + table.priceYears.map(String.init).joined(separator: ", "), status: "screening"))
      return (try loader.classes(land.input), values)
    }
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

  /// Whether damage to ground is computed.
  var hasLand: Bool { land != nil }

  /// Damage to the ground of each cell in money; NaN where the depth is not known; nil where it is not computed.
  func landDamage(depth: Grid<Float>, threads: Int) throws -> Grid<Float>? {
    try land.map { try classDamage(depth: depth, classes: $0.classes, curves: $0.values, threads: threads) }
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
      "\(unknown.count) buildings have types or damage classes that the tables lack: "
        + "\(Suggestion.list(names, limit: 5)); their damage is not known", count: unknown.count)
  }
}

extension DiagnosticCode {
  static let oddCurve: Self = "W-TAB-101"
  static let unknownBuildingType: Self = "W-TAB-102"
}
