/// Repeatable randomness: the same seed gives the same place.
struct RandomNumbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  /// A number in [0, 1).
  mutating func unit() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    return RandomNumbers.unit(of: state)
  }

  /// A number between two others.
  mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * unit() }

  /// One of some values.
  mutating func pick<Value>(_ values: [Value]) -> Value { values[Int(unit() * Double(values.count))] }

  /// Scrambles bits into a number in [0, 1) (SplitMix64).
  static func unit(of bits: UInt64) -> Double {
    var z = bits
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
  }
}

/// Gradient noise: smooth hills of one size, between about −1 and 1, without the squares of value noise.
///
/// Only the four operations are used, here and in the rest of the place, so that every machine makes the same bytes.
struct Noise {
  let seed: UInt64

  private func slope(_ x: Int, _ y: Int, _ dx: Double, _ dy: Double) -> Double {
    let key =
      UInt64(bitPattern: Int64(x)) &* 0x9E37_79B1_85EB_CA87 ^ UInt64(bitPattern: Int64(y)) &* 0xC2B2_AE3D_27D4_EB4F
      ^ seed &* 0x1656_67B1_9E37_79F9
    // Sixteen directions are plenty.
    let direction = Int(RandomNumbers.unit(of: key) * 16)
    let (gx, gy) = Noise.directions[direction]
    return gx * dx + gy * dy
  }

  private static let directions: [(Double, Double)] = [
    (1, 0), (0.924, 0.383), (0.707, 0.707), (0.383, 0.924), (0, 1), (-0.383, 0.924), (-0.707, 0.707),
    (-0.924, 0.383), (-1, 0), (-0.924, -0.383), (-0.707, -0.707), (-0.383, -0.924), (0, -1), (0.383, -0.924),
    (0.707, -0.707), (0.924, -0.383),
  ]

  /// The noise at a point, with hills of a given size in metres.
  func value(_ x: Double, _ y: Double, size: Double) -> Double {
    let u = x / size
    let v = y / size
    let column = u.rounded(.down)
    let row = v.rounded(.down)
    let fx = u - column
    let fy = v - row
    func ease(_ t: Double) -> Double { t * t * t * (t * (t * 6 - 15) + 10) }
    let (ex, ey) = (ease(fx), ease(fy))
    let (c, r) = (Int(column), Int(row))
    let north = slope(c, r, fx, fy) * (1 - ex) + slope(c + 1, r, fx - 1, fy) * ex
    let south = slope(c, r + 1, fx, fy - 1) * (1 - ex) + slope(c + 1, r + 1, fx - 1, fy - 1) * ex
    return (north * (1 - ey) + south * ey) * 1.5
  }

  /// Hills on hills: each octave half the size and `roughness` of the height of the one before.
  func fractal(_ x: Double, _ y: Double, size: Double, octaves: Int, roughness: Double) -> Double {
    var (x, y) = (x, y)
    var sum = 0.0
    var height = 1.0
    var size = size
    for _ in 0..<octaves {
      sum += height * value(x, y, size: size)
      // Turned by the angle of the triangle 3, 4, 5 and shifted, so that no octave's lattice shows through another's.
      (x, y) = (0.8 * x - 0.6 * y + 37.3, 0.6 * x + 0.8 * y - 91.7)
      height *= roughness
      size /= 2.03
    }
    return sum
  }
}

/// 0 below `from`, 1 above `to`, and a smooth step between.
func smoothStep(_ value: Double, from: Double, to: Double) -> Double {
  let t = min(1, max(0, (value - from) / (to - from)))
  return t * t * (3 - 2 * t)
}

/// The lower of two surfaces, with the edge where they meet rounded over a height of `rounding`.
func smoothMinimum(_ a: Double, _ b: Double, rounding: Double) -> Double {
  let share = min(1, max(0, 0.5 + 0.5 * (b - a) / rounding))
  return b + (a - b) * share - rounding * share * (1 - share)
}
