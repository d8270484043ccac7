/// What a step of the local inertial scheme is made with, for faces of one direction.
struct InertialConstants: Sendable {
  /// Depth of flow below which a face carries nothing, metres.
  let film: Float
  /// Weight of each neighbouring face in the smoothing, by the speed of water and waves, s/m.
  let smoothing: Float
  /// g Δt / Δx.
  let push: Float
  /// g Δt.
  let friction: Float

  /// - Parameters:
  ///   - step: Time step, seconds.
  ///   - length: Distance between the cells' centres, metres.
  init(film: Float, theta: Float, step: Float, length: Float) {
    self.film = film
    smoothing = InertialSmoothing.weight(theta: theta, step: step, length: length)
    push = Gravity.float * step / length
    friction = Gravity.float * step
  }
}

/// Acceleration of gravity, m/s².
enum Gravity {
  static let float: Float = 9.81
  static let double = 9.81
}

/// The local inertial scheme at the faces of a piece of a row.
///
/// Staggered and θ-centred (Bates, Horritt and Fewtrell 2010; de Almeida et al. 2012), with changes that make it safe for
/// thin, fast sheet flow on steep ground and for narrow streams:
/// - Friction is solved for, not lagged, see ``InertialFriction``.
/// - A face's neighbours smooth its discharge in proportion to the step, and trickles take nothing from streams, see
///   ``InertialSmoothing``; fast water has less inertia, see ``PartialInertia``.
/// - Depth and drop come from differences: with Δz = z₀ − z₁, h = max(h₀ + min(Δz, 0), h₁ − max(Δz, 0)) and
///   drop = (h₀ − h₁) + Δz. No level is ever formed, so nothing depends on the height above the sea.
/// - Where Manning's normal flow would be supercritical, the discharge does not exceed it.
///
/// The work is cut into short loops over the same few hundred faces. In one long loop each operation would wait for
/// the one before, and the processor, which looks ahead some hundreds of instructions, would find little else to do.
struct InertialFaces {
  /// Columns that are worked on together: whole tiles, so few that all rows below stay in the fastest cache.
  static var columns: Int { 8 * FlowLayout.tileWidth }

  // Rows of numbers. Their distances are constants, so that the compiler knows that they do not overlap.
  private static var length: Int { columns + 16 }
  /// Depth in a row of cells, metres, and in the row below.
  static var depth: Int { FlowLayout.lead }
  static var depthBelow: Int { length + depth }
  /// n² / 2 in a row of cells and in the row below.
  static var friction: Int { 2 * length + depth }
  static var frictionBelow: Int { 3 * length + depth }
  /// The old discharges southward in the row above, m²/s.
  static var above: Int { 4 * length + depth }
  /// By how much the next discharge eastward may change one, m²/s, and that of this row southward one of the row above.
  static var changeX: Int { 5 * length + depth }
  static var changeAbove: Int { 6 * length + depth }
  /// Largest speed so far, (|u| + √(g h)) / Δx, each by its own column, 1/s.
  static var fastest: Int { 7 * length + depth }
  /// A, s/m².
  private static var resistance: Int { 8 * length + depth }
  /// 1 / h, 1/m.
  private static var inverseDepth: Int { 9 * length + depth }
  /// √(g h), m/s; 0 where it is dry.
  private static var wave: Int { 10 * length + depth }
  /// The most that may flow, m²/s, where there is a limit anywhere.
  private static var most: Int { 11 * length + depth }
  /// B, m²/s; 0 where it is dry.
  private static var drive: Int { 12 * length + depth }
  /// The root of the quadratic equation for the new discharge, m²/s, and how far a remainder moves it.
  private static var guess: Int { 13 * length + depth }
  private static var slope: Int { 14 * length + depth }
  /// Where the rows of ``fall(_:depth0:depth1:ground0:ground1:across:_:)`` begin, for faces eastward and southward.
  static var east: Int { 15 * length + depth }
  static var south: Int { 18 * length + depth }
  /// Length of all rows together.
  static var total: Int { 21 * length }

  let rows: UnsafeMutablePointer<Float>
  /// ``east`` or ``south``.
  private let first: Int
  private let tiles: Int

  /// - Parameter count: Columns, a multiple of those of a tile.
  @inline(__always)
  init(_ rows: UnsafeMutablePointer<Float>, from first: Int, count: Int) {
    self.rows = rows
    self.first = first
    tiles = count / FlowLayout.tileWidth
  }

  /// Columns.
  @inline(__always)
  var count: Int {
    // A product, so that the compiler knows that no loop over them leaves a remainder.
    tiles &* FlowLayout.tileWidth
  }

  /// Depth of flow, metres.
  @inline(__always)
  private var flow: Int { first }
  /// What gravity adds in the step, m²/s; 0 where it is dry.
  @inline(__always)
  private var push: Int { first &+ Self.length }
  /// Size of the discharge across, m²/s.
  @inline(__always)
  private var across: Int { first &+ 2 &* Self.length }

  /// Depth and gravity's part at a face between cell 0 and cell 1.
  /// - Parameter across: Sum of the discharges through the four faces that touch the ends of this one.
  @inline(__always)
  func fall(
    _ x: Int, depth0: Float, depth1: Float, ground0: Float, ground1: Float, across: Float,
    _ constants: InertialConstants
  ) {
    let step = ground0 - ground1
    let flow = larger(depth0 + negativePart(step), depth1 - positivePart(step))
    let drop = (depth0 - depth1) + step
    let push = constants.push * flow * drop
    rows[x &+ self.flow] = flow
    rows[x &+ self.push] = flow > constants.film ? push : 0
    rows[x &+ self.across] = magnitude(0.25 * across)
  }

  /// Friction, wave speed and the most that may flow, at all faces.
  /// - Parameter friction1: The row of n² / 2 of the cells that the faces lead to.
  /// - Returns: Whether there is a limit to the flow through any of them.
  @inline(__always)
  func resist(friction1: Int, _ constants: InertialConstants) -> Bool {
    // The first bit is set in negative numbers. Whole numbers, unlike floats, the compiler may gather in any order.
    var signs: UInt32 = 0
    for x in 0..<count {
      let flow = rows[x &+ flow]
      let h = larger(flow, constants.film)
      // y = h^(−1/3) gives all other powers.
      let y = reciprocalCubeRoot(h)
      let y2 = y * y
      let inverseDepth = y2 * y
      rows[x &+ Self.inverseDepth] = inverseDepth
      let friction = rows[x &+ Self.friction] + rows[x &+ friction1]
      let resistance = constants.friction * friction * (y2 * y2 * inverseDepth)
      rows[x &+ Self.resistance] = resistance
      let wave2 = Gravity.float * h
      rows[x &+ Self.wave] = flow > constants.film ? squareRoot(wave2) : 0
      // Normal flow balances gravity and friction, A q² = g h Δt S, and is supercritical where q² / h² > g h.
      let margin = resistance * wave2 - magnitude(rows[x &+ push]) * (inverseDepth * inverseDepth)
      rows[x &+ Self.most] = margin
      signs |= margin.bitPattern
    }
    let isLimited = signs & 0x8000_0000 != 0
    if isLimited {
      for x in 0..<count {
        let normal = squareRoot(magnitude(rows[x &+ push]) / rows[x &+ Self.resistance])
        rows[x &+ Self.most] = rows[x &+ Self.most] < 0 ? normal : .greatestFiniteMagnitude
      }
    }
    return isLimited
  }

  /// What drives a face: its own discharge, smoothed, and gravity, for the inertia that it has.
  /// - Parameters:
  ///   - q: Present discharge, positive from 0 to 1; `before` and `after` are what ``InertialSmoothing`` takes.
  @inline(__always)
  func drive(_ x: Int, q: Float, before: Float, after: Float, _ constants: InertialConstants) {
    let inverseDepth = rows[x &+ Self.inverseDepth]
    let water = magnitude(q) * inverseDepth
    let lightness = PartialInertia.reciprocal(speed: water, inverseDepth: inverseDepth)
    let push = rows[x &+ push] * lightness
    let smooth = InertialSmoothing.discharge(
      q, before: before, after: after, weight: constants.smoothing * (water + rows[x &+ Self.wave]))
    // Where the neighbours would turn the flow uphill, they have no say.
    let b = (smooth + push) * push < 0 ? q + push : smooth + push
    rows[x &+ Self.drive] = rows[x &+ flow] > constants.film ? b : 0
    rows[x &+ Self.resistance] *= lightness
  }

  /// Solves for friction: the new discharges.
  /// - Parameter isLimited: Whether there is a limit to the flow through any face.
  @inline(__always)
  func solve(_ discharge: UnsafeMutablePointer<Float>, isLimited: Bool, inverseLength: Float) {
    for x in 0..<count {
      let drive = magnitude(rows[x &+ Self.drive])
      let (linear, discriminant) = InertialFriction.quadratic(
        drive: drive, across: rows[x &+ across], resistance: rows[x &+ Self.resistance])
      (rows[x &+ Self.guess], rows[x &+ Self.slope]) = InertialFriction.root(
        drive: drive, linear: linear, discriminant: discriminant)
    }
    if isLimited {
      for x in 0..<count { discharge[x] = improve(x, most: rows[x &+ Self.most], inverseLength) }
    } else {
      for x in 0..<count { discharge[x] = improve(x, most: nil, inverseLength) }
    }
  }

  /// The new discharge from the root of the quadratic equation, and what it means for the largest speed.
  @inline(__always)
  private func improve(_ x: Int, most: Float?, _ inverseLength: Float) -> Float {
    let drive = rows[x &+ Self.drive]
    var size = InertialFriction.discharge(
      guess: rows[x &+ Self.guess], slope: rows[x &+ Self.slope], drive: magnitude(drive),
      across: rows[x &+ across], resistance: rows[x &+ Self.resistance])
    if let most { size = smaller(size, most) }
    let speed = (size * rows[x &+ Self.inverseDepth] + rows[x &+ Self.wave]) * inverseLength
    rows[x &+ Self.fastest] = larger(rows[x &+ Self.fastest], speed)
    return withSign(size, of: drive)
  }
}
