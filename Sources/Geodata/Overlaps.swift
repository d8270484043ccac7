import CGDAL
public import Grids

/// The part of a surface that lies in an area.
public struct Overlap: Sendable {
  /// Number of the area.
  public let area: Int
  /// Share of the surface, from 0 to 1.
  public let share: Double
  /// The part itself.
  public let part: [Polygon]
}

/// The parts of surfaces that lie in areas (GEOS).
/// - Parameters:
///   - surfaces: Small surfaces, such as buildings; empty ones have no part anywhere.
///   - areas: Large surfaces, such as districts; they may overlap.
/// - Returns: For each surface its parts, by ascending number of the area.
/// - Throws: ``GeodataError`` where GEOS fails, as it may on invalid polygons.
public func overlaps(
  of surfaces: [[Polygon]], with areas: [[Polygon]]
) throws(GeodataError) -> [[Overlap]] {
  let site = CallSite(code: .geometryOperation, operation: "share out", path: "")
  var prepared: [PreparedArea] = []
  for (number, polygons) in areas.enumerated() {
    guard let extent = extent(of: polygons) else { continue }
    let geometry = try site.call("the polygons cannot be made") { OGRGeometry.make(.polygons(polygons)) }
    prepared.append(
      PreparedArea(
        number: number, extent: extent, geometry: geometry,
        handle: try site.call("GEOS cannot prepare an area") { OGRCreatePreparedGeometry(geometry.handle) }))
  }
  var overlaps: [[Overlap]] = []
  overlaps.reserveCapacity(surfaces.count)
  for surface in surfaces {
    var found: [Overlap] = []
    let whole = surface.reduce(0) { $0 + $1.area }
    if whole > 0, let box = extent(of: surface) {
      let near = prepared.filter { $0.extent.intersects(box) }
      let shape = try site.call("the polygons cannot be made") { OGRGeometry.make(.polygons(surface)) }
      for area in near {
        if OGRPreparedGeometryContains(area.handle, shape.handle) != 0 {
          found.append(Overlap(area: area.number, share: 1, part: surface))
        } else if OGRPreparedGeometryIntersects(area.handle, shape.handle) != 0 {
          let part = try site.call("GEOS fails", hint: "make the polygons valid first") {
            OGR_G_Intersection(shape.handle, area.geometry.handle).map { OGRGeometry(owning: $0) }
          }
          let polygons = part.polygons
          let share = polygons.reduce(0) { $0 + $1.area } / whole
          if share > 0 { found.append(Overlap(area: area.number, share: min(1, share), part: polygons)) }
        }
      }
    }
    overlaps.append(found)
  }
  return overlaps
}

/// An area with what makes many questions to it fast.
private final class PreparedArea {
  let number: Int
  let extent: Extent
  let geometry: OGRGeometry
  let handle: OGRPreparedGeometryH

  init(number: Int, extent: Extent, geometry: OGRGeometry, handle: OGRPreparedGeometryH) {
    self.number = number
    self.extent = extent
    self.geometry = geometry
    self.handle = handle
  }

  deinit { OGRDestroyPreparedGeometry(handle) }
}

private func extent(of polygons: [Polygon]) -> Extent? {
  var box: Extent?
  for point in polygons.lazy.flatMap(\.rings).joined() {
    let own = Extent(west: point.x, south: point.y, east: point.x, north: point.y)
    box = box?.union(own) ?? own
  }
  return box
}
