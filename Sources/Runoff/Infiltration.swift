import Foundation

/// Infiltration of rain into one place, from one moment to a later one.
///
/// All depths are in mm, times in hours, rates in mm/h. Rain of a step falls evenly. Water that does not infiltrate runs
/// off at once; the state of the ground is the depth infiltrated so far (time compression), which holds between bursts
/// too: the ground does not recover in dry hours, which is on the safe side.
public enum Infiltration {
  /// Infiltration by Green and Ampt.
  ///
  /// The capacity is K (1 + ψΔθ/F). Ponding begins exactly where it falls to the intensity, F = K ψΔθ/(i − K), and under
  /// ponding F − ψΔθ ln(1 + F/ψΔθ) rises by K t (W. H. Green and G. A. Ampt 1911; R. G. Mein and C. L. Larson 1973;
  /// Chow, Maidment and Mays 1988, Applied Hydrology, sections 4.3 and 4.4).
  /// - Parameters:
  ///   - infiltrated: F at the beginning.
  ///   - rain: Depth of the step.
  ///   - hours: Length of the step, > 0.
  ///   - conductivity: K ≥ 0.
  ///   - suction: ψΔθ ≥ 0: suction head at the wetting front in mm times the deficit of water content.
  /// - Returns: Depth that infiltrates, from 0 to `rain`.
  public static func greenAmpt(
    infiltrated: Double, rain: Double, hours: Double, conductivity: Double, suction: Double
  ) -> Double {
    let intensity = rain / hours
    if intensity <= conductivity { return rain }
    if suction <= 0 { return min(rain, conductivity * hours) }
    if conductivity <= 0 { return 0 }
    let atPonding = conductivity * suction / (intensity - conductivity)
    let untilPonding = max(0, (atPonding - infiltrated) / intensity)
    if untilPonding >= hours { return rain }
    let start = max(infiltrated, atPonding)
    let end = greenAmptDepth(from: start, hours: hours - untilPonding, conductivity: conductivity, suction: suction)
    return min(rain, end - infiltrated)
  }

  /// Time in hours until ponding under steady rain on ground that has taken nothing yet; infinite where there is none.
  public static func greenAmptPondingTime(intensity: Double, conductivity: Double, suction: Double) -> Double {
    intensity > conductivity ? conductivity * suction / (intensity * (intensity - conductivity)) : .infinity
  }

  /// The depth infiltrated after some hours of ponding: the root of the implicit equation, by Newton's method.
  ///
  /// The residual of the equation is below 1e-12 of the depth.
  public static func greenAmptDepth(
    from start: Double, hours: Double, conductivity: Double, suction: Double
  ) -> Double {
    let goal = conductivity * hours
    if goal <= 0 { return start }
    // SynxFlow's closed form comes from a two-term series; as a first guess it never lies far.
    let guess = start + goal
    var depth = 0.5 * (guess + (guess * guess + 4 * goal * (suction + start)).squareRoot())
    for _ in 0..<30 {
      // ln((S + F)/(S + F₀)) by log1p: F and F₀ may lie close together.
      let residual = (depth - start) - suction * log1p((depth - start) / (suction + start)) - goal
      let change = residual * (suction + depth) / max(depth, .leastNormalMagnitude)
      depth = max(depth - change, start)
      if abs(change) <= 1e-13 * depth { break }
    }
    return depth
  }

  /// Infiltration by Horton.
  ///
  /// Under ponding the capacity falls as f = f_c + (f₀ − f_c) e^(−kt), and its integral is
  /// F = f_c t + (f₀ − f_c)/k · (1 − e^(−kt)) (R. E. Horton 1940). While rain is weaker than the capacity, t stands still
  /// at the time on the curve when F has infiltrated, so that weak rain does not use up the capacity.
  /// - Parameters:
  ///   - infiltrated: F at the beginning.
  ///   - rain: Depth of the step.
  ///   - hours: Length of the step, > 0.
  ///   - initialRate: f₀ ≥ f_c.
  ///   - finalRate: f_c ≥ 0.
  ///   - decay: k > 0, 1/h.
  /// - Returns: Depth that infiltrates, from 0 to `rain`.
  public static func horton(
    infiltrated: Double, rain: Double, hours: Double, initialRate: Double, finalRate: Double, decay: Double
  ) -> Double {
    let intensity = rain / hours
    if intensity <= finalRate { return rain }
    if initialRate <= finalRate || decay <= 0 { return min(rain, max(initialRate, finalRate) * hours) }
    func depth(_ t: Double) -> Double { finalRate * t - (initialRate - finalRate) / decay * expm1(-decay * t) }
    // On the curve, the moment from which the capacity is below the intensity; 0 where it is from the beginning.
    let ponding = intensity >= initialRate ? 0 : log((initialRate - finalRate) / (intensity - finalRate)) / decay
    let needed = depth(ponding) - infiltrated
    if needed > 0 {
      let wait = needed / intensity
      if wait >= hours { return rain }
      return min(rain, depth(ponding + hours - wait) - infiltrated)
    }
    let capacity = hortonCapacity(
      infiltrated: infiltrated, hours: hours, initialRate: initialRate, finalRate: finalRate, decay: decay)
    return min(rain, capacity)
  }

  /// Loss of a first depth, then of a constant rate.
  ///
  /// The rate begins at the moment in the step when the first depth is used up.
  /// - Parameters:
  ///   - fallen: Rain before the step.
  ///   - rain: Depth of the step.
  ///   - hours: Length of the step, > 0.
  ///   - initial: First depth, lost in whole.
  ///   - rate: Loss thereafter, mm/h.
  /// - Returns: Depth that is lost, from 0 to `rain`.
  public static func initialConstant(
    fallen: Double, rain: Double, hours: Double, initial: Double, rate: Double
  ) -> Double {
    if rain <= 0 { return 0 }
    let first = min(rain, max(0, initial - fallen))
    let rest = hours * (rain - first) / rain
    return min(rain, first + rate * rest)
  }
}
