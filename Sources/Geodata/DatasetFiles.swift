import CGDAL
import Foundation

/// Every file that an input consists of: the one that was named, and those that GDAL reads with it.
///
/// Parts of a shapefile, sources of a mosaic (and theirs), world files, `.aux.xml`, masks, overviews, the journal of a
/// GeoPackage. Files that no driver opens, such as tables, stand alone.
/// - Returns: Paths of files that exist, sorted, each once.
public func datasetFiles(of path: String) -> [String] {
  var found: Set<String> = []
  var waiting = [path]
  while let next = waiting.popLast() {
    let file = InputFile.file(in: next)
    guard FileManager.default.fileExists(atPath: file), found.insert(file).inserted else { continue }
    waiting += sidecars(of: file)
    waiting += ["-wal", "-journal"].map { file + $0 }
    if !singleFileFormats.contains((file as NSString).pathExtension.lowercased()) { waiting += listedFiles(of: next) }
  }
  return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

/// Extensions of formats that keep everything in one file, but for the companions that are looked for by name: opening
/// them would cost time and tell nothing.
private let singleFileFormats: Set<String> = [
  "tif", "tiff", "gpkg", "geojson", "json", "fgb", "csv", "txt", "nc", "grib", "grib2", "grb", "grb2", "h5", "hdf5",
  "asc",
]

/// The files that the driver of a dataset names; none where it does not open.
private func listedFiles(of path: String) -> [String] {
  let file = InputFile.file(in: path)
  // Only what a run would read too: no pipe, no device, no folder but those that are datasets.
  let resolved = URL(fileURLWithPath: file).resolvingSymlinksInPath().path
  let kind = (try? FileManager.default.attributesOfItem(atPath: resolved))?[.type] as? FileAttributeType
  guard kind == .typeRegular || file.lowercased().hasSuffix(".gdb") else { return [] }
  CPLPushErrorHandler(CPLQuietErrorHandler)
  defer { CPLPopErrorHandler() }
  let flags = UInt32(GDAL_OF_RASTER | GDAL_OF_VECTOR | GDAL_OF_READONLY)
  guard let dataset = GDALOpenEx(path, flags, nil, nil, nil) else { return [] }
  defer { _ = cgdal_close(dataset) }
  guard let list = GDALGetFileList(dataset) else { return [] }
  defer { CSLDestroy(list) }
  return (0..<Int(CSLCount(list))).compactMap { list[$0].map { String(cString: $0) } }
}
