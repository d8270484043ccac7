import Grids

/// The trees that D8 directions form: each cell that water leaves by, or stays in, with all that drains to it.
///
/// Trees have no cell in common, so that threads share them out. A walk needs no marks, as every cell is reached
/// from its one receiver: its memory is that of the path it stands on.
struct FlowTrees {
  private let directions: Grid<UInt8>
  private let roots: [CellIndex]
  private let distances: InlineArray<8, Double>

  init(_ directions: Grid<UInt8>) {
    var roots: [CellIndex] = []
    directions.withUnsafeCells { direction in
      for index in 0..<directions.count
      where direction[index] == FlowDirection.outlet || direction[index] == FlowDirection.pit {
        roots.append(CellIndex(index))
      }
    }
    self.directions = directions
    self.roots = roots
    let lengths = FlowDirection.distances(directions.geometry)
    distances = InlineArray { lengths[$0] }
  }

  /// The neighbours that drain to a cell, as a set of codes.
  ///
  /// Before the first and behind the last column the index leads into the next row, to cells at the other border.
  /// Directions do not lead over the border, so those are never donors.
  @inline(__always)
  static func donors(
    of index: Int, _ direction: UnsafePointer<UInt8>, _ steps: NeighbourSteps, _ inner: Range<Int>, count: Int
  ) -> UInt8 {
    var set: UInt8 = 0
    if inner.contains(index) {
      for code in 0..<8 where direction[index &+ steps[code]] == UInt8((code &+ 4) & 7) { set |= 1 << UInt8(code) }
    } else {
      for code in 0..<8 {
        let donor = index &+ steps[code]
        if donor >= 0, donor < count, direction[donor] == UInt8((code &+ 4) & 7) { set |= 1 << UInt8(code) }
      }
    }
    return set
  }

  /// Walks every tree from its root upstream, so that each cell comes after its receiver.
  ///
  /// - Parameters:
  ///   - root: What a root finds as the state below it.
  ///   - visit: Makes the state of a cell from that of its receiver and the distance to it, which is 0 for a root.
  @inline(__always)
  func walkUpstream<State: BitwiseCopyable & Sendable>(
    threads: Int, root: State, _ visit: @Sendable (_ cell: Int, _ below: State, _ distance: Double) -> State
  ) {
    let steps = NeighbourSteps(columns: directions.columns)
    let count = directions.count
    let inner = Self.inner(directions)
    directions.withUnsafeCells { cells in
      nonisolated(unsafe) let direction = cells
      parallelBlocks(of: roots.count, threads: threads) { block in
        var stack: [(cell: CellIndex, below: State, distance: Double)] = []
        for number in block {
          stack.append((roots[number], root, 0))
          while let (cell, below, distance) = stack.popLast() {
            let index = Int(cell)
            let state = visit(index, below, distance)
            var left = Self.donors(of: index, direction, steps, inner, count: count)
            while left != 0 {
              let code = left.trailingZeroBitCount
              left &= left &- 1
              stack.append((CellIndex(index &+ steps[code]), state, distances[code]))
            }
          }
        }
      }
    }
  }

  /// Walks every tree from its heads downstream, so that each cell comes after all its donors.
  ///
  /// - Parameters:
  ///   - head: The state of a cell before any donor has added to it.
  ///   - join: Adds the state of a donor at a distance; donors come in the order of the codes that lead to them.
  ///   - finish: Takes the state of a cell that is complete.
  @inline(__always)
  func walkDownstream<State: BitwiseCopyable & Sendable>(
    threads: Int, head: State, join: @Sendable (_ state: inout State, _ donor: State, _ distance: Double) -> Void,
    finish: @Sendable (_ cell: Int, _ state: State) -> Void
  ) {
    let steps = NeighbourSteps(columns: directions.columns)
    let count = directions.count
    let inner = Self.inner(directions)
    directions.withUnsafeCells { cells in
      nonisolated(unsafe) let direction = cells
      parallelBlocks(of: roots.count, threads: threads) { block in
        // The path from the root to the cell in hand, with the donors that are still to come.
        var path: [(cell: CellIndex, donors: UInt8, state: State)] = []
        for number in block {
          var index = Int(roots[number])
          var donors = Self.donors(of: index, direction, steps, inner, count: count)
          var state = head
          while true {
            if donors != 0 {
              let code = donors.trailingZeroBitCount
              path.append((CellIndex(index), donors & (donors &- 1), state))
              index &+= steps[code]
              donors = Self.donors(of: index, direction, steps, inner, count: count)
              state = head
              continue
            }
            finish(index, state)
            guard let (receiver, left, sum) = path.popLast() else { break }
            let donor = state
            let distance = distances[Int(direction[index])]
            index = Int(receiver)
            donors = left
            state = sum
            join(&state, donor, distance)
          }
        }
      }
    }
  }

  /// Cells whose neighbours all have an index within the grid.
  static func inner(_ directions: Grid<UInt8>) -> Range<Int> {
    let first = directions.columns + 1
    return first..<max(first, directions.count - first)
  }
}
