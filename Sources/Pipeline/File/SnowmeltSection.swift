/// Snow that melts by degree-days and adds to the rain.
public struct SnowmeltSection: Sendable, Equatable {
  /// Melt in mm for each degree and day.
  public internal(set) var factor = 0.0
  /// Temperature of the air in °C during the event; nil where a table or rasters tell it.
  public internal(set) var temperature: Double?
  /// The table of temperatures of a station; nil where there is none.
  public internal(set) var temperatureTable: String?
  /// The station to take where the table holds several.
  public internal(set) var station: String?
  /// The input with temperatures as rasters; nil where there is none.
  public internal(set) var temperatureInput: String?
  /// Elevation in metres that the temperature belongs to; nil where it holds for the whole grid.
  public internal(set) var elevation: Quantity?
  /// Degrees by which the air is colder for each kilometre of height; nil where the elevation does not matter.
  public internal(set) var lapseRate: Double?
  /// Temperature in °C above which snow melts.
  public internal(set) var base = 0.0
  /// Water in the snow at the beginning.
  public internal(set) var waterEquivalent: Quantity = "0 mm"
}

extension SnowmeltSection: ConfigurationSection {
  static let specification = ObjectSpecification<SnowmeltSection>(
    summary: "Snow that melts by degree-days and adds to the rain.",
    keys: [
      .required("factor", \.factor, .number(atLeast: 0, atMost: 50), "Melt in mm for each degree and day."),
      .optional(
        "temperature", \.temperature, .number(atLeast: -60, atMost: 60),
        "Temperature of the air in °C during the event; rain falls as snow at 0.5 °C and below."),
      .optional(
        "temperature_table", \.temperatureTable, .reference(.table),
        "Table of temperature_c by time (UTC) or by hours from the beginning of the rain, instead of temperature."),
      .optional("station", \.station, .text, "Station to take where the table holds several in its column station."),
      .optional(
        "temperature_input", \.temperatureInput, .reference(.input([.temperature])),
        "Rasters of the temperature at the time of every step of the rain, instead of temperature."),
      .optional(
        "elevation", \.elevation, .quantity(.length),
        "Elevation that the temperature belongs to, such as that of the station; needs lapse_rate."),
      .optional(
        "lapse_rate", \.lapseRate, .number(atLeast: -20, atMost: 20),
        "Degrees by which the air is colder for each kilometre of height; the standard atmosphere has 6.5."),
      .defaulted("base", \.base, .number(atLeast: -10, atMost: 10), "Temperature in °C above which snow melts."),
      .required("water_equivalent", \.waterEquivalent, .quantity(.length), "Water in the snow at the beginning."),
    ],
    rules: [
      KeyRule(
        condition: .always, exactlyOne: ["temperature", "temperature_table", "temperature_input"], reason: ""),
      KeyRule(condition: .present("station"), required: ["temperature_table"], reason: "with station"),
      KeyRule(condition: .present("elevation"), required: ["lapse_rate"], reason: "with elevation"),
      KeyRule(condition: .present("lapse_rate"), required: ["elevation"], reason: "with lapse_rate"),
      KeyRule(
        condition: .present("temperature_input"), excluded: ["elevation", "lapse_rate"],
        reason: "with temperature_input"),
    ])
}
