import Pipeline
import Testing

@Suite struct QuantityTests {
  /// One of each unit, converted by hand.
  @Test(arguments: [
    ("0.15 m", Dimension.length, 0.15), ("7 cm", .length, 0.07), ("60 mm", .length, 0.06), ("1.5 km", .length, 1500),
    ("5000 m2", .area, 5000), ("5000 m²", .area, 5000), ("0.5 ha", .area, 5000), ("2 km2", .area, 2e6),
    ("2 km²", .area, 2e6), ("1 m3", .volume, 1), ("1 m³", .volume, 1), ("90 s", .time, 90), ("60 min", .time, 3600),
    ("24 h", .time, 86_400), ("2 d", .time, 172_800), ("200 a", .period, 200), ("10 mm/d", .rate, 10),
    ("2 mm/h", .rate, 48), ("0.5 m/d", .rate, 500), ("2 m/s", .rate, 172_800_000), ("30 deg", .angle, 30),
    ("30°", .angle, 30), ("5 kPa", .stress, 5), ("500 Pa", .stress, 0.5), ("18.5 kN/m3", .unitWeight, 18.5),
    ("60min", .time, 3600), (" 1 m ", .length, 1), ("+1 m", .length, 1), (".5 m", .length, 0.5), ("5. m", .length, 5),
    ("-1 m", .length, -1), ("1E2 m", .length, 100), ("-0 m", .length, 0),
  ])
  func converts(_ text: String, _ dimension: Dimension, _ expected: Double) throws {
    let quantity = try Quantity(text, dimension)
    #expect(quantity.value == expected)
    #expect(quantity.value.sign == (expected < 0 ? .minus : .plus))
  }

  @Test(arguments: [
    ("0.15", Dimension.length, "0.15 has no unit"), ("0", .rate, "0 has no unit"),
    ("5 parsec", .length, "unknown unit \"parsec\""), ("5 M", .length, "unknown unit \"M\""),
    ("5 min", .length, "5 min is a time, not a length"), ("5 m", .area, "5 m is a length, not an area"),
    ("5 mm", .rate, "5 mm is a length, not a rate"), ("200 a", .time, "200 a is a period in years, not a time"),
    ("0,15 m", .length, "\"0,15 m\" does not begin with a decimal number"),
    ("1.2.3 m", .length, "\"1.2.3 m\" does not begin with a decimal number"),
    ("1_000 m", .length, "\"1_000 m\" does not begin with a decimal number"),
    ("012 m", .length, "\"012 m\" does not begin with a decimal number"),
    ("0x10 m", .length, "unknown unit \"x10 m\""), ("m", .length, "\"m\" does not begin with a decimal number"),
    ("", .length, "\"\" does not begin with a decimal number"), ("1 m 2 m", .length, "unknown unit \"m 2 m\""),
    ("inf m", .length, "\"inf m\" does not begin with a decimal number"),
    ("1e999 m", .length, "\"1e999 m\" does not begin with a decimal number"),
    ("1e308 km", .length, "\"1e308 km\" does not begin with a decimal number"),
    ("−1 m", .length, "\"−1 m\" does not begin with a decimal number"),
  ])
  func rejects(_ text: String, _ dimension: Dimension, _ message: String) {
    let error = #expect(throws: QuantityError.self) { try Quantity(text, dimension) }
    #expect(error?.description == message)
    #expect(error?.hint.isEmpty == false)
  }

  @Test func accessorsFollowTheDimension() throws {
    #expect(try Quantity("90 min", .time).hours == 1.5)
    #expect(try Quantity("12 h", .time).days == 0.5)
    #expect(try Quantity("36.6 mm", .length).millimetres == 36.6)
    #expect(try Quantity("5 cm", .length).millimetres == 50)
    #expect(try Quantity("864 mm/d", .rate).metresPerSecond == 1e-5)
    #expect(try Quantity("30°", .angle).degrees == 30)
    #expect(try Quantity("5 kN/m2", .stress).kilopascals == 5)
    #expect(try Quantity("18 kN/m³", .unitWeight).kilonewtonsPerCubicMetre == 18)
  }

  @Test func equalsWhatMeansTheSame() throws {
    let short: Quantity = "10 cm"
    #expect(short == "0.1 m")
    #expect(short.hashValue == Quantity(value: 0.1, .length).hashValue)
    #expect(short.text == "10 cm")
    #expect(try Quantity("10cm", .length).text == "10 cm")
    #expect(short < "11 cm")
    #expect(Quantity(value: 2, .area).text == "2 m2")
  }

  /// No symbol stands for two dimensions, so that a wrong dimension can be named.
  @Test func symbolsAreUnambiguous() {
    let symbols = Dimension.allCases.flatMap(\.unitSymbols)
    #expect(Set(symbols).count == symbols.count)
  }
}
