import Flood
import Grids
import Report
import Runoff

/// Where the water of a scenario came from and went, in whole units all the way.
struct WaterLedger {
  let scenario: Scenario
  let losses: RunoffLedger
  let basins: BasinRunoff
  let water: StandingWater
  let model: TerrainModel

  init(
    _ scenario: Scenario, _ losses: RunoffLedger, _ basins: BasinRunoff, _ water: StandingWater, _ model: TerrainModel
  ) {
    self.scenario = scenario
    self.losses = losses
    self.basins = basins
    self.water = water
    self.model = model
  }

  /// Writes the items of the balance and the proof that they add up, which stops the run where they do not.
  func record(_ recorder: RunRecorder, _ pipeline: PipelineFile) throws(RunFailure) {
    let area = model.hypsometry.cellArea
    func volume(_ units: Int128) -> Double { WaterDepth.millimetres(units) * 1e-3 * area }
    let stored = water.totalStored
    let notShown = model.bluespots.notShown(water.stored, in: model.hierarchy)
    let items: [(String, Double)] = [
      ("rain", volume(losses.rain)),
      ("losses", volume(losses.losses)),
      ("drained", volume(losses.drained)),
      ("runoff", WaterVolume.cubicMetres(basins.total)),
      ("rounding_to_basins", WaterVolume.cubicMetres(basins.total) - volume(basins.depthUnits)),
      ("stored_in_bluespots", WaterVolume.cubicMetres(stored - notShown)),
      ("stored_in_small_depressions", WaterVolume.cubicMetres(notShown)),
      ("infiltrated_in_depressions", WaterVolume.cubicMetres(water.totalInfiltrated)),
      ("drained_from_depressions", WaterVolume.cubicMetres(water.totalDrained)),
      ("left_the_grid", WaterVolume.cubicMetres(water.outflow)),
    ]
    for (item, cubicMetres) in items {
      recorder.record(WaterBalanceRecord(scenario: scenario.id, item: item, volume: cubicMetres))
    }
    let rainCloses = losses.rain == losses.losses + losses.drained + losses.runoff
    let runoffIsRouted = losses.runoff == basins.depthUnits
    let lost = water.totalInfiltrated + water.totalDrained
    let runoffCloses = basins.total == stored + lost + water.outflow
    recorder.record(
      CertificateRecord(
        name: "mass balance", scenario: scenario.id, isProved: rainCloses && runoffIsRouted && runoffCloses,
        detail: "rain \(losses.rain) = losses \(losses.losses) + drained \(losses.drained) + runoff \(losses.runoff) "
          + "units of 2^-27 mm; runoff \(basins.total) = stored \(stored) + infiltrated and drained \(lost) + left \(water.outflow) quanta of 2^-20 m3"
      ))
    guard rainCloses, runoffIsRouted, runoffCloses else {
      throw pipeline.failure(
        .processing, .failedProof, at: "scenarios.\(scenario.id)", "the water balance does not close",
        hint: "this is a defect of the program; report it with the inputs")
    }
  }
}
