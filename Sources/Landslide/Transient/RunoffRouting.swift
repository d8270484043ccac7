public import Grids
import Terrain

/// Where the water that does not infiltrate goes: shares of each cell's runoff, in an order from upslope down.
public struct RunoffRouting: Sendable {
  /// A share of the runoff of one cell; cells by index, row by row from the north.
  public struct Share: Sendable, Hashable {
    /// The cell that gives.
    public let from: Int
    /// The cell that receives.
    public let to: Int
    /// Part of the giver's runoff, above 0 and at most 1.
    public let weight: Double

    /// Sends a share of one cell to another.
    public init(from: Int, to: Int, weight: Double) {
      self.from = from
      self.to = to
      self.weight = weight
    }
  }

  /// Geometry of the grid that is routed.
  public let geometry: GridGeometry
  /// Cells, each after all that give to it.
  let order: [Int32]
  /// The shares of cell *i* are `starts[i]..<starts[i + 1]`.
  let starts: [Int32]
  let receivers: [Int32]
  let weights: [Double]

  /// Sends all runoff of a cell along its D8 direction, the codes of `FlowDirection`; outlets and pits keep theirs.
  /// - Throws: ``InvalidRouting`` where directions run in a circle.
  public init(directions: Grid<UInt8>) throws(InvalidRouting) {
    let columns = directions.columns
    var shares: [Share] = []
    shares.reserveCapacity(directions.count)
    directions.withUnsafeCells { codes in
      for cell in 0..<directions.count where codes[cell] < 8 {
        let step = FlowDirection.rowStep[Int(codes[cell])] * columns + FlowDirection.columnStep[Int(codes[cell])]
        shares.append(Share(from: cell, to: cell + step, weight: 1))
      }
    }
    try self.init(directions.geometry, shares: shares)
  }

  /// Sends shares of the runoff of a cell to any number of others; what the shares leave to 1 leaves the grid there.
  /// - Throws: ``InvalidRouting`` for shares that cannot be, or that run in a circle.
  public init(_ geometry: GridGeometry, shares: [Share]) throws(InvalidRouting) {
    self.geometry = geometry
    let count = geometry.count
    var starts = [Int32](repeating: 0, count: count + 1)
    var inflows = [Int32](repeating: 0, count: count)
    var sums = [Double](repeating: 0, count: count)
    for share in shares {
      guard share.from >= 0, share.from < count, share.to >= 0, share.to < count, share.from != share.to,
        share.weight > 0, share.weight <= 1
      else { throw InvalidRouting(share: share, problem: "is not possible in a grid of \(count) cells") }
      starts[share.from + 1] += 1
      inflows[share.to] += 1
      sums[share.from] += share.weight
      // Tables of weights have three decimals.
      if sums[share.from] > 1.002 {
        throw InvalidRouting(share: share, problem: "brings the shares of the cell to \(sums[share.from]), above 1")
      }
    }
    for cell in 0..<count { starts[cell + 1] += starts[cell] }
    var next = starts
    var receivers = [Int32](repeating: 0, count: shares.count)
    var weights = [Double](repeating: 0, count: shares.count)
    for share in shares {
      let place = Int(next[share.from])
      receivers[place] = Int32(share.to)
      weights[place] = share.weight
      next[share.from] += 1
    }
    var order: [Int32] = []
    order.reserveCapacity(count)
    for cell in 0..<count where inflows[cell] == 0 { order.append(Int32(cell)) }
    var taken = 0
    while taken < order.count {
      let cell = Int(order[taken])
      taken += 1
      for place in Int(starts[cell])..<Int(starts[cell + 1]) {
        let receiver = Int(receivers[place])
        inflows[receiver] -= 1
        if inflows[receiver] == 0 { order.append(Int32(receiver)) }
      }
    }
    if order.count < count {
      let stuck = shares.first { inflows[$0.from] > 0 && inflows[$0.to] > 0 }
      throw InvalidRouting(share: stuck, problem: "lies on a circle; route without depressions")
    }
    self.order = order
    self.starts = starts
    self.receivers = receivers
    self.weights = weights
  }
}

/// Runoff cannot be routed this way.
public struct InvalidRouting: Error, Sendable, Hashable, CustomStringConvertible {
  /// The share that cannot be.
  public let share: RunoffRouting.Share?
  /// What is wrong with it.
  public let problem: String

  /// The share and what is wrong.
  public var description: String {
    let name = share.map { "share \($0.weight) from cell \($0.from) to cell \($0.to)" } ?? "a share"
    return "routing of runoff: \(name) \(problem)"
  }
}
