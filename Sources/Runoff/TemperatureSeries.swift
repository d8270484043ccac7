/// Temperatures of one station over time, straight between the readings.
public struct TemperatureSeries: Sendable, Hashable {
  /// Hours from a beginning of the user's choice, rising.
  public let hours: [Double]
  /// °C at each of them.
  public let celsius: [Double]

  /// Takes the readings in any order.
  /// - Throws: ``TemperatureSeriesError`` for none, for two at the same time, and for numbers that are no temperatures.
  public init(_ readings: [(hour: Double, celsius: Double)]) throws(TemperatureSeriesError) {
    let sorted = readings.sorted { $0.hour < $1.hour }
    guard !sorted.isEmpty else { throw TemperatureSeriesError("there is no reading; give one or more") }
    for (number, reading) in sorted.enumerated() {
      guard reading.hour.isFinite, (-100...100).contains(reading.celsius) else {
        throw TemperatureSeriesError("a reading is \(reading.celsius) °C; give temperatures in °C")
      }
      if number > 0, sorted[number - 1].hour == reading.hour {
        throw TemperatureSeriesError(
          "two readings are of the same time, \(sorted[number - 1].celsius) and \(reading.celsius) °C; keep one")
      }
    }
    hours = sorted.map(\.hour)
    celsius = sorted.map(\.celsius)
  }

  /// The mean temperature in °C from one hour to another; nil where the readings do not reach.
  public func mean(from start: Double, to end: Double) -> Double? {
    precondition(start < end, "a step has a length")
    guard let first = hours.first, let last = hours.last, start >= first, end <= last else { return nil }
    let inner = hours.filter { $0 > start && $0 < end }
    let marks = [start] + inner + [end]
    // The area below straight pieces.
    let sum = zip(marks, marks.dropFirst()).reduce(0) { sum, piece in
      sum + (at(piece.0) + at(piece.1)) / 2 * (piece.1 - piece.0)
    }
    return sum / (end - start)
  }

  /// Between the readings.
  private func at(_ hour: Double) -> Double {
    guard let after = hours.firstIndex(where: { $0 >= hour }) else { return celsius[celsius.count - 1] }
    if after == 0 || hours[after] == hour { return celsius[after] }
    let share = (hour - hours[after - 1]) / (hours[after] - hours[after - 1])
    return celsius[after - 1] * (1 - share) + celsius[after] * share
  }
}

/// Readings of a temperature that cannot be used.
public struct TemperatureSeriesError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong and the way out.
  public let description: String

  init(_ what: String) { description = "temperatures: \(what)" }
}
