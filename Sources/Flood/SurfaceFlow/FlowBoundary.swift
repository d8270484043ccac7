public import Grids

/// A side of a cell.
public enum CellSide: String, Sendable, Hashable, CaseIterable {
  /// Towards row 0.
  case north
  /// Towards higher columns.
  case east
  /// Towards higher rows.
  case south
  /// Towards column 0.
  case west
}

/// One side of one cell.
public struct CellFace: Sendable, Hashable {
  /// Column of the cell.
  public var column: Int
  /// Row of the cell.
  public var row: Int
  /// Which of its sides.
  public var side: CellSide

  /// Names a side of a cell.
  public init(column: Int, row: Int, side: CellSide) {
    self.column = column
    self.row = row
    self.side = side
  }

  /// The cell on the other side of the face; nil outside the grid.
  public func beyond(in geometry: GridGeometry) -> (column: Int, row: Int)? {
    let (column, row) =
      switch side {
      case .north: (self.column, self.row - 1)
      case .east: (self.column + 1, self.row)
      case .south: (self.column, self.row + 1)
      case .west: (self.column - 1, self.row)
      }
    let isInside = column >= 0 && row >= 0 && column < geometry.columns && row < geometry.rows
    return isInside ? (column, row) : nil
  }

  /// The faces along one edge of a grid, or along a part of it.
  /// - Parameter range: Columns of a northern or southern edge, rows of an eastern or western one; all by default.
  public static func edge(_ side: CellSide, of geometry: GridGeometry, _ range: Range<Int>? = nil) -> [CellFace] {
    switch side {
    case .north, .south:
      (range ?? 0..<geometry.columns).map {
        CellFace(column: $0, row: side == .north ? 0 : geometry.rows - 1, side: side)
      }
    case .east, .west:
      (range ?? 0..<geometry.rows).map {
        CellFace(column: side == .west ? 0 : geometry.columns - 1, row: $0, side: side)
      }
    }
  }

  /// All faces between the terrain and what is outside it: the edges of the grid and cells without data.
  public static func outline(of terrain: Grid<Float>) -> [CellFace] {
    var faces: [CellFace] = []
    for row in 0..<terrain.rows {
      for column in 0..<terrain.columns where !terrain[column, row].isNaN {
        for side in CellSide.allCases {
          let face = CellFace(column: column, row: row, side: side)
          let isInside = face.beyond(in: terrain.geometry).map { !terrain[$0.column, $0.row].isNaN } ?? false
          if !isInside { faces.append(face) }
        }
      }
    }
    return faces
  }
}

/// What happens at faces on the edge of the terrain; faces that no boundary names are closed.
public struct FlowBoundary: Sendable, Hashable {
  /// How water passes.
  public enum Condition: Sendable, Hashable {
    /// Water leaves at normal depth on a slope (m/m): q = h^(5/3) √S / n. None comes in.
    case normal(slope: Double)
    /// Water leaves at critical depth, as over a free fall: q = h √(g h). None comes in.
    case critical
    /// The water outside stands at a level, metres in the terrain's height system; water passes either way.
    case level(FlowSeries)
  }

  /// Name in ledgers and messages.
  public var name: String
  /// Faces of cells, each on the edge of the terrain.
  public var faces: [CellFace]
  /// How water passes them.
  public var condition: Condition

  /// A condition at some faces.
  public init(_ name: String, _ faces: [CellFace], _ condition: Condition) {
    self.name = name
    self.faces = faces
    self.condition = condition
  }
}

/// Water that is led onto the terrain: a spring, a culvert's mouth, a river that enters.
public struct FlowInflow: Sendable {
  /// Name in ledgers and messages.
  public var name: String
  /// The cells that take it.
  public var cells: [Cell]
  /// Discharge, m³/s, nowhere negative.
  public var discharge: FlowSeries

  /// A cell that takes a share of an inflow.
  public struct Cell: Sendable, Hashable {
    /// Column.
    public var column: Int
    /// Row.
    public var row: Int
    /// Share of the discharge; the shares of an inflow add up to 1.
    public var share: Double
  }

  /// An inflow into some cells, in equal shares.
  public init(_ name: String, cells: [(column: Int, row: Int)], discharge: FlowSeries) {
    self.name = name
    self.cells = cells.map { Cell(column: $0.column, row: $0.row, share: 1 / Double(cells.count)) }
    self.discharge = discharge
  }

  /// An inflow along a line, each cell by the length of line in it; parts outside the grid count for nothing.
  public init(_ name: String, along line: [Coordinate], on geometry: GridGeometry, discharge: FlowSeries) {
    var lengths: [(column: Int, row: Int, length: Double)] = []
    for (start, end) in zip(line, line.dropFirst()) {
      for piece in cellsCrossed(from: start, to: end, on: geometry) {
        if let known = lengths.firstIndex(where: { $0.column == piece.column && $0.row == piece.row }) {
          lengths[known].length += piece.length
        } else {
          lengths.append(piece)
        }
      }
    }
    let total = lengths.reduce(0) { $0 + $1.length }
    self.name = name
    cells = lengths.map { Cell(column: $0.column, row: $0.row, share: $0.length / total) }
    self.discharge = discharge
  }
}

/// The cells that a straight line crosses, and the length of line in each, in the line's order.
///
/// The line is cut where it crosses the edges between columns and rows; each piece lies in the cell of its middle.
func cellsCrossed(
  from start: Coordinate, to end: Coordinate, on geometry: GridGeometry
) -> [(column: Int, row: Int, length: Double)] {
  let (dx, dy) = (end.x - start.x, end.y - start.y)
  let length = (dx * dx + dy * dy).squareRoot()
  var cuts = [0.0, 1.0]
  func cut(_ from: Double, _ delta: Double, _ origin: Double, _ size: Double, _ count: Int) {
    if delta == 0 { return }
    for edge in 0...count {
      let share = (origin + Double(edge) * size - from) / delta
      if share > 0, share < 1 { cuts.append(share) }
    }
  }
  cut(start.x, dx, geometry.west, geometry.cellWidth, geometry.columns)
  cut(start.y, dy, geometry.north, -geometry.cellHeight, geometry.rows)
  cuts.sort()
  return zip(cuts, cuts.dropFirst()).compactMap { first, second in
    let middle = (first + second) / 2
    guard second > first, let cell = geometry.cell(at: Coordinate(x: start.x + middle * dx, y: start.y + middle * dy))
    else { return nil }
    return (cell.column, cell.row, (second - first) * length)
  }
}
