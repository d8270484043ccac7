/// What a quantity measures, with its base unit and the units it may be written in.
public enum Dimension: String, Sendable, Hashable, CaseIterable {
  /// Lengths and depths; base unit metre.
  case length
  /// Areas; base unit square metre.
  case area
  /// Volumes; base unit cubic metre.
  case volume
  /// Spans of time within an event; base unit second.
  case time
  /// Return periods; base unit year.
  case period
  /// Depths of water per time; base unit millimetre a day.
  case rate
  /// Angles; base unit degree.
  case angle
  /// Stresses and cohesions; base unit kilopascal.
  case stress
  /// Weights per volume; base unit kilonewton per cubic metre.
  case unitWeight

  /// A unit and the fraction that turns a value in it into the base unit.
  struct Unit {
    let symbol: String
    let multiplier: Double
    let divisor: Double

    init(_ symbol: String, times multiplier: Double = 1, over divisor: Double = 1) {
      self.symbol = symbol
      self.multiplier = multiplier
      self.divisor = divisor
    }
  }

  /// The units of the dimension, the base unit first.
  ///
  /// Small units divide rather than multiply, because 7 / 100 is the number nearest to 0.07 and 7 × 0.01 is not.
  var units: [Unit] {
    switch self {
    case .length:
      [Unit("m"), Unit("cm", over: 100), Unit("mm", over: 1000), Unit("km", times: 1000)]
    case .area:
      [
        Unit("m2"), Unit("m²"), Unit("ha", times: 10_000), Unit("km2", times: 1_000_000),
        Unit("km²", times: 1_000_000),
      ]
    case .volume: [Unit("m3"), Unit("m³")]
    case .time:
      [Unit("s"), Unit("min", times: 60), Unit("h", times: 3600), Unit("d", times: 86_400)]
    case .period: [Unit("a")]
    case .rate:
      [Unit("mm/d"), Unit("mm/h", times: 24), Unit("m/d", times: 1000), Unit("m/s", times: 86_400_000)]
    case .angle: [Unit("deg"), Unit("°")]
    case .stress: [Unit("kPa"), Unit("Pa", over: 1000), Unit("kN/m2"), Unit("kN/m²")]
    case .unitWeight: [Unit("kN/m3"), Unit("kN/m³")]
    }
  }

  /// What the dimension is called in messages, with its article.
  var phrase: String {
    switch self {
    case .length: "a length"
    case .area: "an area"
    case .volume: "a volume"
    case .time: "a time"
    case .period: "a period in years"
    case .rate: "a rate"
    case .angle: "an angle"
    case .stress: "a stress"
    case .unitWeight: "a unit weight"
    }
  }

  /// The symbol of the base unit.
  public var baseUnit: String { units[0].symbol }

  /// The symbols of all units in which a quantity of this dimension may be written.
  public var unitSymbols: [String] { units.map(\.symbol) }

  /// The regular expression of a non-negative quantity of this dimension.
  var pattern: String {
    let symbols = unitSymbols.joined(separator: "|")
    return "^\\+?\(StrictNumber.unsignedPattern) ?(\(symbols))$"
  }
}

/// Why a text is no quantity of the dimension asked for.
public enum QuantityError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The text does not begin with a decimal number.
  case notANumber(String, Dimension)
  /// The text is a number without a unit.
  case missingUnit(String, Dimension)
  /// No quantity has the unit.
  case unknownUnit(String, Dimension)
  /// The unit belongs to another dimension.
  case wrongDimension(String, unit: String, found: Dimension, expected: Dimension)

  /// What is wrong, with the text found.
  public var description: String {
    switch self {
    case .notANumber(let text, _): "\"\(text)\" does not begin with a decimal number"
    case .missingUnit(let text, _): "\(text) has no unit"
    case .unknownUnit(let unit, _): "unknown unit \"\(unit)\""
    case .wrongDimension(let text, _, let found, let expected):
      "\(text) is \(found.phrase), not \(expected.phrase)"
    }
  }

  /// The way out.
  public var hint: String {
    switch self {
    case .notANumber(let text, let dimension):
      text.contains(",")
        ? "decimals are written with a point, as in 0.15 \(dimension.baseUnit)"
        : "write a number and a unit, as in 1.5 \(dimension.baseUnit)"
    case .missingUnit(let text, let dimension):
      dimension.unitSymbols.count == 1
        ? "write \(text) \(dimension.baseUnit)"
        : "write \(text) \(dimension.baseUnit), or another of \(dimension.unitSymbols.joined(separator: ", "))"
    case .unknownUnit(_, let dimension), .wrongDimension(_, _, _, let dimension):
      "write \(dimension.phrase) in \(dimension.unitSymbols.joined(separator: ", "))"
    }
  }
}

/// A number with its unit, kept in the base unit of its dimension and as it was written.
public struct Quantity: Sendable, CustomStringConvertible {
  /// The value in the base unit of the dimension.
  public let value: Double
  /// What it measures.
  public let dimension: Dimension
  /// The text as it was written, with one space before the unit.
  public let text: String

  /// Reads a quantity such as `0.15 m`; the space before the unit may be left out.
  ///
  /// - Throws: `QuantityError` where the text is no number, has no or an unknown unit, or one of another dimension.
  public init(_ text: String, _ dimension: Dimension) throws(QuantityError) {
    let trimmed = text.trimmingSpaces()
    let length = StrictNumber.length(of: trimmed)
    let number = String(decoding: trimmed.utf8.prefix(length), as: UTF8.self)
    let unit = String(decoding: trimmed.utf8.dropFirst(length), as: UTF8.self).trimmingSpaces()
    // A unit cannot begin with a digit or a decimal mark: those belong to a malformed number such as 0,15 or 1.2.3.
    let malformed = unit.utf8.first.map { (0x30...0x39).contains($0) || $0 == 0x2C || $0 == 0x2E || $0 == 0x5F }
    guard let magnitude = StrictNumber.double(number), malformed != true else {
      throw .notANumber(trimmed, dimension)
    }
    guard !unit.isEmpty else { throw .missingUnit(trimmed, dimension) }
    guard let match = dimension.units.first(where: { $0.symbol == unit }) else {
      for other in Dimension.allCases where other.unitSymbols.contains(unit) {
        throw .wrongDimension(trimmed, unit: unit, found: other, expected: dimension)
      }
      throw .unknownUnit(unit, dimension)
    }
    let value = magnitude * match.multiplier / match.divisor
    guard value.isFinite else { throw .notANumber(trimmed, dimension) }
    self.init(value: value, dimension: dimension, text: "\(number) \(unit)")
  }

  /// Makes a quantity from a value in the base unit.
  public init(value: Double, _ dimension: Dimension) {
    self.init(value: value, dimension: dimension, text: "\(JSONTree.text(of: value)) \(dimension.baseUnit)")
  }

  private init(value: Double, dimension: Dimension, text: String) {
    self.value = value
    self.dimension = dimension
    self.text = text
  }

  /// The text as it was written.
  public var description: String { text }

  /// A length in metres.
  public var metres: Double { value(in: .length) }
  /// A length in millimetres; exact where it was written in millimetres with at most 15 digits.
  public var millimetres: Double {
    let metres = value(in: .length)
    return text.hasSuffix(" mm") ? StrictNumber.double(text.dropLast(3)) ?? metres * 1000 : metres * 1000
  }
  /// An area in square metres.
  public var squareMetres: Double { value(in: .area) }
  /// A volume in cubic metres.
  public var cubicMetres: Double { value(in: .volume) }
  /// A time in seconds.
  public var seconds: Double { value(in: .time) }
  /// A time in minutes.
  public var minutes: Double { value(in: .time) / 60 }
  /// A time in hours.
  public var hours: Double { value(in: .time) / 3600 }
  /// A time in days.
  public var days: Double { value(in: .time) / 86_400 }
  /// A return period in years.
  public var years: Double { value(in: .period) }
  /// A rate in millimetres a day.
  public var millimetresPerDay: Double { value(in: .rate) }
  /// A rate in metres a second.
  public var metresPerSecond: Double { value(in: .rate) / 86_400_000 }
  /// An angle in degrees.
  public var degrees: Double { value(in: .angle) }
  /// A stress in kilopascals.
  public var kilopascals: Double { value(in: .stress) }
  /// A unit weight in kilonewtons per cubic metre.
  public var kilonewtonsPerCubicMetre: Double { value(in: .unitWeight) }

  private func value(in expected: Dimension) -> Double {
    precondition(dimension == expected, "\(text) is \(dimension.phrase), not \(expected.phrase)")
    return value
  }
}

extension Quantity: Hashable {
  /// Quantities are equal where they mean the same: `10 cm` equals `0.1 m`.
  public static func == (left: Quantity, right: Quantity) -> Bool {
    left.value == right.value && left.dimension == right.dimension
  }

  /// Hashes the value and the dimension.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(value)
    hasher.combine(dimension)
  }
}

extension Quantity: ExpressibleByStringLiteral {
  /// A quantity known to be right, as in `let depth: Quantity = "0.05 m"`; the dimension follows from the unit.
  public init(stringLiteral text: String) {
    for dimension in Dimension.allCases {
      if let quantity = try? Quantity(text, dimension) {
        self = quantity
        return
      }
    }
    preconditionFailure("\"\(text)\" is no quantity")
  }
}

extension StringProtocol {
  /// The text without spaces, tabs and line breaks at its ends.
  func trimmingSpaces() -> String {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
    let start = drop(while: isSpace)
    guard let last = start.lastIndex(where: { !isSpace($0) }) else { return "" }
    return String(start[...last])
  }
}
