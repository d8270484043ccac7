import Geodata
import Grids
import Landslide
import Report

/// Levels of warning of a scenario, step by step of its rain.
struct WarningStep {
  /// What was found in a scenario.
  struct Levels {
    /// Level of each step; 0 is no data.
    let steps: [Grid<UInt8>]
    /// Hours since the start at which each step ends.
    let ends: [Double]
    /// Largest level of all steps; 0 is no data.
    let largest: Grid<UInt8>
  }

  private let section: WarningSection
  private let loader: InputLoader
  private let table: WarningTable?
  private let saturation: Grid<Float>?

  init(_ section: WarningSection, _ loader: InputLoader) throws {
    self.section = section
    self.loader = loader
    let (threads, pipeline) = (loader.threads, loader.pipeline)
    table = try section.levelTable.map { try loader.read($0) }
    saturation = try section.saturation.map { id in
      let percent = try loader.classes(id)
      if let wrong = percent.cells.first(where: { $0 != noClass && !(0...100).contains($0) }) {
        throw pipeline.failure(
          .input, .badValue, at: "inputs.\(id)", "a saturation of \(wrong) percent",
          hint: "give whole percent from 0 to 100")
      }
      return percent.map(threads: threads) { $0 == noClass ? .nan : Float($0) }
    }
    if let curve = section.curve?.threshold {
      loader.recorder.record(
        RuleRecord(
          name: "rain threshold \(curve.name)",
          source: "I = \(curve.offset) + \(curve.coefficient) D^-\(curve.exponent), \(curve.measure.rawValue): "
            + curve.source, status: "unverified"))
      loader.recorder.note(
        .unverifiedTable, at: "hazards.warning.curve",
        "figures of \(curve.name) that nobody has checked against their source; the manifest lists them")
    }
  }

  /// Levels of a scenario, from its rain with the climate factor.
  func levels(of scenario: Scenario) throws -> Levels {
    let (threads, pipeline) = (loader.threads, loader.pipeline)
    let factor = Float(scenario.climateFactor ?? 1)
    var rain: [Grid<Float>] = []
    var hours: [Double] = []
    try loader.forEachRainStep(of: scenario) { step in
      rain.append(factor == 1 ? step.rain : step.rain.map(threads: threads) { $0 * factor })
      hours.append(step.hours)
    }
    let (depths, lengths) = (rain, hours)
    return try pipeline.reading("hazards.warning") {
      guard let first = lengths.first, lengths.allSatisfy({ abs($0 - first) < 1e-6 * first }) else {
        throw pipeline.failure(
          .input, .contradiction, at: "hazards.warning", "the steps of the rain of \(scenario.id) are not equally long",
          hint: "choose a duration that is a whole number of steps")
      }
      let annual = section.meanAnnual.map { Grid(loader.geometry, repeating: Float($0.millimetres)) }
      let steps: [Grid<UInt8>]
      if let curve = section.curve?.threshold {
        let bounds = section.levels ?? [1]
        steps = try rainfallThresholdRatios(
          depths, stepHours: first, threshold: curve, meanAnnual: annual, threads: threads
        ).map { warningLevels(ratios: $0, bounds: bounds, threads: threads) }
      } else {
        steps = try byTable(depths, stepHours: first)
      }
      return Levels(
        steps: steps, ends: steps.indices.map { first * Double($0 + 1) },
        largest: steps.dropFirst().reduce(steps[0]) { $0.largest($1, threads: threads) })
    }
  }

  /// Levels by saturation, which stays what it is before the rain, and the water supply up to each step.
  private func byTable(_ rain: [Grid<Float>], stepHours: Double) throws -> [Grid<UInt8>] {
    guard let table, let saturation, let annual = section.meanAnnual?.millimetres else {
      preconditionFailure("checked to be there")
    }
    let threads = loader.threads
    let span = max(1, Int(((section.supplyTime?.hours ?? 24) / stepHours).rounded()))
    let share = Float(100 / annual)
    return try rain.indices.map { step in
      // Summed anew for each step: differences of running sums would leave rests where no rain falls.
      var supply = Grid<Float>(loader.geometry, repeating: 0)
      for depth in rain[max(0, step + 1 - span)...step] {
        supply.forEachRow(threads: threads) { row, cells in
          let own = depth.row(row)
          for column in 0..<cells.count { cells[column] += own[column] }
        }
      }
      return try warningLevels(
        rows: saturation, columns: supply.map(threads: threads) { $0 * share }, table: table, threads: threads)
    }
  }

  /// One row for each level of each step.
  static func rows(_ levels: Levels, scenario: String) throws -> [[FieldValue]] {
    var rows: [[FieldValue]] = []
    for (step, grid) in levels.steps.enumerated() {
      for (level, cells) in levelCounts(grid).enumerated() where cells > 0 {
        var row = RowBuilder(Schemas.warningLevels)
        row.set(Fields.scenario, scenario)
        row.set(Fields.rainStep, step + 1)
        row.set(Fields.endHour, levels.ends[step])
        row.set(Fields.warningLevel, level)
        row.set(Fields.area, Double(cells) * grid.geometry.cellArea)
        rows.append(try row.row())
      }
    }
    return rows
  }
}

extension Grid<UInt8> {
  /// The larger of two values in every cell.
  func largest(_ other: Grid<UInt8>, threads: Int) -> Grid<UInt8> {
    var result = self
    result.forEachRow(threads: threads) { row, cells in
      let others = other.row(row)
      for column in 0..<cells.count { cells[column] = Swift.max(cells[column], others[column]) }
    }
    return result
  }
}
