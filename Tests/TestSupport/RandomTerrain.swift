public import Grids

/// Kinds of random terrain that find different mistakes.
public enum TerrainKind: String, CaseIterable, Sendable {
  /// Independent heights: every other cell is a pit.
  case noise
  /// Smooth hills with small roughness.
  case fractal
  /// Few distinct heights: flats of every size.
  case terraced
  /// Heights rounded to a centimetre on a gentle plane.
  case centimetres
  /// One height everywhere.
  case flat
  /// Noise with holes of no data.
  case holes
  /// Heights around zero with subnormal numbers.
  case tiny
}

/// Random terrain of a kind; the same seed gives the same terrain.
public func randomTerrain(
  _ kind: TerrainKind, columns: Int, rows: Int, seed: UInt64, cell: Double = 1, cellHeight: Double? = nil
) -> Grid<Float> {
  var random = SeededGenerator(seed: seed)
  let geometry = testGeometry(columns: columns, rows: rows, cell: cell, cellHeight: cellHeight)
  var heights = [Float](repeating: 0, count: columns * rows)
  switch kind {
  case .noise, .holes:
    for index in heights.indices { heights[index] = Float(random.unit() * 10) }
  case .flat: break
  case .terraced:
    for index in heights.indices { heights[index] = Float(Int(random.unit() * 4)) }
  case .tiny:
    for index in heights.indices {
      heights[index] =
        [0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 0x1p-130, -0x1p-130][Int(random.unit() * 6)]
    }
  case .fractal, .centimetres:
    var waves: [(x: Double, y: Double, phase: Double, amplitude: Double)] = []
    for k in 1...12 {
      let frequency = Double(k) * 0.1
      let x: Double = (random.unit() - 0.5) * frequency
      let y: Double = (random.unit() - 0.5) * frequency
      waves.append((x, y, random.unit(), 3 / Double(k)))
    }
    for row in 0..<rows {
      for column in 0..<columns {
        var sum: Double = 0.02 * Double(row) + 0.1 * random.unit()
        for wave in waves {
          // A cheap periodic function without libm: a parabola over each half period.
          let t: Double = wave.x * Double(column) + wave.y * Double(row) + wave.phase
          let f: Double = t - t.rounded(.down)
          let parabola: Double = f < 0.5 ? f * (0.5 - f) : (f - 0.5) * (f - 1)
          sum += wave.amplitude * 8 * parabola
        }
        heights[row * columns + column] =
          kind == .centimetres ? Float((sum * 10).rounded() / 100) : Float(sum)
      }
    }
  }
  if kind == .holes {
    for index in heights.indices where random.unit() < 0.12 { heights[index] = .nan }
    heights[0] = 1
  }
  return Grid(geometry, cells: heights)
}
