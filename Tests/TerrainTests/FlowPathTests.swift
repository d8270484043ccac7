import Grids
import Terrain
import TestSupport
import Testing

/// The cells that the water of a cell passes, itself first, and the distance from it to each.
private func path(_ directions: Grid<UInt8>, from start: Int) -> [(cell: Int, distance: Double)] {
  let (width, height) = (directions.geometry.cellWidth, directions.geometry.cellHeight)
  let diagonal = (width * width + height * height).squareRoot()
  var path = [(cell: start, distance: 0.0)]
  while directions[path[path.count - 1].cell] < 8 {
    let (cell, distance) = path[path.count - 1]
    let code = Int(directions[cell])
    path.append(
      (
        cell + FlowDirection.rowStep[code] * directions.columns + FlowDirection.columnStep[code],
        distance + [width, diagonal, height, diagonal][code % 4]
      ))
  }
  return path
}

private func near(_ found: Float, _ expected: Double) -> Bool {
  abs(Double(found) - expected) <= 1e-6 * max(1, abs(expected))
}

@Suite struct FlowPathTests {
  private func routed(_ kind: TerrainKind, _ seed: UInt64) throws -> (ground: Grid<Float>, directions: Grid<UInt8>) {
    let z = randomTerrain(kind, columns: 26, rows: 19, seed: seed, cell: 2, cellHeight: seed % 2 == 0 ? 2 : 3)
    return (z, try DepressionHierarchy(of: z, nodata: .outlet).routedDirections())
  }

  /// Lengths of paths, found by following every cell to its end.
  @Test(arguments: TerrainKind.allCases) func lengthsAreThoseOfThePaths(kind: TerrainKind) throws {
    for seed in 0..<6 as Range<UInt64> {
      let (z, directions) = try routed(kind, seed)
      let longest = upslopeLength(directions, threads: 1 + Int(seed) % 3)
      let mean = meanUpslopeLength(directions, threads: 1 + Int(seed) % 3)
      let down = downslopeLength(directions, threads: 1 + Int(seed) % 3)
      var expected = [(longest: Double, sum: Double, count: Double)](repeating: (0, 0, 0), count: z.count)
      for start in 0..<z.count where !z[start].isNaN {
        let path = path(directions, from: start)
        #expect(near(down[start], path[path.count - 1].distance), "\(kind) \(seed) cell \(start)")
        for (cell, distance) in path {
          expected[cell].longest = max(expected[cell].longest, distance)
          expected[cell].sum += distance
          expected[cell].count += 1
        }
      }
      for cell in 0..<z.count {
        if z[cell].isNaN {
          #expect(longest[cell].isNaN && mean[cell].isNaN && down[cell].isNaN)
        } else {
          #expect(near(longest[cell], expected[cell].longest))
          #expect(near(mean[cell], expected[cell].sum / expected[cell].count))
        }
      }
    }
  }

  /// The longest way runs downstream from a head, is as long as the grid of lengths says, and falls as the ground does.
  @Test(arguments: TerrainKind.allCases) func longestWaysEndWhereTheyShould(kind: TerrainKind) throws {
    for seed in 0..<4 as Range<UInt64> {
      let (z, directions) = try routed(kind, seed)
      let lengths = upslopeLength(directions)
      for outlet in 0..<z.count where !z[outlet].isNaN {
        let way = LongestFlowPath(
          to: CellIndex(outlet), directions: directions, upslopeLength: lengths, surface: z)
        #expect(near(lengths[outlet], way.length) && Int(way.cells[way.cells.count - 1]) == outlet)
        let head = Int(way.cells[0])
        #expect(way.drop == z[head] - z[outlet])
        // Following the directions from the head is the same way.
        let down = path(directions, from: head).prefix(way.cells.count)
        #expect(down.map { CellIndex($0.cell) } == way.cells)
        #expect(lengths[head] == 0)
      }
    }
  }

  /// Directions within a part: every cell of it goes where it went, or out.
  @Test(arguments: TerrainKind.allCases) func partsKeepTheirWays(kind: TerrainKind) throws {
    for seed in 0..<4 as Range<UInt64> {
      let (z, directions) = try routed(kind, seed)
      var random = SeededGenerator(seed: seed)
      let window = z.geometry.window(columns: 3..<19, rows: 2..<15)
      let mask = Grid(window, cells: (0..<window.columns * window.rows).map { _ in UInt8(random.unit() < 0.8 ? 1 : 0) })
      let part = confinedDirections(directions, to: mask, column: 3, row: 2)
      #expect(part.geometry == window)
      for row in 0..<window.rows {
        for column in 0..<window.columns {
          let whole = directions[column + 3, row + 2]
          if mask[column, row] == 0 {
            #expect(part[column, row] == FlowDirection.nodata)
          } else if whole < 8 {
            let (x, y) = (
              column + FlowDirection.columnStep[Int(whole)], row + FlowDirection.rowStep[Int(whole)]
            )
            let stays = x >= 0 && y >= 0 && x < window.columns && y < window.rows && mask[x, y] == 1
            #expect(part[column, row] == (stays ? whole : FlowDirection.outlet))
          } else {
            #expect(part[column, row] == whole)
          }
        }
      }
      // The longest way of the part is the longest of the paths that stay in it.
      let longest = upslopeLength(part).cells.filter { !$0.isNaN }.max() ?? 0
      var expected = 0.0
      for start in 0..<part.count where part[start] < 9 {
        expected = max(expected, path(part, from: start).last?.distance ?? 0)
      }
      #expect(near(longest, expected))
    }
  }

  /// On a plane that falls to the south lengths are rows; on one row they are columns.
  @Test func lengthsOnAPlane() throws {
    var z = Grid<Float>(testGeometry(columns: 6, rows: 9, cell: 2, cellHeight: 3), repeating: 0)
    for index in 0..<z.count { z[index] = Float(-(index / 6)) }
    let directions = try DepressionHierarchy(of: z).routedDirections()
    let longest = upslopeLength(directions)
    let mean = meanUpslopeLength(directions)
    let down = downslopeLength(directions)
    for row in 0..<9 {
      #expect(longest[3, row] == Float(3 * row) && mean[3, row] == Float(1.5 * Double(row)))
      #expect(down[3, row] == Float(3 * (8 - row)))
    }
  }

  @Test(arguments: TerrainKind.allCases) func heightAboveDrainageIsThatOfTheFirstStreamCell(kind: TerrainKind) throws {
    for seed in 0..<6 as Range<UInt64> {
      let (z, directions) = try routed(kind, seed)
      let upslope = upslopeCells(directions)
      // Streams by upslope area, or anywhere.
      var random = SeededGenerator(seed: seed)
      let streams = upslope.map(threads: 1) { $0 >= 9 }
      let scattered = Grid(z.geometry, cells: z.cells.map { _ in random.unit() < 0.05 })
      let filled = try DepressionHierarchy(of: z, nodata: .outlet).filled(z)
      for (surface, mask) in [(z, streams), (filled, streams), (z, scattered), (filled, scattered)] {
        let drainage = HeightAboveDrainage(surface, directions: directions, streams: mask, threads: 1 + Int(seed) % 3)
        for start in 0..<z.count {
          let end = z[start].isNaN ? nil : path(directions, from: start).first { mask[$0.cell] }
          if let end {
            #expect(drainage.height[start] == surface[start] - surface[end.cell])
            #expect(near(drainage.distance[start], end.distance))
          } else {
            #expect(drainage.height[start].isNaN && drainage.distance[start].isNaN)
          }
        }
        if surface.cells == filled.cells { #expect(drainage.height.cells.allSatisfy { !($0 < 0) }) }
      }
    }
  }

  @Test(arguments: TerrainKind.allCases) func cellsBelongToTheFirstPointDownstream(kind: TerrainKind) throws {
    for seed in 0..<8 as Range<UInt64> {
      let (z, directions) = try routed(kind, seed)
      var random = SeededGenerator(seed: seed)
      var points: [CellIndex] = []
      while points.count < 12 {
        let cell = CellIndex(random.unit() * Double(z.count))
        if !z[Int(cell)].isNaN { points.append(cell) }
      }
      points[11] = points[4]
      let watersheds = Watersheds(of: points, directions: directions, threads: 1 + Int(seed) % 3)
      var own = [Int](repeating: 0, count: points.count)
      for start in 0..<z.count {
        if z[start].isNaN {
          #expect(watersheds.labels[start] == Watersheds.nodata)
          continue
        }
        let first = path(directions, from: start).lazy.compactMap { step in
          points.firstIndex(of: CellIndex(step.cell))
        }.first
        #expect(watersheds.labels[start] == (first.map { Int32($0 + 1) } ?? Watersheds.none))
        if let first { own[first] += 1 }
      }
      #expect(watersheds.ownCells == own)
      // What drains to each point in all, found by following every cell.
      var all = [Double](repeating: 0, count: points.count)
      for start in 0..<z.count where !z[start].isNaN {
        let passed = path(directions, from: start).map { CellIndex($0.cell) }
        for (number, point) in points.enumerated()
        where passed.contains(point) && points.firstIndex(of: point) == number {
          all[number] += 1
        }
      }
      #expect(watersheds.accumulated(own.map(Double.init)) == all)
      for (number, point) in points.enumerated() {
        let below = path(directions, from: Int(point)).dropFirst().lazy.compactMap { step in
          points.firstIndex(of: CellIndex(step.cell))
        }.first
        // A later point in the same cell drains to the first one there.
        let first = points.firstIndex(of: point)
        #expect(watersheds.downstream[number] == (first == number ? below : first))
      }
      // A point and all above it have the cells that drain through it.
      var total = own
      let upslope = upslopeCells(directions)
      for number in points.indices {
        var next = watersheds.downstream[number]
        while let below = next {
          total[below] += own[number]
          next = watersheds.downstream[below]
        }
      }
      for (number, point) in points.enumerated() where points.firstIndex(of: point) == number {
        #expect(total[number] == Int(upslope[Int(point)]))
      }
    }
  }

  @Test func tracesFollowTheWater() throws {
    for (seed, kind) in TerrainKind.allCases.enumerated() {
      let (z, directions) = try routed(kind, UInt64(seed))
      for start in stride(from: 0, to: z.count, by: 7) where !z[start].isNaN {
        let trace = DownstreamTrace(from: CellIndex(start), directions: directions, surface: z)
        let path = path(directions, from: start)
        let last = path[path.count - 1]
        #expect(trace.cells.map(Int.init) == path.map(\.cell))
        #expect(abs(trace.length - last.distance) < 1e-9 * max(1, last.distance))
        #expect(trace.drop == z[start] - z[last.cell])
        let (column, row) = (last.cell % z.columns, last.cell / z.columns)
        let isBorder = column == 0 || row == 0 || column == z.columns - 1 || row == z.rows - 1
        #expect(trace.end == (isBorder ? .border : .outside))
      }
    }
    // Directions that are not routed end in the pit.
    let pit = grid([[9, 9, 9, 9], [9, 3, 1, 9], [9, 9, 9, 9]] as [[Float]])
    let trace = DownstreamTrace(from: 5, directions: try DepressionHierarchy(of: pit).basins.directions, surface: pit)
    #expect(trace.cells == [5, 6] && trace.end == .pit && trace.drop == 2 && trace.length == 1)
  }

  /// A long path does not exhaust the stack.
  @Test func windingPathsAreWalkedWithoutRecursion() {
    let size = 1200
    var directions = Grid<UInt8>(testGeometry(columns: size, rows: size), repeating: 0)
    for row in 0..<size {
      let isEastward = row % 2 == 0
      for column in 0..<size { directions[column, row] = isEastward ? 0 : 4 }
      directions[isEastward ? size - 1 : 0, row] = 2
    }
    directions[0, size - 1] = FlowDirection.outlet
    let last = size * size - 1
    #expect(downslopeLength(directions)[0] == Float(last))
    #expect(upslopeLength(directions)[0, size - 1] == Float(last))
    #expect(meanUpslopeLength(directions)[0, size - 1] == Float(Double(last) / 2))
  }
}

@Suite struct PourPointTests {
  private let upslope = grid([[1, 2, 3, 1], [1, 9, 9, 1], [0, 1, 50, 1]] as [[Int32]], cell: 10)

  @Test func pointsSnapToTheMostWaterWithinReach() throws {
    let point = [Coordinate(x: 12, y: 17)]
    #expect(try pourCells(of: point, upslope: upslope) == [5])
    // Column 1, row 1; the equal cell to the east is farther.
    #expect(try pourCells(of: point, upslope: upslope, snapDistance: 13.1) == [5])
    #expect(try pourCells(of: point, upslope: upslope, snapDistance: 18) == [10])
    #expect(try pourCells(of: [Coordinate(x: 19, y: 17)], upslope: upslope, snapDistance: 7) == [5])
    #expect(try pourCells(of: [Coordinate(x: 21, y: 17)], upslope: upslope, snapDistance: 7) == [6])
    #expect(try pourCells(of: [Coordinate(x: 1, y: 29)], upslope: upslope, snapDistance: 1e300) == [10])
    #expect(try pourCells(of: [Coordinate(x: 1, y: 1)], upslope: upslope, snapDistance: 15) == [4])
  }

  @Test func pointsThatCannotBePlacedAreNamed() {
    let outside = #expect(throws: TerrainError.self) {
      try pourCells(of: [Coordinate(x: 5, y: 5), Coordinate(x: 41, y: 5)], upslope: upslope, snapDistance: 15)
    }
    #expect(outside?.description.contains("point 2 of 2 at (41.0, 5.0) lies outside the terrain") == true)
    let hole = #expect(throws: TerrainError.self) { try pourCells(of: [Coordinate(x: 5, y: 5)], upslope: upslope) }
    #expect(hole?.description.contains("no elevation") == true)
  }
}
