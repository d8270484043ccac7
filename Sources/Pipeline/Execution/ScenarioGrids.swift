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
  /// Depth of standing water, metres; NaN where the runoff or the ground is not known.
  let depth: Grid<Float>
  /// Factor of safety; NaN where it is not known or the ground cannot slide.
  let safety: Grid<Float>?
  /// Class of the factor of safety, 1 the least stable; 0 where there is none.
  let slideClasses: Grid<Int32>?
}
