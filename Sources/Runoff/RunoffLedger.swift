public import Grids

/// Where the rain on a grid goes, in whole units of depth: rain = losses + drained + runoff, to the unit.
///
/// Sums are over cells in units of `WaterDepth` (2⁻²⁷ mm); they do not depend on order, threads or tiles.
public struct RunoffLedger: Sendable, Hashable {
  /// Number of cells with rain and runoff.
  public let cells: Int
  /// Rain on these cells.
  public let rain: Int128
  /// Rain that the ground keeps.
  public let losses: Int128
  /// Runoff that pipes take.
  public let drained: Int128
  /// Runoff left on the surface.
  public let runoff: Int128
  /// Number of cells with rain but without runoff data, such as unmapped ground.
  public let cellsWithoutRunoff: Int
  /// Rain on these cells, which is in no other figure.
  public let rainWithoutRunoff: Int128

  /// Volume in m³ of one of the sums, for cells of an area in m².
  public func cubicMetres(_ depthUnits: Int128, cellArea: Double) -> Double {
    WaterDepth.millimetres(depthUnits) * cellArea / 1000
  }
}

/// Books rain, losses, drainage and runoff of a grid.
/// - Parameters:
///   - rain: In mm, ≥ 0; NaN is no data.
///   - runoff: In mm before drainage, 0 ≤ runoff ≤ rain; NaN is no data.
///   - remaining: In mm after drainage, 0 ≤ remaining ≤ runoff; nil where there is no drainage.
///   - threads: Number of threads.
/// - Throws: ``GeometryMismatch`` or ``ValuesOutOfRange``.
public func runoffLedger(
  rain: Grid<Float>, runoff: Grid<Float>, remaining: Grid<Float>? = nil, threads: Int
) throws -> RunoffLedger {
  try rain.geometry.require(runoff.geometry, for: "water balance of rain and runoff")
  try requireRain(rain, threads: threads)
  try runoff.require(0...1_000_000, of: "runoff in mm", threads: threads)
  if let remaining {
    try rain.geometry.require(remaining.geometry, for: "water balance of rain and drained runoff")
    try remaining.require(0...1_000_000, of: "runoff after drainage in mm", threads: threads)
  }
  let left = remaining ?? runoff
  var rows = Array(repeating: RowSums(), count: rain.rows)
  rows.withUnsafeMutableBufferPointer { buffer in
    nonisolated(unsafe) let rows = buffer
    parallelBlocks(of: rain.rows, threads: threads) { block in
      for row in block { rows[row] = RowSums(rain: rain.row(row), runoff: runoff.row(row), left: left.row(row)) }
    }
  }
  let whole = rows.reduce(into: RowSums()) { $0.add($1) }
  return RunoffLedger(
    cells: whole.cells, rain: whole.rain, losses: whole.rain - whole.runoff, drained: whole.runoff - whole.left,
    runoff: whole.left, cellsWithoutRunoff: whole.unknownCells, rainWithoutRunoff: whole.unknownRain)
}

/// Sums of one row; whole numbers of 128 bits cannot overflow with depths up to a kilometre.
private struct RowSums {
  var cells = 0
  var rain: Int128 = 0
  var runoff: Int128 = 0
  var left: Int128 = 0
  var unknownCells = 0
  var unknownRain: Int128 = 0

  init() {}

  init(rain: Span<Float>, runoff: Span<Float>, left: Span<Float>) {
    for column in 0..<rain.count where !rain[column].isNaN {
      let fallen = Int128(WaterDepth.units(rain[column]))
      if runoff[column].isNaN || left[column].isNaN {
        unknownCells += 1
        unknownRain += fallen
        continue
      }
      cells += 1
      self.rain += fallen
      self.runoff += Int128(WaterDepth.units(runoff[column]))
      self.left += Int128(WaterDepth.units(left[column]))
    }
  }

  mutating func add(_ other: RowSums) {
    cells += other.cells
    rain += other.rain
    runoff += other.runoff
    left += other.left
    unknownCells += other.unknownCells
    unknownRain += other.unknownRain
  }
}
