import CGDAL
import Grids

/// A geometry that is owned and freed.
final class OGRGeometry {
  let handle: OGRGeometryH

  init(owning handle: OGRGeometryH) { self.handle = handle }

  deinit { OGR_G_DestroyGeometry(handle) }

  /// The type without Z and M, such as `wkbPolygon`.
  var flatType: OGRwkbGeometryType { OGR_GT_Flatten(OGR_G_GetGeometryType(handle)) }

  /// Name of the type, such as `Polygon`.
  var typeName: String { OGRGeometryTypeToName(flatType).map { String(cString: $0) } ?? "unknown" }

  /// The geometry of a shape; lines and surfaces as their Multi type.
  ///
  /// Rings are closed by OGR where they are not.
  static func make(_ shape: Shape) -> OGRGeometry? {
    switch shape {
    case .point(let point):
      guard let handle = OGR_G_CreateGeometry(wkbPoint) else { return nil }
      OGR_G_SetPoint_2D(handle, 0, point.x, point.y)
      return OGRGeometry(owning: handle)
    case .lines(let lines):
      guard let handle = OGR_G_CreateGeometry(wkbMultiLineString) else { return nil }
      for line in lines {
        guard let part = chain(line, wkbLineString) else { continue }
        OGR_G_AddGeometryDirectly(handle, part)
      }
      return OGRGeometry(owning: handle)
    case .polygons(let polygons):
      guard let handle = OGR_G_CreateGeometry(wkbMultiPolygon) else { return nil }
      for polygon in polygons {
        guard let part = OGR_G_CreateGeometry(wkbPolygon) else { continue }
        for ring in polygon.rings {
          guard let part2 = chain(ring, wkbLinearRing) else { continue }
          OGR_G_AddGeometryDirectly(part, part2)
        }
        OGR_G_AddGeometryDirectly(handle, part)
      }
      return OGRGeometry(owning: handle)
    }
  }

  private static func chain(_ points: [Coordinate], _ type: OGRwkbGeometryType) -> OGRGeometryH? {
    guard let handle = OGR_G_CreateGeometry(type) else { return nil }
    var xs = points.map(\.x)
    var ys = points.map(\.y)
    let stride = Int32(MemoryLayout<Double>.stride)
    OGR_G_SetPoints(handle, Int32(points.count), &xs, stride, &ys, stride, nil, 0)
    if type == wkbLinearRing { OGR_G_CloseRings(handle) }
    return handle
  }

  /// The polygons in the geometry, whatever else it holds; none where it has no surface.
  var polygons: [Polygon] { Self.polygons(in: handle) }

  /// The lines in the geometry.
  var lines: [[Coordinate]] { Self.lines(in: handle) }

  /// All points of the geometry, one array a chain.
  var chains: [[Coordinate]] {
    let count = OGR_G_GetGeometryCount(handle)
    return count == 0 ? [Self.points(of: handle)] : Self.chains(in: handle)
  }

  private static func chains(in handle: OGRGeometryH) -> [[Coordinate]] {
    let count = OGR_G_GetGeometryCount(handle)
    if count == 0 { return [points(of: handle)] }
    return (0..<count).flatMap { index in OGR_G_GetGeometryRef(handle, index).map { chains(in: $0) } ?? [] }
  }

  private static func polygons(in handle: OGRGeometryH) -> [Polygon] {
    let type = OGR_GT_Flatten(OGR_G_GetGeometryType(handle))
    let count = OGR_G_GetGeometryCount(handle)
    if type == wkbPolygon || type == wkbTriangle {
      let rings = (0..<count).compactMap { index in OGR_G_GetGeometryRef(handle, index).map { points(of: $0) } }
        .filter { !$0.isEmpty }
      return rings.isEmpty ? [] : [Polygon(rings: rings)]
    }
    return (0..<count).flatMap { index in OGR_G_GetGeometryRef(handle, index).map { polygons(in: $0) } ?? [] }
  }

  private static func lines(in handle: OGRGeometryH) -> [[Coordinate]] {
    let type = OGR_GT_Flatten(OGR_G_GetGeometryType(handle))
    if type == wkbLineString {
      let line = points(of: handle)
      return line.isEmpty ? [] : [line]
    }
    if type == wkbPolygon { return [] }
    let count = OGR_G_GetGeometryCount(handle)
    return (0..<count).flatMap { index in OGR_G_GetGeometryRef(handle, index).map { lines(in: $0) } ?? [] }
  }

  private static func points(of handle: OGRGeometryH) -> [Coordinate] {
    let count = Int(OGR_G_GetPointCount(handle))
    guard count > 0 else { return [] }
    var xs = [Double](repeating: 0, count: count)
    var ys = [Double](repeating: 0, count: count)
    let stride = Int32(MemoryLayout<Double>.stride)
    OGR_G_GetPoints(handle, &xs, stride, &ys, stride, nil, 0)
    return zip(xs, ys).map { Coordinate(x: $0, y: $1) }
  }

  /// Whether GEOS finds the geometry valid, and what it says where not.
  func validity() -> (isValid: Bool, reason: String) {
    let outcome = listening { OGR_G_IsValid(handle) != 0 }
    return (outcome.result, outcome.messages.last?.text ?? "")
  }

  /// A valid geometry of the same surface, by GEOS's structure method: rings are made valid, then shells are merged
  /// and holes subtracted; a hole outside its shell becomes a surface, what collapses to lines is dropped.
  func madeValid() -> OGRGeometry? {
    reporting {
      let structured = withStringList(["METHOD=STRUCTURE", "KEEP_COLLAPSED=NO"]) {
        OGR_G_MakeValidEx(handle, $0)
      }
      // The structure method needs GEOS 3.10.
      return (structured ?? OGR_G_MakeValid(handle)).map { OGRGeometry(owning: $0) }
    }
  }
}
