import Grids

/// The fine terrain within the cells of a coarse grid: what they hold at a level, and what passes between them.
///
/// Water in a coarse cell is level. Its mean depth (volume by area) and its level belong to each other by the sorted
/// heights of the cell's fine terrain, exactly; the flow area and the conveyance of a face come from the fine faces
/// that it consists of, each as high as the higher of the two fine cells (Casulli 2009, International Journal for
/// Numerical Methods in Fluids 60; Neal, Schumann and Bates 2012, Water Resources Research 48). Barriers inside a
/// coarse cell are not felt. Heights are those above the lowest fine cell of a coarse cell, so that nothing depends on
/// the height above the sea. 12 bytes a fine cell.
final class SubgridTerrain: @unchecked Sendable {
  /// Fine cells along the side of a coarse one.
  let factor: Int
  /// The coarse grid.
  let geometry: GridGeometry
  /// Height of the lowest fine cell of each coarse one; NaN where there is none.
  let lowest: Grid<Float>
  /// Number of fine cells of the terrain in each coarse cell.
  private let covered: UnsafeMutablePointer<Int32>
  /// Heights above the lowest of the fine cells of each coarse cell, from the lowest up, metres.
  private let heights: UnsafeMutablePointer<Float>
  /// Mean depth of a coarse cell whose level is at each of `heights`, metres.
  private let volumes: UnsafeMutablePointer<Double>
  /// Heights of the fine faces of the eastern, then the southern face of each coarse cell above its lowest, metres.
  private let sills: UnsafeMutablePointer<Float>
  /// 1 / n at these faces.
  private let smoothness: UnsafeMutablePointer<Float>
  /// Higher than any water.
  private static let blocked: Float = 1e8

  init(_ terrain: Grid<Float>, roughness: CellValues, factor: Int) {
    self.factor = factor
    let fine = terrain.geometry
    geometry = Self.coarsened(fine, factor)
    let (columns, rows, perCell) = (geometry.columns, geometry.rows, factor * factor)
    let count = columns * rows
    covered = .filled(count, with: 0)
    heights = .filled(count * perCell, with: 0)
    volumes = .filled(count * perCell, with: 0)
    sills = .filled(2 * count * factor, with: Self.blocked)
    smoothness = .filled(2 * count * factor, with: 0)
    var lowest = Grid<Float>(geometry, repeating: .nan)
    for row in 0..<rows {
      for column in 0..<columns {
        let cell = row * columns + column
        var found: [Float] = []
        for y in row * factor..<min(fine.rows, (row + 1) * factor) {
          for x in column * factor..<min(fine.columns, (column + 1) * factor) where !terrain[x, y].isNaN {
            found.append(terrain[x, y])
          }
        }
        found.sort()
        guard let low = found.first else { continue }
        lowest[cell] = low
        covered[cell] = Int32(found.count)
        var volume = 0.0
        for (number, height) in found.enumerated() {
          let relative = height - low
          if number > 0 {
            volume +=
              Double(relative - heights[cell * perCell + number - 1]) * Double(number) / Double(perCell)
          }
          heights[cell * perCell + number] = relative
          volumes[cell * perCell + number] = volume
        }
      }
    }
    self.lowest = lowest
    func n(_ x: Int, _ y: Int) -> Float { roughness.value(at: y * fine.columns + x) }
    for row in 0..<rows {
      for column in 0..<columns {
        let cell = row * columns + column
        for index in 0..<factor {
          for isSouth in [false, true] {
            let (x0, y0) =
              isSouth
              ? (column * factor + index, (row + 1) * factor - 1) : ((column + 1) * factor - 1, row * factor + index)
            let (x1, y1) = isSouth ? (x0, y0 + 1) : (x0 + 1, y0)
            if x1 >= fine.columns || y1 >= fine.rows { continue }
            let (z0, z1) = (terrain[x0, y0], terrain[x1, y1])
            if z0.isNaN || z1.isNaN { continue }
            let place = ((isSouth ? count : 0) + cell) * factor + index
            sills[place] = max(z0, z1) - lowest[cell]
            let (n0, n1) = (n(x0, y0), n(x1, y1))
            smoothness[place] = 1 / ((n0 * n0 + n1 * n1) / 2).squareRoot()
          }
        }
      }
    }
  }

  deinit {
    covered.deallocate()
    heights.deallocate()
    volumes.deallocate()
    sills.deallocate()
    smoothness.deallocate()
  }

  /// The grid of coarse cells; the last ones may reach beyond the fine grid.
  static func coarsened(_ fine: GridGeometry, _ factor: Int) -> GridGeometry {
    GridGeometry(
      columns: (fine.columns + factor - 1) / factor, rows: (fine.rows + factor - 1) / factor, west: fine.west,
      north: fine.north, cellWidth: fine.cellWidth * Double(factor), cellHeight: fine.cellHeight * Double(factor),
      crs: fine.crs)
  }

  /// The water of a coarse cell.
  struct Water {
    /// Level above the lowest fine cell, metres.
    var level: Float
    /// Share of the coarse cell that is under water.
    var wet: Float
  }

  /// The level that belongs to a mean depth.
  @inline(__always)
  func water(_ cell: Int, depth: Double) -> Water {
    let perCell = factor &* factor
    let known = volumes + cell &* perCell
    var (low, high) = (0, Int(covered[cell]))
    if high == 0 { return Water(level: 0, wet: 1) }
    // The highest fine cell that is not above the water.
    while high &- low > 1 {
      let middle = (low &+ high) &>> 1
      if known[middle] <= depth { low = middle } else { high = middle }
    }
    let wet = Double(low &+ 1) / Double(perCell)
    return Water(level: Float(Double(heights[cell &* perCell &+ low]) + (depth - known[low]) / wet), wet: Float(wet))
  }

  /// The share of a coarse cell's terrain that is under water at a mean depth.
  @inline(__always)
  func wetShare(_ cell: Int, depth: Double) -> Double {
    let all = Double(covered[cell])
    return all > 0 ? Double(water(cell, depth: depth).wet) * Double(factor &* factor) / all : 0
  }

  /// The mean depth that belongs to a level above the lowest fine cell, metres.
  func depth(_ cell: Int, level: Double) -> Double {
    let perCell = factor * factor
    var sum = 0.0
    for number in 0..<Int(covered[cell]) { sum += max(0, level - Double(heights[cell * perCell + number])) }
    return sum / Double(perCell)
  }

  /// What a face lets through: means over its full width.
  struct Section {
    /// Flow area per width, metres.
    var area: Float = 0
    /// Conveyance per width, Σ h^(5/3) / n, m^(5/3) · m^(1/3)/s.
    var conveyance: Float = 0
    /// Share of the width that is under water.
    var wet: Float = 0
  }

  /// The section of the eastern or southern face of a coarse cell at a level above the cell's lowest.
  @inline(__always)
  func section(_ cell: Int, isSouth: Bool, level: Float) -> Section {
    let first = ((isSouth ? geometry.count : 0) &+ cell) &* factor
    return Self.section(sills + first, smoothness + first, factor, level: level)
  }

  @inline(__always)
  static func section(
    _ sills: UnsafePointer<Float>, _ smoothness: UnsafePointer<Float>, _ count: Int, level: Float
  ) -> Section {
    var sum = Section()
    for index in 0..<count {
      let h = level - sills[index]
      if h <= 0 { continue }
      sum.area += h
      // h^(5/3) = h² h^(−1/3).
      sum.conveyance += h * h * reciprocalCubeRoot(h) * smoothness[index]
      sum.wet += 1
    }
    let share = 1 / Float(count)
    return Section(area: sum.area * share, conveyance: sum.conveyance * share, wet: sum.wet * share)
  }
}

/// The outermost fine cells along one side of a coarse cell, over which water leaves the terrain.
struct SubgridEdge {
  /// Heights above the lowest fine cell of the coarse one, metres.
  private let heights: [Float]
  /// 1 / n.
  private let smoothness: [Float]

  init(
    _ terrain: Grid<Float>, _ roughness: CellValues, _ subgrid: SubgridTerrain, column: Int, row: Int, side: CellSide
  ) {
    let factor = subgrid.factor
    let low = subgrid.lowest[column, row]
    var (heights, smoothness): ([Float], [Float]) = ([], [])
    for index in 0..<factor {
      // From the side inwards, the first fine cell of the terrain.
      for inwards in 0..<factor {
        let (x, y) =
          switch side {
          case .west: (inwards, index)
          case .east: (factor - 1 - inwards, index)
          case .north: (index, inwards)
          case .south: (index, factor - 1 - inwards)
          }
        let (fineColumn, fineRow) = (column * factor + x, row * factor + y)
        if fineColumn >= terrain.columns || fineRow >= terrain.rows || terrain[fineColumn, fineRow].isNaN { continue }
        heights.append(terrain[fineColumn, fineRow] - low)
        smoothness.append(1 / roughness.value(at: fineRow * terrain.columns + fineColumn))
        break
      }
    }
    self.heights = heights
    self.smoothness = smoothness
    width = Float(factor)
  }

  private let width: Float

  /// Σ h^(5/3) / n at a level, per width of the coarse cell.
  func conveyance(level: Float) -> Double {
    zip(heights, smoothness).reduce(0.0) { sum, face in
      let h = Double(level - face.0)
      return h > 0 ? sum + h * h / cubeRoot(h) * Double(face.1) : sum
    } / Double(width)
  }

  /// Σ h^(3/2) at a level, per width of the coarse cell.
  func criticalFlow(level: Float) -> Double {
    heights.reduce(0.0) { sum, height in
      let h = Double(level - height)
      return h > 0 ? sum + h * h.squareRoot() : sum
    } / Double(width)
  }
}
