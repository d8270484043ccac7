public import Grids

/// The parts of a terrain that drain by steepest descent to one pit each, or straight outside.
///
/// Basins are numbered from 1 in the order of their pits' cell indices; 0 is the outside, −1 no data.
public struct DrainageBasins: Sendable {
  /// Direction of every cell by ``FlowDirection``; pits are ``FlowDirection/pit``.
  public let directions: Grid<UInt8>
  /// Basin of every cell.
  public let labels: Grid<Int32>
  /// The pit of basin *i* at position *i* − 1.
  public let pits: [CellIndex]

  /// Number of basins without the outside.
  public var count: Int { pits.count }

  init(_ terrain: PreparedTerrain, threads: Int) {
    var directions = terrain.steepestDescent(threads: threads)
    terrain.resolveFlats(&directions, threads: threads)
    var pits: [CellIndex] = []
    let columns = directions.columns
    let count = directions.count
    let steps = NeighbourSteps(columns: columns)
    let unlabelled: Int32 = -2
    var labels = Grid<Int32>(directions.geometry, repeating: unlabelled)
    directions.withUnsafeCells { direction in
      labels.withUnsafeMutableCells { label in
        for index in 0..<count {
          switch direction[index] {
          case FlowDirection.pit:
            pits.append(CellIndex(index))
            label[index] = Int32(pits.count)
          case FlowDirection.outlet: label[index] = 0
          case FlowDirection.nodata: label[index] = -1
          default: break
          }
        }
        for start in 0..<count where label[start] == unlabelled {
          var index = start
          while label[index] == unlabelled { index += steps[Int(direction[index])] }
          let found = label[index]
          index = start
          while label[index] == unlabelled {
            label[index] = found
            index += steps[Int(direction[index])]
          }
        }
      }
    }
    self.directions = directions
    self.labels = labels
    self.pits = pits
  }
}
