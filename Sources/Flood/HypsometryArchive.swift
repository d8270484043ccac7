public import Grids
import Terrain

extension CellBox: BitwiseCopyable, Archivable {}

extension Hypsometry: Archivable {
  /// Reads a hypsometry with its hierarchy.
  public init(from archive: inout ArchiveReader) throws(ArchiveError) {
    hierarchy = try archive.read()
    cellArea = try archive.read()
    cells = try archive.read()
    watershedCells = try archive.read()
    lowest = try archive.read()
    marginalCapacity = try archive.read()
    capacity = try archive.read()
    boxes = try archive.read()
    offsets = try archive.read()
    heights = try archive.read()
    sums = try archive.read()
    guard capacity.count == hierarchy.nodeCount, offsets.count == hierarchy.nodeCount + 1,
      heights.count == sums.count, offsets.last == heights.count
    else { throw ArchiveError("a hypsometry of \(capacity.count) nodes") }
  }

  /// Writes the hypsometry with its hierarchy.
  public func write(to archive: inout ArchiveWriter) {
    archive.write(
      hierarchy, cellArea, cells, watershedCells, lowest, marginalCapacity, capacity, boxes, offsets, heights, sums)
  }
}
