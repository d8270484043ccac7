/// How a mass flow runs out: the figures of the Flow-Py model.
///
/// Method: D'Amboise et al. (2022), doi:10.5194/gmd-15-2423-2022. The defaults are those of com4FlowPy, a program of snow avalanche research: angle 25°, exponent 8, threshold 0.0003,
/// no limit of the speed. They are a starting point, not a recommendation for any process or region.
public struct RunoutParameters: Sendable, Hashable {
  /// Angle of reach α (Fahrböschung) in degrees: the flow ends where the line from the release at this angle meets the
  /// ground.
  public let angle: Double
  /// Exponent of the terrain factor (Holmgren 1994): 1 spreads widely, 75 follows the steepest way.
  public let exponent: Int
  /// Share of a release below which no part of it flows on by itself.
  public let fluxThreshold: Double
  /// Largest height of the energy line above the ground in m, a limit of the speed: v = √(2 g Z).
  public let greatestEnergyHeight: Double

  /// A height that no flow reaches, and so no limit of the speed.
  public static let unlimitedEnergyHeight = 8848.0

  /// Takes and checks the figures.
  /// - Throws: ``InvalidRunoutParameter``.
  public init(
    angle: Double = 25, exponent: Int = 8, fluxThreshold: Double = 3e-4,
    greatestEnergyHeight: Double = unlimitedEnergyHeight
  ) throws(InvalidRunoutParameter) {
    try InvalidRunoutParameter.check("angle of reach in degrees", angle, angle > 0 && angle < 90, "between 0 and 90")
    try InvalidRunoutParameter.check("exponent", Double(exponent), (1...1000).contains(exponent), "from 1 to 1000")
    // Flux is counted in quanta of 2⁻⁴⁰, which must be far finer than the threshold.
    try InvalidRunoutParameter.check(
      "flux threshold", fluxThreshold, fluxThreshold >= 1e-7 && fluxThreshold <= 1, "from 1e-7 to 1")
    try InvalidRunoutParameter.check(
      "greatest energy height in m", greatestEnergyHeight, greatestEnergyHeight > 0 && greatestEnergyHeight.isFinite,
      "above 0")
    self.angle = angle
    self.exponent = exponent
    self.fluxThreshold = fluxThreshold
    self.greatestEnergyHeight = greatestEnergyHeight
  }
}

/// Kinds of mass flow with the limit of speed that com4FlowPy calls typical for them.
///
/// Source: comments of `com4FlowPyCfg.ini`, AvaFrame 2.1. The angle of reach is not among them: it belongs to the region.
public enum RunoutProcess: String, Sendable, Hashable, CaseIterable {
  /// Debris flows and shallow slides that turn into them.
  case debrisFlow = "debris_flow"
  /// Rockfall.
  case rockfall
  /// Snow avalanches.
  case snowAvalanche = "snow_avalanche"

  /// Typical largest energy height in m: 12 m is a speed of 15 m/s, 130 m of 50 m/s, 270 m of 72 m/s.
  public var greatestEnergyHeight: Double {
    switch self {
    case .debrisFlow: 12
    case .rockfall: 130
    case .snowAvalanche: 270
    }
  }
}

/// Standard gravity as used by the model, m/s².
let gravity = 9.81

/// Speed in m/s of a mass whose energy line is `energyHeight` metres above the ground: v = √(2 g Z).
public func runoutVelocity(energyHeight: Double) -> Double { (2 * gravity * energyHeight).squareRoot() }

/// Kinetic energy in J for each kilogram of a mass whose energy line is `energyHeight` metres above the ground: g Z.
public func runoutEnergy(energyHeight: Double) -> Double { gravity * energyHeight }

/// Friction that forest adds, falling with the speed of the flow.
///
/// After D'Amboise et al. (2021). On a cell with forest of structure index f the angle of reach grows by a·f at rest, falling linearly with the energy
/// height to b at the speed from which trees no longer brake, and by b above that speed; never by less than b.
public struct ForestFriction: Sendable, Hashable {
  /// Largest added angle a in degrees, for dense forest and a flow at rest.
  public let greatestAngle: Double
  /// Added angle b in degrees for fast flows.
  public let smallestAngle: Double
  /// Speed in m/s from which only the smallest angle is added.
  public let velocity: Double
  /// Way from the release, along the ground in m, on which forest does not brake.
  public let skippedLength: Double

  /// Takes and checks the figures; the defaults are those of com4FlowPy.
  /// - Throws: ``InvalidRunoutParameter``.
  public init(
    greatestAngle: Double = 10, smallestAngle: Double = 2, velocity: Double = 30, skippedLength: Double = 0
  ) throws(InvalidRunoutParameter) {
    try InvalidRunoutParameter.check(
      "greatest angle added by forest", greatestAngle, greatestAngle >= 0 && greatestAngle < 60, "from 0 to below 60")
    try InvalidRunoutParameter.check(
      "smallest angle added by forest", smallestAngle, smallestAngle >= 0 && smallestAngle <= greatestAngle,
      "from 0 to the greatest angle")
    try InvalidRunoutParameter.check(
      "speed from which forest does not brake, in m/s", velocity, velocity > 0 && velocity.isFinite, "above 0")
    try InvalidRunoutParameter.check(
      "length without forest friction, in m", skippedLength, skippedLength >= 0 && skippedLength.isFinite, "0 or more")
    self.greatestAngle = greatestAngle
    self.smallestAngle = smallestAngle
    self.velocity = velocity
    self.skippedLength = skippedLength
  }

  /// Angle in degrees that forest of an index adds at an energy height in m.
  public func addedAngle(forest index: Double, energyHeight: Double) -> Double {
    // The energy height of the speed is v²/(2 g).
    let limit = velocity * velocity / (2 * gravity)
    guard energyHeight < limit else { return smallestAngle }
    let atRest = greatestAngle * index
    return max(smallestAngle, atRest - (atRest - smallestAngle) * energyHeight / limit)
  }
}

/// A figure of the runout model that cannot be.
public struct InvalidRunoutParameter: Error, Sendable, Hashable, CustomStringConvertible {
  /// Which figure, with its unit.
  public let name: String
  /// The value found.
  public let value: Double
  /// What would be possible.
  public let range: String

  static func check(
    _ name: String, _ value: Double, _ isPossible: Bool, _ range: String
  ) throws(InvalidRunoutParameter) {
    if !isPossible { throw InvalidRunoutParameter(name: name, value: value, range: range) }
  }

  /// The figure, its value and what would be possible.
  public var description: String { "runout: \(name) is \(value); give a number \(range)" }
}
