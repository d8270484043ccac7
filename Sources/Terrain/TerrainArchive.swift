public import Grids

extension BasinPass: BitwiseCopyable, Archivable {}

extension DrainageBasins: Archivable {
  /// Reads basins.
  public init(from archive: inout ArchiveReader) throws(ArchiveError) {
    directions = try archive.read()
    labels = try archive.read()
    pits = try archive.read()
    guard directions.geometry == labels.geometry else { throw ArchiveError("basins on two grids") }
  }

  /// Writes the basins.
  public func write(to archive: inout ArchiveWriter) { archive.write(directions, labels, pits) }
}

extension DepressionHierarchy: Archivable {
  /// Reads a hierarchy.
  public init(from archive: inout ArchiveReader) throws(ArchiveError) {
    basins = try archive.read()
    parent = try archive.read()
    left = try archive.read()
    right = try archive.read()
    spillElevation = try archive.read()
    spillCell = try archive.read()
    spillInto = try archive.read()
    lowestPasses = try archive.read()
    let nodes = [parent.count, left.count, right.count, spillElevation.count, spillCell.count, spillInto.count]
    guard Set(nodes).count == 1, parent.count > basins.count else {
      throw ArchiveError("a hierarchy of \(nodes) nodes")
    }
  }

  /// Writes the hierarchy.
  public func write(to archive: inout ArchiveWriter) {
    archive.write(basins, parent, left, right, spillElevation, spillCell, spillInto, lowestPasses)
  }
}
