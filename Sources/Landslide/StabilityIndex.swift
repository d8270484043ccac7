import Foundation

/// Ranges of what the stability index does not know, each evenly likely and independent of the others.
public struct StabilityIndexRanges: Sendable, Hashable {
  /// Cohesion of roots and soil over the weight of the soil, (Cr + Cs) / (h ρs g) with h normal to the slope, 0 or more.
  public let cohesion: ClosedRange<Double>
  /// Tangent of the friction angle, 0 or more; it is the tangent that is evenly likely, not the angle.
  public let frictionTangent: ClosedRange<Double>
  /// Recharge over transmissivity, 1/m, 0 or more.
  public let rechargeRatio: ClosedRange<Double>
  /// Density of water over that of the wet soil, from 0 to below 1.
  public let densityRatio: Double

  /// Takes the four ranges.
  public init(
    cohesion: ClosedRange<Double>, frictionTangent: ClosedRange<Double>, rechargeRatio: ClosedRange<Double>,
    densityRatio: Double = 0.5
  ) {
    precondition(cohesion.lowerBound >= 0 && frictionTangent.lowerBound >= 0 && rechargeRatio.lowerBound >= 0)
    precondition(densityRatio >= 0 && densityRatio < 1, "water is lighter than wet soil")
    self.cohesion = cohesion
    self.frictionTangent = frictionTangent
    self.rechargeRatio = rechargeRatio
    self.densityRatio = densityRatio
  }
}

/// Stability index SI: the factor of safety where it is at least 1 in the worst case, else the probability that it is
/// above 1, and 0 where it is below 1 in the best.
///
/// FS = [C + cosθ (1 − r w) tanφ] / sinθ with w = min(1, x a / sinθ), C the dimensionless cohesion, r the ratio of
/// densities, x recharge over transmissivity and a the specific catchment area; C, tanφ and x are evenly distributed over
/// ranges. (Pack, Tarboton & Goodwin 1998, The SINMAP approach to terrain stability mapping.) The probability is
/// integrated in closed form over all three.
public enum StabilityIndex {
  /// Largest index given out; flat ground has it.
  @inlinable public static var cap: Double { 10 }

  /// Stability index of one place, from 0 to the cap; NaN where an argument is.
  /// - Parameters:
  ///   - ranges: What is not known.
  ///   - slopeTangent: Tangent of the slope angle, ≥ 0.
  ///   - specificCatchmentArea: a ≥ 0, m.
  public static func index(
    _ ranges: StabilityIndexRanges, slopeTangent: Double, specificCatchmentArea: Double
  ) -> Double {
    if slopeTangent.isNaN || specificCatchmentArea.isNaN { return .nan }
    if slopeTangent <= 0 { return cap }
    let place = Place(ranges, slopeTangent: slopeTangent, area: specificCatchmentArea)
    let worst = place.factorOfSafety(
      ranges.cohesion.lowerBound, ranges.frictionTangent.lowerBound, ranges.rechargeRatio.upperBound)
    if worst >= 1 { return min(cap, worst) }
    let best = place.factorOfSafety(
      ranges.cohesion.upperBound, ranges.frictionTangent.upperBound, ranges.rechargeRatio.lowerBound)
    return best < 1 ? 0 : place.probability()
  }

  /// How wet a place is: the wetness at the upper end of the recharge where it is below 1, 2 where the soil is full at
  /// the upper end only, 3 where it is full at both; NaN where an argument is.
  ///
  /// The numbers 2 and 3 are those of SINMAP.
  /// - Parameters:
  ///   - ranges: What is not known.
  ///   - slopeTangent: Tangent of the slope angle, ≥ 0.
  ///   - specificCatchmentArea: a ≥ 0, m.
  public static func saturation(
    _ ranges: StabilityIndexRanges, slopeTangent: Double, specificCatchmentArea: Double
  ) -> Double {
    if slopeTangent.isNaN || specificCatchmentArea.isNaN { return .nan }
    let sine = slopeTangent / (1 + slopeTangent * slopeTangent).squareRoot()
    let most = ranges.rechargeRatio.upperBound * specificCatchmentArea
    let least = ranges.rechargeRatio.lowerBound * specificCatchmentArea
    if most < sine { return most / sine }
    if most == 0 { return 0 }
    return least >= sine && least > 0 ? 3 : 2
  }

  /// Integrals at one place.
  ///
  /// Differences of nearly equal ends lose digits: ranges narrower than `narrow`, relative to
  /// what they are compared with, count as their middle.
  private struct Place {
    private static let narrow = 1e-6

    private let ranges: StabilityIndexRanges
    private let sine: Double
    private let cosine: Double
    private let area: Double
    private let c1: Double
    private let c2: Double
    private let t1: Double
    private let t2: Double

    init(_ ranges: StabilityIndexRanges, slopeTangent: Double, area: Double) {
      self.ranges = ranges
      self.area = area
      cosine = 1 / (1 + slopeTangent * slopeTangent).squareRoot()
      sine = slopeTangent * cosine
      func ends(_ range: ClosedRange<Double>, scale: Double) -> (Double, Double) {
        if range.upperBound - range.lowerBound > Self.narrow * max(scale, range.upperBound) {
          return (range.lowerBound, range.upperBound)
        }
        let middle = (range.lowerBound + range.upperBound) / 2
        return (middle, middle)
      }
      (c1, c2) = ends(ranges.cohesion, scale: sine)
      (t1, t2) = ends(ranges.frictionTangent, scale: 0)
    }

    func factorOfSafety(_ cohesion: Double, _ frictionTangent: Double, _ ratio: Double) -> Double {
      let wetness = min(1, ratio * area / sine)
      return (cohesion + cosine * (1 - ranges.densityRatio * wetness) * frictionTangent) / sine
    }

    /// P(FS > 1).
    func probability() -> Double {
      let x1 = ranges.rechargeRatio.lowerBound
      let x2 = ranges.rechargeRatio.upperBound
      let r = ranges.densityRatio
      // k = 1 − r w, the share of the weight that rests on the grains; it falls with x until the soil is full.
      let wettest = 1 - r * min(1, x2 * area / sine)
      let driest = 1 - r * min(1, x1 * area / sine)
      let value: Double
      if driest - wettest < Self.narrow {
        value = probability(grainShare: (driest + wettest) / 2)
      } else {
        let full = area > 0 ? min(max(sine / area, x1), x2) : x2
        let partly = (full - x1) / (x2 - x1)
        value = partly * meanProbability(from: wettest, to: driest) + (1 - partly) * probability(grainShare: 1 - r)
      }
      return min(max(value, 0), 1)
    }

    /// P(FS > 1) = P(C + k cosθ t > sinθ) for a fixed k.
    private func probability(grainShare k: Double) -> Double {
      let friction = k * cosine
      if c1 == c2 || t1 == t2 || friction == 0 {
        return share(of: k)
      }
      func half(_ u: Double) -> Double { u > 0 ? u * u / 2 : 0 }
      let sum =
        half(c2 + friction * t2 - sine) - half(c1 + friction * t2 - sine) - half(c2 + friction * t1 - sine)
        + half(c1 + friction * t1 - sine)
      return sum / ((c2 - c1) * friction * (t2 - t1))
    }

    /// P(FS > 1) where at most one of cohesion and friction is uncertain.
    private func share(of k: Double) -> Double {
      let friction = k * cosine
      if c1 != c2 { return min(max((c2 - sine + friction * t1) / (c2 - c1), 0), 1) }
      let needed = sine - c1
      if t1 != t2, friction > 0 { return min(max((t2 - needed / friction) / (t2 - t1), 0), 1) }
      return friction * t1 > needed ? 1 : 0
    }

    /// Mean of P(FS > 1) over k.
    private func meanProbability(from low: Double, to high: Double) -> Double {
      let width = high - low
      if c1 != c2 && t1 != t2 {
        let sum =
          integral(c2, t2, low, high) - integral(c1, t2, low, high) - integral(c2, t1, low, high)
          + integral(c1, t1, low, high)
        return sum / ((c2 - c1) * cosine * (t2 - t1) * width)
      }
      if c1 != c2 {
        // Linear in k between the k at which the share leaves 0 and the k at which it reaches 1.
        let from = t1 > 0 ? (sine - c2) / (cosine * t1) : (c2 > sine ? -Double.infinity : .infinity)
        let to = t1 > 0 ? (sine - c1) / (cosine * t1) : (c1 > sine ? -Double.infinity : .infinity)
        let a = min(max(from, low), high)
        let b = min(max(to, low), high)
        if t1 == 0 { return share(of: low) }
        return ((b - a) * (share(of: a) + share(of: b)) / 2 + (high - b)) / width
      }
      let needed = sine - c1
      if needed < 0 { return 1 }
      let from = min(max(t2 > 0 ? needed / (cosine * t2) : .infinity, low), high)
      let to = min(max(t1 > 0 ? needed / (cosine * t1) : .infinity, low), high)
      if t1 == t2 { return (high - from) / width }
      // ∫ (t2 − A/(cosθ k)) dk / (t2 − t1) from where the share leaves 0 to where it reaches 1.
      let rising = to > from ? (t2 * (to - from) - needed / cosine * log(to / from)) / (t2 - t1) : 0
      return (rising + high - to) / width
    }

    /// ∫ ½ max(0, C − sinθ + cosθ t k)² / k dk.
    private func integral(_ cohesion: Double, _ t: Double, _ low: Double, _ high: Double) -> Double {
      let a = cohesion - sine
      let b = cosine * t
      if b == 0 { return a > 0 ? a * a / 2 * log(high / low) : 0 }
      let from = max(low, -a / b)
      if from >= high { return 0 }
      return (a * a * log(high / from) + 2 * a * b * (high - from) + b * b * (high - from) * (high + from) / 2) / 2
    }
  }
}
