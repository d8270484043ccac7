/// Which of several equally steep neighbours takes the water.
///
/// The middle one of three; of two neighbours or four, the one that the widespread D8 grids take (HydroSHEDS and the
/// software that made them follow such a table; this one was read off the ties of a HydroSHEDS tile, where it holds
/// for every cell). A tie between straight and slanting neighbours, which needs oblong cells or chance, goes to the
/// first in the order of ``FlowDirection``.
public enum SteepestTie {
  /// Code of the receiver for each set of equally steep neighbours; bit *k* of the set stands for code *k*.
  ///
  /// The empty set is a cell without lower neighbour.
  static let codes: [UInt8] = (0..<256).map { set in
    if set == 0 { return unresolvedFlat }
    if let code = straight[set] { return code }
    // Slanting neighbours by their own table; else the lowest code of the set.
    return slanting[set] ?? UInt8(set.trailingZeroBitCount)
  }

  private static let (east, southEast, south, southWest, west, northWest, north, northEast) =
    (1, 2, 4, 8, 16, 32, 64, 128)

  private static let straight: [Int: UInt8] = [
    east | south: 2, south | west: 4, west | north: 4, east | north: 6, east | west: 0, south | north: 6,
    east | south | west: 2, south | west | north: 4, east | west | north: 6, east | south | north: 0,
    east | south | west | north: 4,
  ]

  private static let slanting: [Int: UInt8] = [
    southEast | southWest: 3, southWest | northWest: 3, northWest | northEast: 5, southEast | northEast: 7,
    southEast | northWest: 5, southWest | northEast: 3, southEast | southWest | northWest: 3,
    southWest | northWest | northEast: 5, southEast | northWest | northEast: 7, southEast | southWest | northEast: 1,
    southEast | southWest | northWest | northEast: 5,
  ]
}
