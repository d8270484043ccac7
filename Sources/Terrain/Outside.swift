public import Grids

/// What a cell without elevation is to the water.
public enum NodataPolicy: String, Sendable, Hashable, CaseIterable {
  /// Water leaves where terrain meets no data, as into the sea.
  case outlet
  /// No water passes.
  case wall
  /// Cells without elevation are an error.
  case error
}

/// Terrain that cannot be computed on.
public struct TerrainError: Error, Sendable, CustomStringConvertible {
  /// What is wrong, and where; the way out too, unless it is another ``NodataPolicy``.
  public let description: String
  /// Whether another ``NodataPolicy`` is a way out.
  public let isMendedByPolicy: Bool

  /// Makes an error from its text.
  public init(_ description: String, isMendedByPolicy: Bool = false) {
    self.description = description
    self.isMendedByPolicy = isMendedByPolicy
  }
}

/// Throws where cells lack elevation, as every kernel does under ``NodataPolicy/error``.
/// - Parameters:
///   - ground: Elevation; NaN where there is none.
///   - threads: Number of threads.
/// - Throws: ``TerrainError`` with their number and the first of them.
public func requireElevation(_ ground: Grid<Float>, threads: Int = 1) throws(TerrainError) {
  _ = try PreparedTerrain(ground, nodata: .error, threads: threads)
}

/// Elevations prepared for the flow kernels: what is outside is decided once.
struct PreparedTerrain {
  let ground: Grid<Float>
  let policy: NodataPolicy
  let hasNodata: Bool

  init(_ ground: Grid<Float>, nodata policy: NodataPolicy, threads: Int = 1) throws(TerrainError) {
    let columns = ground.columns
    var missingByRow = [Int](repeating: 0, count: ground.rows)
    ground.withUnsafeCells { cells in
      missingByRow.withUnsafeMutableBufferPointer { counts in
        nonisolated(unsafe) let (cells, counts) = (cells, counts)
        parallelBlocks(of: counts.count, threads: threads) { rows in
          for row in rows {
            let line = cells + row &* columns
            var missing = 0
            for column in 0..<columns { missing &+= line[column].isNaN ? 1 : 0 }
            counts[row] = missing
          }
        }
      }
    }
    let missing = missingByRow.reduce(0, +)
    var firstMissing = 0
    if missing > 0 {
      firstMissing = (missingByRow.firstIndex { $0 > 0 } ?? 0) * columns
      while !ground[firstMissing].isNaN { firstMissing += 1 }
    }
    if missing == ground.count { throw TerrainError("the terrain holds no elevation at all: every cell is no data") }
    if missing > 0, policy == .error {
      throw TerrainError(
        "\(missing) of \(ground.count) cells have no elevation, the first at column \(firstMissing % ground.columns), "
          + "row \(firstMissing / ground.columns)", isMendedByPolicy: true)
    }
    self.ground = ground
    self.policy = policy
    hasNodata = missing > 0
  }

  /// Whether water may leave from cells that are not on the border.
  var hasOutsideWithin: Bool { hasNodata && policy == .outlet }

  /// Whether water may leave from a cell: it lies on the border or beside a declared outside.
  @inline(__always)
  func isSeed(_ z: UnsafePointer<Float>, column: Int, row: Int) -> Bool {
    let columns = ground.columns
    if column == 0 || row == 0 || column == columns - 1 || row == ground.rows - 1 { return true }
    guard hasOutsideWithin else { return false }
    let c = z + (row &* columns &+ column)
    return c[1].isNaN || c[columns + 1].isNaN || c[columns].isNaN || c[columns - 1].isNaN || c[-1].isNaN
      || c[-columns - 1].isNaN || c[-columns].isNaN || c[-columns + 1].isNaN
  }
}
