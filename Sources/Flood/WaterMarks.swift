public import Grids
import Terrain

/// Levels that are watched as the water rises, in sets such as the cells around each building.
public struct WaterMarks: Sendable {
  struct Mark: Sendable {
    /// Node whose water reaches the level.
    var node: Int32
    /// The set of the mark.
    var set: Int32
    /// Volume that the node's own margin has taken when its water stands above the level, quanta.
    var demand: Int64
  }

  let marks: [Mark]
  /// Number of sets.
  public let setCount: Int

  /// No marks.
  public init() {
    marks = []
    setCount = 0
  }

  /// A mark at each cell of every set.
  ///
  /// Water stands above a mark where its level is higher than the ground by more than `depth`. Cells that no lake can
  /// cover that deep, cells without elevation and cells that drain straight outside have no mark.
  /// - Parameters:
  ///   - sets: Cell indices, for example those around each building.
  ///   - depth: Depth above the ground of each cell, metres, ≥ 0.
  ///   - ground: The terrain of the hypsometry.
  ///   - hypsometry: Levels and volumes of the depressions.
  ///   - losses: The infiltration and drains of the sweep; none unless given.
  public init(
    _ sets: [[CellIndex]], depth: Double = 0, ground: Grid<Float>, in hypsometry: Hypsometry,
    losses: BluespotLosses? = nil
  ) {
    precondition(depth >= 0, "water stands on the ground")
    let hierarchy = hypsometry.hierarchy
    precondition(ground.geometry == hierarchy.basins.labels.geometry, "the marks are on another terrain")
    let losses = losses ?? .none(in: hypsometry)
    let draining = hierarchy.drainingElevation
    let jump = hierarchy.ancestorJumps()
    var marks: [Mark] = []
    for (number, cells) in sets.enumerated() {
      // Of several marks in one node the lowest is reached first.
      var lowest: [Int: Double] = [:]
      for cell in cells {
        let leaf = Int(hierarchy.basins.labels[Int(cell)])
        if leaf <= 0 { continue }
        let level = Double(ground[Int(cell)]) + depth
        if level >= Double(draining[leaf]) { continue }
        let node = hierarchy.margin(of: leaf, at: level, jump)
        lowest[node] = min(lowest[node] ?? .infinity, level)
      }
      for (node, level) in lowest {
        let demand = hypsometry.marginalDemand(of: node, above: level, losses: losses)
        marks.append(Mark(node: Int32(node), set: Int32(number), demand: demand))
      }
    }
    self.marks = marks
    setCount = sets.count
  }
}
