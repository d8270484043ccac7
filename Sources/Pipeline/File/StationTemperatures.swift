import Geodata
import Runoff

/// The air temperature of a station as a table.
struct StationTemperatures: Sendable {
  private let series: TemperatureSeries
  /// Whether hours count from 1970 (UTC), not from the beginning of the rain.
  private let isDated: Bool

  /// Reads a table with the columns `temperature_c`, `time` or `hours`, and `station` where there are several.
  init(_ table: CSVTable, station: String?) throws(CSVTableError) {
    let isDated = table.columnNames.contains("time")
    try table.require(["temperature_c", isDated ? "time" : "hours"])
    let celsius = try table.numbers("temperature_c", in: -100...100)
    let hours: [Double]
    if isDated {
      var moments: [Double] = []
      for (row, text) in try table.texts("time").enumerated() {
        guard let time = RasterTime(text: text) else {
          throw CSVTableError([
            Diagnostic(
              .invalidTableNumber, at: try table.position(row: row, column: "time"), keyPath: "time",
              "\"\(text)\" is no time", hint: "write it as 2015-08-24T01:00:00Z")
          ])
        }
        moments.append(time.secondsSince1970 / 3600)
      }
      hours = moments
    } else {
      hours = try table.numbers("hours")
    }
    var rows = Array(celsius.indices)
    let stations = table.columnNames.contains("station") ? try table.texts("station") : []
    let names = Set(stations).sorted()
    if let station {
      rows = rows.filter { !stations.isEmpty && stations[$0] == station }
    }
    if rows.isEmpty || (station == nil && names.count > 1) {
      throw CSVTableError([
        Diagnostic(
          .unreadableTable, at: SourcePosition(file: table.file),
          station.map { "there is no station \($0)" } ?? "the table holds \(names.count) stations and none is named",
          hint: names.isEmpty
            ? "leave station: out; the table has no such column" : "name one of \(Suggestion.list(names))")
      ])
    }
    series = try table.making { try TemperatureSeries(rows.map { (hour: hours[$0], celsius: celsius[$0]) }) }
    self.isDated = isDated
  }

  /// The mean temperature of a step of the rain, °C.
  /// - Parameters:
  ///   - start: Hours from the beginning of the rain to that of the step.
  ///   - hours: Length of the step.
  ///   - end: The moment at which it ends; nil where the rain has no date.
  func celsius(start: Double, hours: Double, end: RasterTime?) throws(StationTemperatureError) -> Double {
    guard let end = isDated ? end.map({ $0.secondsSince1970 / 3600 }) : start + hours else {
      throw StationTemperatureError(
        message: "the readings have times, the rain has none",
        hint: "give the column hours, from the beginning of the rain, instead of time")
    }
    // Times of steps may miss a whole second by a hair.
    let hair = min(1e-6, hours / 4)
    guard let mean = series.mean(from: end - hours + hair, to: end - hair) else {
      throw StationTemperatureError(
        message: "the readings do not reach the step from \(text(end - hours)) to \(text(end)); they go from "
          + "\(text(series.hours[0])) to \(text(series.hours[series.hours.count - 1]))",
        hint: "give readings for the whole rain")
    }
    return mean
  }

  private func text(_ hour: Double) -> String {
    isDated ? "\(RasterTime(secondsSince1970: hour * 3600))" : "hour \(JSONTree.text(of: hour))"
  }
}

/// Readings that do not tell the temperature of a step.
struct StationTemperatureError: Error {
  /// What is wrong.
  let message: String
  /// The way out.
  let hint: String
}
