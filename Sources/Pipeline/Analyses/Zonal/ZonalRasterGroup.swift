import Exposure
import Geodata
import Grids
import Synchronization

/// Rasters of one grid, which share the sweep of every zone, read strip by strip.
final class ZonalRasterGroup {
  /// The rasters, by their number in the analysis; weights are none of them.
  let members: [Int]
  let geometry: GridGeometry
  let isDouble: [Bool]
  /// Unit of each member's values.
  let units: [String?]
  /// Paths of all sources: the members, then the weights where there are any.
  private let paths: [String]
  /// A reader for each thread and source, so that no two threads share one.
  private let readers: [[RasterWindowReader]]
  private var tallies: [RasterTally]
  private let threads: Int

  /// Number of cells that the strips of all rasters may have together.
  static let stripCells = 6_000_000

  /// Opens rasters and puts those of one grid together.
  /// - Parameter weights: Raster of weights, which must lie on the grid of every other.
  static func groups(
    of rasters: [ZonalRaster], weights: ZonalRaster?, threads: Int
  ) throws -> [ZonalRasterGroup] {
    var grids: [(geometry: GridGeometry, members: [Int])] = []
    for (number, raster) in rasters.enumerated() {
      let geometry = try RunFailure.locating(at: SourcePosition(file: raster.path)) {
        try RasterWindowReader(raster.path, raster.reading(), acceptsPalette: true).geometry
      }
      if let found = grids.firstIndex(where: { $0.geometry.isSameGrid(as: geometry) }) {
        grids[found].members.append(number)
      } else {
        grids.append((geometry, [number]))
      }
    }
    return try grids.map { grid in
      try ZonalRasterGroup(grid.geometry, grid.members, rasters, weights: weights, threads: threads)
    }
  }

  private init(
    _ geometry: GridGeometry, _ members: [Int], _ rasters: [ZonalRaster], weights: ZonalRaster?, threads: Int
  ) throws {
    self.geometry = geometry
    self.members = members
    self.threads = threads
    let sources = members.map { rasters[$0] } + [weights].compactMap { $0 }
    paths = sources.map(\.path)
    let first = try Self.open(sources)
    let isParallel = threads > 1 && first.allSatisfy(\.allowsParallelReaders)
    readers = try [first] + (isParallel ? (1..<threads).map { _ in try Self.open(sources) } : [])
    if let weights, let reader = first.last, !reader.geometry.isSameGrid(as: geometry) {
      throw RunFailure(
        .input,
        [
          Diagnostic(
            .noOverlap, at: SourcePosition(file: weights.path),
            "the weights lie on another grid (\(reader.geometry)) than \(rasters[members[0]].path) (\(geometry))",
            hint: "bring them onto that grid, for instance with gdalwarp -te -tr")
        ])
    }
    isDouble = first.prefix(members.count).map(\.needsDoublePrecision)
    units = first.prefix(members.count).map(\.information.unit)
    tallies = sources.map { _ in RasterTally() }
  }

  private static func open(_ sources: [ZonalRaster]) throws -> [RasterWindowReader] {
    try sources.map { source in
      try RunFailure.locating(at: SourcePosition(file: source.path)) {
        try RasterWindowReader(source.path, source.reading(), acceptsPalette: true)
      }
    }
  }

  /// Strips of whole blocks, from the north.
  var strips: [Range<Int>] {
    let blockHeight = readers[0].map(\.blockSize.height).max() ?? 1
    let cells = readers[0].reduce(0) { $0 + ($1.needsDoublePrecision ? 2 : 1) * geometry.columns }
    let height = max(1, Self.stripCells / (cells * blockHeight)) * blockHeight
    return stride(from: 0, to: geometry.rows, by: height).map { $0..<min($0 + height, geometry.rows) }
  }

  /// Reads some rows of all rasters; only the blocks that the zones need hold values.
  /// - Parameters:
  ///   - columns: Columns to read.
  ///   - needed: Columns of each zone.
  func read(rows: Range<Int>, columns: Range<Int>, needed: [Range<Int>]) throws -> [ZonalStrip] {
    let window = geometry.window(columns: columns, rows: rows)
    var strips = readers[0].map { reader -> ZonalStrip in
      reader.needsDoublePrecision ? .double(Grid(window) { _ in }) : .single(Grid(window) { _ in })
    }
    let pieces = readers[0].enumerated().flatMap { source, reader in
      Self.pieces(of: reader, rows: rows, columns: columns, needed: needed).map { (source, $0) }
    }
    var outcomes: [Result<RasterTally, GeodataError>?] = Array(repeating: nil, count: pieces.count)
    let targets = strips.indices.map { StripTarget(&strips[$0], rows: rows, columns: columns) }
    outcomes.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let (outcomes, readers) = (buffer, self.readers)
      let next = Atomic<Int>(0)
      parallelBlocks(of: readers.count, threads: readers.count, block: 1) { worker in
        while true {
          let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if number >= pieces.count { return }
          let (source, window) = pieces[number]
          do throws(GeodataError) {
            outcomes[number] = .success(try targets[source].fill(window, readers[worker.lowerBound][source]))
          } catch {
            outcomes[number] = .failure(error)
          }
        }
      }
    }
    for (piece, outcome) in zip(pieces, outcomes) {
      try RunFailure.locating(at: SourcePosition(file: paths[piece.0])) {
        if let outcome { tallies[piece.0].add(try outcome.get()) }
      }
    }
    return strips
  }

  /// Windows of whole blocks that some zone needs, each of about half a million cells.
  private static func pieces(
    of reader: RasterWindowReader, rows: Range<Int>, columns: Range<Int>, needed: [Range<Int>]
  ) -> [RasterWindow] {
    let block = reader.blockSize
    let width = max(block.width, (1 << 19) / block.height / block.width * block.width)
    let firstPiece = columns.lowerBound / width
    let pieceCount = (columns.upperBound - 1) / width + 1 - firstPiece
    // How many zones begin in a piece, less how many ended before it.
    var changes = Array(repeating: 0, count: pieceCount + 1)
    for range in needed {
      changes[range.lowerBound / width - firstPiece] += 1
      changes[(range.upperBound - 1) / width + 1 - firstPiece] -= 1
    }
    let pieceWidth = min(width, columns.count)
    let height = max(1, (1 << 19) / (pieceWidth * block.height)) * block.height
    var result: [RasterWindow] = []
    for top in stride(from: rows.lowerBound, to: rows.upperBound, by: height) {
      var zones = 0
      for piece in 0..<pieceCount {
        zones += changes[piece]
        if zones == 0 { continue }
        let first = (firstPiece + piece) * width
        result.append(
          RasterWindow(
            columns: max(first, columns.lowerBound)..<min(first + width, columns.upperBound),
            rows: top..<min(top + height, rows.upperBound)))
      }
    }
    return result
  }

  /// Throws where what was read looks like undeclared no data, or weights are negative.
  func check() throws {
    for (source, tally) in tallies.enumerated() {
      let information = try RunFailure.locating(at: SourcePosition(file: paths[source])) {
        try readers[0][source].checked(tally)
      }
      if source >= members.count, let least = information.counts?.minimum, least < 0 {
        throw RunFailure(
          .input,
          [
            Diagnostic(
              .badValue, at: SourcePosition(file: paths[source]), "the weights hold a negative value, \(least)",
              hint: "weights are 0 or more")
          ])
      }
    }
  }
}

/// The memory of a strip, into which several threads write windows that do not overlap.
private struct StripTarget: @unchecked Sendable {
  private let single: UnsafeMutablePointer<Float>?
  private let double: UnsafeMutablePointer<Double>?
  private let rows: Range<Int>
  private let columns: Range<Int>

  /// The strip must outlive the target and not be copied meanwhile.
  init(_ strip: inout ZonalStrip, rows: Range<Int>, columns: Range<Int>) {
    self.rows = rows
    self.columns = columns
    switch strip {
    case .single(let grid):
      single = grid.withUnsafeCells { UnsafeMutablePointer(mutating: $0) }
      double = nil
    case .double(let grid):
      single = nil
      double = grid.withUnsafeCells { UnsafeMutablePointer(mutating: $0) }
    }
  }

  /// Reads a window into its place.
  func fill(_ window: RasterWindow, _ reader: RasterWindowReader) throws(GeodataError) -> RasterTally {
    if let double {
      let (grid, tally) = try reader.readDouble(window)
      copy(grid, window, to: double)
      return tally
    }
    let (grid, tally) = try reader.read(window)
    if let single { copy(grid, window, to: single) }
    return tally
  }

  private func copy<Value>(_ grid: Grid<Value>, _ window: RasterWindow, to base: UnsafeMutablePointer<Value>) {
    grid.withUnsafeCells { cells in
      for row in window.rows {
        let target = (row - rows.lowerBound) * columns.count + window.columns.lowerBound - columns.lowerBound
        (base + target).update(
          from: cells + (row - window.rows.lowerBound) * window.columns.count, count: window.columns.count)
      }
    }
  }
}

extension GridGeometry {
  /// Whether cells lie on cells: equal size and position, to a thousandth of a cell, and the same reference system.
  func isSameGrid(as other: GridGeometry) -> Bool {
    columns == other.columns && rows == other.rows
      && abs(west - other.west) <= 1e-3 * cellWidth && abs(north - other.north) <= 1e-3 * cellHeight
      && abs(cellWidth - other.cellWidth) * Double(columns) <= 1e-3 * cellWidth
      && abs(cellHeight - other.cellHeight) * Double(rows) <= 1e-3 * cellHeight && crs.isSame(as: other.crs)
  }
}
