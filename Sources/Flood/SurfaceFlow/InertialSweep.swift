/// The sweep that brings the discharges of the local inertial scheme to the next time, strip by strip.
///
/// Discharges are updated in place, row by row, each row from the old values of its neighbours. What a neighbouring
/// strip still reads, the first and the last row of a strip, is put aside and written by ``commit(strip:tiles:)`` once all
/// strips are done.
final class InertialSweep: CellScheme, @unchecked Sendable {
  private let state: FlowState
  private let layout: FlowLayout
  private let settings: FlowSettings
  private let width: Float
  private let height: Float
  /// By the level of the tile.
  private var eastward: [InertialConstants]
  private var southward: [InertialConstants]
  private let roughness: FlowFriction
  /// Whether all cells have the same roughness, whatever their depth.
  private let isEvenlyRough: Bool
  /// New first row of `qx`, first and last row of `qy` of each strip.
  private let edges: UnsafeMutablePointer<Float>
  /// The rows of ``InertialFaces`` for each thread.
  private let scratch: UnsafeMutablePointer<Float>

  init(_ state: FlowState, roughness: FlowFriction, settings: FlowSettings, width: Float, height: Float, threads: Int) {
    self.state = state
    self.settings = settings
    self.width = width
    self.height = height
    let layout = state.layout
    self.layout = layout
    (eastward, southward) = ([], [])
    self.roughness = roughness
    isEvenlyRough = roughness.count == 1 && !roughness.isVarying
    edges = .filled(3 * layout.strips * layout.stride, with: 0)
    scratch = .filled(InertialFaces.total * threads, with: 0)
  }

  deinit {
    edges.deallocate()
    scratch.deallocate()
  }

  func begin(timeStep: Float) {
    func constants(_ length: Float) -> [InertialConstants] {
      (0...highestLevel).map {
        InertialConstants(
          film: settings.film, theta: settings.theta, step: timeStep * Float(1 << $0), length: length)
      }
    }
    (eastward, southward) = (constants(width), constants(height))
  }

  var perCell: Double { 1 / Double(min(width, height)) }

  var highestLevel: Int { Int.bitWidth - 1 - settings.stepRatio.leadingZeroBitCount }

  @inline(__always)
  func cellDischarge(_ position: Int) -> (x: Float, y: Float) {
    (
      0.5 * (state.qx[position &- 1] + state.qx[position]),
      0.5 * (state.qy[position &- layout.stride] + state.qy[position])
    )
  }

  func readDischarges(_ start: Int, into sizes: UnsafeMutablePointer<Float>) {
    let (qx, qy) = (state.qx + start, state.qy + start)
    let north = qy - layout.stride
    for column in 0..<FlowLayout.tileWidth {
      let x = 0.5 * (qx[column &- 1] + qx[column])
      let y = 0.5 * (north[column] + qy[column])
      sizes[column] = squareRoot(x * x + y * y)
    }
  }

  func update(strip: Int, worker: Int, tiles: ActiveTiles) {
    let slots = scratch + worker * InertialFaces.total
    // The last column of a piece is still read by the next one.
    var pending: Int? = nil
    var lastColumn = InlineArray<16, Float>(repeating: 0)
    for run in tiles.flowRuns(ofStrip: strip) {
      var column = run.columns.lowerBound
      while column < run.columns.upperBound {
        let piece = column..<min(run.columns.upperBound, column + InertialFaces.columns)
        var newColumn = InlineArray<16, Float>(repeating: 0)
        update(strip: strip, piece, level: Int(run.level), slots, &newColumn, tiles)
        if let pending { write(lastColumn, column: pending, strip: strip) }
        lastColumn = newColumn
        pending = piece.upperBound - 1
        column = piece.upperBound
      }
    }
    if let pending { write(lastColumn, column: pending, strip: strip) }
  }

  private func write(_ values: InlineArray<16, Float>, column: Int, strip: Int) {
    for (index, row) in layout.rows(ofStrip: strip).enumerated() {
      let target =
        index == 0 ? edges + 3 * strip * layout.stride + FlowLayout.lead : state.qx + layout.start(ofRow: row)
      target[column] = values[index]
    }
  }

  /// Updates a piece of a strip's rows; the eastern faces of its last column are returned, the old ones left in place.
  private func update(
    strip: Int, _ piece: Range<Int>, level: Int, _ slots: UnsafeMutablePointer<Float>,
    _ lastColumn: inout InlineArray<16, Float>, _ tiles: ActiveTiles
  ) {
    let (eastward, southward) = (eastward[level], southward[level])
    let stride = layout.stride
    let count = piece.count
    let rows = layout.rows(ofStrip: strip)
    let edge = edges + 3 * strip * stride + FlowLayout.lead + piece.lowerBound
    let top = layout.start(ofRow: rows.lowerBound) + piece.lowerBound
    readDepth(top, slots + InertialFaces.depth, count)
    readFriction(top, slots + InertialFaces.depth, slots + InertialFaces.friction, count)
    if isEvenlyRough { readFriction(top, slots + InertialFaces.depth, slots + InertialFaces.frictionBelow, count) }
    (slots + InertialFaces.above).update(from: state.qy + top - stride, count: count + 1)
    for x in 0..<count {
      slots[x &+ InertialFaces.changeAbove] = InertialSmoothing.change(
        from: slots[x &+ InertialFaces.above], to: state.qy[top &+ x])
    }
    let firstTile = strip * layout.tilesAcross + piece.lowerBound / FlowLayout.tileWidth
    let numbers = firstTile..<firstTile + count / FlowLayout.tileWidth
    let speeds = slots + InertialFaces.fastest
    speeds.update(repeating: 0, count: count)
    for (index, row) in rows.enumerated() {
      if index == ActiveTiles.blockSide {
        tiles.keep(speeds, ofTiles: numbers, isLower: false)
        speeds.update(repeating: 0, count: count)
      }
      let start = layout.start(ofRow: row) + piece.lowerBound
      readDepth(start + stride, slots + InertialFaces.depthBelow, count)
      if !isEvenlyRough {
        readFriction(
          start + stride, slots + InertialFaces.depthBelow, slots + InertialFaces.frictionBelow, count)
      }
      fall(start, slots, count, eastward, southward)
      let isFirst = index == 0
      let isLast = index == rows.count - 1
      let qx = state.qx + start
      // The next piece still reads the old one.
      let lastOld = qx[count - 1]
      updateEast(start, slots, count, eastward, into: isFirst ? edge : qx)
      lastColumn[index] = (isFirst ? edge : qx)[count - 1]
      if !isFirst { qx[count - 1] = lastOld }
      updateSouth(
        start, slots, count, southward, into: isFirst ? edge + stride : isLast ? edge + 2 * stride : state.qy + start)
      if !isEvenlyRough {
        (slots + InertialFaces.friction).update(from: slots + InertialFaces.frictionBelow, count: count + 1)
      }
    }
    tiles.keep(speeds, ofTiles: numbers, isLower: rows.count > ActiveTiles.blockSide)
  }

  func commit(strip: Int, tiles: ActiveTiles) {
    let stride = layout.stride
    let rows = layout.rows(ofStrip: strip)
    let edge = edges + 3 * strip * stride + FlowLayout.lead
    let first = layout.start(ofRow: rows.lowerBound)
    let last = layout.start(ofRow: rows.upperBound - 1)
    for run in tiles.flowRuns(ofStrip: strip).lazy.map(\.columns) {
      (state.qx + first + run.lowerBound).update(from: edge + run.lowerBound, count: run.count)
      (state.qy + first + run.lowerBound).update(from: edge + stride + run.lowerBound, count: run.count)
      if rows.count > 1 {
        (state.qy + last + run.lowerBound).update(from: edge + 2 * stride + run.lowerBound, count: run.count)
      }
    }
  }

  /// Reads depths, one cell further than the piece.
  @inline(__always)
  private func readDepth(_ start: Int, _ out: UnsafeMutablePointer<Float>, _ count: Int) {
    let source = state.depth + start
    for column in 0..<count &+ 1 { out[column] = Float(source[column]) }
  }

  /// Reads n² / 2, one cell further than the piece.
  @inline(__always)
  private func readFriction(
    _ start: Int, _ depth: UnsafeMutablePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    let numbers = state.roughness + start
    if roughness.isVarying {
      roughness.read(numbers, depth: depth, into: out, count &+ 1)
      for column in 0..<count &+ 1 { out[column] *= 0.5 }
    } else {
      let squares = roughness.squares
      for column in 0..<count &+ 1 { out[column] = 0.5 * squares[Int(numbers[column])] }
    }
  }

  /// Depth and gravity's part at the eastern and the southern faces of a piece of a row; the row below is the next one.
  @inline(__always)
  private func fall(
    _ start: Int, _ rows: UnsafeMutablePointer<Float>, _ count: Int, _ eastward: InertialConstants,
    _ southward: InertialConstants
  ) {
    let east = InertialFaces(rows, from: InertialFaces.east, count: count)
    let south = InertialFaces(rows, from: InertialFaces.south, count: count)
    let ground = state.ground + start
    let groundBelow = ground + layout.stride
    let (qx, qy) = (state.qx + start, state.qy + start)
    let qxBelow = qx + layout.stride
    for x in 0..<east.count {
      east.fall(
        x, depth0: rows[x &+ InertialFaces.depth], depth1: rows[x &+ InertialFaces.depth &+ 1], ground0: ground[x],
        ground1: ground[x &+ 1],
        across: (rows[x &+ InertialFaces.above] + rows[x &+ InertialFaces.above &+ 1]) + (qy[x] + qy[x &+ 1]), eastward
      )
    }
    for x in 0..<south.count {
      let depthBelow = rows[x &+ InertialFaces.depthBelow]
      south.fall(
        x, depth0: rows[x &+ InertialFaces.depth], depth1: depthBelow, ground0: ground[x], ground1: groundBelow[x],
        across: (qx[x &- 1] + qxBelow[x &- 1]) + (qx[x] + qxBelow[x]), southward)
      rows[x &+ InertialFaces.depth] = depthBelow
    }
    rows[InertialFaces.depth &+ count] = rows[InertialFaces.depthBelow &+ count]
  }

  /// The new discharges through the eastern faces of a piece of a row.
  @inline(__always)
  private func updateEast(
    _ start: Int, _ rows: UnsafeMutablePointer<Float>, _ count: Int, _ constants: InertialConstants,
    into new: UnsafeMutablePointer<Float>
  ) {
    let faces = InertialFaces(rows, from: InertialFaces.east, count: count)
    let qx = state.qx + start
    rows[InertialFaces.changeX &- 1] = InertialSmoothing.change(from: qx[-1], to: qx[0])
    for x in 0..<faces.count {
      rows[x &+ InertialFaces.changeX] = InertialSmoothing.change(from: qx[x], to: qx[x &+ 1])
    }
    let isLimited = faces.resist(friction1: InertialFaces.friction &+ 1, constants)
    for x in 0..<faces.count {
      faces.drive(
        x, q: qx[x], before: rows[x &+ InertialFaces.changeX &- 1], after: rows[x &+ InertialFaces.changeX], constants)
    }
    faces.solve(new, isLimited: isLimited, inverseLength: 1 / width)
  }

  /// The new discharges through the southern faces of a piece of a row; the old ones are kept for the row below.
  @inline(__always)
  private func updateSouth(
    _ start: Int, _ rows: UnsafeMutablePointer<Float>, _ count: Int, _ constants: InertialConstants,
    into new: UnsafeMutablePointer<Float>
  ) {
    let faces = InertialFaces(rows, from: InertialFaces.south, count: count)
    let qy = state.qy + start
    let qyBelow = qy + layout.stride
    let isLimited = faces.resist(friction1: InertialFaces.frictionBelow, constants)
    for x in 0..<faces.count {
      let q = qy[x]
      let after = InertialSmoothing.change(from: q, to: qyBelow[x])
      faces.drive(x, q: q, before: rows[x &+ InertialFaces.changeAbove], after: after, constants)
      rows[x &+ InertialFaces.changeAbove] = after
      rows[x &+ InertialFaces.above] = q
    }
    rows[InertialFaces.above &+ count] = qy[count]
    faces.solve(new, isLimited: isLimited, inverseLength: 1 / height)
  }
}
