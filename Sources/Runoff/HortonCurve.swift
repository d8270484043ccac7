/// Where ground stands on Horton's curve, in units of (f₀ − f_c)/k for depths and of 1/k for times.
///
/// F = c t + 1 − e^(−t), with c = f_c/(f₀ − f_c) > 0. Halley's method finds the time when F has infiltrated.
///
/// Only + − × ÷ and comparisons: loops of it become vector instructions, and every processor gives the same bits.
struct HortonCurve {
  /// F, ≥ 0.
  let depth: Double
  /// c.
  let slope: Double
  /// t.
  var time: Double
  /// e^(−t) − 1.
  var decayed: Double

  /// Begins where the curve's first tangent or its asymptote has the depth.
  ///
  /// The curve lies below both: the time comes too early, by so little that the residual is at most e^(−t), and the
  /// divisor of a step at least half the rate.
  @inline(__always)
  init(depth: Double, slope: Double) {
    let (tangent, asymptote) = (depth / (1 + slope), (depth - 1) / slope)
    self.init(depth: depth, slope: slope, time: tangent < asymptote ? asymptote : tangent)
  }

  @inline(__always)
  init(depth: Double, slope: Double, time: Double) {
    self.init(depth: depth, slope: slope, time: time, decayed: exponentialMinusOne(-time))
  }

  @inline(__always)
  init(depth: Double, slope: Double, time: Double, decayed: Double) {
    (self.depth, self.slope, self.time, self.decayed) = (depth, slope, time, decayed)
  }

  /// The next change of the time.
  @inline(__always)
  var change: Double {
    let rate = slope + 1 + decayed
    let residual = depth - (slope * time - decayed)
    return residual / (rate - residual * (1 + decayed) / (2 * rate))
  }

  /// Changes the time.
  /// - Returns: Whether another step is wanted: its change would be a twelfth of the cube of this one at most.
  @inline(__always)
  mutating func add(_ change: Double) -> Bool {
    time += change
    decayed = exponentialMinusOne(-time)
    return abs(change) > 1e-6 * time
  }

  /// Most steps that are taken; two or three do it, near the corner of ground that hardly leaks eight.
  static var mostSteps: Int { 50 }
}

extension Infiltration {
  /// The depth that infiltrates by Horton in some hours of ponding.
  /// - Parameters:
  ///   - infiltrated: F at the beginning.
  ///   - hours: Length of time, ≥ 0.
  ///   - initialRate: f₀.
  ///   - finalRate: f_c ≥ 0.
  ///   - decay: k, 1/h.
  public static func hortonCapacity(
    infiltrated: Double, hours: Double, initialRate: Double, finalRate: Double, decay: Double
  ) -> Double {
    if initialRate <= finalRate || decay <= 0 { return max(initialRate, finalRate) * hours }
    let excess = (initialRate - finalRate) / decay
    let depth = infiltrated / excess
    // At 1 the ground without a final rate is full.
    var decayed = -min(depth, 1)
    if finalRate != 0 {
      var curve = HortonCurve(depth: depth, slope: finalRate / (initialRate - finalRate))
      for _ in 0..<HortonCurve.mostSteps where !curve.add(curve.change) { break }
      decayed = curve.decayed
    }
    return finalRate * hours - excess * (1 + decayed) * exponentialMinusOne(-decay * hours)
  }

  /// ``hortonCapacity(infiltrated:hours:initialRate:finalRate:decay:)`` of many cells together, with the same bits.
  /// - Parameters:
  ///   - infiltrated: F at the beginning in each cell.
  ///   - capacities: What infiltrates; NaN where a rate is.
  public static func hortonCapacities(
    infiltrated: UnsafePointer<Double>, hours: Double, initialRate: UnsafePointer<Float>,
    finalRate: UnsafePointer<Float>, decay: UnsafePointer<Float>, count: Int,
    into capacities: UnsafeMutablePointer<Double>
  ) {
    // Constant distances between the rows of numbers tell the compiler that they do not overlap.
    let length = 32
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 5 * length) { rows in
      guard let depths = rows.baseAddress else { return }
      let (slopes, times, decayed, isWanted) = (
        depths + length, depths + 2 * length, depths + 3 * length, depths + 4 * length
      )
      for first in stride(from: 0, to: count, by: length) {
        let count = min(length, count - first)
        let (initialRate, finalRate, decay) = (initialRate + first, finalRate + first, decay + first)
        for cell in 0..<count {
          let (initial, final) = (Double(initialRate[cell]), Double(finalRate[cell]))
          let excess = (initial - final) / Double(decay[cell])
          depths[cell] = infiltrated[first + cell] / excess
          slopes[cell] = final / (initial - final)
        }
        for cell in 0..<count {
          // Without a final rate, or with nothing else, there is nothing to look for.
          let (initial, final, rate) = (initialRate[cell], finalRate[cell], decay[cell])
          let isCurve = final != 0 && initial > final && rate > 0
          let curve = HortonCurve(depth: depths[cell], slope: slopes[cell])
          times[cell] = isCurve ? curve.time : 0
          decayed[cell] = curve.decayed
          isWanted[cell] = isCurve ? 1 : 0
        }
        for _ in 0..<HortonCurve.mostSteps {
          // Whole numbers, unlike floats, the compiler may gather in any order.
          var wanted: UInt64 = 0
          for cell in 0..<count {
            var curve = HortonCurve(
              depth: depths[cell], slope: slopes[cell], time: times[cell], decayed: decayed[cell])
            let isMore = curve.add(isWanted[cell] > 0 ? curve.change : 0)
            (times[cell], decayed[cell]) = (curve.time, curve.decayed)
            isWanted[cell] = isMore ? 1 : 0
            wanted |= isWanted[cell].bitPattern
          }
          if wanted == 0 { break }
        }
        for cell in 0..<count {
          let (initial, final, rate) = (Double(initialRate[cell]), Double(finalRate[cell]), Double(decay[cell]))
          let full = 1 < depths[cell] ? -1 : -depths[cell]
          let onCurve = final == 0 ? full : decayed[cell]
          times[cell] = final * hours - (initial - final) / rate * (1 + onCurve) * exponentialMinusOne(-rate * hours)
        }
        for cell in 0..<count {
          let (initial, final, rate) = (Double(initialRate[cell]), Double(finalRate[cell]), Double(decay[cell]))
          let even = (initial < final ? final : initial) * hours
          capacities[first + cell] = initial <= final || rate <= 0 ? even : times[cell]
        }
      }
    }
  }
}
