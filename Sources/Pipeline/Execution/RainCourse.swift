import Grids

/// How the rain of a scenario fell, as means over the grid: for the hyetograph.
struct RainCourse {
  /// Length of each step in minutes.
  private(set) var minutes: [Double] = []
  /// Mean rain of each step over the cells that have rain, mm with the climate factor.
  private(set) var depths: [Double] = []
  /// Whether the rain of some step differs from cell to cell, so that its mean stands for it.
  private(set) var isMean = false
  /// Factor from the rain of the present.
  let climateFactor: Double

  init(climateFactor: Double) { self.climateFactor = climateFactor }

  /// Adds the rain of the present in a step, over the cells of a terrain.
  mutating func add(_ step: ScenarioRainStep, over ground: Grid<Float>) {
    var (sum, count) = (0.0, 0)
    var (least, greatest) = (Float.infinity, -Float.infinity)
    step.rain.withUnsafeCells { rain in
      ground.withUnsafeCells { ground in
        for index in 0..<step.rain.count where !rain[index].isNaN && !ground[index].isNaN {
          sum += Double(rain[index])
          least = min(least, rain[index])
          greatest = max(greatest, rain[index])
          count += 1
        }
      }
    }
    if least < greatest { isMean = true }
    minutes.append(step.hours * 60)
    depths.append(count == 0 ? 0 : sum / Double(count) * climateFactor)
  }
}
