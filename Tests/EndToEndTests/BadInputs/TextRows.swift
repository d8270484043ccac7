import Foundation
import TestSupport
import Testing

extension BadInput {
  /// The pipeline file.
  static let configurations: [BadInput] = [
    .check("Y01", "a tab", 2, "bench.yaml:2:", "tab") { bench in try bench.replace("name: bench", "name:\tbench") },
    .check("Y01b", "wrong indentation", 2, "bench.yaml:7:", "E-CFG-002") { bench in
      try bench.replace("  rain: {kind", " rain: {kind")
    },
    .check("Y01c", "byte order mark and carriage returns", 0, "valid") { bench in
      bench.text = "\u{FEFF}" + bench.text.replacingOccurrences(of: "\n", with: "\r\n")
    },
    .check("Y02", "a key twice", 2, "bench.yaml:3:", "E-CFG-005") { bench in
      try bench.replace("name: bench", "name: bench\nname: other")
    },
    .check("Y02b", "keys that nobody knows, all told", 2, "did you mean \"unit\"?", "did you mean \"duration\"?") {
      bench in
      try bench.replace("unit: mm", "units: mm")
      try bench.replace("duration: 60", "duratoin: 60")
    },
    .check("Y03", "a number with an underscore", 2, "bench.yaml:", "E-CFG-00") { bench in
      try bench.replace("max_failed_areas: 0", "max_failed_areas: 1_000")
    },
    .check("Y03b", "NO stays text", 2, "E-CFG-006", "NO") { bench in
      try bench.replace("tables: {csv: true}", "tables: {csv: NO}")
    },
    .check("Y04", "an alias within itself ten times ten", 2, "E-CFG-002") { bench in
      var bomb = "bomb0: &b0 [x, x, x, x, x, x, x, x, x, x]\n"
      for level in 1...8 {
        let aliases = Array(repeating: "*b\(level - 1)", count: 10).joined(separator: ", ")
        bomb += "bomb\(level): &b\(level) [\(aliases)]\n"
      }
      bench.text += bomb
    },
    .check("Y04b", "a thousand brackets", 2, "E-CFG-002") { bench in
      bench.text += "deep: " + String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000) + "\n"
    },
    .check("Y05", "a number without unit, an unknown one, another dimension", 2, "bench.yaml:7:", "E-CFG-008") {
      bench in
      try bench.replace("duration: 60 min", "duration: 60")
      try bench.replace("min_depth: 0.05 m", "min_depth: 5 furlong")
      try bench.replace("width: 1 m}", "width: 1 s}")
    },
    .check("Y06", "an id that nothing has", 2, "E-CFG-009", "did you mean \"dtm\"?") { bench in
      try bench.replace("dtm: dtm, water", "dtm: dtn, water")
    },
    .check("Y07", "a variable that is not declared", 2, "E-CFG-010") { bench in
      try bench.replace("path: dtm.tif", "path: \"${DATA}/dtm.tif\"")
    },
    .check("Y07b", "a scenario without the value", 2, "E-CFG-010", "{T}") { bench in
      try bench.replace("path: rain.tif", "path: \"rain_{T}.tif\"")
    },
    .check("Y08", "an empty file", 2, "E-CFG-002") { bench in bench.text = "" },
    .check("Y08b", "two documents", 2, "E-CFG-002") { bench in bench.text += "---\nversion: 1\n" },
    .check("Y09", "a negative buffer, and no threads", 2, "E-CFG-00") { bench in
      try bench.replace("grid: {like: dtm}", "grid: {like: dtm, buffer: -5 m}")
    },
    .check("Y09b", "classes that do not ascend", 2, "E-CFG-0") { bench in
      bench.write("deposit_code,cohesion_kpa\n", "soil.csv")
      try bench.replace("tables: {numbers", "tables: {soil: soil.csv, numbers")
      try bench.replace(
        "  flood:",
        """
          slide: {use: infinite_slope, dtm: dtm, soil: cover, table: soil, classes: [1.5, 1.25, 1.0], recharge: {from: infiltration, spread_over: 24 h, antecedent: 5 mm/d}}
          flood:
        """)
    },
  ]

  /// Tables.
  static let tables: [BadInput] = [
    .run("T01", "semicolons, decimal commas, a byte order mark, blank lines, separators at the end") { bench in
      bench.write("\u{FEFF}land_cover_code;coefficient;\r\n\r\n\"1\";0,5;\r\n2;0,9;\r\n", "numbers.csv")
    } look: { bench in
      bench.check(try bench.number("runoff_mm") > 30)
    },
    .check("T01b", "a decimal comma between commas", 2, "E-TAB-002", "numbers.csv:2") { bench in
      bench.write("land_cover_code,coefficient\n1,0,5\n2,0,9\n", "numbers.csv")
    },
    .check("T02", "a damage curve that begins in the water", 2, "E-TAB-00") { bench in
      try bench.addDamage(curve: "depth_m,residential\n0.5,0.2\n0.5,0.4\n")
    },
    .check("T03", "a curve number of 120", 2, "E-TAB-004", "numbers.csv:2", "0 to 100") { bench in
      bench.write("land_cover_code,a,b,c,d\n1,120,70,80,85\n2,98,98,98,98\n", "numbers.csv")
      try bench.replace("use: coefficient, land_cover: cover", "use: curve_number, land_cover: cover, soil: cover")
    },
    .check("T04", "two scenarios of the same return period", 2, "E-CFG-005", "other") { bench in
      try bench.replace("scenarios:", "scenarios:\n  - {id: other, return_period: 20 a, climate_factor: 1}")
    },
    .check("T04b", "a return period of nothing", 2, "E-CFG-00") { bench in
      try bench.replace("return_period: 20 a", "return_period: 0 a")
    },
    .check("T04c", "one return period, and expected annual values", 0, "W-CFG-002", "two scenarios") { bench in
      try bench.replace("exposure:\n", "exposure:\n  expected_annual: {method: log_linear, tail: constant}\n")
    },
    .run("T05", "damage that falls as floods become rarer", 0, "W-EAD-001", "falls from return period 20.0 to 100.0") {
      bench in
      try bench.raster("less.tif", [Float](repeating: 20, count: 400))
      try bench.replace(
        "  rain: {kind", "  less: {kind: rain, path: less.tif, unit: mm, duration: 60 min}\n  rain: {kind")
      try bench.replace(
        "  - {id: t20, return_period: 20 a, climate_factor: 1}",
        """
          - {id: t20, rain: rain, return_period: 20 a, climate_factor: 1}
          - {id: t100, rain: less, return_period: 100 a, climate_factor: 1}
        """)
      try bench.replace("exposure:\n", "exposure:\n  expected_annual: {method: log_linear, tail: constant}\n")
    },
    .check("T06", "rain that falls with its duration", 2, "E-TAB-102") { bench in
      bench.write("return_period_a,duration_min,intensity,unit\n20,10,30,mm\n20,60,20,mm\n", "idf.csv")
      try bench.replace("tables: {numbers", "tables: {idf: idf.csv, numbers")
      try bench.replace("path: rain.tif, unit: mm, duration: 60 min", "duration: 60 min, storm: {table: idf}")
    },
    .check("T07", "a column that is not there, capitals", 2, "E-TAB-003", "did you mean \"Coefficient\"?") { bench in
      bench.write("land_cover_code,Coefficient\n1,0.5\n2,0.9\n", "numbers.csv")
    },
    .check("T07b", "a code twice", 2, "E-TAB-005", "numbers.csv:3") { bench in
      bench.write("land_cover_code,coefficient\n1,0.5\n1,0.9\n", "numbers.csv")
    },
    .check("T08", "money without a year of prices", 2, "price_year") { bench in
      try bench.addDamage(values: "damage_class,curve,nok_per_m2,source,status\nhome,residential,20000,test,test\n")
    },
  ]
}

extension Workbench {
  /// Adds the damage to buildings with tables of the test's own.
  func addDamage(
    curve: String = "depth_m,residential\n0,0\n1,0.5\n",
    values: String =
      "damage_class,curve,nok_per_m2,basement_nok_per_m2,price_year,source,status\nhome,residential,20000,0,2026,test,test\n"
  ) throws {
    write(curve, "curves.csv")
    write(values, "values.csv")
    write(
      (try String(contentsOf: packageRoot.appendingPathComponent("fixtures/tables/building_types.csv"), encoding: .utf8)),
      "types.csv")
    try replace("tables: {numbers", "tables: {curves: curves.csv, values: values.csv, types: types.csv, numbers")
    try replace(
      "exposure:\n",
      "exposure:\n  damage: {curves: curves, values: values, building_types: types, floor_height: 0.15 m}\n")
    try replace("id: building_id}", "id: building_id, type: building_id}")
  }
}
