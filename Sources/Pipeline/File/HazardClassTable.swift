import Exposure

/// What rules of hazard classes look at.
enum ClassifiedHazard: String, Sendable, CaseIterable {
  /// Depth of standing water in metres.
  case depth = "depth_m"
  /// Depth × speed of the water in m²/s.
  case depthVelocity = "depth_velocity_m2_s"
  /// Hazard rating of the United Kingdom.
  case rating = "flood_hazard_rating"
  /// Hazard class of Australia, 1 to 6.
  case hydraulicClass = "flood_hazard_class"
  /// Factor of safety of slopes.
  case safety = "factor_of_safety"
  /// Largest speed of mass flows in m/s; ground that none reaches has none.
  case runout = "runout_velocity_m_s"
  /// Zone of the quick-clay screening: 1 release, 2 runout.
  case quickClay = "quick_clay"

  /// Whether a pipeline computes it.
  func isComputed(_ hazards: HazardsSection) -> Bool {
    switch self {
    case .depth: hazards.flood != nil
    case .depthVelocity, .rating, .hydraulicClass: hazards.hasVelocity
    case .safety: hazards.slide != nil
    case .runout: hazards.massFlow != nil
    case .quickClay: hazards.quickClay != nil
    }
  }
}

/// Rules that give ground a class over all hazards.
struct HazardClassTable: Sendable {
  /// A row of the table.
  struct Row: Sendable {
    let hazard: ClassifiedHazard
    let from: Double
    let below: Double
    let classNumber: Int
  }

  let rows: [Row]
  /// Names of the classes, by number.
  let names: [Int: String]

  /// Reads a table with `hazard`, `from`, `below`, `class` and `name`; an empty bound is none.
  /// - Throws: `CSVTableError` with what is wrong.
  init(_ table: CSVTable) throws(CSVTableError) {
    try table.require(["hazard", "from", "below", "class", "name"])
    let hazards = try table.texts("hazard")
    let from = try table.optionalNumbers("from")
    let below = try table.optionalNumbers("below")
    let classes = try table.integers("class", in: 1...254)
    let texts = try table.texts("name")
    var rows: [Row] = []
    var names: [Int: String] = [:]
    for index in hazards.indices {
      guard let hazard = ClassifiedHazard(rawValue: hazards[index]) else {
        let known = ClassifiedHazard.allCases.map(\.rawValue)
        throw CSVTableError([
          Diagnostic(
            .valueNotAllowed, at: try table.position(row: index, column: "hazard"), keyPath: "hazard",
            "\"\(hazards[index])\" is no hazard",
            hint: Suggestion.hint(for: hazards[index], among: known, listing: "known"))
        ])
      }
      let (low, high) = (from[index] ?? -.infinity, below[index] ?? .infinity)
      guard low < high else {
        throw CSVTableError([
          Diagnostic(
            .valueNotAllowed, at: try table.position(row: index, column: "from"), keyPath: "from",
            "no value is from \(low) and below \(high)", hint: "write the smaller bound as from")
        ])
      }
      if let other = names[classes[index]], other != texts[index] {
        throw CSVTableError([
          Diagnostic(
            .valueNotAllowed, at: try table.position(row: index, column: "name"), keyPath: "name",
            "class \(classes[index]) is \"\(other)\" already", hint: "give a class one name")
        ])
      }
      names[classes[index]] = texts[index]
      rows.append(Row(hazard: hazard, from: low, below: high, classNumber: classes[index]))
    }
    self.rows = rows
    self.names = names
  }

  /// Hazards that have rules but are not computed.
  func missing(_ hazards: HazardsSection) -> [ClassifiedHazard] {
    ClassifiedHazard.allCases.filter { hazard in
      rows.contains { $0.hazard == hazard } && !hazard.isComputed(hazards)
    }
  }
}
