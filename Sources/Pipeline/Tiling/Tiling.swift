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

  /// The memory that a run takes at most: the program itself, a tile for each thread, the perimeters of all tiles.
  ///
  /// A tile takes 48 bytes a cell where every ninth cell is a pit (white noise), on natural terrain a third of that:
  /// ground, directions and labels, and the passes between basins. A perimeter cell takes 80 bytes for its passes,
  /// levels, distances and links.
  public static func bytes(side: Int, columns: Int, rows: Int, threads: Int) -> Int {
    let cells = (min(side, columns) + 2) * (min(side, rows) + 2)
    let seams = columns * ((rows + side - 1) / side) + rows * ((columns + side - 1) / side)
    let program = 192 << 20
    // Rows of blocks on their way into a file, whole and cut up.
    let writing = 3 * 512 * columns * 4
    return program + blockCache + max(threads * (cells * 48 + 8 * windowCells), writing) + 2 * seams * 80
  }

  /// The side of the tiles of a raster.
  /// - Throws: ``RunFailure`` where no side keeps the budget, with the memory that would be enough.
  func side(columns: Int, rows: Int, threads: Int, at position: SourcePosition) throws(RunFailure) -> Int {
    func refusal(_ message: String, hint: String) -> RunFailure {
      RunFailure(.configuration, [Diagnostic(.badTiling, at: position, message, hint: hint)])
    }
    if let side {
      guard (1...32_768).contains(side) else {
        throw refusal("tiles of side \(side) cannot be used", hint: "name 1 to 32768")
      }
      return side
    }
    func bytes(_ side: Int) -> Int { Self.bytes(side: side, columns: columns, rows: rows, threads: threads) }
    if let side = Self.sides.first(where: { bytes($0) <= memory }) { return side }
    let least = Self.sides.map(bytes).min() ?? 0
    throw refusal(
      "\(columns)×\(rows) cells on \(threads) threads need \(least / 1_000_000 + 1) MB, the budget is "
        + "\(memory / 1_000_000) MB", hint: "allow more memory, or take fewer threads")
  }

  /// Cuts a raster into tiles that keep the budget.
  func layout(columns: Int, rows: Int, threads: Int, at position: SourcePosition) throws(RunFailure) -> TileLayout {
    TileLayout(
      columns: columns, rows: rows, side: try side(columns: columns, rows: rows, threads: threads, at: position))
  }
}

extension DiagnosticCode {
  static let badTiling: Self = "E-RUN-006"
}
