import CGDAL
import Foundation
public import Grids

/// The reference system that a text names: `EPSG:25832`, well-known text, a PROJ string or PROJJSON.
///
/// Systems that an authority knows carry its code. Coordinates are always x before y (easting, northing; longitude,
/// latitude), whatever order the authority prescribes.
/// - Throws: ``GeodataError`` with the text where it is not understood.
public func coordinateReferenceSystem(_ text: String) throws(GeodataError) -> CoordinateReferenceSystem {
  let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
  let site = CallSite(code: .unknownReferenceSystem, operation: "understand a reference system", path: "")
  let shown = trimmed.count > 60 ? trimmed.prefix(60) + "…" : trimmed[...]
  let hint = "give an EPSG code such as EPSG:25832, well-known text or a PROJ string"
  // GDAL would also fetch an address or read a file; a reference system is a text here.
  if trimmed.isEmpty || trimmed.contains("://") || FileManager.default.fileExists(atPath: trimmed) {
    throw site.error("“\(shown)” does not name a reference system", hint: hint)
  }
  return try site.call("“\(shown)” does not name a reference system", hint: hint) {
    SpatialReference(text: trimmed)?.described()
  }
}

/// What kind of coordinates a reference system has.
public enum ReferenceSystemKind: String, Sendable, Hashable {
  /// Longitude and latitude.
  case geographic
  /// Easting and northing in a plane.
  case projected
  /// A plane that is not tied to the earth.
  case local
  /// Anything else: geocentric, vertical alone.
  case other
}

/// What is known of a reference system beside its name.
public struct ReferenceSystemProperties: Sendable, Hashable {
  /// Kind of coordinates.
  public let kind: ReferenceSystemKind
  /// Length of the linear unit in metres; nil for degrees.
  public let linearUnitInMetres: Double?
  /// Name of the linear unit, such as `metre`; nil for degrees.
  public let linearUnitName: String?
  /// Name of the vertical reference system, such as `NN2000 height`; nil where there is none.
  public let verticalName: String?
  /// Name of the geodetic datum.
  public let datumName: String?
  /// Where the authority means the system to be used, in degrees; nil where it does not say.
  public let areaOfUse: Extent?
}

extension CoordinateReferenceSystem {
  /// Kind, unit, heights and area of use.
  public func properties() throws(GeodataError) -> ReferenceSystemProperties {
    let reference = try SpatialReference.of(self, operation: "understand a reference system")
    return reporting { reference.properties }
  }

  /// Kind of coordinates.
  public func kind() throws(GeodataError) -> ReferenceSystemKind { try properties().kind }

  /// Whether the coordinates are eastings and northings in a plane.
  public func isProjected() throws(GeodataError) -> Bool { try properties().kind == .projected }

  /// Length of the linear unit in metres; nil for degrees.
  public func linearUnitInMetres() throws(GeodataError) -> Double? { try properties().linearUnitInMetres }

  /// Name of the linear unit; nil for degrees.
  public func linearUnitName() throws(GeodataError) -> String? { try properties().linearUnitName }

  /// The system without its heights: `EPSG:5972` becomes `EPSG:25832`.
  public func horizontal() throws(GeodataError) -> CoordinateReferenceSystem {
    let reference = try SpatialReference.of(self, operation: "understand a reference system")
    let site = CallSite(code: .unknownReferenceSystem, operation: "drop the heights of a reference system", path: "")
    return try site.call("the heights of “\(name)” cannot be dropped") { reference.horizontal()?.described() }
  }

  /// Throws unless the system is a plane in metres, as every model in this project needs it.
  /// - Parameter path: The file that is concerned, for the error.
  public func requireMetricPlane(path: String) throws(GeodataError) {
    let found = try properties()
    let hint = "reproject it to a plane in metres first, such as EPSG:25832"
    switch found.kind {
    case .geographic:
      throw GeodataError(
        .unsuitableReferenceSystem, operation: "check a reference system", path: path,
        message: "\(self) has degrees, but lengths and areas are needed", hint: hint)
    case .other:
      throw GeodataError(
        .unsuitableReferenceSystem, operation: "check a reference system", path: path,
        message: "\(self) is not a plane", hint: hint)
    case .projected, .local:
      guard let unit = found.linearUnitInMetres, abs(unit - 1) > 1e-9 else { return }
      throw GeodataError(
        .unsuitableReferenceSystem, operation: "check a reference system", path: path,
        message: "\(self) is in \(found.linearUnitName ?? "units") of \(unit) m", hint: hint)
    }
  }
}

extension SpatialReference {
  /// Kind, unit, heights and area of use.
  var properties: ReferenceSystemProperties {
    let kind: ReferenceSystemKind =
      if OSRIsProjected(handle) != 0 {
        .projected
      } else if OSRIsGeographic(handle) != 0 {
        .geographic
      } else if OSRIsLocal(handle) != 0 {
        .local
      } else {
        .other
      }
    var unit: Double?
    var unitName: String?
    if kind == .projected || kind == .local {
      var name: UnsafeMutablePointer<CChar>?
      unit = OSRGetLinearUnits(handle, &name)
      unitName = name.map { String(cString: $0) }
    }
    let isVertical = OSRIsVertical(handle) != 0 || OSRIsCompound(handle) != 0
    var (west, south, east, north) = (0.0, 0.0, 0.0, 0.0)
    let hasArea = OSRGetAreaOfUse(handle, &west, &south, &east, &north, nil) != 0 && west > -1000
    return ReferenceSystemProperties(
      kind: kind, linearUnitInMetres: unit, linearUnitName: unitName,
      verticalName: isVertical ? attribute("VERT_CS") ?? attribute("VERTCRS") : nil, datumName: attribute("DATUM"),
      areaOfUse: hasArea ? Extent(west: west, south: south, east: east, north: north) : nil)
  }
}
