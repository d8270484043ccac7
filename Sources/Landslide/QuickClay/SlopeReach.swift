public import Grids

/// A line of slope 1:n from the foot of a slope, and from which height on it counts.
public struct SlopeCriterion: Sendable, Hashable {
  /// Run n of the line 1:n, metres for each metre of rise.
  public let run: Double
  /// Smallest height above the foot in m.
  public let smallestHeight: Double
  /// Greatest horizontal distance from the foot in m.
  public let greatestDistance: Double

  /// Takes and checks the figures.
  /// - Throws: ``InvalidClayFigure``.
  public init(
    run: Double, smallestHeight: Double = 5, greatestDistance: Double = .infinity
  ) throws(InvalidClayFigure) {
    try InvalidClayFigure.check("run n of the line 1:n", run, run > 0 && run <= 1000, "above 0, at most 1000")
    try InvalidClayFigure.check(
      "smallest height in m", smallestHeight, smallestHeight > 0 && smallestHeight.isFinite, "above 0")
    try InvalidClayFigure.check("greatest distance in m", greatestDistance, greatestDistance > 0, "above 0")
    self.run = run
    self.smallestHeight = smallestHeight
    self.greatestDistance = greatestDistance
  }

  /// Square of the longest run that is written as no more than n in single precision.
  var squaredRunLimit: Double {
    let widened = Double(Float(run).nextUp)
    return widened * widened
  }
}

/// A figure of the quick-clay rules that cannot be.
public struct InvalidClayFigure: Error, Sendable, Hashable, CustomStringConvertible {
  /// Which figure, with its unit.
  public let name: String
  /// The value found.
  public let value: Double
  /// What would be possible.
  public let range: String

  static func check(_ name: String, _ value: Double, _ isPossible: Bool, _ range: String) throws(InvalidClayFigure) {
    if !isPossible { throw InvalidClayFigure(name: name, value: value, range: range) }
  }

  /// The figure, its value and what would be possible.
  public var description: String { "quick clay: \(name) is \(value); give a number \(range)" }
}

/// Run n of the steepest line 1:n from each cell down to a foot: its distance over its height.
///
/// A cell fulfils the terrain criterion 1:15 where this is at most 15. Height and slope are of the same foot: a near foot
/// that is too little below and a low one that is too far do not add up to a slope.
/// - Parameters:
///   - terrain: Height in m; NaN is no data.
///   - feet: Level in m at the feet of slopes, as the bed of a stream; NaN where there is none. Nil takes the terrain of
///     every cell.
///   - criterion: The gentlest line that is looked for, smallest height and greatest distance.
///   - threads: Number of threads.
/// - Returns: n, from 0 (a foot below the cell itself) to the criterion's run; +∞ where no line is that steep, NaN where
///   the terrain has no data.
/// - Throws: ``GeometryMismatch`` or ``ValuesOutOfRange``.
/// - Complexity: Near linear in the cells; memory 8 bytes a cell besides the grids.
/// - Note: The least value over all pairs of cell and foot, to the last bit, found without looking at most of them: a
///   search in two trees of blocks, whose bounds hold in floating point too. The published screening program,
///   losneomrade, forms all distances of all feet to all cells, and asks for 0.067 in the place of 1/15.
public func steepestRun(
  terrain: Grid<Float>, feet: Grid<Float>? = nil, criterion: SlopeCriterion, threads: Int
) throws -> Grid<Float> {
  let (targets, sources) = try keys(terrain: terrain, feet: feet, threads: threads)
  var run = terrain.map(threads: threads) { $0.isNaN ? $0 : Float.infinity }
  run.withUnsafeMutableCells { run in
    nonisolated(unsafe) let run = run
    largestReach(
      LeastRun(
        smallestRise: criterion.smallestHeight, squaredRunLimit: criterion.squaredRunLimit,
        squaredReach: criterion.greatestDistance * criterion.greatestDistance),
      targets: targets, sources: sources, threads: threads
    ) { target, value, _ in
      if value > -.infinity { run[target] = Float((-value).squareRoot()) }
    }
  }
  return run
}

/// The foot of the slope below each cell: of all feet on lines nearly as steep as the steepest, the lowest.
///
/// On an even slope many lines have the same run; the lowest foot is where the slope ends.
/// - Parameters:
///   - terrain: Height in m; NaN is no data.
///   - feet: Level in m at the feet of slopes; NaN where there is none. Nil takes the terrain of every cell.
///   - run: Run of the steepest line of each cell; +∞ or NaN where none is wanted.
///   - tolerance: How much gentler a line may be than the steepest, as a share of its run.
///   - criterion: Smallest height and greatest distance.
///   - threads: Number of threads.
/// - Returns: The cell of the foot, −1 where there is none, and the height above it in m, 0 where there is none.
/// - Throws: ``GeometryMismatch`` or ``ValuesOutOfRange``.
public func slopeFeet(
  terrain: Grid<Float>, feet: Grid<Float>? = nil, run: Grid<Float>, tolerance: Double = 0.02, criterion: SlopeCriterion,
  threads: Int
) throws -> (foot: Grid<Int32>, height: Grid<Float>) {
  let (tops, levels) = try keys(terrain: terrain, feet: feet, threads: threads)
  try terrain.geometry.require(run.geometry, for: "feet of slopes from terrain and run")
  var targets = Grid<SIMD2<Float>>(terrain.geometry, repeating: GreatestRiseWithin.absent)
  targets.forEachRow(threads: threads) { row, cells in
    let runs = run.row(row)
    let heights = tops.row(row)
    for column in 0..<cells.count where runs[column].isFinite && heights[column] > -.infinity {
      cells[column] = SIMD2(heights[column], Float(Double(runs[column]) * (1 + tolerance)))
    }
  }
  let sources = levels.map(threads: threads) {
    $0 == -.infinity ? GreatestRiseWithin.absent : SIMD2<Float>($0, 0)
  }
  var foot = Grid<Int32>(terrain.geometry, repeating: -1)
  var height = Grid<Float>(terrain.geometry, repeating: 0)
  foot.withUnsafeMutableCells { foot in
    height.withUnsafeMutableCells { height in
      nonisolated(unsafe) let (foot, height) = (foot, height)
      largestReach(
        GreatestRiseWithin(
          smallestRise: criterion.smallestHeight,
          squaredReach: criterion.greatestDistance * criterion.greatestDistance),
        targets: targets, sources: sources, threads: threads
      ) { target, value, source in
        guard source >= 0 else { return }
        foot[target] = Int32(source)
        height[target] = Float(value)
      }
    }
  }
  return (foot, height)
}

/// Height of each cell above the lowest foot that its line reaches: the greatest rise at the criterion's slope or steeper.
/// - Parameters: As for ``steepestRun(terrain:feet:criterion:threads:)``.
/// - Returns: Height in m; 0 where no line is steep enough, NaN where the terrain has no data.
/// - Throws: ``GeometryMismatch`` or ``ValuesOutOfRange``.
public func heightAboveFoot(
  terrain: Grid<Float>, feet: Grid<Float>? = nil, criterion: SlopeCriterion, threads: Int
) throws -> Grid<Float> {
  let (targets, sources) = try keys(terrain: terrain, feet: feet, threads: threads)
  return greatestRise(criterion, targets: targets, sources: sources, known: terrain, threads: threads)
}

/// Height H of the slope above each foot: the greatest rise to a cell that its line reaches.
/// - Parameters: As for ``steepestRun(terrain:feet:criterion:threads:)``.
/// - Returns: Height in m; 0 where the slope is too gentle or too low, NaN where there is no foot.
/// - Throws: ``GeometryMismatch`` or ``ValuesOutOfRange``.
public func slopeHeight(
  terrain: Grid<Float>, feet: Grid<Float>? = nil, criterion: SlopeCriterion, threads: Int
) throws -> Grid<Float> {
  let (tops, negativeFeet) = try keys(terrain: terrain, feet: feet, threads: threads)
  return greatestRise(criterion, targets: negativeFeet, sources: tops, known: feet ?? terrain, threads: threads)
}

/// Cells within a multiple of the slope height from a foot, and above it: the rule of 20 H.
/// - Parameters:
///   - terrain: Height in m; NaN is no data.
///   - feet: Level in m at the feet of slopes; NaN where there is none. Nil takes the terrain of every cell.
///   - slopeHeight: H of each foot in m, as from ``slopeHeight(terrain:feet:criterion:threads:)``.
///   - factor: Multiple of H.
///   - smallestHeight: Height above the foot from which cells count, m.
///   - threads: Number of threads.
/// - Returns: 1 within, 0 without and where the terrain has no data.
/// - Throws: ``GeometryMismatch`` or ``ValuesOutOfRange``.
public func withinSlopeHeights(
  terrain: Grid<Float>, feet: Grid<Float>? = nil, slopeHeight: Grid<Float>, factor: Double, smallestHeight: Double,
  threads: Int
) throws -> Grid<UInt8> {
  let (targets, sources) = try keys(terrain: terrain, feet: feet, threads: threads)
  try terrain.geometry.require(slopeHeight.geometry, for: "reach from terrain and slope height")
  var reach = Grid<SIMD2<Float>>(terrain.geometry, repeating: WithinOwnReach.absent)
  reach.forEachRow(threads: threads) { row, cells in
    let heights = slopeHeight.row(row)
    let levels = sources.row(row)
    for column in 0..<cells.count where heights[column] > 0 && levels[column] > -.infinity {
      cells[column] = SIMD2(Float(factor * Double(heights[column])), levels[column])
    }
  }
  let places = targets.map(threads: threads) { SIMD2<Float>($0 > -.infinity ? 0 : $0, $0) }
  return within(WithinOwnReach(smallestRise: smallestHeight), targets: places, sources: reach, threads: threads)
}

/// Cells at most `distance` metres from a foot: 1, else 0.
func withinDistance(_ distance: Double, of feet: Grid<Float>, threads: Int) -> Grid<UInt8> {
  let sources = feet.map(threads: threads) { $0.isNaN ? WithinOwnReach.absent : SIMD2<Float>(Float(distance), 0) }
  let places = feet.map(threads: threads) { _ in SIMD2<Float>(0, 0) }
  return within(WithinOwnReach(smallestRise: -1), targets: places, sources: sources, threads: threads)
}

/// Terrain as keys of targets, feet with the sign changed as keys of sources.
private func keys(
  terrain: Grid<Float>, feet: Grid<Float>?, threads: Int
) throws -> (targets: Grid<Float>, sources: Grid<Float>) {
  try terrain.require(-12_000...9_000, of: "terrain height in m", threads: threads)
  if let feet {
    try terrain.geometry.require(feet.geometry, for: "slope criteria from terrain and feet of slopes")
    try feet.require(-12_000...9_000, of: "level of the feet of slopes in m", threads: threads)
  }
  return (
    terrain.map(threads: threads) { $0.isNaN ? -.infinity : $0 },
    (feet ?? terrain).map(threads: threads) { $0.isNaN ? -.infinity : -$0 }
  )
}

private func within(
  _ measure: WithinOwnReach, targets: Grid<SIMD2<Float>>, sources: Grid<SIMD2<Float>>, threads: Int
) -> Grid<UInt8> {
  var result = Grid<UInt8>(targets.geometry, repeating: 0)
  result.withUnsafeMutableCells { cells in
    nonisolated(unsafe) let cells = cells
    largestReach(measure, targets: targets, sources: sources, threads: threads) { target, value, _ in
      if value == 1 { cells[target] = 1 }
    }
  }
  return result
}

private func greatestRise(
  _ criterion: SlopeCriterion, targets: Grid<Float>, sources: Grid<Float>, known: Grid<Float>, threads: Int
) -> Grid<Float> {
  var result = known.map(threads: threads) { $0.isNaN ? $0 : 0 as Float }
  result.withUnsafeMutableCells { cells in
    nonisolated(unsafe) let cells = cells
    largestReach(
      GreatestRise(
        smallestRise: criterion.smallestHeight, squaredRunLimit: criterion.squaredRunLimit,
        squaredReach: criterion.greatestDistance * criterion.greatestDistance),
      targets: targets, sources: sources, threads: threads
    ) { target, value, _ in
      if value > -.infinity { cells[target] = Float(value) }
    }
  }
  return result
}
