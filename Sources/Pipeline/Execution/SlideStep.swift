import Grids
import Landslide
import Report
import Terrain

/// Stability of the slopes, scenario by scenario.
struct SlideStep {
  private let section: SlideSection
  private let threads: Int
  private let bounds: StabilityBounds
  private let deposits: Grid<Int32>
  private let soils: SoilTable
  private let convention: TransmissivityConvention
  /// Ranges for the stability index; nil where that is not written.
  private let ranges: StabilityIndexTable?
  /// Distributions for the probability of failure; nil where that is not written.
  private let distributions: (table: UncertainSoilTable, factor: Distribution)?
  private let writesCriticalRecharge: Bool

  init(_ section: SlideSection, _ loader: InputLoader) throws {
    let pipeline = loader.pipeline
    self.section = section
    threads = loader.threads
    bounds = StabilityBounds(
      quasiStable: Float(section.classes[0]), moderatelyStable: Float(section.classes[1]),
      stable: Float(section.classes[2]))
    deposits = try loader.classes(section.soil)
    soils = try pipeline.reading("tables.\(section.table)") {
      try SoilParameters(try loader.table(section.table)).soilTable()
    }
    let convention = TransmissivityConvention(rawValue: section.transmissivity.rawValue) ?? .normalThickness
    self.convention = convention
    let products = pipeline.outputs.rasters
    writesCriticalRecharge = products.contains(.criticalRecharge)
    ranges = try section.index.flatMap { index in
      guard products.contains(.stabilityIndex) else { return nil }
      return try pipeline.reading("tables.\(index.table)") {
        try SoilParameters(try loader.table(index.table)).indexTable()
      }
    }
    distributions = try section.probability.flatMap { probability in
      guard products.contains(.probability), let factor = Distribution(text: probability.rechargeFactor) else {
        return nil
      }
      return try pipeline.reading("tables.\(probability.table)") {
        (try SoilParameters(try loader.table(probability.table)).uncertainTable(convention), factor)
      }
    }
    loader.recorder.cite(
      "Montgomery & Dietrich (1994), Water Resour. Res. 30, 1153–1171: infinite slope with steady-state wetness")
    if ranges != nil {
      loader.recorder.cite("Pack, Tarboton & Goodwin (1998), The SINMAP approach to terrain stability mapping")
    }
    if distributions != nil {
      loader.recorder.cite("Salmon, Moraes, Dror & Shaw (2011), SC ’11: counter-based random numbers")
      loader.recorder.cite("Wilson (1927), J. Am. Stat. Assoc. 22, 209–212: score interval")
    }
  }

  /// Recharge of the ground water in a scenario, mm/d: the mean over what drains through each cell.
  ///
  /// The rain that infiltrates, spread over the time that the configuration states, is added to the antecedent
  /// recharge; the sum over all cells upslope is taken as steady, so that sealed ground upslope sends no water.
  func recharge(infiltrated: Grid<Float>, _ model: TerrainModel) -> Grid<Float> {
    let antecedent = Float(section.recharge.antecedent.millimetresPerDay)
    let perDay = Float(1 / section.recharge.spreadOver.days)
    let own = infiltrated.map(threads: threads) { antecedent + $0 * perDay }
    let sums = flowAccumulation(
      model.directions, weights: own.map(threads: threads) { $0.isNaN ? 0 : WaterDepth.units($0) })
    // Times the upslope area it is the water that passes.
    var recharge = own
    recharge.withUnsafeMutableCells { mean in
      sums.withUnsafeCells { sum in
        model.upslope.withUnsafeCells { count in
          for index in 0..<own.count where !mean[index].isNaN {
            mean[index] = Float(WaterDepth.millimetres(sum[index]) / Double(count[index]))
          }
        }
      }
    }
    return recharge
  }

  private func upslopeArea(_ model: TerrainModel) -> Grid<Float> {
    let cellArea = Float(model.ground.geometry.cellArea)
    return model.upslope.map(threads: threads) { Float($0) * cellArea }
  }

  /// Factor of safety and its class at a recharge.
  func stability(
    recharge: Grid<Float>, _ model: TerrainModel, _ pipeline: PipelineFile
  ) throws -> (safety: Grid<Float>, classes: Grid<Int32>) {
    try pipeline.reading("hazards.slide") {
      let wetness = try steadyStateWetness(
        upslopeArea: upslopeArea(model), slopeTangent: model.slope, recharge: recharge, soil: deposits, table: soils,
        convention: convention, threads: threads)
      let safety = try infiniteSlopeFactorOfSafety(
        slopeTangent: model.slope, wetness: wetness, soil: deposits, table: soils, threads: threads)
      let classes = try stabilityClasses(
        factorOfSafety: safety, soil: deposits, table: soils, bounds: bounds, threads: threads)
      return (safety, classes.map(threads: threads) { Int32($0) })
    }
  }

  /// Recharge at which slopes begin to fail, the same for all scenarios; nil where it is not written.
  func criticalRecharge(_ model: TerrainModel, _ pipeline: PipelineFile) throws -> Grid<Float>? {
    guard writesCriticalRecharge else { return nil }
    return try pipeline.reading("hazards.slide") {
      try Landslide.criticalRecharge(
        upslopeArea: upslopeArea(model), slopeTangent: model.slope, soil: deposits, table: soils,
        convention: convention, threads: threads
      ).recharge
    }
  }

  /// Stability index at a recharge; nil where it is not written.
  func stabilityIndex(
    recharge: Grid<Float>, _ model: TerrainModel, _ pipeline: PipelineFile
  ) throws -> Grid<Float>? {
    try ranges.map { table in
      try pipeline.reading("hazards.slide.index") {
        try Landslide.stabilityIndex(
          upslopeArea: upslopeArea(model), slopeTangent: model.slope, recharge: recharge, soil: deposits,
          table: table, threads: threads
        ).index
      }
    }
  }

  /// Probability of failure at a recharge; nil where it is not written.
  func failureProbability(
    recharge: Grid<Float>, _ model: TerrainModel, _ pipeline: PipelineFile
  ) throws -> FailureProbability? {
    guard let distributions, let section = section.probability else { return nil }
    return try pipeline.reading("hazards.slide.probability") {
      try Landslide.failureProbability(
        upslopeArea: upslopeArea(model), slopeTangent: model.slope, recharge: distributions.factor,
        rechargeScale: recharge, soil: deposits, table: distributions.table, draws: section.draws,
        seed: UInt64(section.seed), threads: threads)
    }
  }
}
