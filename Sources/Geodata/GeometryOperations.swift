import CGDAL
public import Grids

/// The surface within a distance of polygons (GEOS).
/// - Parameters:
///   - distance: In units of the coordinates; negative shrinks.
///   - quadrantSegments: Straight pieces in a quarter of a circle.
/// - Throws: ``GeodataError`` where GEOS fails.
public func buffer(
  _ polygons: [Polygon], by distance: Double, quadrantSegments: Int = 8
) throws(GeodataError) -> [Polygon] {
  try operate("buffer", polygons) { OGR_G_Buffer($0, distance, Int32(quadrantSegments)) }
}

/// The surface within a distance of lines (GEOS).
/// - Throws: ``GeodataError`` where GEOS fails.
public func buffer(
  lines: [[Coordinate]], by distance: Double, quadrantSegments: Int = 8
) throws(GeodataError) -> [Polygon] {
  let site = operationSite("buffer")
  let geometry = try site.call("the lines cannot be made") { OGRGeometry.make(.lines(lines)) }
  let result = try site.call("GEOS cannot buffer the lines") {
    OGR_G_Buffer(geometry.handle, distance, Int32(quadrantSegments)).map { OGRGeometry(owning: $0) }
  }
  return result.polygons
}

/// The part of the first surface that is not in the second (GEOS).
/// - Throws: ``GeodataError`` where GEOS fails, as it may on invalid polygons.
public func difference(_ polygons: [Polygon], _ others: [Polygon]) throws(GeodataError) -> [Polygon] {
  try operate("difference", polygons, others) { OGR_G_Difference($0, $1) }
}

/// The part that both surfaces have in common (GEOS).
/// - Throws: ``GeodataError`` where GEOS fails, as it may on invalid polygons.
public func intersection(_ polygons: [Polygon], _ others: [Polygon]) throws(GeodataError) -> [Polygon] {
  try operate("intersection", polygons, others) { OGR_G_Intersection($0, $1) }
}

/// The surface that at least one of the polygons covers (GEOS).
/// - Throws: ``GeodataError`` where GEOS fails.
public func union(_ polygons: [Polygon]) throws(GeodataError) -> [Polygon] {
  try operate("union", polygons) { OGR_G_UnionCascaded($0) }
}

/// Whether the polygons together are a valid MultiPolygon: rings do not cross, holes lie in their shells, polygons do
/// not overlap (GEOS).
public func isValid(_ polygons: [Polygon]) -> Bool {
  GDALLibrary.start()
  return OGRGeometry.make(.polygons(polygons))?.validity().isValid ?? false
}

/// Valid polygons of the same surface: rings are made valid, shells merged, holes subtracted (GEOS).
/// - Throws: ``GeodataError`` where GEOS fails.
public func makeValid(_ polygons: [Polygon]) throws(GeodataError) -> [Polygon] {
  let site = operationSite("make valid")
  let geometry = try site.call("the polygons cannot be made") { OGRGeometry.make(.polygons(polygons)) }
  return try site.call("GEOS cannot make the polygons valid") { geometry.madeValid() }.polygons
}

/// A point that surely lies in the surface, unlike the centre of gravity (GEOS).
/// - Throws: ``GeodataError`` where GEOS fails or there is no surface.
public func representativePoint(of polygons: [Polygon]) throws(GeodataError) -> Coordinate {
  let site = operationSite("find a point on a surface")
  let geometry = try site.call("the polygons cannot be made") { OGRGeometry.make(.polygons(polygons)) }
  let point = try site.call("GEOS finds no point on the surface") {
    OGR_G_PointOnSurface(geometry.handle).map { OGRGeometry(owning: $0) }
  }
  guard OGR_G_IsEmpty(point.handle) == 0 else { throw site.error("there is no surface") }
  return Coordinate(x: OGR_G_GetX(point.handle, 0), y: OGR_G_GetY(point.handle, 0))
}

private func operationSite(_ operation: String) -> CallSite {
  CallSite(code: .geometryOperation, operation: operation, path: "")
}

private func operate(
  _ operation: String, _ polygons: [Polygon], _ body: (OGRGeometryH) -> OGRGeometryH?
) throws(GeodataError) -> [Polygon] {
  let site = operationSite(operation)
  let geometry = try site.call("the polygons cannot be made") { OGRGeometry.make(.polygons(polygons)) }
  return try site.call("GEOS fails", hint: "make the polygons valid first") {
    body(geometry.handle).map { OGRGeometry(owning: $0) }
  }.polygons
}

private func operate(
  _ operation: String, _ polygons: [Polygon], _ others: [Polygon], _ body: (OGRGeometryH, OGRGeometryH) -> OGRGeometryH?
) throws(GeodataError) -> [Polygon] {
  let site = operationSite(operation)
  let other = try site.call("the polygons cannot be made") { OGRGeometry.make(.polygons(others)) }
  return try operate(operation, polygons) { body($0, other.handle) }
}

/// The disc around a point, as a polygon (GEOS).
/// - Throws: ``GeodataError`` where GEOS fails.
public func buffer(
  point: Coordinate, by distance: Double, quadrantSegments: Int = 8
) throws(GeodataError) -> [Polygon] {
  let site = operationSite("buffer")
  let geometry = try site.call("the point cannot be made") { OGRGeometry.make(.point(point)) }
  let result = try site.call("GEOS cannot buffer the point") {
    OGR_G_Buffer(geometry.handle, distance, Int32(quadrantSegments)).map { OGRGeometry(owning: $0) }
  }
  return result.polygons
}
