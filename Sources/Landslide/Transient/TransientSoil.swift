public import Grids

/// Strength of a soil with how it lets water through, with where the figures come from.
public struct TransientSoil: Sendable, Hashable {
  /// Strength, weight, depth to the base and saturated conductivity.
  public let strength: SoilStrength
  /// Hydraulic diffusivity D₀ at saturation, m²/s.
  public let diffusivity: Double
  /// Water retention above the water table; nil where the soil counts as saturated throughout.
  public let retention: WaterRetention?

  /// Takes the figures of one soil.
  public init(_ strength: SoilStrength, diffusivity: Double, retention: WaterRetention? = nil) {
    self.strength = strength
    self.diffusivity = diffusivity
    self.retention = retention
  }

  /// Saturated conductivity Ks, m/s.
  public var conductivity: Double { strength.conductivity / 86_400 }

  fileprivate func problem(code: Int32) -> InvalidSoil? {
    func invalid(_ name: String, _ value: Double, _ isPossible: Bool, _ range: String) -> InvalidSoil? {
      isPossible && value.isFinite ? nil : InvalidSoil(code: code, quantity: name, value: value, range: range)
    }
    if let problem = strength.problems.first {
      return InvalidSoil(code: code, quantity: problem.name, value: problem.value, range: problem.range)
    }
    if let problem = invalid("diffusivity in m²/s", diffusivity, diffusivity > 0, "above 0") { return problem }
    guard let retention else { return nil }
    let (full, residual) = (retention.saturatedContent, retention.residualContent)
    return invalid("alpha in 1/m", retention.alpha, retention.alpha > 0, "above 0")
      ?? invalid("saturated water content", full, full > 0 && full < 1, "between 0 and 1")
      ?? invalid("residual water content", residual, residual >= 0 && residual < full, "from 0 to below the saturated")
  }
}

/// Soils by class code, checked; nil stands for ground that is not susceptible.
public struct TransientSoilTable: Sendable {
  /// Rows by code.
  public let classes: ClassLookup<TransientSoil?>

  /// Makes a table from its rows.
  /// - Throws: ``InvalidSoil`` for figures that cannot be.
  public init(_ rows: [Int32: TransientSoil?]) throws(InvalidSoil) {
    for (code, soil) in rows.sorted(by: { $0.key < $1.key }) {
      if let problem = soil?.problem(code: code) { throw problem }
    }
    classes = ClassLookup(rows)
  }
}

/// Which way ground water moves before the rain: it sets the factor β that turns depth below the water table into head.
public enum GroundWaterFlow: String, Sendable, Hashable, CaseIterable {
  /// β = cos²δ − I/Ks, with I the steady flux into the ground.
  case steadyInfiltration = "steady_infiltration"
  /// β = cos²δ, flow along the slope.
  case slopeParallel = "slope_parallel"
  /// β = 1, water at rest.
  case hydrostatic
}

/// What lies below the soil.
public enum SoilBase: String, Sendable, Hashable, CaseIterable {
  /// Nothing flows out at the depth of the soil.
  case impermeable
  /// The soil goes on (Iverson 2000).
  case infinitelyDeep = "infinitely_deep"
}

/// Choices of the transient model.
public struct TransientOptions: Sendable, Hashable {
  /// Which way ground water moves before the rain.
  public var flow = GroundWaterFlow.steadyInfiltration
  /// What lies below the soil.
  public var base = SoilBase.impermeable
  /// Whether negative heads hold the slope; on the safe side they do not.
  public var countsSuction = false
  /// Number of equal layers between the surface and the base; the factor of safety is found at their bounds.
  public var layers = 10
  /// Unit weight of water, kN/m³; TRIGRS has 9.8 in its examples.
  public var waterUnitWeight = 9.81

  /// The choices above.
  public init() {}
}
