import ArgumentParser
import Pipeline

/// How commands work through rasters that do not fit into memory.
struct TilingOptions: ParsableArguments {
  @Option(help: "Work tile by tile within this much memory, such as 2G or 800M.")
  var memory: ByteCount?

  @Option(help: "Work tile by tile with tiles of this side, in cells.")
  var tile: Int?

  @Option(help: "Folder for cells kept on disk when working tile by tile.", completion: .directory)
  var scratch: String?

  func validate() throws {
    if let tile, tile < 1 || tile > 32_768 { throw ValidationError("--tile \(tile): 1 to 32768") }
    if scratch != nil, tiling == nil { throw ValidationError("--scratch is for work by tiles: say --memory or --tile") }
  }

  /// How to work tile by tile; nil where the raster is to be held in memory.
  var tiling: Tiling? {
    if memory == nil, tile == nil { return nil }
    var tiling = Tiling()
    if let memory { tiling.memory = memory.bytes }
    tiling.side = tile
    tiling.scratchFolder = scratch
    return tiling
  }
}

/// A number of bytes as text: digits and K, M, G or T (powers of 1000).
struct ByteCount: ExpressibleByArgument {
  let bytes: Int

  init?(argument: String) {
    let powers: [Character: Int] = ["K": 1_000, "M": 1_000_000, "G": 1_000_000_000, "T": 1_000_000_000_000]
    var digits = argument.uppercased()
    if digits.hasSuffix("B") { digits.removeLast() }
    var power = 1
    if let last = digits.last, let factor = powers[last] {
      power = factor
      digits.removeLast()
    }
    guard let number = Int(digits), number > 0 else { return nil }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: power)
    if overflow { return nil }
    self.bytes = bytes
  }
}
