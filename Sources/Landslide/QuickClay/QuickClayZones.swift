public import Grids

/// Zones of a screening for quick-clay slides, as flags of a cell; a cell without any flag has no data.
public struct ClayZones: OptionSet, Sendable, Hashable {
  /// Bits.
  public let rawValue: UInt8

  /// Takes bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// All inputs have data here.
  public static let known = ClayZones(rawValue: 1)
  /// Clay ground within 20 H of the foot of a slope and above it.
  public static let nearSlope = ClayZones(rawValue: 2)
  /// Clay ground on a line 1:20 or steeper from a foot.
  public static let reach = ClayZones(rawValue: 4)
  /// Clay ground that may slide: on the line 1:15 from a foot, or what retrogression from the given feet takes.
  public static let release = ClayZones(rawValue: 8)
  /// Ground that the clay of the release area may run out over.
  public static let runout = ClayZones(rawValue: 16)
}

/// Result of a screening for quick-clay slides: susceptibility by terrain and maps, no probability.
public struct QuickClayScreening: Sendable {
  /// Raw values of ``ClayZones``.
  public let zones: Grid<UInt8>
  /// Run n of the steepest line 1:n down to a foot, on all ground; +∞ beyond the reach, NaN without data.
  public let run: Grid<Float>
  /// Height above the lowest foot on a line of the slide's length, on all ground, m; 0 where there is none.
  public let height: Grid<Float>
  /// Runout length that is left, m; NaN where no clay comes.
  public let runoutLeft: Grid<Float>
}

/// Screens terrain for quick-clay slides: clay ground, terrain criteria, release area and runout.
///
/// The criteria compare heights of terrain with those at the feet of slopes; only cells of marine ground enter the zones,
/// but the feet may be anywhere.
/// The clay of a release cell runs out from the foot of the slope below it, with H the height above that foot.
/// - Parameters:
///   - terrain: Height in m; NaN is no data.
///   - surface: The terrain without pits, over which clay runs out, m.
///   - ground: Raw values of ``ClayGround``.
///   - feet: Level at the feet of slopes in m, as beds of streams; NaN elsewhere. With feet the release area is what
///     ``retrogression(terrain:feet:criterion:freeDistance:initial:ground:threads:)`` takes from them; nil takes every
///     cell as a possible foot, and as release area the cells on the line of the slide's length.
///   - rules: The figures.
///   - isChannelled: Whether clay runs out along a channel, which it does farther.
///   - threads: Number of threads.
/// - Throws: ``GeometryMismatch``, ``ValuesOutOfRange`` or ``InvalidClayFigure``.
public func quickClayScreening(
  terrain: Grid<Float>, surface: Grid<Float>, ground: Grid<UInt8>, feet: Grid<Float>? = nil,
  rules: QuickClayRules = QuickClayRules(), isChannelled: Bool = true, threads: Int
) throws -> QuickClayScreening {
  try terrain.geometry.require(ground.geometry, for: "quick clay from terrain and ground")
  try terrain.geometry.require(surface.geometry, for: "quick clay from terrain and surface")
  let gentlest = try rules.criterion(run: rules.reach.value)
  let slide = try rules.criterion(run: rules.slide.length.value)
  let widest = max(gentlest.run, slide.run)
  let run = try steepestRun(terrain: terrain, feet: feet, criterion: rules.criterion(run: widest), threads: threads)
  let height = try heightAboveFoot(terrain: terrain, feet: feet, criterion: slide, threads: threads)
  let slopes = try slopeHeight(terrain: terrain, feet: feet, criterion: gentlest, threads: threads)
  let near = try withinSlopeHeights(
    terrain: terrain, feet: feet, slopeHeight: slopes, factor: rules.heightFactor.value,
    smallestHeight: rules.smallestHeight.value, threads: threads)
  let retrogressive = try feet.map {
    try retrogression(
      terrain: terrain, feet: $0, criterion: slide, freeDistance: rules.freeDistance.value,
      initial: rules.criterion(run: rules.initialRun.value), ground: ground, threads: threads)
  }
  var zones = Grid<UInt8>(terrain.geometry, repeating: 0)
  var released = Grid<Float>(terrain.geometry, repeating: .nan)
  var length = Grid<Float>(terrain.geometry, repeating: 0)
  let factor = isChannelled ? rules.slide.channelledRunout.value : rules.slide.openRunout.value
  for cell in 0..<terrain.count where !terrain[cell].isNaN && ground[cell] != ClayGround.noData.rawValue {
    var zone = ClayZones.known
    if ground[cell] == ClayGround.marine.rawValue {
      if near[cell] == 1 { zone.insert(.nearSlope) }
      if run[cell] <= Float(gentlest.run) { zone.insert(.reach) }
      let isReleased = retrogressive.map { $0[cell] == 1 } ?? (run[cell] <= Float(slide.run))
      if isReleased {
        zone.insert(.release)
        released[cell] = run[cell]
      }
    }
    zones[cell] = zone.rawValue
  }
  let (foot, rise) = try slopeFeet(
    terrain: terrain, feet: feet, run: released, criterion: slide, threads: threads)
  for cell in 0..<terrain.count where foot[cell] >= 0 {
    let reach = Float(factor * rules.slide.length.value * Double(rise[cell]))
    length[Int(foot[cell])] = max(length[Int(foot[cell])], reach)
  }
  let left = try clayRunout(surface: surface, length: length)
  for cell in 0..<terrain.count where !left[cell].isNaN && zones[cell] & ClayZones([.known, .release]).rawValue == 1 {
    zones[cell] |= ClayZones.runout.rawValue
  }
  return QuickClayScreening(zones: zones, run: run, height: height, runoutLeft: left)
}
