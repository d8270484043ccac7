import Grids

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
  /// What is wrong, where, and the way out.
  public let description: String

  /// Makes an error from its text.
  public init(_ description: String) { self.description = description }
}

/// Elevations prepared for the flow kernels: what is outside is decided once.
struct PreparedTerrain {
  let ground: Grid<Float>
  let policy: NodataPolicy
  let hasNodata: Bool

  init(_ ground: Grid<Float>, nodata policy: NodataPolicy) throws(TerrainError) {
    var missing = 0
    var firstMissing = 0
    ground.withUnsafeCells { z in
      for index in 0..<ground.count where z[index].isNaN {
        if missing == 0 { firstMissing = index }
        missing += 1
      }
    }
    if missing == ground.count { throw TerrainError("the terrain holds no elevation at all: every cell is no data") }
    if missing > 0, policy == .error {
      throw TerrainError(
        "\(missing) of \(ground.count) cells have no elevation, the first at column \(firstMissing % ground.columns), "
          + "row \(firstMissing / ground.columns); say with nodata: outlet | wall what they are to the water")
    }
    self.ground = ground
    self.policy = policy
    hasNodata = missing > 0
  }

  /// Whether water may leave from a cell: it lies on the border or beside a declared outside.
  @inline(__always)
  func isSeed(_ z: UnsafePointer<Float>, column: Int, row: Int) -> Bool {
    let columns = ground.columns
    if column == 0 || row == 0 || column == columns - 1 || row == ground.rows - 1 { return true }
    guard hasNodata, policy == .outlet else { return false }
    let c = z + (row &* columns &+ column)
    return c[1].isNaN || c[columns + 1].isNaN || c[columns].isNaN || c[columns - 1].isNaN || c[-1].isNaN
      || c[-columns - 1].isNaN || c[-columns].isNaN || c[-columns + 1].isNaN
  }
}
