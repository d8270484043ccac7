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
    .check("V01c", "-9999 in a file that declares NaN", 3, "E-RAS-004", "-9999 in 1 cells", "nodata: -9999") { bench in
      var raster = RawRaster("Float32", columns: 20, terrain { $0[63] = -9999 })
      raster.geotransform = "590000, 1, 0, 6640000, 0, -1"
      raster.bandElements = "<NoDataValue>nan</NoDataValue>"
      try bench.raw(raster, as: "dtm.tif")
    },
    .check("V01d", "the same, and the pipeline names it", 0, "valid") { bench in
      var raster = RawRaster("Float32", columns: 20, terrain { ($0[63], $0[64]) = (-9999, .nan) })
      raster.geotransform = "590000, 1, 0, 6640000, 0, -1"
      raster.bandElements = "<NoDataValue>nan</NoDataValue>"
      try bench.raw(raster, as: "dtm.tif")
      try bench.replace("unit: m,", "unit: m, nodata: -9999,")
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
    .check("V14", "a slope that may be degrees or a tangent", 2, "bench.yaml:15:", "25 has no unit", "write 25 deg") {
      bench in
      try bench.replace(
        "  flood:",
        "  runout: {use: flow_py, start: release_areas, angle: 25, exponent: 8, process: debris_flow}\n  flood:"
      )
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
    .run("N04", "buildings in the terrain as blocks", 0, "W-RAS-107", "1 of 1 buildings", "by 5.0 m") { bench in
      let heights = (0..<400).map { index -> Float in
        (9..<12).contains(index % 20) && (4..<7).contains(index / 20) ? 25 : 20
      }
      try bench.raster("dtm.tif", heights)
    },
    .run("N04b", "a building across a steep slope, which is no block") { bench in
      try bench.raster("dtm.tif", (0..<400).map { 60 - 1.5 * Float($0 % 20) })
    } look: { bench in
      bench.check(!(try bench.warnings().contains("W-RAS-107")))
    },
    .run("N05", "a model of the surface", 0, "W-RAS-106", "60°") { bench in
      try bench.raster(
        "dtm.tif", Workbench.heights.enumerated().map { $0.offset % 3 == 0 ? $0.element + 8 : $0.element })
    },
    .run("N06", "level ground and a wall, clay without friction, rock without depth") { bench in
      let heights = (0..<400).map { index -> Float in
        let column = index % 20
        return column < 6 ? 30 : column < 15 ? 10 : 10 - 0.05 * Float(column)
      }
      try bench.raster("dtm.tif", heights)
      try bench.addSlide(clay: "2,0,0,19,1,2", rock: "2,0,30,19,0,2")
    } look: { bench in
      bench.check(try (0..<10).contains(bench.number("fs_min")))
      bench.check(try (0...225).contains(bench.number("slide_area_m2")))
    },
    .check("N06b", "soil through which no water passes", 2, "conductivity", "above 0") { bench in
      try bench.addSlide(clay: "2,0,30,19,1,0")
    },
    .check("N06c", "soil of negative depth", 2, "depth", "0 or more") { bench in
      try bench.addSlide(clay: "2,0,30,19,-1,2")
    },
    .check("N07", "a range whose ends are exchanged", 2, "index.csv:2:", "write uniform LOWER UPPER") { bench in
      try bench.addSlide(further: ", index: {table: index}")
      let figures = [
        "dimensionless_cohesion,uniform 0.5 0.1,1", "friction_angle,uniform 30 40,deg",
        "transmissivity,uniform 1 10,m2/d", "unit_weight,19,kN/m3",
      ]
      let rows = [1, 2].flatMap { code in figures.map { "\(code),\($0),test,2026\n" } }
      bench.write("deposit_code,parameter,value,unit,source,date\n" + rows.joined(), "index.csv")
      try bench.replace("tables: {soil", "tables: {index: index.csv, soil")
    },
    .check("N08", "an angle of friction in radians", 2, "radians") { bench in
      try bench.addSlide(clay: "2,0,0.6,19,1,2")
    },
    .run("N09", "which steps of a forecast were read", 0, "I-RAS-102") { bench in
      try bench.raster("rain2.tif", [Float](repeating: 50, count: 400))
      try bench.replace("path: rain.tif", "paths: [rain.tif, rain2.tif], step: 1 h, accumulated: false")
    },
    .run("N10", "an area to which water may come from beyond the terrain", 0, "W-COV-003", "a1", "edge_frac") { _ in
    } look: { bench in
      bench.check(try (0.5...1).contains(bench.number("edge_frac")))
    },
    .run("N10b", "an area on a summit, whose water is its own") { bench in
      try bench.raster(
        "dtm.tif",
        (0..<400).map { index in
          let (x, y) = (Float(index % 20) - 9.5, Float(index / 20) - 9.5)
          return 50 - (x * x + y * y).squareRoot()
        })
    } look: { bench in
      bench.check(try bench.number("edge_frac") == 0)
      bench.check(!(try bench.warnings().contains("W-COV-003")))
    },
  ]
}

extension Workbench {
  /// Adds the stability of slopes with two soils: cohesion of soil and roots, friction, weight, depth, conductivity.
  func addSlide(clay: String = "2,0,30,19,1,2", rock: String = "2,0,30,19,1,2", further: String = "") throws {
    let head =
      "deposit_code,cohesion_kpa,root_cohesion_kpa,friction_deg,unit_weight_kn_m3,depth_m,conductivity_m_d,excluded,source,status"
    write("\(head)\n1,\(clay),no,test,test\n2,\(rock),no,test,test\n", "soil.csv")
    try replace("tables: {numbers", "tables: {soil: soil.csv, numbers")
    try replace(
      "  flood:",
      """
        slide: {use: infinite_slope, dtm: dtm, soil: cover, table: soil, classes: [1.0, 1.25, 1.5], recharge: {spread_over: 24 h, antecedent: 5 mm/d}\(further)}
        flood:
      """)
  }
}
