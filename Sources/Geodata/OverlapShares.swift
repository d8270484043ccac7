import CGDAL
public import Grids

/// The share of each surface that lies in each area (GEOS).
/// - Parameters:
///   - surfaces: Small surfaces, such as buildings; empty ones have no share anywhere.
///   - areas: Large surfaces, such as districts; they may overlap.
/// - Returns: For each surface the numbers of the areas that hold some of it, ascending, with the share from 0 to 1.
/// - Throws: ``GeodataError`` where GEOS fails, as it may on invalid polygons.
public func sharesOfAreas(
  of surfaces: [[Polygon]], in areas: [[Polygon]]
) throws(GeodataError) -> [[(area: Int, share: Double)]] {
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
  var shares: [[(area: Int, share: Double)]] = []
  shares.reserveCapacity(surfaces.count)
  for surface in surfaces {
    var found: [(area: Int, share: Double)] = []
    let whole = surface.reduce(0) { $0 + $1.area }
    if whole > 0, let box = extent(of: surface) {
      let near = prepared.filter { $0.extent.intersects(box) }
      let shape = try site.call("the polygons cannot be made") { OGRGeometry.make(.polygons(surface)) }
      for area in near {
        if OGRPreparedGeometryContains(area.handle, shape.handle) != 0 {
          found.append((area.number, 1))
        } else if OGRPreparedGeometryIntersects(area.handle, shape.handle) != 0 {
          let part = try site.call("GEOS fails", hint: "make the polygons valid first") {
            OGR_G_Intersection(shape.handle, area.geometry.handle).map { OGRGeometry(owning: $0) }
          }
          let share = part.polygons.reduce(0) { $0 + $1.area } / whole
          if share > 0 { found.append((area.number, min(1, share))) }
        }
      }
    }
    shares.append(found)
  }
  return shares
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
