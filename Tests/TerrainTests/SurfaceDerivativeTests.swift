import Foundation
import Grids
import Terrain
import TestSupport
import Testing

/// Heights of a function of easting and northing from the middle of the grid.
private func surface(
  _ geometry: GridGeometry, _ height: (_ x: Double, _ y: Double) -> Double
) -> Grid<Float> {
  var z = Grid<Float>(geometry, repeating: 0)
  for row in 0..<geometry.rows {
    for column in 0..<geometry.columns {
      let x = (Double(column) - Double(geometry.columns / 2)) * geometry.cellWidth
      let y = (Double(geometry.rows / 2) - Double(row)) * geometry.cellHeight
      z[column, row] = Float(height(x, y))
    }
  }
  return z
}

@Suite struct SurfaceDerivativeTests {
  /// Planes that fall towards a known azimuth; a hole and the border must not turn them.
  @Test func aspectOfAPlaneIsWhereItFalls() {
    for degrees in stride(from: 0.0, to: 360, by: 22.5) {
      let (east, north) = (sin(degrees * .pi / 180), cos(degrees * .pi / 180))
      var z = surface(testGeometry(columns: 9, rows: 8, cell: 2, cellHeight: 5)) { -0.3 * ($0 * east + $1 * north) }
      z[4, 4] = .nan
      let facing = aspect(z, threads: 2)
      for index in 0..<z.count where !z[index].isNaN {
        #expect(angleBetween(facing[index], Float(degrees)) < 1e-3, "\(degrees)° at \(index): \(facing[index])")
        #expect(facing[index] >= 0 && facing[index] < 360)
      }
      #expect(facing[4, 4].isNaN)
    }
    #expect(aspect(surface(testGeometry(columns: 4, rows: 3)) { x, _ in -x })[1, 1] == 90)
    #expect(aspect(surface(testGeometry(columns: 4, rows: 3)) { _, y in y })[1, 1] == 180)
    #expect(aspect(surface(testGeometry(columns: 4, rows: 3)) { _, y in -y })[1, 1] == 0)
    #expect(aspect(Grid<Float>(testGeometry(columns: 4, rows: 3), repeating: 7)).cells.allSatisfy { $0 == -1 })
  }

  /// The smallest angle west of north rounds to north, not to a full circle.
  @Test func aspectStaysBelowTheFullCircle() {
    let z = surface(testGeometry(columns: 3, rows: 3)) { x, y in -1e6 * y + (x < 0 ? -0.0625 : 0) }
    let facing = aspect(z)
    #expect(facing.cells.allSatisfy { $0 >= 0 && $0 < 360 })
    #expect(facing[1, 1] == 0)
  }

  /// On quadratic surfaces the second derivatives along and across the slope follow from the Hessian.
  @Test(arguments: [1.0, 2.5]) func curvatureOfAQuadraticIsExact(cellHeight: Double) {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<50 {
      // Dyadic coefficients, so that heights are exact in single precision.
      func coefficient() -> Double { (random.unit() * 64).rounded() / 16 - 2 }
      let (a, b, c, p, q) = (coefficient(), coefficient(), coefficient(), coefficient(), coefficient())
      let z = surface(testGeometry(columns: 7, rows: 7, cell: 1, cellHeight: cellHeight)) { x, y in
        a * x * x + b * y * y + c * x * y + p * x + q * y
      }
      let plan = planCurvature(z)
      let profile = profileCurvature(z)
      for row in 1...5 {
        for column in 1...5 {
          let x = Double(column - 3)
          let y = Double(3 - row) * cellHeight
          let slope = SIMD2(2 * a * x + c * y + p, 2 * b * y + c * x + q)
          let squared = (slope * slope).sum()
          func second(_ direction: SIMD2<Double>) -> Double {
            (2 * a * direction.x * direction.x + 2 * b * direction.y * direction.y + 2 * c * direction.x * direction.y)
              / (direction * direction).sum()
          }
          let along = squared == 0 ? a + b : second(slope)
          let across = squared == 0 ? a + b : second(SIMD2(-slope.y, slope.x))
          #expect(abs(Double(profile[column, row]) + along) < 1e-5 * max(1, abs(along)))
          #expect(abs(Double(plan[column, row]) + across) < 1e-5 * max(1, abs(across)))
        }
      }
    }
  }

  /// On a sphere *z* = √(*R*² − *r*²) the second derivatives are −*R*²/*z*³ along and −1/*z* across the slope.
  @Test func curvatureOfASphereIsItsOwn() {
    let radius = 100.0
    for sign in [1.0, -1] {
      let z = surface(testGeometry(columns: 81, rows: 61, cell: 0.5, cellHeight: 0.75)) { x, y in
        sign * (radius * radius - x * x - y * y).squareRoot()
      }
      let plan = planCurvature(z, threads: 3)
      let profile = profileCurvature(z, threads: 3)
      for row in 1..<60 {
        for column in 1..<80 {
          // Heights near 100 m are known to 4e-6 m, second differences over 0.25 m² to some 1e-4 of 0.01.
          let height = abs(Double(z[column, row]))
          #expect(abs(Double(plan[column, row]) - sign / height) < 1e-4, "column \(column) row \(row)")
          #expect(
            abs(Double(profile[column, row]) - sign * radius * radius / (height * height * height)) < 1e-4,
            "column \(column) row \(row)")
        }
      }
    }
  }

  @Test func spursSpreadFlowAndHollowsGatherIt() {
    let geometry = testGeometry(columns: 5, rows: 5)
    let spur = surface(geometry) { x, y in -x * x - y }
    #expect(planCurvature(spur)[2, 2] == 2 && profileCurvature(spur)[2, 2] == 0)
    let hollow = surface(geometry) { x, y in x * x - y }
    #expect(planCurvature(hollow)[2, 2] == -2 && profileCurvature(hollow)[2, 2] == 0)
    let brow = surface(geometry) { _, y in -y * y - 8 * y }
    #expect(profileCurvature(brow)[2, 2] == 2 && planCurvature(brow)[2, 2] == 0)
    let summit = surface(geometry) { x, y in -x * x - 2 * y * y }
    #expect(planCurvature(summit)[2, 2] == 3 && profileCurvature(summit)[2, 2] == 3)
  }

  @Test func planesHaveNoCurvatureUpToTheBorderAndHoles() {
    for (gx, gy) in [(0.0, 0.0), (0.5, 0), (0.375, -0.25)] {
      var z = surface(testGeometry(columns: 8, rows: 9, cell: 2, cellHeight: 4)) { gx * $0 + gy * $1 }
      for (column, row) in [(3, 3), (4, 3), (7, 8), (0, 5)] { z[column, row] = .nan }
      for curvature in [planCurvature(z), profileCurvature(z)] {
        for index in 0..<z.count {
          #expect(z[index].isNaN ? curvature[index].isNaN : curvature[index] == 0)
        }
      }
    }
  }

  /// Every derivative sees the same terrain in its mirror images.
  @Test(arguments: [TerrainKind.holes, .fractal, .centimetres]) func derivativesHaveTheSymmetriesOfTheGrid(
    kind: TerrainKind
  ) {
    let z = randomTerrain(kind, columns: 14, rows: 9, seed: 7, cell: 2, cellHeight: 3)
    for symmetry in SurfaceSymmetry.all {
      let image = symmetry.image(of: z)
      func compare(_ name: String, _ derivative: (Grid<Float>) -> Grid<Float>) {
        let expected = symmetry.image(of: derivative(z))
        let found = derivative(image)
        for index in 0..<z.count {
          #expect(
            expected[index].isNaN ? found[index].isNaN : abs(found[index] - expected[index]) < 1e-5,
            "\(name), \(symmetry), cell \(index)")
        }
      }
      compare("slope") { slopeTangent($0) }
      compare("plan curvature") { planCurvature($0) }
      compare("profile curvature") { profileCurvature($0) }
      let expected = symmetry.image(of: aspect(z))
      let found = aspect(image)
      for index in 0..<z.count where !expected[index].isNaN && expected[index] != Aspect.level {
        #expect(angleBetween(found[index], symmetry.image(ofAzimuth: expected[index])) < 1e-3)
      }
    }
  }

  /// Horn's gradient written out again with doubles, missing neighbours by the documented rule.
  @Test func slopeAndAspectFollowTheEdgeRule() {
    for (seed, kind) in [TerrainKind.holes, .fractal, .terraced].enumerated() {
      let z = randomTerrain(kind, columns: 13, rows: 11, seed: UInt64(seed), cell: 2, cellHeight: 3)
      let slope = slopeTangent(z)
      let facing = aspect(z)
      for row in 0..<z.rows {
        for column in 0..<z.columns where !z[column, row].isNaN {
          let c = Double(z[column, row])
          func known(_ dx: Int, _ dy: Int) -> Double? {
            let (x, y) = (column + dx, row + dy)
            guard x >= 0, y >= 0, x < z.columns, y < z.rows, !z[x, y].isNaN else { return nil }
            return Double(z[x, y])
          }
          func height(_ dx: Int, _ dy: Int) -> Double {
            if let value = known(dx, dy) ?? known(-dx, -dy).map({ 2 * c - $0 }) { return value }
            return dx == 0 || dy == 0 ? c : height(dx, 0) + height(0, dy) - c
          }
          var eastward = 0.0
          var northward = 0.0
          for (offset, weight) in [(-1, 1.0), (0, 2), (1, 1)] {
            eastward += weight * (height(1, offset) - height(-1, offset)) / 16
            northward += weight * (height(offset, -1) - height(offset, 1)) / 24
          }
          let steepness = (eastward * eastward + northward * northward).squareRoot()
          #expect(abs(Double(slope[column, row]) - steepness) < 1e-5)
          if steepness > 1e-3 {
            let degrees = atan2(-eastward, -northward) * 180 / .pi
            #expect(angleBetween(facing[column, row], Float(degrees < 0 ? degrees + 360 : degrees)) < 1e-2)
          }
        }
      }
    }
  }

  @Test func threadsDoNotChangeABit() {
    let z = randomTerrain(.holes, columns: 40, rows: 53, seed: 2)
    for derivative in [slopeTangent, aspect, planCurvature, profileCurvature] as [(Grid<Float>, Int) -> Grid<Float>] {
      let one = derivative(z, 1).cells.map(\.bitPattern)
      for threads in [2, 3, 7] { #expect(derivative(z, threads).cells.map(\.bitPattern) == one) }
    }
  }
}
