import Terrain

/// The uniform rain that fills each depression, where all of it runs off.
public struct FillRain: Sendable {
  /// Rain in millimetres that fills each node with what comes through the whole network; infinite for node 0.
  public let network: [Double]
  /// Rain in millimetres that fills each node from its own watershed alone; infinite for node 0.
  ///
  /// Never less than ``network``. Without losses this is the `bspot_fumm` of malstroem (Balstrøm and Crawford 2018).
  public let local: [Double]
  /// Rain in millimetres with which the water first stands above a mark of each set; infinite where it never does.
  public let marks: [Double]

  /// Lets the rain grow from nothing until everything is full.
  ///
  /// Each value is the quotient of two whole numbers (quanta kept and cells rained on), rounded at the end.
  /// For rain with a fixed pattern use ``EventSweep`` with no inflow, then the pattern's, `continues: true`: the
  /// fractions of its moments are the factors of the pattern.
  /// - Complexity: O((*B* + *m*) log *B*) for *B* depressions and *m* marks.
  public init(_ hypsometry: Hypsometry, losses: BluespotLosses? = nil, marks: WaterMarks = WaterMarks()) {
    let losses = losses ?? .none(in: hypsometry)
    let hierarchy = hypsometry.hierarchy
    let leaves = hierarchy.leafCount
    let cells = (0...leaves).map { $0 == 0 ? 0 : Int64(hypsometry.watershedCells[$0]) }
    let dry = [Int64](repeating: 0, count: leaves + 1)
    let sweep: EventSweep
    do {
      sweep = try EventSweep(hypsometry, losses: losses, inflows: [dry, cells], continues: true, marks: marks)
    } catch { preconditionFailure("runoff that grows from nothing never falls") }
    // One millimetre is this many quanta on a cell.
    let quanta = hypsometry.cellArea * 1e-3 * 0x1p20
    func rain(_ moment: SweepMoment) -> Double { moment == .never ? .infinity : moment.fraction / quanta }
    network = sweep.fills.map(rain)
    self.marks = sweep.reaches.map(rain)
    var demand = hypsometry.marginalDemand(with: losses)
    for node in stride(from: 1, to: hierarchy.nodeCount, by: 1) where hierarchy.parent[node] != 0 {
      demand[Int(hierarchy.parent[node])] += demand[node]
    }
    local = demand.indices.map { node in
      node == 0 ? .infinity : Double(demand[node]) / Double(hypsometry.watershedCells[node]) / quanta
    }
  }
}
