import Grids

/// Codes of a D8 direction grid (`Grid<UInt8>`): where the water of a cell goes.
///
/// Codes 0…7 are the eight neighbours in the order east, south-east, south, south-west, west, north-west, north,
/// north-east. Where several neighbours are equally steep, ``SteepestTie`` says which takes the water.
public enum FlowDirection {
  /// The water leaves the terrain here: over the border, or into an outside that was declared.
  public static let outlet: UInt8 = 8
  /// The water stays: the bottom of a depression.
  ///
  /// Routed directions hold none.
  public static let pit: UInt8 = 9
  /// The cell has no elevation.
  public static let nodata: UInt8 = 255

  /// Column step of each code 0…7.
  public static let columnStep: [Int] = [1, 1, 0, -1, -1, -1, 0, 1]
  /// Row step (southwards) of each code 0…7.
  public static let rowStep: [Int] = [0, 1, 1, 1, 0, -1, -1, -1]
  /// Code as used by ESRI software (1 east, 2 south-east, 4 south … 128 north-east), 0 for the codes without a receiver.
  public static func esri(_ code: UInt8) -> UInt8 { code < 8 ? 1 << code : 0 }

  /// Distance to the neighbour of each code 0…7 in map units.
  static func distances(_ geometry: GridGeometry) -> [Double] {
    let diagonal = (geometry.cellWidth * geometry.cellWidth + geometry.cellHeight * geometry.cellHeight).squareRoot()
    return (0..<8).map { $0 % 2 == 1 ? diagonal : ($0 % 4 == 0 ? geometry.cellWidth : geometry.cellHeight) }
  }
}

/// Index steps to the eight neighbours in the order of the direction codes, as a tuple-free, allocation-free lookup.
struct NeighbourSteps: Sendable {
  let steps: InlineArray<8, Int>

  init(columns: Int) {
    steps = InlineArray { FlowDirection.rowStep[$0] * columns + FlowDirection.columnStep[$0] }
  }

  @inline(__always)
  subscript(code: Int) -> Int { steps[unchecked: code] }
}
