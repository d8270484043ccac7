/// A numerical scheme: how the discharges through the faces come from one time to the next.
///
/// The exchange of water itself, boundaries, sources and records are the same for all schemes.
protocol FlowScheme: AnyObject, Sendable {
  /// Prepares a step of so many seconds.
  func begin(timeStep: Float)
  /// Finds the discharges of one strip; what other strips still read is put aside.
  func update(strip: Int, worker: Int, tiles: ActiveTiles)
  /// Writes what was put aside.
  func commit(tiles: ActiveTiles)
  /// Largest (|u| + √(g h)) / Δx that the last sweep met, 1/s.
  var greatestSpeed: Float { get }
  /// Discharge per metre of width in a cell, m²/s.
  func cellDischarge(_ position: Int) -> (x: Float, y: Float)
}
