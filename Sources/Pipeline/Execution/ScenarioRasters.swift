import Flood
import Geodata
import Grids
import Landslide
import Report

extension ResultWriter {
  /// Writes the rasters of a scenario that were asked for.
  mutating func rasters(of grids: ScenarioGrids, _ model: TerrainModel) throws {
    let folder = grids.scenario.id
    for product in pipeline.outputs.rasters {
      switch product {
      case .rain:
        try raster(
          grids.rain, "\(folder)/rain", unit: "mm", "Rain with the climate factor", overviews: .average)
      case .runoff:
        try raster(grids.runoff, "\(folder)/runoff", unit: "mm", "Rain that runs off", overviews: .average)
      case .depth:
        try raster(
          grids.depth, "\(folder)/depth", unit: "m",
          grids.surfaceFlow == nil ? "Depth of standing water" : "Greatest depth of the flow", overviews: .maximum)
      case .standingDepth:
        try raster(
          grids.standing, "\(folder)/standing_depth", unit: "m", "Depth of standing water", overviews: .maximum)
      case .flowSpeed, .flowArrival, .flowPeakTime, .flowDuration, .flowFinalDepth, .flowFrames:
        if let flow = grids.surfaceFlow { try rasters(of: flow, product, folder) }
      case .eventFlow:
        let volumes = grids.flow.passing.map(threads: threads) { Float(WaterVolume.cubicMetres($0)) }
        try raster(
          volumes.masked(by: model.ground), "\(folder)/event_flow", unit: "m3",
          "Water that passes the cell in the event", overviews: .maximum)
      case .stability:
        if let safety = grids.safety {
          try raster(safety, "\(folder)/stability", unit: "1", "Factor of safety", overviews: .average)
        }
      case .stabilityIndex:
        if let found = grids.stabilityIndex {
          try raster(
            found.index, "\(folder)/stability_index", unit: "1",
            "Stability index: factor of safety from 1 up, below it the probability of standing", overviews: .average)
          try raster(
            found.saturation, "\(folder)/stability_index_saturation", unit: "1",
            "Wetness at the upper end of the recharge; 2 where only that fills the soil, 3 where it is full throughout",
            overviews: .nearest)
        }
      case .probability:
        guard let found = grids.failureProbability else { continue }
        for (name, grid, description) in [
          ("probability", found.probability, "Probability of failure, \(found.draws) draws a cell"),
          ("probability_lower", found.lower, "Lower bound of its 95 % Wilson interval"),
          ("probability_upper", found.upper, "Upper bound of its 95 % Wilson interval"),
          ("saturation_probability", found.saturation, "Probability that the soil is full of water"),
        ] {
          try raster(grid, "\(folder)/\(name)", unit: "1", description, overviews: .average)
        }
      case .transient:
        guard let found = grids.transient else { continue }
        for (name, grid, unit, description) in [
          ("transient_safety", found.factorOfSafety, "1", "Least factor of safety over depth and times"),
          ("transient_depth", found.depth, "m", "Depth of the least factor of safety"),
          (
            "failure_time", found.failureHours(threads: threads), "h",
            "Time at which the factor of safety falls below 1; 1000000 where it does not"
          ),
        ] {
          try raster(grid, "\(folder)/\(name)", unit: unit, description, overviews: .nearest)
        }
      case .warningLevels:
        guard let found = grids.warning else { continue }
        for (number, level) in found.steps.enumerated() {
          let digits = String(number + 1)
          let name = "warning_level_" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
          try raster(
            level.noData255(threads: threads), "\(folder)/\(name)",
            "Level of warning after \(JSONTree.text(of: found.ends[number])) h")
        }
        try raster(
          found.largest.noData255(threads: threads), "\(folder)/warning_level", "Largest level of all steps")
      case .depthVelocity:
        if let moving = grids.moving {
          try raster(
            moving.depthVelocity, "\(folder)/depth_velocity", unit: "m2/s", "Greatest depth × speed of the water",
            overviews: .maximum)
        }
      case .floodHazardRating:
        if let moving = grids.moving {
          try raster(
            moving.rating, "\(folder)/flood_hazard_rating", unit: "1",
            "Hazard rating d (v + 0.5) + debris factor: 0.75 caution, 1.25 danger for most, 2 danger for all",
            overviews: .maximum)
        }
      case .floodHazardClass:
        if let moving = grids.moving {
          try raster(
            moving.hazardClass, "\(folder)/flood_hazard_class", "Hazard class H1 to H6 of AIDR guideline 7-3; 0 dry")
        }
      case .hazardClass:
        if let classes = grids.hazardClasses {
          try raster(classes, "\(folder)/hazard_class", "Worst hazard class by the table of rules; 0 is none")
        }
      case .runoutEnergyHeight:
        if let flows = grids.runout?.flows {
          try raster(
            flows.energyHeight, "\(folder)/runout_energy_height", unit: "m",
            "Largest height of the energy line above the ground", overviews: .maximum)
        }
      case .runoutVelocity:
        if let flows = grids.runout?.flows {
          try raster(
            flows.velocity(threads: threads), "\(folder)/runout_velocity", unit: "m/s",
            "Largest speed of mass flows", overviews: .maximum)
        }
      case .runoutEnergy:
        if let flows = grids.runout?.flows {
          try raster(
            flows.energy(threads: threads), "\(folder)/runout_energy", unit: "J/kg",
            "Largest kinetic energy of each kilogram", overviews: .maximum)
        }
      case .runoutLength:
        if let flows = grids.runout?.flows {
          try raster(
            flows.shortestLength, "\(folder)/runout_length", unit: "m", "Shortest way from a release cell",
            overviews: .nearest)
        }
      case .runoutAngle:
        if let flows = grids.runout?.flows {
          try raster(
            flows.wayAngle, "\(folder)/runout_angle", unit: "degree", "Largest travel angle along the shortest way",
            overviews: .maximum)
        }
      case .runoutDeposition:
        if let flows = grids.runout?.flows {
          try raster(
            flows.deposition, "\(folder)/runout_deposition", unit: "1",
            "Flux that comes to rest, in release cells", overviews: .average)
        }
      case .runoutThreat:
        if let ranks = grids.runout?.flows.rankDownstream {
          try raster(
            ranks.map(threads: threads) { $0 < 0 ? 255 : UInt8($0) }, "\(folder)/runout_threat",
            "What flows over the cell come to: 0 nothing, 1 a road, 2 a building; 255 no flow")
        }
      default: break
      }
    }
  }
}

extension Grid<UInt8> {
  /// The same with 255 instead of 0 for no data.
  func noData255(threads: Int) -> Grid<UInt8> { map(threads: threads) { $0 == 0 ? 255 : $0 } }
}
