import Foundation
import Geodata
import Grids
import TestSupport

/// UTM zone 32 on ETRS89.
let utm32: CoordinateReferenceSystem = try! coordinateReferenceSystem("EPSG:25832")
/// UTM zone 33 on ETRS89.
let utm33: CoordinateReferenceSystem = try! coordinateReferenceSystem("EPSG:25833")
/// Longitude and latitude.
let wgs84: CoordinateReferenceSystem = try! coordinateReferenceSystem("EPSG:4326")

/// A small grid near Sandvika in UTM 32.
func sandvika(columns: Int, rows: Int, cell: Double = 10, west: Double = 583_000, north: Double = 6_640_000)
  -> GridGeometry
{
  GridGeometry(
    columns: columns, rows: rows, west: west, north: north, cellWidth: cell, cellHeight: cell, crs: utm32)
}

/// The error that a call throws, if it does.
func error<R>(_ body: () throws -> R) -> GeodataError? {
  do {
    _ = try body()
    return nil
  } catch {
    return error as? GeodataError
  }
}

/// Whether two grids hold the same values, NaN where NaN.
func same(_ a: [Float], _ b: [Float]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
}

/// A closed ring from pairs of numbers.
func ring(_ points: (Double, Double)...) -> [Coordinate] {
  let ring = points.map { Coordinate(x: $0.0, y: $0.1) }
  return ring + [ring[0]]
}

/// A square with its lower left corner at a place.
func square(_ x: Double, _ y: Double, _ side: Double) -> Polygon {
  Polygon(rings: [ring((x, y), (x + side, y), (x + side, y + side), (x, y + side))])
}

/// A layer of squares in a row near Sandvika, one of them without a shape where there are more than three.
func squares(_ count: Int, in crs: CoordinateReferenceSystem) -> FeatureLayer {
  let fields = [
    Field("area_id", .text, "Number of the area."), Field("people", .integer, "People who live there."),
    Field("depth_max_m", .real, unit: "m", "Greatest depth."), Field("is_exposed", .boolean, "Whether water is there."),
  ]
  let features = (0..<count).map { index in
    let shape = Shape.polygons([square(583_000 + Double(index) * 20, 6_640_000, 10)])
    return Feature(
      shape: index == 3 ? nil : shape,
      values: [
        .text("0\(index)-Bærum"), index % 2 == 0 ? .integer(Int64(index)) : .null, .real(Double(index) / 3),
        .boolean(index % 3 == 0),
      ])
  }
  return FeatureLayer(
    name: "areas", summary: "Areas with people", crs: crs, shapeType: .polygons, fields: fields, features: features)
}
