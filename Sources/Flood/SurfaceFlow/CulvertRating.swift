import Foundation

/// A pipe or box under an embankment, and what its mouth and barrel do to the water.
public struct CulvertBarrel: Sendable, Hashable {
  /// The opening of a barrel.
  public enum Section: Sendable, Hashable {
    /// A circle, by its diameter in metres.
    case circle(diameter: Double)
    /// A rectangle, by its width and height in metres.
    case box(width: Double, height: Double)
  }

  /// The opening.
  public var section: Section
  /// Number of equal barrels side by side.
  public var count = 1
  /// Length, metres.
  public var length: Double
  /// Manning's n of the barrel, s/m^(1/3).
  public var roughness = 0.013
  /// Height of the bottom of the upper end, metres in the terrain's height system.
  public var inletInvert: Double
  /// Height of the bottom of the lower end.
  public var outletInvert: Double
  /// The shape of the upper end.
  public var inlet: CulvertInlet
  /// Loss at the entrance in velocity heads; that of ``inlet`` by default.
  public var entranceLoss: Double

  /// A barrel; the roughness is that of concrete.
  public init(
    _ section: Section, length: Double, inletInvert: Double, outletInvert: Double, inlet: CulvertInlet? = nil
  ) {
    self.section = section
    self.length = length
    self.inletInvert = inletInvert
    self.outletInvert = outletInvert
    switch (inlet, section) {
    case (let inlet?, _): self.inlet = inlet
    case (nil, .circle): self.inlet = .concreteSquareHeadwall
    case (nil, .box): self.inlet = .boxSquareHeadwall
    }
    entranceLoss = self.inlet.entranceLoss
  }

  /// Height of the opening, metres.
  public var height: Double {
    switch section {
    case .circle(let diameter): diameter
    case .box(_, let height): height
    }
  }

  /// Width of the opening, metres.
  public var width: Double {
    switch section {
    case .circle(let diameter): diameter
    case .box(let width, _): width
    }
  }

  /// Area, wetted perimeter and width of the surface of one barrel that is filled to a depth below its height.
  func figures(depth: Double) -> (area: Double, perimeter: Double, surface: Double) {
    switch section {
    case .box(let width, _): return (width * depth, width + 2 * depth, width)
    case .circle(let diameter):
      let angle = 2 * acos(max(-1, min(1, 1 - 2 * depth / diameter)))
      return (diameter * diameter / 8 * (angle - sin(angle)), diameter * angle / 2, diameter * sin(angle / 2))
    }
  }

  /// Area and hydraulic radius of one full barrel.
  var full: (area: Double, radius: Double) {
    switch section {
    case .box(let width, let height): (width * height, width * height / (2 * (width + height)))
    case .circle(let diameter): (.pi * diameter * diameter / 4, diameter / 4)
    }
  }
}

/// The shape of a culvert's upper end, with the constants of its inlet control.
///
/// Constants of table A.1 and entrance losses of table C.2 of Schall et al. (2012), Hydraulic Design of Highway
/// Culverts, FHWA HDS-5, third edition.
public enum CulvertInlet: String, Sendable, Hashable, CaseIterable {
  /// Concrete pipe, square edge in a headwall.
  case concreteSquareHeadwall = "concrete_square_headwall"
  /// Concrete pipe, groove end in a headwall.
  case concreteGrooveHeadwall = "concrete_groove_headwall"
  /// Concrete pipe, groove end that projects.
  case concreteGrooveProjecting = "concrete_groove_projecting"
  /// Corrugated metal pipe in a headwall.
  case metalHeadwall = "metal_headwall"
  /// Corrugated metal pipe, cut to the slope.
  case metalMitred = "metal_mitred"
  /// Corrugated metal pipe that projects.
  case metalProjecting = "metal_projecting"
  /// Box with wingwalls at 30° to 75°.
  case boxFlaredWingwalls = "box_flared_wingwalls"
  /// Box in a headwall, or with wingwalls at 15° or 90°.
  case boxSquareHeadwall = "box_square_headwall"
  /// Box with wingwalls in line with its sides.
  case boxParallelWingwalls = "box_parallel_wingwalls"

  /// K, M, c and Y of the equations of inlet control.
  var constants: (k: Double, m: Double, c: Double, y: Double) {
    switch self {
    case .concreteSquareHeadwall: (0.0098, 2, 0.0398, 0.67)
    case .concreteGrooveHeadwall: (0.0018, 2, 0.0292, 0.74)
    case .concreteGrooveProjecting: (0.0045, 2, 0.0317, 0.69)
    case .metalHeadwall: (0.0078, 2, 0.0379, 0.69)
    case .metalMitred: (0.021, 1.33, 0.0463, 0.75)
    case .metalProjecting: (0.034, 1.5, 0.0553, 0.54)
    case .boxFlaredWingwalls: (0.026, 1, 0.0347, 0.81)
    case .boxSquareHeadwall: (0.061, 0.75, 0.04, 0.8)
    case .boxParallelWingwalls: (0.061, 0.75, 0.0423, 0.82)
    }
  }

  /// Loss at the entrance under outlet control, in velocity heads.
  public var entranceLoss: Double {
    switch self {
    case .concreteGrooveHeadwall, .concreteGrooveProjecting: 0.2
    case .concreteSquareHeadwall, .metalHeadwall, .boxSquareHeadwall: 0.5
    case .metalMitred, .boxParallelWingwalls: 0.7
    case .metalProjecting: 0.9
    case .boxFlaredWingwalls: 0.4
    }
  }

  /// Share of the slope by which the headwater changes.
  var slopeShare: Double { self == .metalMitred ? 0.7 : -0.5 }

  /// Whether the end is that of a circular pipe.
  public var isCircular: Bool {
    switch self {
    case .boxFlaredWingwalls, .boxSquareHeadwall, .boxParallelWingwalls: false
    default: true
    }
  }
}

/// How much water passes a culvert between two levels.
///
/// The least of two discharges, as in FHWA HDS-5 (Schall et al. 2012):
/// - *Inlet control.* With D the height, A the area of the opening and X = 1.811 Q / (A √D): the headwater above the
///   invert is H_c + D (K X^M + K_s S) up to X = 3.5, H_c the specific head at critical depth (equation A.1), and
///   D (c X² + Y + K_s S) from X = 4 (equation A.3); straight between them.
/// - *Outlet control.* The fall from the headwater to the larger of the tailwater and (d_c + D)/2 above the lower
///   invert drives A √(2 g ΔH / (1 + k_e + 2 g n² L / R^(4/3))). Below the crown, where HDS-5 refers to backwater
///   curves, the barrel counts as filled to the headwater, which takes the place of D; R is never more than that of the
///   full barrel, so that the discharge rises with the headwater.
struct CulvertRating: Sendable {
  private let barrel: CulvertBarrel
  /// Discharge by headwater above the invert under inlet control, up to X = 4.
  private let points: [Point]
  /// Critical depth by discharge.
  private let critical: [Point]
  private let full: (area: Double, radius: Double)
  private let upper: Double
  private let lower: Double
  /// D K_s S, metres.
  private let slopeTerm: Double

  /// A height and the discharge of one barrel that belongs to it.
  private struct Point {
    var height = 0.0
    var discharge = 0.0
  }

  /// 1.811 turns m³/s, m² and m into the feet of the constants.
  private static let unit = 1.811

  /// - Parameter isReversed: Whether the water runs from the outlet to the inlet.
  init(_ barrel: CulvertBarrel, isReversed: Bool = false) {
    self.barrel = barrel
    upper = isReversed ? barrel.outletInvert : barrel.inletInvert
    lower = isReversed ? barrel.inletInvert : barrel.outletInvert
    let height = barrel.height
    full = barrel.full
    // An adverse slope gains nothing at the mouth.
    slopeTerm = barrel.inlet.slopeShare * max(0, (upper - lower) / barrel.length) * height
    let constants = barrel.inlet.constants
    let perX = full.area * height.squareRoot() / Self.unit
    var points = [Point()]
    var critical = [Point()]
    func add(_ head: Double, _ discharge: Double) {
      if let last = points.last, head > last.height { points.append(Point(height: head, discharge: discharge)) }
    }
    // Critical flow at rising depths, which needs no search. Under the crown of a pipe it has no bound.
    for step in 1..<1024 {
      let depth = Double(step) / 1024 * height
      let (area, _, surface) = barrel.figures(depth: depth)
      let discharge = (Gravity.double * area * area * area / surface).squareRoot()
      critical.append(Point(height: depth, discharge: discharge))
      let x = discharge / perX
      if x <= 3.5 {
        add(depth + area / (2 * surface) + height * constants.k * pow(x, constants.m) + slopeTerm, discharge)
      }
    }
    add(height * (constants.c * 16 + constants.y) + slopeTerm, 4 * perX)
    self.points = points
    self.critical = critical
  }

  /// What belongs to a number in a table that rises, straight between its rows; nil beyond the last.
  private static func value(
    _ number: Double, in table: [Point], by key: (Point) -> Double, _ value: (Point) -> Double
  ) -> Double? {
    if number >= key(table[table.count - 1]) { return nil }
    var (low, high) = (0, table.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if key(table[middle]) <= number { low = middle } else { high = middle }
    }
    let (before, after) = (table[low], table[high])
    let share = (number - key(before)) / (key(after) - key(before))
    return value(before) + share * (value(after) - value(before))
  }

  /// Discharge of one barrel under inlet control, m³/s, for a headwater above the invert.
  private func inletControl(head: Double) -> Double {
    if let discharge = Self.value(head, in: points, by: \.height, \.discharge) { return discharge }
    let constants = barrel.inlet.constants
    let square = ((head - slopeTerm) / barrel.height - constants.y) / constants.c
    return max(4, square.squareRoot()) * full.area * barrel.height.squareRoot() / Self.unit
  }

  /// Discharge of all barrels between two water levels in metres, m³/s; 0 where the lower end's level is the higher.
  func discharge(headwater: Double, tailwater: Double) -> Double {
    let head = headwater - upper
    if head <= 0 || tailwater >= headwater { return 0 }
    let inlet = inletControl(head: head)
    let critical = Self.value(inlet, in: critical, by: \.discharge, \.height) ?? barrel.height
    let filled = min(head, barrel.height)
    let fall = headwater - max(tailwater, lower + (critical + filled) / 2)
    if fall <= 0 { return 0 }
    var (area, radius) = full
    if filled < barrel.height {
      let figures = barrel.figures(depth: filled)
      (area, radius) = (figures.area, min(radius, figures.area / figures.perimeter))
    }
    let friction =
      2 * Gravity.double * barrel.roughness * barrel.roughness * barrel.length / (radius * cubeRoot(radius))
    let outlet = area * (2 * Gravity.double * fall / (1 + barrel.entranceLoss + friction)).squareRoot()
    return Double(barrel.count) * min(inlet, outlet)
  }
}

extension CulvertBarrel {
  /// Discharge between two levels, m³/s, by inlet or outlet control; negative where it runs back.
  ///
  /// - Parameters:
  ///   - headwater: Level at the inlet, metres in the height system of the inverts.
  ///   - tailwater: Level at the outlet.
  public func discharge(headwater: Double, tailwater: Double) -> Double {
    tailwater > headwater
      ? -CulvertRating(self, isReversed: true).discharge(headwater: tailwater, tailwater: headwater)
      : CulvertRating(self).discharge(headwater: headwater, tailwater: tailwater)
  }
}
