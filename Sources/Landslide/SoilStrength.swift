/// Strength and permeability of the soil of one deposit.
public struct SoilStrength: Sendable, Hashable {
  /// Cohesion of the soil, kPa.
  public var cohesion: Double
  /// Cohesion that roots add, kPa.
  public var rootCohesion: Double
  /// Angle of internal friction, degrees.
  public var frictionAngle: Double
  /// Unit weight of the moist soil, kN/m³.
  public var unitWeight: Double
  /// Depth to the failure plane, vertical, m.
  public var depth: Double
  /// Saturated hydraulic conductivity, m/d.
  public var conductivity: Double

  /// Describes a soil.
  /// - Throws: ``SoilStrengthError`` where a value cannot be: an angle outside 0…90°, a weight, depth or
  ///   conductivity that is not positive, a negative cohesion.
  public init(
    cohesion: Double, rootCohesion: Double, frictionAngle: Double, unitWeight: Double, depth: Double,
    conductivity: Double
  ) throws(SoilStrengthError) {
    func require(_ holds: Bool, _ name: String, _ value: Double, _ rule: String) throws(SoilStrengthError) {
      if !holds || !value.isFinite { throw SoilStrengthError("\(name) \(value) \(rule)") }
    }
    try require(cohesion >= 0, "cohesion", cohesion, "kPa is negative")
    try require(rootCohesion >= 0, "root cohesion", rootCohesion, "kPa is negative")
    try require(
      frictionAngle >= 1 && frictionAngle < 90, "friction angle", frictionAngle,
      "is not between 1 and 90 degrees; below 1 it may be in radians")
    try require(unitWeight > waterUnitWeight, "unit weight", unitWeight, "kN/m³ is not above that of water")
    try require(depth > 0, "depth", depth, "m is not positive")
    try require(conductivity > 0, "conductivity", conductivity, "m/d is not positive")
    self.cohesion = cohesion
    self.rootCohesion = rootCohesion
    self.frictionAngle = frictionAngle
    self.unitWeight = unitWeight
    self.depth = depth
    self.conductivity = conductivity
  }
}

/// A soil that cannot be.
public struct SoilStrengthError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Which value is wrong, and why.
  public let description: String

  init(_ description: String) { self.description = description }
}

/// Unit weight of water, kN/m³ (landslide models differ in the third digit: 9.8, 9.807 or 9.81).
public let waterUnitWeight = 9.81
