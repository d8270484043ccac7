public import Foundation

/// A library and its version.
public struct LibraryRecord: Sendable, Hashable {
  /// Name, such as `GDAL`.
  public var name: String
  /// Version, such as `3.6.2`.
  public var version: String

  /// Describes a library.
  public init(name: String, version: String) {
    self.name = name
    self.version = version
  }
}

/// A file that was read, and what was understood of it.
public struct InputRecord: Sendable, Hashable {
  /// Name of the input in the configuration.
  public var name: String
  /// Path as opened.
  public var path: String
  /// Length in bytes.
  public var bytes: Int
  /// Time of the last change, ISO 8601 in UTC.
  public var modified: String
  /// SHA-256 of the content, in hexadecimal.
  public var sha256: String
  /// GDAL driver that opened it.
  public var driver: String?
  /// Layer that was read.
  public var layer: String?
  /// Reference system, by code or name.
  public var crs: String?
  /// The six coefficients of the affine transform of a raster.
  public var geotransform: [Double]?
  /// No-data value of a raster.
  public var noData: Double?
  /// Unit of the values.
  public var unit: String?
  /// Least value.
  public var minimum: Double?
  /// Greatest value.
  public var maximum: Double?

  /// Looks up length, time of change and hash of a file.
  /// - Parameters:
  ///   - name: Name of the input in the configuration.
  ///   - url: The file.
  ///   - sha256: Hash of its content where it is known already.
  /// - Throws: `ReportError` with code `unreadable`.
  public init(name: String, file url: URL, sha256 known: String? = nil) throws(ReportError) {
    self.name = name
    path = url.path
    if let known { sha256 = known } else { sha256 = try SHA256.hexDigest(ofFile: url).sha256 }
    var status = stat()
    guard stat(url.path, &status) == 0 else {
      throw ReportError(.unreadable, path: url.path, message: "cannot be read: \(String(cString: strerror(errno)))")
    }
    bytes = Int(status.st_size)
    #if canImport(Darwin)
      let seconds = status.st_mtimespec.tv_sec
    #else
      let seconds = status.st_mtim.tv_sec
    #endif
    modified = Date(timeIntervalSince1970: TimeInterval(seconds)).ISO8601Format()
  }

  var json: JSONObject {
    [
      "name": .string(name), "path": .string(path), "size": JSONValue(bytes), "mtime": .string(modified),
      "sha256": .string(sha256), "driver": JSONValue(driver), "layer": JSONValue(layer), "crs": JSONValue(crs),
      "geotransform": geotransform.map { .array($0.map { .number($0) }) } ?? .null, "nodata": JSONValue(noData),
      "unit": JSONValue(unit), "min": JSONValue(minimum), "max": JSONValue(maximum),
    ]
  }
}

/// A rule or table that the results rest on.
public struct RuleRecord: Sendable, Hashable {
  /// Name, such as `TEK17 § 7-2` or the name of a table.
  public var name: String
  /// Where it comes from.
  public var source: String
  /// Date of the text that was used, where it is known.
  public var asOf: String?
  /// How well it is founded, such as `verified` or `unverified`.
  public var status: String

  /// Describes a rule.
  public init(name: String, source: String, asOf: String? = nil, status: String) {
    self.name = name
    self.source = source
    self.asOf = asOf
    self.status = status
  }

  var json: JSONObject {
    [
      "name": .string(name), "source": .string(source), "as_of": JSONValue(asOf), "status": .string(status),
    ]
  }
}

/// All warnings of one code.
public struct WarningRecord: Sendable, Hashable {
  /// Code, such as `W-COV-001`.
  public var code: String
  /// What it is about, with the first case.
  public var message: String
  /// How often it came up.
  public var count: Int

  /// Describes a warning.
  public init(code: String, message: String, count: Int = 1) {
    self.code = code
    self.message = message
    self.count = count
  }

  var json: JSONObject { ["code": .string(code), "count": JSONValue(count), "message": .string(message)] }
}

/// Wall time of a step.
public struct TimingRecord: Sendable, Hashable {
  /// Name of the step.
  public var step: String
  /// Seconds.
  public var seconds: Double
  /// Whether the result was taken from the cache.
  public var isCached: Bool

  /// Describes a timing.
  public init(step: String, seconds: Double, isCached: Bool = false) {
    self.step = step
    self.seconds = seconds
    self.isCached = isCached
  }
}

/// One item of the water balance of a scenario.
public struct WaterBalanceRecord: Sendable, Hashable {
  /// Scenario.
  public var scenario: String
  /// Where the water came from or went, such as `rain`, `infiltrated`, `stored`, `out`.
  public var item: String
  /// Volume, m³.
  public var volume: Double

  /// Describes an item.
  public init(scenario: String, item: String, volume: Double) {
    self.scenario = scenario
    self.item = item
    self.volume = volume
  }

  static func json(_ records: [Self]) -> JSONValue {
    .array(
      records.map { ["scenario": .string($0.scenario), "item": .string($0.item), "m3": .number($0.volume)] })
  }
}

/// A proof of a result that the run made itself.
public struct CertificateRecord: Sendable, Hashable {
  /// What was proved, such as `fill` or `mass balance`.
  public var name: String
  /// Scenario, where it belongs to one.
  public var scenario: String?
  /// Whether the proof succeeded.
  public var isProved: Bool
  /// Figures of the proof.
  public var detail: String

  /// Describes a proof.
  public init(name: String, scenario: String? = nil, isProved: Bool, detail: String) {
    self.name = name
    self.scenario = scenario
    self.isProved = isProved
    self.detail = detail
  }

  var json: JSONObject {
    [
      "name": .string(name), "scenario": JSONValue(scenario), "proved": .bool(isProved), "detail": .string(detail),
    ]
  }
}
