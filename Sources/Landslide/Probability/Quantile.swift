import Foundation

/// Turns numbers from −1 to 1 into draws of a distribution: its quantile function, prepared for eight draws at a time.
struct Quantile {
  private enum Shape {
    case constant, uniform, triangular, normal, lognormal
  }

  private let shape: Shape
  /// Value, middle, lower bound, mean, or mean of the logarithm.
  private let base: Float
  /// Half the range, or the standard deviation of the variate or of its logarithm.
  private let spread: Float
  /// Triangle: upper bound, share left of the mode, and the squares of the widths of both sides over their shares.
  private var upper: Float = 0
  private var modeShare: Float = 0
  private var leftFactor: Float = 0
  private var rightFactor: Float = 0
  /// Part of −1…1 that lies within the range of the quantity, as its middle and half its width.
  private var cutMiddle: Float = 0
  private var cutHalf: Float = 1

  /// Prepares the distribution of a quantity that cannot leave a range.
  init(_ distribution: Distribution, within range: ClosedRange<Double>) {
    func cut(_ lower: Double, _ upper: Double) -> (middle: Float, half: Float) {
      let from = erf(lower * 0.5.squareRoot())
      let to = erf(upper * 0.5.squareRoot())
      return (Float((from + to) / 2), Float((to - from) / 2))
    }
    switch distribution {
    case .constant(let value):
      shape = .constant
      (base, spread) = (Float(value), 0)
    case .uniform(let lower, let upper):
      shape = .uniform
      (base, spread) = (Float((lower + upper) / 2), Float((upper - lower) / 2))
    case .triangular(let lower, let mode, let upper):
      shape = .triangular
      (base, spread) = (Float(lower), 0)
      self.upper = Float(upper)
      modeShare = Float((mode - lower) / (upper - lower))
      leftFactor = Float((upper - lower) * (mode - lower))
      rightFactor = Float((upper - lower) * (upper - mode))
    case .normal(let mean, let deviation):
      shape = .normal
      (base, spread) = (Float(mean), Float(deviation))
      (cutMiddle, cutHalf) = cut((range.lowerBound - mean) / deviation, (range.upperBound - mean) / deviation)
    case .lognormal(let mean, let deviation):
      shape = .lognormal
      let variance = log1p(deviation * deviation / (mean * mean))
      let centre = Foundation.log(mean) - variance / 2
      (base, spread) = (Float(centre), Float(variance.squareRoot()))
      let top = (Foundation.log(range.upperBound) - centre) / variance.squareRoot()
      (cutMiddle, cutHalf) = cut(-.infinity, top)
    }
  }

  var isConstant: Bool { shape == .constant }

  /// Draws from numbers evenly spread over −1…1; rising with them.
  @inline(__always)
  func map(_ numbers: (Int) -> Lanes, into draws: UnsafeMutablePointer<Lanes>, count: Int) {
    switch shape {
    case .constant: for index in 0..<count { draws[index] = Lanes(repeating: base) }
    case .uniform: for index in 0..<count { draws[index] = base + spread * numbers(index) }
    case .triangular: for index in 0..<count { draws[index] = triangular(numbers(index)) }
    case .normal: for index in 0..<count { draws[index] = base + spread * cutScore(numbers(index)) }
    case .lognormal:
      for index in 0..<count { draws[index] = LaneFunctions.exp(base + spread * cutScore(numbers(index))) }
    }
  }

  /// Draws from standard normal variates; rising with them.
  @inline(__always)
  func map(scores: (Int) -> Lanes, into draws: UnsafeMutablePointer<Lanes>, count: Int) {
    if shape == .normal && cutHalf == 1 {
      for index in 0..<count { draws[index] = base + spread * scores(index) }
    } else if shape == .lognormal && cutHalf == 1 {
      for index in 0..<count { draws[index] = LaneFunctions.exp(base + spread * scores(index)) }
    } else {
      map({ LaneFunctions.centredProbability(ofScore: scores($0)) }, into: draws, count: count)
    }
  }

  @inline(__always)
  private func triangular(_ x: Lanes) -> Lanes {
    let fromLower = x * Float(0.5) + Float(0.5)
    let fromUpper = Float(0.5) - x * Float(0.5)
    let isLeft = fromLower .< modeShare
    let distance = LaneFunctions.squareRoot(
      (fromUpper * rightFactor).replacing(with: fromLower * leftFactor, where: isLeft))
    return (upper - distance).replacing(with: base + distance, where: isLeft)
  }

  @inline(__always)
  private func cutScore(_ x: Lanes) -> Lanes {
    LaneFunctions.normalScore(LaneFunctions.clamped(cutMiddle + cutHalf * x, -0x1.fffffep-1, 0x1.fffffep-1))
  }

  /// Least and largest draw; a little wider where draws come from scores.
  var range: ClosedRange<Float> {
    let ends = Lanes(-1, 1, 0, 0, 0, 0, 0, 0)
    return withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 2) { draws in
      guard let first = draws.baseAddress else { preconditionFailure("two elements") }
      map({ _ in ends }, into: first, count: 1)
      map(scores: { _ in ends * Float(8) }, into: first + 1, count: 1)
      return min(first[0][0], first[1][0])...max(first[0][1], first[1][1])
    }
  }
}
