public import Grids

/// A simulation of shallow flow over terrain, step by step.
///
/// Results have the same bits for any number of threads, and whether or not dry tiles are swept. The water balance is
/// exact: volumes are whole quanta, none is clipped, and ``ledger`` shows a zero error.
public final class SurfaceFlowSimulation {
  /// Where the cells of the terrain lie.
  public let terrainGeometry: GridGeometry
  /// Time reached, seconds.
  public private(set) var time = 0.0
  /// Steps taken where they were shortest.
  public private(set) var stepCount = 0
  /// Cells that were swept, over all steps.
  public private(set) var sweptCells = 0
  /// The last time step where it was shortest, seconds.
  public private(set) var lastStep = 0.0
  /// Rows of the volume ledger, the last of them at the present time once the simulation has ended.
  public private(set) var ledger: [FlowLedger] = []
  /// Rows of the gauges.
  public private(set) var gaugeRows: [GaugeRow] = []
  /// Rows of the cross-sections.
  public private(set) var sectionRows: [SectionRow] = []
  /// Rows of the culverts, positive from the inlet to the outlet.
  public private(set) var culvertRows: [SectionRow] = []

  private let threads: Int
  private let fingerprint: UInt64
  /// What is simulated.
  private let flowCase: SurfaceFlowCase
  /// The case as it is computed: on coarse cells where a subgrid is wanted.
  private let solved: SurfaceFlowCase
  /// The grid that is computed on.
  private let geometry: GridGeometry
  private let state: FlowState
  private let scheme: any FlowScheme
  private let continuity: Continuity
  private let sources: CellSources
  private let boundaryExchange: BoundaryExchange
  private let culvertExchange: CulvertExchange
  private let view: any FlowView
  private let maxima: FlowMaxima
  private let tiles: ActiveTiles
  private let breakpoints: [Double]
  private let sections: [[(position: Int, isEastern: Bool, weight: Double)]]
  private var sectionVolumes: [Double]
  private var sectionStart = 0.0
  private var sectionVolumesAtStart: [Double]
  private var culvertVolumesAtStart: [Double]
  private var freeStep: Double
  private var boundarySpeed: Float = 0
  private var initialQuanta: Int128 = 0
  private var sums = CellSources.Sums()
  private var inflowQuanta: [Int128]
  private var inflowCarry: [[Double]]
  private var nextLook = 0.0
  private var nextRow: Double

  /// How it is computed.
  public var settings: FlowSettings { flowCase.settings }
  /// How long is simulated, seconds.
  public var duration: Double { flowCase.duration }
  /// Water led onto the terrain, in the order of ``FlowLedger/inflows``.
  public var inflows: [FlowInflow] { flowCase.inflows }
  /// Conditions at the edge, in the order of ``FlowLedger/boundaries``.
  public var boundaries: [FlowBoundary] { flowCase.boundaries }
  /// Pipes, in the order of ``culvertRows``.
  public var culverts: [FlowCulvert] { flowCase.culverts }
  /// Places, in the order of ``gaugeRows``.
  public var gauges: [FlowGauge] { flowCase.gauges }
  /// Lines, in the order of ``sectionRows``.
  public var crossSections: [FlowCrossSection] { flowCase.crossSections }

  /// A simulation at its start; throws where the case cannot be simulated.
  public init(_ flowCase: consuming SurfaceFlowCase, threads: Int = 1) throws(SurfaceFlowError) {
    precondition(threads > 0, "at least one thread")
    try flowCase.check()
    self.flowCase = flowCase.withoutStateGrids
    terrainGeometry = flowCase.terrain.geometry
    self.threads = threads
    fingerprint = flowCase.fingerprint
    var fine = copy flowCase
    let factor = fine.settings.subgrid
    let subgrid = factor > 1 ? SubgridTerrain(fine.terrain, roughness: fine.roughness, factor: factor) : nil
    if let subgrid { flowCase = try fine.coarsened(subgrid) }
    solved = flowCase.withoutStateGrids
    geometry = flowCase.terrain.geometry
    let layout = FlowLayout(columns: geometry.columns, rows: geometry.rows)
    state = FlowState(layout)
    state.setGround(flowCase.terrain)
    let settings = flowCase.settings
    let roughness = FlowFriction(
      try state.setRoughness(flowCase.roughness, sheet: flowCase.sheetRoughness), depths: settings.sheetDepths)
    let (width, height) = (Float(geometry.cellWidth), Float(geometry.cellHeight))
    switch settings.method {
    case .localInertial:
      if let subgrid {
        let sweep = SubgridSweep(state, subgrid, settings: settings, threads: threads)
        scheme = sweep
        view = SubgridView(fine.terrain, subgrid, state, sweep)
      } else {
        let sweep = InertialSweep(
          state, roughness: roughness, settings: settings, width: width, height: height, threads: threads)
        scheme = sweep
        view = CellView(state, sweep)
      }
    case .shallowWaterFirstOrder, .shallowWater:
      let sweep = ShallowWaterSweep(
        state, roughness: roughness, film: settings.film, isSecondOrder: settings.method == .shallowWater,
        width: width, height: height, threads: threads)
      scheme = sweep
      view = CellView(state, sweep)
    }
    continuity = Continuity(state, width: width, height: height, threads: threads)
    sources = CellSources(state, copy flowCase, subgrid: subgrid, threads: threads)
    boundaryExchange = BoundaryExchange(
      state, flowCase.boundaries, geometry: geometry, roughness: roughness, momentum: scheme.momentum,
      film: settings.film)
    boundaryExchange.isSecondOrder = settings.method == .shallowWater
    boundaryExchange.subgrid = subgrid.map { SubgridBoundary(fine, $0, flowCase.boundaries, layout) }
    culvertExchange = CulvertExchange(
      state, flowCase.culverts, momentum: scheme.momentum, cellArea: geometry.cellArea)
    if let depth = flowCase.initialDepth { state.setDepth(depth) }
    // The state holds it all now: unless the caller keeps them, the case's grids go before more memory is asked for.
    fine = self.flowCase
    flowCase = solved
    maxima = FlowMaxima(view, flowCase.recording, duration: flowCase.duration)
    tiles = ActiveTiles(layout, sweepsAll: flowCase.settings.sweepsAllTiles)
    let knots = sources.breakpoints + flowCase.inflows.flatMap(\.discharge.times) + boundaryExchange.knots
    breakpoints = (knots + [flowCase.duration]).sorted()
    let geometry = geometry
    sections = flowCase.crossSections.map { section in
      section.faces(on: geometry).map { face in
        (
          layout.position(column: face.column, row: face.row), face.isEastern,
          face.sign * (face.isEastern ? geometry.cellHeight : geometry.cellWidth)
        )
      }
    }
    sectionVolumes = sections.map { _ in 0 }
    sectionVolumesAtStart = sectionVolumes
    culvertVolumesAtStart = flowCase.culverts.map { _ in 0 }
    inflowQuanta = flowCase.inflows.map { _ in 0 }
    inflowCarry = flowCase.inflows.map { $0.cells.map { _ in 0 } }
    nextRow = 0
    // No water runs faster than some 7 m/s before a step has shown how fast it does.
    freeStep = min(flowCase.settings.longestStep, 0.1 * min(geometry.cellWidth, geometry.cellHeight))
    initialQuanta = try measure()
    for tile in 0..<tiles.count { tiles.deepest[tile] = state.greatestDepth(ofTile: tile) }
    boundaryExchange.pin(tiles)
    culvertExchange.pin(tiles)
    for inflow in flowCase.inflows {
      for cell in inflow.cells { tiles.isPinned[layout.tile(column: cell.column, row: cell.row)] = true }
    }
    tiles.update(film: flowCase.settings.film)
    look()
    try writeRows()
  }

  /// A simulation that goes on where another one stood when its ``restart`` was taken.
  ///
  /// It takes the same steps as the other one would have, and ends with the same bits.
  /// - Throws: ``SurfaceFlowError`` where the bytes are not whole, or are of another case.
  public convenience init(
    _ flowCase: consuming SurfaceFlowCase, resuming bytes: [UInt8], threads: Int = 1
  ) throws(SurfaceFlowError) {
    try self.init(flowCase, threads: threads)
    let coder = FlowStateCoder(bytes)
    guard code(coder), coder.isAtEnd else {
      throw SurfaceFlowError(
        .restart,
        "the restart is not whole, or of another case or version; resume with the terrain and options it was made with")
    }
  }

  /// The state, from which ``init(_:resuming:threads:)`` goes on.
  public var restart: [UInt8] {
    precondition(!state.hasNoFlow, "the flow is there")
    let coder = FlowStateCoder()
    _ = code(coder)
    return coder.bytes
  }

  /// Passes the whole state; false where what is read does not fit.
  private func code(_ coder: FlowStateCoder) -> Bool {
    var (mark, found) = (FlowStateCoder.mark, fingerprint)
    coder.value(&mark)
    coder.value(&found)
    if mark != FlowStateCoder.mark || found != fingerprint { return false }
    coder.value(&time)
    coder.value(&stepCount)
    coder.value(&sweptCells)
    for value in [\SurfaceFlowSimulation.lastStep, \.freeStep, \.nextLook, \.nextRow, \.sectionStart] {
      coder.value(&self[keyPath: value])
    }
    coder.value(&boundarySpeed)
    coder.value(&initialQuanta)
    coder.value(&sums)
    coder.list(&inflowQuanta, empty: 0)
    coder.list(&inflowCarry, empty: []) { coder.list(&$0, empty: 0) }
    coder.list(&sectionVolumes, empty: 0)
    coder.list(&sectionVolumesAtStart, empty: 0)
    let count = state.layout.count
    coder.cells(state.depth, count)
    coder.cells(state.qx, count)
    coder.cells(state.qy, count)
    if let momentum = scheme.momentum {
      coder.cells(momentum.east, count)
      coder.cells(momentum.south, count)
    }
    boundaryExchange.code(coder)
    culvertExchange.code(coder)
    coder.list(&culvertVolumesAtStart, empty: 0)
    sources.uptake?.code(coder)
    maxima.code(coder)
    tiles.code(coder)
    codeRows(coder)
    let sum = coder.checksum
    var kept = sum
    coder.value(&kept)
    return !coder.isTooShort && kept == sum
  }

  private func codeRows(_ coder: FlowStateCoder) {
    let row = FlowLedger(
      time: 0, initial: 0, rain: 0, infiltration: 0, drainage: 0, inflows: [], boundaries: [], stored: 0, error: 0)
    coder.list(&ledger, empty: row) { row in
      for value in [\FlowLedger.time, \.initial, \.rain, \.infiltration, \.drainage, \.stored, \.error] {
        coder.value(&row[keyPath: value])
      }
      coder.list(&row.inflows, empty: 0)
      coder.list(&row.boundaries, empty: 0)
    }
    coder.list(&gaugeRows, empty: GaugeRow(time: 0, depth: [], speed: [])) { row in
      coder.value(&row.time)
      coder.list(&row.depth, empty: 0)
      coder.list(&row.speed, empty: 0)
    }
    for rows in [\SurfaceFlowSimulation.sectionRows, \.culvertRows] {
      coder.list(&self[keyPath: rows], empty: SectionRow(time: 0, discharge: [], volume: [])) { row in
        coder.value(&row.time)
        coder.list(&row.discharge, empty: 0)
        coder.list(&row.volume, empty: 0)
      }
    }
  }

  /// Takes steps until the end, or until `isWanted` says no, which is asked after every round of them.
  /// - Returns: Whether the end was reached.
  @discardableResult
  public func run(while isWanted: (SurfaceFlowSimulation) -> Bool = { _ in true }) throws(SurfaceFlowError) -> Bool {
    while time < flowCase.duration {
      try step()
      if time < flowCase.duration, !isWanted(self) { return false }
    }
    return true
  }

  /// Share of the terrain's tiles where water was moving in the last step.
  public var activeShare: Double { Double(tiles.activeCount) / Double(tiles.count) }

  /// Frees what only further steps need, 10 bytes a cell, before results are written.
  ///
  /// Afterwards it goes no further: ``step()``, ``restart`` and ``discharge`` must not be asked for.
  public func discardFlow() { state.discardFlow() }

  /// Takes a round of steps, at the end of which all cells have come to the same time.
  public func step() throws(SurfaceFlowError) {
    precondition(!state.hasNoFlow, "the flow is there")
    if time >= flowCase.duration { return }
    let (round, free) = try nextRound()
    let timeStep = round.step
    let highest = round.count.trailingZeroBitCount
    scheme.begin(timeStep: Float(timeStep))
    continuity.begin(timeStep: Float(timeStep))
    boundarySpeed = 0
    for number in 0..<round.count {
      let (start, end) = (round.time(number), round.time(number + 1))
      tiles.begin(step: number, highest: highest)
      sources.begin(round, step: number, levels: highest + 1)
      boundarySpeed = max(boundarySpeed, boundaryExchange.prepare(from: start, timeStep: timeStep))
      sweep()
      boundaryExchange.exchange(timeStep: timeStep, tiles: tiles)
      culvertExchange.exchange(timeStep: timeStep, tiles: tiles)
      try addInflows(from: start, to: end)
      finishMomentum()
      addSections(timeStep)
      markStale()
      tiles.update(film: flowCase.settings.film)
      stepCount += 1
      if stepCount % 256 == 0 { _ = try measure() }
    }
    time = round.end
    lastStep = timeStep
    freeStep = free
    if time >= nextLook || time >= flowCase.duration { look() }
    if time >= nextRow || time >= flowCase.duration { try writeRows() }
  }

  /// The next round of steps, and how long a base step would be if nothing but stability bound it.
  private func nextRound() throws(SurfaceFlowError) -> (round: FlowRound, free: Double) {
    let settings = flowCase.settings
    let shortSide = min(geometry.cellWidth, geometry.cellHeight)
    let wave = (Gravity.double * Double(tiles.greatestDepth(above: settings.film))).squareRoot() * scheme.perCell
    var speed = max(wave, Double(tiles.greatestSpeed), Double(boundarySpeed))
    var free = min(settings.longestStep, freeStep * 1.2)
    let outside = boundaryExchange.outsideSpeed(from: time, to: time + free * Double(1 << scheme.highestLevel))
    speed = max(speed, outside)
    if speed > 0 { free = min(free, settings.courant / speed) }
    // A hundred kilometres a second: no water does that.
    if !(free > shortSide * 1e-5) { throw collapse(free) }
    let renewal = sources.uptake.map { $0.renewal(after: time) } ?? .infinity
    let next = min(breakpoints.first { $0 > time } ?? flowCase.duration, max(nextRow, time.nextUp), renewal)
    let remaining = next - time
    // Where speeds rise, and at the start, each step is to look at them anew.
    let isRising = stepCount == 0 || free < 0.9 * freeStep
    let highest = tiles.setLevels(
      upTo: isRising ? 0 : scheme.highestLevel, base: free, film: settings.film, longest: settings.longestStep,
      perCell: scheme.perCell, courant: settings.courant)
    var count = 1 << highest
    if free * Double(count) < remaining {
      // Two even rounds rather than a long one and a tiny one.
      let isHalf = free * Double(2 * count) > remaining
      let end = time + (isHalf ? remaining / 2 : free * Double(count))
      return (FlowRound(start: time, end: end, count: count), free)
    }
    while count > 1, free * Double(count / 2) >= remaining { count /= 2 }
    tiles.limitLevels(to: count.trailingZeroBitCount)
    return (FlowRound(start: time, end: next, count: count), free)
  }

  private func sweep() {
    let layout = state.layout
    let (scheme, continuity, sources, tiles) = (scheme, continuity, sources, tiles)
    forEachStrip(layout.strips, threads: threads) { strip, worker in
      scheme.update(strip: strip, worker: worker, tiles: tiles)
    }
    forEachStrip(layout.strips, threads: threads) { strip, _ in scheme.commit(strip: strip, tiles: tiles) }
    boundaryExchange.close()
    // Rain, losses and what passes between cells one after the other while a strip's depths are at hand.
    let hasSources = !sources.isIdle
    forEachStrip(layout.strips, threads: threads) { strip, worker in
      if hasSources { sources.update(strip: strip, worker: worker, tiles: tiles) }
      continuity.update(strip: strip, worker: worker, tiles: tiles)
    }
    if hasSources { sums += sources.collect() }
    continuity.scaleOutflow(tiles: tiles)
    sweptCells += tiles.sweptCount * FlowLayout.tileWidth * FlowLayout.tileHeight
  }

  private func finishMomentum() {
    if scheme.momentum == nil { return }
    let (scheme, tiles) = (scheme, tiles)
    forEachStrip(state.layout.strips, threads: threads) { strip, worker in
      scheme.finish(strip: strip, worker: worker, tiles: tiles)
    }
  }

  private func addInflows(from start: Double, to end: Double) throws(SurfaceFlowError) {
    let area = geometry.cellArea
    for (number, inflow) in solved.inflows.enumerated() {
      let volume = inflow.discharge.integral(from: start, to: end)
      if volume == 0 { continue }
      for (index, cell) in inflow.cells.enumerated() {
        // What rounding leaves over waits for the next step.
        let wanted = volume * cell.share / area + inflowCarry[number][index]
        if wanted >= DepthQuantum.limit {
          throw SurfaceFlowError(
            .state,
            "inflow \(inflow.name) adds \(wanted) m in one step to column \(cell.column), row \(cell.row) at \(start) s; "
              + "check its unit, m³/s, or lead it in along a line")
        }
        let given = DepthQuantum.round(wanted)
        inflowCarry[number][index] = wanted - given
        let position = state.layout.position(column: cell.column, row: cell.row)
        state.depth[position] += given
        inflowQuanta[number] += Int128(DepthQuantum.count(given))
        let tile = state.layout.tile(column: cell.column, row: cell.row)
        tiles.deepest[tile] = max(tiles.deepest[tile], Float(state.depth[position]))
      }
    }
  }

  private func addSections(_ timeStep: Double) {
    for (number, faces) in sections.enumerated() {
      var discharge = 0.0
      for face in faces {
        discharge += Double(face.isEastern ? state.qx[face.position] : state.qy[face.position]) * face.weight
      }
      sectionVolumes[number] += discharge * timeStep
    }
  }

  private func markStale() {
    let isRaining = !sources.isIdle
    let tiles = tiles
    let count = maxima.layout.strips * maxima.layout.tilesAcross
    for tile in 0..<count
    where view.isChanged(tile: tile, { tiles.isActive[$0] || (isRaining && tiles.deepest[$0] > 0) }) {
      maxima.isStale[tile] = true
    }
  }

  /// Looks at depths and speeds for the maxima.
  private func look() {
    nextLook = time + flowCase.recording.interval
    let now = maxima.ticks(at: time)
    let maxima = maxima
    forEachStrip(maxima.layout.strips, threads: threads) { strip, _ in
      maxima.look(strip: strip, ticks: now)
    }
    maxima.lastTick = now
  }

  /// The water in all cells, after a check that it is a number within bounds everywhere.
  private func measure() throws(SurfaceFlowError) -> Int128 {
    if let position = state.firstImpossible() {
      let (column, row) = place(position)
      throw SurfaceFlowError(
        .state,
        "the depth is \(state.depth[position]) m in column \(column), row \(row) at \(time) s; depths lie from 0 to "
          + "\(Int(DepthQuantum.limit)) m: look for errors in the terrain there, or take a smaller Courant number")
    }
    return state.storedQuanta
  }

  /// The cell of the terrain at a position; the first of those in a coarse cell.
  private func place(_ position: Int) -> (column: Int, row: Int) {
    let cell = state.layout.cell(at: position)
    return (cell.column * flowCase.settings.subgrid, cell.row * flowCase.settings.subgrid)
  }

  private func collapse(_ step: Double) -> SurfaceFlowError {
    let position = state.fastestPosition(scheme.cellDischarge)
    let (column, row) = place(position)
    return SurfaceFlowError(
      .timeStep,
      "the time step fell to \(step) s at \(time) s; water is fastest in column \(column), row \(row), \(state.depth[position]) m "
        + "deep: look for errors in the terrain or the inflow there")
  }

  private func writeRows() throws(SurfaceFlowError) {
    let interval = flowCase.recording.seriesInterval
    nextRow = ((time / interval).rounded(.down) + 1) * interval
    let stored = try measure()
    let scale = geometry.cellArea / DepthQuantum.perMetre
    func volume(_ quanta: Int128) -> Double { Double(quanta) * scale }
    let balance =
      initialQuanta + sums.rain + inflowQuanta.reduce(0, +) + boundaryExchange.gained.reduce(0, +) - sums.infiltration
      - sums.drainage - stored
    ledger.append(
      FlowLedger(
        time: time, initial: volume(initialQuanta), rain: volume(sums.rain), infiltration: volume(sums.infiltration),
        drainage: volume(sums.drainage), inflows: inflowQuanta.map(volume),
        boundaries: boundaryExchange.gained.map(volume),
        stored: volume(stored), error: volume(balance)))
    gaugeRows.append(
      GaugeRow(
        time: time, depth: flowCase.gauges.map { view.depth(column: $0.column, row: $0.row) },
        speed: flowCase.gauges.map(speed(at:))))
    let span = time - sectionStart
    func row(_ volumes: [Double], since before: [Double]) -> SectionRow {
      SectionRow(
        time: time, discharge: zip(volumes, before).map { span > 0 ? ($0 - $1) / span : 0 }, volume: volumes)
    }
    sectionRows.append(row(sectionVolumes, since: sectionVolumesAtStart))
    let culvertVolumes = culvertExchange.passed.map(volume)
    culvertRows.append(row(culvertVolumes, since: culvertVolumesAtStart))
    culvertVolumesAtStart = culvertVolumes
    sectionStart = time
    sectionVolumesAtStart = sectionVolumes
  }

  private func speed(at gauge: FlowGauge) -> Float {
    let depth = view.depth(column: gauge.column, row: gauge.row)
    if depth < flowCase.recording.speedDepth { return 0 }
    let q = view.discharge(column: gauge.column, row: gauge.row)
    return (q.x * q.x + q.y * q.y).squareRoot() / depth
  }

  /// What ground that fills has taken in each cell since the start, metres; nil where the case has none.
  public var infiltrated: Grid<Float>? {
    sources.uptake.map { uptake in
      grid { column, row in Float(uptake.taken[state.layout.position(column: column, row: row)]) }
    }
  }

  /// A grid of the value that a closure takes at each cell of the terrain; NaN outside it.
  private func grid(_ value: (_ column: Int, _ row: Int) -> Float) -> Grid<Float> {
    let (geometry, view) = (terrainGeometry, view)
    return Grid(geometry) { out in
      for row in 0..<geometry.rows {
        for column in 0..<geometry.columns {
          out[row &* geometry.columns &+ column] = view.isCell(column: column, row: row) ? value(column, row) : .nan
        }
      }
    }
  }

  /// Depth now, metres; NaN outside the terrain.
  public var depth: Grid<Float> { grid(view.depth) }

  /// Discharge per metre of width now in each cell, eastwards and southwards, m²/s.
  public var discharge: (east: Grid<Float>, south: Grid<Float>) {
    precondition(!state.hasNoFlow, "the flow is there")
    return (grid { view.discharge(column: $0, row: $1).x }, grid { view.discharge(column: $0, row: $1).y })
  }

  /// What the simulation has left behind so far.
  public var result: FlowResult {
    FlowResult(
      finalDepth: depth, maximumDepth: grid(of: .maximumDepth), maximumSpeed: grid(of: .maximumSpeed),
      maximumDepthSpeed: grid(of: .maximumDepthSpeed), timeOfMaximum: grid(of: .timeOfMaximum),
      arrivalTime: grid(of: .arrivalTime), durations: maxima.durations.indices.map { grid(of: .duration($0)) },
      hazardRating: grid(of: .hazardRating), hazardClass: grid(of: .hazardClass))
  }

  /// One of the quantities that were kept: for large grids, of which memory holds not all at once.
  public func grid(of quantity: FlowQuantity) -> Grid<Float> {
    let (maxima, tick) = (maxima, Float(maxima.tick))
    func kept(_ value: (_ position: Int) -> Float) -> Grid<Float> {
      grid { value(maxima.layout.position(column: $0, row: $1)) }
    }
    func time(_ ticks: UInt16) -> Float { ticks == FlowMaxima.never ? .nan : Float(ticks) * tick }
    return switch quantity {
    case .maximumDepth: kept { maxima.depth[$0] }
    case .maximumSpeed: kept { maxima.speed[$0] }
    case .maximumDepthSpeed: kept { maxima.discharge[$0] }
    case .timeOfMaximum: kept { maxima.depth[$0] > 0 ? time(maxima.depthTime[$0]) : .nan }
    case .arrivalTime: kept { time(maxima.arrival[$0]) }
    case .duration(let number): kept { Float(maxima.durations[number].ticks[$0]) * tick }
    case .hazardRating: kept { maxima.rating[$0] }
    case .hazardClass: kept { Float(maxima.hazardClass[$0]) }
    }
  }
}
