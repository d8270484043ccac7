import Exposure

/// Damage curves by name, with what is odd about them.
struct DamageCurveTable: Sendable {
  let curves: [String: DamageCurve]
  let oddities: [String]

  /// Columns that hold no curve.
  private static let others = ["depth_m", "source", "status"]

  /// Reads a table with the column `depth_m` and one column of shares, 0 to 1, for each curve; empty cells are no knots.
  /// - Throws: `CSVTableError` with what is wrong.
  init(_ table: CSVTable) throws(CSVTableError) {
    let depths = try table.numbers("depth_m")
    var curves: [String: DamageCurve] = [:]
    var oddities: [String] = []
    let names = table.columns(besides: Self.others)
    guard !names.isEmpty else {
      throw CSVTableError([
        Diagnostic(
          .missingColumn, at: SourcePosition(file: table.file), "no column of shares",
          hint: "one column for each curve, such as residential")
      ])
    }
    for name in names {
      let shares = try table.optionalNumbers(name, in: 0...1)
      let knots = zip(depths, shares).compactMap { depth, share in share.map { (depth, $0) } }
      do {
        let curve = try DamageCurve(depths: knots.map(\.0), shares: knots.map(\.1))
        curves[name] = curve
        oddities += curve.oddities.map { "curve \(name) \($0)" }
      } catch {
        throw CSVTableError([
          Diagnostic(
            .invalidTableNumber, at: SourcePosition(file: table.file), keyPath: name, "curve \(name): \(error)")
        ])
      }
    }
    self.curves = curves
    self.oddities = oddities
  }
}

/// What can be lost, by class.
struct DamageValueTable: Sendable {
  /// A class of buildings.
  struct Row: Sendable {
    let curve: String
    let value: Double
    let basement: Double
    let position: SourcePosition
  }

  let rows: [String: Row]
  /// Years of the prices, as they stand in the table.
  let priceYears: [Int]

  /// Reads a table with `damage_class`, `curve`, `nok_per_m2`, `basement_nok_per_m2` and `price_year`.
  /// - Throws: `CSVTableError` with what is wrong.
  init(_ table: CSVTable) throws(CSVTableError) {
    try table.require(["damage_class", "curve", "nok_per_m2", "basement_nok_per_m2", "price_year"])
    let classes = try table.textKeys("damage_class")
    let curves = try table.texts("curve")
    let values = try table.numbers("nok_per_m2", in: 0...1e9)
    let basements = try table.numbers("basement_nok_per_m2", in: 0...1e9)
    priceYears = Set(try table.integers("price_year", in: 1900...2200)).sorted()
    var rows: [String: Row] = [:]
    for (index, name) in classes.enumerated() {
      rows[name] = Row(
        curve: curves[index], value: values[index], basement: basements[index],
        position: try table.position(row: index, column: "curve"))
    }
    self.rows = rows
  }
}

/// What can be lost of ground, by the code of its land cover.
struct LandValueTable: Sendable {
  /// A code of land cover.
  struct Row: Sendable {
    let code: Int32
    let curve: String
    let value: Double
    let position: SourcePosition
  }

  let rows: [Row]
  /// Years of the prices, as they stand in the table.
  let priceYears: [Int]

  /// Reads a table with `code`, `curve`, `nok_per_m2` and `price_year`.
  /// - Throws: `CSVTableError` with what is wrong.
  init(_ table: CSVTable) throws(CSVTableError) {
    try table.require(["code", "curve", "nok_per_m2", "price_year"])
    let codes = try table.keys("code", in: 0...65_535)
    let curves = try table.texts("curve")
    let values = try table.numbers("nok_per_m2", in: 0...1e9)
    priceYears = Set(try table.integers("price_year", in: 1900...2200)).sorted()
    var rows: [Row] = []
    for (index, code) in codes.enumerated() {
      rows.append(
        Row(
          code: Int32(code), curve: curves[index], value: values[index],
          position: try table.position(row: index, column: "curve")))
    }
    self.rows = rows
  }
}
