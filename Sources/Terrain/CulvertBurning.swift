public import Grids

/// One cell that a declared culvert or bridge has lowered.
public struct BurnedCell: Sendable, Hashable {
  /// Position of the line in the list that was burned.
  public let line: Int
  /// Column of the cell.
  public let column: Int
  /// Row of the cell.
  public let row: Int
  /// Elevation before, metres.
  public let before: Float
  /// Elevation after, metres.
  public let after: Float
}

/// What burning did with one declared line.
public struct BurnedLine: Sendable, Hashable {
  /// How it ended.
  public enum Outcome: String, Sendable, Hashable, CaseIterable {
    /// Cells were lowered to the grade.
    case burned
    /// Every cell of the line already lay at or below the grade.
    case alreadyOpen
    /// All of the line that has elevation lies within one cell: there is nothing between its ends.
    case withinOneCell
    /// No cell of the line has elevation: it lies outside the grid or over no data.
    case offTerrain
  }

  /// Position of the line in the list that was burned.
  public let line: Int
  /// How it ended.
  public let outcome: Outcome
  /// Ground at the higher end, metres; NaN off the terrain.
  public let upperElevation: Float
  /// Ground at the lower end, metres; NaN off the terrain.
  public let lowerElevation: Float
  /// Whether an end lies outside the grid or over no data, so that the grade is tied to the ground where the line
  /// enters or leaves the terrain.
  public let isCut: Bool
  /// Places between the ends where the line passes over no data or leaves the grid; the grade runs on across them, but
  /// no water does.
  public let gaps: Int
  /// Number of changes that it made.
  public let loweredCells: Int
  /// The largest lowering, metres.
  public let deepestCut: Float
}

/// Terrain with declared culverts and bridges burned in, and the account of it.
public struct BurnedTerrain: Sendable {
  /// The changed terrain, nowhere above the original one.
  public let ground: Grid<Float>
  /// Every change, in the order of the lines and each from its higher to its lower end.
  ///
  /// A cell that several lines lower stands once for each: done one after another, the changes lead from the original
  /// terrain to this one.
  public let changes: [BurnedCell]
  /// What became of each line, in their order.
  public let lines: [BurnedLine]
}

/// Lowers the terrain along declared culverts and bridges so that water passes under roads and railways.
///
/// Each line falls evenly from the ground at its higher end to the ground at its lower end, measured along the line;
/// cells above that grade are lowered to it, no cell is raised, and the ends keep their ground. The direction in which
/// a line was drawn does not matter. Along a line the heights of the changed cells never rise towards the lower end;
/// ground that already lies below the grade is left, so that no water needs to stand above the grade. Where lines
/// share a cell the lowest grade stands: the terrain does not depend on the order of the lines.
/// Neighbouring cells of the path touch at least at a corner, so that water with eight directions follows it.
/// - Parameters:
///   - ground: Elevation in metres; NaN is no data and stays so.
///   - lines: Lines in the reference system of the grid; what lies outside is passed over and accounted for.
/// - Returns: The changed terrain, every change, and what became of each line.
public func burnCulverts(_ ground: Grid<Float>, lines: [[Coordinate]]) -> BurnedTerrain {
  var burned = ground
  var changes: [BurnedCell] = []
  var accounts: [BurnedLine] = []
  for (number, line) in lines.enumerated() {
    let path = LinePath(along: line, on: ground)
    var outcome = BurnedLine.Outcome.offTerrain
    var upper = Float.nan
    var lower = Float.nan
    var deepest: Float = 0
    let firstChange = changes.count
    if let first = path.cells.first, let last = path.cells.last {
      upper = max(ground[first.cell], ground[last.cell])
      lower = min(ground[first.cell], ground[last.cell])
      let length = last.distance - first.distance
      let fallsForwards = ground[first.cell] >= ground[last.cell]
      for (cell, distance) in fallsForwards ? path.cells : path.cells.reversed() where length > 0 {
        let share = (fallsForwards ? distance - first.distance : last.distance - distance) / length
        // Never below the lower end, whatever the rounding.
        let grade = max(lower, Float(Double(upper) + share * (Double(lower) - Double(upper))))
        let before = burned[cell]
        if grade < before {
          burned[cell] = grade
          deepest = max(deepest, before - grade)
          changes.append(
            BurnedCell(
              line: number, column: cell % ground.columns, row: cell / ground.columns, before: before, after: grade))
        }
      }
      outcome = length > 0 ? (changes.count > firstChange ? .burned : .alreadyOpen) : .withinOneCell
    }
    accounts.append(
      BurnedLine(
        line: number, outcome: outcome, upperElevation: upper, lowerElevation: lower, isCut: path.isCut,
        gaps: path.gaps, loweredCells: changes.count - firstChange, deepestCut: deepest))
  }
  return BurnedTerrain(ground: burned, changes: changes, lines: accounts)
}

/// The cells with elevation that a line visits, each once in a row, with the distance travelled.
///
/// A line and its reverse visit the same cells in opposite order.
struct LinePath {
  private(set) var cells: [(cell: Int, distance: Double)] = []
  /// Whether the line begins or ends off the terrain.
  private(set) var isCut = false
  /// Number of times that the line leaves the terrain and comes back.
  private(set) var gaps = 0
  private var isOff = false

  init(along drawn: [Coordinate], on ground: Grid<Float>) {
    let geometry = ground.geometry
    // Sampled in one orientation whichever way it was drawn, so that rounding cannot tell the two apart.
    let backwards = drawn.reversed().lexicographicallyPrecedes(drawn) { $0.x != $1.x ? $0.x < $1.x : $0.y < $1.y }
    let line = backwards ? drawn.reversed() : drawn
    var travelled = 0.0
    for (a, b) in zip(line, line.dropFirst()) {
      let dx = b.x - a.x
      let dy = b.y - a.y
      let length = (dx * dx + dy * dy).squareRoot()
      if let inside = Self.part(of: (a, b), within: geometry) {
        if inside.lowerBound > 0 { leave() }
        // Steps of at most one cell along either axis leave no gap between cells that touch.
        let share = inside.upperBound - inside.lowerBound
        let cellSteps = share * max(abs(dx) / geometry.cellWidth, abs(dy) / geometry.cellHeight)
        let steps = max(1, Int(cellSteps.rounded(.up)))
        for step in 0...steps {
          let place = inside.lowerBound + share * (Double(step) / Double(steps))
          visit(Coordinate(x: a.x + place * dx, y: a.y + place * dy), ground, travelled + place * length)
        }
        if inside.upperBound < 1 { leave() }
      } else {
        leave()
      }
      travelled += length
    }
    if isOff { isCut = true }
  }

  private mutating func leave() {
    if cells.isEmpty { isCut = true }
    isOff = true
  }

  private mutating func visit(_ point: Coordinate, _ ground: Grid<Float>, _ distance: Double) {
    guard let (column, row) = ground.geometry.cell(at: point) else { return leave() }
    let cell = row * ground.columns + column
    if ground[cell].isNaN { return leave() }
    if isOff, !cells.isEmpty { gaps += 1 }
    isOff = false
    if cells.last?.cell != cell { cells.append((cell, distance)) }
  }

  /// The part of a segment, as shares of it, that crosses the grid's rectangle (Liang and Barsky 1984).
  private static func part(
    of segment: (a: Coordinate, b: Coordinate), within geometry: GridGeometry
  ) -> ClosedRange<Double>? {
    let west = geometry.west
    let east = west + Double(geometry.columns) * geometry.cellWidth
    let north = geometry.north
    let south = north - Double(geometry.rows) * geometry.cellHeight
    var enter = 0.0
    var leave = 1.0
    for (start, step, low, high) in [
      (segment.a.x, segment.b.x - segment.a.x, west, east), (segment.a.y, segment.b.y - segment.a.y, south, north),
    ] {
      guard start.isFinite, step.isFinite else { return nil }
      if step == 0 {
        if start < low || start > high { return nil }
      } else {
        let toLow = (low - start) / step
        let toHigh = (high - start) / step
        enter = max(enter, min(toLow, toHigh))
        leave = min(leave, max(toLow, toHigh))
      }
    }
    return enter <= leave ? enter...leave : nil
  }
}
