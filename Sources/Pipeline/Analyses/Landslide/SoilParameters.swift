import Grids
import Landslide
import Report

/// Figures of soils by code of the deposit, as slope analyses read them from a table.
///
/// A table has one row a figure, with the columns `deposit_code`, `parameter`, `value`, `unit`, `source` and `date`, or
/// one row a deposit, with the columns of the soil strength of pipelines (`cohesion_kpa` and so on). A value is a number,
/// or a distribution: `uniform LOWER UPPER`, `triangular LOWER MODE UPPER`, `normal MEAN SD`, `lognormal MEAN SD`. The row
/// `excluded` with the value `yes` marks ground on which slides do not start.
struct SoilParameters {
  /// One figure with its origin.
  struct Figure {
    let value: Distribution
    let source: String
    let date: String
    let position: SourcePosition
  }

  /// A figure that tables may give.
  private struct Parameter {
    /// Units with what a value in them is multiplied with; the first is what analyses take.
    let units: KeyValuePairs<String, Double>
    /// Column of tables with one row a deposit.
    let column: String?
  }

  private static let parameters: KeyValuePairs<String, Parameter> = [
    "cohesion": Parameter(units: ["kPa": 1, "Pa": 0.001], column: "cohesion_kpa"),
    "root_cohesion": Parameter(units: ["kPa": 1, "Pa": 0.001], column: "root_cohesion_kpa"),
    "friction_angle": Parameter(units: ["deg": 1, "°": 1], column: "friction_deg"),
    "friction_tangent": Parameter(units: ["1": 1], column: nil),
    "unit_weight": Parameter(units: ["kN/m3": 1, "kN/m³": 1], column: "unit_weight_kn_m3"),
    "surcharge": Parameter(units: ["kPa": 1, "Pa": 0.001], column: nil),
    "depth": Parameter(units: ["m": 1, "cm": 0.01], column: "depth_m"),
    "conductivity": Parameter(
      units: ["m/d": 1, "m/s": 86_400, "mm/h": 0.024, "mm/d": 0.001], column: "conductivity_m_d"),
    "transmissivity": Parameter(units: ["m2/d": 1, "m²/d": 1, "m2/s": 86_400], column: nil),
    "diffusivity": Parameter(units: ["m2/s": 1, "m²/s": 1], column: nil),
    "alpha": Parameter(units: ["1/m": 1], column: nil),
    "saturated_content": Parameter(units: ["1": 1], column: nil),
    "residual_content": Parameter(units: ["1": 1], column: nil),
    "dimensionless_cohesion": Parameter(units: ["1": 1], column: nil),
    "correlation_cohesion_friction": Parameter(units: ["1": 1], column: nil),
    "correlation_depth_transmissivity": Parameter(units: ["1": 1], column: nil),
  ]

  /// Figures by code and name; nil for ground that is not susceptible.
  private(set) var grounds: [Int32: [String: Figure]?] = [:]
  /// The table's file.
  let file: String
  /// Whether rows say that they are not verified.
  let isUnverified: Bool
  private var positions: [Int32: SourcePosition] = [:]

  /// Reads a table of either layout.
  init(_ table: CSVTable) throws {
    file = table.file
    isUnverified =
      table.columnNames.contains("status") ? try table.texts("status").contains { $0.contains("unverified") } : false
    if table.columnNames.contains("parameter") {
      try read(figures: table)
    } else {
      try read(deposits: table)
    }
  }

  private mutating func read(figures table: CSVTable) throws {
    try table.require(["deposit_code", "parameter", "value", "unit", "source", "date"])
    let codes = try table.integers("deposit_code", in: 0...Int(Int32.max))
    let names = try table.texts("parameter")
    let (values, units) = (try table.texts("value"), try table.texts("unit"))
    let (sources, dates) = (try table.texts("source"), try table.texts("date"))
    var excluded: Set<Int32> = []
    for row in codes.indices {
      let code = Int32(codes[row])
      func invalid(_ column: String, _ message: String, hint: String? = nil) throws -> CSVTableError {
        CSVTableError([
          Diagnostic(
            .invalidTableNumber, at: try table.position(row: row, column: column), keyPath: column, message, hint: hint)
        ])
      }
      let position = try table.position(row: row, column: "value")
      positions[code] = positions[code] ?? position
      if names[row] == "excluded" {
        guard values[row] == "yes" else { throw try invalid("value", "\"\(values[row])\" is not yes") }
        excluded.insert(code)
        continue
      }
      guard let parameter = Self.parameters.first(where: { $0.key == names[row] })?.value else {
        throw try invalid(
          "parameter", "no parameter \"\(names[row])\"",
          hint: Suggestion.hint(for: names[row], among: Self.parameters.map(\.key), listing: "parameters"))
      }
      guard let factor = parameter.units.first(where: { $0.key == units[row] })?.value else {
        throw try invalid(
          "unit", units[row].isEmpty ? "empty" : "\"\(units[row])\" is no unit of \(names[row])",
          hint: "write \(Suggestion.alternatives(parameter.units.map(\.key)))")
      }
      guard let distribution = Distribution(text: values[row], times: factor) else {
        throw try invalid(
          "value", values[row].isEmpty ? "empty" : "\"\(values[row])\" is no number or distribution",
          hint: "write 5, uniform 1 5, triangular 1 2 5, normal 33 2 or lognormal 20 12, with decimal points")
      }
      if sources[row].isEmpty {
        throw try invalid("source", "empty", hint: "say where the figure comes from, or that it is an assumption")
      }
      var figures = (grounds[code] ?? [:]) ?? [:]
      if figures[names[row]] != nil {
        throw try invalid("parameter", "\(names[row]) of deposit \(code) stands twice")
      }
      figures[names[row]] = Figure(
        value: distribution, source: sources[row], date: dates[row], position: position)
      grounds[code] = figures
    }
    for code in excluded {
      if grounds[code] != nil, let position = positions[code] {
        throw CSVTableError([
          Diagnostic(.invalidTableNumber, at: position, "deposit \(code) is excluded and has figures")
        ])
      }
      grounds[code] = .some(nil)
    }
  }

  private mutating func read(deposits table: CSVTable) throws {
    let columns = Self.parameters.compactMap { name, parameter in parameter.column.map { (name, $0) } }
    try table.require(["deposit_code", "excluded", "source"] + columns.map(\.1))
    let codes = try table.keys("deposit_code", in: 0...Int(Int32.max))
    let (excluded, sources) = (try table.texts("excluded"), try table.texts("source"))
    let dates = table.columnNames.contains("date") ? try table.texts("date") : sources.map { _ in "" }
    let values = try columns.map { try table.optionalNumbers($0.1) }
    for (row, code) in codes.enumerated() {
      func invalid(_ column: String, _ message: String, hint: String? = nil) throws -> CSVTableError {
        CSVTableError([
          Diagnostic(
            .invalidTableNumber, at: try table.position(row: row, column: column), keyPath: column, message, hint: hint)
        ])
      }
      positions[Int32(code)] = try table.position(row: row, column: "deposit_code")
      switch excluded[row] {
      case "yes": grounds[Int32(code)] = .some(nil)
      case "no":
        var figures: [String: Figure] = [:]
        for ((name, column), numbers) in zip(columns, values) {
          guard let number = numbers[row] else {
            throw try invalid(column, "empty", hint: "a deposit that is not excluded needs a number here")
          }
          // Clay that cannot drain has none; less than a degree is an angle in radians.
          if name == "friction_angle", number < 1, number != 0 {
            throw try invalid(column, "\(number) degrees", hint: "degrees, not radians or tangents")
          }
          figures[name] = Figure(
            value: .constant(number), source: sources[row], date: dates[row],
            position: try table.position(row: row, column: column))
        }
        grounds[Int32(code)] = figures
      default: throw try invalid("excluded", "\"\(excluded[row])\" is not yes or no")
      }
    }
  }

  /// What the figures are and where they come from.
  var record: JSONValue {
    .array(
      grounds.sorted { $0.key < $1.key }.map { code, figures in
        guard let figures else { return ["deposit_code": JSONValue(Int(code)), "excluded": true] }
        return [
          "deposit_code": JSONValue(Int(code)),
          "figures": .array(
            Self.parameters.compactMap { name, parameter in
              figures[name].map {
                [
                  "parameter": .string(name), "value": .string($0.value.text),
                  "unit": .string(parameter.units.first?.key ?? "1"), "source": .string($0.source),
                  "date": .string($0.date.isEmpty ? "not stated" : $0.date),
                ]
              }
            }),
        ]
      })
  }

  // MARK: - Tables of the models

  /// Figures of one deposit, by name.
  struct Reader {
    let code: Int32
    let figures: [String: Figure]
    let position: SourcePosition

    func distribution(_ name: String, _ fallback: Distribution? = nil) throws -> Distribution {
      if let figure = figures[name] { return figure.value }
      if let fallback { return fallback }
      throw missing(name)
    }

    /// A number; of a distribution its mean.
    func number(_ name: String, _ fallback: Double? = nil) throws -> Double {
      try distribution(name, fallback.map { .constant($0) }).mean
    }

    /// A range, both ends the same for a number.
    func range(_ name: String) throws -> ClosedRange<Double> {
      switch try distribution(name) {
      case .constant(let value): return value...value
      case .uniform(let lower, let upper) where lower <= upper: return lower...upper
      default:
        throw CSVTableError([
          Diagnostic(
            .invalidTableNumber, at: figures[name]?.position ?? position, keyPath: "value",
            "\(name) of deposit \(code) is no range", hint: "write uniform LOWER UPPER, or a number")
        ])
      }
    }

    func source(_ names: [String]) -> String {
      var sources: [String] = []
      for name in names {
        if let source = figures[name]?.source, !sources.contains(source) { sources.append(source) }
      }
      return sources.joined(separator: "; ")
    }

    private func missing(_ name: String) -> CSVTableError {
      CSVTableError([
        Diagnostic(
          .invalidTableNumber, at: position, "deposit \(code) has no \(name)",
          hint: "add the row, or mark the deposit as excluded")
      ])
    }
  }

  /// Turns the figures of every deposit into rows of a table.
  private func rows<Row>(_ excluded: Row, _ make: (Reader) throws -> Row) throws -> [Int32: Row] {
    var rows: [Int32: Row] = [:]
    for (code, figures) in grounds.sorted(by: { $0.key < $1.key }) {
      guard let figures else {
        rows[code] = excluded
        continue
      }
      rows[code] = try make(
        Reader(code: code, figures: figures, position: positions[code] ?? SourcePosition(file: file)))
    }
    return rows
  }

  /// Points an error of a table's check at the deposit's first row.
  private func checked<R>(_ body: () throws -> R) throws -> R {
    do {
      return try body()
    } catch let error as InvalidSoil {
      throw refused(error.code, "\(error)")
    } catch let error as InvalidDistribution {
      throw refused(error.code, "\(error)")
    }
  }

  private func refused(_ code: Int32?, _ message: String) -> CSVTableError {
    let position = code.flatMap { positions[$0] } ?? SourcePosition(file: file)
    return CSVTableError([Diagnostic(.invalidTableNumber, at: position, message)])
  }

  /// Soils for the infinite slope.
  func soilTable() throws -> SoilTable {
    try checked { try SoilTable(try rows(.notSusceptible) { .soil(try Self.strength($0)) }) }
  }

  private static func strength(_ soil: Reader) throws -> SoilStrength {
    SoilStrength(
      cohesion: try soil.number("cohesion"), rootCohesion: try soil.number("root_cohesion", 0),
      frictionAngle: try soil.number("friction_angle"), unitWeight: try soil.number("unit_weight"),
      surcharge: try soil.number("surcharge", 0), depth: try soil.number("depth"),
      conductivity: try soil.number("conductivity"), source: soil.source(parameters.map(\.key)))
  }

  /// Soils with their uncertainty.
  func uncertainTable(_ convention: TransmissivityConvention) throws -> UncertainSoilTable {
    try checked {
      try UncertainSoilTable(
        try rows(.notSusceptible) { soil in
          var correlations: [Correlation] = []
          for (name, first, second) in [
            ("correlation_cohesion_friction", UncertainQuantity.cohesion, UncertainQuantity.friction),
            ("correlation_depth_transmissivity", .depth, .transmissivity),
          ] where soil.figures[name] != nil {
            correlations.append(Correlation(first, second, coefficient: try soil.number(name)))
          }
          let friction: FrictionDistribution =
            soil.figures["friction_angle"] == nil && soil.figures["friction_tangent"] != nil
            ? .tangent(try soil.distribution("friction_tangent"))
            : .angle(try soil.distribution("friction_angle"))
          let transmissivity: TransmissivityDistribution =
            soil.figures["conductivity"] == nil && soil.figures["transmissivity"] != nil
            ? .value(try soil.distribution("transmissivity"))
            : .conductivity(try soil.distribution("conductivity"), convention)
          return .soil(
            UncertainSoil(
              cohesion: try cohesion(soil), friction: friction,
              unitWeight: try soil.number("unit_weight"), surcharge: try soil.number("surcharge", 0),
              depth: try soil.distribution("depth"),
              transmissivity: transmissivity, correlations: correlations,
              source: soil.source(Self.parameters.map(\.key))))
        })
    }
  }

  /// Cohesion of soil and roots as one quantity: one of them may be uncertain.
  private func cohesion(_ soil: Reader) throws -> Distribution {
    let (own, roots) = (
      try soil.distribution("cohesion"), try soil.distribution("root_cohesion", .constant(0))
    )
    if case .constant(let added) = roots, let sum = own.shifted(by: added) { return sum }
    if case .constant(let added) = own, let sum = roots.shifted(by: added) { return sum }
    throw CSVTableError([
      Diagnostic(
        .invalidTableNumber, at: soil.figures["root_cohesion"]?.position ?? soil.position, keyPath: "value",
        "cohesion and root cohesion of deposit \(soil.code) do not add up to one distribution",
        hint: "give one of them as a number and the other not as lognormal, or the sum as cohesion")
    ])
  }

  /// Ranges for the stability index.
  func indexTable() throws -> StabilityIndexTable {
    try checked {
      try StabilityIndexTable(
        try rows(nil) { soil in
          StabilityIndexSoil(
            cohesion: try soil.range("dimensionless_cohesion"), frictionAngle: try soil.range("friction_angle"),
            transmissivity: try soil.range("transmissivity"),
            relativeDensity: try soil.number("unit_weight") / 9.81, source: soil.source(Self.parameters.map(\.key)))
        })
    }
  }

  /// Soils for transient heads.
  func transientTable(isUnsaturated: Bool) throws -> TransientSoilTable {
    try checked {
      try TransientSoilTable(
        try rows(nil) { soil in
          TransientSoil(
            try Self.strength(soil), diffusivity: try soil.number("diffusivity"),
            retention: isUnsaturated
              ? WaterRetention(
                alpha: try soil.number("alpha"), saturatedContent: try soil.number("saturated_content"),
                residualContent: try soil.number("residual_content"))
              : nil)
        })
    }
  }
}

extension Distribution {
  /// A number, or a distribution such as `uniform 1 5`; nil where the text is neither.
  init?(text: String, times factor: Double = 1) {
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    let numbers = words.dropFirst().compactMap { StrictNumber.double($0).map { $0 * factor } }
    guard let first = words.first else { return nil }
    if words.count == 1, let number = StrictNumber.double(first) {
      self = .constant(number * factor)
      return
    }
    guard numbers.count == words.count - 1 else { return nil }
    switch (first, numbers.count) {
    case ("uniform", 2): self = .uniform(lower: numbers[0], upper: numbers[1])
    case ("triangular", 3): self = .triangular(lower: numbers[0], mode: numbers[1], upper: numbers[2])
    case ("normal", 2): self = .normal(mean: numbers[0], standardDeviation: numbers[1])
    case ("lognormal", 2): self = .lognormal(mean: numbers[0], standardDeviation: numbers[1])
    default: return nil
    }
  }

  /// The distribution as tables write it.
  var text: String {
    func list(_ name: String, _ numbers: Double...) -> String {
      ([name] + numbers.map { JSONTree.text(of: $0) }).joined(separator: " ")
    }
    switch self {
    case .constant(let value): return JSONTree.text(of: value)
    case .uniform(let lower, let upper): return list("uniform", lower, upper)
    case .triangular(let lower, let mode, let upper): return list("triangular", lower, mode, upper)
    case .normal(let mean, let deviation): return list("normal", mean, deviation)
    case .lognormal(let mean, let deviation): return list("lognormal", mean, deviation)
    }
  }

  /// The distribution of the sum with a number; nil where it is of another kind.
  func shifted(by number: Double) -> Distribution? {
    if number == 0 { return self }
    switch self {
    case .constant(let value): return .constant(value + number)
    case .uniform(let lower, let upper): return .uniform(lower: lower + number, upper: upper + number)
    case .triangular(let lower, let mode, let upper):
      return .triangular(lower: lower + number, mode: mode + number, upper: upper + number)
    case .normal(let mean, let deviation): return .normal(mean: mean + number, standardDeviation: deviation)
    case .lognormal: return nil
    }
  }
}
