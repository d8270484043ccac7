import Foundation
import Geodata
import Grids

/// Makes the bundled example, a place that does not exist: `MakeSandvika FOLDER`.
@main
struct MakeSandvika {
  static func main() throws {
    let folder = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "fixtures/sandvika"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    GDALLibrary.start()
    let crs = try coordinateReferenceSystem("EPSG:25832")
    let place = Place(crs: crs)
    let madeUp = "made-up place, not a measurement"
    try writeGeoTIFF(
      place.ground, to: "\(folder)/dtm.tif", unit: "m", description: "Elevation above NN2000, \(madeUp)")
    for (name, classes, what) in [
      ("land_cover", place.cover.landCover, "AR5 land cover"),
      ("deposits", place.cover.deposits, "NGU superficial deposits"),
      ("marine_limit", place.cover.marineClay, "1 where continuous marine clay is possible below the marine limit"),
    ] {
      try writeClassGeoTIFF(classes, to: "\(folder)/\(name).tif", as: .byte, description: "\(what), \(madeUp)")
    }
    for layer in try PlaceLayers(place).all() { try writeLayer(layer, to: "\(folder)/\(layer.name).gpkg") }
    try Rainfall(place).write(to: folder)
    print("\(folder): \(place.buildings.all.count) buildings, \(place.culverts.count) culverts")
  }
}
