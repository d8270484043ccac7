/// Which tiles of a flow simulation hold moving water.
///
/// A face carries water only where its flow is deeper than the film. A tile is *wet* when a cell of it is deeper than
/// that; it is *active* when it or one of its four neighbours is wet or was so before the last step: a tile that has
/// just dried still has discharges to bring to rest. In any other tile all discharges are zero and stay so: sweeping
/// it would change nothing, which is why results do not depend on tiles.
final class ActiveTiles: @unchecked Sendable {
  let layout: FlowLayout
  /// Sweep everything, for comparison.
  let sweepsAll: Bool
  /// Whether a tile is swept.
  let isActive: UnsafeMutablePointer<Bool>
  /// Largest depth in each tile, metres.
  let deepest: UnsafeMutablePointer<Float>
  /// Tiles that boundaries keep awake.
  let isPinned: UnsafeMutablePointer<Bool>
  /// Columns of the active tiles of each strip, as runs of neighbours: pairs of first and last + 1.
  private let runs: UnsafeMutablePointer<Int>
  private let runCounts: UnsafeMutablePointer<Int>
  private let wasWet: UnsafeMutablePointer<Bool>
  private let isWet: UnsafeMutablePointer<Bool>

  init(_ layout: FlowLayout, sweepsAll: Bool) {
    self.layout = layout
    self.sweepsAll = sweepsAll
    let count = layout.strips * layout.tilesAcross
    isActive = .filled(count, with: false)
    isPinned = .filled(count, with: false)
    // Before the first step anything may have moved.
    wasWet = .filled(count, with: true)
    isWet = .filled(count, with: true)
    deepest = .filled(count, with: 0)
    runs = .filled(count * 2 + 2, with: 0)
    runCounts = .filled(layout.strips, with: 0)
  }

  deinit {
    isActive.deallocate()
    isPinned.deallocate()
    wasWet.deallocate()
    isWet.deallocate()
    deepest.deallocate()
    runs.deallocate()
    runCounts.deallocate()
  }

  /// Number of tiles.
  var count: Int { layout.strips * layout.tilesAcross }

  /// Number of active tiles.
  var activeCount: Int { (0..<count).reduce(0) { $0 + (isActive[$1] ? 1 : 0) } }

  /// The deepest water anywhere, metres.
  var greatestDepth: Float { (0..<count).reduce(0) { max($0, deepest[$1]) } }

  /// Finds the active tiles from the depths in ``deepest``.
  func update(film: Float) {
    let across = layout.tilesAcross
    for tile in 0..<count {
      wasWet[tile] = isWet[tile]
      isWet[tile] = deepest[tile] > film
    }
    for strip in 0..<layout.strips {
      for column in 0..<across {
        let tile = strip * across + column
        var active = sweepsAll || isPinned[tile] || isWet[tile] || wasWet[tile]
        if !active, column > 0 { active = isWet[tile - 1] || wasWet[tile - 1] }
        if !active, column + 1 < across { active = isWet[tile + 1] || wasWet[tile + 1] }
        if !active, strip > 0 { active = isWet[tile - across] || wasWet[tile - across] }
        if !active, strip + 1 < layout.strips { active = isWet[tile + across] || wasWet[tile + across] }
        isActive[tile] = active
      }
      findRuns(ofStrip: strip)
    }
  }

  /// Passes what the next step starts from.
  func code(_ coder: FlowStateCoder) {
    coder.cells(deepest, count)
    coder.cells(isWet, count)
    coder.cells(wasWet, count)
    coder.cells(isActive, count)
    if coder.isReading { for strip in 0..<layout.strips { findRuns(ofStrip: strip) } }
  }

  private func findRuns(ofStrip strip: Int) {
    let first = strip * layout.tilesAcross
    let out = runs + 2 * first
    var found = 0
    var column = 0
    while column < layout.tilesAcross {
      if !isActive[first + column] {
        column += 1
        continue
      }
      out[2 * found] = column * FlowLayout.tileWidth
      while column < layout.tilesAcross, isActive[first + column] { column += 1 }
      out[2 * found + 1] = column * FlowLayout.tileWidth
      found += 1
    }
    runCounts[strip] = found
  }

  /// Number of runs of active tiles in a strip.
  @inline(__always)
  func runCount(ofStrip strip: Int) -> Int { runCounts[strip] }

  /// Columns of a run of active tiles: whole tiles, the last of which may reach beyond the grid.
  @inline(__always)
  func run(_ number: Int, ofStrip strip: Int) -> Range<Int> {
    let pair = runs + 2 * (strip &* layout.tilesAcross &+ number)
    return Range(uncheckedBounds: (pair[0], pair[1]))
  }
}
