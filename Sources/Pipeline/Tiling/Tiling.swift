import Terrain

/// How a raster that does not fit into memory is worked through: tile by tile, within a budget.
///
/// The results do not depend on any of it.
public struct Tiling: Sendable {
  /// Bytes of memory that the run may take, ``bytes(side:columns:rows:threads:)`` being the estimate.
  public var memory = 2_000_000_000
  /// Side of the tiles in cells; nil takes the one that suits the budget.
  public var side: Int?
  /// Folder for cells kept on disk, 8 to 13 bytes each; nil takes that of the first output.
  public var scratchFolder: String?

  /// A budget of two gigabytes.
  public init() {}

  /// The side that is fastest where memory does not matter: large enough for few seams, small enough for caches.
  static let preferredSide = 1024

  /// Sides that come into question, the preferred one first, then larger ones (fewer seams), then smaller ones.
  private static let sides =
    [preferredSide] + stride(from: 1280, through: 16_384, by: 256) + stride(from: 960, through: 64, by: -64)

  /// Bytes of GDAL's cache during a run.
  static let blockCache = 64 << 20

  /// Cells of a window of the input that is read at once.
  static let windowCells = 1 << 20

  /// The memory that a run takes, at most: the program itself, a tile for each thread, the perimeters of all tiles.
  ///
  /// Of a tile: 4 bytes a cell each for ground, surface and labels, and a frontier of 8 bytes for each cell that waits,
  /// twice for growing. Of a perimeter cell: its passes, levels, distances and links.
  public static func bytes(side: Int, columns: Int, rows: Int, threads: Int) -> Int {
    let cells = (min(side, columns) + 2) * (min(side, rows) + 2)
    let seams = columns * ((rows + side - 1) / side) + rows * ((columns + side - 1) / side)
    let program = 128 << 20
    // Rows of blocks on their way into a file, whole and cut up.
    let writing = 3 * 512 * columns * 4
    return program + blockCache + max(threads * (cells * 28 + 8 * windowCells), writing) + 2 * seams * 160
  }

  /// Cuts a raster into tiles that keep the budget.
  /// - Throws: ``RunFailure`` where no side does, with the memory that would be enough.
  func layout(columns: Int, rows: Int, threads: Int, at position: SourcePosition) throws(RunFailure) -> TileLayout {
    func bytes(_ side: Int) -> Int { Self.bytes(side: side, columns: columns, rows: rows, threads: threads) }
    if let side = side ?? Self.sides.first(where: { bytes($0) <= memory }) {
      if side > 0, side <= 32_768 { return TileLayout(columns: columns, rows: rows, side: side) }
      throw RunFailure(
        .configuration,
        [Diagnostic(.badTiling, at: position, "tiles of side \(side) cannot be used", hint: "name 1 to 32768")])
    }
    let least = Self.sides.map(bytes).min() ?? 0
    throw RunFailure(
      .configuration,
      [
        Diagnostic(
          .badTiling, at: position,
          "\(columns)×\(rows) cells on \(threads) threads need \(least / 1_000_000 + 1) MB, the budget is "
            + "\(memory / 1_000_000) MB", hint: "allow more memory, or take fewer threads")
      ])
  }
}

extension DiagnosticCode {
  static let badTiling: Self = "E-RUN-004"
}
