import Foundation
import Grids

/// Follows the flow of one release cell after another; its memory is used again for each.
///
/// The cells of a path are worked off in the order in which flux first reached them. Flux for a cell that still waits
/// joins what is there; a cell that has passed its flux on is entered anew. (D'Amboise et al. 2022, section 2.)
///
/// Only one thread at a time may use it; it may be handed from one to another.
final class RunoutPath: @unchecked Sendable {
  /// The ground of all paths.
  struct Ground {
    let height: Grid<Float>
    let forest: Grid<Float>?
    /// 1 where a flow can go: the cell and its eight neighbours are on the grid and have data.
    let isOpen: Grid<UInt8>

    init(_ height: Grid<Float>, forest: Grid<Float>?, threads: Int) {
      self.height = height
      self.forest = forest
      var isOpen = Grid<UInt8>(height.geometry, repeating: 0)
      isOpen.forEachRow(threads: threads) { row, cells in
        guard row > 0, row < height.rows - 1, height.columns > 2 else { return }
        let lines = (height.row(row - 1), height.row(row), height.row(row + 1))
        for column in 1..<(cells.count - 1) {
          // A sum is NaN exactly where one of its finite terms is.
          var sum: Float = 0
          for k in (column - 1)...(column + 1) { sum += lines.0[k] * 0 + lines.1[k] * 0 + lines.2[k] * 0 }
          cells[column] = sum.isNaN ? 0 : 1
        }
      }
      self.isOpen = isOpen
    }
  }

  /// The cells of the last path; those before have passed on or dropped their flux when a cell is worked off.
  private(set) var cells: UnsafeMutablePointer<PathCell>
  /// Number of cells of the last path.
  private(set) var count = 0
  /// Flux of the last path that left the ground with data, in quanta.
  private(set) var lost: UInt64 = 0
  /// Positions in `cells` to which flux went, cell by cell; only where ways are traced.
  private(set) var ways: [Int32] = []
  /// End in `ways` of each cell's.
  private(set) var wayEnds: [Int32] = []

  private var capacity = 1024
  private let ground: Ground
  private let columns: Int
  private let parameters: RunoutParameters
  private let friction: ForestFriction?
  private let tracesWays: Bool
  private let neighbourhood: Neighbourhood
  private let threshold: UInt64
  private let tangent: Double
  /// For each cell of the grid the number of its last place in a path; numbers run on from path to path, so that
  /// nothing need be cleared.
  private let lastNumber: UnsafeMutablePointer<Int32>
  /// Number of the first cell of this path.
  private var firstNumber: Int32 = 1

  init(_ ground: Ground, parameters: RunoutParameters, friction: ForestFriction?, tracesWays: Bool) {
    self.ground = ground
    self.parameters = parameters
    self.friction = friction
    self.tracesWays = tracesWays
    let geometry = ground.height.geometry
    columns = geometry.columns
    neighbourhood = Neighbourhood(
      geometry.columns, cellWidth: geometry.cellWidth, cellHeight: geometry.cellHeight)
    threshold = Flux.threshold(parameters.fluxThreshold)
    tangent = tan(parameters.angle * .pi / 180)
    cells = .allocate(capacity: capacity)
    // Cleared memory from the system: pages that no path touches cost nothing.
    guard let memory = calloc(geometry.count, MemoryLayout<Int32>.stride) else {
      preconditionFailure("no memory for \(geometry.count) cells")
    }
    lastNumber = memory.bindMemory(to: Int32.self, capacity: geometry.count)
  }

  deinit {
    cells.deallocate()
    free(lastNumber)
  }

  /// Whether a path can start on a cell: it is not at the edge of the grid and not beside no data.
  func canStart(at cell: Int) -> Bool { ground.isOpen[cell] == 1 }

  /// Follows the flow from one cell.
  func follow(from start: Int) {
    begin()
    append(.start(at: start))
    lastNumber[start] = firstNumber
    ground.height.withUnsafeCells { height in
      ground.isOpen.withUnsafeCells { isOpen in
        var position = 0
        while position < count {
          passOn(position, height: height, isOpen: isOpen)
          if tracesWays { wayEnds.append(Int32(ways.count)) }
          position += 1
        }
      }
    }
    firstNumber += Int32(count)
  }

  private func begin() {
    count = 0
    lost = 0
    ways.removeAll(keepingCapacity: true)
    wayEnds.removeAll(keepingCapacity: true)
    // A path has far fewer cells than half of all numbers.
    if firstNumber > Int32.max / 2 {
      lastNumber.update(repeating: 0, count: ground.height.count)
      firstNumber = 1
    }
  }

  private func append(_ cell: PathCell) {
    if count == capacity {
      let larger = UnsafeMutablePointer<PathCell>.allocate(capacity: 2 * capacity)
      larger.moveInitialize(from: cells, count: count)
      cells.deallocate()
      cells = larger
      capacity *= 2
    }
    (cells + count).initialize(to: cell)
    count += 1
  }

  /// Passes the flux of one cell to its neighbours, or lets it rest.
  @inline(__always)
  private func passOn(_ position: Int, height: UnsafePointer<Float>, isOpen: UnsafePointer<UInt8>) {
    let here = cells[position]
    let cell = Int(here.cell)
    let level = Double(height[cell])
    let drop = SIMD8(repeating: level) - Self.neighbours(height + cell, columns: columns)
    let loss = neighbourhood.distance * frictionTangent(here)
    let highest = SIMD8(repeating: parameters.greatestEnergyHeight)
    var energy = drop + here.energy - loss
    energy.replace(with: highest, where: energy .> highest)
    var ahead = here.persistence
    if here.followsStart {
      ahead = SIMD8(repeating: 1)
    } else {
      let parents = SIMD8<Int64>(repeating: Int64(here.parents))
      ahead.replace(with: 0, where: (parents & Neighbourhood.bits) .!= 0)
    }
    var weights = terrainFactor(slope: drop * neighbourhood.inverseDistance, where: (energy .> 0) .& (ahead .> 0))
    weights *= ahead
    let shares = Flux.split(here.flux, weights: weights, threshold: threshold)

    // Lowest energy first, then smallest flux, then from the north-west: the order of com4FlowPy.
    var order = SIMD8<UInt8>.zero
    var children = 0
    for k in 0..<Neighbourhood.count where shares[k] > 0 {
      var place = children
      while place > 0 {
        let before = Int(order[place - 1])
        if (energy[before], shares[before]) <= (energy[k], shares[k]) { break }
        order[place] = order[place - 1]
        place -= 1
      }
      order[place] = UInt8(k)
      children += 1
    }
    if children == 0 { cells[position].deposits = true }
    for place in 0..<children {
      let k = Int(order[place])
      flow(from: here, at: position, direction: k, flux: shares[k], energy: energy[k], drop: drop[k], isOpen: isOpen)
    }
  }

  /// Lets flux arrive on a neighbour.
  @inline(__always)
  private func flow(
    from here: PathCell, at position: Int, direction k: Int, flux: UInt64, energy: Double, drop: Double,
    isOpen: UnsafePointer<UInt8>
  ) {
    let target = Int(here.cell) &+ neighbourhood.step[k]
    guard isOpen[target] == 1 else {
      lost &+= flux
      return
    }
    let distance = neighbourhood.distance[k]
    let length = here.length + distance
    // sqrt(dx² + dy² + dz²): both horizontal steps count.
    let groundLength = friction == nil ? 0 : here.groundLength + (distance * distance + drop * drop).squareRoot()
    let back = UInt8(1) << UInt8(Neighbourhood.count - 1 - k)
    let persistence = neighbourhood.ahead[k] * here.energy
    let number = lastNumber[target]
    var child: Int
    if number > firstNumber &+ Int32(position) {
      child = Int(number &- firstNumber)
      let waiting = cells + child
      waiting.pointee.flux &+= flux
      waiting.pointee.energy = max(waiting.pointee.energy, energy)
      waiting.pointee.length = min(waiting.pointee.length, length)
      waiting.pointee.groundLength = min(waiting.pointee.groundLength, groundLength)
      waiting.pointee.persistence += persistence
      waiting.pointee.parents |= back
    } else {
      child = count
      append(
        PathCell(
          persistence: persistence, energy: energy, length: length, groundLength: groundLength, flux: flux,
          cell: Int32(target), parents: back, isStart: false, followsStart: here.isStart,
          isRepeated: number >= firstNumber, deposits: false))
      lastNumber[target] = firstNumber &+ Int32(child)
    }
    if tracesWays { ways.append(Int32(child)) }
  }

  /// Tangent of the angle of friction on a cell.
  @inline(__always)
  private func frictionTangent(_ here: PathCell) -> Double {
    guard let friction, let forest = ground.forest, !here.isStart, here.groundLength > friction.skippedLength else {
      return tangent
    }
    let index = Double(forest[Int(here.cell)])
    guard index > 0 else { return tangent }
    return tan((parameters.angle + friction.addedAngle(forest: index, energyHeight: here.energy)) * .pi / 180)
  }

  /// Terrain factor tan((β + 90°) / 2) to the power of the exponent, β the slope angle down to the neighbour, divided
  /// by the largest of them so that no power overflows; 0 elsewhere.
  ///
  /// tan(β/2 + 45°) = tanβ + √(1 + tan²β), so that no angle is needed.
  @inline(__always)
  private func terrainFactor(slope: SIMD8<Double>, where isOpen: SIMDMask<SIMD8<Int64>>) -> SIMD8<Double> {
    var base = slope + (slope * slope + 1).squareRoot()
    base.replace(with: 0, where: .!isOpen)
    let largest = base.max()
    guard largest > 0 else { return .zero }
    var power = base / largest
    var factor = SIMD8<Double>(repeating: 1)
    var exponent = parameters.exponent
    while true {
      if exponent & 1 == 1 { factor *= power }
      exponent >>= 1
      if exponent == 0 { break }
      power *= power
    }
    return factor
  }

  /// Heights of the eight neighbours.
  @inline(__always)
  private static func neighbours(_ cell: UnsafePointer<Float>, columns: Int) -> SIMD8<Double> {
    let (north, south) = (cell - columns, cell + columns)
    return SIMD8(
      Double(north[-1]), Double(north[0]), Double(north[1]), Double(cell[-1]), Double(cell[1]), Double(south[-1]),
      Double(south[0]), Double(south[1]))
  }
}
