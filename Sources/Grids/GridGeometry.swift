/// Size, position and reference system of a north-up grid.
///
/// Row 0 is the northernmost. Cells may be oblong; they are never rotated.
public struct GridGeometry: Sendable, Hashable, CustomStringConvertible {
  /// Number of columns, west to east.
  public let columns: Int
  /// Number of rows, north to south.
  public let rows: Int
  /// Western edge of column 0, in units of the reference system.
  public let west: Double
  /// Northern edge of row 0, in units of the reference system.
  public let north: Double
  /// Width of a cell, > 0.
  public let cellWidth: Double
  /// Height of a cell, > 0.
  public let cellHeight: Double
  /// Reference system of the coordinates.
  public let crs: CoordinateReferenceSystem

  /// Describes a grid; sizes must be positive.
  public init(
    columns: Int, rows: Int, west: Double, north: Double, cellWidth: Double, cellHeight: Double,
    crs: CoordinateReferenceSystem
  ) {
    precondition(columns > 0 && rows > 0, "a grid has at least one cell")
    precondition(cellWidth > 0 && cellHeight > 0, "cells have a positive size")
    self.columns = columns
    self.rows = rows
    self.west = west
    self.north = north
    self.cellWidth = cellWidth
    self.cellHeight = cellHeight
    self.crs = crs
  }

  /// Number of cells.
  public var count: Int { columns * rows }
  /// Area of one cell, in square units of the reference system.
  public var cellArea: Double { cellWidth * cellHeight }
  /// Eastern edge.
  public var east: Double { west + Double(columns) * cellWidth }
  /// Southern edge.
  public var south: Double { north - Double(rows) * cellHeight }
  /// The rectangle that the grid covers.
  public var extent: Extent { Extent(west: west, south: south, east: east, north: north) }

  /// Centre of a cell.
  public func centre(column: Int, row: Int) -> Coordinate {
    Coordinate(
      x: west + (Double(column) + 0.5) * cellWidth, y: north - (Double(row) + 0.5) * cellHeight)
  }

  /// The cell that holds a point, or nil where the point is outside; western and northern edges belong to the cell.
  public func cell(at point: Coordinate) -> (column: Int, row: Int)? {
    let column = ((point.x - west) / cellWidth).rounded(.down)
    let row = ((north - point.y) / cellHeight).rounded(.down)
    guard column >= 0, row >= 0, column < Double(columns), row < Double(rows) else { return nil }
    return (Int(column), Int(row))
  }

  /// The part of the grid between the given columns and rows.
  public func window(columns columnRange: Range<Int>, rows rowRange: Range<Int>) -> GridGeometry {
    precondition(columnRange.lowerBound >= 0 && columnRange.upperBound <= columns)
    precondition(rowRange.lowerBound >= 0 && rowRange.upperBound <= rows)
    return GridGeometry(
      columns: columnRange.count, rows: rowRange.count,
      west: west + Double(columnRange.lowerBound) * cellWidth,
      north: north - Double(rowRange.lowerBound) * cellHeight,
      cellWidth: cellWidth, cellHeight: cellHeight, crs: crs)
  }

  /// Size, cell, origin and reference system on one line.
  public var description: String {
    "\(columns)×\(rows) cells of \(cellWidth)×\(cellHeight), upper left (\(west), \(north)), \(crs)"
  }
}

/// An axis-parallel rectangle.
public struct Extent: Sendable, Hashable, CustomStringConvertible {
  /// Smallest x.
  public var west: Double
  /// Smallest y.
  public var south: Double
  /// Largest x.
  public var east: Double
  /// Largest y.
  public var north: Double

  /// Makes a rectangle from its edges.
  public init(west: Double, south: Double, east: Double, north: Double) {
    self.west = west
    self.south = south
    self.east = east
    self.north = north
  }

  /// Whether the rectangles share a point.
  public func intersects(_ other: Extent) -> Bool {
    west <= other.east && other.west <= east && south <= other.north && other.south <= north
  }

  /// The smallest rectangle around both.
  public func union(_ other: Extent) -> Extent {
    Extent(
      west: min(west, other.west), south: min(south, other.south), east: max(east, other.east),
      north: max(north, other.north))
  }

  /// The rectangle grown by a distance on every side.
  public func grown(by distance: Double) -> Extent {
    Extent(west: west - distance, south: south - distance, east: east + distance, north: north + distance)
  }

  /// `[west, south, east, north]`.
  public var description: String { "[\(west), \(south), \(east), \(north)]" }
}

/// Two grids that were to be combined have different geometries.
public struct GeometryMismatch: Error, Sendable, CustomStringConvertible {
  /// What was being combined.
  public let operation: String
  /// Geometry of the first grid.
  public let first: GridGeometry
  /// Geometry of the other grid.
  public let second: GridGeometry

  /// Names the operation and both geometries.
  public var description: String {
    "\(operation): the grids do not lie on each other: \(first) against \(second); align them to one analysis grid"
  }
}

extension GridGeometry {
  /// Throws unless the other geometry is the same.
  public func require(_ other: GridGeometry, for operation: String) throws(GeometryMismatch) {
    if self != other { throw GeometryMismatch(operation: operation, first: self, second: other) }
  }
}
