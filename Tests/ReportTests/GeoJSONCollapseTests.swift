import Foundation
import Geodata
import Grids
import TestSupport
import Testing

@testable import Report

/// What becomes of shapes that rounding harms.
@Suite struct GeoJSONCollapseTests {
  let fields = [Field("id", .integer, "Id."), Field("flags", .text, "Flags.")]

  func written(_ shape: Shape?, flags: FieldValue = .text("")) throws -> (GeoJSONSummary, [String: Any], String) {
    let folder = ScratchFolder()
    let url = folder.file("a.geojson")
    let source = layer(.polygons, fields: fields, [Feature(shape: shape, values: [.integer(1), flags])])
    let summary = try writeGeoJSON(source, to: url, transform: { $0 })
    return (summary, (try parsed(url)["features"] as! [[String: Any]])[0], text(url))
  }

  func square(_ side: Double, at x: Double = 10) -> Grids.Polygon {
    Polygon(rings: [clockwiseSquare(x: x, y: 60, side: side)])
  }

  @Test func repeatedPointsAndSpikesAreDropped() throws {
    let ring = coordinates([
      (10, 60), (10.00000001, 60), (11, 60), (12, 60.00000001), (11, 60), (11, 61), (10, 61), (10, 60.00000002),
      (10, 60),
    ])
    let (summary, feature, _) = try written(.polygons([Polygon(rings: [ring])]))
    let expected = [[[[10.0, 60.0], [11, 60], [11, 61], [10, 61], [10, 60]]]]
    #expect((feature["geometry"] as! [String: Any])["coordinates"] as? [[[[Double]]]] == expected)
    #expect(summary.finerFeatures == 0 && summary.collapsedShapes == 0)
  }

  @Test func spikesAtTheClosingPointAreDropped() throws {
    let ring = coordinates([(9, 59), (10, 60), (11, 60), (11, 61), (10, 61), (10, 60), (9, 59)])
    let (_, feature, _) = try written(.polygons([Polygon(rings: [ring])]))
    let rings = (feature["geometry"] as! [String: Any])["coordinates"] as! [[[[Double]]]]
    #expect(rings[0][0].count == 5 && !rings[0][0].contains([9, 59]) && rings[0][0].first == rings[0][0].last)
  }

  @Test func sliverGetsNineDecimals() throws {
    let (summary, feature, raw) = try written(.polygons([square(2e-8)]))
    #expect(summary.finerFeatures == 1 && summary.collapsedShapes == 0 && summary.droppedParts == 0)
    let rings = (feature["geometry"] as! [String: Any])["coordinates"] as! [[[[Double]]]]
    #expect(rings[0][0].contains([10.00000002, 60]))
    #expect(raw.contains("10.000000020") && raw.contains("\"bbox\":[10.0000000,60.0000000,10.000000020,60.000000020]"))
    #expect((feature["properties"] as! [String: Any])["flags"] as? String == "")
  }

  @Test(arguments: [(FieldValue.text(""), "geometry"), (.null, "geometry"), (.text("coverage"), "coverage;geometry")])
  func nothingLeftIsNullAndFlagged(flags: FieldValue, expected: String) throws {
    let (summary, feature, _) = try written(.polygons([square(2e-10)]), flags: flags)
    #expect(feature["geometry"] is NSNull)
    #expect((feature["properties"] as! [String: Any])["flags"] as? String == expected)
    #expect(summary.collapsedShapes == 1 && summary.nullShapes == 1 && summary.finerFeatures == 0)
    #expect(summary.bounds == nil)
  }

  @Test func emptyShapeIsFlaggedAndMissingShapeIsNot() throws {
    #expect(try written(.polygons([])).0.collapsedShapes == 1)
    #expect(try written(nil).0.collapsedShapes == 0)
  }

  @Test func vanishingPartAndHoleAreCounted() throws {
    var holed = square(1)
    holed.rings.append(clockwiseSquare(x: 10.2, y: 60.2, side: 2e-8))
    let (hole, holeFeature, _) = try written(.polygons([holed]))
    #expect(hole.droppedHoles == 1 && hole.finerFeatures == 0)
    #expect(((holeFeature["geometry"] as! [String: Any])["coordinates"] as! [[[[Double]]]])[0].count == 1)
    let (part, partFeature, _) = try written(.polygons([square(1), square(2e-10, at: 20)]))
    #expect(part.droppedParts == 1 && part.finerFeatures == 1 && part.collapsedShapes == 0)
    #expect(((partFeature["geometry"] as! [String: Any])["coordinates"] as! [Any]).count == 1)
  }

  @Test func collinearRingHasNoArea() throws {
    let ring = coordinates([(10, 60), (11, 61), (12, 62), (10.5, 60.5), (10, 60)])
    #expect(try written(.polygons([Polygon(rings: [ring])])).0.collapsedShapes == 1)
  }

  @Test func wholeEarthDoesNotOverflow() throws {
    let ring = coordinates([(-90, -90), (90, -90), (90, 90), (-90, 90), (-90, -90)])
    let (summary, feature, _) = try written(.polygons([Polygon(rings: [ring])]))
    #expect(summary.collapsedShapes == 0)
    #expect(((feature["geometry"] as! [String: Any])["coordinates"] as! [[[[Double]]]])[0][0][1] == [90, -90])
  }

  @Test func pointsOffTheEarthAreNamed() throws {
    let folder = ScratchFolder()
    for bad in [Double.infinity, .nan, 600_000] {
      let source = layer(
        .polygons, fields: fields, [Feature(shape: .polygons([square(1)]), values: [.integer(42), .text("")])])
      let error = #expect(throws: ReportError.self) {
        try writeGeoJSON(source, to: folder.file("a.geojson"), idField: "id") { points in
          points.map { _ in Coordinate(x: bad, y: 1) }
        }
      }
      #expect(error?.code == .notOnEarth && error?.exitCode == 1)
      #expect(error?.description.contains("(id integer(42))") == true)
    }
    let wide = Polygon(rings: [clockwiseSquare(x: -100, y: -85, side: 170)]).rings[0].map {
      Coordinate(x: $0.x * 1.2, y: $0.y)
    }
    let source = layer(
      .polygons, fields: fields,
      [Feature(shape: .polygons([Polygon(rings: [wide])]), values: [.integer(1), .text("")])])
    #expect(throws: ReportError.self) { try writeGeoJSON(source, to: folder.file("a.geojson")) { $0 } }
    #expect(folder.names.isEmpty, "nothing is left of a file that was not finished")
  }

  @Test func misfitsAreNamed() {
    let folder = ScratchFolder()
    let cases: [(Feature, String)] = [
      (Feature(shape: nil, values: [.integer(1)]), "1 values for 2 fields"),
      (Feature(shape: nil, values: [.real(1), .text("")]), "field 'id' is integer"),
      (Feature(shape: .point(Coordinate(x: 0, y: 0)), values: [.integer(1), .text("")]), "not of the layer's type"),
      (Feature(shape: nil, values: [.null, .text("")]), "id field 'id' has no value"),
    ]
    for (feature, words) in cases {
      let error = #expect(throws: ReportError.self) {
        try writeGeoJSON(
          layer(.polygons, fields: fields, [feature]), to: folder.file("a"), idField: "id", transform: { $0 })
      }
      #expect(error?.code == .doesNotFit)
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }
  }
}
