import Foundation

/// How a soil holds water above the water table: K = Ks exp(α ψ) and θ = θr + (θs − θr) exp(α ψ) (Gardner 1958).
public struct WaterRetention: Sendable, Hashable {
  /// Inverse height of the capillary fringe α, 1/m, above 0.
  public let alpha: Double
  /// Saturated water content θs, 0…1.
  public let saturatedContent: Double
  /// Residual water content θr, below θs.
  public let residualContent: Double

  /// Takes the three figures.
  public init(alpha: Double, saturatedContent: Double, residualContent: Double) {
    self.alpha = alpha
    self.saturatedContent = saturatedContent
    self.residualContent = residualContent
  }
}

/// Infiltration into the unsaturated soil over a water table, in closed form.
///
/// Everything is dimensionless: lengths in 1/α, times in (θs − θr)/(α Ks), fluxes in Ks. The water table is held at the base,
/// K(0) = 1. Richards' equation is linear in K then, so that steps of rain add up.
/// Srivastava & Yeh (1991), Water Resources Research 27, 753–762, equations 9 to 14.
public struct UnsaturatedColumn: Sendable {
  /// Greatest length: beyond it the sum of the series cancels to few digits.
  public static let longest = 50.0

  /// Height of the surface over the water table.
  public let length: Double
  private let roots: [Double]
  /// sin(λL) / (1 + L/2 + 2 λ² L) of each root.
  private let weights: [Double]

  /// A column of some length, above 0 and at most ``longest``.
  public init(length: Double) {
    precondition(length > 0 && length <= Self.longest, "a column from 0 to \(Self.longest) long")
    self.length = length
    // The series is used from the time on at which the surface is felt at the base; then few terms remain.
    var roots: [Double] = []
    let earliest = Self.timeOfArrival(length)
    repeat {
      roots.append(Self.root(roots.count + 1, length))
    } while roots[roots.count - 1] * roots[roots.count - 1] * earliest < 45
    self.roots = roots
    weights = roots.map { sin($0 * length) / (1 + length / 2 + 2 * $0 * $0 * length) }
  }

  /// The root number n of tan(λL) + 2λ = 0, which lies between (n − ½)π/L and nπ/L.
  static func root(_ n: Int, _ length: Double) -> Double {
    // With y = nπ − λL in 0…π/2: tan y = 2λ, which rises on the left and falls on the right.
    let top = Double(n) * .pi
    var y = Double.pi / 4
    for _ in 0..<60 {
      // Newton for f = y − atan(2 (nπ − y)/L), whose derivative is above 1.
      let ratio = 2 * (top - y) / length
      let step = (y - atan(ratio)) / (1 + 2 / length / (1 + ratio * ratio))
      y -= step
      if abs(step) < 1e-15 * top { break }
    }
    return (top - y) / length
  }

  /// Time before which the base feels less than 1e-14 of what happens at the surface.
  private static func timeOfArrival(_ length: Double) -> Double {
    // L − t = 11 √t.
    let root = (-11 + (121 + 4 * length).squareRoot()) / 2
    return root * root
  }

  /// Steady conductivity at a height over the water table for a flux.
  public func steadyConductivity(height: Double, flux: Double) -> Double { flux - (flux - 1) * exp(-height) }

  /// Rise of the conductivity at a height per unit of a rise of the flux into the surface since time 0, from 0 to
  /// 1 − exp(−height).
  public func conductivityResponse(height: Double, time: Double) -> Double {
    if time <= 0 || height <= 0 { return 0 }
    if time < Self.timeOfArrival(length) { return semiInfinite(below: length - height, time: time) }
    var sum = 0.0
    for (root, weight) in zip(roots, weights) { sum += sin(root * height) * weight * exp(-root * root * time) }
    return 1 - exp(-height) - 4 * exp((length - height) / 2 - time / 4) * sum
  }

  /// Rise of the flux through the water table per unit of a rise of the flux into the surface since time 0, 0…1.
  public func baseFluxResponse(time: Double) -> Double {
    if time <= 0 || time < Self.timeOfArrival(length) { return 0 }
    var sum = 0.0
    for (root, weight) in zip(roots, weights) { sum += root * weight * exp(-root * root * time) }
    return 1 - 4 * exp(length / 2 - time / 4) * sum
  }

  /// Adds a rise of the flux into the surface at time 0 to the fluxes through the water table at even times.
  /// - Parameters:
  ///   - rise: The rise.
  ///   - start: Time of the first flux.
  ///   - step: Time between fluxes, above 0.
  ///   - fluxes: What is added to.
  func addBaseFlux(_ rise: Double, from start: Double, step: Double, to fluxes: inout [Double]) {
    let arrival = max(Self.timeOfArrival(length), Double.leastNormalMagnitude)
    let first = max(0, Int(((arrival - start) / step).rounded(.up)))
    guard first < fluxes.count else { return }
    let time = start + Double(first) * step
    for index in first..<fluxes.count { fluxes[index] += rise }
    for (root, weight) in zip(roots, weights) {
      // Even times: each decay is the one before times a constant.
      var term = 4 * rise * root * weight * exp(length / 2 - (root * root + 0.25) * time)
      let decay = exp(-(root * root + 0.25) * step)
      for index in first..<fluxes.count {
        fluxes[index] -= term
        term *= decay
      }
    }
  }

  /// The response at a depth below the surface while the base is not felt.
  ///
  /// Lindstrom et al. (1967), Soil Science Society of America Proceedings 31, 623–629.
  private func semiInfinite(below x: Double, time t: Double) -> Double {
    let spread = 2 * t.squareRoot()
    let front = (x - t) / spread
    return 0.5 * erfc(front) + (t / .pi).squareRoot() * exp(-front * front)
      - 0.5 * (1 + x + t) * exp(x) * erfc((x + t) / spread)
  }
}
