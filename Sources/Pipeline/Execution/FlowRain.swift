import Flood
import Grids
import Runoff

/// The rain of a scenario in time, for a simulation of its flow, and what the ground and the drains take there.
struct FlowRain {
  /// Rain after the losses that know no time: curve numbers, coefficients, interception.
  let intervals: [RainInterval]
  /// Ground that takes water in time; nil where the losses know no time.
  let ground: GroundLoss?
  /// What drains take, mm/h; nil for none.
  let drainage: Grid<Float>?
}

extension RunoffStep {
  /// The rain of a scenario with its climate factor and melted snow, step by step.
  ///
  /// Losses that have no course in time of their own reduce the rain, by the differences of their closed forms; those
  /// of infiltration are left to the simulation, where water that stands or flows infiltrates as well. Cells whose
  /// rain or ground is not known get none.
  /// - Parameter lossStep: Hours; steps of rain are cut to it where losses depend on the rain so far.
  func flowRain(of scenario: Scenario, _ model: TerrainModel, lossStep: Double) throws -> FlowRain {
    let (threads, pipeline) = (loader.threads, loader.pipeline)
    let section = pipeline.hazards.runoff
    let allowance = try climateAllowance(of: scenario)
    let (loss, interception) = try groundAndInterception(of: scenario)
    let isTimed = section.method.isInfiltration
    let before: GroundLoss = isTimed ? .coefficient(Grid(loader.geometry, repeating: 1)) : loss
    var simulation = try pipeline.reading("hazards.runoff") {
      try RunoffSimulation(loss: before, interception: interception, threads: threads)
    }
    var snow = try snowCover()
    let isCut = section.method == .curveNumber || interception != nil
    var intervals: [RainInterval] = []
    var last = Grid<Float>(loader.geometry, repeating: 0)
    var time = 0.0
    try loader.forEachRainStep(of: scenario) { step in
      let water = try self.water(of: step, allowance, scenario, model, &snow).masked(by: model.ground)
      let pieces = isCut ? max(1, (step.hours / lossStep).rounded(.up)) : 1
      let hours = step.hours / pieces
      let part = pieces == 1 ? water : water.map(threads: threads) { $0 / Float(pieces) }
      for _ in 0..<Int(pieces) {
        try pipeline.reading("hazards.runoff") { try simulation.add(rain: part, hours: hours, threads: threads) }
        let now = simulation.millimetres(.runoff, threads: threads)
        var rate = now
        let perHour = Float(1 / hours)
        let earlier = last
        rate.forEachRow(threads: threads) { row, cells in
          let earlier = earlier.row(row)
          for column in 0..<cells.count {
            let gain = (cells[column] - earlier[column]) * perHour
            cells[column] = gain > 0 ? gain : 0
          }
        }
        intervals.append(RainInterval(from: time, to: time + hours * 3600, .grid(rate)))
        last = now.map(threads: threads) { $0.isNaN ? 0 : $0 }
        time += hours * 3600
      }
    }
    return FlowRain(intervals: intervals, ground: isTimed ? loss.known(threads: threads) : nil, drainage: drainage)
  }
}

extension GroundLoss {
  /// The same with ground that takes nothing where nothing is known of it.
  fileprivate func known(threads: Int) -> GroundLoss {
    func known(_ grid: Grid<Float>) -> Grid<Float> { grid.map(threads: threads) { $0.isNaN ? 0 : $0 } }
    return switch self {
    case .curveNumber, .coefficient: self
    case .initialConstant(let initial, let rate): .initialConstant(initial: known(initial), rate: known(rate))
    case .horton(let first, let final, let decay):
      .horton(initialRate: known(first), finalRate: known(final), decay: known(decay))
    case .greenAmpt(let conductivity, let suction):
      .greenAmpt(conductivity: known(conductivity), suction: known(suction))
    }
  }
}
