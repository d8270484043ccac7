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
  private let writesLimits: Bool
  /// Where slides may start by the shape of the ground, as ``ReleaseTable/numbered(_:)`` has it; nil where that is not
  /// computed.
  let releaseAreas: Grid<Int32>?
  /// Stability while it rains; nil where that is not written.
  private let transient: TransientStep?

  init(_ section: SlideSection, _ loader: InputLoader, _ model: TerrainModel) throws {
    let pipeline = loader.pipeline
    self.section = section
    threads = loader.threads
    bounds = StabilityBounds(
      quasiStable: Float(section.classes[0]), moderatelyStable: Float(section.classes[1]),
      stable: Float(section.classes[2]))
    deposits = try loader.classes(section.soil)
    soils = try loader.read(section.soils)
    convention = section.convention
    let products = pipeline.outputs.rasters
    writesCriticalRecharge = products.contains(.criticalRecharge)
    writesLimits = products.contains(.stabilityLimits)
    releaseAreas = try section.releaseThresholds.map { thresholds in
      try loader.cache.value("release areas") {
        try Self.releaseAreas(thresholds, regions: section.release?.regions, loader, model)
      }
    }
    let codes = deposits
    transient =
      products.contains(.transient)
      ? try section.transient.map { transient in
        guard let soils = section.transientSoils else { preconditionFailure("the section names a table") }
        return try TransientStep(transient, soils, deposits: codes, loader)
      } : nil
    ranges = products.contains(.stabilityIndex) ? try section.soilRanges.map { try loader.read($0) } : nil
    distributions = try section.uncertainSoils.flatMap { soils in
      guard products.contains(.probability),
        let factor = section.probability.flatMap({ Distribution(text: $0.rechargeFactor) })
      else { return nil }
      return (try loader.read(soils), factor)
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

  private func upslopeArea(_ model: TerrainModel) -> Grid<Float> { Self.upslopeArea(model, threads: threads) }

  private static func upslopeArea(_ model: TerrainModel, threads: Int) -> Grid<Float> {
    let cellArea = Float(model.ground.geometry.cellArea)
    return model.upslope.map(threads: threads) { Float($0) * cellArea }
  }

  private static func releaseAreas(
    _ thresholds: TableReading<ReleaseTable>, regions id: String?, _ loader: InputLoader, _ model: TerrainModel
  ) throws -> Grid<Int32> {
    let (pipeline, threads) = (loader.pipeline, loader.threads)
    let table = try loader.read(thresholds)
    // Without a class input the table has thresholds of one region.
    let regions = try id.map { try loader.classes($0) } ?? Grid(loader.geometry, repeating: table.lookup.codes[0])
    return try pipeline.reading("hazards.slide.release") {
      // Slope and curvature of the terrain as it was read: a burned culvert is no slope that slides.
      let mask = try Landslide.releaseAreas(
        slopeTangent: model.slope, planCurvature: planCurvature(model.original, threads: threads),
        upslopeArea: upslopeArea(model, threads: threads).masked(by: model.ground), regions: regions,
        thresholds: table.lookup, threads: threads)
      return ReleaseTable.numbered(mask).numbers
    }
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

  /// Recharge at which slopes begin to fail with its classes, the same for all scenarios; nil where it is not written.
  func criticalRecharge(
    _ model: TerrainModel, _ pipeline: PipelineFile
  ) throws -> (recharge: Grid<Float>, classes: Grid<UInt8>)? {
    guard writesCriticalRecharge else { return nil }
    return try pipeline.reading("hazards.slide") {
      let found = try Landslide.criticalRecharge(
        upslopeArea: upslopeArea(model), slopeTangent: model.slope, soil: deposits, table: soils,
        convention: convention, threads: threads)
      return (found.recharge, found.classes)
    }
  }

  /// Factor of safety dry, half full and full of water, the same for all scenarios; none where they are not written.
  func limits(_ model: TerrainModel, _ pipeline: PipelineFile) throws -> [(name: String, safety: Grid<Float>)] {
    guard writesLimits else { return [] }
    return try pipeline.reading("hazards.slide") {
      try [("dry", 0.0), ("half", 0.5), ("full", 1.0)].map { name, saturation in
        (
          name,
          try infiniteSlopeFactorOfSafety(
            slopeTangent: model.slope, saturation: saturation, soil: deposits, table: soils, threads: threads)
        )
      }
    }
  }

  /// Stability while the rain of a scenario falls; nil where it is not written.
  func transientStability(of scenario: Scenario, _ model: TerrainModel) throws -> TransientStability? {
    try transient?.stability(of: scenario, model)
  }

  /// Stability index at a recharge; nil where it is not written.
  func stabilityIndex(
    recharge: Grid<Float>, _ model: TerrainModel, _ pipeline: PipelineFile
  ) throws -> StabilityIndexGrids? {
    try ranges.map { table in
      try pipeline.reading("hazards.slide.index") {
        try Landslide.stabilityIndex(
          upslopeArea: upslopeArea(model), slopeTangent: model.slope, recharge: recharge, soil: deposits,
          table: table, threads: threads)
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
