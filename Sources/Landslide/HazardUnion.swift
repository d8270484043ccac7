public import Grids

/// Several hazards on one grid, a bit for each, so that places of two of them count once in their union.
public struct HazardUnion: Sendable {
  /// Names of the hazards, the first in the lowest bit.
  public let names: [String]
  /// Bits of the hazards that touch each cell.
  public let hazards: Grid<UInt32>
  /// Bits of the hazards that are known on each cell.
  public let known: Grid<UInt32>

  /// Joins masks of hazards.
  /// - Parameters:
  ///   - masks: For each hazard its name and a mask: ``absent``, ``present`` or ``noData``. At least one, at most 32.
  ///   - threads: Number of threads.
  /// - Throws: ``GeometryMismatch``.
  public init(_ masks: [(name: String, mask: Grid<UInt8>)], threads: Int) throws(GeometryMismatch) {
    precondition(!masks.isEmpty && masks.count <= 32, "one hazard to 32")
    let geometry = masks[0].mask.geometry
    for mask in masks { try geometry.require(mask.mask.geometry, for: "union of hazards") }
    names = masks.map(\.name)
    func bits(where isSet: @Sendable (UInt8) -> Bool) -> Grid<UInt32> {
      var grid = Grid<UInt32>(geometry, repeating: 0)
      grid.forEachRow(threads: threads) { row, cells in
        for (bit, mask) in masks.enumerated() {
          let line = mask.mask.row(row)
          for column in 0..<cells.count where isSet(line[column]) { cells[column] |= 1 << UInt32(bit) }
        }
      }
      return grid
    }
    hazards = bits { $0 == Self.present }
    known = bits { $0 != Self.noData }
  }

  /// Mask value of cells without data.
  public static let noData: UInt8 = 0
  /// Mask value of cells that the hazard does not touch.
  public static let absent: UInt8 = 1
  /// Mask value of cells that the hazard touches.
  public static let present: UInt8 = 2

  /// The union: touched by any hazard, touched by none of those known, or known of none.
  public func any(threads: Int) -> Grid<UInt8> {
    var grid = Grid<UInt8>(hazards.geometry, repeating: Self.noData)
    let (hazards, known) = (hazards, known)
    grid.forEachRow(threads: threads) { row, cells in
      let touched = hazards.row(row)
      let isKnown = known.row(row)
      for column in 0..<cells.count where isKnown[column] != 0 {
        cells[column] = touched[column] != 0 ? Self.present : Self.absent
      }
    }
    return grid
  }

  /// Area of each combination of hazards, in square units of the reference system, by its bits; 0 is touched by none.
  public var areas: [UInt32: Double] {
    var counts: [UInt32: Int] = [:]
    for cell in 0..<hazards.count where known[cell] != 0 { counts[hazards[cell], default: 0] += 1 }
    return counts.mapValues { Double($0) * hazards.geometry.cellArea }
  }
}
