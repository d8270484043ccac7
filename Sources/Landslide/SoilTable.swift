public import Grids

/// Strength and conductivity of a soil, with where the figures come from.
public struct SoilStrength: Sendable, Hashable {
  /// Effective cohesion of the soil, kPa.
  public let cohesion: Double
  /// Cohesion added by roots, kPa.
  public let rootCohesion: Double
  /// Effective friction angle, degrees.
  public let frictionAngle: Double
  /// Unit weight of the soil, kN/m³.
  public let unitWeight: Double
  /// Weight upon the ground, such as trees or a fill, kPa of the map's area.
  public let surcharge: Double
  /// Vertical depth of the soil over the slip surface, m.
  public let depth: Double
  /// Saturated hydraulic conductivity along the slope, m/d.
  public let conductivity: Double
  /// Where the figures come from, with a date.
  public let source: String

  /// Takes the figures of one soil.
  public init(
    cohesion: Double, rootCohesion: Double = 0, frictionAngle: Double, unitWeight: Double,
    surcharge: Double = 0, depth: Double, conductivity: Double, source: String
  ) {
    self.cohesion = cohesion
    self.rootCohesion = rootCohesion
    self.frictionAngle = frictionAngle
    self.unitWeight = unitWeight
    self.surcharge = surcharge
    self.depth = depth
    self.conductivity = conductivity
    self.source = source
  }

  /// The figures that cannot be, with their range; a soil lighter than water would float off when saturated.
  var problems: [(name: String, value: Double, range: String)] {
    var problems: [(String, Double, String)] = []
    func check(_ name: String, _ value: Double, _ isPossible: Bool, _ range: String) {
      if !isPossible || !value.isFinite { problems.append((name, value, range)) }
    }
    check("cohesion in kPa", cohesion, cohesion >= 0, "0 or more")
    check("root cohesion in kPa", rootCohesion, rootCohesion >= 0, "0 or more")
    // Less than a degree is no soil; it is an angle in radians.
    check(
      "friction angle in degrees", frictionAngle, frictionAngle == 0 || frictionAngle >= 1 && frictionAngle < 90,
      "0, or from 1 to below 90; are these radians?")
    check("unit weight in kN/m³", unitWeight, unitWeight >= waterUnitWeight && unitWeight <= 40, "from 9.81 to 40")
    check("surcharge in kPa", surcharge, surcharge >= 0, "0 or more")
    check("depth in m", depth, depth >= 0, "0 or more")
    check("conductivity in m/d", conductivity, conductivity > 0, "above 0")
    return problems
  }
}

/// Unit weight of water γw, kN/m³.
let waterUnitWeight = 9.81

/// What the ground of each class can do.
public enum GroundClass: Sendable, Hashable {
  /// Soil that may slide.
  case soil(SoilStrength)
  /// Ground on which shallow slides do not start, such as bare rock or water.
  ///
  /// Its factor of safety is the cap and its stability class one of its own: that is known, unlike no data.
  case notSusceptible

  var strength: SoilStrength? {
    if case .soil(let strength) = self { strength } else { nil }
  }
}

/// Ground by class code, checked.
public struct SoilTable: Sendable {
  /// Rows by code.
  public let classes: ClassLookup<GroundClass>

  /// Makes a table from its rows.
  /// - Throws: ``InvalidSoil`` for figures that cannot be.
  public init(_ rows: [Int32: GroundClass]) throws(InvalidSoil) {
    for (code, ground) in rows.sorted(by: { $0.key < $1.key }) {
      if let problem = ground.strength?.problems.first {
        throw InvalidSoil(code: code, quantity: problem.name, value: problem.value, range: problem.range)
      }
    }
    classes = ClassLookup(rows)
  }
}

/// A figure of a soil that cannot be.
public struct InvalidSoil: Error, Sendable, Hashable, CustomStringConvertible {
  /// Code of the soil.
  public let code: Int32
  /// Which figure.
  public let quantity: String
  /// The value found.
  public let value: Double
  /// What would be possible.
  public let range: String

  /// The code, the figure, the value and what would be possible.
  public var description: String { "soil class \(code): \(quantity) is \(value); give a number \(range)" }
}
