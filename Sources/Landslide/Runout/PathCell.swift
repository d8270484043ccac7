/// One arrival of a path on a cell, with all that has flowed in since.
///
/// A cell that has passed its flux on and is reached again, which only a flow with less energy can do, gets another.
struct PathCell {
  /// Sum over the parents of their energy height, in the directions ahead of each.
  var persistence: SIMD8<Double>
  /// Largest energy height Z_delta among the ways in, m.
  var energy: Double
  /// Shortest horizontal way from the release, m.
  var length: Double
  /// Shortest way along the ground, m; only kept where there is forest.
  var groundLength: Double
  /// Flux in quanta.
  var flux: UInt64
  /// Which cell.
  var cell: Int32
  /// Bits of the neighbours from which flux came: none of it goes back.
  var parents: UInt8
  /// Whether this is the release cell.
  var isStart: Bool
  /// Whether the first flux came from the release cell itself: no direction is preferred yet.
  var followsStart: Bool
  /// Whether the path was on this cell before.
  var isRepeated: Bool
  /// Whether the flux comes to rest here.
  var deposits: Bool

  /// The release cell of a path.
  static func start(at cell: Int) -> PathCell {
    PathCell(
      persistence: SIMD8(repeating: 1), energy: 0, length: 0, groundLength: 0, flux: Flux.whole, cell: Int32(cell),
      parents: 0, isStart: true, followsStart: false, isRepeated: false, deposits: false)
  }
}

/// The eight neighbours of a cell, row by row from the north-west.
struct Neighbourhood: Sendable {
  /// Step of the cell index.
  let step: SIMD8<Int>
  /// Horizontal distance, m.
  let distance: SIMD8<Double>
  /// 1 / distance.
  let inverseDistance: SIMD8<Double>
  /// Weights of the directions after a step in each direction.
  let ahead: [SIMD8<Double>]

  /// Number of neighbours.
  static let count = 8
  /// Columns and rows from the centre.
  static let offsets = [(-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1)]
  /// One bit for each neighbour.
  static let bits: SIMD8<Int64> = [1, 2, 4, 8, 16, 32, 64, 128]

  init(_ columns: Int, cellWidth: Double, cellHeight: Double) {
    step = SIMD8(Self.offsets.map { $0.0 + $0.1 * columns })
    distance = SIMD8(
      Self.offsets.map {
        let (x, y) = (Double($0.0) * cellWidth, Double($0.1) * cellHeight)
        return (x * x + y * y).squareRoot()
      })
    inverseDistance = 1 / distance
    // The neighbours in the order of a walk around the cell: 1 straight on, 0.707 half left and half right.
    let around = [0, 1, 2, 4, 7, 6, 5, 3]
    var ahead = [SIMD8<Double>](repeating: .zero, count: Self.count)
    for (position, direction) in around.enumerated() {
      ahead[direction][direction] = 1
      ahead[direction][around[(position + 1) % Self.count]] = 0.707
      ahead[direction][around[(position + 7) % Self.count]] = 0.707
    }
    self.ahead = ahead
  }
}
