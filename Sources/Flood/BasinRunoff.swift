public import Grids
public import Terrain

/// Runoff of an event by basin, in whole quanta of water.
public struct BasinRunoff: Sendable {
  /// Runoff of each basin in quanta of ``WaterVolume``; position 0 drains straight outside.
  public let quanta: [Int64]
  /// Sum of all cells before it was turned into quanta, in units of ``WaterDepth``.
  public let depthUnits: Int128
  /// Per basin, cells whose terrain is known but whose runoff is not; they add no water.
  public let unknownCells: [Int]
  /// Cells without terrain whose runoff is known; their water is not part of the terrain's balance.
  public let outsideCells: Int
  /// Sum of the runoff of `outsideCells`, in units of ``WaterDepth``.
  public let outsideDepthUnits: Int128

  /// Adds up runoff over each basin and turns each sum into a volume once.
  ///
  /// Rounding every cell instead would bias uniform rain, since all its cells round the same way.
  /// - Parameter runoff: Millimetres per cell, ≥ 0; NaN where it is not known.
  public init(_ runoff: Grid<Float>, in basins: DrainageBasins) {
    precondition(runoff.geometry == basins.labels.geometry, "runoff and basins do not lie on each other")
    var sums = [Int128](repeating: 0, count: basins.count + 1)
    var unknown = [Int](repeating: 0, count: basins.count + 1)
    var outside = 0
    var outsideSum: Int128 = 0
    runoff.withUnsafeCells { depth in
      basins.labels.withUnsafeCells { label in
        for index in 0..<runoff.count {
          let basin = Int(label[index])
          if depth[index].isNaN {
            if basin >= 0 { unknown[basin] += 1 }
          } else if basin >= 0 {
            sums[basin] += Int128(WaterDepth.units(depth[index]))
          } else {
            outside += 1
            outsideSum += Int128(WaterDepth.units(depth[index]))
          }
        }
      }
    }
    let area = runoff.geometry.cellArea
    quanta = sums.map { WaterVolume.quanta(fromDepthUnits: $0, cellArea: area) }
    depthUnits = sums.reduce(0, +)
    unknownCells = unknown
    outsideCells = outside
    outsideDepthUnits = outsideSum
  }

  /// All runoff in quanta.
  public var total: Int64 { quanta.reduce(0, +) }
}
