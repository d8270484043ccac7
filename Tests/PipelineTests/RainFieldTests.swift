import Foundation
import Geodata
import Grids
import Pipeline
import Rainfall
import TestSupport
import Testing

@Suite struct RainFieldTests {
  private let folder = TemporaryFolder()

  /// Steps of two cells each, hourly, in a unit; −99 is no data.
  private func series(_ steps: [[Float]], unit: String, name: String = "rain.nc") -> String {
    var file = RawNetCDF()
    file.dimension("time", steps.count)
    file.dimension("y", 1)
    file.dimension("x", 2)
    file.variable(
      "time", over: ["time"], [("units", .text("hours since 2026-06-01"))], .doubles(steps.indices.map { Double($0) }))
    file.variable(
      "x", over: ["x"], [("units", .text("m")), ("standard_name", .text("projection_x_coordinate"))],
      .doubles([500, 1500]))
    file.variable(
      "y", over: ["y"], [("units", .text("m")), ("standard_name", .text("projection_y_coordinate"))], .doubles([500]))
    file.variable(
      "rr", over: ["time", "y", "x"], [("units", .text(unit)), ("_FillValue", .floats([-99]))],
      .floats(steps.flatMap { $0 }))
    return folder.write(file.data, to: name)
  }

  private func read(
    _ path: String, _ change: (inout RainFieldSource) -> Void = { _ in }
  ) throws -> (steps: [[Float]], field: RainField) {
    var source = RainFieldSource([path])
    source.crs = "EPSG:25832"
    source.georeference = Georeference(west: 0, north: 1000, cellWidth: 1000, cellHeight: 1000)
    change(&source)
    let field = try RainField(source, onto: nil, threads: 2, at: SourcePosition(file: path))
    var steps: [[Float]] = []
    try field.forEachStep { _, rain in steps.append(rain.cells) }
    return (steps, field)
  }

  private func refusal(_ path: String, _ change: (inout RainFieldSource) -> Void) -> String {
    do { _ = try read(path, change) } catch { return "\(error)" }
    return "accepted"
  }

  @Test func ratesBecomeAmountsByTheirStep() throws {
    let path = series([[3.6, 0], [7.2, 1]], unit: "kg m-2 s-1")
    let (steps, field) = try read(path)
    #expect(field.unit == .kilogramPerSquareMetreAndSecond && field.hours == [1, 1])
    #expect(steps == [[12_960, 0], [25_920, 3600]])
    let slow = try read(series([[3.6, 0], [7.2, 1]], unit: "mm/h", name: "h.nc")).steps
    #expect(slow == [[3.6, 0], [7.2, 1]])
  }

  @Test func accumulatedRainBecomesThatOfEachStep() throws {
    let path = series([[-99, -99], [0.5, 1], [2, 1], [2, 4.5]], unit: "kg/m^2")
    let (steps, field) = try read(path) { $0.accumulated = true }
    #expect(steps == [[0.5, 1], [1.5, 0], [0, 3.5]] && field.leadingGaps == 1)
    #expect(try read(path) { $0.accumulated = false }.steps == [[0.5, 1], [2, 1], [2, 4.5]])
    #expect(refusal(path) { _ in }.contains("accumulated: false or true"))
    let falling = series([[1, 2], [2, 1.5]], unit: "mm", name: "falling.nc")
    #expect(
      refusal(falling) { $0.accumulated = true }.contains("falls from 2.0 to 1.5 mm at column 1, row 0"))
  }

  @Test func unitsMustAgree() throws {
    let path = series([[1, 2]], unit: "mm")
    #expect(try read(path) { $0.unit = .kilogramPerSquareMetre }.steps == [[1, 2]])
    #expect(refusal(path) { $0.unit = .metre }.contains("“mm”, declared is m"))
    #expect(refusal(path) { $0.unit = .millimetrePerHour }.contains("declare mm"))
    #expect(refusal(series([[1, 2]], unit: "K", name: "k.nc")) { _ in }.contains("“K”, which is no unit of rain"))
    let bare = series([[1, 2]], unit: "", name: "bare.nc")
    #expect(refusal(bare) { _ in }.contains("names no unit"))
    #expect(try read(bare) { $0.unit = .tenthOfMillimetre }.steps == [[0.1, 0.2]])
    // A declared scale gives the numbers another unit than the file's.
    #expect(
      try read(path) {
        $0.scale = 0.25
        $0.unit = .centimetre
      }.steps == [[2.5, 5]])
    for (text, unit) in [
      ("[kg/(m^2)]", RainFieldUnit.kilogramPerSquareMetre), ("[mm/hr]", .millimetrePerHour),
      ("kg m^-2", .kilogramPerSquareMetre),
      ("kg m**-2 s**-1", .kilogramPerSquareMetreAndSecond), ("[kg/(m^2 s)]", .kilogramPerSquareMetreAndSecond),
      ("0.1 mm", .tenthOfMillimetre), ("m of water equivalent", .metre),
    ] { #expect(RainFieldUnit(spelling: text) == unit, "\(text)") }
    #expect(RainFieldUnit(spelling: "dBZ") == nil && RainFieldUnit(spelling: "") == nil)
  }

  @Test func gapsAndNegativeRainAreRefused() {
    let gap = series([[1, 2], [-99, -99], [1, 1]], unit: "mm")
    #expect(refusal(gap) { $0.accumulated = false }.contains("2026-06-01T01:00:00Z: the step holds no value"))
    let negative = series([[1, 2], [3, -0.5]], unit: "mm", name: "n.nc")
    #expect(refusal(negative) { $0.accumulated = false }.contains("column 1, row 0 holds -0.5 mm"))
    let nothing = series([[-99, -99], [-99, -99]], unit: "mm", name: "o.nc")
    #expect(refusal(nothing) { $0.accumulated = false }.contains("none of the 2 steps"))
    // A gap in one cell stays a gap there.
    let partial = series([[1, 2], [-99, 4]], unit: "mm", name: "p.nc")
    let steps = (try? read(partial) { $0.accumulated = false }.steps) ?? []
    #expect(steps.count == 2 && steps[1][0].isNaN && steps[1][1] == 4)
  }
}

@Suite struct RainSectionTests {
  private let before = "{kind: rain, path: \"${DATA_DIR}/rain_60min_t{T}.tif\", unit: mm, duration: 60 min}"

  private func sample(_ rain: String, _ runoff: String? = nil) -> String {
    var text = samplePipeline.replacingOccurrences(of: before, with: rain)
    if let runoff {
      text = text.replacingOccurrences(
        of: "{use: curve_number, land_cover: land_cover, soil: deposits, table: curve_numbers, lambda: 0.2}",
        with: runoff)
    }
    return text
  }

  @Test func stormsAndSeriesAreRead() throws {
    let storm = try parse(
      sample("{kind: rain, duration: 60 min, storm: {table: curve_numbers, shape: chicago, peak: 0.4, area: 4 km2}}"))
    guard case .storm(let section)? = storm.rain("rain")?.source else {
      Issue.record("no storm")
      return
    }
    #expect(section.shape == .chicago && section.peak == 0.4 && section.step == "5 min" && section.area == "4 km2")
    let series = try parse(
      sample(
        "{kind: rain, duration: 1 d, path: a.nc, variable: rr, unit: kg/m2, accumulated: false, bands: [2, 25], resample: conservative}"
      ))
    let rain = try #require(series.rain("rain"))
    #expect(rain.isSeriesOfFiles(1) && rain.bands == [2, 25] && rain.resample == .conservative && rain.band == nil)
    // Written out and read again it says the same.
    #expect(try parse(storm.resolvedYAML()) == storm && parse(series.resolvedYAML()) == series)
  }

  @Test(arguments: [
    ("{kind: rain, duration: 60 min, value: 60 mm, storm: {table: curve_numbers}}", "stands beside value"),
    ("{kind: rain, duration: 60 min, storm: {table: curve_numbers}, unit: mm}", "not used with storm"),
    ("{kind: rain, duration: 60 min, storm: {table: curve_numbers, shape: profile}}", "profile: missing"),
    ("{kind: rain, duration: 60 min, storm: {table: curve_numbers, shape: wave}}", "\"wave\" is not allowed"),
    ("{kind: rain, duration: 60 min, storm: {table: idf}}", "idf"),
    ("{kind: rain, duration: 60 min, path: a.nc, unit: mm, bands: [5, 2]}", "first and last band"),
    ("{kind: rain, duration: 60 min, paths: [a.tif, b.tif], unit: mm, band: 2}", "not used with paths"),
    ("{kind: rain, duration: 60 min, path: a.nc, unit: mm, georeference: {west: 0}}", "north: missing"),
  ])
  func wrongRainIsRefused(rain: String, words: String) {
    let found = findings(sample(rain)).filter { $0.severity == .error }.map(\.description).joined(separator: "\n")
    #expect(found.contains(words), "\(found)")
  }

  @Test(arguments: [
    ("{use: green_ampt, table: curve_numbers}", "soil: missing"),
    ("{use: horton, value: 5, soil: deposits}", "table: missing"),
    ("{use: curve_number, value: 80, increase: curve_numbers}", "not used with use: curve_number"),
    ("{use: curve_number, value: 80, convert_lambda: true}", "lambda 0.05 alone"),
    ("{use: curve_number, value: 80, condition: IV}", "\"IV\" is not allowed"),
    ("{use: coefficient, value: 0.5, measures: {input: land_cover}}", "table: missing"),
    ("{use: curve_number, value: 80, impervious: curve_numbers}", "land_cover: missing"),
  ])
  func wrongRunoffIsRefused(runoff: String, words: String) {
    let found = findings(sample(before, runoff)).filter { $0.severity == .error }.map(\.description)
      .joined(separator: "\n")
    #expect(found.contains(words), "\(found)")
  }

  @Test func climateComesFromAFactorOrATable() throws {
    let factor = "T: 200, climate_factor: 1.5}"
    func sample(_ text: String) -> String { samplePipeline.replacingOccurrences(of: factor, with: text) }
    let file = try parse(sample("T: 200, climate_table: curve_numbers, climate_horizon: 2100}"))
    #expect(file.scenarios[1].climateFactor == nil && file.scenarios[1].climateHorizon == 2100)
    for (text, words) in [
      ("T: 200}", "give climate_factor or climate_table"),
      ("T: 200, climate_table: curve_numbers}", "climate_horizon: missing"),
      ("T: 200, climate_factor: 1.5, climate_horizon: 2100}", "not used with climate_factor"),
    ] {
      let found = findings(sample(text)).map(\.description).joined(separator: "\n")
      #expect(found.contains(words), "\(found)")
    }
  }
}

extension RainInput {
  /// Whether the rain is a series of so many files.
  fileprivate func isSeriesOfFiles(_ count: Int) -> Bool {
    if case .series(let files, _) = source { files.count == count } else { false }
  }
}
