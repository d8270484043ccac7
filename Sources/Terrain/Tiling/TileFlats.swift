import Grids

extension TileTerrain {
  /// The steepest descent by the kernel for whole rasters; the codes of the ring are those of no data.
  func steepestDescent() -> Grid<UInt8> {
    let kernel = SteepestDescentKernel(ground.geometry)
    let stride = tile.width + 2
    var codes = Grid<UInt8>(ground.geometry, repeating: FlowDirection.nodata)
    ground.withUnsafeCells { z in
      codes.withUnsafeMutableCells { code in
        for row in 0..<tile.height {
          let line = (row + 1) * stride
          kernel.directions(ofRow: row + 1, rows: tile.height + 2, z, code + line)
          code[line] = FlowDirection.nodata
          code[line + stride - 1] = FlowDirection.nodata
          for column in 0..<tile.width where code[line + 1 + column] == unresolvedFlat {
            if isSeed(z + (line + 1 + column), column: column, row: row) {
              code[line + 1 + column] = FlowDirection.outlet
            }
          }
        }
      }
    }
    return codes
  }
}

/// The flats of a tile, with what is known of the ring around it.
///
/// The terms are those at the head of `FlatResolution.swift`.
struct TileFlats {
  /// A distance from a source, at which the spreading enters the tile.
  typealias Source = (cell: CellIndex, distance: Int32)

  let terrain: TileTerrain
  /// The flat cells in the tile.
  let cells: [CellIndex]
  /// The flat cells beside exits.
  let exitSources: [Source]
  /// The flat cells beside higher ground.
  let higherSources: [Source]
  /// Which cells of the tile and its ring are exits if they have the height of a flat.
  private let isExit: Grid<UInt8>

  init(_ terrain: TileTerrain, _ codes: Grid<UInt8>, _ ring: FlatRing) {
    let tile = terrain.tile
    let steps = NeighbourSteps(columns: tile.width + 2)
    let places = tile.ring
    var cells: [CellIndex] = []
    var isExit = Grid<UInt8>(codes.geometry, repeating: 0)
    codes.withUnsafeCells { code in
      isExit.withUnsafeMutableCells { exit in
        terrain.forEachCell { _, _, index in
          if code[index] <= FlowDirection.outlet {
            exit[index] = 1
          } else if code[index] == unresolvedFlat {
            cells.append(CellIndex(index))
          }
        }
      }
    }
    for cell in 0..<places.count where ring.towardsLower[cell] == 0 {
      let (column, row) = places.position(cell)
      isExit[column, row] = 1
    }
    var (exits, higher): ([Source], [Source]) = ([], [])
    terrain.ground.withUnsafeCells { z in
      isExit.withUnsafeCells { exit in
        for cell in cells {
          let index = Int(cell)
          let height = z[index]
          var (touchesExit, touchesHigher) = (false, false)
          for step in 0..<8 {
            let neighbour = index &+ steps[step]
            if z[neighbour] > height {
              touchesHigher = true
            } else if z[neighbour] == height, exit[neighbour] != 0 {
              touchesExit = true
            }
          }
          if touchesExit { exits.append((cell, 1)) }
          if touchesHigher { higher.append((cell, 1)) }
        }
      }
    }
    self.terrain = terrain
    self.isExit = isExit
    self.cells = cells
    exitSources = exits
    higherSources = higher
  }

  /// Steps over flat cells from the sources, within the tile and from what the ring knows.
  ///
  /// - Returns: The distance of every flat cell, ``FlatSeams/unknown`` where there is none; 0 for other cells. In the
  ///   ring stand the known distances of flat cells.
  func distances(from sources: [Source], around ring: [Int32]) -> Grid<Int32> {
    let tile = terrain.tile
    let steps = NeighbourSteps(columns: tile.width + 2)
    let places = tile.ring
    let unknown = FlatSeams.unknown
    var result = Grid<Int32>(terrain.ground.geometry, repeating: 0)
    var entries = sources
    result.withUnsafeMutableCells { distance in
      for cell in cells { distance[Int(cell)] = unknown }
      terrain.ground.withUnsafeCells { z in
        for place in 0..<places.count where ring[place] > 0 && ring[place] < unknown {
          let (column, row) = places.position(place)
          let index = row * (tile.width + 2) + column
          distance[index] = ring[place]
          for step in 0..<8 {
            let x = column + FlowDirection.columnStep[step]
            let y = row + FlowDirection.rowStep[step]
            guard x > 0, y > 0, x <= tile.width, y <= tile.height else { continue }
            let neighbour = index + steps[step]
            if distance[neighbour] == unknown, z[neighbour] == z[index] {
              entries.append((CellIndex(neighbour), ring[place] + 1))
            }
          }
        }
      }
      // Breadth first, with sources that join when their distance has come.
      entries.sort { $0.distance < $1.distance }
      var (front, next): ([CellIndex], [CellIndex]) = ([], [])
      var joined = 0
      var level: Int32 = 0
      while true {
        if front.isEmpty {
          guard joined < entries.count else { break }
          level = entries[joined].distance
        }
        while joined < entries.count, entries[joined].distance == level {
          let cell = entries[joined].cell
          joined += 1
          if distance[Int(cell)] > level {
            distance[Int(cell)] = level
            front.append(cell)
          }
        }
        level += 1
        for cell in front {
          for step in 0..<8 {
            let neighbour = Int(cell) &+ steps[step]
            if distance[neighbour] == unknown {
              distance[neighbour] = level
              next.append(CellIndex(truncatingIfNeeded: neighbour))
            }
          }
        }
        swap(&front, &next)
        next.removeAll(keepingCapacity: true)
      }
    }
    return result
  }

  /// Gives every flat cell its direction, final if the distances are.
  func direct(_ codes: inout Grid<UInt8>, _ towardsLower: Grid<Int32>, _ fromHigher: Grid<Int32>) {
    let steps = NeighbourSteps(columns: terrain.tile.width + 2)
    // Straight neighbours go before slanting ones.
    let preferred = [0, 2, 4, 6, 1, 3, 5, 7]
    let unknown = FlatSeams.unknown
    codes.withUnsafeMutableCells { code in
      terrain.ground.withUnsafeCells { z in
        isExit.withUnsafeCells { exit in
          towardsLower.withUnsafeCells { lower in
            fromHigher.withUnsafeCells { higher in
              @inline(__always) func mask(_ index: Int) -> Int {
                2 * Int(lower[index]) - (higher[index] == unknown ? 0 : Int(higher[index]))
              }
              for cell in cells {
                let index = Int(cell)
                if lower[index] == 1 {
                  for step in preferred where exit[index &+ steps[step]] != 0 && z[index &+ steps[step]] == z[index] {
                    code[index] = UInt8(step)
                    break
                  }
                  continue
                }
                var least = Int.max
                for step in preferred {
                  let neighbour = index &+ steps[step]
                  // Neighbouring flat cells have one height: what is flat in the ring and not level is no neighbour.
                  guard lower[neighbour] > 0, lower[neighbour] < unknown, z[neighbour] == z[index] else { continue }
                  let value = mask(neighbour)
                  if value < least {
                    least = value
                    code[index] = UInt8(step)
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  /// What other tiles need to know.
  func seams(_ codes: Grid<UInt8>, _ towardsLower: Grid<Int32>, _ fromHigher: Grid<Int32>) -> FlatSeams {
    let tile = terrain.tile
    let perimeter = tile.perimeter
    let places = tile.ring
    let z = terrain.ground
    var seams = FlatSeams(tile)
    for cell in cells where towardsLower[Int(cell)] == FlatSeams.unknown {
      if seams.undrained == 0 {
        let (column, row) = (Int(cell) % (tile.width + 2) - 1, Int(cell) / (tile.width + 2) - 1)
        seams.firstUndrained = Int64(row * tile.width + column)
      }
      seams.undrained += 1
    }
    for cell in 0..<perimeter.count {
      let place = perimeter.position(cell)
      // In the tile with its ring.
      let (column, row) = (place.column + 1, place.row + 1)
      let distance = towardsLower[column, row]
      if distance == 0 {
        if z[column, row].isNaN { seams.towardsLower[cell] = -1 }
        continue
      }
      seams.towardsLower[cell] = distance
      seams.fromHigher[cell] = fromHigher[column, row]
      for step in 0..<8 {
        let x = column + FlowDirection.columnStep[step]
        let y = row + FlowDirection.rowStep[step]
        if places.contains(column: x, row: y), z[x, y] == z[column, row] {
          seams.isWatched[places.index(column: x, row: y)] = 1
        }
      }
    }
    return seams
  }
}
