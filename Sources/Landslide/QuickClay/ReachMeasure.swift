import Grids

/// What is looked for from each target among all sources.
///
/// Keys are heights, negated where low ones are sought. The value must not fall when a key grows and must not grow with
/// the distance, both as computed: the search leaves out sources only where this rules them out, so that its result is
/// the largest value over *all* sources, bit for bit.
protocol ReachMeasure: Sendable {
  /// What is known of a target or a source.
  associatedtype Key: BitwiseCopyable & Sendable
  /// Key below all others: no target, no source.
  static var absent: Key { get }
  /// The componentwise larger of two keys.
  static func larger(_ a: Key, _ b: Key) -> Key
  /// The componentwise smaller of two keys.
  static func smaller(_ a: Key, _ b: Key) -> Key
  /// Whether the key stands for a target or source.
  static func isPresent(_ key: Key) -> Bool
  /// A key that at least one source of a block has or exceeds, from the block's largest and smallest.
  static func attained(largest: Key, smallest: Key) -> Key
  /// Whether the first key is larger than the second, in any component.
  static func exceeds(_ a: Key, _ b: Key) -> Bool
  /// Whether a source that counts for every target of a block leaves no use for sources whose key is not larger,
  /// however near they are.
  static var ignoresDistance: Bool { get }
  /// A value above which there is none; a target that has it needs no further search, and its source is not told.
  var ceiling: Double { get }
  /// The value of a source for a target, −∞ where it does not count.
  func value(target: Key, source: Key, squaredDistance: Double) -> Double
  /// Whether some of four sources in a row may have a value above `best`; a quick test that may err with yes only.
  func mayExceed(_ best: Double, target: Key, sources: UnsafePointer<Key>, squaredDistances: SIMD4<Float>) -> Bool
}

extension ReachMeasure where Key == Float {
  static var absent: Float { -.infinity }
  @inline(__always) static func larger(_ a: Float, _ b: Float) -> Float { max(a, b) }
  @inline(__always) static func smaller(_ a: Float, _ b: Float) -> Float { min(a, b) }
  @inline(__always) static func isPresent(_ key: Float) -> Bool { key > -.infinity }
  @inline(__always) static func exceeds(_ a: Float, _ b: Float) -> Bool { a > b }
  @inline(__always) static func attained(largest: Float, smallest: Float) -> Float { largest }
}

extension ReachMeasure where Key == SIMD2<Float> {
  static var absent: SIMD2<Float> { SIMD2(repeating: -.infinity) }
  @inline(__always) static func larger(_ a: SIMD2<Float>, _ b: SIMD2<Float>) -> SIMD2<Float> {
    a.replacing(with: b, where: a .< b)
  }
  @inline(__always) static func smaller(_ a: SIMD2<Float>, _ b: SIMD2<Float>) -> SIMD2<Float> {
    a.replacing(with: b, where: a .> b)
  }
  @inline(__always) static func isPresent(_ key: SIMD2<Float>) -> Bool { key.x > -.infinity }
  @inline(__always) static func exceeds(_ a: SIMD2<Float>, _ b: SIMD2<Float>) -> Bool { any(a .> b) }
  // The largest components may be of different sources.
  @inline(__always) static func attained(largest: SIMD2<Float>, smallest: SIMD2<Float>) -> SIMD2<Float> { smallest }
}

/// What single precision may be off by, generously.
private let slack: Float = 1e-5

/// The line of least run for each unit of rise: value −(d / rise)².
struct LeastRun: ReachMeasure {
  typealias Key = Float
  let smallestRise: Double
  let squaredRunLimit: Double
  let squaredReach: Double

  static var ignoresDistance: Bool { false }
  var ceiling: Double { 0 }

  @inline(__always)
  func value(target: Float, source: Float, squaredDistance: Double) -> Double {
    let rise = Double(target) + Double(source)
    guard rise >= smallestRise, squaredDistance <= squaredReach else { return -.infinity }
    let squaredRun = squaredDistance / (rise * rise)
    return squaredRun <= squaredRunLimit ? -squaredRun : -.infinity
  }

  @inline(__always)
  func mayExceed(
    _ best: Double, target: Float, sources: UnsafePointer<Float>, squaredDistances: SIMD4<Float>
  ) -> Bool {
    let rise = UnsafeRawPointer(sources).loadUnaligned(as: SIMD4<Float>.self) + target
    let limit = Float(min(-best, squaredRunLimit)) * (1 + slack)
    return any((squaredDistances .<= rise * rise * limit) .& (rise .>= Float(smallestRise) * (1 - slack)))
  }
}

/// The greatest rise whose line is steep enough: value the rise.
struct GreatestRise: ReachMeasure {
  typealias Key = Float
  let smallestRise: Double
  let squaredRunLimit: Double
  let squaredReach: Double

  static var ignoresDistance: Bool { true }
  var ceiling: Double { .infinity }

  @inline(__always)
  func value(target: Float, source: Float, squaredDistance: Double) -> Double {
    let rise = Double(target) + Double(source)
    guard rise >= smallestRise, squaredDistance <= squaredReach else { return -.infinity }
    return squaredDistance / (rise * rise) <= squaredRunLimit ? rise : -.infinity
  }

  @inline(__always)
  func mayExceed(
    _ best: Double, target: Float, sources: UnsafePointer<Float>, squaredDistances: SIMD4<Float>
  ) -> Bool {
    let rise = UnsafeRawPointer(sources).loadUnaligned(as: SIMD4<Float>.self) + target
    let limit = Float(squaredRunLimit) * (1 + slack)
    return any((squaredDistances .<= rise * rise * limit) .& (rise .>= Float(max(best, smallestRise)) * (1 - slack)))
  }
}

/// The greatest rise whose line is at least as steep as the target asks, by its key's y: value the rise.
struct GreatestRiseWithin: ReachMeasure {
  typealias Key = SIMD2<Float>
  let smallestRise: Double
  let squaredReach: Double

  static var ignoresDistance: Bool { true }
  var ceiling: Double { .infinity }

  @inline(__always)
  func value(target: SIMD2<Float>, source: SIMD2<Float>, squaredDistance: Double) -> Double {
    let rise = Double(target.x) + Double(source.x)
    guard rise >= smallestRise, squaredDistance <= squaredReach else { return -.infinity }
    let run = Double(target.y)
    return squaredDistance / (rise * rise) <= run * run ? rise : -.infinity
  }

  @inline(__always)
  func mayExceed(
    _ best: Double, target: SIMD2<Float>, sources: UnsafePointer<SIMD2<Float>>, squaredDistances: SIMD4<Float>
  ) -> Bool {
    let rise = UnsafeRawPointer(sources).loadUnaligned(as: SIMD8<Float>.self).evenHalf + target.x
    let limit = target.y * target.y * (1 + slack)
    return any((squaredDistances .<= rise * rise * limit) .& (rise .>= Float(max(best, smallestRise)) * (1 - slack)))
  }
}

/// Whether a source with a reach of its own, its key's x, lies near and low enough: value 1.
struct WithinOwnReach: ReachMeasure {
  typealias Key = SIMD2<Float>
  let smallestRise: Double

  static var ignoresDistance: Bool { false }
  var ceiling: Double { 1 }

  @inline(__always)
  func value(target: SIMD2<Float>, source: SIMD2<Float>, squaredDistance: Double) -> Double {
    let rise = Double(target.y) + Double(source.y)
    let reach = Double(source.x)
    return rise >= smallestRise && reach > 0 && squaredDistance <= reach * reach ? 1 : -.infinity
  }

  @inline(__always)
  func mayExceed(
    _ best: Double, target: SIMD2<Float>, sources: UnsafePointer<SIMD2<Float>>, squaredDistances: SIMD4<Float>
  ) -> Bool {
    let keys = UnsafeRawPointer(sources).loadUnaligned(as: SIMD8<Float>.self)
    let (reach, rise) = (keys.evenHalf, keys.oddHalf + target.y)
    let least = Float(smallestRise)
    return any((squaredDistances .<= reach * reach * (1 + slack)) .& (rise .>= least - abs(least) * slack))
  }
}
