import CGDAL
import Foundation
import Synchronization

/// Something GDAL said that did not make a call fail.
public struct GDALMessage: Sendable, Hashable {
  /// How serious GDAL takes it.
  public enum Severity: String, Sendable, Hashable {
    /// Only of interest when looking for a fault.
    case debug
    /// The call went on.
    case warning
    /// The call, or a part of it, failed.
    case failure
  }

  /// How serious GDAL takes it.
  public let severity: Severity
  /// GDAL's number for the kind of error.
  public let number: Int32
  /// The text.
  public let text: String
}

/// GDAL as a whole: starting it, its version, what it says.
public enum GDALLibrary {
  /// Registers the drivers and sets the configuration, once however often it is called.
  ///
  /// Every public function of this module does so by itself.
  public static func start() { _ = started }

  /// GDAL's version, such as `3.6.2`.
  public static var version: String {
    start()
    return GDALVersionInfo("RELEASE_NAME").map { String(cString: $0) } ?? ""
  }

  /// GDAL's version as one number, such as 3060200.
  static var versionNumber: Int {
    GDALVersionInfo("VERSION_NUM").flatMap { Int(String(cString: $0)) } ?? 0
  }

  /// PROJ's version, such as `9.1.1`.
  public static var projVersion: String {
    var (major, minor, patch) = (Int32(0), Int32(0), Int32(0))
    OSRGetPROJVersion(&major, &minor, &patch)
    return "\(major).\(minor).\(patch)"
  }

  /// GEOS's version, such as `3.11.1`, or nil where GDAL was built without it.
  public static var geosVersion: String? {
    var (major, minor, patch) = (Int32(0), Int32(0), Int32(0))
    guard OGRGetGEOSVersion(&major, &minor, &patch) else { return nil }
    return "\(major).\(minor).\(patch)"
  }

  /// Says who is told of messages that do not make a call fail; without a handler they are dropped.
  ///
  /// The handler may be called from any thread, also from GDAL's own, while GDAL holds its locks: it must not call
  /// into this module, nor wait for a thread that does.
  public static func setMessageHandler(_ handler: (@Sendable (GDALMessage) -> Void)?) {
    start()
    messageHandler.withLock { $0 = handler }
  }

  /// Passes messages on to the handler of ``setMessageHandler(_:)``.
  static func report(_ messages: [GDALMessage]) {
    guard !messages.isEmpty, let handler = messageHandler.withLock({ $0 }) else { return }
    for message in messages { handler(message) }
  }

  private static let messageHandler = Mutex<(@Sendable (GDALMessage) -> Void)?>(nil)

  private static let started: Void = {
    CPLSetErrorHandler { severity, number, text in
      GDALLibrary.report([GDALMessage(severity: severity, number: number, text: text)])
    }
    for (key, value) in configuration { CPLSetConfigOption(key, value) }
    GDALAllRegister()
    OSRSetPROJEnableNetwork(0)
  }()

  private static let configuration = [
    // No .aux.xml is read (stale statistics) or littered beside inputs.
    ("GDAL_PAM_ENABLED", "NO"),
    // A batch program that reads local files opens no connection, whatever a path or a VRT says.
    (
      "GDAL_SKIP",
      "HTTP,WMS,WCS,WMTS,WFS,OAPIF,OGCAPI,DAAS,EEDA,EEDAI,PLMOSAIC,PLSCENES,NGW,STACTA,STACIT,PostGISRaster,"
        + "PostgreSQL,MySQL,MSSQLSpatial,ODBC,Elasticsearch,Carto,AmigoCloud,CSW"
    ),
    ("CPL_VSIL_CURL_ALLOWED_EXTENSIONS", ".refused"),
    ("GDAL_VRT_ENABLE_PYTHON", "NO"),
    // Timestamps inside GeoPackages: fixed, else the same content has different bytes.
    ("OGR_CURRENT_DATE", GDALLibrary.timestamp),
    // World files are kept readable (no GDAL_DISABLE_READDIR_ON_OPEN): without the listing a TIFF with a world file
    // has no position, and shapefiles lose their parts.
    ("SHAPE_RESTORE_SHX", "NO"),
    // Raw formats (.bil, .flt) that are cut short are otherwise read as zeros.
    ("RAW_CHECK_FILE_SIZE", "YES"),
    // The vertical reference system is wanted from every GeoTIFF, also of version 1.0.
    ("GTIFF_REPORT_COMPD_CS", "YES"),
    ("OGR_GEOJSON_MAX_OBJ_SIZE", "0"),
  ]

  /// The moment written into outputs: `SOURCE_DATE_EPOCH`, else the first second of 1970.
  static let timestamp: String = {
    let seconds = ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"].flatMap(Int64.init) ?? 0
    return isoTimestamp(secondsSince1970: seconds)
  }()
}

/// ISO 8601 with milliseconds in UTC, as GeoPackage wants it.
func isoTimestamp(secondsSince1970 seconds: Int64) -> String {
  var days = seconds / 86_400
  var rest = seconds % 86_400
  if rest < 0 {
    days -= 1
    rest += 86_400
  }
  // Civil date from the day number: shift the era to begin on 1 March of year 0.
  let shifted = days + 719_468
  let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
  let dayOfEra = shifted - era * 146_097
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let monthFromMarch = (5 * dayOfYear + 2) / 153
  let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
  let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    + "T\(padded(rest / 3600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2)).000Z"
}

/// A number with leading zeros.
func padded(_ value: some BinaryInteger, _ width: Int) -> String {
  let digits = String(value)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

extension GDALMessage {
  init(severity: CPLErr, number: Int32, text: UnsafePointer<CChar>?) {
    switch severity {
    case CE_None, CE_Debug: self.severity = .debug
    case CE_Warning: self.severity = .warning
    default: self.severity = .failure
    }
    self.number = number
    self.text = text.map { String(cString: $0) } ?? ""
  }
}

/// Stops HDF5, which GDAL uses for NetCDF, from printing its own error stack to standard error.
///
/// HDF5 keeps that setting for every thread, and GDAL sets it for the first one alone. What is wrong is told through
/// GDAL all the same. The function is looked up at run time: this module does not depend on HDF5.
func silenceHDF5() {
  guard let symbol = hdf5SetAuto else { return }
  typealias SetAuto = @convention(c) (Int64, UnsafeRawPointer?, UnsafeRawPointer?) -> Int32
  _ = unsafeBitCast(symbol, to: SetAuto.self)(0, nil, nil)
}

nonisolated(unsafe) private let hdf5SetAuto: UnsafeMutableRawPointer? = dlsym(nil, "H5Eset_auto2")
