import Foundation
import Geodata
import Grids
import TestSupport
import Testing

extension BadInput {
  /// Coordinate systems and georeference.
  static let referenceSystems: [BadInput] = [
    .run("C01", "areas in degrees") { bench in
      // The corners of (2.5, 2.5) to (17.5, 17.5), to 0.1 mm.
      let toDegrees = try Transformation(
        from: Workbench.crs, to: try coordinateReferenceSystem("EPSG:4326"))
      let corners = try toDegrees.transform(
        [(2.5, 2.5), (17.5, 2.5), (17.5, 17.5), (2.5, 17.5), (2.5, 2.5)].map {
          Coordinate(x: Workbench.west + $0.0, y: Workbench.north - $0.1)
        })
      let text = corners.map { "[\($0.x), \($0.y)]" }.joined(separator: ", ")
      bench.layer("areas.geojson", ["[[\(text)]]"], "area_id", names: true, crs: nil)
    } look: { bench in
      bench.check(abs(try bench.number("area_m2") - 225) < 0.1)
      bench.check(try bench.number("covered_frac") == 1)
    },
    .run("C02", "areas in another zone") { bench in
      let other = try coordinateReferenceSystem("EPSG:25833")
      let corners = try Transformation(from: Workbench.crs, to: other).transform(
        [(2.5, 2.5), (17.5, 2.5), (17.5, 17.5), (2.5, 17.5), (2.5, 2.5)].map {
          Coordinate(x: Workbench.west + $0.0, y: Workbench.north - $0.1)
        })
      let text = corners.map { "[\($0.x), \($0.y)]" }.joined(separator: ", ")
      bench.layer("areas.geojson", ["[[\(text)]]"], "area_id", names: true, crs: "urn:ogc:def:crs:EPSG::25833")
    } look: { bench in
      bench.check(abs(try bench.number("area_m2") - 225) < 0.1)
      bench.check(try bench.number("covered_frac") == 1)
    },
    .check("C03", "a raster without reference system", 3, "E-CRS-001", "declare crs") { bench in
      var raster = bench.rawTerrain()
      raster.crs = nil
      try bench.raw(raster, as: "dtm.tif")
    },
    .check("C04", "areas without reference system", 3, "E-CRS-001", "declare crs") { bench in
      bench.write(
        "area_id,name,WKT\na1,A,\"POLYGON((590002 6639998,590012 6639998,590012 6639988,590002 6639998))\"\n",
        "areas.csv")
      try bench.replace("areas.geojson", "areas.csv")
    },
    .check("C05", "GeoJSON in metres without a crs member", 3, "E-CRS-005", "cannot be degrees") { bench in
      bench.layer("areas.geojson", [bench.square(2.5, 2.5, 15)], "area_id", names: true, crs: nil)
    },
    .check("C06", "GeoJSON with a crs member", 0, "valid") { _ in },
    .check("C07", "axes exchanged", 3, "E-CRS-005", "axes swapped?") { bench in
      let ring = "[[[6639998, 590002], [6639998, 590012], [6639988, 590012], [6639998, 590002]]]"
      bench.layer("areas.geojson", [ring], "area_id", names: true)
    },
    .check("C08", "terrain in degrees", 3, "E-CRS-006") { bench in
      var raster = bench.rawTerrain()
      (raster.crs, raster.geotransform) = ("EPSG:4326", "10.6, 0.00001, 0, 59.9, 0, -0.00001")
      try bench.raw(raster, as: "dtm.tif")
    },
    .check("C09", "terrain on a plane in feet", 3, "E-CRS-006") { bench in
      var raster = bench.rawTerrain()
      (raster.crs, raster.geotransform) = ("EPSG:2229", "6400000, 1, 0, 1800000, 0, -1")
      try bench.raw(raster, as: "dtm.tif")
    },
    .check("C09b", "terrain on a plane in kilometres", 3, "E-CRS-006") { bench in
      var raster = bench.rawTerrain()
      (raster.crs, raster.geotransform) = (
        "+proj=utm +zone=32 +ellps=GRS80 +units=km", "590, 0.001, 0, 6640, 0, -0.001"
      )
      try bench.raw(raster, as: "dtm.tif")
    },
    .check("C10", "heights in decimetres said to be metres", 0, "W-RAS-105", "check unit:") { bench in
      try bench.raster("dtm.tif", Workbench.heights.map { 2600 + $0 * 10 })
    },
    .check("C10b", "heights in feet said to be metres", 3, "E-RAS-101", "write unit: ft") { bench in
      var raster = bench.rawTerrain()
      raster.bandElements = "<UnitType>ft</UnitType>"
      try bench.raw(raster, as: "dtm.tif")
    },
    .check("C11", "heights in NN1954", 3, "E-CRS-007", "NN54", "NN2000") { bench in
      var raster = bench.rawTerrain()
      raster.crs = "EPSG:25832+5776"
      try bench.raw(raster, as: "dtm.tif")
    },
    .run("C12", "rain on a spherical Lambert plane", 0, "I-RAS-101") { bench in
      let place = try Transformation(
        from: Workbench.crs,
        to: try coordinateReferenceSystem("+proj=lcc +lat_0=63.3 +lon_0=15 +lat_1=63.3 +lat_2=63.3 +R=6371000")
      ).transform([Coordinate(x: Workbench.west, y: Workbench.north)])[0]
      var raster = RawRaster("Float32", columns: 3, [Float](repeating: 60, count: 9))
      raster.crs = "+proj=lcc +lat_0=63.3 +lon_0=15 +lat_1=63.3 +lat_2=63.3 +R=6371000"
      raster.geotransform = "\(place.x - 3000), 2500, 0, \(place.y + 3000), 0, -2500"
      try bench.raw(raster, as: "rain.tif")
    } look: { bench in
      bench.check(try bench.number("rain_mm") == 60)
    },
    .check("C13", "a rotated raster", 3, "E-RAS-005", "gdalwarp") { bench in
      var raster = bench.rawTerrain()
      raster.geotransform = "590000, 0.8, 0.6, 6640000, 0.6, -0.8"
      try bench.raw(raster, as: "dtm.tif")
    },
    .run("C14", "a raster with its south up") { bench in
      var raster = bench.rawTerrain()
      raster.geotransform = "590000, 1, 0, 6639980, 0, 1"
      try bench.raw(raster, as: "dtm.tif")
    } look: { bench in
      bench.check(try bench.number("covered_frac") == 1)
    },
    .run("C15", "cells that are no squares") { bench in
      var raster = bench.rawTerrain()
      raster.geotransform = "590000, 1, 0, 6640000, 0, -0.9"
      try bench.raw(raster, as: "dtm.tif")
    } look: { bench in
      bench.check(abs(try bench.number("area_m2") - 225) < 1e-6)
    },
    .check("C16", "no position", 3, "E-RAS-006") { bench in
      var raster = bench.rawTerrain()
      raster.geotransform = nil
      try bench.raw(raster, as: "dtm.tif")
    },
    .check("C17", "arrays of longitude and latitude", 3, "E-RAS-006") { bench in
      var raster = bench.rawTerrain()
      raster.geotransform = nil
      raster.elements = """
        <Metadata domain="GEOLOCATION"><MDI key="X_DATASET">dtm.tif</MDI><MDI key="X_BAND">1</MDI>
        <MDI key="Y_DATASET">dtm.tif</MDI><MDI key="Y_BAND">1</MDI><MDI key="SRS">EPSG:4326</MDI>
        <MDI key="PIXEL_OFFSET">0</MDI><MDI key="LINE_OFFSET">0</MDI><MDI key="PIXEL_STEP">1</MDI>
        <MDI key="LINE_STEP">1</MDI></Metadata>

        """
      try bench.raw(raster, as: "dtm.tif")
    },
    .check("C18", "a world file that contradicts", 3, "E-RAS-011", "dtm.tfw") { bench in
      bench.write("1\n0\n0\n-1\n590100.5\n6639999.5\n", "dtm.tfw")
    },
    .check("C19", "control points only", 3, "E-RAS-006") { bench in
      var raster = bench.rawTerrain()
      raster.geotransform = nil
      raster.elements = """
        <GCPList Projection="EPSG:25832"><GCP Id="1" Pixel="0" Line="0" X="590000" Y="6640000"/>
        <GCP Id="2" Pixel="20" Line="0" X="590020" Y="6640000"/><GCP Id="3" Pixel="0" Line="20" X="590000" Y="6639980"/>
        </GCPList>

        """
      try bench.raw(raster, as: "dtm.tif")
    },
  ]

  /// Grids and alignment.
  static let grids: [BadInput] = [
    .check("G01", "classes averaged", 2, "bench.yaml:6:", "nearest") { bench in
      try bench.replace("path: cover.tif", "path: cover.tif, resample: bilinear")
    },
    .run("G01b", "rain cells of 2.5 m", 0, "I-RAS-101") { bench in
      let geometry = GridGeometry(
        columns: 10, rows: 10, west: Workbench.west - 2, north: Workbench.north + 2, cellWidth: 2.5, cellHeight: 2.5,
        crs: Workbench.crs)
      try bench.raster("rain.tif", [Float](repeating: 60, count: 100), geometry)
    } look: { bench in
      bench.check(try bench.number("rain_mm") == 60)
    },
    .run("G02", "rain shifted by half a cell", 0, "I-RAS-101") { bench in
      let geometry = GridGeometry(
        columns: 21, rows: 21, west: Workbench.west - 0.5, north: Workbench.north + 0.5, cellWidth: 1, cellHeight: 1,
        crs: Workbench.crs)
      try bench.raster("rain.tif", [Float](repeating: 60, count: 441), geometry)
    },
    .check("G03", "rain of another place", 3, "E-RAS-102", "690000", "590000") { bench in
      let geometry = GridGeometry(
        columns: 20, rows: 20, west: 690_000, north: Workbench.north, cellWidth: 1, cellHeight: 1, crs: Workbench.crs)
      try bench.raster("rain.tif", [Float](repeating: 60, count: 400), geometry)
    },
    .check("G03b", "areas of another place", 3, "E-RAS-102", "590500", "590000") { bench in
      bench.layer("areas.geojson", [bench.square(500, 2, 15)], "area_id", names: true)
    },
    .run("G04", "one area outside", 4, "W-COV-001") { bench in
      bench.layer(
        "areas.geojson", [bench.square(2.5, 2.5, 15), bench.square(500, 2, 15)], "area_id", names: true)
    } look: { bench in
      bench.check(try bench.area(1)["flags"]?.contains("outside") == true)
      bench.check(try bench.area(1)["flood_area_m2"] == "")
      bench.check(try bench.number("covered_frac") == 1)
    },
    .run("G05", "an area half outside", 4, "W-COV-001") { bench in
      bench.layer("areas.geojson", [bench.square(15, 5, 10)], "area_id", names: true)
    } look: { bench in
      bench.check(try bench.number("covered_frac") == 0.5)
      bench.check(try bench.area()["flags"] == "coverage" && bench.area()["runoff_mm"] == "")
    },
    .check("G06", "a grid of 48 million cells", 3, "E-RUN-005", "--memory") { bench in
      bench.arguments = ["--set", "grid.resolution=0.003 m", "--memory", "1GB"]
    },
    .check("G06b", "a grid of 40 milliard cells", 2, "E-RUN-002", "coarser resolution") { bench in
      bench.arguments = ["--set", "grid.resolution=0.0001 m"]
    },
    .run("G06c", "one row of cells", 4) { bench in
      let geometry = GridGeometry(
        columns: 20, rows: 1, west: Workbench.west, north: Workbench.north - 5, cellWidth: 1, cellHeight: 1,
        crs: Workbench.crs)
      try bench.raster("dtm.tif", [Float](repeating: 3, count: 20), geometry)
    } look: { bench in
      bench.check(try bench.number("covered_frac") < 0.1)
    },
    .run("G06d", "one cell", 4) { bench in
      let geometry = GridGeometry(
        columns: 1, rows: 1, west: Workbench.west + 5, north: Workbench.north - 5, cellWidth: 1, cellHeight: 1,
        crs: Workbench.crs)
      try bench.raster("dtm.tif", [3], geometry)
    },
    .check("G07", "a mosaic with gaps (G10) and no nodata", 3, "E-RAS-004", "declare nodata") { bench in
      bench.write(
        """
        <VRTDataset rasterXSize="20" rasterYSize="20"><SRS>EPSG:25832</SRS>
        <GeoTransform>590000, 1, 0, 6640000, 0, -1</GeoTransform>
        <VRTRasterBand dataType="Float32" band="1"><SimpleSource><SourceFilename relativeToVRT="1">dtm.tif</SourceFilename>
        <SourceBand>1</SourceBand><SrcRect xOff="0" yOff="0" xSize="10" ySize="20"/>
        <DstRect xOff="0" yOff="0" xSize="10" ySize="20"/></SimpleSource></VRTRasterBand></VRTDataset>
        """, "gap.vrt")
      try bench.replace("dtm.tif", "gap.vrt")
    },
    .check("G08", "two bands and none named", 3, "E-RAS-003", "set band") { bench in
      var raster = RawRaster("Float32", columns: 20, Workbench.heights, Workbench.heights)
      raster.geotransform = "590000, 1, 0, 6640000, 0, -1"
      try bench.raw(raster, as: "dtm.tif")
    },
    .check("G08b", "a picture", 3, "E-RAS-007") { bench in
      var raster = RawRaster("Byte", columns: 20, [UInt8](repeating: 7, count: 400))
      raster.geotransform = "590000, 1, 0, 6640000, 0, -1"
      raster.bandElements = "<ColorInterp>Red</ColorInterp>"
      try bench.raw(raster, as: "dtm.tif")
    },
    .check("G09", "a container of several rasters", 3, "E-RAS-002", "snow") { bench in
      var file = RawNetCDF()
      file.dimension("y", 2)
      file.dimension("x", 2)
      for name in ["rain", "snow"] { file.variable(name, over: ["y", "x"], [], .floats([1, 2, 3, 4])) }
      bench.write(file.data, "two.nc")
      try bench.replace("rain.tif", "two.nc")
    },
    .check("G11", "a mosaic whose source is missing", 3, "E-RAS-001", "gone.tif") { bench in
      bench.write(
        """
        <VRTDataset rasterXSize="4" rasterYSize="4"><SRS>EPSG:25832</SRS>
        <GeoTransform>590000, 1, 0, 6640000, 0, -1</GeoTransform>
        <VRTRasterBand dataType="Float32" band="1"><SimpleSource><SourceFilename>gone.tif</SourceFilename>
        <SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>
        """, "source.vrt")
      try bench.replace("dtm.tif", "source.vrt")
    },
    .check("G11b", "a remote file", 2, "E-CFG-007", "download it first") { bench in
      try bench.replace("path: dtm.tif", "path: /vsicurl/http://localhost:1/dtm.tif")
    },
    .run("G12", "overviews of something else") { bench in
      let geometry = GridGeometry(
        columns: 10, rows: 10, west: Workbench.west, north: Workbench.north, cellWidth: 2, cellHeight: 2,
        crs: Workbench.crs)
      try bench.raster("rain.tif.ovr", [Float](repeating: 7, count: 100), geometry)
    } look: { bench in
      bench.check(try bench.number("rain_mm") == 60)
    },
    .check("G13", "compression with loss", 0, "W-RAS-001", "loss") { bench in
      try bench.translate("dtm.tif", "-co", "COMPRESS=JPEG", "-ot", "Byte")
    },
    .check("G14", "BigTIFF in tiles", 0, "valid") { bench in
      try bench.translate(
        "dtm.tif", "-co", "BIGTIFF=YES", "-co", "TILED=YES", "-co", "BLOCKXSIZE=16", "-co", "BLOCKYSIZE=16")
    },
  ]
}

extension Workbench {
  /// Dresses a raster otherwise with GDAL's own program.
  func translate(_ name: String, _ options: String...) throws {
    let other = path("other.tif")
    let result = try #require(
      runProgram("gdal_translate", ["-q", "--config", "GDAL_PAM_ENABLED", "NO"] + options + [path(name), other]))
    try #require(result.status == 0, "\(result.errors)")
    remove(name)
    try FileManager.default.moveItem(atPath: other, toPath: path(name))
  }
}
