import Foundation
import Geodata
import Grids
import TestSupport
import Testing

@Suite struct ReferenceSystemTests {
  @Test func codesTextsAndStringsNameTheSameSystem() throws {
    #expect(utm32.code == "EPSG:25832")
    #expect(utm32.name == "ETRS89 / UTM zone 32N")
    #expect(try coordinateReferenceSystem(utm32.wkt) == utm32)
    // Well-known text as shapefiles carry it, without a code.
    let esri = """
      PROJCS["ETRS_1989_UTM_Zone_32N",GEOGCS["GCS_ETRS_1989",DATUM["D_ETRS_1989",SPHEROID["GRS_1980",6378137.0,\
      298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],\
      PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",9.0],\
      PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]
      """
    #expect(try coordinateReferenceSystem(esri) == utm32)
    let sphere = try coordinateReferenceSystem("+proj=lcc +lat_0=63 +lon_0=15 +lat_1=63 +lat_2=63 +R=6371000 +no_defs")
    #expect(sphere.code == nil)
    #expect(try sphere.isProjected())
  }

  @Test(arguments: ["", "EPSG:0", "UTM 32", "http://localhost/crs", "/etc/passwd", "PROJCS[\"x\"]"])
  func nonsenseIsRefused(text: String) {
    let thrown = error { try coordinateReferenceSystem(text) }
    #expect(thrown?.code == "E-CRS-002")
    #expect(thrown?.hint.contains("EPSG:25832") == true)
  }

  @Test func propertiesAreKnown() throws {
    #expect(try utm32.kind() == .projected && wgs84.kind() == .geographic)
    #expect(try utm32.linearUnitInMetres() == 1 && utm32.linearUnitName() == "metre")
    #expect(try wgs84.linearUnitInMetres() == nil)
    #expect(try utm32.properties().areaOfUse.map { $0.west >= 5 && $0.east <= 13 } == true)
    #expect(try testCRS.kind() == .local)
    let compound = try coordinateReferenceSystem("EPSG:5972")
    #expect(try compound.properties().verticalName == "NN2000 height")
    #expect(try compound.horizontal() == utm32)
    let feet = try coordinateReferenceSystem("EPSG:2263")
    #expect(try abs(feet.linearUnitInMetres()! - 0.3048006) < 1e-6)
    #expect(error { try feet.requireMetricPlane(path: "a.tif") }?.code == "E-CRS-006")
    #expect(error { try wgs84.requireMetricPlane(path: "a.tif") }?.code == "E-CRS-006")
    #expect(error { try utm32.requireMetricPlane(path: "a.tif") } == nil)
  }

  /// In every system x is easting or longitude, also where the authority says otherwise (4326, 4258, 5110).
  @Test(arguments: ["EPSG:4326", "EPSG:4258"]) func degreesAreLongitudeFirst(code: String) throws {
    let degrees = try coordinateReferenceSystem(code)
    let point = try Transformation(from: utm32, to: degrees).transform([Coordinate(x: 583_000, y: 6_640_000)])[0]
    #expect(abs(point.x - 10.483) < 1e-3 && abs(point.y - 59.889) < 1e-3)
    let back = try Transformation(from: utm32, to: degrees).inverse().transform([point])[0]
    #expect(abs(back.x - 583_000) < 1e-3 && abs(back.y - 6_640_000) < 1e-3)
  }

  @Test func surveyZonesAreEastingFirst() throws {
    // NTM zone 10: authority order north, east; false easting 100 000, northing 1 000 000, meridian 10.5° E.
    let ntm = try coordinateReferenceSystem("EPSG:5110")
    let point = try Transformation(from: utm32, to: ntm).transform([Coordinate(x: 583_000, y: 6_640_000)])[0]
    // 10.483° E is a kilometre west of the meridian; 59.889° N some 210 km north of 58°.
    #expect(abs(point.x - 99_050) < 200, "\(point)")
    #expect(abs(point.y - 1_210_400) < 500, "\(point)")
  }

  /// Transverse Mercator on the central meridian: easting is the false easting, northing the scaled meridian arc.
  @Test func centralMeridianIsExact() throws {
    let points = try Transformation(from: wgs84, to: utm32).transform([
      Coordinate(x: 9, y: 0), Coordinate(x: 9, y: 60),
    ])
    #expect(abs(points[0].x - 500_000) < 1e-6 && abs(points[0].y) < 1e-6)
    // Meridian arc to 60° on GRS 80 (series to n⁴), times 0.9996.
    let n = (1 / 298.257222101) / (2 - 1 / 298.257222101)
    let a = 6_378_137 / (1 + n) * (1 + n * n / 4 + n * n * n * n / 64)
    let phi = 60 * Double.pi / 180
    let arc =
      a
      * (phi - 1.5 * (n - 3 * n * n * n / 8) * sin(2 * phi) + 15.0 / 16 * (n * n) * sin(4 * phi)
        - 35.0 / 48 * n * n * n * sin(6 * phi))
    #expect(
      abs(points[1].x - 500_000) < 1e-6 && abs(points[1].y - 0.9996 * arc) < 0.01, "\(points[1].y) \(0.9996 * arc)")
  }

  @Test func pointsWithoutAPlaceAreNamed() throws {
    let transformation = try Transformation(from: wgs84, to: utm32)
    let points = [Coordinate(x: 10, y: 60), Coordinate(x: 10, y: 95)]
    let thrown = error { try transformation.transform(points) }
    #expect(thrown?.code == "E-CRS-004" && thrown?.message.contains("(10.0, 95.0)") == true)
    let found = transformation.transformWhereDefined(points)
    #expect(found[0].x.isFinite && found[1].x.isNaN)
  }

  @Test func unknownDatumsAreNotedAndBallparkIsRefused() throws {
    let sphere = try coordinateReferenceSystem("+proj=lcc +lat_0=63 +lon_0=15 +lat_1=63 +R=6371000 +no_defs")
    #expect(try Transformation(from: sphere, to: utm32).note?.contains("datum") == true)
    #expect(try Transformation(from: utm33, to: utm32).note == nil)
    // Between Makassar and Indian 1960 only a ballpark transformation is known.
    let first = try coordinateReferenceSystem("EPSG:4257")
    let second = try coordinateReferenceSystem("EPSG:4131")
    #expect(error { try Transformation(from: first, to: second) }?.code == "E-CRS-003")
  }
}
