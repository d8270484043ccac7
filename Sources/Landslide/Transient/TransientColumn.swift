import Foundation

/// Pressure head and factor of safety of the soil at one place while it rains.
///
/// Saturated soil: ψ(Z, t) = (Z − d) β + Σ (ΔI/Ks) G(Z, t − tₙ), with d the depth of the water table, ΔI the change of the
/// infiltration at time tₙ and G of ``PressureResponse``; at most β Z. (Iverson 2000; Baum, Savage & Godt 2008.)
///
/// With water retention the soil above the water table follows ``UnsaturatedColumn``, with α cos²δ for α, and what comes
/// through the water table takes the place of the infiltration for the soil below, as if that began there. A head above 0
/// at the water table fills the soil over it. Suction acts on the wetted part, χ = (θ − θr)/(θs − θr), of the section.
public struct TransientColumn: Sendable {
  private let slope: InfiniteSlope.Constants
  private let options: TransientOptions
  private let slopeTangent: Double
  private let conductivity: Double
  /// D₁ = D₀ / cos²δ.
  private let diffusivity: Double
  /// Depth of the base, m.
  public let base: Double
  private let waterTable: Double
  /// β, at most 1; where more infiltrates than flows away along the slope it is below 0.
  private let beta: Double
  private let unsaturated: Unsaturated?

  private struct Unsaturated {
    let column: UnsaturatedColumn
    /// 1/m, along the vertical.
    let lengthScale: Double
    /// 1/m.
    let alpha: Double
    /// 1/s.
    let timeScale: Double
    let initialFlux: Double
  }

  /// Prepares a place.
  /// - Parameters:
  ///   - soil: What the soil is like.
  ///   - depth: Depth of the base in m instead of the soil's.
  ///   - slopeTangent: Tangent of the slope angle δ, ≥ 0.
  ///   - waterTable: Depth of the water table before the rain, m, 0 to `depth`; deeper where the soil goes on.
  ///   - initialFlux: Steady flux into the ground before the rain, m/s.
  ///   - options: Choices of the model.
  public init(
    _ soil: TransientSoil, depth: Double? = nil, slopeTangent: Double, waterTable: Double, initialFlux: Double,
    options: TransientOptions = TransientOptions()
  ) {
    slope = InfiniteSlope.Constants(soil.strength)
    self.options = options
    self.slopeTangent = slopeTangent
    self.waterTable = waterTable
    conductivity = soil.conductivity
    base = depth ?? soil.strength.depth
    let cosineSquared = 1 / (1 + slopeTangent * slopeTangent)
    diffusivity = soil.diffusivity / cosineSquared
    beta =
      switch options.flow {
      case .steadyInfiltration: cosineSquared - initialFlux / conductivity
      case .slopeParallel: cosineSquared
      case .hydrostatic: 1
      }
    if let retention = soil.retention, waterTable > 0 {
      let lengthScale = retention.alpha * cosineSquared
      unsaturated = Unsaturated(
        column: UnsaturatedColumn(length: lengthScale * waterTable), lengthScale: lengthScale, alpha: retention.alpha,
        timeScale: lengthScale * conductivity / (retention.saturatedContent - retention.residualContent),
        initialFlux: max(0, initialFlux / conductivity))
    } else {
      unsaturated = nil
    }
  }

  /// Depths at which the slope is looked at: 1 mm, then the bounds of the layers down to the base.
  public var depths: [Double] {
    (0...options.layers).map { $0 == 0 ? min(0.001, base) : base * Double($0) / Double(options.layers) }
  }

  /// Rise of the head per change of infiltration of 1 m/s, a time after the change, at a depth; saturated soil.
  func response(depth: Double, time: Double) -> Double {
    let length =
      options.base == .infinitelyDeep
      ? PressureResponse.infiniteDepth(depth: depth, time: time, diffusivity: diffusivity)
      : PressureResponse.finiteDepth(depth: depth, base: base, time: time, diffusivity: diffusivity)
    return length / conductivity
  }

  /// Whether heads follow from responses alone, which can be shared between times.
  var isSaturated: Bool { unsaturated == nil }

  /// Head from a rise over the head before the rain, held at β Z; saturated soil.
  func head(depth: Double, rise: Double) -> Double { min((depth - waterTable) * beta + rise, depth * beta) }

  /// Pressure head, m.
  /// - Parameters:
  ///   - depth: Z, m.
  ///   - time: t, s.
  ///   - rain: Changes of the infiltration: rise in m/s at a time in s; the first is from 0 where the soil counts as
  ///     saturated, and from the steady flux before the rain where it does not.
  public func pressureHead(depth: Double, time: Double, rain: [(time: Double, rise: Double)]) -> Double {
    pressureHeads(depths: [depth], time: time, rain: rain)[0]
  }

  /// Pressure heads at several depths, m, as ``pressureHead(depth:time:rain:)`` gives one.
  public func pressureHeads(depths: [Double], time: Double, rain: [(time: Double, rise: Double)]) -> [Double] {
    guard let unsaturated else {
      return depths.map { depth in
        head(depth: depth, rise: rain.reduce(0) { $0 + $1.rise * response(depth: depth, time: time - $1.time) })
      }
    }
    let inflow = inflow(unsaturated, time, rain)
    let risen = riseBelowWaterTable(waterTable, inflow)
    return depths.map { depth in
      if depth >= waterTable {
        let rise = depth == waterTable ? risen : riseBelowWaterTable(depth, inflow)
        return min((depth - waterTable) * beta + rise, depth * beta)
      }
      let height = (waterTable - depth) * unsaturated.lengthScale
      var k = unsaturated.column.steadyConductivity(height: height, flux: unsaturated.initialFlux)
      for change in rain {
        k +=
          change.rise / conductivity
          * unsaturated.column.conductivityResponse(
            height: height, time: (time - change.time) * unsaturated.timeScale)
      }
      let suction = log(max(k, 1e-12)) / unsaturated.alpha
      let filled = risen > 0 ? risen - (waterTable - depth) * beta : -.infinity
      return min(max(suction, filled), depth * beta)
    }
  }

  /// How much the flux through the water table has risen over each of equal times up to now, in Ks, with the time since
  /// the middle of each.
  private func inflow(
    _ unsaturated: Unsaturated, _ time: Double, _ rain: [(time: Double, rise: Double)]
  ) -> [(since: Double, rise: Double)] {
    // The flux changes smoothly.
    let parts = 64
    guard time > 0 else { return [] }
    var fluxes = [Double](repeating: 0, count: parts + 1)
    let scale = unsaturated.timeScale
    for change in rain where change.time < time {
      unsaturated.column.addBaseFlux(
        change.rise / conductivity, from: -change.time * scale, step: time / Double(parts) * scale, to: &fluxes)
    }
    let step: Double = time / Double(parts)
    return (0..<parts).map { part -> (since: Double, rise: Double) in
      let middle: Double = (Double(part) + 0.5) * step
      return (since: time - middle, rise: fluxes[part + 1] - fluxes[part])
    }
  }

  /// Rise of the head in the saturated part from the flux through the water table.
  private func riseBelowWaterTable(_ depth: Double, _ inflow: [(since: Double, rise: Double)]) -> Double {
    let below = base - waterTable
    if below <= 0 && options.base == .impermeable { return 0 }
    var sum = 0.0
    for part in inflow where part.rise != 0 {
      let response =
        options.base == .infinitelyDeep
        ? PressureResponse.infiniteDepth(depth: depth - waterTable, time: part.since, diffusivity: diffusivity)
        : PressureResponse.finiteDepth(
          depth: depth - waterTable, base: below, time: part.since, diffusivity: diffusivity)
      sum += part.rise * response
    }
    return sum
  }

  /// Factor of safety at a depth for a pressure head, from 0 to the cap.
  ///
  /// FS = tanφ/tanδ + [c − χ ψ γw tanφ] / [(p + γ Z) sinδ cosδ]; water takes away no more than the friction.
  public func factorOfSafety(depth: Double, pressureHead: Double) -> Double {
    let t = slopeTangent
    if depth <= InfiniteSlope.smallestDepth || t <= 0 { return InfiniteSlope.cap }
    let secantSquared = 1 + t * t
    let driving = (slope.surcharge + slope.unitWeight * depth) * t
    var head = pressureHead
    if head < 0 {
      let wetted = unsaturated.map { exp($0.alpha * head) } ?? 1
      head = options.countsSuction ? head * wetted : 0
    }
    let friction =
      slope.frictionTangent / t
      - head * options.waterUnitWeight * slope.frictionTangent * secantSquared / driving
    return min(InfiniteSlope.cap, slope.cohesion * secantSquared / driving + max(0, friction))
  }
}
