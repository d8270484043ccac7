import Grids
import Landslide
import Report

/// Thresholds of release areas by region, from a table with the columns `region_code`, `slope_from_deg`, `slope_to_deg`,
/// `plan_curvature_1_m`, `upslope_area_m2`, `source`, `date`.
struct ReleaseTable {
  let lookup: ClassLookup<ReleaseThresholds>
  /// Whether rows say that they are not verified.
  let isUnverified: Bool

  /// Reads a table.
  /// - Parameter hasRegions: Whether a map tells the region of each cell; without one the table has one row.
  init(_ table: CSVTable, hasRegions: Bool = true) throws {
    try table.require([
      "region_code", "slope_from_deg", "slope_to_deg", "plan_curvature_1_m", "upslope_area_m2", "source", "date",
    ])
    let codes = try table.keys("region_code", in: 0...Int(Int32.max))
    let from = try table.numbers("slope_from_deg", in: 0...90)
    let to = try table.numbers("slope_to_deg", in: 0...90)
    let curvature = try table.numbers("plan_curvature_1_m")
    let areas = try table.numbers("upslope_area_m2", in: 0...1e15)
    let (sources, dates) = (try table.texts("source"), try table.texts("date"))
    isUnverified =
      table.columnNames.contains("status") ? try table.texts("status").contains { $0.contains("unverified") } : false
    var rows: [Int32: ReleaseThresholds] = [:]
    for (row, code) in codes.enumerated() {
      guard from[row] < to[row] else {
        throw CSVTableError([
          Diagnostic(
            .invalidTableNumber, at: try table.position(row: row, column: "slope_to_deg"), keyPath: "slope_to_deg",
            "slopes from \(from[row]) to \(to[row]) degrees do not rise")
        ])
      }
      rows[Int32(code)] = ReleaseThresholds(
        slope: from[row]...to[row], planCurvature: curvature[row], upslopeArea: areas[row],
        source: "\(sources[row]), \(dates[row])")
    }
    guard hasRegions ? !rows.isEmpty : rows.count == 1 else {
      throw CSVTableError([
        Diagnostic(
          .invalidTableLayout, at: SourcePosition(file: table.file),
          rows.isEmpty ? "the table has no rows" : "the table has thresholds of \(rows.count) regions",
          hint: rows.isEmpty ? "add the thresholds" : "say with regions: where each of them is, or keep one row")
      ])
    }
    lookup = ClassLookup(rows)
  }

  /// What the thresholds are and where they come from.
  var record: JSONValue {
    .array(
      zip(lookup.codes, lookup.entries).map { code, entry in
        [
          "region_code": JSONValue(Int(code)), "slope_from_deg": .number(entry.slope.lowerBound),
          "slope_to_deg": .number(entry.slope.upperBound), "plan_curvature_1_m": .number(entry.planCurvature),
          "upslope_area_m2": .number(entry.upslopeArea), "source": .string(entry.source),
          "status": isUnverified ? "unverified" : "not stated",
        ]
      })
  }

  /// Numbers the areas of a mask of ``ReleaseClass`` that hang together by their sides, from 1.
  ///
  /// 0 where slides do not start, ``Runout/noData`` where that is not known: as runout takes its release areas.
  static func numbered(_ mask: Grid<UInt8>) -> (numbers: Grid<Int32>, count: Int) {
    let release = Int32(ReleaseClass.release.rawValue)
    let regions = ConnectedRegions(of: mask.map(threads: 1) { Int32($0) == release ? 1 : 0 }, ignoring: 0)
    var numbers = regions.labels
    for cell in 0..<mask.count where mask[cell] == ReleaseClass.noData.rawValue { numbers[cell] = Runout.noData }
    return (numbers, regions.cells.count)
  }
}
