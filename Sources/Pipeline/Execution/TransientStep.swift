import Grids
import Landslide
import Report
import Terrain

/// Stability of the slopes while the rain of a scenario falls.
struct TransientStep {
  private let section: TransientSection
  private let loader: InputLoader
  private let deposits: Grid<Int32>
  private let soils: TransientSoilTable
  /// Saturated conductivity, mm/h; NaN where nothing is known of the soil.
  private let conductivity: Grid<Float>

  init(
    _ section: TransientSection, _ reading: TableReading<TransientSoilTable>, deposits: Grid<Int32>,
    _ loader: InputLoader
  ) throws {
    let threads = loader.threads
    let soils = try loader.read(reading)
    try loader.pipeline.reading("tables.\(section.table)") {
      try soils.classes.require(codesOf: deposits, as: "soil", threads: threads)
    }
    self.section = section
    self.loader = loader
    self.deposits = deposits
    self.soils = soils
    conductivity = soils.conductivity(of: deposits, threads: threads)
    loader.recorder.cite("Iverson (2000), Water Resour. Res. 36, 1897–1910: transient pressure heads")
    loader.recorder.cite("Baum, Savage & Godt (2008), USGS Open-File Report 2008–1159: TRIGRS 2.0")
    if section.isUnsaturated {
      loader.recorder.cite("Srivastava & Yeh (1991), Water Resour. Res. 27, 753–762: unsaturated column")
    }
  }

  /// The stability in a scenario, from its rain with the climate factor; drains, interception and snow play no part.
  func stability(of scenario: Scenario, _ model: TerrainModel) throws -> TransientStability {
    let (threads, pipeline) = (loader.threads, loader.pipeline)
    let factor = Float(scenario.climateFactor ?? 1)
    var rain: [RainStep] = []
    try loader.forEachRainStep(of: scenario) { step in
      let perHour = factor / Float(step.hours)
      rain.append(RainStep(duration: step.hours * 3600, intensity: step.rain.map(threads: threads) { $0 * perHour }))
    }
    let water = Grid<Float>(loader.geometry, repeating: Float(section.waterTable.metres))
    let flux = Grid<Float>(loader.geometry, repeating: Float(section.initialFlux.millimetresPerDay / 24))
    let steps = rain
    return try pipeline.reading("hazards.slide.transient") {
      let routing = section.runOn == .d8 ? try RunoffRouting(directions: model.directions) : nil
      let infiltrated = try infiltration(
        of: steps, conductivity: conductivity, waterTable: water, initialFlux: flux, routing: routing,
        threads: threads)
      let total = steps.reduce(0) { $0 + $1.duration }
      let times = section.times.isEmpty ? (1...4).map { total * Double($0) / 4 } : section.times.map(\.seconds)
      return try transientStability(
        slopeTangent: model.slope, soil: deposits, table: soils, waterTable: water, initialFlux: flux,
        infiltration: infiltrated, times: times, options: section.options, threads: threads)
    }
  }
}

extension TransientSoilTable {
  /// Saturated conductivity of every cell, mm/h: 0 on ground that is not susceptible, which sends its rain on.
  func conductivity(of soil: Grid<Int32>, threads: Int) -> Grid<Float> {
    let conductivities = classes.entries.map { Float(($0?.conductivity ?? 0) * 3_600_000) }
    return soil.map(threads: threads) { code in classes.position(of: code).map { conductivities[$0] } ?? .nan }
  }
}

extension TransientStability {
  /// Hours that stand for never.
  static let never: Float = 1_000_000

  /// First time at which the factor is below 1, hours; ``never`` where it never is.
  func failureHours(threads: Int) -> Grid<Float> {
    failureTime.map(threads: threads) { $0 == .infinity ? Self.never : $0 / 3600 }
  }
}
