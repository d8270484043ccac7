import CGDAL
import Foundation

/// What stands at a path that was given as an input.
enum InputFile {
  /// Prefixes by which GDAL names a part of a local file; every other prefix is refused.
  static let containerPrefixes = ["NETCDF:", "HDF5:", "HDF4_SDS:", "GPKG:", "GTIFF_DIR:", "GRIB:", "SQLITE:"]

  /// The file that a path or a subdataset's name (`NETCDF:"rain.nc":amount`) speaks of.
  static func file(in path: String) -> String {
    guard let prefix = containerPrefixes.first(where: { path.uppercased().hasPrefix($0) }) else { return path }
    let rest = path.dropFirst(prefix.count)
    if rest.first == "\"" {
      return String(rest.dropFirst().prefix { $0 != "\"" })
    }
    if prefix == "GTIFF_DIR:", let colon = rest.firstIndex(of: ":") { return String(rest[rest.index(after: colon)...]) }
    return String(rest.prefix { $0 != ":" })
  }

  /// Throws where the path cannot be a readable local file, and says what it is instead.
  static func check(_ path: String, _ site: CallSite) throws(GeodataError) {
    // In memory: the tests' own files.
    if path.hasPrefix("/vsimem/") { return }
    if path.hasPrefix("/vsi") || path.contains("://") {
      throw site.error("virtual and remote files are not read", hint: "copy the file to a local folder first")
    }
    let file = file(in: path)
    if file.isEmpty { throw site.error("no file is named") }
    var status = stat()
    guard stat(file, &status) == 0 else {
      throw site.error(
        errno == ENOENT ? "there is no such file" : "the file cannot be looked at: \(String(cString: strerror(errno)))",
        hint: "check the path")
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR:
      // Some formats are folders (file geodatabases); the driver decides.
      if !file.lowercased().hasSuffix(".gdb") {
        throw site.error("this is a folder, not a file", hint: "name the file")
      }
      return
    default: throw site.error("this is neither a file nor a folder (a pipe or a device)", hint: "name a regular file")
    }
    if status.st_size == 0 { throw site.error("the file is empty (0 bytes)", hint: "fetch it again") }
    if access(file, R_OK) != 0 { throw site.error("the file may not be read", hint: "check its permissions") }
  }

  /// What a file that cannot be opened as what is wanted seems to be, with the way out.
  static func guess(_ path: String, wanted: Wanted) -> (what: String, hint: String) {
    guard let handle = FileHandle(forReadingAtPath: file(in: path)) else { return ("the format is not recognised", "") }
    defer { try? handle.close() }
    let start = (try? handle.read(upToCount: 512)) ?? Data()
    let text = String(decoding: start, as: UTF8.self).lowercased()
    if text.hasPrefix("version https://git-lfs") {
      return ("this is a Git LFS pointer, not the file itself", "fetch it with git lfs pull")
    }
    if text.contains("<!doctype html") || text.contains("<html") {
      return ("this is an HTML page, perhaps of a login", "download the file again")
    }
    if !start.isEmpty, start.allSatisfy({ $0 >= 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }) {
      return ("this is a text file in no known format", "check that it is the file you meant")
    }
    let other = listening { GDALOpenEx(path, wanted.other | UInt32(GDAL_OF_READONLY), nil, nil, nil) }.result
    if let other {
      _ = Dataset(owning: other)
      return wanted == .raster
        ? ("this file holds shapes or tables, no raster", "name a raster, such as a GeoTIFF")
        : ("this is a raster, no layer of shapes", "name a layer, such as a GeoPackage")
    }
    return ("the format is not recognised, or the file's beginning is damaged", "check that the download is complete")
  }

  /// What a file is opened as.
  enum Wanted {
    case raster
    case layer

    /// GDAL's flag of the other one.
    var other: UInt32 { UInt32(self == .raster ? GDAL_OF_VECTOR : GDAL_OF_RASTER) }
  }
}
