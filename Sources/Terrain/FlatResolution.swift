public import Grids

// Flats are resolved after Barnes, Lehman and Mulla (2014b), "An efficient assignment of drainage direction over flat
// surfaces in raster digital elevation models", Computers & Geosciences 62, 128–135: towards lower and away from
// higher terrain, by integer distances. Heights are never changed.
//
// Definition, on a surface s. It names no flats and needs no labels, so it can be evaluated tile by tile:
//
//  * A *flat cell* is a cell with a height, without a strictly lower 8-neighbour, that is no outlet. Two neighbouring
//    flat cells have the same height, else one of them would have a lower neighbour. A *flat* is an 8-connected
//    component of flat cells. No flat cell lies on the border of the terrain: border cells are outlets.
//  * An *exit* is a cell of the height of a neighbouring flat cell that has a direction or is an outlet.
//  * T(c) is the number of 8-connected steps over flat cells from c to the nearest exit: 1 beside an exit.
//  * A flat without exit (a pit of one cell or more, only on a surface that is not filled) gets one: its cell of
//    lowest index becomes a pit, which from then on counts as the exit for T.
//  * A(c) is 1 where a neighbour of c is strictly higher and else one more than the least A of the neighbouring flat
//    cells (the pit's cell included); 0 all over a flat that no higher cell touches.
//  * mask(c) = 2·T(c) − A(c).
//  * A flat cell beside exits drains to an exit; any other drains to the neighbouring flat cell of least mask. In
//    both cases straight neighbours go before slanting ones, and then the order of the direction codes decides.
//
// No cycle can arise. Let T(c) ≥ 2. A neighbour n on a shortest way has T(n) = T(c) − 1, and neighbouring distances A
// differ by at most one, so mask(n) ≤ 2·T(c) − 2 − A(c) + 1 < mask(c): the receiver has a strictly lower mask. The
// mask cannot fall for ever, so the way ends at a cell beside an exit and there leaves the flat. An exit drains to
// strictly lower ground or outside, or is the pit.
//
// The receiver's mask is at most mask(c) − 1, and T and A of neighbours differ by at most one, so the receiver has
// T(c) − 1, or T(c) and a larger A. To compare the masks of neighbours it is therefore enough to know T modulo 2
// while the two nearest levels are marked, and A modulo 3. Both fit into the byte of the direction grid: resolving
// a flat of 50 million cells takes no memory but the two moving fronts.

/// States of a flat cell in the direction grid while flats are resolved; below 10 and 255 stand finished cells.
///
/// 10 is ``unresolvedFlat``. 11…13 are 11 + A mod 3 with T still unknown. 128…191 are
/// 128 + 32 · (T mod 2) + 8 · (0, or 1 + A mod 3) + direction.
private enum FlatState {
  /// Whether T is still unknown.
  @inline(__always)
  static func isUnreached(_ state: UInt8) -> Bool { state &- unresolvedFlat <= 3 }

  /// Whether T is known and the direction not yet final.
  @inline(__always)
  static func isMarked(_ state: UInt8) -> Bool { state & 0xC0 == 0x80 }

  /// The marked state of an unreached cell.
  @inline(__always)
  static func marked(_ state: UInt8, parity: UInt8, direction: UInt8 = 0) -> UInt8 {
    128 | parity << 5 | (state &- unresolvedFlat) << 3 | direction
  }
}

extension PreparedTerrain {
  /// Gives every unresolved flat cell a direction: towards lower and away from higher terrain.
  ///
  /// The definition stands at the head of this file.
  /// - Parameter directions: What ``steepestDescent(threads:)`` found on the same terrain.
  /// - Returns: The pits, one per flat that does not drain, in the order of their indices.
  /// - Complexity: O(*f*) for *f* flat cells and two passes over the directions. Memory: sixteen bytes for each cell on
  ///   the edges of the flats and eight for each on the moving fronts, nothing for the others.
  @discardableResult
  func resolveFlats(_ directions: inout Grid<UInt8>, threads: Int = 1) -> [CellIndex] {
    precondition(directions.geometry == ground.geometry, "the directions are of another terrain")
    let edges = flatEdges(directions, threads: threads)
    let columns = ground.columns
    let count = ground.count
    return ground.withUnsafeCells { z in
      directions.withUnsafeMutableCells { direction in
        var resolver = FlatResolver(direction, steps: NeighbourSteps(columns: columns))
        resolver.measureFromHigher(edges.higher)
        resolver.drain(edges.exits, over: z)
        return resolver.makePits(count: count)
      }
    }
  }

  /// The flat cells beside higher ground that have flat neighbours, and the flat cells beside exits.
  private func flatEdges(
    _ directions: Grid<UInt8>, threads: Int
  ) -> (higher: [CellIndex], exits: [CellIndex]) {
    let columns = ground.columns
    let rows = ground.rows
    let steps = NeighbourSteps(columns: columns)
    let rowsPerBlock = max(1, rows / (threads * 16))
    let blocks = (rows + rowsPerBlock - 1) / rowsPerBlock
    var found = [(higher: [CellIndex], exits: [CellIndex])](repeating: ([], []), count: blocks)
    found.withUnsafeMutableBufferPointer { found in
      ground.withUnsafeCells { z in
        directions.withUnsafeCells { direction in
          nonisolated(unsafe) let (found, z, direction) = (found, z, direction)
          parallelBlocks(of: blocks, threads: threads, block: 1) { range in
            for block in range {
              var higher: [CellIndex] = []
              var exits: [CellIndex] = []
              let first = block * rowsPerBlock * columns
              let end = min(rows, (block + 1) * rowsPerBlock) * columns
              forEachByte(equalTo: unresolvedFlat, in: direction, first..<end) { index in
                let height = z[index]
                var touchesHigher = false
                var touchesExit = false
                var touchesFlat = false
                // All eight neighbours exist: no flat cell lies on the border.
                for code in 0..<8 {
                  let neighbour = index &+ steps[code]
                  if direction[neighbour] == unresolvedFlat {
                    touchesFlat = true
                  } else if z[neighbour] == height {
                    touchesExit = true
                  } else if z[neighbour] > height {
                    touchesHigher = true
                  }
                }
                if touchesHigher, touchesFlat { higher.append(CellIndex(index)) }
                if touchesExit { exits.append(CellIndex(index)) }
              }
              found[block] = (higher, exits)
            }
          }
        }
      }
    }
    return (found.flatMap(\.higher), found.flatMap(\.exits))
  }
}

/// Works on the direction grid level by level from the edges of all flats at once.
private struct FlatResolver {
  private let direction: UnsafeMutablePointer<UInt8>
  private let steps: NeighbourSteps
  private var front: [CellIndex] = []
  private var next: [CellIndex] = []

  init(_ direction: UnsafeMutablePointer<UInt8>, steps: NeighbourSteps) {
    self.direction = direction
    self.steps = steps
  }

  /// Finds A of every flat cell.
  mutating func measureFromHigher(_ edge: [CellIndex]) {
    front = edge
    var remainder: UInt8 = 1
    for cell in front { direction[Int(cell)] = unresolvedFlat + 1 + remainder }
    while !front.isEmpty {
      remainder = (remainder + 1) % 3
      for cell in front {
        for code in 0..<8 {
          let neighbour = Int(cell) &+ steps[code]
          if direction[neighbour] == unresolvedFlat {
            direction[neighbour] = unresolvedFlat + 1 + remainder
            next.append(CellIndex(truncatingIfNeeded: neighbour))
          }
        }
      }
      swap(&front, &next)
      next.removeAll(keepingCapacity: true)
    }
  }

  /// Gives directions to the flats that have exits, from the cells beside the exits inwards.
  mutating func drain(_ edge: [CellIndex], over z: UnsafePointer<Float>) {
    front = edge
    for cell in front {
      let index = Int(cell)
      // Marked cells are flat; of the others with the same height the first is the exit.
      for rank in 0..<8 {
        let code = Self.preferred(rank)
        let neighbour = index &+ steps[code]
        if direction[neighbour] <= FlowDirection.outlet, z[neighbour] == z[index] {
          direction[index] = FlatState.marked(direction[index], parity: 1, direction: UInt8(code))
          break
        }
      }
    }
    spread()
  }

  /// Makes the first cell of each flat that is still unreached a pit, and drains the flat towards it.
  mutating func makePits(count: Int) -> [CellIndex] {
    var pits: [CellIndex] = []
    for index in 0..<count where FlatState.isUnreached(direction[index]) {
      direction[index] = FlowDirection.pit
      pits.append(CellIndex(index))
      for code in 0..<8 {
        let neighbour = index &+ steps[code]
        if FlatState.isUnreached(direction[neighbour]) {
          direction[neighbour] = FlatState.marked(
            direction[neighbour], parity: 1, direction: UInt8((code + 4) & 7))
          front.append(CellIndex(truncatingIfNeeded: neighbour))
        }
      }
      if !front.isEmpty { spread() }
    }
    return pits
  }

  /// From the front, which has T = 1 and directions, to all flat cells that it reaches.
  private mutating func spread() {
    var parity: UInt8 = 1
    while !front.isEmpty {
      parity ^= 1
      for cell in front {
        for code in 0..<8 {
          let neighbour = Int(cell) &+ steps[code]
          if FlatState.isUnreached(direction[neighbour]) {
            direction[neighbour] = FlatState.marked(direction[neighbour], parity: parity)
            next.append(CellIndex(truncatingIfNeeded: neighbour))
          }
        }
      }
      // The level is complete and the one before it still marked.
      for cell in next { direction[Int(cell)] |= receiver(of: Int(cell)) }
      for cell in front { direction[Int(cell)] &= 7 }
      swap(&front, &next)
      next.removeAll(keepingCapacity: true)
    }
  }

  /// The code of the neighbouring flat cell of least mask; marked are only cells with the same T or one less.
  @inline(__always)
  private func receiver(of index: Int) -> UInt8 {
    let state = direction[index]
    var least = Int.max
    var receiver = 0
    for rank in 0..<8 {
      let code = Self.preferred(rank)
      let neighbour = direction[index &+ steps[code]]
      if !FlatState.isMarked(neighbour) { continue }
      let towardsLower = (neighbour ^ state) & 32 == 0 ? 0 : -1
      // The difference of A from the remainders of division by three; both are 0 where no higher ground touches.
      let remainder = (Int(neighbour >> 3 & 3) &+ 3 &- Int(state >> 3 & 3)) % 3
      let fromHigher = remainder == 2 ? -1 : remainder
      let mask = 2 &* towardsLower &- fromHigher
      if mask < least {
        least = mask
        receiver = code
      }
    }
    return UInt8(truncatingIfNeeded: receiver)
  }

  /// The direction codes in the order in which they are preferred: the straight ones first.
  @inline(__always)
  private static func preferred(_ rank: Int) -> Int { rank &* 2 & 7 | rank >> 2 }
}

/// Calls `body` with each index of a range whose byte has a value; sixteen bytes without it are passed in one step.
@inline(__always)
private func forEachByte(
  equalTo value: UInt8, in bytes: UnsafePointer<UInt8>, _ range: Range<Int>, _ body: (Int) -> Void
) {
  let wanted = SIMD16<UInt8>(repeating: value)
  var index = range.lowerBound
  while index &+ 16 <= range.upperBound {
    let some = UnsafeRawPointer(bytes + index).loadUnaligned(as: SIMD16<UInt8>.self)
    if any(some .== wanted) {
      for place in index..<(index &+ 16) where bytes[place] == value { body(place) }
    }
    index &+= 16
  }
  while index < range.upperBound {
    if bytes[index] == value { body(index) }
    index &+= 1
  }
}

/// D8 directions of a filled surface, lakes routed as flats: every cell drains to an outlet.
///
/// Where a neighbour is lower the steepest descent decides; flats, and so the surfaces of filled lakes, drain towards
/// lower and away from higher terrain, so that flow lines gather in the middle of a lake and run to its outlet.
/// ``DepressionHierarchy/routedDirections()`` follows the bed of the lake instead.
/// Method: Barnes, Lehman and Mulla (2014), Computers & Geosciences 62, 128–135; heights are not changed.
/// - Parameters:
///   - filled: Filled elevation in metres; NaN is no data.
///   - nodata: What cells without elevation are to the water.
///   - threads: Number of threads; the result does not depend on it.
/// - Returns: Codes of ``FlowDirection`` without pits.
/// - Throws: ``TerrainError`` where a policy forbids no data, or where the surface still holds a depression.
/// - Complexity: O(*n*); one byte a cell for the result.
public func flatRoutedDirections(
  of filled: Grid<Float>, nodata: NodataPolicy = .error, threads: Int = 1
) throws(TerrainError) -> Grid<UInt8> {
  let terrain = try PreparedTerrain(filled, nodata: nodata, threads: threads)
  var directions = terrain.steepestDescent(threads: threads)
  let pits = terrain.resolveFlats(&directions, threads: threads)
  if let pit = pits.first {
    throw TerrainError(
      "the surface is not filled: it holds \(pits.count) depressions, the first at column \(Int(pit) % filled.columns), "
        + "row \(Int(pit) / filled.columns); fill it before its lakes are routed as flats")
  }
  return directions
}
