import Flood
import Grids
import Landslide

/// The grids of one scenario.
struct ScenarioGrids {
  let scenario: Scenario
  /// Rain with the climate factor, millimetres.
  let rain: Grid<Float>
  /// Rain that runs off after losses and drains, millimetres; NaN where rain, ground or losses are not known.
  let runoff: Grid<Float>
  let water: StandingWater
  /// Water that passes every cell.
  let flow: EventFlow
  /// Cells of each basin whose runoff is not known.
  let unknownCells: [Int]
  /// Depth of the water, metres: the greatest of a simulated flow, else that of standing water; NaN where the runoff or
  /// the ground is not known.
  let depth: Grid<Float>
  /// Depth of standing water where depressions fill and spill, metres.
  let standing: Grid<Float>
  /// Simulated flow; nil where there is none.
  let surfaceFlow: SurfaceFlowOutcome?
  /// What depth and speed together mean; nil where speeds are not known.
  let moving: MovingWater?
  /// Factor of safety, 10 at most, which ground that the model does not assess (rock, peat, water) has too; NaN where
  /// it is not known.
  let safety: Grid<Float>?
  /// Class of the factor of safety, 1 the least stable; 0 where there is none.
  let slideClasses: Grid<Int32>?
  /// Stability index and saturation.
  let stabilityIndex: StabilityIndexGrids?
  /// Probability of failure with its bounds.
  let failureProbability: FailureProbability?
  /// Stability while it rains.
  let transient: TransientStability?
  /// Levels of warning.
  let warning: WarningStep.Levels?
  /// Runout of mass flows.
  let runout: RunoutZones?
  /// Worst hazard class by the table of rules.
  let hazardClasses: Grid<UInt8>?
}
