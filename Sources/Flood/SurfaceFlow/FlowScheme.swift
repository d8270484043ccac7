/// A numerical scheme: how the discharges through the faces come from one time to the next.
///
/// The exchange of water itself, boundaries, sources and records are the same for all schemes.
protocol FlowScheme: AnyObject, Sendable {
  /// Prepares base steps of so many seconds.
  func begin(timeStep: Float)
  /// Finds the discharges in the due tiles of one strip and their speeds; what other strips still read is put aside.
  func update(strip: Int, worker: Int, tiles: ActiveTiles)
  /// Writes what was put aside in one strip.
  func commit(strip: Int, tiles: ActiveTiles)
  /// Brings the momentum in the cells of one strip to the new time, once their water has moved.
  func finish(strip: Int, worker: Int, tiles: ActiveTiles)
  /// Momentum in the cells, where the scheme carries it.
  var momentum: CellMomentum? { get }
  /// How many cells a wave of 1 m/s crosses in a second, in the measure of ``ActiveTiles/fastest``, 1/m.
  var perCell: Double { get }
  /// The highest level of tiles that the scheme can take: 0 where all must take the same steps.
  var highestLevel: Int { get }
  /// Discharge per metre of width in a cell, m²/s.
  func cellDischarge(_ position: Int) -> (x: Float, y: Float)
}

/// A scheme on the terrain's own cells, whose discharges are looked at as they are.
protocol CellScheme: FlowScheme {
  /// The size of the discharges in a row of a tile, m²/s.
  func readDischarges(_ start: Int, into sizes: UnsafeMutablePointer<Float>)
}

extension FlowScheme {
  func finish(strip: Int, worker: Int, tiles: ActiveTiles) {}
  var momentum: CellMomentum? { nil }
  var highestLevel: Int { 0 }
}
