import CGDAL
public import Grids

/// Carries points from one reference system to another, x before y on both sides.
///
/// Heights are left alone.
///
/// Where PROJ knows no transformation between two known datums but the ballpark one (which ignores that the datums
/// differ, an error of up to some hundred metres), it is refused. Where one of the datums is unknown (a sphere of a
/// weather model), latitude and longitude are taken over as they are, and ``note`` says so.
/// Not Sendable: one thread, one transformation.
public final class Transformation {
  /// Reference system of the points given.
  public let source: CoordinateReferenceSystem
  /// Reference system of the points returned.
  public let target: CoordinateReferenceSystem
  /// What to tell of the transformation, or nil.
  public let note: String?
  private let handle: OGRCoordinateTransformationH

  /// Prepares a transformation.
  public init(
    from source: CoordinateReferenceSystem, to target: CoordinateReferenceSystem
  ) throws(GeodataError) {
    let operation = "transform \(source) to \(target)"
    let site = CallSite(code: .noTransformation, operation: operation, path: "")
    let missing = "there is no transformation from \(source) to \(target) that honours both datums"
    let sourceReference = try site.call(missing) { [operation] in
      (try? SpatialReference.of(source, operation: operation))?.horizontal()
    }
    let targetReference = try site.call(missing) { [operation] in
      (try? SpatialReference.of(target, operation: operation))?.horizontal()
    }
    self.source = source
    self.target = target
    let strict = listening { Self.make(sourceReference, targetReference, ballpark: false) }
    if let handle = strict.result {
      self.handle = handle
      note = nil
      return
    }
    guard let unknown = [sourceReference, targetReference].first(where: \.hasUnknownDatum) else {
      throw site.error(
        missing, hint: "install PROJ's grid files for this area, or deliver the data in \(target)", strict.messages)
    }
    handle = try site.call(missing) { Self.make(sourceReference, targetReference, ballpark: true) }
    note =
      "the datum of “\(unknown.name)” is unknown; its latitudes and longitudes are taken as those of the other system"
  }

  deinit { OCTDestroyCoordinateTransformation(handle) }

  /// The transformation the other way round.
  public func inverse() throws(GeodataError) -> Transformation { try Transformation(from: target, to: source) }

  /// The points in the target system.
  /// - Throws: ``GeodataError`` that names the first point where the transformation is not defined.
  public func transform(_ points: [Coordinate]) throws(GeodataError) -> [Coordinate] {
    let result = transformWhereDefined(points)
    if let failed = result.firstIndex(where: { !$0.x.isFinite || !$0.y.isFinite }) {
      throw GeodataError(
        .transformationFailed, operation: "transform \(source) to \(target)",
        message: "the point (\(points[failed].x), \(points[failed].y)) of \(source) has no place in \(target)",
        hint: "check that the coordinates belong to \(source)")
    }
    return result
  }

  /// The points in the target system; NaN where the transformation is not defined.
  public func transformWhereDefined(_ points: [Coordinate]) -> [Coordinate] {
    var xs = points.map(\.x)
    var ys = points.map(\.y)
    var success = [Int32](repeating: 0, count: points.count)
    quietly { _ = OCTTransformEx(handle, Int32(points.count), &xs, &ys, nil, &success) }
    return points.indices.map { index in
      guard success[index] != 0, xs[index].isFinite, ys[index].isFinite else {
        return Coordinate(x: .nan, y: .nan)
      }
      return Coordinate(x: xs[index], y: ys[index])
    }
  }

  private static func make(
    _ source: SpatialReference, _ target: SpatialReference, ballpark: Bool
  ) -> OGRCoordinateTransformationH? {
    guard let options = OCTNewCoordinateTransformationOptions() else { return nil }
    defer { OCTDestroyCoordinateTransformationOptions(options) }
    OCTCoordinateTransformationOptionsSetBallparkAllowed(options, ballpark ? 1 : 0)
    return OCTNewCoordinateTransformationEx(source.handle, target.handle, options)
  }
}

extension SpatialReference {
  /// Whether the datum has no identity, as in a PROJ string that gives a sphere's radius alone.
  var hasUnknownDatum: Bool {
    if OSRIsLocal(handle) != 0 { return true }
    guard let datum = attribute("DATUM")?.lowercased() else { return true }
    // GDAL's NetCDF and GRIB drivers name a datum that the file describes by its ellipsoid alone “unnamed”.
    return ["unknown", "unnamed"].contains { datum.hasPrefix($0) } || datum.hasPrefix("not specified")
      || datum.hasPrefix("not_specified")
  }
}
