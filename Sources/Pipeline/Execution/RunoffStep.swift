import Grids
import Rainfall
import Report
import Runoff

/// How much of the rain of each scenario runs off.
struct RunoffStep {
  private enum Losses {
    case curveNumbers(Grid<Float>, ratio: Double)
    case coefficients(Grid<Float>)
  }

  private let loader: InputLoader
  private let losses: Losses
  /// Depth that the drains take, millimetres.
  private let drainage: Float

  init(_ loader: InputLoader) throws {
    self.loader = loader
    let pipeline = loader.pipeline
    let section = pipeline.hazards.runoff
    drainage = Float(pipeline.hazards.flood?.drainage.millimetres ?? 0)
    losses = try loader.recorder.step("land cover") {
      switch (section.method, section.source) {
      case (.curveNumber, .uniform(let number)):
        return .curveNumbers(Grid(loader.geometry, repeating: Float(number)), ratio: section.lambda ?? 0.2)
      case (.coefficient, .uniform(let coefficient)):
        return .coefficients(Grid(loader.geometry, repeating: Float(coefficient)))
      case (.curveNumber, .table(let table, let landCover, let soil)):
        return .curveNumbers(
          try Self.curveNumbers(loader, table: table, landCover: landCover, soil: soil), ratio: section.lambda ?? 0.2)
      case (.coefficient, .table(let table, let landCover, _)):
        return .coefficients(try Self.coefficients(loader, table: table, landCover: landCover))
      }
    }
    if section.method == .curveNumber {
      loader.recorder.cite("USDA NRCS (2004), National Engineering Handbook, part 630, chapter 10: curve number method")
    }
  }

  private static func curveNumbers(
    _ loader: InputLoader, table: String, landCover: String, soil: String?
  ) throws -> Grid<Float> {
    let pipeline = loader.pipeline
    let classes = try loader.classes(landCover)
    return try pipeline.reading("tables.\(table)") {
      let rows = try loader.table(table)
      try rows.require(["land_cover_code", "a", "b", "c", "d"])
      let codes = try rows.keys("land_cover_code", in: 0...Int(Int32.max))
      let columns = try ["a", "b", "c", "d"].map { try rows.numbers($0, in: 0...100).map(Float.init) }
      var covers: [Int32: CurveNumberTable.LandCover] = [:]
      for (row, code) in codes.enumerated() {
        let numbers = columns.map { $0[row] }
        if numbers.allSatisfy({ $0 == 0 }) {
          covers[Int32(code)] = .noRunoff
        } else if numbers.allSatisfy({ $0 == numbers[0] }) {
          covers[Int32(code)] = .uniform(numbers[0])
        } else {
          covers[Int32(code)] = .bySoilGroup(a: numbers[0], b: numbers[1], c: numbers[2], d: numbers[3])
        }
      }
      let groups = try soilGroups(loader)
      let deposits = try soil.map { try loader.classes($0) } ?? Grid(loader.geometry, repeating: 4)
      return try CurveNumberTable(landCovers: covers, soilGroups: groups)
        .curveNumbers(landCover: classes, deposit: deposits, threads: loader.threads)
    }
  }

  /// Soil group by class of soil: from the table that the configuration names, else classes 1 to 4 are A to D.
  private static func soilGroups(_ loader: InputLoader) throws -> [Int32: HydrologicSoilGroup] {
    guard let name = loader.pipeline.hazards.runoff.soilGroups else { return [1: .a, 2: .b, 3: .c, 4: .d] }
    return try loader.pipeline.reading("tables.\(name)") {
      let rows = try loader.table(name)
      try rows.require(["deposit_code", "group"])
      let codes = try rows.keys("deposit_code", in: 0...Int(Int32.max))
      let texts = try rows.texts("group")
      var groups: [Int32: HydrologicSoilGroup] = [:]
      for (row, code) in codes.enumerated() {
        guard let group = HydrologicSoilGroup(rawValue: texts[row].uppercased()) else {
          throw CSVTableError([
            Diagnostic(
              .invalidTableNumber, at: try rows.position(row: row, column: "group"), keyPath: "group",
              "\"\(texts[row])\" is no soil group", hint: "A, B, C or D")
          ])
        }
        groups[Int32(code)] = group
      }
      return groups
    }
  }

  private static func coefficients(_ loader: InputLoader, table: String, landCover: String) throws -> Grid<Float> {
    let classes = try loader.classes(landCover)
    return try loader.pipeline.reading("tables.\(table)") {
      let rows = try loader.table(table)
      try rows.require(["land_cover_code", "coefficient"])
      let codes = try rows.keys("land_cover_code", in: 0...Int(Int32.max)).map { Int32($0) }
      let values = try rows.numbers("coefficient", in: 0...1)
      let lookup = ClassLookup(Dictionary(uniqueKeysWithValues: zip(codes, values.map(Float.init))))
      try lookup.require(codesOf: classes, as: "land cover", threads: loader.threads)
      return classes.map(threads: loader.threads) { code in
        lookup.position(of: code).map { lookup.entries[$0] } ?? .nan
      }
    }
  }

  /// Rain with the climate factor, runoff, what infiltrates, and the books of a scenario.
  ///
  /// All are no data where any of rain, ground and losses is unknown, so that their sums belong to the same cells.
  func runoff(
    of scenario: Scenario, _ model: TerrainModel
  ) throws -> (rain: Grid<Float>, runoff: Grid<Float>, infiltrated: Grid<Float>, ledger: RunoffLedger) {
    let threads = loader.threads
    let pipeline = loader.pipeline
    let present = try loader.rain(of: scenario)
    var rain: Grid<Float> = try pipeline.reading("scenarios.\(scenario.id).climate_factor") {
      let allowance = try ClimateAllowance(
        factor: scenario.climateFactor, source: scenario.climateSource ?? "not stated")
      return try RainDepth(present: present, threads: threads).applying(allowance, threads: threads).millimetres
    }
    rain = rain.masked(by: model.ground)
    let before: Grid<Float> = try pipeline.reading("hazards.runoff") {
      switch losses {
      case .curveNumbers(let numbers, let ratio):
        try curveNumberRunoff(rain: rain, curveNumber: numbers, initialAbstractionRatio: ratio, threads: threads)
      case .coefficients(let coefficients):
        try coefficientRunoff(rain: rain, coefficient: coefficients, threads: threads)
      }
    }
    rain = rain.masked(by: before)
    let unknown = before.missingCells(where: model.ground)
    if unknown > 0 {
      loader.recorder.note(
        .partialRain, at: "scenarios.\(scenario.id)",
        "\(unknown) cells of the terrain have no rain or no land cover; they add no water and have no results",
        count: unknown)
    }
    let remaining =
      drainage > 0 ? try Runoff.drain(runoff: before, capacity: drainage, threads: threads).remaining : nil
    let ledger = try runoffLedger(rain: rain, runoff: before, remaining: remaining, threads: threads)
    return (rain, remaining ?? before, rain.difference(before), ledger)
  }
}

extension Grid<Float> {
  /// Cells without a value here that have one in the other grid.
  fileprivate func missingCells(where other: Grid<Float>) -> Int {
    withUnsafeCells { cells in
      other.withUnsafeCells { others in
        (0..<count).count { cells[$0].isNaN && !others[$0].isNaN }
      }
    }
  }

  /// This minus the other, cell by cell.
  fileprivate func difference(_ other: Grid<Float>) -> Grid<Float> {
    var result = self
    other.withUnsafeCells { others in
      result.withUnsafeMutableCells { cells in
        for index in 0..<count { cells[index] -= others[index] }
      }
    }
    return result
  }
}
