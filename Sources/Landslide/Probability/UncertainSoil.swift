public import Grids

/// The quantities of a slope that may be uncertain.
public enum UncertainQuantity: UInt32, Sendable, Hashable, CaseIterable {
  /// Cohesion of soil and roots together.
  case cohesion = 0
  /// Friction angle or its tangent.
  case friction = 1
  /// Vertical depth of the soil.
  case depth = 2
  /// Transmissivity or conductivity.
  case transmissivity = 3
  /// Recharge of the ground water.
  case recharge = 4
}

/// How the friction of a soil is distributed.
public enum FrictionDistribution: Sendable, Hashable {
  /// The effective friction angle, degrees.
  case angle(Distribution)
  /// The tangent of the angle, as the stability index has it.
  case tangent(Distribution)

  var distribution: Distribution {
    switch self {
    case .angle(let distribution), .tangent(let distribution): distribution
    }
  }
}

/// How what the soil layer carries away is distributed.
public enum TransmissivityDistribution: Sendable, Hashable {
  /// The transmissivity itself, m²/d.
  case value(Distribution)
  /// The conductivity along the slope, m/d; the transmissivity follows with the depth of the same draw.
  case conductivity(Distribution, TransmissivityConvention)

  var distribution: Distribution {
    switch self {
    case .value(let distribution), .conductivity(let distribution, _): distribution
    }
  }
}

/// Two quantities that rise or fall together.
public struct Correlation: Sendable, Hashable {
  /// One quantity.
  public let first: UncertainQuantity
  /// The other.
  public let second: UncertainQuantity
  /// Correlation of the standard normal variates behind both (a Gaussian copula), −1…1.
  ///
  /// Between two normal quantities it is the usual correlation.
  public let coefficient: Double

  /// Ties two quantities.
  public init(_ first: UncertainQuantity, _ second: UncertainQuantity, coefficient: Double) {
    self.first = first
    self.second = second
    self.coefficient = coefficient
  }
}

/// Strength and transmissivity of a soil as distributions, with where the figures come from.
public struct UncertainSoil: Sendable, Hashable {
  /// Effective cohesion of soil and roots together, kPa.
  public let cohesion: Distribution
  /// Friction angle or its tangent.
  public let friction: FrictionDistribution
  /// Unit weight of the soil, kN/m³.
  public let unitWeight: Double
  /// Weight upon the ground, kPa of the map's area.
  public let surcharge: Double
  /// Vertical depth of the soil over the slip surface, m.
  public let depth: Distribution
  /// Transmissivity or conductivity.
  public let transmissivity: TransmissivityDistribution
  /// Pairs that rise or fall together; each quantity is in at most one.
  public let correlations: [Correlation]
  /// Where the figures come from, with a date.
  public let source: String

  /// Takes the figures of one soil.
  public init(
    cohesion: Distribution, friction: FrictionDistribution, unitWeight: Double, surcharge: Double = 0,
    depth: Distribution, transmissivity: TransmissivityDistribution, correlations: [Correlation] = [], source: String
  ) {
    self.cohesion = cohesion
    self.friction = friction
    self.unitWeight = unitWeight
    self.surcharge = surcharge
    self.depth = depth
    self.transmissivity = transmissivity
    self.correlations = correlations
    self.source = source
  }

  /// The distribution of a quantity of the soil; nil for the recharge, which is the weather's.
  func distribution(of quantity: UncertainQuantity) -> Distribution? {
    switch quantity {
    case .cohesion: cohesion
    case .friction: friction.distribution
    case .depth: depth
    case .transmissivity: transmissivity.distribution
    case .recharge: nil
    }
  }

  /// Name with unit and possible range of a quantity.
  func bounds(of quantity: UncertainQuantity) -> (name: String, range: ClosedRange<Double>) {
    let most = Double.greatestFiniteMagnitude
    switch quantity {
    case .cohesion: return ("cohesion in kPa", 0...most)
    case .friction:
      if case .angle = friction { return ("friction angle in degrees", 0...89) }
      return ("tangent of the friction angle", 0...57)
    case .depth: return ("depth in m", 0...most)
    case .transmissivity:
      // A soil that carries nothing away is full as soon as any water comes.
      if case .value = transmissivity { return ("transmissivity in m²/d", 1e-9...most) }
      return ("conductivity in m/d", 1e-9...most)
    case .recharge: return ("recharge in mm/d", 0...most)
    }
  }

  fileprivate func problem(code: Int32) -> InvalidDistribution? {
    for quantity in UncertainQuantity.allCases {
      let (name, range) = bounds(of: quantity)
      if let problem = distribution(of: quantity)?.problem(within: range) {
        return InvalidDistribution(code: code, quantity: name, problem: problem)
      }
    }
    if !(unitWeight >= waterUnitWeight && unitWeight <= 40) {
      return InvalidDistribution(
        code: code, quantity: "unit weight in kN/m³", problem: "is \(unitWeight); give a number from 9.81 to 40")
    }
    if !(surcharge >= 0 && surcharge.isFinite) {
      return InvalidDistribution(
        code: code, quantity: "surcharge in kPa", problem: "is \(surcharge); give a number 0 or more")
    }
    var tied: Set<UncertainQuantity> = []
    for pair in correlations {
      let name = "correlation of \(pair.first) and \(pair.second)"
      if !(abs(pair.coefficient) <= 1) {
        return InvalidDistribution(
          code: code, quantity: name, problem: "is \(pair.coefficient); give a number from -1 to 1")
      }
      for quantity in [pair.first, pair.second] {
        if !tied.insert(quantity).inserted {
          return InvalidDistribution(
            code: code, quantity: name, problem: "ties \(quantity) again; a quantity can be in one pair only")
        }
        if distribution(of: quantity)?.isConstant ?? false {
          return InvalidDistribution(
            code: code, quantity: name, problem: "ties \(quantity), which is constant; leave the pair out")
        }
      }
    }
    return nil
  }
}

/// What the ground of each class can do, with its uncertainty.
public enum UncertainGround: Sendable, Hashable {
  /// Soil that may slide.
  case soil(UncertainSoil)
  /// Ground on which shallow slides do not start, such as bare rock or water.
  case notSusceptible

  var soil: UncertainSoil? {
    if case .soil(let soil) = self { soil } else { nil }
  }
}

/// Uncertain ground by class code, checked.
public struct UncertainSoilTable: Sendable {
  /// Rows by code.
  public let classes: ClassLookup<UncertainGround>

  /// Makes a table from its rows.
  /// - Throws: ``InvalidDistribution`` for figures that cannot be.
  public init(_ rows: [Int32: UncertainGround]) throws(InvalidDistribution) {
    for (code, ground) in rows.sorted(by: { $0.key < $1.key }) {
      if let problem = ground.soil?.problem(code: code) { throw problem }
    }
    classes = ClassLookup(rows)
  }
}
