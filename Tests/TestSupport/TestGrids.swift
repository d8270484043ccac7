public import Grids

/// A made-up metric reference system for tests that never reach GDAL.
public let testCRS = CoordinateReferenceSystem(wkt: "LOCAL_CS[\"test\"]", code: nil, name: "test")

/// Geometry of a small test grid with its lower left corner at (0, 0).
public func testGeometry(columns: Int, rows: Int, cell: Double = 1, cellHeight: Double? = nil) -> GridGeometry {
  let height = cellHeight ?? cell
  return GridGeometry(
    columns: columns, rows: rows, west: 0, north: Double(rows) * height, cellWidth: cell, cellHeight: height,
    crs: testCRS)
}

/// A grid written as its rows, north first.
public func grid<Element>(_ rows: [[Element]], cell: Double = 1) -> Grid<Element> {
  Grid(testGeometry(columns: rows[0].count, rows: rows.count, cell: cell), cells: rows.flatMap { $0 })
}

/// SplitMix64: a small generator with a seed, so that a failing case can be run again.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  var state: UInt64

  /// Starts the sequence of a seed.
  public init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number in [0, 1).
  public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
