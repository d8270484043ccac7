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
      ("land_cover", place.landCover, "AR5 land cover"), ("deposits", place.deposits, "NGU superficial deposits"),
      ("marine_limit", place.marineClay, "1 where continuous marine clay is possible below the marine limit"),
    ] {
      try writeClassGeoTIFF(classes, to: "\(folder)/\(name).tif", as: .byte, description: "\(what), \(madeUp)")
    }
    let features = PlaceFeatures(place)
    for layer in [features.areas, features.buildings, features.roads, features.culverts] {
      try writeLayer(layer, to: "\(folder)/\(layer.name).gpkg", driver: "GPKG")
    }
    try Rainfall(place).write(to: folder)
    print("\(folder): \(features.buildings.features.count) buildings, \(features.areas.features.count) areas")
  }
}
