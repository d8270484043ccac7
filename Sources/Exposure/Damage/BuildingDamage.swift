/// What water destroys at a building, by a curve, a value per area and a step for the basement.
///
/// Damage = area · (value · share(depth − floor height) + basement value, from the step's depth on). At a depth of 0 or
/// less there is none, whatever the curve begins with.
public struct BuildingDamage: Sendable, Hashable {
  /// A basement that fills as soon as water stands at the wall: below 0.3 m basements are most of the damage in Norway.
  public struct BasementStep: Sendable, Hashable {
    /// Depth of the water outside, in metres, from which the basement is lost.
    public let depth: Double
    /// What is lost, in money per square metre.
    public let valuePerSquareMetre: Double

    /// A basement lost from a depth on.
    public init(depth: Double, valuePerSquareMetre: Double) {
      precondition(depth >= 0 && valuePerSquareMetre >= 0, "a step is not negative")
      self.depth = depth
      self.valuePerSquareMetre = valuePerSquareMetre
    }
  }

  /// Share of the value lost by depth above the floor.
  public let curve: DamageCurve
  /// What can be lost above the floor, in money per square metre.
  public let valuePerSquareMetre: Double
  /// Height of the floor above the ground, in metres.
  public let floorHeight: Double
  /// The basement; nil for none.
  public let basement: BasementStep?

  /// Takes the figures of a class of buildings.
  public init(
    curve: DamageCurve, valuePerSquareMetre: Double, floorHeight: Double = 0,
    basement: BasementStep? = nil
  ) {
    precondition(
      valuePerSquareMetre >= 0 && valuePerSquareMetre.isFinite, "a value is not negative")
    precondition(floorHeight.isFinite, "a floor has a height")
    self.curve = curve
    self.valuePerSquareMetre = valuePerSquareMetre
    self.floorHeight = floorHeight
    self.basement = basement
  }

  /// Damage in money.
  /// - Parameters:
  ///   - depth: Depth of the water at the building in metres.
  ///   - area: Square metres that the values count for.
  /// - Returns: nil where depth or area is not known.
  public func damage(depth: Double?, area: Double?) -> Double? {
    guard let depth, let area, !depth.isNaN, area.isFinite else { return nil }
    guard depth > 0, let share = curve.share(at: depth - floorHeight) else { return 0 }
    var lost = valuePerSquareMetre * share
    if let basement, depth >= basement.depth { lost += basement.valuePerSquareMetre }
    return area * lost
  }
}
