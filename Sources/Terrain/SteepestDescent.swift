import Grids

/// Marks a cell without a lower neighbour until its flat has been resolved.
let unresolvedFlat: UInt8 = 10

extension PreparedTerrain {
  /// The D8 direction of every cell that has a strictly lower neighbour; the others are outlets or unresolved flats.
  ///
  /// The drop per distance decides, also on oblong cells; ties by ``SteepestTie``.
  /// Method: O'Callaghan and Mark (1984), Computer Vision, Graphics, and Image Processing 28, 323–344.
  func steepestDescent(threads: Int) -> Grid<UInt8> {
    let geometry = ground.geometry
    let kernel = SteepestDescentKernel(geometry)
    let rows = geometry.rows
    let columns = geometry.columns
    return Grid<UInt8>(geometry) { cells in
      nonisolated(unsafe) let cells = cells
      ground.withUnsafeCells { heights in
        nonisolated(unsafe) let z = heights
        parallelBlocks(of: rows, threads: threads) { block in
          for row in block {
            let out = cells + row &* columns
            kernel.directions(ofRow: row, rows: rows, z, out)
            for column in 0..<columns where out[column] == unresolvedFlat {
              if isSeed(z, column: column, row: row) { out[column] = FlowDirection.outlet }
            }
          }
        }
      }
    }
  }
}

/// Finds the steepest lower neighbour of the cells of a row, eight cells at a time.
struct SteepestDescentKernel: Sendable {
  private let columns: Int
  private let perWidth: Float
  private let perHeight: Float
  private let perDiagonal: Float
  private let ties = SteepestTie.codes

  init(_ geometry: GridGeometry) {
    let distance = FlowDirection.distances(geometry)
    columns = geometry.columns
    // Times a power of two that is not below the diagonal: a drop between subnormal heights is not rounded to nothing.
    let scale = Double(sign: .plus, exponent: distance[1].exponent + 1, significand: 1)
    perWidth = Float(scale / distance[0])
    perHeight = Float(scale / distance[2])
    perDiagonal = Float(scale / distance[1])
  }

  /// Writes the codes of one row; cells without lower neighbour are unresolved.
  func directions(
    ofRow row: Int, rows: Int, _ z: UnsafePointer<Float>, _ out: UnsafeMutablePointer<UInt8>
  ) {
    var column = 0
    if row > 0, row < rows - 1, columns > 2 {
      out[0] = code(column: 0, row: row, rows: rows, z)
      column = 1
      ties.withUnsafeBufferPointer { ties in
        while column &+ 8 < columns {
          eight(z + (row &* columns &+ column), out + column, ties)
          column &+= 8
        }
      }
    }
    while column < columns {
      out[column] = code(column: column, row: row, rows: rows, z)
      column += 1
    }
  }

  /// Eight cells that all have eight neighbours.
  @inline(__always)
  private func eight(
    _ c: UnsafePointer<Float>, _ out: UnsafeMutablePointer<UInt8>, _ ties: UnsafeBufferPointer<UInt8>
  ) {
    @inline(__always) func load(_ step: Int) -> SIMD8<Float> {
      UnsafeRawPointer(c + step).loadUnaligned(as: SIMD8<Float>.self)
    }
    let height = load(0)
    // In the order of the direction codes.
    let drop0 = (height - load(1)) * perWidth
    let drop1 = (height - load(columns &+ 1)) * perDiagonal
    let drop2 = (height - load(columns)) * perHeight
    let drop3 = (height - load(columns &- 1)) * perDiagonal
    let drop4 = (height - load(-1)) * perWidth
    let drop5 = (height - load(-columns &- 1)) * perDiagonal
    let drop6 = (height - load(-columns)) * perHeight
    let drop7 = (height - load(1 &- columns)) * perDiagonal
    var best = SIMD8<Float>(repeating: 0)
    // A comparison with NaN is false: cells without elevation are never chosen.
    @inline(__always) func raise(_ drop: SIMD8<Float>) { best.replace(with: drop, where: drop .> best) }
    raise(drop0)
    raise(drop1)
    raise(drop2)
    raise(drop3)
    raise(drop4)
    raise(drop5)
    raise(drop6)
    raise(drop7)
    // The neighbours that share the steepest drop, one bit each; a cell without any lower one gets no bit below.
    best.replace(with: .infinity, where: best .== 0)
    var steepest = SIMD8<UInt32>(repeating: 0)
    @inline(__always) func mark(_ drop: SIMD8<Float>, _ bit: UInt32) {
      steepest |= SIMD8<UInt32>(repeating: 0).replacing(with: bit, where: drop .== best)
    }
    mark(drop0, 1)
    mark(drop1, 2)
    mark(drop2, 4)
    mark(drop3, 8)
    mark(drop4, 16)
    mark(drop5, 32)
    mark(drop6, 64)
    mark(drop7, 128)
    for lane in 0..<8 {
      out[lane] = c[lane].isNaN ? FlowDirection.nodata : ties[Int(truncatingIfNeeded: steepest[lane])]
    }
  }

  /// One cell, which may lie on the border.
  private func code(column: Int, row: Int, rows: Int, _ z: UnsafePointer<Float>) -> UInt8 {
    let height = z[row &* columns &+ column]
    if height.isNaN { return FlowDirection.nodata }
    var best: Float = 0
    var steepest = 0
    for neighbour in 0..<8 {
      let x = column + FlowDirection.columnStep[neighbour]
      let y = row + FlowDirection.rowStep[neighbour]
      guard x >= 0, y >= 0, x < columns, y < rows else { continue }
      let perDistance = neighbour % 2 == 1 ? perDiagonal : (neighbour % 4 == 0 ? perWidth : perHeight)
      let drop = (height - z[y &* columns &+ x]) * perDistance
      if drop > best {
        best = drop
        steepest = 1 << neighbour
      } else if drop == best, drop > 0 {
        steepest |= 1 << neighbour
      }
    }
    return ties[steepest]
  }
}
