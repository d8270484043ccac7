import CGDAL

/// An open dataset, closed exactly once.
///
/// Not Sendable: one thread, one dataset.
struct Dataset: ~Copyable {
  let handle: GDALDatasetH

  init(owning handle: GDALDatasetH) { self.handle = handle }

  deinit {
    _ = quietly { cgdal_close(handle) }
  }

  /// Closes now, so that a failure to write can be reported: many drivers say so only here.
  consuming func close(operation: String, path: String) throws(GeodataError) {
    let owned = handle
    let site = CallSite(code: .notWritten, operation: operation, path: path)
    discard self
    try site.check("the file could not be written to the end") { cgdal_close(owned) }
  }

  /// Short name of the driver, such as `GTiff`.
  var driverName: String {
    guard let driver = GDALGetDatasetDriver(handle), let name = GDALGetDriverShortName(driver) else { return "" }
    return String(cString: name)
  }
}

/// The driver of a name, or an error that says that this GDAL lacks it.
func driver(_ name: String, operation: String, path: String) throws(GeodataError) -> GDALDriverH {
  GDALLibrary.start()
  let site = CallSite(code: .notCreated, operation: operation, path: path)
  return try site.call("this GDAL (\(GDALLibrary.version)) has no driver \(name)") { GDALGetDriverByName(name) }
}
