/// Which tiles of a flow simulation hold moving water, and which of them take a step now.
///
/// A face carries water only where its flow is deeper than the film. A tile is *wet* when a cell of it is deeper than
/// that; it is *active* when it or one of its four neighbours is wet or was so since the last round of steps began: a
/// tile that has just dried still has discharges to bring to rest. In any other tile all discharges are zero and stay
/// so: sweeping it would change nothing, which is why results do not depend on which tiles are swept.
///
/// Time goes on in rounds of base steps. The discharges of a tile of level L are found anew every 2ᴸ base steps, at those
/// whose number 2ᴸ divides (see ``setLevels(upTo:base:film:longest:perCell:courant:)``). Its water moves at the least
/// level of the tile and its four neighbours, with the discharges as they stand: whoever finds discharges anew sees
/// depths that have come to the same time as its own.
final class ActiveTiles: @unchecked Sendable {
  let layout: FlowLayout
  /// Sweep everything, for comparison.
  let sweepsAll: Bool
  /// Whether a tile is swept when its turn comes.
  let isActive: UnsafeMutablePointer<Bool>
  /// Largest depth in each tile, metres.
  let deepest: UnsafeMutablePointer<Float>
  /// Largest number of cells that water and waves of each tile crossed in a second when it was last swept, 1/s.
  let fastest: UnsafeMutablePointer<Float>
  /// The same of each block of a tile, row by row, where a scheme knows several levels.
  private let fastestInBlocks: UnsafeMutablePointer<Float>
  /// Tiles that boundaries keep awake, and to the shortest steps.
  let isPinned: UnsafeMutablePointer<Bool>
  /// The level of each tile's discharges.
  private let level: UnsafeMutablePointer<UInt8>
  /// The level of each tile's water.
  private let waterLevel: UnsafeMutablePointer<UInt8>
  /// The greatest level that is due now.
  private var dueLevel: UInt8 = 0
  /// Active tiles whose discharges are due, and those whose water is.
  private let flowRuns: Runs
  private let waterRuns: Runs
  private let isWet: UnsafeMutablePointer<Bool>
  /// Whether a tile was wet at any time of this round and of the last one.
  private let wasWet: UnsafeMutablePointer<Bool>
  private let wasWetBefore: UnsafeMutablePointer<Bool>

  /// Columns and rows of a block of cells, two rows of which make a tile: as many as water and waves cross in a round of
  /// eight stable steps, and some more.
  static let blockSide = 8
  private static let blocksAcross = FlowLayout.tileWidth / blockSide
  private static let blocksInTile = FlowLayout.tileHeight / blockSide * blocksAcross

  /// Neighbouring tiles of one level.
  struct Run {
    /// First tile in its strip, and the one after the last.
    var first = 0
    var end = 0
    /// Their level.
    var level: UInt8 = 0
    /// Length of their steps, in base steps.
    var weight: Float { Float(1 << level) }
    /// Numbers of the tiles in their strip.
    var tiles: Range<Int> { Range(uncheckedBounds: (first, end)) }
    /// Columns of the tiles, the last of which may reach beyond the grid.
    var columns: Range<Int> {
      Range(uncheckedBounds: (first &* FlowLayout.tileWidth, end &* FlowLayout.tileWidth))
    }
  }

  /// The runs of each strip.
  private struct Runs {
    let runs: UnsafeMutablePointer<Run>
    let counts: UnsafeMutablePointer<Int>
    let capacity: Int

    init(_ layout: FlowLayout) {
      capacity = layout.tilesAcross
      runs = .filled(layout.strips * capacity, with: Run())
      counts = .filled(layout.strips, with: 0)
    }

    func deallocate() {
      runs.deallocate()
      counts.deallocate()
    }

    func ofStrip(_ strip: Int) -> UnsafeBufferPointer<Run> {
      UnsafeBufferPointer(start: runs + strip * capacity, count: counts[strip])
    }

    /// Gathers the tiles of a strip that are active and due.
    func find(ofStrip strip: Int, levels: UnsafePointer<UInt8>, isActive: UnsafePointer<Bool>, due: UInt8) {
      let first = strip * capacity
      var found = 0
      var column = 0
      while column < capacity {
        let start = column
        let level = levels[first + column]
        while column < capacity, isActive[first + column], levels[first + column] == level { column += 1 }
        if column == start {
          column += 1
        } else if level <= due {
          runs[first + found] = Run(first: start, end: column, level: level)
          found += 1
        }
      }
      counts[strip] = found
    }
  }

  init(_ layout: FlowLayout, sweepsAll: Bool) {
    self.layout = layout
    self.sweepsAll = sweepsAll
    let count = layout.strips * layout.tilesAcross
    isActive = .filled(count, with: false)
    isPinned = .filled(count, with: false)
    level = .filled(count, with: 0)
    waterLevel = .filled(count, with: 0)
    // Before the first step anything may have moved.
    isWet = .filled(count, with: true)
    wasWet = .filled(count, with: true)
    wasWetBefore = .filled(count, with: true)
    deepest = .filled(count, with: 0)
    fastest = .filled(count, with: 0)
    fastestInBlocks = .filled(Self.blocksInTile * count, with: 0)
    flowRuns = Runs(layout)
    waterRuns = Runs(layout)
  }

  deinit {
    for flags in [isActive, isPinned, isWet, wasWet, wasWetBefore] { flags.deallocate() }
    for numbers in [deepest, fastest, fastestInBlocks] { numbers.deallocate() }
    level.deallocate()
    waterLevel.deallocate()
    flowRuns.deallocate()
    waterRuns.deallocate()
  }

  /// Number of tiles.
  var count: Int { layout.strips * layout.tilesAcross }

  /// Number of active tiles.
  var activeCount: Int { (0..<count).reduce(0) { $0 + (isActive[$1] ? 1 : 0) } }

  /// Number of tiles whose discharges the present base step finds.
  var sweptCount: Int {
    (0..<layout.strips).reduce(0) { sum, strip in
      flowRuns(ofStrip: strip).reduce(sum) { $0 + $1.tiles.count }
    }
  }

  /// The deepest water anywhere, metres; 0 where all is thinner than a film, which does not flow.
  func greatestDepth(above film: Float) -> Float {
    let greatest = (0..<count).reduce(0) { max($0, deepest[$1]) }
    return greatest > film ? greatest : 0
  }

  /// The largest number of cells that water and waves anywhere cross in a second, 1/s.
  var greatestSpeed: Float { (0..<count).reduce(0) { max($0, fastest[$1]) } }

  /// Keeps the speeds in neighbouring tiles, by column, of their first or of their last ``blockSide`` rows.
  func keep(_ speeds: UnsafePointer<Float>, ofTiles tiles: Range<Int>, isLower: Bool) {
    for (index, tile) in tiles.enumerated() {
      let blocks = fastestInBlocks + tile * Self.blocksInTile + (isLower ? Self.blocksAcross : 0)
      var worst: Float = isLower ? fastest[tile] : 0
      for block in 0..<Self.blocksAcross {
        let columns = speeds + index * FlowLayout.tileWidth + block * Self.blockSide
        blocks[block] = (0..<Self.blockSide).reduce(0) { larger($0, columns[$1]) }
        worst = larger(worst, blocks[block])
      }
      fastest[tile] = worst
    }
  }

  /// Gives each tile the highest level at which its steps are stable, for a round that begins.
  ///
  /// A step of a tile is as long as the water and waves in it and in the blocks around it allow, so that each face keeps
  /// to the condition of stability whatever the levels on its two sides, and what is fast does not leave the tiles with
  /// short steps within a round (local time steps: Osher and Sanders 1983, *Mathematics of Computation* 41).
  /// - Parameters:
  ///   - highest: The highest level there may be.
  ///   - base: Length of a base step, seconds.
  ///   - film: Depth of water that does not flow, metres.
  ///   - longest: Longest step of any tile, seconds.
  ///   - perCell: How many cells a wave of 1 m/s crosses in a second, 1/m.
  ///   - courant: Share of the largest stable step that may be taken.
  /// - Returns: The highest level given.
  func setLevels(
    upTo highest: Int, base: Double, film: Float, longest: Double, perCell: Double, courant: Double
  ) -> Int {
    if highest == 0 {
      level.update(repeating: 0, count: count)
      return 0
    }
    var greatest = 0
    for tile in 0..<count {
      let wave = deepest[tile] > film ? (Gravity.double * Double(deepest[tile])).squareRoot() * perCell : 0
      let speed = max(wave, Double(max(fastest[tile], fastestAround(tile))))
      var found = 0
      var step = 2 * base
      while !isPinned[tile], found < highest, step <= longest, step * speed <= courant {
        found += 1
        step *= 2
      }
      level[tile] = UInt8(found)
      // Dry ground far from all water makes no round longer.
      if speed > 0 { greatest = max(greatest, found) }
    }
    limitLevels(to: greatest)
    return greatest
  }

  /// The largest speed in the blocks around a tile.
  private func fastestAround(_ tile: Int) -> Float {
    let (strip, column) = tile.quotientAndRemainder(dividingBy: layout.tilesAcross)
    var worst: Float = 0
    for down in -1...1 where (0..<layout.strips).contains(strip + down) {
      for right in -1...1 where (0..<layout.tilesAcross).contains(column + right) && (down, right) != (0, 0) {
        let blocks = fastestInBlocks + (tile + down * layout.tilesAcross + right) * Self.blocksInTile
        // The lower blocks of a tile above, the eastern ones of a tile to the west.
        let rows = down == 0 ? 0...1 : down < 0 ? 1...1 : 0...0
        let last = Self.blocksAcross - 1
        let columns = right == 0 ? 0...last : right < 0 ? last...last : 0...0
        for row in rows {
          for column in columns { worst = larger(worst, blocks[row * Self.blocksAcross + column]) }
        }
      }
    }
    return worst
  }

  /// Lowers levels to what a round has room for.
  func limitLevels(to highest: Int) {
    for tile in 0..<count { level[tile] = min(level[tile], UInt8(highest)) }
  }

  /// Prepares a base step: finds the tiles that are due.
  /// - Parameters:
  ///   - number: Number of the base step in its round.
  ///   - highest: The highest level of the round.
  func begin(step number: Int, highest: Int) {
    dueLevel = UInt8(number == 0 ? highest : min(highest, number.trailingZeroBitCount))
    if number == 0 {
      setWaterLevels()
      for tile in 0..<count {
        wasWetBefore[tile] = wasWet[tile]
        wasWet[tile] = isWet[tile]
      }
    }
    findActive()
  }

  private func setWaterLevels() {
    let (across, strips) = (layout.tilesAcross, layout.strips)
    for strip in 0..<strips {
      for column in 0..<across {
        let tile = strip * across + column
        var least = level[tile]
        if column > 0 { least = min(least, level[tile - 1]) }
        if column + 1 < across { least = min(least, level[tile + 1]) }
        if strip > 0 { least = min(least, level[tile - across]) }
        if strip + 1 < strips { least = min(least, level[tile + across]) }
        waterLevel[tile] = least
      }
    }
  }

  /// Takes note of which tiles are wet after a base step, from the depths in ``deepest``.
  func update(film: Float) {
    for tile in 0..<count {
      isWet[tile] = deepest[tile] > film
      wasWet[tile] = wasWet[tile] || isWet[tile]
    }
  }

  /// Passes what the next round starts from.
  func code(_ coder: FlowStateCoder) {
    for numbers in [deepest, fastest] { coder.cells(numbers, count) }
    coder.cells(fastestInBlocks, Self.blocksInTile * count)
    for flags in [isWet, wasWet, wasWetBefore] { coder.cells(flags, count) }
  }

  private func findActive() {
    let across = layout.tilesAcross
    func moves(_ tile: Int) -> Bool { isWet[tile] || wasWet[tile] || wasWetBefore[tile] }
    for strip in 0..<layout.strips {
      for column in 0..<across {
        let tile = strip * across + column
        var active = sweepsAll || isPinned[tile] || moves(tile)
        if !active, column > 0 { active = moves(tile - 1) }
        if !active, column + 1 < across { active = moves(tile + 1) }
        if !active, strip > 0 { active = moves(tile - across) }
        if !active, strip + 1 < layout.strips { active = moves(tile + across) }
        isActive[tile] = active
      }
      flowRuns.find(ofStrip: strip, levels: level, isActive: isActive, due: dueLevel)
      waterRuns.find(ofStrip: strip, levels: waterLevel, isActive: isActive, due: dueLevel)
    }
  }

  /// The active tiles of a strip whose discharges are due, as runs of neighbours of one level.
  @inline(__always)
  func flowRuns(ofStrip strip: Int) -> UnsafeBufferPointer<Run> { flowRuns.ofStrip(strip) }

  /// The active tiles of a strip whose water is due, as runs of neighbours of one level.
  @inline(__always)
  func waterRuns(ofStrip strip: Int) -> UnsafeBufferPointer<Run> { waterRuns.ofStrip(strip) }

  /// Whether the water of a tile is due.
  @inline(__always)
  func isDue(_ tile: Int) -> Bool { waterLevel[tile] <= dueLevel }

  /// Level of a tile's water.
  @inline(__always)
  func level(of tile: Int) -> Int { Int(waterLevel[tile]) }

  /// Length of the step that a tile's water takes now, in base steps; 0 where it is not due.
  @inline(__always)
  func weight(of tile: Int) -> Float { isDue(tile) ? Float(1 << waterLevel[tile]) : 0 }

  /// Length of the step in which water passes between two tiles now, the shorter of theirs, in base steps; 0 where it
  /// does not.
  @inline(__always)
  func weight(between tile: Int, and other: Int) -> Float {
    let level = min(waterLevel[tile], waterLevel[other])
    return level <= dueLevel ? Float(1 << level) : 0
  }
}
