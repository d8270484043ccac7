public import Grids

/// What a runout may reach: buildings, roads and the like, each with the cells that it touches.
public struct RunoutObjects: Sendable {
  /// One thing that may be hit.
  public struct Object: Sendable, Hashable {
    /// Cells that the object touches; those outside the grid are not allowed.
    public let cells: [CellIndex]
    /// How much it matters, above 0: where ways lead to several objects, the largest is reported.
    public let rank: Int32

    /// Describes an object.
    public init(cells: [CellIndex], rank: Int32 = 1) {
      precondition(rank > 0, "the rank of an object is above 0")
      self.cells = cells
      self.rank = rank
    }
  }

  /// The objects.
  public let objects: [Object]
  /// Numbers of the objects on the cells that have any, cell by cell.
  let numbers: [Int32]
  /// For each cell of the grid the first of its numbers, and one more.
  let starts: [Int32]
  /// Largest rank on each cell; 0 where there is no object.
  let ranks: [Int32]

  /// Sorts objects by cell.
  /// - Parameter geometry: Grid of the cells.
  public init(_ objects: [Object], on geometry: GridGeometry) {
    self.objects = objects
    var starts = [Int32](repeating: 0, count: geometry.count + 1)
    var ranks = [Int32](repeating: 0, count: geometry.count)
    let cells = objects.map { Set($0.cells).sorted() }
    for (object, cells) in zip(objects, cells) {
      for cell in cells {
        starts[Int(cell) + 1] += 1
        ranks[Int(cell)] = max(ranks[Int(cell)], object.rank)
      }
    }
    for cell in 0..<geometry.count { starts[cell + 1] += starts[cell] }
    var next = starts
    var numbers = [Int32](repeating: 0, count: Int(starts[geometry.count]))
    for (number, cells) in cells.enumerated() {
      for cell in cells {
        numbers[Int(next[Int(cell)])] = Int32(number)
        next[Int(cell)] += 1
      }
    }
    self.numbers = numbers
    self.starts = starts
    self.ranks = ranks
  }

  /// Objects of the classes of a grid: all cells of a class above 0 are one object, whose rank is the class.
  public init(classes: Grid<Int32>) {
    var cells: [Int32: [CellIndex]] = [:]
    for cell in 0..<classes.count where classes[cell] > 0 { cells[classes[cell], default: []].append(CellIndex(cell)) }
    self.init(
      cells.sorted { $0.key < $1.key }.map { Object(cells: $0.value, rank: $0.key) }, on: classes.geometry)
  }
}

/// A release area whose runout reaches an object.
public struct RunoutThreat: Sendable, Hashable {
  /// Number of the release area, as in the grid of releases.
  public let release: Int32
  /// Position of the object.
  public let object: Int
  /// Largest energy height in m with which the runout reaches the object.
  public let energyHeight: Float

  /// Describes a threat.
  public init(release: Int32, object: Int, energyHeight: Float) {
    self.release = release
    self.object = object
    self.energyHeight = energyHeight
  }
}

/// Gathers which release reaches which object; of several hits the strongest is kept.
struct ThreatList {
  private var strongest: [UInt64: Float] = [:]

  /// Notes that a path reaches all objects of a cell.
  mutating func note(_ objects: RunoutObjects, cell: Int, release: Int32, energyHeight: Float) {
    for place in objects.starts[cell]..<objects.starts[cell + 1] {
      let key = UInt64(UInt32(release)) << 32 | UInt64(UInt32(objects.numbers[Int(place)]))
      strongest[key] = max(strongest[key] ?? 0, energyHeight)
    }
  }

  /// Takes over what another list holds.
  mutating func merge(_ other: ThreatList) {
    strongest.merge(other.strongest) { max($0, $1) }
  }

  /// All threats by release and object.
  var sorted: [RunoutThreat] {
    strongest.sorted { $0.key < $1.key }.map {
      RunoutThreat(
        release: Int32(truncatingIfNeeded: $0.key >> 32), object: Int($0.key & 0xFFFF_FFFF), energyHeight: $0.value)
    }
  }
}

/// The largest rank that is met on the way down from each place of a path, its own included.
/// - Parameters:
///   - ranks: Rank of each place; raised in place.
///   - ways: Places to which each place leads, one after the other; all of them come later in `ranks`.
///   - ends: End in `ways` of each place's.
func raiseToLargestDownstream(_ ranks: inout [Int32], ways: [Int32], ends: [Int32]) {
  for place in ranks.indices.reversed() {
    let start = place == 0 ? 0 : Int(ends[place - 1])
    for way in start..<Int(ends[place]) { ranks[place] = max(ranks[place], ranks[Int(ways[way])]) }
  }
}
