import CGDAL
import Grids

extension LayerReader {
  /// Throws where the layer as a whole does not fit its reference system.
  func checkExtent() throws(GeodataError) {
    var envelope = OGREnvelope()
    guard quietly({ OGR_L_GetExtent(layer, &envelope, 1) == OGRERR_NONE }), envelope.MinX <= envelope.MaxX,
      envelope.MinX.isFinite, envelope.MinY.isFinite, envelope.MaxX.isFinite, envelope.MaxY.isFinite
    else { return }
    let extent = Extent(west: envelope.MinX, south: envelope.MinY, east: envelope.MaxX, north: envelope.MaxY)
    let found = try source.properties()
    switch found.kind {
    case .geographic:
      try checkDegrees(extent, "the layer “\(layerName(layer))” covers \(extent)")
    case .projected where extent.west >= -180 && extent.east <= 180 && extent.south >= -90 && extent.north <= 90:
      throw implausible(
        "the layer “\(layerName(layer))” covers \(extent), which looks like degrees, but its reference system \(source) "
          + "is in \(found.linearUnitName ?? "a plane")", hint: "declare its true crs, for instance EPSG:4326")
    case .projected, .local, .other: break
    }
    try checkAxes(extent, found)
  }

  /// Throws where one feature does not fit the reference system.
  func checkCoordinates(of shape: Shape, _ fid: Int64) throws(GeodataError) {
    // The extent that a driver reports may be stale or missing.
    guard isGeographic, let extent = shape.extent else { return }
    try checkDegrees(extent, "feature \(fid) of “\(layerName(layer))” covers \(extent)")
  }

  private func checkDegrees(_ extent: Extent, _ what: String) throws(GeodataError) {
    let slack = 1e-6
    if extent.west < -180 - slack || extent.east > 180 + slack || extent.south < -90 - slack
      || extent.north > 90 + slack
    {
      let isDefault = driver.hasPrefix("GeoJSON") || driver == "TopoJSON"
      throw implausible(
        "\(what), which cannot be degrees, but its reference system is \(source)",
        hint: isDefault
          ? "GeoJSON without a crs member means degrees; declare its true crs, for instance EPSG:25832"
          : "declare its true crs, for instance EPSG:25832")
    }
  }

  /// Throws where the layer lies outside the area for which its system is made, but inside with x and y exchanged.
  private func checkAxes(_ extent: Extent, _ found: ReferenceSystemProperties) throws(GeodataError) {
    guard let area = found.areaOfUse, area.west <= area.east, let wgs84 = try? coordinateReferenceSystem("EPSG:4326"),
      let toDegrees = try? Transformation(from: source, to: wgs84)
    else { return }
    let centre = Coordinate(x: (extent.west + extent.east) / 2, y: (extent.south + extent.north) / 2)
    let swapped = Coordinate(x: centre.y, y: centre.x)
    let places = toDegrees.transformWhereDefined([centre, swapped])
    // A few degrees around: systems are often used somewhat beyond their area.
    let wide = area.grown(by: 6)
    func lies(_ point: Coordinate) -> Bool {
      point.x >= wide.west && point.x <= wide.east && point.y >= wide.south && point.y <= wide.north
    }
    if !lies(places[0]), lies(places[1]) {
      throw implausible(
        "the layer “\(layerName(layer))” covers \(extent), which is outside the area of \(source), but inside with x and y "
          + "exchanged", hint: "are the axes swapped? write easting (longitude) before northing (latitude)")
    }
  }

  private func implausible(_ message: String, hint: String) -> GeodataError {
    GeodataError(.implausibleCoordinates, operation: "read layer", path: path, message: message, hint: hint)
  }
}
