import Exposure

/// What a type of building means for damage and safety.
struct BuildingTypeRow: Sendable, Equatable {
  /// Class in the table of values; nil where nothing can be lost.
  var damageClass: String?
  /// Flood class of TEK17 § 7-2; nil where none applies.
  var floodClass: SafetyClass?
  /// Landslide class of TEK17 § 7-3; nil where none applies.
  var slideClass: SafetyClass?
}

/// Types of buildings by code; `*` at the end of a code stands for any rest.
///
/// A code that stands in the table by itself counts first, then the longest with a `*` that fits.
struct BuildingTypeTable: Sendable {
  private let exact: [String: BuildingTypeRow]
  private let prefixes: [(prefix: String, row: BuildingTypeRow)]

  /// Which of its columns a table must have.
  enum Use { case damage, safety }

  /// Reads a table with the column `building_type` and those of its use.
  /// - Throws: `CSVTableError` where a column is missing or a class is none.
  init(_ table: CSVTable, for use: Use) throws(CSVTableError) {
    let needed = use == .damage ? ["damage_class"] : ["flood_class", "slide_class"]
    try table.require(["building_type"] + needed)
    let codes = try table.textKeys("building_type")
    var rows = Array(repeating: BuildingTypeRow(), count: codes.count)
    if use == .damage {
      for (row, text) in try table.texts("damage_class").enumerated() where !text.isEmpty {
        rows[row].damageClass = text
      }
    } else {
      for (row, found) in try Self.classes(table, "flood_class", isFlood: true).enumerated() {
        rows[row].floodClass = found
      }
      for (row, found) in try Self.classes(table, "slide_class", isFlood: false).enumerated() {
        rows[row].slideClass = found
      }
    }
    var exact: [String: BuildingTypeRow] = [:]
    var prefixes: [(prefix: String, row: BuildingTypeRow)] = []
    for (code, row) in zip(codes, rows) {
      if code.hasSuffix("*") { prefixes.append((String(code.dropLast()), row)) } else { exact[code] = row }
    }
    self.exact = exact
    self.prefixes = prefixes.sorted { $0.prefix.count > $1.prefix.count }
  }

  /// The row of a code; nil where the table has none.
  subscript(code: String) -> BuildingTypeRow? { exact[code] ?? prefixes.first { code.hasPrefix($0.prefix) }?.row }

  private static func classes(
    _ table: CSVTable, _ column: String, isFlood: Bool
  ) throws(CSVTableError) -> [SafetyClass?] {
    let allowed = SafetyClass.allCases.filter { $0.isFlood == isFlood }
    var diagnostics: [Diagnostic] = []
    var classes: [SafetyClass?] = []
    for (row, text) in try table.texts(column).enumerated() {
      let found = SafetyClass(rawValue: text)
      if !text.isEmpty, found?.isFlood != isFlood {
        diagnostics.append(
          Diagnostic(
            .valueNotAllowed, at: try table.position(row: row, column: column), keyPath: column,
            "\"\(text)\" is no safety class",
            hint: "one of \(allowed.map(\.rawValue).joined(separator: ", ")), or empty where none applies"))
      }
      classes.append(found)
    }
    if !diagnostics.isEmpty { throw CSVTableError(diagnostics) }
    return classes
  }
}
