public import Grids

/// What drains to each of several points: every cell belongs to the first point that its water passes.
///
/// Points may lie above each other on a stream; the watershed of the lower one then is its own cells and those of all
/// points that drain to it.
public struct Watersheds: Sendable {
  /// Label of cells whose water passes no point.
  public static let none: Int32 = 0
  /// Label of cells without elevation.
  public static let nodata: Int32 = -1

  /// Number of the first point downstream, counted from 1, the point's own cell included; else ``none`` or
  /// ``nodata``.
  public let labels: Grid<Int32>
  /// Position in the list of the next point that the water of each point passes; nil where there is none.
  public let downstream: [Int?]
  /// Number of cells that each point labels, those of points above it not included.
  ///
  /// None for a point in a cell that an earlier one has; that one is its `downstream`.
  public let ownCells: [Int]

  /// Finds the watersheds of points.
  /// - Parameters:
  ///   - points: Cells with an elevation.
  ///   - directions: D8 codes that drain every cell, as from ``DepressionHierarchy/routedDirections()``.
  ///   - threads: Number of threads; the result does not depend on it.
  /// - Complexity: O(*n*), four bytes a cell for the labels.
  public init(of points: [CellIndex], directions: Grid<UInt8>, threads: Int = 1) {
    precondition(points.count < Int32.max, "labels have 32 bits")
    var labels = Grid<Int32>(directions.geometry, repeating: Self.nodata)
    var downstream = [Int?](repeating: nil, count: points.count)
    var ownCells = [Int](repeating: 0, count: points.count)
    for (number, point) in points.enumerated() {
      precondition(directions[Int(point)] != FlowDirection.nodata, "a point lies where there is no elevation")
      if labels[Int(point)] == Self.nodata {
        labels[Int(point)] = Int32(number + 1)
      } else {
        downstream[number] = Int(labels[Int(point)]) - 1
      }
    }
    labels.withUnsafeMutableCells { cells in
      downstream.withUnsafeMutableBufferPointer { buffer in
        nonisolated(unsafe) let label = cells
        nonisolated(unsafe) let next = buffer
        FlowTrees(directions).walkUpstream(threads: threads, root: Self.none) { cell, below, _ in
          if label[cell] <= 0 {
            label[cell] = below
          } else if below != Self.none {
            next[Int(label[cell]) - 1] = Int(below) - 1
          }
          return label[cell]
        }
      }
      for index in 0..<directions.count where cells[index] > 0 { ownCells[Int(cells[index]) - 1] += 1 }
    }
    self.labels = labels
    self.downstream = downstream
    self.ownCells = ownCells
  }

  /// Sums over what drains to each point, points above it included, from sums over what each point labels.
  ///
  /// The order of the additions depends on the points alone.
  public func accumulated(_ own: [Double]) -> [Double] {
    precondition(own.count == downstream.count, "one value for each point")
    var sums = own
    var waiting = [Int](repeating: 0, count: own.count)
    for next in downstream.compactMap(\.self) { waiting[next] += 1 }
    for first in own.indices where waiting[first] == 0 {
      var point = first
      while let next = downstream[point] {
        sums[next] += sums[point]
        waiting[next] -= 1
        // Whoever brings the last of a point's water carries it on.
        if waiting[next] > 0 { break }
        waiting[next] = -1
        point = next
      }
    }
    return sums
  }
}
