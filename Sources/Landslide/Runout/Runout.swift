import Foundation
public import Grids
import Synchronization

/// Where mass flows run out to, how fast and how far, and from where.
///
/// Value grids are NaN where the terrain has no data and where no flow comes; ``releases`` tells the two apart.
public struct Runout: Sendable {
  /// Number of release cells whose flow comes here, themselves included; 0 where none does, ``noData`` where the terrain
  /// has no data.
  public let releases: Grid<Int32>
  /// Largest height of the energy line above the ground, Z_delta, m: the kinetic energy is g Z per kilogram.
  public let energyHeight: Grid<Float>
  /// Largest flux of one path, as a share of its release cell.
  public let greatestFlux: Grid<Float>
  /// Flux of all paths together, in release cells.
  public let totalFlux: Grid<Float>
  /// Flux that comes to rest here, in release cells.
  public let deposition: Grid<Float>
  /// Horizontal length of the shortest way from a release cell, m: the smallest over the paths.
  public let shortestLength: Grid<Float>
  /// The same, the largest over the paths.
  public let longestLength: Grid<Float>
  /// Largest travel angle along the shortest way of a path, degrees; NaN on release cells that no other reaches.
  public let wayAngle: Grid<Float>
  /// Largest travel angle along the straight line to the release, degrees; NaN on release cells that no other reaches.
  public let lineAngle: Grid<Float>
  /// Largest rank of the objects on the ways down from here.
  ///
  /// 0 where they lead to none, ``noData`` where no flow comes. Nil where no objects were given.
  public let rankDownstream: Grid<Int32>?
  /// Which release area reaches which object, by release and object.
  public let threats: [RunoutThreat]
  /// Release cells from which a flow was followed.
  public let followedReleases: Int
  /// Release cells at the edge of the grid or beside no data, from which no flow can be followed.
  public let skippedReleases: Int
  /// Flux that came to rest, in quanta of which a release cell has ``quantaPerRelease``.
  public let depositedQuanta: UInt64
  /// Flux that left the terrain with data, in quanta; with what came to rest it is exactly what was released.
  public let lostQuanta: UInt64

  /// Code of cells without data in grids of numbers.
  public static let noData: Int32 = -1
  /// Quanta of flux of one release cell.
  public static let quantaPerRelease = Flux.whole

  /// Largest speed in m/s, v = √(2 g Z).
  public func velocity(threads: Int) -> Grid<Float> {
    energyHeight.map(threads: threads) { Float(runoutVelocity(energyHeight: Double($0))) }
  }

  /// Largest kinetic energy in J for each kilogram, g Z.
  public func energy(threads: Int) -> Grid<Float> {
    energyHeight.map(threads: threads) { Float(runoutEnergy(energyHeight: Double($0))) }
  }

  /// The objects that each release area reaches, by release area.
  public var objectsByRelease: [Int32: [RunoutThreat]] { Dictionary(grouping: threats, by: \.release) }
  /// The release areas that reach each object, by object.
  public var releasesByObject: [Int: [RunoutThreat]] { Dictionary(grouping: threats, by: \.object) }
}

/// Follows mass flows from release cells down to the angle of reach.
///
/// From a cell *b* flux goes on to each neighbour *n* with Z_n = min(Z_b + (z_b − z_n) − S tanα, Z_max) > 0, S the
/// horizontal distance, in proportion to the persistence (the energy heights of the cells it came from, 1 straight on and
/// 0.707 to either side) and the terrain factor tan((β + 90°) / 2)^e. Parts below the threshold go to the other
/// neighbours; where all are below, the flux comes to rest. Cells at the edge of the grid and beside no data are never
/// entered: what would flow there is lost and counted.
///
/// Energies and lengths are reckoned in `Double` and rounded once to `Float`; flux in whole quanta, so that releases =
/// deposition + losses exactly. The same bits for any number of threads.
/// - Parameters:
///   - terrain: Height in m; NaN is no data.
///   - release: Number of the release area of each cell; 0 or less where there is none.
///   - parameters: Angle, exponent, threshold and limit of speed.
///   - forest: Forest structure index from 0 to 1 and the friction that it adds; NaN counts as no forest.
///   - objects: What may be hit, to be traced back to the releases.
///   - threads: Number of threads.
/// - Throws: ``GeometryMismatch``, ``ValuesOutOfRange`` or ``TooManyReleases``.
/// - Complexity: Cells of all paths; memory 44 bytes a cell, and 4 more for each thread where its paths come.
/// - Note: Method: Flow-Py, D'Amboise et al. (2022), doi:10.5194/gmd-15-2423-2022; compared with com4FlowPy of AvaFrame
///   2.1 cell by cell. Its wrong energy height of forest friction, v² / (√2 g), and its length along the ground from one
///   horizontal step counted twice are not taken over.
public func runout(
  terrain: Grid<Float>, release: Grid<Int32>, parameters: RunoutParameters,
  forest: (structure: Grid<Float>, friction: ForestFriction)? = nil, objects: RunoutObjects? = nil, threads: Int
) throws -> Runout {
  let geometry = terrain.geometry
  try geometry.require(release.geometry, for: "runout from terrain and release areas")
  try terrain.require(-12_000...9_000, of: "terrain height in m", threads: threads)
  if let forest {
    try geometry.require(forest.structure.geometry, for: "runout from terrain and forest")
    try forest.structure.require(0...1, of: "forest structure index", threads: threads)
  }
  precondition(objects == nil || objects?.ranks.count == geometry.count, "objects lie on the grid of the terrain")
  let starts = release.withUnsafeCells { cells in (0..<Int32(geometry.count)).filter { cells[Int($0)] > 0 } }
  if starts.count > Flux.mostReleases { throw TooManyReleases(count: starts.count) }

  let ground = RunoutPath.Ground(terrain, forest: forest?.structure, threads: threads)
  let sums = RunoutSums(count: geometry.count, withRanks: objects != nil)
  let idle = Mutex<[RunoutPath]>([])
  let gathered = Mutex(Gathered())
  // Neighbouring releases flow over the same cells: short blocks keep the threads busy to the end.
  parallelBlocks(of: starts.count, threads: threads, block: 8) { block in
    let path =
      idle.withLock { $0.popLast() }
      ?? RunoutPath(ground, parameters: parameters, friction: forest?.friction, tracesWays: objects != nil)
    var own = Gathered()
    for place in block {
      let start = Int(starts[place])
      guard path.canStart(at: start) else {
        own.skipped += 1
        continue
      }
      path.follow(from: start)
      sums.add(path, terrain: terrain, deposited: &own.deposited)
      own.lost += path.lost
      if let objects { own.trace(path, to: objects, release: release[start], sums: sums) }
    }
    gathered.withLock { $0.merge(own) }
    idle.withLock { $0.append(path) }
  }
  return gathered.withLock { sums.runout($0, starts: starts.count, terrain: terrain, threads: threads) }
}

/// What is not kept by cell.
private struct Gathered {
  var skipped = 0
  var deposited: UInt64 = 0
  var lost: UInt64 = 0
  var threats = ThreatList()
  private var ranks: [Int32] = []

  /// Notes the objects that a path reaches, and the ways to them.
  mutating func trace(_ path: RunoutPath, to objects: RunoutObjects, release: Int32, sums: RunoutSums) {
    ranks.removeAll(keepingCapacity: true)
    for place in 0..<path.count {
      let cell = Int(path.cells[place].cell)
      ranks.append(objects.ranks[cell])
      if objects.ranks[cell] > 0 {
        threats.note(objects, cell: cell, release: release, energyHeight: Float(path.cells[place].energy))
      }
    }
    raiseToLargestDownstream(&ranks, ways: path.ways, ends: path.wayEnds)
    for place in 0..<path.count { sums.raiseRank(Int(path.cells[place].cell), to: ranks[place]) }
  }

  mutating func merge(_ other: Gathered) {
    skipped += other.skipped
    deposited += other.deposited
    lost += other.lost
    threats.merge(other.threats)
  }
}

/// Results of all paths by cell; numbers that cannot be negative, whose bits rise with them.
private struct RunoutSums: Sendable {
  let releases: AtomicCells<UInt32>
  let energy: AtomicCells<UInt32>
  let greatestFlux: AtomicCells<UInt32>
  let totalFlux: AtomicCells<UInt64>
  let deposition: AtomicCells<UInt64>
  let shortest: AtomicCells<UInt32>
  let longest: AtomicCells<UInt32>
  let wayTangent: AtomicCells<UInt32>
  let lineTangent: AtomicCells<UInt32>
  /// 0 where no path comes, else the rank plus one.
  let ranks: AtomicCells<UInt32>?

  init(count: Int, withRanks: Bool) {
    func zeros() -> AtomicCells<UInt32> { AtomicCells(count: count, repeating: 0) }
    (releases, energy, greatestFlux) = (zeros(), zeros(), zeros())
    (totalFlux, deposition) = (AtomicCells(count: count, repeating: 0), AtomicCells(count: count, repeating: 0))
    shortest = AtomicCells(count: count, repeating: Float.infinity.bitPattern)
    (longest, wayTangent, lineTangent) = (zeros(), zeros(), zeros())
    ranks = withRanks ? zeros() : nil
  }

  /// Adds one path.
  func add(_ path: RunoutPath, terrain: Grid<Float>, deposited: inout UInt64) {
    let geometry = terrain.geometry
    let start = Int(path.cells[0].cell)
    let (startRow, startColumn) = start.quotientAndRemainder(dividingBy: geometry.columns)
    terrain.withUnsafeCells { height in
      let top = Double(height[start])
      for place in 0..<path.count {
        let visit = path.cells + place
        let cell = Int(visit.pointee.cell)
        if !visit.pointee.isRepeated { releases.increment(cell) }
        energy.raise(cell, to: Float(visit.pointee.energy).bitPattern)
        totalFlux.add(visit.pointee.flux, to: cell)
        greatestFlux.raise(cell, to: Float(Flux.share(visit.pointee.flux)).bitPattern)
        if visit.pointee.deposits {
          deposition.add(visit.pointee.flux, to: cell)
          deposited += visit.pointee.flux
        }
        let length = Float(visit.pointee.length).bitPattern
        shortest.lower(cell, to: length)
        longest.raise(cell, to: length)
        guard cell != start else { continue }
        let fall = top - Double(height[cell])
        let (row, column) = cell.quotientAndRemainder(dividingBy: geometry.columns)
        let x = Double(column - startColumn) * geometry.cellWidth
        let y = Double(row - startRow) * geometry.cellHeight
        // The line from the release falls at least at the angle of reach: both are above 0.
        wayTangent.raise(cell, to: Float(fall / visit.pointee.length).bitPattern)
        lineTangent.raise(cell, to: Float(fall / (x * x + y * y).squareRoot()).bitPattern)
      }
    }
  }

  func raiseRank(_ cell: Int, to rank: Int32) { ranks?.raise(cell, to: UInt32(rank) + 1) }

  /// The grids.
  func runout(_ gathered: Gathered, starts: Int, terrain: Grid<Float>, threads: Int) -> Runout {
    func numbers(_ value: @Sendable (Int) -> Int32) -> Grid<Int32> {
      var grid = Grid<Int32>(terrain.geometry, repeating: Runout.noData)
      grid.forEachRow(threads: threads) { row, cells in
        for column in 0..<cells.count { cells[column] = value(row * cells.count + column) }
      }
      return grid
    }
    func values(_ value: @Sendable (Int) -> Float) -> Grid<Float> {
      var grid = Grid<Float>(terrain.geometry, repeating: .nan)
      grid.forEachRow(threads: threads) { row, cells in
        for column in 0..<cells.count {
          let cell = row * cells.count + column
          if releases.value(cell) > 0 { cells[column] = value(cell) }
        }
      }
      return grid
    }
    func bits(_ cells: AtomicCells<UInt32>) -> Grid<Float> { values { Float(bitPattern: cells.value($0)) } }
    func shares(_ cells: AtomicCells<UInt64>) -> Grid<Float> { values { Float(Flux.share(cells.value($0))) } }
    func angles(_ cells: AtomicCells<UInt32>) -> Grid<Float> {
      values {
        let tangent = Float(bitPattern: cells.value($0))
        return tangent > 0 ? Float(atan(Double(tangent)) * 180 / .pi) : .nan
      }
    }
    return Runout(
      releases: numbers { terrain[$0].isNaN ? Runout.noData : Int32(releases.value($0)) },
      energyHeight: bits(energy), greatestFlux: bits(greatestFlux), totalFlux: shares(totalFlux),
      deposition: shares(deposition), shortestLength: bits(shortest), longestLength: bits(longest),
      wayAngle: angles(wayTangent), lineAngle: angles(lineTangent),
      rankDownstream: ranks.map { ranks in numbers { Int32(ranks.value($0)) - 1 } }, threats: gathered.threats.sorted,
      followedReleases: starts - gathered.skipped, skippedReleases: gathered.skipped,
      depositedQuanta: gathered.deposited, lostQuanta: gathered.lost)
  }
}

/// More release cells than one run can count the flux of.
public struct TooManyReleases: Error, Sendable, Hashable, CustomStringConvertible {
  /// Number of release cells.
  public let count: Int

  /// The number and the way out.
  public var description: String {
    "runout: \(count) release cells are more than \(Flux.mostReleases); use larger cells, or fewer releases at a time"
  }
}
