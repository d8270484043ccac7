/// Regions of equal value whose cells touch along an edge.
public struct ConnectedRegions: Sendable {
  /// Region of every cell, numbered from 1 in the order of their first cells; 0 where the value is ignored.
  public let labels: Grid<Int32>
  /// Value of region *i* at position *i* − 1.
  public let values: [Int32]
  /// Cells of region *i* at position *i* − 1.
  public let cells: [Int]

  /// Labels the regions of a grid.
  /// - Parameter ignored: The value that belongs to no region.
  /// - Complexity: O(*n* α(*n*)) in two passes over the rows.
  public init(of grid: Grid<Int32>, ignoring ignored: Int32) {
    let columns = grid.columns
    var parent: [Int32] = [0]
    func root(_ label: Int32) -> Int32 {
      var label = label
      while parent[Int(label)] != label {
        parent[Int(label)] = parent[Int(parent[Int(label)])]
        label = parent[Int(label)]
      }
      return label
    }
    var labels = Grid<Int32>(grid.geometry, repeating: 0)
    var values: [Int32] = []
    var cells: [Int] = []
    grid.withUnsafeCells { value in
      labels.withUnsafeMutableCells { label in
        for index in 0..<grid.count where value[index] != ignored {
          let west = index % columns > 0 && value[index - 1] == value[index] ? root(label[index - 1]) : 0
          let north = index >= columns && value[index - columns] == value[index] ? root(label[index - columns]) : 0
          if west == 0, north == 0 {
            label[index] = Int32(parent.count)
            parent.append(Int32(parent.count))
          } else if west == 0 || north == 0 || west == north {
            label[index] = max(west, north)
          } else {
            // The older label wins, so that numbers follow the first cells.
            label[index] = min(west, north)
            parent[Int(max(west, north))] = min(west, north)
          }
        }
        var number = [Int32](repeating: 0, count: parent.count)
        for index in 0..<grid.count where label[index] != 0 {
          let found = Int(root(label[index]))
          if number[found] == 0 {
            values.append(value[index])
            cells.append(0)
            number[found] = Int32(values.count)
          }
          label[index] = number[found]
          cells[Int(number[found]) - 1] += 1
        }
      }
    }
    self.labels = labels
    self.values = values
    self.cells = cells
  }
}
