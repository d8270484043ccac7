import Grids

// The searches by measure, each compiled for its own here, where the general one is in sight. `found` gets the target,
// the largest value over all sources, −∞ where there is none, and a source that has it, −1 where there is none.

/// Looks for the ``LeastRun`` of each target.
func largestReach(
  _ measure: LeastRun, targets: Grid<Float>, sources: Grid<Float>, threads: Int,
  found: @Sendable (_ target: Int, _ value: Double, _ source: Int) -> Void
) {
  largest(measure, targets: targets, sources: sources, threads: threads, found: found)
}

/// Looks for the ``GreatestRise`` of each target.
func largestReach(
  _ measure: GreatestRise, targets: Grid<Float>, sources: Grid<Float>, threads: Int,
  found: @Sendable (_ target: Int, _ value: Double, _ source: Int) -> Void
) {
  largest(measure, targets: targets, sources: sources, threads: threads, found: found)
}

/// Looks for the ``GreatestRiseWithin`` the run of each target.
func largestReach(
  _ measure: GreatestRiseWithin, targets: Grid<SIMD2<Float>>, sources: Grid<SIMD2<Float>>, threads: Int,
  found: @Sendable (_ target: Int, _ value: Double, _ source: Int) -> Void
) {
  largest(measure, targets: targets, sources: sources, threads: threads, found: found)
}

/// Looks whether each target is ``WithinOwnReach`` of a source; the source is not told.
func largestReach(
  _ measure: WithinOwnReach, targets: Grid<SIMD2<Float>>, sources: Grid<SIMD2<Float>>, threads: Int,
  found: @Sendable (_ target: Int, _ value: Double, _ source: Int) -> Void
) {
  largest(measure, targets: targets, sources: sources, threads: threads, found: found)
}

/// Largest value of a measure over all sources, for each target; −∞ where there is none.
///
/// Targets and sources are gathered in blocks of 4×4 cells, and those by fours to a tree. Blocks of targets go down the
/// tree together with the list of source blocks that may hold the best source of one of them: a block of sources is left
/// out where the largest key in it, at its nearest point, gives a smaller value than every target of the block is known
/// to have. Terrain without differences of height ends near the root, and elsewhere the lists stay short because far
/// blocks may be large: the work grows with the number of cells, not with its square.
private func largest<Measure: ReachMeasure>(
  _ measure: Measure, targets: Grid<Measure.Key>, sources: Grid<Measure.Key>, threads: Int,
  found: @Sendable (_ target: Int, _ value: Double, _ source: Int) -> Void
) {
  let geometry = targets.geometry
  let targetBlocks = BlockTree<Measure>(targets, threads: threads)
  let sourceBlocks = BlockTree<Measure>(sources, threads: threads)
  // Enough tasks that no thread waits long for the last.
  let tasks = targetBlocks.levels.last { $0.columns * $0.rows >= 64 } ?? targetBlocks.levels[0]
  targets.withUnsafeCells { targets in
    sources.withUnsafeCells { sources in
      nonisolated(unsafe) let (targets, sources) = (targets, sources)
      parallelBlocks(of: tasks.columns * tasks.rows, threads: threads, block: 1) { block in
        var search = ReachSearch(
          measure: measure, geometry: geometry, targets: targets, sources: sources, targetBlocks: targetBlocks,
          sourceBlocks: sourceBlocks)
        for task in block { search.run(level: tasks.level, block: task, found) }
      }
    }
  }
}

/// Largest and smallest keys of blocks of cells, from 4×4 cells up to all.
private struct BlockTree<Measure: ReachMeasure>: Sendable {
  struct Level: Sendable {
    let level: Int
    let columns: Int
    let rows: Int
    /// Largest key of each block, componentwise; absent where it holds nothing.
    var largest: [Measure.Key]
    /// Smallest key of each block, componentwise, of those that are present.
    var smallest: [Measure.Key]
  }

  /// Cells along a side of the smallest blocks.
  static var side: Int { 4 }
  var levels: [Level]

  init(_ keys: Grid<Measure.Key>, threads: Int) {
    let side = Self.side
    let (columns, rows) = ((keys.columns + side - 1) / side, (keys.rows + side - 1) / side)
    var largest = [Measure.Key](repeating: Measure.absent, count: columns * rows)
    var smallest = largest
    largest.withUnsafeMutableBufferPointer { largest in
      smallest.withUnsafeMutableBufferPointer { smallest in
        nonisolated(unsafe) let (largest, smallest) = (largest, smallest)
        parallelBlocks(of: rows, threads: threads) { block in
          for row in (block.lowerBound * side)..<min(block.upperBound * side, keys.rows) {
            let line = keys.row(row)
            for column in 0..<line.count where Measure.isPresent(line[column]) {
              Self.join(
                line[column], line[column], &largest[row / side * columns + column / side],
                &smallest[row / side * columns + column / side])
            }
          }
        }
      }
    }
    levels = [Level(level: 0, columns: columns, rows: rows, largest: largest, smallest: smallest)]
    while let below = levels.last, below.columns * below.rows > 1 {
      let (columns, rows) = ((below.columns + 1) / 2, (below.rows + 1) / 2)
      var level = Level(
        level: below.level + 1, columns: columns, rows: rows,
        largest: Array(repeating: Measure.absent, count: columns * rows),
        smallest: Array(repeating: Measure.absent, count: columns * rows))
      for row in 0..<below.rows {
        for column in 0..<below.columns {
          let block = row * below.columns + column
          guard Measure.isPresent(below.largest[block]) else { continue }
          let parent = row / 2 * columns + column / 2
          Self.join(below.largest[block], below.smallest[block], &level.largest[parent], &level.smallest[parent])
        }
      }
      levels.append(level)
    }
  }

  private static func join(
    _ large: Measure.Key, _ small: Measure.Key, _ largest: inout Measure.Key, _ smallest: inout Measure.Key
  ) {
    smallest = Measure.isPresent(largest) ? Measure.smaller(smallest, small) : small
    largest = Measure.larger(largest, large)
  }
}

/// The walk down both trees, with the lists of one target block on each level.
private struct ReachSearch<Measure: ReachMeasure> {
  /// A block of sources that may hold the best one.
  struct Candidate {
    let block: Int32
    /// No source in it has a larger value for any target of the block of targets.
    let bound: Double
    /// Squared distance of its nearest cell.
    let distance: Double
  }

  /// Rows and columns of cells.
  struct Box {
    var columns: ClosedRange<Int>
    var rows: ClosedRange<Int>
  }

  let measure: Measure
  let geometry: GridGeometry
  let targets: UnsafePointer<Measure.Key>
  let sources: UnsafePointer<Measure.Key>
  let targetBlocks: BlockTree<Measure>
  let sourceBlocks: BlockTree<Measure>
  /// Candidates by level.
  var lists: [[Candidate]]
  /// Value that every target of the block has at least, by level.
  var certain: [Double]

  init(
    measure: Measure, geometry: GridGeometry, targets: UnsafePointer<Measure.Key>,
    sources: UnsafePointer<Measure.Key>, targetBlocks: BlockTree<Measure>, sourceBlocks: BlockTree<Measure>
  ) {
    self.measure = measure
    self.geometry = geometry
    self.targets = targets
    self.sources = sources
    self.targetBlocks = targetBlocks
    self.sourceBlocks = sourceBlocks
    lists = Array(repeating: [], count: targetBlocks.levels.count)
    certain = Array(repeating: -.infinity, count: targetBlocks.levels.count)
  }

  /// Finds the values of all targets in one block.
  mutating func run(level: Int, block: Int, _ found: (Int, Double, Int) -> Void) {
    let top = targetBlocks.levels.count - 1
    lists[top] = [Candidate(block: 0, bound: .infinity, distance: 0)]
    let columns = targetBlocks.levels[level].columns
    // The lists of the blocks above this one.
    for above in stride(from: top - 1, through: level, by: -1) {
      let (row, column) = ((block / columns) >> (above - level), (block % columns) >> (above - level))
      refine(above, target: row * targetBlocks.levels[above].columns + column)
    }
    descend(level, block, found)
  }

  private mutating func descend(_ level: Int, _ block: Int, _ found: (Int, Double, Int) -> Void) {
    guard !lists[level].isEmpty else {
      report(box(level, block), found) { _ in -.infinity }
      return
    }
    if certain[level] >= measure.ceiling {
      report(box(level, block), found) { Measure.isPresent(targets[$0]) ? certain[level] : -.infinity }
      return
    }
    if level == 0 {
      search(block, found)
      return
    }
    let (columns, below) = (targetBlocks.levels[level].columns, targetBlocks.levels[level - 1])
    let (row, column) = (block / columns * 2, block % columns * 2)
    for childRow in row..<min(row + 2, below.rows) {
      for childColumn in column..<min(column + 2, below.columns) {
        let child = childRow * below.columns + childColumn
        refine(level - 1, target: child)
        descend(level - 1, child, found)
      }
    }
  }

  /// Makes the list of a target block from that of the block above it.
  private mutating func refine(_ level: Int, target: Int) {
    lists[level].removeAll(keepingCapacity: true)
    certain[level] = -.infinity
    let largest = targetBlocks.levels[level].largest[target]
    guard Measure.isPresent(largest) else { return }
    let smallest = targetBlocks.levels[level].smallest[target]
    let here = box(level, target)
    let above = sourceBlocks.levels[level + 1].columns
    let columns = sourceBlocks.levels[level].columns
    let rows = sourceBlocks.levels[level].rows
    var certain = -Double.infinity
    var certainBlock = -1
    // Sources whose keys are not larger than this are of no use but for one.
    var settled = Measure.absent
    var settledBlock = -1
    for position in lists[level + 1].indices {
      let parent = Int(lists[level + 1][position].block)
      let (row, column) = (parent / above * 2, parent % above * 2)
      for childRow in row..<min(row + 2, rows) {
        for childColumn in column..<min(column + 2, columns) {
          let child = childRow * columns + childColumn
          let key = sourceBlocks.levels[level].largest[child]
          guard Measure.isPresent(key) else { continue }
          let there = box(level, child)
          let distance = nearest(here, there)
          let bound = measure.value(target: largest, source: key, squaredDistance: distance)
          guard bound > certain, Measure.exceeds(key, settled) else { continue }
          lists[level].append(Candidate(block: Int32(child), bound: bound, distance: distance))
          let attained = Measure.attained(largest: key, smallest: sourceBlocks.levels[level].smallest[child])
          let least = measure.value(target: smallest, source: attained, squaredDistance: farthest(here, there))
          if least > certain { (certain, certainBlock) = (least, child) }
          if Measure.ignoresDistance, least > -.infinity, Measure.exceeds(attained, settled) {
            (settled, settledBlock) = (attained, child)
          }
        }
      }
    }
    if certain > -.infinity {
      let keys = sourceBlocks.levels[level].largest
      lists[level].removeAll { candidate in
        let block = Int(candidate.block)
        return (candidate.bound <= certain && block != certainBlock && block != settledBlock)
          || (settledBlock >= 0 && block != settledBlock && !Measure.exceeds(keys[block], settled))
      }
    }
    self.certain[level] = certain
  }

  /// Looks through the cells of the candidates of a smallest block, the most promising first.
  private mutating func search(_ block: Int, _ found: (Int, Double, Int) -> Void) {
    lists[0].sort { ($0.bound, $1.distance, $1.block) > ($1.bound, $0.distance, $0.block) }
    let here = box(0, block)
    for row in here.rows {
      for column in here.columns {
        let cell = row * geometry.columns + column
        var best = -Double.infinity
        var source = -1
        let target = targets[cell]
        if Measure.isPresent(target) {
          for candidate in lists[0] {
            if candidate.bound <= best { break }
            scan(
              box(0, Int(candidate.block)), column: column, row: row, target: target, best: &best, source: &source)
          }
        }
        found(cell, best, source)
      }
    }
  }

  @inline(__always)
  private func scan(
    _ there: Box, column: Int, row: Int, target: Measure.Key, best: inout Double, source: inout Int
  ) {
    let isWhole = there.columns.count == 4
    let x = (SIMD4<Float>(0, 1, 2, 3) + Float(there.columns.lowerBound - column)) * Float(geometry.cellWidth)
    let squaredX = x * x
    for sourceRow in there.rows {
      let line = sources + sourceRow * geometry.columns
      if isWhole {
        let y = Float(sourceRow - row) * Float(geometry.cellHeight)
        if !measure.mayExceed(
          best, target: target, sources: line + there.columns.lowerBound, squaredDistances: squaredX + y * y)
        {
          continue
        }
      }
      for sourceColumn in there.columns {
        let value = measure.value(
          target: target, source: line[sourceColumn],
          squaredDistance: squared(sourceColumn - column, sourceRow - row))
        if value > best {
          best = value
          source = sourceRow * geometry.columns + sourceColumn
        }
      }
    }
  }

  private func report(_ box: Box, _ found: (Int, Double, Int) -> Void, value: (Int) -> Double) {
    for row in box.rows {
      for cell in (row * geometry.columns + box.columns.lowerBound)...(row * geometry.columns + box.columns.upperBound)
      {
        found(cell, value(cell), -1)
      }
    }
  }

  /// The cells of a block.
  @inline(__always)
  private func box(_ level: Int, _ block: Int) -> Box {
    let columns = targetBlocks.levels[level].columns
    let side = BlockTree<Measure>.side << level
    let (row, column) = (block / columns * side, block % columns * side)
    return Box(
      columns: column...(min(column + side, geometry.columns) - 1), rows: row...(min(row + side, geometry.rows) - 1))
  }

  /// Squared distance of two cells.
  @inline(__always)
  private func squared(_ columns: Int, _ rows: Int) -> Double {
    let (x, y) = (Double(columns) * geometry.cellWidth, Double(rows) * geometry.cellHeight)
    return x * x + y * y
  }

  /// Squared distance of the nearest cells of two boxes.
  @inline(__always)
  private func nearest(_ a: Box, _ b: Box) -> Double {
    squared(
      max(0, b.columns.lowerBound - a.columns.upperBound, a.columns.lowerBound - b.columns.upperBound),
      max(0, b.rows.lowerBound - a.rows.upperBound, a.rows.lowerBound - b.rows.upperBound))
  }

  /// Squared distance of the farthest cells of two boxes.
  @inline(__always)
  private func farthest(_ a: Box, _ b: Box) -> Double {
    squared(
      max(b.columns.upperBound - a.columns.lowerBound, a.columns.upperBound - b.columns.lowerBound),
      max(b.rows.upperBound - a.rows.lowerBound, a.rows.upperBound - b.rows.lowerBound))
  }
}
