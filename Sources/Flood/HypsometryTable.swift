import Grids
import Terrain

/// Area and volume of a bluespot with its water at one level.
public struct HypsometryRow: Sendable, Hashable {
  /// Height of the water, metres.
  public let level: Double
  /// Area of the cells below the level, m².
  public let area: Double
  /// Volume between them and the level, m³.
  public let volume: Double
}

extension Hypsometry {
  /// Area and volume of a depression at equal steps of level, from its deepest ground to its brim.
  ///
  /// Every row is exact. The level holds for the whole depression: below the saddles inside it, where separate waters
  /// could stand at different heights, the row gives what they hold together at the same height.
  /// - Parameters:
  ///   - node: The depression.
  ///   - steps: Number of equal steps; there is one row more. Levels that a `Float` step cannot tell apart stay.
  /// - Complexity: O(*r* *d* log *m*) for *r* rows and *d* nodes inside the depression.
  public func table(of node: Int, steps: Int) -> [HypsometryRow] {
    precondition(steps > 0, "a table has a row at either end")
    let bottom = Double(lowest[node])
    let brim = Double(hierarchy.spillElevation[node])
    let levels = (0...steps).map { $0 == steps ? brim : bottom + (brim - bottom) * Double($0) / Double(steps) }
    var wet = [Int](repeating: 0, count: levels.count)
    var volume = [Double](repeating: 0, count: levels.count)
    var stack = [node]
    while let inner = stack.popLast() {
      let spill = Double(hierarchy.spillElevation[inner])
      let left = Int(hierarchy.left[inner])
      let start = left == 0 ? -Double.infinity : Double(hierarchy.spillElevation[left])
      for (row, level) in levels.enumerated() where level > start {
        // Above its own spill the cells of this node belong to the margins around it.
        wet[row] += marginCells(of: inner, below: min(level, spill))
        volume[row] += marginalVolume(of: inner, level: min(level, spill))
      }
      if left != 0 {
        stack.append(left)
        stack.append(Int(hierarchy.right[inner]))
      }
    }
    return levels.indices.map {
      HypsometryRow(level: levels[$0], area: Double(wet[$0]) * cellArea, volume: volume[$0])
    }
  }
}
