import CGDAL
import Foundation
public import Grids

/// What all cells of a band say, without any of them being kept.
public struct RasterScan: Sendable, Hashable {
  /// Cells, those without data, and the range of the others.
  public var counts: RasterCounts
  /// How many cells hold each class, where classes were counted.
  public var classes: [Int32: Int]

  /// Tells what was counted.
  public init(counts: RasterCounts, classes: [Int32: Int] = [:]) {
    self.counts = counts
    self.classes = classes
  }
}

/// Reads every block of one band, so that a damaged file, undeclared no data and impossible values are found before work
/// is spent on them.
///
/// Blocks of GeoTIFFs that are compressed with DEFLATE are compared with their checksums too, as ``verifyRaster(_:)``
/// does. Memory stays at some megabytes, whatever the size of the raster.
/// - Parameters:
///   - path: Raster.
///   - reading: What means no data, which band, and so on.
///   - asClasses: Whether cells must be whole numbers; numbers of a palette are then welcome.
///   - countedWithin: The part of the raster, in its own reference system, where classes are counted; nil for no part.
/// - Throws: ``GeodataError`` as ``readRaster(_:_:)`` and ``readClasses(_:_:)`` do.
public func scanRaster(
  _ path: String, _ reading: RasterReading = RasterReading(), asClasses: Bool = false, countedWithin: Extent? = nil
) throws(GeodataError) -> RasterScan {
  let source = try RasterSource(path, reading, forClasses: asClasses, inWindows: true)
  let geometry = source.geometry
  try source.requireChecksums()
  var tally = CellTally()
  var classes: [Int32: Int] = [:]
  let counted = countedWithin.flatMap { geometry.cells(within: $0) }
  for rows in source.chunks(of: 0..<geometry.rows, cells: 1_000_000) {
    if asClasses {
      let (grid, part) = try source.readClasses(columns: 0..<geometry.columns, rows: rows)
      tally.add(part)
      guard let counted else { continue }
      for row in rows where counted.rows.contains(row) {
        let cells = grid.row(row - rows.lowerBound)
        // Classes come in runs.
        var (last, run) = (noClass, 0)
        for column in counted.columns {
          let code = cells[column]
          if code != last {
            if last != noClass { classes[last, default: 0] += run }
            (last, run) = (code, 0)
          }
          run += 1
        }
        if last != noClass { classes[last, default: 0] += run }
      }
    } else {
      tally.add(try source.readFloat(columns: 0..<geometry.columns, rows: rows).tally)
    }
  }
  let information = try source.concluded(tally, isWhole: true)
  return RasterScan(counts: information.counts ?? RasterCounts(), classes: classes)
}

extension GridGeometry {
  /// The cells whose centres lie within a box; nil where none does.
  fileprivate func cells(within box: Extent) -> RasterWindow? {
    func range(_ least: Double, _ greatest: Double, _ count: Int) -> Range<Int>? {
      // A thousandth of a cell is rounding.
      let first = max(0, (least - 0.5 - 1e-3).rounded(.up))
      let last = min(Double(count - 1), (greatest - 0.5 + 1e-3).rounded(.down))
      return first <= last ? Int(first)..<Int(last) + 1 : nil
    }
    guard let columns = range((box.west - west) / cellWidth, (box.east - west) / cellWidth, columns),
      let rows = range((north - box.north) / cellHeight, (north - box.south) / cellHeight, rows)
    else { return nil }
    return RasterWindow(columns: columns, rows: rows)
  }
}
