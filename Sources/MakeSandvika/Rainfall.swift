import Foundation
import Geodata
import Grids

/// Rain of the place: rasters by return period and a table of intensities.
struct Rainfall {
  let place: Place

  init(_ place: Place) { self.place = place }

  /// Depth in 60 minutes by return period, mm: grows with the logarithm of the period.
  private func hourly(_ years: Double) -> Double { 14 + 5.2 * log(years) }

  func write(to folder: String) throws {
    // Coarse cells in the neighbouring zone, so that a run has something to align.
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
    for years in [20.0, 100, 200, 1000] {
      let depths = centres.map { centre -> Float in
        // More rain to the north-east, where the air rises.
        let x = (centre.x - place.geometry.west) / 1200
        let y = (place.geometry.north - centre.y) / 1000
        let gradient = 1 + 0.05 * (x - 0.5) - 0.07 * (y - 0.5)
        return Float((hourly(years) * gradient * 100).rounded() / 100)
      }
      try writeGeoTIFF(
        Grid(geometry, cells: depths), to: "\(folder)/rain_60min_t\(Int(years)).tif", unit: "mm",
        description: "Rain in 60 minutes, return period \(Int(years)) years, made-up place, not a measurement")
    }
    var table = "# Made-up rain of a made-up place: depth = (14 + 5.2 ln T) (D / 60)^0.35 mm.\n"
    table += "return_period_a,duration_min,intensity,unit\n"
    for years in [2, 5, 10, 20, 25, 50, 100, 200, 1000] {
      for minutes in [10, 15, 20, 30, 45, 60, 90, 120, 180, 360, 720, 1440] {
        let depth = hourly(Double(years)) * pow(Double(minutes) / 60, 0.35)
        table += "\(years),\(minutes),\(String(format: "%.2f", depth * 60 / Double(minutes))),mm/h\n"
      }
    }
    try Data(table.utf8).write(to: URL(fileURLWithPath: "\(folder)/idf.csv"))
  }
}
