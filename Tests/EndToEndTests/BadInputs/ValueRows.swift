import Foundation
import Geodata
import Grids
import TestSupport
import Testing

extension BadInput {
  private static func terrain(_ change: (inout [Float]) -> Void) -> [Float] {
    var cells = Workbench.heights
    change(&cells)
    return cells
  }

  /// Values of cells.
  static let values: [BadInput] = [
    .check("V01", "-9999 that is not declared", 3, "E-RAS-004", "-9999 in 1 cells", "nodata: -9999") { bench in
      var raster = RawRaster("Float32", columns: 20, terrain { $0[63] = -9999 })
      raster.geotransform = "590000, 1, 0, 6640000, 0, -1"
      try bench.raw(raster, as: "dtm.tif")
    },
    .check("V01b", "255 among bytes", 3, "E-RAS-004", "255") { bench in
      var raster = RawRaster("Byte", columns: 20, (0..<400).map { UInt8($0 == 7 ? 255 : 1 + $0 % 2) })
      raster.geotransform = "590000, 1, 0, 6640000, 0, -1"
      try bench.raw(raster, as: "cover.tif")
    },
    .run("V02", "NaN that is not declared") { bench in
      try bench.raw(
        {
          var raster = RawRaster("Float32", columns: 20, terrain { $0[0] = .nan })
          raster.geotransform = "590000, 1, 0, 6640000, 0, -1"
          return raster
        }(), as: "dtm.tif")
    },
    .check("V03", "lowest number of single precision, declared as text", 0, "valid") { bench in
      var raster = RawRaster("Float32", columns: 20, terrain { $0[0] = -.greatestFiniteMagnitude })
      raster.geotransform = "590000, 1, 0, 6640000, 0, -1"
      raster.bandElements = "<NoDataValue>-3.40282347e+38</NoDataValue>"
      try bench.raw(raster, as: "dtm.tif")
    },
    .check("V04", "a nodata value that the type cannot hold", 3, "E-RAS-004", "-9999", "does not fit") { bench in
      var raster = RawRaster("Int16", columns: 20, (0..<400).map { Int16($0 == 3 ? -9999 : 20) })
      raster.geotransform = "590000, 1, 0, 6640000, 0, -1"
      raster.bandElements = "<NoDataValue>-3.4e+38</NoDataValue>"
      try bench.raw(raster, as: "dtm.tif")
    },
    .run("V05", "infinite cells") { bench in
      try bench.raw(
        {
          var raster = RawRaster("Float32", columns: 20, terrain { $0[63] = .infinity })
          raster.geotransform = "590000, 1, 0, 6640000, 0, -1"
          return raster
        }(), as: "dtm.tif")
    } look: { bench in
      bench.check(try bench.number("covered_frac") < 1)
    },
    .check("V06", "no data at all", 3, "E-RAS-012") { bench in
      try bench.raster("dtm.tif", [Float](repeating: .nan, count: 400), nodata: -9999)
    },
    .run("V07", "whole numbers with a scale") { bench in
      var raster = RawRaster("Int16", columns: 20, [Int16](repeating: 6000, count: 400))
      raster.geotransform = "590000, 1, 0, 6640000, 0, -1"
      raster.bandElements = "<Scale>0.01</Scale>"
      try bench.raw(raster, as: "rain.tif")
    } look: { bench in
      bench.check(try bench.number("rain_mm") == 60)
    },
    .run("V08", "voids stored as 0", 0, "W-RAS-103", "set nodata: 0") { bench in
      try bench.raster("dtm.tif", Workbench.heights.enumerated().map { $0.offset == 3 ? 0 : $0.element + 100 })
    },
    .run("V09", "-0 and numbers next to 0") { bench in
      let odd: [Float] = [0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude]
      try bench.raster("dtm.tif", (0..<400).map { odd[$0 % 4] })
    },
    .check("V10", "rain in metres said to be millimetres", 0, "W-RAS-101", "check unit:") { bench in
      try bench.raster("rain.tif", [Float](repeating: 0.06, count: 400))
    },
    .check("V10b", "rain whose file names another unit", 3, "E-RAS-104", "write unit: m") { bench in
      var raster = RawRaster("Float32", columns: 20, [Float](repeating: 0.06, count: 400))
      raster.geotransform = "590000, 1, 0, 6640000, 0, -1"
      raster.bandElements = "<UnitType>m</UnitType>"
      try bench.raw(raster, as: "rain.tif")
    },
    .check("V11", "a series that may be accumulated", 3, "E-RAS-104", "accumulated") { bench in
      try bench.raster("rain2.tif", [Float](repeating: 70, count: 400))
      try bench.replace("path: rain.tif", "paths: [rain.tif, rain2.tif], step: 1 h")
    },
    .run("V11b", "accumulated rain that falls", 3, "E-RAS-106", "60.0 to 50.0") { bench in
      try bench.raster("rain2.tif", [Float](repeating: 50, count: 400))
      try bench.replace("path: rain.tif", "paths: [rain.tif, rain2.tif], step: 1 h, accumulated: true")
    },
    .check("V12", "negative rain", 3, "E-RAS-103", "-5.0") { bench in
      try bench.raster("rain.tif", (0..<400).map { $0 == 9 ? -5 : 60 })
    },
    .check("V13", "percent given as a share", 2, "E-TAB-004", "numbers.csv:2:3", "0 to 1") { bench in
      bench.write("land_cover_code,coefficient\n1,50\n2,90\n", "numbers.csv")
    },
    .check("V15", "heights given as classes", 3, "E-RAS-010", "not a whole number") { bench in
      try bench.replace("path: cover.tif", "path: dtm.tif")
    },
    .check("V16", "a code that the table lacks", 3, "E-TAB-101", "7", "100 cells", "25") { bench in
      try bench.classes("cover.tif", (0..<400).map { $0 < 100 ? 7 : 1 })
    },
    .run("V17", "statistics beside the file that are not true") { bench in
      bench.write(
        """
        <PAMDataset><PAMRasterBand band="1"><Metadata><MDI key="STATISTICS_MINIMUM">5</MDI>
        <MDI key="STATISTICS_MAXIMUM">6</MDI><MDI key="STATISTICS_MEAN">5.5</MDI></Metadata></PAMRasterBand></PAMDataset>
        """, "rain.tif.aux.xml")
    } look: { bench in
      bench.check(try bench.number("rain_mm") == 60)
    },
  ]

  /// What physics does not allow, or the land has at its edges.
  static let physics: [BadInput] = [
    .run("N01", "terrain with nothing but its border", 4) { bench in
      try bench.raster(
        "dtm.tif",
        Workbench.heights.enumerated().map { index, height in
          let (column, row) = (index % 20, index / 20)
          return column == 0 || row == 0 || column == 19 || row == 19 ? height : .nan
        }, nodata: -9999)
    },
    .run("N01b", "terrain that is one pit") { bench in
      try bench.raster(
        "dtm.tif",
        (0..<400).map { index in
          let (column, row) = (index % 20, index / 20)
          return column == 0 || row == 0 || column == 19 || row == 19 ? 10 : 2
        })
    },
    .check("N02", "sea stored as -9999", 3, "E-RAS-004") { bench in
      var raster = RawRaster("Float32", columns: 20, terrain { for row in 0..<20 { $0[row * 20 + 19] = -9999 } })
      raster.geotransform = "590000, 1, 0, 6640000, 0, -1"
      try bench.raw(raster, as: "dtm.tif")
    },
    .check("N03", "a lake without data, and no word on what it is", 3, "E-RAS-101", "1 of 400 cells", "nodata: wall") {
      bench in
      try bench.raster("dtm.tif", terrain { $0[210] = .nan }, nodata: -9999)
      try bench.replace("nodata: outlet", "nodata: error")
    },
    .run("N05", "a model of the surface", 0, "W-RAS-106", "60°") { bench in
      try bench.raster(
        "dtm.tif", Workbench.heights.enumerated().map { $0.offset % 3 == 0 ? $0.element + 8 : $0.element })
    },
    .check("N08", "an angle of friction in radians", 2, "radians") { bench in
      bench.write(
        """
        deposit_code,cohesion_kpa,root_cohesion_kpa,friction_deg,unit_weight_kn_m3,depth_m,conductivity_m_d,excluded,source,status
        1,2,0,0.6,19,1,2,no,test,test
        2,2,0,0.6,19,1,2,no,test,test

        """, "soil.csv")
      try bench.replace("tables: {numbers", "tables: {soil: soil.csv, numbers")
      try bench.replace(
        "  flood:",
        """
          slide: {use: infinite_slope, dtm: dtm, soil: cover, table: soil, classes: [1.0, 1.25, 1.5], recharge: {from: infiltration, spread_over: 24 h, antecedent: 5 mm/d}}
          flood:
        """)
    },
    .run("N09", "which steps of a forecast were read", 0, "I-RAS-102") { bench in
      try bench.raster("rain2.tif", [Float](repeating: 50, count: 400))
      try bench.replace("path: rain.tif", "paths: [rain.tif, rain2.tif], step: 1 h, accumulated: false")
    },
  ]
}
