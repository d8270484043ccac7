import CGDAL
import Grids

/// A reference system as GDAL holds it, with x before y whatever the authority says.
final class SpatialReference {
  let handle: OGRSpatialReferenceH

  /// Owns the handle.
  private init(owning handle: OGRSpatialReferenceH) {
    self.handle = handle
    OSRSetAxisMappingStrategy(handle, OAMS_TRADITIONAL_GIS_ORDER)
  }

  deinit { OSRRelease(handle) }

  /// A copy of a handle that something else owns.
  convenience init?(copying other: OGRSpatialReferenceH?) {
    guard let other, let handle = OSRClone(other) else { return nil }
    self.init(owning: handle)
  }

  /// From `EPSG:25832`, well-known text, a PROJ string or PROJJSON; nil where GDAL does not understand it.
  convenience init?(text: String) {
    guard let handle = OSRNewSpatialReference(nil) else { return nil }
    self.init(owning: handle)
    if OSRSetFromUserInput(handle, text) != OGRERR_NONE { return nil }
    OSRSetAxisMappingStrategy(handle, OAMS_TRADITIONAL_GIS_ORDER)
  }

  /// From the project's description.
  static func of(
    _ crs: CoordinateReferenceSystem, operation: String, path: String = ""
  ) throws(GeodataError) -> SpatialReference {
    let site = CallSite(code: .unknownReferenceSystem, operation: operation, path: path)
    return try site.call(
      "the reference system “\(crs.name)” is not understood",
      hint: "give an EPSG code, well-known text or a PROJ string"
    ) {
      // The code says more than the text: parts of a compound system lose their own codes in it.
      crs.code.flatMap { SpatialReference(text: $0) } ?? SpatialReference(text: crs.wkt)
    }
  }

  /// Well-known text (WKT 2:2019) on one line.
  var wkt: String? {
    var text: UnsafeMutablePointer<CChar>?
    let status = withStringList(["FORMAT=WKT2_2019", "MULTILINE=NO"]) {
      OSRExportToWktEx(handle, &text, readOnly($0))
    }
    let result = takeString(text)
    return status == OGRERR_NONE ? result : nil
  }

  /// Name of the system.
  var name: String { OSRGetName(handle).map { String(cString: $0) } ?? "unnamed" }

  /// Codes that the system may have: its own, then those of GDAL's search among the authorities' systems, best first.
  private var candidateCodes: [String] {
    if let code = ownCode { return [code] }
    if let copy = SpatialReference(copying: handle), OSRAutoIdentifyEPSG(copy.handle) == OGRERR_NONE,
      let code = copy.ownCode
    {
      return [code]
    }
    var count = Int32(0)
    guard let matches = OSRFindMatches(handle, nil, &count, nil) else { return [] }
    defer { OSRFreeSRSArray(matches) }
    return (0..<Int(count)).prefix(8).compactMap { SpatialReference(copying: matches[$0])?.ownCode }
  }

  private var ownCode: String? {
    guard let authority = OSRGetAuthorityName(handle, nil), let code = OSRGetAuthorityCode(handle, nil) else {
      return nil
    }
    return "\(String(cString: authority)):\(String(cString: code))"
  }

  /// The system as a value.
  ///
  /// Systems with a code are written as their authority defines them, so that the same system from two files is equal.
  func described() -> CoordinateReferenceSystem? {
    reporting {
      for code in candidateCodes {
        if let official = SpatialReference(text: code), isSame(as: official), let wkt = official.wkt {
          return CoordinateReferenceSystem(wkt: wkt, code: code, name: official.name)
        }
      }
      guard let wkt else { return nil }
      return CoordinateReferenceSystem(wkt: wkt, code: nil, name: name)
    }
  }

  /// Whether both systems mean the same, names and order of axes aside.
  func isSame(as other: SpatialReference) -> Bool {
    let options = [
      "IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING=YES", "CRITERION=EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS",
      "IGNORE_COORDINATE_EPOCH=YES",
    ]
    return withStringList(options) { OSRIsSameEx(handle, other.handle, readOnly($0)) != 0 }
  }

  /// The system without its heights.
  func horizontal() -> SpatialReference? {
    guard let copy = SpatialReference(copying: handle) else { return nil }
    if OSRIsCompound(copy.handle) != 0 { _ = OSRStripVertical(copy.handle) }
    _ = OSRDemoteTo2D(copy.handle, nil)
    OSRSetAxisMappingStrategy(copy.handle, OAMS_TRADITIONAL_GIS_ORDER)
    return copy
  }

  /// A part of the well-known text, such as the name of its `DATUM`.
  func attribute(_ node: String) -> String? { OSRGetAttrValue(handle, node, 0).map { String(cString: $0) } }
}
