extension CoordinateReferenceSystem: Archivable {
  /// Reads a reference system.
  public init(from archive: inout ArchiveReader) throws(ArchiveError) {
    self.init(wkt: try archive.read(), code: try archive.read(), name: try archive.read())
  }

  /// Writes the reference system.
  public func write(to archive: inout ArchiveWriter) { archive.write(wkt, code, name) }
}

extension GridGeometry: Archivable {
  /// Reads a geometry.
  public init(from archive: inout ArchiveReader) throws(ArchiveError) {
    let (columns, rows): (Int, Int) = (try archive.read(), try archive.read())
    let (west, north): (Double, Double) = (try archive.read(), try archive.read())
    let (width, height): (Double, Double) = (try archive.read(), try archive.read())
    guard columns > 0, rows > 0, !columns.multipliedReportingOverflow(by: rows).overflow, width > 0, height > 0 else {
      throw ArchiveError("a grid of \(columns)×\(rows) cells")
    }
    self.init(
      columns: columns, rows: rows, west: west, north: north, cellWidth: width, cellHeight: height,
      crs: try archive.read())
  }

  /// Writes the geometry.
  public func write(to archive: inout ArchiveWriter) {
    archive.write(columns, rows, west, north, cellWidth, cellHeight, crs)
  }
}

extension Grid: Archivable {
  /// Reads a grid.
  public init(from archive: inout ArchiveReader) throws(ArchiveError) {
    let geometry: GridGeometry = try archive.read()
    let (size, isTooLarge) = geometry.count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    if isTooLarge { throw ArchiveError("a grid of \(geometry.count) cells") }
    let bytes = try archive.bytes(size)
    self.init(geometry) { cells in
      if let source = bytes.baseAddress {
        UnsafeMutableRawPointer(cells).copyMemory(from: source, byteCount: size)
      }
    }
  }

  /// Writes the geometry and the cells.
  public func write(to archive: inout ArchiveWriter) {
    archive.write(geometry)
    withUnsafeCells { cells in
      archive.write(bytes: UnsafeRawBufferPointer(start: cells, count: count * MemoryLayout<Element>.stride))
    }
  }
}

extension Polygon: Archivable {
  /// Reads a surface.
  public init(from archive: inout ArchiveReader) throws(ArchiveError) { self.init(rings: try archive.read()) }

  /// Writes the rings.
  public func write(to archive: inout ArchiveWriter) { archive.write(rings) }
}

extension Shape: Archivable {
  /// Reads a shape.
  public init(from archive: inout ArchiveReader) throws(ArchiveError) {
    let kind: UInt8 = try archive.read()
    switch kind {
    case 0: self = .point(try archive.read())
    case 1: self = .lines(try archive.read())
    case 2: self = .polygons(try archive.read())
    default: throw ArchiveError("a shape of kind \(kind)")
    }
  }

  /// Writes the kind and the coordinates.
  public func write(to archive: inout ArchiveWriter) {
    switch self {
    case .point(let point): archive.write(0 as UInt8, point)
    case .lines(let lines): archive.write(1 as UInt8, lines)
    case .polygons(let polygons): archive.write(2 as UInt8, polygons)
    }
  }
}
