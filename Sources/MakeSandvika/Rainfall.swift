import Foundation
import Geodata
import Grids

/// Rain of the place: rasters by return period and a table of intensities.
struct Rainfall {
  let place: Place

  init(_ place: Place) { self.place = place }

  /// Depth in 60 minutes by return period in years, mm.
  private static let hourly: [(years: Int, depth: Double)] = [
    (2, 14.8), (5, 20.4), (10, 25), (20, 30), (25, 31.6), (50, 36.4), (100, 40.8), (200, 46), (1000, 58),
  ]
  /// Depth in a number of minutes, as a share of the depth in 60 minutes.
  private static let shares: [(minutes: Int, share: Double)] = [
    (1, 0.14), (2, 0.22), (3, 0.28), (5, 0.37), (10, 0.53), (15, 0.63), (20, 0.7), (30, 0.81), (45, 0.92), (60, 1),
    (90, 1.13), (120, 1.23), (180, 1.39), (360, 1.7), (720, 2.06), (1440, 2.5),
  ]

  func write(to folder: String) throws {
    try writeRasters(to: folder)
    try Data(table.utf8).write(to: URL(fileURLWithPath: "\(folder)/idf.csv"))
  }

  /// Rain in 60 minutes on coarse cells of the neighbouring zone, so that a run has something to align.
  private func writeRasters(to folder: String) throws {
    let crs = try coordinateReferenceSystem("EPSG:25833")
    let toPlace = try Transformation(from: crs, to: place.geometry.crs)
    let box = place.geometry.extent.grown(by: 700)
    let corners = try toPlace.inverse().transform([
      Coordinate(x: box.west, y: box.south), Coordinate(x: box.west, y: box.north),
      Coordinate(x: box.east, y: box.south), Coordinate(x: box.east, y: box.north),
    ])
    let cell = 200.0
    func down(_ value: Double) -> Double { (value / cell).rounded(.down) * cell }
    let west = down(corners.map(\.x).min() ?? 0)
    let north = down(corners.map(\.y).max() ?? 0) + cell
    let columns = Int((((corners.map(\.x).max() ?? 0) - west) / cell).rounded(.up))
    let rows = Int(((north - (corners.map(\.y).min() ?? 0)) / cell).rounded(.up))
    let geometry = GridGeometry(
      columns: columns, rows: rows, west: west, north: north, cellWidth: cell, cellHeight: cell, crs: crs)
    let centres = try toPlace.transform(
      (0..<geometry.count).map { geometry.centre(column: $0 % columns, row: $0 / columns) })
    try writeForecast(to: folder, geometry, centres)
    let showers = Noise(seed: 55)
    for (years, depth) in Rainfall.hourly where [20, 100, 200, 1000].contains(years) {
      let depths = centres.map { centre -> Float in
        // More rain to the north-east, where the air rises, and a little by chance.
        let x = (centre.x - place.geometry.west) / Frame.width - 0.5
        let y = (centre.y - place.geometry.south) / Frame.height - 0.5
        let chance = showers.value(1200 * x, 1000 * y, size: 900)
        return Float((depth * (1 + 0.045 * x + 0.055 * y + 0.01 * chance) * 100).rounded() / 100)
      }
      try writeGeoTIFF(
        Grid(geometry, cells: depths), to: "\(folder)/rain_60min_t\(years).tif", unit: "mm",
        description: "Rain in 60 minutes, return period \(years) years, MADE UP, no statistics of a real place")
    }
  }

  /// Six hours of a forecast: a shower that moves from west to east and grows until the fourth hour.
  private func writeForecast(to folder: String, _ geometry: GridGeometry, _ centres: [Coordinate]) throws {
    for (hour, depth) in [1.5, 4, 9, 14, 6, 2].enumerated() {
      let depths = centres.map { centre -> Float in
        let x = (centre.x - place.geometry.west) / Frame.width
        let y = (centre.y - place.geometry.south) / Frame.height - 0.5
        let away = x - Double(hour) / 5
        return Float((depth * (0.5 + 1 / (1 + 4 * away * away + y * y)) * 100).rounded() / 100)
      }
      try writeGeoTIFF(
        Grid(geometry, cells: depths), to: "\(folder)/forecast_h\(hour + 1).tif", unit: "mm",
        description: "Rain in hour \(hour + 1) of a forecast, MADE UP")
    }
  }

  /// Intensities by return period and duration, as Norwegian tables give them.
  private var table: String {
    var table = "# Made-up rain of a made-up place: no statistics of a real one.\n"
    table += "return_period_a,duration_min,intensity,unit\n"
    for (years, depth) in Rainfall.hourly {
      for (minutes, share) in Rainfall.shares {
        // 1 mm on a hectare is 10 000 litres.
        let intensity = (depth * share * 10_000 / (Double(minutes) * 60) * 100).rounded() / 100
        table += "\(years),\(minutes),\(intensity),l/(s*ha)\n"
      }
    }
    return table
  }
}
