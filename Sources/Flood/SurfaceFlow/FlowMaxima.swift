public import Grids

/// The greatest depths, speeds and hazards of a simulation, and when they were.
///
/// Hazards are maxima over time of the hazard itself, not hazards of the maxima. 21 bytes a cell, and 2 more for each
/// depth whose duration is kept.
final class FlowMaxima: @unchecked Sendable {
  /// Marks a time that never came.
  static let never: UInt16 = .max

  private let view: any FlowView
  let layout: FlowLayout
  private let recording: FlowRecording
  /// Seconds in a unit of the times that are kept: a sixty-thousandth of the simulation.
  let tick: Double
  let depth: UnsafeMutablePointer<Float>
  let speed: UnsafeMutablePointer<Float>
  let discharge: UnsafeMutablePointer<Float>
  let rating: UnsafeMutablePointer<Float>
  let hazardClass: UnsafeMutablePointer<UInt8>
  let depthTime: UnsafeMutablePointer<UInt16>
  let arrival: UnsafeMutablePointer<UInt16>
  let durations: [(threshold: Float, ticks: UnsafeMutablePointer<UInt16>)]
  /// Whether a tile has changed since the last look.
  let isStale: UnsafeMutablePointer<Bool>
  var lastTick = 0

  init(_ view: any FlowView, _ recording: FlowRecording, duration: Double) {
    self.view = view
    layout = view.layout
    self.recording = recording
    tick = duration / 60_000
    let count = view.layout.count
    depth = .filled(count, with: 0)
    speed = .filled(count, with: 0)
    discharge = .filled(count, with: 0)
    rating = .filled(count, with: 0)
    hazardClass = .filled(count, with: 0)
    depthTime = .filled(count, with: 0)
    arrival = .filled(count, with: Self.never)
    durations = recording.durationDepths.map { ($0, .filled(count, with: 0)) }
    isStale = .filled(layout.strips * layout.tilesAcross, with: true)
  }

  deinit {
    for array in [depth, speed, discharge, rating] { array.deallocate() }
    hazardClass.deallocate()
    depthTime.deallocate()
    arrival.deallocate()
    for duration in durations { duration.ticks.deallocate() }
    isStale.deallocate()
  }

  /// Passes all that was kept.
  func code(_ coder: FlowStateCoder) {
    for array in [depth, speed, discharge, rating] { coder.cells(array, layout.count) }
    coder.cells(hazardClass, layout.count)
    coder.cells(depthTime, layout.count)
    coder.cells(arrival, layout.count)
    for duration in durations { coder.cells(duration.ticks, layout.count) }
    coder.cells(isStale, layout.strips * layout.tilesAcross)
    coder.value(&lastTick)
  }

  /// Number of the look at a time.
  func ticks(at time: Double) -> Int { Int((time / tick).rounded(.down)) }

  /// Looks at the tiles of one strip.
  func look(strip: Int, ticks now: Int) {
    let elapsed = UInt16(truncatingIfNeeded: now - lastTick)
    let first = strip * layout.tilesAcross
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 4 * FlowLayout.tileWidth) { rows in
      guard let rows = rows.baseAddress else { return }
      // Row by row, as the processor reads ahead.
      for row in layout.rows(ofStrip: strip) {
        for tile in 0..<layout.tilesAcross where isStale[first + tile] {
          let column = tile * FlowLayout.tileWidth
          view.read(column: column, row: row, depths: rows, flows: rows + FlowLayout.tileWidth)
          look(layout.position(column: column, row: row), rows, now: UInt16(truncatingIfNeeded: now), elapsed: elapsed)
        }
      }
    }
    (isStale + first).update(repeating: false, count: layout.tilesAcross)
  }

  /// Looks at a row of a tile, quantity by quantity, in short loops without branches over few arrays each, which the
  /// compiler turns into vector instructions; where there is no water nothing changes.
  /// - Parameter rows: The depths, the discharges, and room for speeds and classes.
  @inline(__always)
  private func look(_ start: Int, _ rows: UnsafeMutablePointer<Float>, now: UInt16, elapsed: UInt16) {
    // No depth of 0 counts, whatever the recording says.
    let least = larger(recording.speedDepth, .leastNormalMagnitude)
    for column in 0..<FlowLayout.tileWidth {
      let depth = rows[column]
      let free = rows[column &+ FlowLayout.tileWidth]
      let flow = depth >= least ? free : 0
      rows[column &+ FlowLayout.tileWidth] = flow
      rows[column &+ 2 &* FlowLayout.tileWidth] = flow / larger(depth, 1e-9)
    }
    Self.raise(discharge + start, rows + FlowLayout.tileWidth)
    Self.raise(speed + start, rows + 2 * FlowLayout.tileWidth)
    for column in 0..<FlowLayout.tileWidth {
      rows[column &+ 3 &* FlowLayout.tileWidth] = FloodHazard.urbanRating(
        depth: rows[column], speed: rows[column &+ 2 &* FlowLayout.tileWidth])
    }
    Self.raise(rating + start, rows + 3 * FlowLayout.tileWidth)
    let hazardClass = hazardClass + start
    for column in 0..<FlowLayout.tileWidth {
      let found = FloodHazard.aidrLimit(depth: rows[column], speed: rows[column &+ 2 &* FlowLayout.tileWidth])
      rows[column &+ 3 &* FlowLayout.tileWidth] = Float(bitPattern: UInt32(bitPattern: found))
    }
    for column in 0..<FlowLayout.tileWidth {
      let found = UInt8(truncatingIfNeeded: rows[column &+ 3 &* FlowLayout.tileWidth].bitPattern)
      hazardClass[column] = hazardClass[column] < found ? found : hazardClass[column]
    }
    Self.mark(depthTime + start, now, depth + start, rows)
    Self.raise(depth + start, rows)
    Self.arrive(arrival + start, now, rows, recording.arrivalDepth)
    for (threshold, ticks) in durations { Self.lengthen(ticks + start, elapsed, rows, threshold) }
  }

  @inline(__always)
  private static func raise(_ greatest: UnsafeMutablePointer<Float>, _ values: UnsafePointer<Float>) {
    for column in 0..<FlowLayout.tileWidth { greatest[column] = larger(greatest[column], values[column]) }
  }

  @inline(__always)
  private static func mark(
    _ time: UnsafeMutablePointer<UInt16>, _ now: UInt16, _ greatest: UnsafePointer<Float>, _ depth: UnsafePointer<Float>
  ) {
    for column in 0..<FlowLayout.tileWidth {
      let kept = time[column]
      time[column] = greatest[column] < depth[column] ? now : kept
    }
  }

  @inline(__always)
  private static func arrive(
    _ arrival: UnsafeMutablePointer<UInt16>, _ now: UInt16, _ depth: UnsafePointer<Float>, _ threshold: Float
  ) {
    for column in 0..<FlowLayout.tileWidth {
      let kept = arrival[column]
      let here = depth[column] > threshold ? now : never
      // Later looks have higher numbers.
      arrival[column] = here < kept ? here : kept
    }
  }

  @inline(__always)
  private static func lengthen(
    _ ticks: UnsafeMutablePointer<UInt16>, _ elapsed: UInt16, _ depth: UnsafePointer<Float>, _ threshold: Float
  ) {
    for column in 0..<FlowLayout.tileWidth {
      let more = depth[column] > threshold ? elapsed : 0
      ticks[column] &+= more
    }
  }
}

/// A quantity that a simulation keeps for every cell.
public enum FlowQuantity: Sendable, Hashable {
  /// Greatest depth, metres.
  case maximumDepth
  /// Greatest speed, m/s.
  case maximumSpeed
  /// Greatest depth × speed, m²/s.
  case maximumDepthSpeed
  /// When the water was deepest, seconds.
  case timeOfMaximum
  /// When the water arrived, seconds.
  case arrivalTime
  /// How long the water was deeper than one of the recording's `durationDepths`, by its number, seconds.
  case duration(Int)
  /// Greatest hazard rating of the United Kingdom.
  case hazardRating
  /// Greatest hazard class of Australia.
  case hazardClass
}

/// What a simulation leaves behind: grids on the terrain's geometry, NaN outside it.
public struct FlowResult: Sendable {
  /// Depth at the end, metres.
  public var finalDepth: Grid<Float>
  /// Greatest depth, metres.
  public var maximumDepth: Grid<Float>
  /// Greatest speed, m/s, in water deeper than the recording's `speedDepth`.
  public var maximumSpeed: Grid<Float>
  /// Greatest depth × speed, m²/s.
  public var maximumDepthSpeed: Grid<Float>
  /// When the water was deepest, seconds; NaN where it never was.
  public var timeOfMaximum: Grid<Float>
  /// When the water arrived, seconds; NaN where it never did.
  public var arrivalTime: Grid<Float>
  /// How long the water was deeper than each of the recording's `durationDepths`, seconds.
  public var durations: [Grid<Float>]
  /// Greatest hazard rating of the United Kingdom, ``FloodHazard/ukRating(depth:speed:)``.
  public var hazardRating: Grid<Float>
  /// Greatest hazard class of Australia, ``FloodHazard/aidrClass(depth:speed:)``; NaN outside the terrain.
  public var hazardClass: Grid<Float>
}
