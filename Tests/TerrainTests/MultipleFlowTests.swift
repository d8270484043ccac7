import Foundation
import Grids
import Terrain
import TestSupport
import Testing

private let sharings: [FlowSharing] = [
  .dInfinity, .multiple(exponent: 1), .multiple(exponent: 1.1), .multiple(exponent: 8), .contourWeighted(exponent: 1),
]

private func flow(
  _ z: Grid<Float>, _ sharing: FlowSharing, threads: Int = 1
) throws -> MultipleFlow {
  let hierarchy = try DepressionHierarchy(of: z, nodata: .outlet)
  return MultipleFlow(
    hierarchy.filled(z), directions: hierarchy.routedDirections(), sharing: sharing, threads: threads)
}

private func neighbour(_ grid: Grid<Float>, _ index: Int, _ code: Int) -> Int {
  index + FlowDirection.rowStep[code] * grid.columns + FlowDirection.columnStep[code]
}

@Suite struct MultipleFlowTests {
  /// Shares are not negative and add up to one; water goes strictly down, or along D8 where nothing is lower.
  @Test(arguments: TerrainKind.allCases) func sharesAreWholeAndLeadDown(kind: TerrainKind) throws {
    for (seed, sharing) in sharings.enumerated() {
      let z = randomTerrain(kind, columns: 21, rows: 18, seed: UInt64(seed), cell: 2, cellHeight: 3)
      let flow = try flow(z, sharing)
      for row in 0..<z.rows {
        for column in 0..<z.columns {
          let index = row * z.columns + column
          let shares = flow.shares(column: column, row: row)
          let sum = shares.indices.reduce(0) { $0 + shares[$1] }
          let direction = flow.directions[index]
          if z[index].isNaN || (direction >= 8 && flow.receivers[index] == 0) {
            #expect(sum == 0 && (z[index].isNaN || direction == FlowDirection.outlet))
            continue
          }
          #expect(abs(sum - 1) <= 8 * Double.ulpOfOne, "\(kind) \(sharing) cell \(index)")
          var lower = 0
          for code in 0..<8 where flow.receivers[index] & 1 << code != 0 {
            #expect(shares[code] >= 0)
            let next = flow.surface[neighbour(z, index, code)]
            if next < flow.surface[index] { lower += 1 } else { #expect(next == flow.surface[index]) }
          }
          if lower == 0 {
            #expect(flow.receivers[index] == 1 << direction && shares[Int(direction)] == 1)
          } else {
            #expect(lower == flow.receivers[index].nonzeroBitCount)
            if sharing == .dInfinity { #expect(lower <= 2) }
          }
        }
      }
    }
  }

  /// Every sum is its weight and the shares of its neighbours; all that falls leaves at the outlets.
  @Test(arguments: TerrainKind.allCases) func sumsAreThoseOfTheDonors(kind: TerrainKind) throws {
    for (seed, sharing) in sharings.enumerated() {
      let z = randomTerrain(kind, columns: 33, rows: 26, seed: UInt64(seed), cell: 3, cellHeight: 2)
      let flow = try flow(z, sharing)
      var random = SeededGenerator(seed: UInt64(seed))
      let weights = Grid<Double>(z.geometry, cells: z.cells.map { _ in random.unit() })
      let sums = flow.accumulate(weights)
      var expected = weights.cells
      var fallen = 0.0
      var left = 0.0
      for row in 0..<z.rows {
        for column in 0..<z.columns where !z[column, row].isNaN {
          let index = row * z.columns + column
          fallen += weights[index]
          let shares = flow.shares(column: column, row: row)
          if flow.receivers[index] == 0 { left += sums[index] }
          for code in 0..<8 where shares[code] > 0 { expected[neighbour(z, index, code)] += shares[code] * sums[index] }
        }
      }
      #expect(abs(left - fallen) <= 1e-12 * fallen, "\(kind) \(sharing)")
      for index in 0..<z.count {
        #expect(z[index].isNaN ? sums[index].isNaN : abs(sums[index] - expected[index]) <= 1e-12 * expected[index])
      }
      let area = flow.upslopeArea()
      let most = z.geometry.cellArea * Double(z.count) * (1 + 1e-12)
      #expect(area.cells.allSatisfy { $0.isNaN || ($0 >= z.geometry.cellArea && $0 <= most) })
      // Single precision enters as it is.
      let rounded = weights.map(threads: 1) { Float($0) }
      let exact = flow.accumulate(rounded.map(threads: 1) { Double($0) })
      #expect(flow.accumulate(rounded).cells.map(\.bitPattern) == exact.cells.map(\.bitPattern))
    }
  }

  /// The direction over each triangle found by trying: no direction of any triangle is steeper than the one taken.
  @Test func noOtherDirectionIsSteeper() throws {
    let (width, height) = (2.0, 3.0)
    for seed in 0..<4 as Range<UInt64> {
      let z = randomTerrain(.noise, columns: 12, rows: 11, seed: seed, cell: width, cellHeight: height)
      let flow = try flow(z, .dInfinity)
      let angles = flow.angles()
      for row in 1..<(z.rows - 1) {
        for column in 1..<(z.columns - 1) {
          let surface = flow.surface
          let centre = Double(surface[column, row])
          // The plane through the cell and two neighbours, and the slope down it in a direction between them.
          var steepest = 0.0
          var taken = 0.0
          let azimuth = Double(angles[column, row]) * .pi / 180
          for straight in [0, 2, 4, 6] {
            for slanting in [(straight + 1) % 8, (straight + 7) % 8] {
              let points = [straight, slanting].map { code -> (x: Double, y: Double, z: Double) in
                let (dx, dy) = (FlowDirection.columnStep[code], FlowDirection.rowStep[code])
                return (
                  Double(dx) * width, -Double(dy) * height, Double(surface[column + dx, row + dy]) - centre
                )
              }
              let (a, b) = (points[0], points[1])
              let determinant = a.x * b.y - b.x * a.y
              let gx = (a.z * b.y - b.z * a.y) / determinant
              let gy = (a.x * b.z - b.x * a.z) / determinant
              let directions = (0...400).map {
                atan2(a.x, a.y) + turn(from: (a.x, a.y), to: (b.x, b.y)) * Double($0) / 400
              }
              for direction in directions {
                steepest = max(steepest, -(gx * sin(direction) + gy * cos(direction)))
              }
              let offset = remainder(azimuth - atan2(a.x, a.y), 2 * .pi) / turn(from: (a.x, a.y), to: (b.x, b.y))
              if offset > -1e-6, offset < 1 + 1e-6 {
                taken = max(taken, -(gx * sin(azimuth) + gy * cos(azimuth)))
                let shares = flow.shares(column: column, row: row)
                if flow.receivers[column, row].nonzeroBitCount == 2 {
                  #expect(abs(shares[slanting] - offset) < 1e-5, "seed \(seed) column \(column) row \(row)")
                }
              }
            }
          }
          // Level planes fall by rounding alone.
          if steepest > 1e-9 { #expect(taken > steepest * (1 - 1e-5), "seed \(seed) column \(column) row \(row)") }
        }
      }
    }
    /// The signed angle between two directions, clockwise, less than a right angle.
    func turn(from a: (Double, Double), to b: (Double, Double)) -> Double {
      remainder(atan2(b.0, b.1) - atan2(a.0, a.1), 2 * .pi)
    }
  }

  /// On a plane the angle is the plane's, and the shares follow from the angles to the neighbours beside it.
  @Test func sharesOnPlanesAreKnown() throws {
    let (width, height) = (4.0, 3.0)
    let toCorner = atan2(width, height)
    for degrees in stride(from: 7.0, to: 360, by: 11) {
      let azimuth = degrees * .pi / 180
      var z = Grid<Float>(testGeometry(columns: 5, rows: 5, cell: width, cellHeight: height), repeating: 0)
      for row in 0..<5 {
        for column in 0..<5 {
          z[column, row] = Float(
            -64 * (Double(column - 2) * width * sin(azimuth) + Double(2 - row) * height * cos(azimuth)))
        }
      }
      let steep = try flow(z, .dInfinity)
      #expect(angleBetween(steep.angles()[2, 2], Float(degrees)) < 1e-3)
      // Angles of north, north-east, east and so on, clockwise, and their codes.
      let fan = [
        0, toCorner, .pi / 2, .pi - toCorner, .pi, .pi + toCorner, 1.5 * .pi, 2 * .pi - toCorner, 2 * .pi,
      ]
      let after = fan.firstIndex { $0 > azimuth }!
      let share = (azimuth - fan[after - 1]) / (fan[after] - fan[after - 1])
      let found = steep.shares(column: 2, row: 2)
      #expect(abs(found[(after + 6) % 8] - share) < 1e-5 && abs(found[(after + 5) % 8] - (1 - share)) < 1e-5)

      for (exponent, isWeighted) in [(1.0, false), (2.5, false), (1.0, true)] {
        let spread = try flow(
          z, isWeighted ? .contourWeighted(exponent: exponent) : .multiple(exponent: exponent))
        let weights = (0..<8).map { code in
          let fall = max(0, cos(azimuth - fan[(code + 2) % 8]))
          let contour = [0.5 * height, 1.25, 0.5 * width, 1.25][code % 4]
          return pow(fall, exponent) * (isWeighted ? contour : 1)
        }
        let total = weights.reduce(0, +)
        let shares = spread.shares(column: 2, row: 2)
        for code in 0..<8 { #expect(abs(shares[code] - weights[code] / total) < 1e-5) }
      }
    }
  }

  /// On a plane that falls between south and south-east, the water of a row shifts by a binomial law.
  @Test func accumulationOnAPlaneIsBinomial() throws {
    let tilt = 25.0 * Double.pi / 180
    let share = 25.0 / 45
    var z = Grid<Float>(testGeometry(columns: 30, rows: 24), repeating: 0)
    for row in 0..<z.rows {
      for column in 0..<z.columns {
        z[column, row] = Float(-4096 * (Double(row) * cos(tilt) + Double(column) * sin(tilt)))
      }
    }
    let sums = try flow(z, .dInfinity).upslopeArea()
    for column in 0..<(z.columns - 1) {
      var expected = 0.0
      // Probability of k steps south-east in m rows.
      var law = [1.0]
      for row in 0..<(z.rows - 1) {
        expected += law.prefix(column + 1).reduce(0, +)
        #expect(abs(sums[column, row] - expected) < 1e-4 * expected, "column \(column) row \(row)")
        law = (0...law.count).map { k in
          (k < law.count ? law[k] * (1 - share) : 0) + (k > 0 ? law[k - 1] * share : 0)
        }
      }
    }
  }

  /// On a cone that sheds water, the upslope area per metre of contour is half the radius.
  @Test func conesShedHalfTheirRadius() throws {
    var z = Grid<Float>(testGeometry(columns: 121, rows: 121), repeating: 0)
    func radius(_ column: Int, _ row: Int) -> Double {
      (Double((column - 60) * (column - 60) + (row - 60) * (row - 60))).squareRoot()
    }
    for row in 0..<121 {
      for column in 0..<121 { z[column, row] = Float(-radius(column, row)) }
    }
    func error(_ area: (Int, Int) -> Double) -> Double {
      var sum = 0.0
      var count = 0.0
      for row in 0..<121 {
        for column in 0..<121 where (20...58).contains(radius(column, row)) {
          let relative = area(column, row) / (radius(column, row) / 2) - 1
          sum += relative * relative
          count += 1
        }
      }
      return (sum / count).squareRoot()
    }
    let steepest = upslopeCells(try DepressionHierarchy(of: z).routedDirections())
    let single = error { Double(steepest[$0, $1]) }
    let area = try flow(z, .dInfinity).upslopeArea()
    let infinite = error { area[$0, $1] }
    let spread = try flow(z, .contourWeighted(exponent: 1)).upslopeArea()
    let multiple = error { spread[$0, $1] }
    // Relative errors seen: 0.53, 0.119 and 0.119.
    #expect(single > 0.4 && infinite < 0.15 && multiple < 0.15)
  }

  /// On the saddle *z* = *y*² − *x*² the water that crosses a line at *y* comes from between the flow lines through its
  /// ends, up to the border.
  ///
  /// The flow lines are those that the shares make, on average, of the known gradient; they are not the steepest
  /// ones, as shares by angles or powers do not keep to the direction. The cells get there in first order.
  @Test(arguments: [FlowSharing.dInfinity, .multiple(exponent: 1), .multiple(exponent: 4)])
  func saddlesGatherWaterBetweenFlowLines(sharing: FlowSharing) throws {
    let half = 60.0
    /// Columns that the water moves on the way of one row southwards.
    func drift(_ x: Double, _ y: Double) -> Double {
      switch sharing {
      case .multiple(let exponent):
        var moved = SIMD2(0.0, 0)
        for code in 0..<8 {
          let step = SIMD2(Double(FlowDirection.columnStep[code]), Double(FlowDirection.rowStep[code]))
          let fall = (step * SIMD2(x, y)).sum() / (step * step).sum().squareRoot()
          if fall > 0 { moved += pow(fall, exponent) * step }
        }
        return moved.x / moved.y
      default: return x < y ? atan2(x, y) / (.pi / 4) : (.pi / 4) / atan2(y, x)
      }
    }
    for (x, y) in [(12.0, 20.0), (20, 12), (20, 30), (30, 20)] {
      // The flow line upwards by the midpoint rule, and the area between it and the axis.
      var expected = 0.0
      var line = x
      let step = (half - y) / 4000
      for number in 0..<4000 {
        let north = y + Double(number) * step
        let middle = line - drift(line, north) * step / 2
        expected += middle * step
        line -= drift(middle, north + step / 2) * step
      }
      /// Water that crosses the line east of the middle, as a share of what it should be.
      func crossing(cell: Double) throws -> Double {
        let size = Int(2 * half / cell)
        var z = Grid<Float>(testGeometry(columns: size, rows: size, cell: cell), repeating: 0)
        for row in 0..<size {
          for column in 0..<size {
            let east = (Double(column) + 0.5) * cell - half
            let north = half - (Double(row) + 0.5) * cell
            z[column, row] = Float(north * north - east * east)
          }
        }
        let flow = try flow(z, sharing)
        let sums = flow.upslopeArea()
        // The row whose southern side is the line.
        let row = Int((half - y) / cell) - 1
        var sum = 0.0
        for column in Int(half / cell)..<Int((half + x) / cell) {
          let above = flow.shares(column: column, row: row)
          sum += (above[1] + above[2] + above[3]) * sums[column, row]
          // Widely spread water may cross the line back.
          let below = flow.shares(column: column, row: row + 1)
          sum -= (below[5] + below[6] + below[7]) * sums[column, row + 1]
        }
        return sum / expected
      }
      let (coarse, fine) = (try crossing(cell: 1), try crossing(cell: 0.5))
      #expect(abs(fine - 1) < 0.02, "\(sharing) \(x) \(y): \(coarse), \(fine)")
      #expect(abs(2 * fine - coarse - 1) < 0.001, "\(sharing) \(x) \(y): \(coarse), \(fine)")
    }
  }

  /// The greater the exponent, the more the steepest neighbour takes, up to all.
  @Test func greatExponentsGiveTheSteepestNeighbour() throws {
    // Without depressions, so that D8 has seen the same surface.
    var z = randomTerrain(.noise, columns: 40, rows: 30, seed: 9, cell: 2, cellHeight: 3)
    for index in 0..<z.count { z[index] += Float(40 * (index / z.columns) + 31 * (index % z.columns)) }
    let hierarchy = try DepressionHierarchy(of: z)
    #expect(hierarchy.leafCount == 0)
    let directions = hierarchy.routedDirections()
    let single = upslopeCells(directions)
    var last = Double.infinity
    for exponent in [1.0, 4, 16, 64, 4096, 1e5] {
      let flow = MultipleFlow(z, directions: directions, sharing: .multiple(exponent: exponent))
      let area = flow.upslopeArea()
      let difference = (0..<z.count).reduce(0) { max($0, abs(area[$1] / 6 - Double(single[$1]))) }
      #expect(difference < last || difference == 0)
      last = difference
    }
    #expect(last < 1e-9)
  }

  /// On level ground there is D8 alone, in sums too.
  @Test func flatsFollowD8() throws {
    let z = randomTerrain(.flat, columns: 17, rows: 23, seed: 1)
    for sharing in sharings {
      let flow = try flow(z, sharing)
      #expect(flow.upslopeArea().cells == upslopeCells(flow.directions).cells.map(Double.init))
    }
  }

  @Test(arguments: [FlowSharing.dInfinity, .multiple(exponent: 1.1), .contourWeighted(exponent: 2)])
  func accumulationHasTheSymmetriesOfTheGrid(sharing: FlowSharing) throws {
    // Without flats, so that no tie has to be broken.
    var z = randomTerrain(.noise, columns: 24, rows: 17, seed: 3, cell: 2, cellHeight: 3)
    for index in 0..<z.count { z[index] += Float(14 * (index / z.columns) + 9 * (index % z.columns)) }
    func area(_ z: Grid<Float>) throws -> Grid<Double> {
      let hierarchy = try DepressionHierarchy(of: z)
      #expect(hierarchy.leafCount == 0)
      return MultipleFlow(z, directions: hierarchy.routedDirections(), sharing: sharing).upslopeArea()
    }
    for symmetry in SurfaceSymmetry.all {
      let expected = symmetry.image(of: try area(z))
      let found = try area(symmetry.image(of: z))
      for index in 0..<z.count { #expect(abs(found[index] - expected[index]) < 1e-9 * expected[index], "\(symmetry)") }
    }
  }

  /// A weight that is not known makes exactly the cells unknown that its water reaches.
  @Test func unknownWeightsSpreadDownstream() throws {
    let z = randomTerrain(.fractal, columns: 40, rows: 40, seed: 4)
    let flow = try flow(z, .multiple(exponent: 1))
    var weights = Grid<Double>(z.geometry, repeating: 1)
    weights[11, 17] = .nan
    var reached: Set<Int> = [17 * 40 + 11]
    var queue = Array(reached)
    while let index = queue.popLast() {
      for code in 0..<8 where flow.receivers[index] & 1 << code != 0 {
        if reached.insert(neighbour(z, index, code)).inserted { queue.append(neighbour(z, index, code)) }
      }
    }
    let sums = flow.accumulate(weights)
    #expect(reached.count > 3)
    for index in 0..<z.count { #expect(sums[index].isNaN == reached.contains(index)) }
  }

  @Test func threadsDoNotChangeABit() throws {
    let z = randomTerrain(.holes, columns: 45, rows: 52, seed: 8, cell: 2, cellHeight: 3)
    for sharing in sharings {
      let one = try flow(z, sharing)
      let sums = one.upslopeArea().cells.map(\.bitPattern)
      for threads in [2, 3, 7] {
        let several = try flow(z, sharing, threads: threads)
        #expect(several.receivers.cells == one.receivers.cells)
        #expect(several.upslopeArea().cells.map(\.bitPattern) == sums)
        if sharing == .dInfinity {
          #expect(several.angles(threads: threads).cells.map(\.bitPattern) == one.angles().cells.map(\.bitPattern))
        }
      }
    }
  }

  @Test func oneRowAndOneCellWork() throws {
    for (columns, rows) in [(1, 1), (9, 1), (1, 9), (2, 2)] {
      let z = randomTerrain(.noise, columns: columns, rows: rows, seed: 6)
      for sharing in sharings {
        let flow = try flow(z, sharing)
        let area = flow.upslopeArea()
        let leaving = (0..<z.count).reduce(0) { flow.receivers[$1] == 0 ? $0 + area[$1] : $0 }
        #expect(abs(leaving - Double(z.count)) < 1e-12)
      }
    }
  }
}
