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

/// Marks of flat cells in a direction grid while their directions are not final.
///
/// A flat cell without direction is ``unresolvedFlat``, 10; ``FlowDirection/nodata``, 255, is not a flat cell.
enum FlatMark {
  /// Added to the direction of a flat cell.
  static let directed: UInt8 = 16
  /// A flat cell of the ring.
  static let ring: UInt8 = 11

  /// Whether a code is that of a flat cell of the tile.
  @inline(__always)
  static func isFlat(_ code: UInt8) -> Bool { code == unresolvedFlat || code & 0xF8 == directed }
}

/// Flats of a tile, with what is known of the ring around it.
///
/// The terms are those at the head of `FlatResolution.swift`.
struct TileFlats {
  /// A distance from a source, at which the spreading enters the tile.
  typealias Source = (cell: CellIndex, distance: Int32)

  let terrain: TileTerrain
  let ring: FlatRing
  /// Codes of the tile and its ring: the cells to be directed are ``unresolvedFlat``.
  private(set) var codes: Grid<UInt8>
  /// The cells to be directed: whole flats, as far as they lie in the tile.
  private let cells: [CellIndex]
  private var towardsLower: Grid<Int32>
  private var fromHigher: Grid<Int32>

  /// All flats of a tile.
  /// - Parameter codes: Steepest descent of the tile and its ring.
  init(_ terrain: TileTerrain, _ codes: Grid<UInt8>, _ ring: FlatRing) {
    var cells: [CellIndex] = []
    codes.withUnsafeCells { code in
      terrain.forEachCell { _, _, index in if code[index] == unresolvedFlat { cells.append(CellIndex(index)) } }
    }
    self.init(terrain, codes, ring, cells)
  }

  /// The flats of a tile that touch ring cells of which something new is known.
  /// - Parameter codes: Marked directions of the tile and its ring.
  init(_ terrain: TileTerrain, directed codes: Grid<UInt8>, _ ring: FlatRing) {
    var codes = codes
    var cells: [CellIndex] = []
    let places = terrain.tile.ring
    let steps = NeighbourSteps(columns: codes.columns)
    terrain.ground.withUnsafeCells { z in
      codes.withUnsafeMutableCells { code in
        var seen = Grid<UInt8>(terrain.ground.geometry, repeating: 0)
        seen.withUnsafeMutableCells { seen in
          func add(_ index: Int) {
            guard seen[index] == 0, FlatMark.isFlat(code[index]) else { return }
            seen[index] = 1
            cells.append(CellIndex(index))
          }
          for place in ring.changed {
            let (column, row) = places.position(Int(place))
            let index = row * places.columns + column
            for step in 0..<8 {
              let x = column + FlowDirection.columnStep[step]
              let y = row + FlowDirection.rowStep[step]
              guard x > 0, y > 0, x <= terrain.tile.width, y <= terrain.tile.height else { continue }
              if z[index + steps[step]] == z[index] { add(index + steps[step]) }
            }
          }
          var next = 0
          while next < cells.count {
            for step in 0..<8 { add(Int(cells[next]) &+ steps[step]) }
            next += 1
          }
        }
        for cell in cells { code[Int(cell)] = unresolvedFlat }
      }
    }
    self.init(terrain, codes, ring, cells)
  }

  private init(_ terrain: TileTerrain, _ codes: Grid<UInt8>, _ ring: FlatRing, _ cells: [CellIndex]) {
    self.terrain = terrain
    self.ring = ring
    self.cells = cells
    self.codes = codes
    // Looked at only where cells are to be directed, and on the ring.
    towardsLower = Grid(codes.geometry) { _ in }
    fromHigher = towardsLower
    let places = terrain.tile.ring
    for place in 0..<places.count {
      let (column, row) = places.position(place)
      switch ring.towardsLower[place] {
      case -1: self.codes[column, row] = FlowDirection.nodata
      case 0: self.codes[column, row] = FlowDirection.outlet
      default: self.codes[column, row] = FlatMark.ring
      }
    }
    let (exits, higher) = sources()
    towardsLower = distances(from: exits, around: ring.towardsLower)
    fromHigher = distances(from: higher, around: ring.fromHigher)
    direct()
  }

  /// The cells beside exits and the cells beside higher ground.
  private func sources() -> (exits: [Source], higher: [Source]) {
    let steps = NeighbourSteps(columns: codes.columns)
    var (exits, higher): ([Source], [Source]) = ([], [])
    terrain.ground.withUnsafeCells { z in
      codes.withUnsafeCells { code in
        for cell in cells {
          let index = Int(cell)
          let height = z[index]
          var (touchesExit, touchesHigher) = (false, false)
          for step in 0..<8 {
            let neighbour = index &+ steps[step]
            if z[neighbour] > height {
              touchesHigher = true
            } else if code[neighbour] <= FlowDirection.outlet, z[neighbour] == height {
              touchesExit = true
            }
          }
          if touchesExit { exits.append((cell, 1)) }
          if touchesHigher { higher.append((cell, 1)) }
        }
      }
    }
    return (exits, higher)
  }

  /// Steps over flat cells from the sources, within the tile and from what the ring knows.
  ///
  /// - Returns: The distance of the cells to be directed, ``FlatSeams/unknown`` where there is none, and of flat cells
  ///   of the ring. What else is in the grid means nothing.
  private func distances(from sources: [Source], around ring: [Int32]) -> Grid<Int32> {
    let tile = terrain.tile
    let steps = NeighbourSteps(columns: codes.columns)
    let places = tile.ring
    let unknown = FlatSeams.unknown
    var entries = sources
    return Grid(codes.geometry) { distance in
      codes.withUnsafeCells { code in
        for cell in cells { distance[Int(cell)] = unknown }
        terrain.ground.withUnsafeCells { z in
          for place in 0..<places.count {
            let (column, row) = places.position(place)
            let index = row * places.columns + column
            guard code[index] == FlatMark.ring else { continue }
            distance[index] = ring[place]
            if ring[place] == unknown { continue }
            for step in 0..<8 {
              let x = column + FlowDirection.columnStep[step]
              let y = row + FlowDirection.rowStep[step]
              guard x > 0, y > 0, x <= tile.width, y <= tile.height else { continue }
              let neighbour = index + steps[step]
              if code[neighbour] == unresolvedFlat, z[neighbour] == z[index] {
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
              if code[neighbour] == unresolvedFlat, distance[neighbour] == unknown {
                distance[neighbour] = level
                next.append(CellIndex(truncatingIfNeeded: neighbour))
              }
            }
          }
          swap(&front, &next)
          next.removeAll(keepingCapacity: true)
        }
      }
    }
  }

  /// Gives the cells their directions, final if the distances are.
  private mutating func direct() {
    let steps = NeighbourSteps(columns: codes.columns)
    // Straight neighbours go before slanting ones.
    let preferred: InlineArray<8, Int> = [0, 2, 4, 6, 1, 3, 5, 7]
    let unknown = FlatSeams.unknown
    codes.withUnsafeMutableCells { code in
      terrain.ground.withUnsafeCells { z in
        towardsLower.withUnsafeCells { lower in
          fromHigher.withUnsafeCells { higher in
            for cell in cells {
              let index = Int(cell)
              if lower[index] == 1 {
                for rank in 0..<8 {
                  let neighbour = index &+ steps[preferred[rank]]
                  if code[neighbour] <= FlowDirection.outlet, z[neighbour] == z[index] {
                    code[index] = FlatMark.directed + UInt8(preferred[rank])
                    break
                  }
                }
                continue
              }
              var least = Int.max
              for rank in 0..<8 {
                let neighbour = index &+ steps[preferred[rank]]
                // Neighbouring flat cells have one height: what is flat in the ring and not level belongs to another.
                guard FlatMark.isFlat(code[neighbour]) || code[neighbour] == FlatMark.ring && z[neighbour] == z[index],
                  lower[neighbour] < unknown
                else { continue }
                let mask = 2 * Int(lower[neighbour]) - (higher[neighbour] == unknown ? 0 : Int(higher[neighbour]))
                if mask < least {
                  least = mask
                  code[index] = FlatMark.directed + UInt8(preferred[rank])
                }
              }
            }
          }
        }
      }
    }
  }

  /// What other tiles need to know.
  /// - Parameter known: What they know already of other flats of the tile; nil where there are no others.
  func seams(_ known: FlatSeams?) -> FlatSeams {
    let tile = terrain.tile
    let perimeter = tile.perimeter
    let places = tile.ring
    let z = terrain.ground
    var seams = known ?? FlatSeams(tile)
    if known == nil {
      for cell in 0..<perimeter.count {
        let place = perimeter.position(cell)
        if z[place.column + 1, place.row + 1].isNaN { seams.towardsLower[cell] = -1 }
      }
    }
    for cell in cells {
      let (column, row) = (Int(cell) % codes.columns, Int(cell) / codes.columns)
      guard perimeter.contains(column: column - 1, row: row - 1) else { continue }
      let place = perimeter.index(column: column - 1, row: row - 1)
      seams.towardsLower[place] = towardsLower[Int(cell)]
      seams.fromHigher[place] = fromHigher[Int(cell)]
      if known != nil { continue }
      for step in 0..<8 {
        let x = column + FlowDirection.columnStep[step]
        let y = row + FlowDirection.rowStep[step]
        if places.contains(column: x, row: y), z[x, y] == z[column, row] {
          seams.isWatched[places.index(column: x, row: y)] = 1
        }
      }
    }
    seams.undrained = 0
    seams.firstUndrained = -1
    codes.withUnsafeCells { code in
      terrain.forEachCell { column, row, index in
        guard code[index] == unresolvedFlat else { return }
        if seams.undrained == 0 { seams.firstUndrained = Int64(row * tile.width + column) }
        seams.undrained += 1
      }
    }
    return seams
  }
}
