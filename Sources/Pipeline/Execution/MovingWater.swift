import Flood
import Geodata
import Grids
import Report

/// How dangerous the water of a scenario is by its depth and speed.
struct MovingWater {
  /// Depth × speed, m²/s; NaN where either is not known.
  let depthVelocity: Grid<Float>
  /// Hazard rating of the United Kingdom.
  let rating: Grid<Float>
  /// Hazard class of Australia, 1 to 6; 0 dry, 255 not known.
  let hazardClass: Grid<UInt8>

  /// - Parameters:
  ///   - depth: Depth, metres.
  ///   - speed: Largest speed, m/s.
  init(depth: Grid<Float>, speed: Grid<Float>, threads: Int) {
    func combined<Element>(
      _ empty: Element, _ value: @escaping @Sendable (Float, Float) -> Element
    ) -> Grid<Element> {
      var result = Grid<Element>(depth.geometry, repeating: empty)
      result.forEachRow(threads: threads) { row, cells in
        let (depths, speeds) = (depth.row(row), speed.row(row))
        for column in 0..<cells.count {
          // Dry ground has no moving water, whatever the speed there is said to be.
          if depths[column] == 0 {
            cells[column] = value(0, 0)
          } else if !depths[column].isNaN, !speeds[column].isNaN {
            cells[column] = value(depths[column], speeds[column])
          }
        }
      }
      return result
    }
    depthVelocity = combined(.nan) { $0 * $1 }
    rating = combined(.nan) { FloodHazard.ukRating(depth: $0, speed: $1) }
    hazardClass = combined(255) { FloodHazard.aidrClass(depth: $0, speed: $1) }
  }
}

extension MovingWater {
  /// What a simulated flow is at most over time, which is less than its greatest depth and speed together.
  init(_ flow: SurfaceFlowOutcome, threads: Int) {
    depthVelocity = flow.depthSpeed
    rating = flow.rating
    hazardClass = flow.hazardClass.map(threads: threads) { $0.isNaN ? 255 : UInt8($0) }
  }
}

extension InputLoader {
  /// The largest speed of the water in a scenario, m/s.
  func velocity(_ id: String, for scenario: Scenario) throws(RunFailure) -> Grid<Float> {
    try pipeline.reading("inputs.\(id)") {
      guard let input = pipeline.velocity(id) else { preconditionFailure("\(id) was checked to be a velocity") }
      let (grid, information, alignment) = try readRaster(
        pipeline.resolve(input.path, for: scenario), alignedTo: geometry, resampling: .bilinear,
        reading(nodata: input.nodata, band: input.band, crs: input.crs))
      try record("\(id) (\(scenario.id))", information, unit: input.unit.rawValue)
      tell(alignment, id)
      guard alignment.cellsCovered > 0 else { throw noOverlap(id, information) }
      if let least = information.counts?.minimum, least < 0 {
        throw pipeline.failure(
          .input, .negativeRate, at: "inputs.\(id)", "a speed of \(least) m/s in scenario \(scenario.id)",
          hint: "declare nodata if negative numbers mark dry cells; give the amount of the velocity, not a component")
      }
      if let stated = information.unit, !stated.isEmpty, !["m/s", "m s-1", "m s^-1", "ms-1"].contains(stated) {
        throw pipeline.failure(
          .input, .undeclaredRain, at: "inputs.\(id).unit",
          "\(information.path) says that its numbers are in “\(stated)”",
          hint: "give a raster in m/s")
      }
      return grid
    }
  }
}
