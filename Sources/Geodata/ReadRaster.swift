import CGDAL
public import Grids
import Synchronization

/// Reads one band of a raster.
///
/// The rows of the grid run from north to south whatever their order in the file. No data and infinities become
/// NaN, −0.0 becomes +0.0, scale and offset are applied.
/// - Throws: ``GeodataError`` where the file cannot be read to the last block, is rotated, has no position or
///   reference system, has several bands and none is named, holds colours, or holds values that look like an
///   undeclared nodata value.
public func readRaster(
  _ path: String, _ reading: RasterReading = RasterReading()
) throws(GeodataError) -> (grid: Grid<Float>, information: RasterInformation) {
  let source = try RasterSource(path, reading)
  let geometry = source.geometry
  let (grid, tally) =
    source.canBeReadInParallel
    ? try source.readFloatInParallel()
    : try source.readFloat(columns: 0..<geometry.columns, rows: 0..<geometry.rows)
  return (grid, try source.concluded(tally, isWhole: true))
}

/// The code for no data in grids of classes, the one that ``ClassLookup`` knows.
public let noClass = ClassLookup<Int32>.noClass

/// Reads one band of whole numbers, such as land cover; cells without data hold ``noClass``.
/// - Throws: ``GeodataError`` as ``readRaster(_:_:)`` does, and where a value is not a whole number of 32 bits.
///   Numbers of a palette are accepted.
public func readClasses(
  _ path: String, _ reading: RasterReading = RasterReading()
) throws(GeodataError) -> (grid: Grid<Int32>, information: RasterInformation) {
  let source = try RasterSource(path, reading, forClasses: true)
  let geometry = source.geometry
  let (grid, tally) = try source.readClasses(columns: 0..<geometry.columns, rows: 0..<geometry.rows)
  return (grid, try source.concluded(tally, isWhole: true))
}

extension RasterSource {
  /// The information with what was counted; throws where the cells look wrong.
  borrowing func concluded(_ tally: CellTally, isWhole: Bool) throws(GeodataError) -> RasterInformation {
    if let findings = decoder.scan?.findings(tally), let first = findings.first {
      let list = findings.prefix(5).map { "\(shown($0.value)) in \($0.count) cells" }.joined(separator: ", ")
      throw GeodataError(
        .undeclaredNodata, operation: site.operation, path: site.path,
        message: "\(list) of band \(information.band) look like no data, but the file declares "
          + (information.nodata.map { "nodata \(shown($0))" } ?? "none"),
        hint: "set nodata: \(shown(first.value))"
          + (information.nodata == nil ? "" : " (what the file declares counts as well)")
          + ", or nodata: none if the values are real")
    }
    var result = information
    result.counts = tally.summary
    if isWhole, tally.counts.valid == 0, !reading.acceptsAllNodata {
      throw GeodataError(
        .allNodata, operation: site.operation, path: site.path,
        message: "none of the \(tally.counts.cells) cells holds a value (\(tally.counts.nodata) nodata, "
          + "\(tally.counts.infinite) infinite)", hint: "check the file and its nodata value")
    }
    return result
  }

  private func shown(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : "\(Float(value))"
  }

  /// Reads a window of the north-up grid.
  borrowing func readFloat(
    columns: Range<Int>, rows: Range<Int>
  ) throws(GeodataError) -> (grid: Grid<Float>, tally: CellTally) {
    var tally = CellTally()
    var grid = Grid<Float>(geometry.window(columns: columns, rows: rows)) { _ in }
    let width = columns.count
    try grid.withUnsafeMutableCells { cells throws(GeodataError) in
      if decoder.isPlainFloat {
        for chunk in chunks(of: rows) {
          try readPlain(columns, chunk, into: cells + (chunk.lowerBound - rows.lowerBound) * width, &tally)
        }
      } else {
        try decodeDoubles(columns, rows, &tally) { row, values in
          let target = cells + row * width
          for column in 0..<width { target[column] = Float(values[column]) }
          return nil
        }
      }
    }
    return (grid, tally)
  }

  /// Reads a window of the north-up grid in double precision.
  borrowing func readDouble(
    columns: Range<Int>, rows: Range<Int>
  ) throws(GeodataError) -> (grid: Grid<Double>, tally: CellTally) {
    var tally = CellTally()
    var grid = Grid<Double>(geometry.window(columns: columns, rows: rows)) { _ in }
    try grid.withUnsafeMutableCells { cells throws(GeodataError) in
      try decodeDoubles(columns, rows, &tally) { row, values in
        (cells + row * columns.count).update(from: values, count: columns.count)
        return nil
      }
    }
    return (grid, tally)
  }

  /// Reads rows whose cells are kept as single-precision numbers, and decodes them in their place.
  private borrowing func readPlain(
    _ columns: Range<Int>, _ rows: Range<Int>, into target: UnsafeMutablePointer<Float>, _ tally: inout CellTally
  ) throws(GeodataError) {
    try read(columns, sourceRows(rows), into: target, GDT_Float32)
    if isSouthUp { reverseRows(target, width: columns.count, count: rows.count) }
    if hasMask { try mask(columns, rows, width: columns.count) { target[$0] = .nan } }
    for row in 0..<rows.count { decoder.decode(target + row * columns.count, columns.count, &tally) }
  }

  /// Whether several threads may read at once, each with the file opened for itself, and whether that pays.
  var canBeReadInParallel: Bool {
    // Other drivers stand on libraries that let only one thread in at a time.
    reading.threads > 1 && information.driver == "GTiff" && decoder.isPlainFloat && geometry.count > 2_000_000
  }

  /// Reads the whole raster from several threads; the same cells and counts as from one.
  borrowing func readFloatInParallel() throws(GeodataError) -> (grid: Grid<Float>, tally: CellTally) {
    let (columns, rows) = (geometry.columns, geometry.rows)
    let chunks = chunks(of: 0..<rows, cells: 1_000_000)
    var grid = Grid<Float>(geometry) { _ in }
    var outcomes = [Result<CellTally, GeodataError>?](repeating: nil, count: chunks.count)
    let (path, reading) = (site.path, reading)
    grid.withUnsafeMutableCells { cells in
      outcomes.withUnsafeMutableBufferPointer { outcomes in
        nonisolated(unsafe) let (cells, outcomes) = (cells, outcomes)
        let next = Atomic<Int>(0)
        parallelBlocks(of: reading.threads, threads: reading.threads, block: 1) { _ in
          var number = next.wrappingAdd(1, ordering: .relaxed).oldValue
          do throws(GeodataError) {
            let source = try RasterSource(path, reading)
            while number < chunks.count {
              var tally = CellTally()
              try source.readPlain(
                0..<columns, chunks[number], into: cells + chunks[number].lowerBound * columns, &tally)
              outcomes[number] = .success(tally)
              number = next.wrappingAdd(1, ordering: .relaxed).oldValue
            }
          } catch {
            if number < chunks.count { outcomes[number] = .failure(error) }
          }
        }
      }
    }
    var tally = CellTally()
    for outcome in outcomes {
      // A thread that failed leaves the chunks after it to the others; only when all failed are some left out.
      if let outcome { tally.add(try outcome.get()) }
    }
    return (grid, tally)
  }

  /// Reads a window of the north-up grid as whole numbers.
  borrowing func readClasses(
    columns: Range<Int>, rows: Range<Int>
  ) throws(GeodataError) -> (grid: Grid<Int32>, tally: CellTally) {
    var tally = CellTally()
    var grid = Grid<Int32>(geometry.window(columns: columns, rows: rows)) { _ in }
    let width = columns.count
    try grid.withUnsafeMutableCells { cells throws(GeodataError) in
      try decodeDoubles(columns, rows, &tally) { row, values in
        let target = cells + row * width
        for column in 0..<width {
          let value = values[column]
          if value.isNaN {
            target[column] = noClass
          } else if let number = Int32(exactly: value), number != noClass {
            target[column] = number
          } else {
            return "column \(columns.lowerBound + column), row \(rows.lowerBound + row) holds \(value)"
          }
        }
        return nil
      }
    }
    return (grid, tally)
  }

  /// Reads rows as doubles and hands them over, north first; `body` may refuse a row with a text.
  private borrowing func decodeDoubles(
    _ columns: Range<Int>, _ rows: Range<Int>, _ tally: inout CellTally,
    _ body: (_ row: Int, _ values: UnsafeMutablePointer<Double>) -> String?
  ) throws(GeodataError) {
    let width = columns.count
    var buffer: [Double] = []
    for chunk in chunks(of: rows) {
      buffer = [Double](repeating: 0, count: chunk.count * width)
      var refusal: String?
      try buffer.withUnsafeMutableBufferPointer { cells throws(GeodataError) in
        guard let base = cells.baseAddress else { return }
        try read(columns, sourceRows(chunk), into: base, GDT_Float64)
        if isSouthUp { reverseRows(base, width: width, count: chunk.count) }
        if hasMask { try mask(columns, chunk, width: width) { base[$0] = .nan } }
        for row in 0..<chunk.count {
          let line = base + row * width
          decoder.decode(line, width, &tally)
          refusal = body(chunk.lowerBound - rows.lowerBound + row, line)
          if refusal != nil { return }
        }
      }
      if let refusal {
        throw GeodataError(
          .notClasses, operation: site.operation, path: site.path,
          message: "\(refusal), which is not a whole number of 32 bits",
          hint: "classes are whole numbers; check band and file")
      }
    }
  }

  /// The file's rows that hold these rows of the north-up grid.
  private borrowing func sourceRows(_ rows: Range<Int>) -> Range<Int> {
    guard isSouthUp else { return rows }
    return (information.rows - rows.upperBound)..<(information.rows - rows.lowerBound)
  }

  /// Runs of rows that end where blocks end, of some four million cells.
  borrowing func chunks(of rows: Range<Int>, cells: Int = 4_000_000) -> [Range<Int>] {
    var (blockWidth, blockHeight) = (Int32(1), Int32(1))
    GDALGetBlockSize(band, &blockWidth, &blockHeight)
    let height = max(1, Int(blockHeight))
    let step = max(1, cells / (information.columns * height)) * height
    var result: [Range<Int>] = []
    var start = rows.lowerBound
    while start < rows.upperBound {
      // Block edges count from the file's first row.
      let end = isSouthUp ? start + step : (start / step + 1) * step
      result.append(start..<min(end, rows.upperBound))
      start = min(end, rows.upperBound)
    }
    return result
  }

  private borrowing func read(
    _ columns: Range<Int>, _ rows: Range<Int>, into buffer: UnsafeMutableRawPointer, _ type: GDALDataType
  ) throws(GeodataError) {
    let outcome = listening {
      GDALRasterIO(
        band, GF_Read, Int32(columns.lowerBound), Int32(rows.lowerBound), Int32(columns.count), Int32(rows.count),
        buffer, Int32(columns.count), Int32(rows.count), type, 0, 0)
    }
    guard outcome.result == CE_None else { throw unreadable(columns, rows, outcome.messages) }
    GDALLibrary.report(outcome.messages)
  }

  /// The error that names the first block of the window that cannot be read.
  private borrowing func unreadable(
    _ columns: Range<Int>, _ rows: Range<Int>, _ messages: [GDALMessage]
  ) -> GeodataError {
    var (width, height) = (Int32(1), Int32(1))
    GDALGetBlockSize(band, &width, &height)
    let (blockWidth, blockHeight) = (max(1, Int(width)), max(1, Int(height)))
    var scratch = [Double](repeating: 0, count: blockWidth * blockHeight)
    for blockRow in (rows.lowerBound / blockHeight)...((rows.upperBound - 1) / blockHeight) {
      for blockColumn in (columns.lowerBound / blockWidth)...((columns.upperBound - 1) / blockWidth) {
        let left = blockColumn * blockWidth
        let top = blockRow * blockHeight
        let size = (min(blockWidth, information.columns - left), min(blockHeight, information.rows - top))
        let outcome = listening {
          GDALRasterIO(
            band, GF_Read, Int32(left), Int32(top), Int32(size.0), Int32(size.1), &scratch, Int32(size.0),
            Int32(size.1), GDT_Float64, 0, 0)
        }
        if outcome.result != CE_None {
          return site.error(
            "band \(information.band), block (\(blockColumn), \(blockRow)) of \(blockWidth)×\(blockHeight) cells "
              + "(file rows \(top) to \(top + size.1 - 1)) cannot be read: the file is truncated or damaged",
            hint: "fetch the file again", outcome.messages.isEmpty ? messages : outcome.messages)
        }
      }
    }
    return site.error(
      "band \(information.band), file rows \(rows.lowerBound) to \(rows.upperBound - 1) cannot be read",
      hint: "fetch the file again", messages)
  }

  /// Calls `clear` with the index of every cell that the file's mask hides.
  private borrowing func mask(
    _ columns: Range<Int>, _ rows: Range<Int>, width: Int, _ clear: (Int) -> Void
  ) throws(GeodataError) {
    var visible = [UInt8](repeating: 255, count: width * rows.count)
    let window = sourceRows(rows)
    try site.check("the mask of band \(information.band) cannot be read") { [band] in
      GDALRasterIO(
        GDALGetMaskBand(band), GF_Read, Int32(columns.lowerBound), Int32(window.lowerBound), Int32(width),
        Int32(window.count), &visible, Int32(width), Int32(window.count), cgdal_byte, 0, 0)
    }
    for row in 0..<rows.count {
      let line = isSouthUp ? rows.count - 1 - row : row
      for column in 0..<width where visible[line * width + column] == 0 { clear(row * width + column) }
    }
  }
}

/// Turns a block of rows upside down.
private func reverseRows<Element>(_ cells: UnsafeMutablePointer<Element>, width: Int, count: Int) {
  for row in 0..<(count / 2) {
    let (upper, lower) = (cells + row * width, cells + (count - 1 - row) * width)
    for column in 0..<width { swap(&upper[column], &lower[column]) }
  }
}
