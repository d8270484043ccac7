public import Grids
import Terrain

/// A drain or a pump that takes water from the bluespot around it.
public struct BluespotDrain: Sendable, Hashable {
  /// Column of the cell where it stands.
  public let column: Int
  /// Row of the cell where it stands.
  public let row: Int
  /// Volume that it can take during the event, quanta of ``WaterVolume``.
  public let volume: Int64

  /// A drain that can take a volume.
  public init(column: Int, row: Int, volume: Int64) {
    precondition(volume >= 0, "a drain takes water, it gives none")
    self.column = column
    self.row = row
    self.volume = volume
  }

  /// A drain or a pump that runs at its full capacity (m³/s) for the duration of the event (s).
  public init(column: Int, row: Int, capacity: Double, duration: Double) {
    self.init(column: column, row: row, volume: WaterVolume.quanta(fromCubicMetres: capacity * duration))
  }
}

/// What bluespots lose during an event beside what they store: water that soaks away, and water that drains take.
///
/// Both are volumes of the whole event, as the filling is: nothing here has a rate or a time of its own.
///
/// **Drains.** A drain belongs to the leaf of the hierarchy whose basin holds its cell. It takes the first water that
/// comes to that leaf, from its own watershed or from upstream, up to its volume; only the rest stands.
///
/// **Infiltration.** Every cell takes up its depth once, when the water first stands over it, before the level rises
/// any further. So a node whose level is *h* has taken
/// *V*(*h*) + *A* Σ *i*(*c*) over its cells *c* below *h*
/// of the water that came: stored and soaked away. This grows with *h*, with a step at the height of every cell, so
/// each volume has one level and one division into stored and infiltrated, whatever the order in which it came.
/// A cell belongs to the margin of one node only (``Hypsometry``), so nested bluespots never count it twice.
/// Infiltration of the rain itself, before it runs off, is not part of this.
public struct BluespotLosses: Sendable {
  /// Volume that the drains of each leaf can take, in quanta; 0 for other nodes.
  public let drainCapacity: [Int64]
  /// Volume that the cells of each node's own margin take up, in quanta, rounded once per node.
  public let marginalInfiltration: [Int64]
  /// Positions of drains that stand outside every bluespot's basin, where water leaves the terrain without standing;
  /// they take nothing.
  public let unusedDrains: [Int]
  /// Depth that cells take up, in units of ``WaterDepth``, summed in the order of the hypsometry's cells.
  let soaking: Soaking

  enum Soaking: Sendable {
    case none
    /// The same depth in every cell.
    case uniform(Int64)
    /// Sums up to and with each cell of a node's margin, starting over at each node.
    case sums([Int64])
  }

  /// Neither infiltration nor drains.
  public static func none(in hypsometry: Hypsometry) -> BluespotLosses {
    BluespotLosses(hypsometry, infiltration: 0)
  }

  /// The same infiltration everywhere.
  /// - Parameters:
  ///   - infiltration: Depth that wet ground takes up over the event, millimetres, ≥ 0.
  ///   - drains: Drains and pumps.
  public init(_ hypsometry: Hypsometry, infiltration: Double = 0, drains: [BluespotDrain] = []) {
    precondition(infiltration >= 0 && infiltration.isFinite, "infiltration is a finite depth ≥ 0")
    let units = Int64((infiltration * Double(WaterDepth.unitsPerMillimetre)).rounded(.toNearestOrEven))
    self.init(hypsometry, soaking: units > 0 ? .uniform(units) : .none, drains: drains)
  }

  /// Infiltration that differs from cell to cell.
  /// - Parameters:
  ///   - infiltration: Depth that each cell takes up over the event once it is wet, millimetres, ≥ 0; cells where it
  ///     is not known (NaN) take up nothing.
  ///   - ground: The terrain of the hypsometry.
  ///   - drains: Drains and pumps.
  /// - Complexity: O(*n* + *m* log *m*) for *n* cells, *m* of them below a spill.
  public init(
    _ hypsometry: Hypsometry, infiltration: Grid<Float>, ground: Grid<Float>, drains: [BluespotDrain] = []
  ) {
    precondition(infiltration.geometry == ground.geometry, "infiltration and terrain do not lie on each other")
    var next = hypsometry.offsets
    var cells = [(height: Float, depth: Int64)](repeating: (0, 0), count: hypsometry.heights.count)
    infiltration.withUnsafeCells { depth in
      hypsometry.hierarchy.forEachMarginCell(over: ground) { node, height, index in
        let units = depth[index].isNaN ? 0 : WaterDepth.units(depth[index])
        precondition(units >= 0, "infiltration is a depth ≥ 0")
        cells[next[node]] = (height, units)
        next[node] += 1
      }
    }
    var sums = [Int64](repeating: 0, count: cells.count)
    for node in stride(from: 1, to: hypsometry.hierarchy.nodeCount, by: 1) {
      let range = hypsometry.offsets[node]..<hypsometry.offsets[node + 1]
      cells[range].sort { $0.height < $1.height }
      var sum: Int64 = 0
      for cell in range {
        sum += cells[cell].depth
        sums[cell] = sum
      }
    }
    self.init(hypsometry, soaking: .sums(sums), drains: drains)
  }

  private init(_ hypsometry: Hypsometry, soaking: Soaking, drains: [BluespotDrain]) {
    let nodes = hypsometry.hierarchy.nodeCount
    self.soaking = soaking
    marginalInfiltration = (0..<nodes).map { node in
      let cells = hypsometry.offsets[node + 1] - hypsometry.offsets[node]
      let units = Self.units(soaking, firstCell: hypsometry.offsets[node], count: cells)
      return units == 0 ? 0 : WaterVolume.quanta(fromDepthUnits: Int128(units), cellArea: hypsometry.cellArea)
    }
    var capacity = [Int64](repeating: 0, count: nodes)
    var unused: [Int] = []
    for (number, drain) in drains.enumerated() {
      let basin = Int(hypsometry.hierarchy.basins.labels[drain.column, drain.row])
      if basin > 0 { capacity[basin] += drain.volume } else { unused.append(number) }
    }
    drainCapacity = capacity
    unusedDrains = unused
  }

  /// Depth units that the first `count` cells of a margin take up.
  private static func units(_ soaking: Soaking, firstCell: Int, count: Int) -> Int64 {
    if count == 0 { return 0 }
    switch soaking {
    case .none: return 0
    case .uniform(let units): return units * Int64(count)
    case .sums(let sums): return sums[firstCell + count - 1]
    }
  }

  /// Depth in metres summed over the first `count` cells of a margin.
  func metres(firstCell: Int, count: Int) -> Double {
    WaterDepth.millimetres(Self.units(soaking, firstCell: firstCell, count: count)) * 1e-3
  }

  /// Whether cells take up any water.
  var hasInfiltration: Bool {
    if case .none = soaking { return false }
    return true
  }
}
