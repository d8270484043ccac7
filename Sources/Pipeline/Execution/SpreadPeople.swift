import Exposure
import Geodata
import Grids
import Landslide

/// People who live in no known building, spread evenly over the surfaces that they were counted on.
struct SpreadPeople {
  /// The parts of the surfaces that lie in an area.
  private let parts: [[Polygon]]
  /// People of each part.
  private let people: [Double]
  /// Area of each part.
  private let areaOf: [Int]
  /// People in each area; those outside all areas count nowhere.
  let totals: [Double]

  /// - Parameters:
  ///   - surfaces: Surfaces with their people.
  ///   - areas: The areas that people are counted for.
  init(_ surfaces: [(polygons: [Polygon], people: Double)], areas: [[Polygon]]) throws {
    var parts: [[Polygon]] = []
    var people: [Double] = []
    var areaOf: [Int] = []
    var totals = [Double](repeating: 0, count: areas.count)
    let overlaps = try Geodata.overlaps(of: surfaces.map(\.polygons), with: areas)
    for (surface, overlaps) in zip(surfaces, overlaps) {
      for overlap in overlaps {
        parts.append(overlap.part)
        people.append(surface.people * overlap.share)
        areaOf.append(overlap.area)
        totals[overlap.area] += surface.people * overlap.share
      }
    }
    self.parts = parts
    self.people = people
    self.areaOf = areaOf
    self.totals = totals
  }

  /// People of each area on cells where a hazard is.
  /// - Parameter mask: As `HazardUnion` has it.
  /// - Returns: Those on the hazard, and those for whom it is known whether they are.
  func touched(by mask: Grid<UInt8>, threads: Int) throws -> (touched: [Double], known: [Double]) {
    let values = mask.map(threads: threads) {
      $0 == HazardUnion.noData ? Float.nan : $0 == HazardUnion.present ? 1 : 0
    }
    let zones = try zonalStatistics(
      of: parts, variables: [ZonalVariable(values, thresholds: [1])], threads: threads)
    var touched = [Double](repeating: 0, count: totals.count)
    var known = touched
    for (part, zone) in zones.enumerated() where zone.area > 0 {
      let found = zone.statistics[0]
      touched[areaOf[part]] += people[part] * min(1, (found.areasAtOrAbove[0] ?? 0) / zone.area)
      known[areaOf[part]] += people[part] * min(1, found.coverage.coveredFraction)
    }
    return (touched, known)
  }
}
