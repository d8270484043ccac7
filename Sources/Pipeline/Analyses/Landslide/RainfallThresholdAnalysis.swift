import Foundation
import Geodata
import Grids
public import Landslide
public import Report

/// Levels of warning from rain step by step: `overvann landslide threshold`.
public struct RainfallThresholdAnalysis: Sendable {
  /// What levels follow from.
  public enum Rule: Sendable {
    /// How far the rain is above a curve; a level begins at each of the ratios.
    case curve(IntensityDurationThreshold, rain: RainFieldSource, like: String?, ratios: [Double])
    /// A table by two quantities; a raster or a band for each step.
    case table(path: String, rows: [String], columns: [String])
  }

  /// What levels follow from.
  public var rule: Rule
  /// Mean annual precipitation as a length, or a raster in mm; needed for curves that are shares of it.
  public var meanAnnual: String?
  /// Whether the ratios of rain to threshold are written too.
  public var writesRatios = false
  /// Folder of the results.
  public var output: String
  /// How files are written.
  public var files = OutputFiles()
  /// Number of threads; results do not depend on it.
  public var threads = 1

  /// An analysis with every option at its default.
  public init(_ rule: Rule, output: String) {
    self.rule = rule
    self.output = output
  }

  /// Reads, compares, and writes a raster of levels for each step, and a table of their cells.
  /// - Returns: What was found, for people and programs.
  /// - Throws: ``RunFailure``; then no file that was not finished has been written or replaced.
  public func run(progress: AnalysisProgress) throws(RunFailure) -> JSONObject {
    switch rule {
    case .curve(let curve, let rain, let like, let ratios):
      return try run(curve, rain, like, ratios, progress)
    case .table(let path, let rows, let columns): return try run(path, rows, columns, progress)
    }
  }

  private func run(
    _ curve: IntensityDurationThreshold, _ source: RainFieldSource, _ like: String?, _ bounds: [Double],
    _ progress: AnalysisProgress
  ) throws(RunFailure) -> JSONObject {
    guard let path = source.paths.first else { throw Self.noRain }
    let target = try like.map { (path) throws(RunFailure) in try Self.geometry(of: path) }
    let (steps, start) = try RainSeries(source).read(onto: target, threads: threads, progress)
    guard let geometry = steps.first?.intensity.geometry, let hours = steps.first.map({ $0.duration / 3600 }) else {
      throw Self.noRain
    }
    let folder = try self.folder(steps: steps.count, inputs: source.paths)
    let rain = steps.map { $0.intensity.map(threads: threads) { $0 * Float(hours) } }
    var normal: Grid<Float>?
    if let meanAnnual {
      let map = MapOrValue(meanAnnual, .length)
      // Lengths are kept in metres, rasters are in mm.
      let scale: Float = map.value == nil ? 1 : 1000
      normal = try map.grid(on: geometry, threads: threads).map(threads: threads) { $0 * scale }
    }
    let (depths, annual) = (rain, normal)
    let ratios = try progress.step("compare") { () throws(RunFailure) in
      try RunFailure.locating(at: SourcePosition(file: path)) {
        try rainfallThresholdRatios(
          depths, stepHours: hours, threshold: curve, meanAnnual: annual, threads: threads)
      }
    }
    var report: JSONObject = [
      "threshold": .string(curve.name), "offset": .number(curve.offset), "coefficient": .number(curve.coefficient),
      "exponent": .number(curve.exponent), "measure": .string(curve.measure.rawValue),
      "durations_h": .array([.number(curve.durations.lowerBound), .number(curve.durations.upperBound)]),
      "source": .string(curve.source), "first_step": start.map { .string($0) } ?? .null,
      "level_ratios": .array(bounds.map { .number($0) }),
    ]
    if writesRatios {
      for (number, ratio) in ratios.enumerated() {
        try folder.raster(ratio, Self.name("ratio", number), unit: "1", "Rain over the threshold, \(curve.name)")
      }
    }
    try write(
      ratios.map { warningLevels(ratios: $0, bounds: bounds, threads: threads) }, stepHours: hours, folder, &report)
    return report
  }

  private func run(
    _ table: String, _ rows: [String], _ columns: [String], _ progress: AnalysisProgress
  ) throws(RunFailure) -> JSONObject {
    let levels = try RunFailure.locating(at: SourcePosition(file: table)) {
      try Self.warningTable(try CSVTable(path: table))
    }
    let (rowBands, columnBands) = (try Self.bands(rows), try Self.bands(columns))
    guard let first = rows.first, rowBands.count == columnBands.count else {
      throw RunFailure(
        .configuration,
        [
          Diagnostic(
            .contradiction, at: SourcePosition(file: "--rows"),
            "\(rowBands.count) steps of the table's rows, \(columnBands.count) of its columns",
            hint: "give as many bands or files of both")
        ])
    }
    let folder = try self.folder(steps: rowBands.count, inputs: rows + columns + [table])
    let geometry = try Self.geometry(of: first)
    var grids: [Grid<UInt8>] = []
    for (number, (row, column)) in zip(rowBands, columnBands).enumerated() {
      try progress.tell("read", number: number, of: rowBands.count)
      let saturation = try Self.grid(row, on: geometry, threads: threads)
      let supply = try Self.grid(column, on: geometry, threads: threads)
      grids.append(
        try RunFailure.locating(at: SourcePosition(file: first)) {
          try warningLevels(rows: saturation, columns: supply, table: levels, threads: threads)
        })
    }
    var report: JSONObject = ["table": .string(table)]
    try write(grids, stepHours: nil, folder, &report)
    return report
  }

  // MARK: - Reading

  private static let noRain = RunFailure(
    .configuration,
    [Diagnostic(.missingKey, at: SourcePosition(file: "overvann landslide threshold"), "no rain is given")])

  private static func geometry(of path: String) throws(RunFailure) -> GridGeometry {
    try RunFailure.locating(at: SourcePosition(file: path)) {
      try readRaster(path, RasterReading(band: 1, acceptsAllNodata: true)).grid.geometry
    }
  }

  private typealias Band = (path: String, band: Int)

  /// Values of a step; all of them may be no data.
  private static func grid(
    _ band: Band, on geometry: GridGeometry, threads: Int
  ) throws(RunFailure) -> Grid<Float> {
    try RunFailure.locating(at: SourcePosition(file: band.path)) {
      try readRaster(
        band.path, alignedTo: geometry, resampling: .bilinear,
        RasterReading(band: band.band, acceptsAllNodata: true, threads: threads)
      ).grid
    }
  }

  private static func bands(_ paths: [String]) throws(RunFailure) -> [Band] {
    var bands: [Band] = []
    for path in paths {
      let count = try RunFailure.locating(at: SourcePosition(file: path)) { try inspectRaster(path).bandCount }
      bands += (1...max(1, count)).map { (path, $0) }
    }
    return bands
  }

  /// A table whose header holds the lower bounds of the columns after its first cell, and whose rows begin with their own;
  /// the first bounds are where the table begins and are not compared.
  static func warningTable(_ table: CSVTable) throws -> WarningTable {
    let names = table.columnNames
    let hint = "the header holds a name and the lower bounds of the columns, each row its lower bound and levels"
    func refused(_ message: String, at position: SourcePosition) -> CSVTableError {
      CSVTableError([Diagnostic(.invalidTableLayout, at: position, message, hint: hint)])
    }
    var columnBounds: [Double] = []
    for name in names.dropFirst() {
      guard let bound = StrictNumber.double(name) else {
        throw refused("\"\(name)\" is no lower bound of a column", at: try table.position(ofColumn: name))
      }
      columnBounds.append(bound)
    }
    let rowBounds = try table.numbers(names[0])
    guard !rowBounds.isEmpty else { throw refused("the table has no rows", at: SourcePosition(file: table.file)) }
    let columns = try names.dropFirst().map { try table.integers($0, in: 1...254) }
    do {
      return try WarningTable(
        rowBounds: Array(rowBounds.dropFirst()), columnBounds: Array(columnBounds.dropFirst()),
        levels: rowBounds.indices.map { row in columns.map { UInt8($0[row]) } })
    } catch {
      let name = names[min(names.count - 1, error.column.map { $0 + 1 } ?? 0)]
      throw refused(
        error.problem,
        at: try error.row.map { try table.position(row: min($0, rowBounds.count - 1), column: name) }
          ?? table.position(ofColumn: name))
    }
  }

  // MARK: - Writing

  private static func name(_ what: String, _ number: Int) -> String {
    let digits = String(number + 1)
    return "\(what)_\(String(repeating: "0", count: max(0, 3 - digits.count)))\(digits).tif"
  }

  private func folder(steps: Int, inputs: [String]) throws(RunFailure) -> ResultFolder {
    let folder = ResultFolder(path: output, files: files, threads: threads)
    var names = (0..<steps).map { Self.name("level", $0) } + ["largest_level.tif", "levels.csv"]
    if writesRatios { names += (0..<steps).map { Self.name("ratio", $0) } }
    try folder.check(names, inputs: inputs)
    return folder
  }

  private func write(
    _ levels: [Grid<UInt8>], stepHours: Double?, _ folder: ResultFolder, _ report: inout JSONObject
  ) throws(RunFailure) {
    guard var largest = levels.first else { throw Self.noRain }
    var lines = "step,end_h,level,cells\n"
    for (number, grid) in levels.enumerated() {
      try folder.classes(grid, Self.name("level", number), "Level of warning; 255 no data")
      grid.withUnsafeCells { cells in
        largest.withUnsafeMutableCells { most in
          for index in 0..<grid.count { most[index] = max(most[index], cells[index]) }
        }
      }
      let end = stepHours.map { JSONTree.text(of: $0 * Double(number + 1)) } ?? ""
      for (level, cells) in levelCounts(grid).enumerated() where cells > 0 {
        lines += "\(number + 1),\(end),\(level == 0 ? "no data" : String(level)),\(cells)\n"
      }
    }
    try folder.classes(largest, "largest_level.tif", "Largest level of all steps; 255 no data")
    try folder.text(lines, "levels.csv")
    report["steps"] = JSONValue(levels.count)
    report["cells_by_largest_level"] = .object(
      JSONObject(
        levelCounts(largest).enumerated().filter { $0.element > 0 }.map {
          ($0.offset == 0 ? "no_data" : String($0.offset), JSONValue($0.element))
        }))
    try folder.report(report)
  }
}
