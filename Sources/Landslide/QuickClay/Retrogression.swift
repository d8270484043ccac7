public import Grids

/// Release area of a slide that eats its way back from given feet, such as an eroding stream, cell by cell.
///
/// The area grows from the feet to neighbouring cells that lie within `freeDistance` of a foot, or on a line from a foot
/// as steep as the criterion asks. Unlike the terrain criterion it ends where the ground between falls too low: ground
/// beyond is not part of it. Where `initial` is given, only feet grow above which a first slide is possible, that is
/// ground on the steeper line 1:4, say.
/// - Parameters:
///   - terrain: Height in m; NaN is no data.
///   - feet: Level in m where the slide may start; NaN elsewhere.
///   - criterion: Line of retrogression, smallest height and greatest length.
///   - freeDistance: Distance from a foot within which no slope is asked for, m.
///   - initial: Line of the first slide; nil where one is given anyway.
///   - ground: ``ClayGround``; the slide ends where the ground is cut out or no data. Nil asks for no map.
///   - threads: Number of threads.
/// - Returns: 1 in the area, 0 elsewhere.
/// - Throws: ``GeometryMismatch`` or ``ValuesOutOfRange``.
public func retrogression(
  terrain: Grid<Float>, feet: Grid<Float>, criterion: SlopeCriterion, freeDistance: Double,
  initial: SlopeCriterion? = nil, ground: Grid<UInt8>? = nil, threads: Int
) throws -> Grid<UInt8> {
  if let ground { try terrain.geometry.require(ground.geometry, for: "retrogression on clay ground") }
  var starts = feet
  if let initial {
    let heights = try slopeHeight(terrain: terrain, feet: feet, criterion: initial, threads: threads)
    starts.forEachRow(threads: threads) { row, cells in
      for column in 0..<cells.count where !(heights.row(row)[column] > 0) { cells[column] = .nan }
    }
  }
  let run = try steepestRun(terrain: terrain, feet: starts, criterion: criterion, threads: threads)
  let near = withinDistance(freeDistance, of: starts, threads: threads)
  let limit = Float(criterion.run)
  var area = Grid<UInt8>(terrain.geometry, repeating: 0)
  var front: [Int] = []
  func canSlide(_ cell: Int) -> Bool {
    guard !run[cell].isNaN, run[cell] <= limit || near[cell] == 1 else { return false }
    guard let ground else { return true }
    return ground[cell] != ClayGround.noData.rawValue && ground[cell] != ClayGround.cutOut.rawValue
  }
  for cell in 0..<terrain.count where !starts[cell].isNaN && canSlide(cell) {
    area[cell] = 1
    front.append(cell)
  }
  while let cell = front.popLast() {
    terrain.geometry.forEachNeighbour(of: cell) { neighbour, _ in
      guard area[neighbour] == 0, canSlide(neighbour) else { return }
      area[neighbour] = 1
      front.append(neighbour)
    }
  }
  return area
}

extension GridGeometry {
  /// Calls `body` with the up to eight neighbours of a cell and their distance.
  func forEachNeighbour(of cell: Int, _ body: (_ neighbour: Int, _ distance: Double) -> Void) {
    let (row, column) = cell.quotientAndRemainder(dividingBy: columns)
    for y in max(0, row - 1)...min(rows - 1, row + 1) {
      for x in max(0, column - 1)...min(columns - 1, column + 1) where x != column || y != row {
        let (dx, dy) = (Double(x - column) * cellWidth, Double(y - row) * cellHeight)
        body(y * columns + x, (dx * dx + dy * dy).squareRoot())
      }
    }
  }
}
