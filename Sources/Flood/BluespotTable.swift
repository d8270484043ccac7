public import Grids
import Terrain

/// What a bluespot is, whatever the event.
public struct BluespotProperties: Sendable, Hashable {
  /// Node of the hierarchy.
  public let node: Int
  /// Position of the bluespot around it, nil for the largest of a nest.
  public let parent: Int?
  /// Number of bluespots around it.
  public let depthLevel: Int
  /// Position of the bluespot that its spill comes to, small depressions on the way left out; nil where it leaves the
  /// terrain.
  ///
  /// Of nested bluespots it is the innermost one at the far side of the saddle.
  public let spillInto: Int?
  /// Area at the brim, m².
  public let area: Double
  /// Volume at the brim, m³.
  public let volume: Double
  /// Greatest depth at the brim, metres.
  public let depth: Double
  /// Height of the brim, metres.
  public let spillLevel: Double
  /// The cell of the saddle by which it spills: its pour point.
  public let saddle: CellIndex
  /// Area of the watershed, m².
  public let watershedArea: Double
  /// Rain in millimetres that fills it from its own watershed alone.
  public let localFillRain: Double
  /// Rain in millimetres that fills it with what comes through the network.
  public let networkFillRain: Double
}

/// What a bluespot got and did in one event; volumes in quanta of ``WaterVolume``.
public struct BluespotWater: Sendable, Hashable {
  /// Runoff of its own watershed.
  public let local: Int64
  /// Water that came over saddles from elsewhere.
  public let upstream: Int64
  /// Water that stands in it at last.
  public let stored: Int64
  /// Water that soaked into its ground.
  public let infiltrated: Int64
  /// Water that drains took.
  public let drained: Int64
  /// Water that it passed on.
  public let spilled: Int64
  /// Height of its water, metres; nil where it is dry, or where its parts stand at different heights.
  public let level: Double?
  /// Greatest depth, metres; 0 where it is dry.
  public let depth: Double
  /// Area under water, m².
  public let wetArea: Double
  /// Share of the volume at the brim that is filled, per cent; 0 where that volume is too small to count.
  public let filledPercent: Double

  /// Whether the books close: local + upstream = stored + infiltrated + drained + spilled.
  public var isBalanced: Bool { local + upstream == stored + infiltrated + drained + spilled }
}

extension Bluespots {
  /// What every bluespot is, in the order of ``items``.
  /// - Parameter fillRain: The fill rain of the same hypsometry.
  public func properties(in hypsometry: Hypsometry, fillRain: FillRain) -> [BluespotProperties] {
    let hierarchy = hypsometry.hierarchy
    let receivers = receivers(in: hierarchy)
    return items.indices.map { index in
      let item = items[index]
      let node = item.node
      return BluespotProperties(
        node: node, parent: item.parent, depthLevel: item.depthLevel, spillInto: receivers[index],
        area: Double(hypsometry.cells[node]) * hypsometry.cellArea,
        volume: WaterVolume.cubicMetres(hypsometry.capacity[node]), depth: Double(hypsometry.depth(of: node)),
        spillLevel: Double(hierarchy.spillElevation[node]), saddle: hierarchy.spillCell[node],
        watershedArea: Double(hypsometry.watershedCells[node]) * hypsometry.cellArea,
        localFillRain: fillRain.local[node], networkFillRain: fillRain.network[node])
    }
  }

  /// What every bluespot got and did in an event, in the order of ``items``.
  public func water(_ water: StandingWater) -> [BluespotWater] {
    let (cells, depth) = water.extents()
    return items.map { item in
      let node = item.node
      let capacity = water.hypsometry.capacity[node]
      return BluespotWater(
        local: water.local[node], upstream: water.upstream[node], stored: water.stored[node],
        infiltrated: water.infiltrated[node], drained: water.drained[node], spilled: water.spilled[node],
        level: water.level[node].isNaN ? nil : water.level[node], depth: depth[node],
        wetArea: Double(cells[node]) * water.hypsometry.cellArea,
        filledPercent: capacity > 0 ? Double(water.stored[node]) / Double(capacity) * 100 : 0)
    }
  }

  /// For every bluespot the position of the one that takes its spill, nil where it leaves the terrain.
  func receivers(in hierarchy: DepressionHierarchy) -> [Int?] {
    // The innermost bluespot around every node, −1 where there is none.
    var around = [Int32](repeating: -1, count: hierarchy.nodeCount)
    for (index, item) in items.enumerated() { around[item.node] = Int32(index) }
    for node in stride(from: hierarchy.nodeCount - 1, to: 0, by: -1) where around[node] < 0 {
      around[node] = around[Int(hierarchy.parent[node])]
    }
    let top = hierarchy.topNodes()
    return items.map { item in
      var leaf = Int(hierarchy.spillInto[item.node])
      while leaf != 0 {
        if around[leaf] >= 0 { return Int(around[leaf]) }
        // A depression too small to show hands on what it cannot hold.
        leaf = Int(hierarchy.spillInto[Int(top[leaf])])
      }
      return nil
    }
  }
}
