/// What the coverage of cells tells about the soundness of a polygon.
///
/// Exact coverage is linear in the edges, so a ring that crosses itself, parts that overlap or a hole outside its
/// shell show as cells with less than nothing or more than everything.
public struct CoverageCheck: Sendable, Hashable {
  /// How far a cell may lie outside 0…1, and the covered area off the polygon's area, by rounding alone.
  public static let tolerance = 1e-9
  /// How far the share of a whole zone may lie below 1 by rounding alone.
  static let roundingError = 1e-12

  /// Smallest coverage of a cell before it was limited to 0…1; 0 where no cell is touched.
  public internal(set) var lowest = 0.0
  /// Largest coverage of a cell before it was limited to 0…1; 0 where no cell is touched.
  public internal(set) var highest = 0.0
  /// Number of cells outside 0…1 by more than the tolerance.
  public internal(set) var cellsOutOfRange = 0
  /// Sum of coverage times cell area over the grid, before limiting, in square units of the reference system.
  public internal(set) var coveredArea = 0.0
  /// Area of the polygons by the shoelace formula.
  public internal(set) var polygonArea = 0.0
  /// Whether all polygons lie within the grid; only then must both areas agree.
  public internal(set) var liesWithinGrid = true
  /// Whether all coordinates are finite; if not, nothing is covered.
  public internal(set) var hasFiniteCoordinates = true

  /// Difference of covered and polygon area relative to the polygon area; nil where part of it lies outside the grid.
  public var relativeAreaError: Double? {
    guard liesWithinGrid, hasFiniteCoordinates else { return nil }
    let difference = abs(coveredArea - polygonArea)
    return difference == 0 ? 0 : difference / polygonArea
  }

  /// Whether nothing speaks against the polygons: finite, every cell within 0…1, areas equal where they must be.
  ///
  /// A degenerate polygon without area passes; compare `polygonArea` with 0 to find it.
  public var isSound: Bool {
    hasFiniteCoordinates && cellsOutOfRange == 0 && (relativeAreaError ?? 0) <= Self.tolerance
  }
}
