import Foundation
import TestSupport
import Testing

@testable import Landslide

@Suite struct PressureResponseTests {
  @Test(arguments: [
    (0.1, 3.556945e-7), (0.5, 0.008490703), (1, 0.05025454), (2, 0.1666309), (5, 0.5057938), (10, 0.9596214),
    (100, 4.698221),
  ])
  func tableOfR(time: Double, expected: Double) {
    // Seven digits: half a unit of the last is at most 3e-7.
    #expect(abs(PressureResponse.dimensionless(time) / expected - 1) < 3.1e-7)
    #expect(PressureResponse.dimensionless(-time) == 0 && PressureResponse.dimensionless(0) == 0)
  }

  @Test func infiniteDepthIsZTimesR() {
    var random = SeededGenerator(seed: 541)
    for _ in 0..<2000 {
      let (depth, time, diffusivity) = (0.1 + random.unit() * 3, 10 + random.unit() * 1e5, 1e-6 + random.unit() * 1e-3)
      let r = PressureResponse.dimensionless(4 * diffusivity * time / (depth * depth))
      let rise = PressureResponse.infiniteDepth(depth: depth, time: time, diffusivity: diffusivity)
      #expect(abs(rise - depth * r) < 1e-12 * max(1, rise))
    }
    // At the surface it grows with the root of time.
    #expect(
      abs(PressureResponse.infiniteDepth(depth: 0, time: 400, diffusivity: 1e-4) - 2 * (0.04 / Double.pi).squareRoot())
        < 1e-15)
  }

  /// Both series, where both converge; the figures that a program with float(-1**n) for (−1)ⁿ misses.
  @Test func figuresOfTheFiniteSeries() {
    let first = PressureResponse.finiteDepth(depth: 1, base: 2, time: 8e4, diffusivity: 1e-5)
    #expect(abs(first - 0.31670439) < 5e-9)
    #expect(abs(first - 0.31662894) > 7e-5)
    #expect(abs(PressureResponse.late(depth: 1, base: 2, time: 8e4, diffusivity: 1e-5) - first) < 1e-14)
    for series in [PressureResponse.early, PressureResponse.late, PressureResponse.finiteDepth] {
      #expect(abs(series(1, 2, 5e5, 1e-5) - 2.41666667) < 5e-9)
    }
  }

  @Test func theSeriesAgree() {
    var random = SeededGenerator(seed: 542)
    for _ in 0..<4000 {
      let base = 0.2 + random.unit() * 4
      let depth = random.unit() * base
      let scaled = 0.02 + random.unit() * 6
      let early = PressureResponse.early(depth: depth, base: base, time: scaled * base * base, diffusivity: 1)
      let late = PressureResponse.late(depth: depth, base: base, time: scaled * base * base, diffusivity: 1)
      #expect(abs(early - late) < 2e-14 * base * max(1, scaled))
    }
  }

  /// Independent: the diffusion equation in small steps, with the flux given above and none below.
  @Test func followsTheDiffusionEquation() {
    let n = 200
    let (base, diffusivity) = (2.0, 1e-4)
    let cell = base / Double(n)
    let step = 0.4 * cell * cell / diffusivity
    var head = [Double](repeating: 0, count: n)
    var time = 0.0
    var checks = 0
    while time < 4e4 {
      // The flux Ks raises the head by D₁/Ks times Ks a unit of time.
      var next = head
      for i in 0..<n {
        let above = i == 0 ? cell : head[i - 1] - head[i]
        let below = i == n - 1 ? 0 : head[i + 1] - head[i]
        next[i] = head[i] + 0.4 * (above + below)
      }
      head = next
      time += step
      if Int(time / step) % 5000 == 0 {
        for i in [0, 50, 120, 199] {
          let exact = PressureResponse.finiteDepth(
            depth: (Double(i) + 0.5) * cell, base: base, time: time, diffusivity: diffusivity)
          #expect(abs(head[i] - exact) < 2e-4 * max(0.1, exact))
          checks += 1
        }
      }
    }
    #expect(checks > 30)
  }

  @Test func deepBaseIsInfiniteDepthAndResponsesRise() {
    var random = SeededGenerator(seed: 543)
    for _ in 0..<1000 {
      let (depth, time) = (random.unit() * 2, 1 + random.unit() * 1000)
      let infinite = PressureResponse.infiniteDepth(depth: depth, time: time, diffusivity: 1e-3)
      let finite = PressureResponse.finiteDepth(depth: depth, base: 40, time: time, diffusivity: 1e-3)
      #expect(abs(infinite - finite) < 1e-14)
      let shallow = PressureResponse.finiteDepth(depth: depth, base: 2, time: time, diffusivity: 1e-3)
      #expect(shallow >= infinite)
      #expect(PressureResponse.finiteDepth(depth: depth, base: 2, time: time * 1.1, diffusivity: 1e-3) >= shallow)
      // All water stays: the mean over the depth is D₁ t / d.
      let mean =
        (0..<200).map {
          PressureResponse.finiteDepth(depth: (Double($0) + 0.5) * 0.01, base: 2, time: time, diffusivity: 1e-3)
        }.reduce(0, +) / 200
      #expect(abs(mean - 1e-3 * time / 2) < 2e-3 * mean + 1e-6)
    }
  }
}

@Suite struct UnsaturatedColumnTests {
  /// Figure 3 of the paper: α 0.1, L 100, θs 0.40, θr 0.06, flux 0.1 then 0.9; heads by depth 0, 20, 50, 80, 90.
  @Test func publishedColumn() {
    let column = UnsaturatedColumn(length: 10)
    let table: [(time: Double, heads: [Double])] = [
      (0, [-23.0218, -22.9957, -22.4371, -15.0597, -8.4143]),
      (10, [-1.9129, -4.9727, -14.190, -14.580, -8.3354]),
      (20, [-1.2858, -2.1298, -5.4292, -8.7048, -6.0465]),
      (40, [-1.0805, -1.1831, -1.6601, -2.2361, -1.7302]),
    ]
    for (time, heads) in table {
      for (depth, head) in zip([0.0, 20, 50, 80, 90], heads) {
        let height = (100 - depth) * 0.1
        let k =
          column.steadyConductivity(height: height, flux: 0.1)
          + 0.8 * column.conductivityResponse(height: height, time: time * 0.1 / 0.34)
        #expect(abs(log(k) / 0.1 - head) < 6e-5 * abs(head))
      }
    }
  }

  @Test func rootsLieWhereTheyMust() {
    for length in [0.01, 0.5, 1, 2, 10, 49] {
      for n in 1...60 {
        let root = UnsaturatedColumn.root(n, length)
        #expect(root > (Double(n) - 0.5) * .pi / length && root < Double(n) * .pi / length)
        // tan(λL) = −2λ without the poles.
        let angle = root * length
        #expect(abs(sin(angle) + 2 * root * cos(angle)) < 1e-12 * (1 + 2 * root))
      }
    }
  }

  /// Independent: ∂K/∂t = ∂²K/∂z² + ∂K/∂z in small steps, K held below, the flux given above.
  @Test(arguments: [0.5, 3, 12])
  func followsTheLinearEquation(length: Double) {
    let column = UnsaturatedColumn(length: length)
    let n = 300
    let cell = length / Double(n)
    let step = 0.2 * cell * cell
    var k = [Double](repeating: 0, count: n + 1)
    var time = 0.0
    var next = time
    var passed = 0.0
    for index in 0..<200_000 {
      // Fluxes through the faces, downwards, unit flux at the top; node n is the surface.
      var fluxes = [Double](repeating: 0, count: n)
      for i in 0..<n { fluxes[i] = (k[i + 1] - k[i]) / cell + (k[i + 1] + k[i]) / 2 }
      passed += fluxes[0] * step
      for i in 1..<n { k[i] += (fluxes[i] - fluxes[i - 1]) * step / cell }
      k[n] += (1 - fluxes[n - 1]) * step / (cell / 2)
      time += step
      if time > next {
        next += length / 8 + 0.02
        for i in [n / 5, n / 2, 4 * n / 5, n] {
          let exact = column.conductivityResponse(height: Double(i) * cell, time: time)
          #expect(abs(k[i] - exact) < 5e-3)
        }
        #expect(abs(fluxes[0] - column.baseFluxResponse(time: time)) < 5e-3)
      }
      if time > 2 * length + 2 || index == 199_999 { break }
    }
    #expect(time > min(2 * length + 2, 200_000 * step * 0.99) && passed > 0)
  }

  @Test func fluxesAtEvenTimesAreTheResponse() {
    var random = SeededGenerator(seed: 545)
    for length in [0.3, 2, 9, 30] {
      let column = UnsaturatedColumn(length: length)
      for _ in 0..<20 {
        let (start, step, rise) = (length * (random.unit() - 1), length * random.unit() * 0.1, random.unit() - 0.5)
        var fluxes = [Double](repeating: 0.25, count: 65)
        column.addBaseFlux(rise, from: start, step: step, to: &fluxes)
        for (index, flux) in fluxes.enumerated() {
          let exact = 0.25 + rise * column.baseFluxResponse(time: start + Double(index) * step)
          #expect(abs(flux - exact) < 1e-9)
        }
      }
    }
  }

  @Test func responsesRiseFromZeroToTheSteadyState() {
    for length in [0.2, 1, 5, 20, 50] {
      let column = UnsaturatedColumn(length: length)
      for share in [0.1, 0.4, 0.7, 1] {
        var last = 0.0
        for step in 0..<400 {
          let time = pow(10, -4 + Double(step) * 0.02)
          let value = column.conductivityResponse(height: share * length, time: time)
          #expect(value >= last - 2e-6 && value <= 1 - exp(-share * length) + 2e-6)
          last = value
        }
        #expect(abs(last - (1 - exp(-share * length))) < 1e-9)
      }
      #expect(abs(column.baseFluxResponse(time: 1e4) - 1) < 1e-9 && column.baseFluxResponse(time: 1e-3) < 1e-3)
      #expect(column.conductivityResponse(height: length, time: 0) == 0)
    }
  }
}
