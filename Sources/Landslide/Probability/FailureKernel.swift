import Foundation

/// What one cell has to draw against.
struct FailureCell {
  let column: UInt32
  let row: UInt32
  let slopeTangent: Double
  /// Upslope area over the width of a cell, m.
  let specificCatchmentArea: Double
  /// What the drawn depth is multiplied with.
  let depthScale: Double
  /// What the drawn recharge is multiplied with.
  let rechargeScale: Double
}

/// Draws slopes of one soil and counts those that fail and those that are full of water.
///
/// Draw *d* of quantity *v* at (row, column) is word *d* mod 4 of the Philox block (*d* / 4, *v*, column, row) under the
/// seed: it depends on nothing else.
struct FailureKernel {
  private static let quantities = UncertainQuantity.allCases.count

  private let quantiles: InlineArray<5, Quantile>
  /// The quantity each is tied to, itself where it is free, with the weights of both variates.
  private let partner: InlineArray<5, Int>
  private let partnerWeight: InlineArray<5, Float>
  private let ownWeight: InlineArray<5, Float>
  private let unitWeight: Double
  private let surcharge: Double
  private let frictionIsAngle: Bool
  /// Nil where the transmissivity is drawn itself.
  private let convention: TransmissivityConvention?
  private let ranges: InlineArray<5, ClosedRange<Double>>

  init(_ soil: UncertainSoil, recharge: Distribution) {
    var partner = InlineArray<5, Int> { $0 }
    var partnerWeight = InlineArray<5, Float>(repeating: 0)
    var ownWeight = InlineArray<5, Float>(repeating: 1)
    for pair in soil.correlations {
      let second = Int(pair.second.rawValue)
      partner[second] = Int(pair.first.rawValue)
      partnerWeight[second] = Float(pair.coefficient)
      ownWeight[second] = Float((1 - pair.coefficient * pair.coefficient).squareRoot())
    }
    self.partner = partner
    self.partnerWeight = partnerWeight
    self.ownWeight = ownWeight
    quantiles = InlineArray { index in
      let quantity = UncertainQuantity.allCases[index]
      let (_, range) = soil.bounds(of: quantity)
      return Quantile(soil.distribution(of: quantity) ?? recharge, within: range)
    }
    let quantiles = quantiles
    ranges = InlineArray { index in
      let range = quantiles[index].range
      return Double(range.lowerBound)...Double(range.upperBound)
    }
    unitWeight = soil.unitWeight
    surcharge = soil.surcharge
    if case .angle = soil.friction { frictionIsAngle = true } else { frictionIsAngle = false }
    if case .conductivity(_, let convention) = soil.transmissivity {
      self.convention = convention
    } else {
      convention = nil
    }
  }

  /// Numbers of draws that fail, FS ≤ 1, and that are full of water, m ≥ 1.
  func counts(_ cell: FailureCell, draws: Int, key: SIMD2<UInt32>) -> (failed: Int, saturated: Int) {
    let t = cell.slopeTangent
    let secantSquared = 1 + t * t
    let factor = convention == .normalThickness ? secantSquared : secantSquared.squareRoot()
    let inflow = Float(cell.rechargeScale / 1000 * cell.specificCatchmentArea * factor / t)
    if let certain = certainCounts(cell, inflow: Double(inflow), draws: draws) { return certain }

    let depthScale = Float(cell.depthScale)
    let tangent = Float(t)
    let cohesionFactor = Float(secantSquared)
    let gamma = Float(unitWeight)
    let water = Float(waterUnitWeight)
    let load = Float(surcharge)
    let radians = Float(Double.pi / 180)
    let thinnest = Float(InfiniteSlope.smallestDepth)
    var failed = WordLanes()
    var saturated = WordLanes()
    withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 8 * Self.quantities) { buffer in
      guard let numbers = buffer.baseAddress else { return }
      let values = numbers + 4 * Self.quantities
      for quantity in 0..<Self.quantities where quantiles[quantity].isConstant { draw(quantity, numbers, values) }
      var first = 0
      while first < draws {
        let group = WordLanes(0, 1, 2, 3, 4, 5, 6, 7) &+ WordLanes(repeating: UInt32(first / 4))
        for quantity in 0..<Self.quantities where !quantiles[quantity].isConstant {
          let words = Philox.words(
            counter: (
              group, WordLanes(repeating: UInt32(quantity)), WordLanes(repeating: cell.column),
              WordLanes(repeating: cell.row)
            ), key: key)
          numbers[4 * quantity] = LaneFunctions.centred(words.0)
          numbers[4 * quantity + 1] = LaneFunctions.centred(words.1)
          numbers[4 * quantity + 2] = LaneFunctions.centred(words.2)
          numbers[4 * quantity + 3] = LaneFunctions.centred(words.3)
        }
        for quantity in 0..<Self.quantities where !quantiles[quantity].isConstant { draw(quantity, numbers, values) }
        for word in 0..<4 {
          let cohesion = values[word]
          let friction = values[4 + word]
          let depth = values[8 + word] * depthScale
          let drawnFlow = values[12 + word]
          let arriving = values[16 + word] * inflow

          let (sine, cosine) =
            frictionIsAngle
            ? LaneFunctions.sineAndCosine(friction * radians) : (friction, Lanes(repeating: 1))
          // FS ≤ 1, multiplied by everything that is divided by: transmissivity, depth, weight and cos φ.
          let outflow = convention == nil ? drawnFlow : drawnFlow * depth
          let uplift = water * depth * outflow.replacing(with: arriving, where: arriving .< outflow)
          let weight = load + gamma * depth
          let margin =
            cosine * outflow * (cohesion * cohesionFactor - weight * tangent) + sine * (weight * outflow - uplift)
          let isDrawn = (group &* 4 &+ UInt32(word)) .< UInt32(draws)
          let fails = (margin .<= 0) .& (depth .> thinnest) .& isDrawn
          let fills = (arriving .>= outflow) .& isDrawn
          failed = failed.replacing(with: failed &+ 1, where: fails)
          saturated = saturated.replacing(with: saturated &+ 1, where: fills)
        }
        first += 32
      }
    }
    return (Int(failed.wrappedSum()), Int(saturated.wrappedSum()))
  }

  /// Turns the four vectors of random numbers of a quantity into its values.
  @inline(__always)
  private func draw(_ quantity: Int, _ numbers: UnsafeMutablePointer<Lanes>, _ values: UnsafeMutablePointer<Lanes>) {
    let own = numbers + 4 * quantity
    if partner[quantity] == quantity {
      quantiles[quantity].map({ own[$0] }, into: values + 4 * quantity, count: 4)
    } else {
      let other = numbers + 4 * partner[quantity]
      let (otherWeight, ownWeight) = (partnerWeight[quantity], ownWeight[quantity])
      quantiles[quantity].map(
        scores: {
          LaneFunctions.normalScore(other[$0]) * otherWeight + LaneFunctions.normalScore(own[$0]) * ownWeight
        }, into: values + 4 * quantity, count: 4)
    }
  }

  /// The counts where no draw can change them: bounds of the margin by interval arithmetic.
  ///
  /// Most ground is too gentle to fail or too steep to stand whatever is drawn. The bounds hold with room for rounding,
  /// so that counts are those of the draws.
  private func certainCounts(
    _ cell: FailureCell, inflow: Double, draws: Int
  ) -> (failed: Int, saturated: Int)? {
    let room = 1e-4
    let t = cell.slopeTangent
    let depth = ranges[2].lowerBound * cell.depthScale...ranges[2].upperBound * cell.depthScale
    let outflow =
      convention == nil
      ? ranges[3]
      : ranges[3].lowerBound * depth.lowerBound...ranges[3].upperBound * depth.upperBound
    let arriving = ranges[4].lowerBound * inflow...ranges[4].upperBound * inflow
    let saturated: Int
    if arriving.lowerBound > outflow.upperBound * (1 + room) {
      saturated = draws
    } else if arriving.upperBound < outflow.lowerBound * (1 - room) {
      saturated = 0
    } else {
      return nil
    }
    let driest = min(1, arriving.lowerBound / outflow.upperBound)
    let wettest = min(1, arriving.upperBound / outflow.lowerBound)
    let friction =
      frictionIsAngle
      ? tan(ranges[1].lowerBound * .pi / 180)...tan(ranges[1].upperBound * .pi / 180) : ranges[1]
    /// Least or largest margin over the depths, which it is linear in.
    func margin(_ cohesion: Double, _ friction: Double, _ wetness: Double, _ choose: (Double, Double) -> Double)
      -> Double
    {
      let perDepth = (unitWeight - wetness * waterUnitWeight) * friction - unitWeight * t
      return cohesion * (1 + t * t) + surcharge * (friction - t)
        + choose(depth.lowerBound * perDepth, depth.upperBound * perDepth)
    }
    let scale =
      ranges[0].upperBound * (1 + t * t)
      + (surcharge + unitWeight * depth.upperBound) * (friction.upperBound + t)
    if margin(ranges[0].lowerBound, friction.lowerBound, wettest, min) > room * scale { return (0, saturated) }
    let isDeep = depth.lowerBound > InfiniteSlope.smallestDepth * (1 + room)
    if isDeep, margin(ranges[0].upperBound, friction.upperBound, driest, max) < -room * scale {
      return (draws, saturated)
    }
    return nil
  }
}
