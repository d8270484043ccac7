public import Grids

/// Stability of a grid while it rains.
public struct TransientStability: Sendable {
  /// The least factor of safety over the depth, with where it is found.
  public struct Snapshot: Sendable {
    /// Time since the start of the rain, s.
    public let time: Double
    /// Least factor of safety over the depth, 0…10; NaN is no data.
    public let factorOfSafety: Grid<Float>
    /// Depth of the least factor, m; the deepest where several are equal.
    public let depth: Grid<Float>
    /// Pressure head there, m.
    public let pressureHead: Grid<Float>
  }

  /// One for each time that was asked for.
  public let snapshots: [Snapshot]
  /// Least factor of safety over depth and times.
  public let factorOfSafety: Grid<Float>
  /// Depth of the least factor over depth and times, m.
  public let depth: Grid<Float>
  /// First time at which the factor is below 1, s, within 1/1024 of the span between times; infinite where it never is,
  /// 0 where it is so before the rain, NaN where there is no data.
  public let failureTime: Grid<Float>
}

/// Least factor of safety of every cell at some times while it rains, by the infinite slope with transient heads.
///
/// See ``TransientColumn`` for the model. Reckoned in `Double` and rounded once to `Float`.
/// - Parameters:
///   - slopeTangent: Tangent of the slope angle, ≥ 0; NaN is no data.
///   - soil: Codes of the soil table; `ClassLookup.noClass` is no data.
///   - table: Soils by code.
///   - depth: Depth of the soil in m instead of the table's; NaN is no data.
///   - waterTable: Depth of the water table before the rain, m; NaN is no data. Deeper than the base counts as at it.
///   - initialFlux: Steady flux into the ground before the rain, mm/h, negative where water comes out; NaN is no data.
///   - infiltration: What infiltrates, step after step from time 0 on; NaN is no data.
///   - times: Rising times since the start, s, above 0.
///   - options: Choices of the model.
///   - threads: Number of threads.
/// - Returns: NaN where an input is no data; the cap, 10, on ground that is not susceptible (at depth 0) and on flat ground.
/// - Throws: ``GeometryMismatch``, ``ValuesOutOfRange``, ``InvalidSoil``, or ``UnmappedClasses``.
public func transientStability(
  slopeTangent: Grid<Float>, soil: Grid<Int32>, table: TransientSoilTable, depth: Grid<Float>? = nil,
  waterTable: Grid<Float>, initialFlux: Grid<Float>, infiltration: [InfiltrationStep], times: [Double],
  options: TransientOptions = TransientOptions(), threads: Int
) throws -> TransientStability {
  precondition(zip([0] + times, times).allSatisfy { $0 < $1 }, "times rise from above 0")
  precondition(options.layers > 0, "at least one layer")
  let geometry = slopeTangent.geometry
  for other in [soil.geometry, waterTable.geometry, initialFlux.geometry] + infiltration.map(\.infiltration.geometry) {
    try geometry.require(other, for: "transient stability from slope, soil, water table and rain")
  }
  try slopeTangent.require(0...5_000, of: "tangent of the slope angle", threads: threads)
  try waterTable.require(0...1_000, of: "depth of the water table in m", threads: threads)
  try initialFlux.require(-1_000...1_000, of: "initial flux in mm/h", threads: threads)
  if let depth {
    try geometry.require(depth.geometry, for: "transient stability from slope and soil depth")
    try depth.require(0...1_000, of: "soil depth in m", threads: threads)
  }
  try table.classes.require(codesOf: soil, as: "soil", threads: threads)
  try requireShortColumns(waterTable, soil, table)

  let schedule = Schedule(infiltration.map(\.duration), times: times)
  let layers = times.count
  // Factor, depth and head at each time, then the least factor, its depth and the time of failure.
  var cells = Grid<SIMD4<Float>>(
    stacked(geometry, layers + 1), repeating: SIMD4(.nan, .nan, .nan, .nan))
  cells.withUnsafeMutableCells { cells in
    nonisolated(unsafe) let cells = cells
    parallelBlocks(of: geometry.rows, threads: threads, block: 1) { rows in
      var scratch = TransientScratch(options.layers + 1, schedule)
      for row in rows {
        let slopes = slopeTangent.row(row)
        let codes = soil.row(row)
        let tables = waterTable.row(row)
        let fluxes = initialFlux.row(row)
        for column in 0..<geometry.columns {
          guard let position = table.classes.position(of: codes[column]) else { continue }
          let (slope, water, flux) = (slopes[column], tables[column], fluxes[column])
          let rates = infiltration.map { $0.infiltration[column, row] }
          let own = depth?[column, row]
          if slope.isNaN || water.isNaN || flux.isNaN || rates.contains(where: \.isNaN) || own?.isNaN ?? false {
            continue
          }
          let index = row * geometry.columns + column
          guard let ground = table.classes.entries[position] else {
            for layer in 0...layers {
              cells[layer * geometry.count + index] = SIMD4(
                Float(InfiniteSlope.cap), 0, layer == layers ? .infinity : 0, 0)
            }
            continue
          }
          let base = own.map(Double.init) ?? ground.strength.depth
          let place = TransientColumn(
            ground, depth: base, slopeTangent: Double(slope),
            waterTable: options.base == .impermeable ? min(Double(water), base) : Double(water),
            initialFlux: Double(flux) / 3_600_000, options: options)
          scratch.follow(place, rates: rates.map { Double($0) / 3_600_000 }, before: Double(flux) / 3_600_000)
          for layer in 0..<layers {
            let least = scratch.least[layer]
            cells[layer * geometry.count + index] = SIMD4(
              Float(least.factor), Float(least.depth), Float(least.head), 0)
          }
          cells[layers * geometry.count + index] = SIMD4(
            Float(scratch.leastOverall.factor), Float(scratch.leastOverall.depth), Float(scratch.failureTime), 0)
        }
      }
    }
  }
  func part(_ layer: Int, _ element: Int) -> Grid<Float> {
    var result = Grid<Float>(geometry, repeating: .nan)
    cells.withUnsafeCells { cells in
      nonisolated(unsafe) let source = cells + layer * geometry.count
      result.forEachRow(threads: threads) { row, out in
        for column in 0..<out.count { out[column] = source[row * geometry.columns + column][element] }
      }
    }
    return result
  }
  return TransientStability(
    snapshots: times.enumerated().map { layer, time in
      .init(time: time, factorOfSafety: part(layer, 0), depth: part(layer, 1), pressureHead: part(layer, 2))
    }, factorOfSafety: part(layers, 0), depth: part(layers, 1), failureTime: part(layers, 2))
}

/// A geometry of several grids below each other.
private func stacked(_ geometry: GridGeometry, _ count: Int) -> GridGeometry {
  GridGeometry(
    columns: geometry.columns, rows: geometry.rows * count, west: geometry.west, north: geometry.north,
    cellWidth: geometry.cellWidth, cellHeight: geometry.cellHeight, crs: geometry.crs)
}

/// Throws where the unsaturated soil is too high over the water table for its solution.
private func requireShortColumns(
  _ waterTable: Grid<Float>, _ soil: Grid<Int32>, _ table: TransientSoilTable
) throws(InvalidSoil) {
  guard table.classes.entries.contains(where: { $0?.retention != nil }) else { return }
  for row in 0..<waterTable.rows {
    let depths = waterTable.row(row)
    let codes = soil.row(row)
    for column in 0..<depths.count {
      guard let position = table.classes.position(of: codes[column]),
        let alpha = table.classes.entries[position]?.retention?.alpha
      else { continue }
      let length = alpha * Double(depths[column])
      if length > UnsaturatedColumn.longest {
        throw InvalidSoil(
          code: codes[column], quantity: "alpha times the depth of the water table at column \(column), row \(row)",
          value: length, range: "up to \(UnsaturatedColumn.longest), or leave the water retention out")
      }
    }
  }
}

/// When the infiltration changes, and how long before each time of interest.
struct Schedule {
  let changes: [Double]
  let times: [Double]
  /// All spans from a change to a time, each once, rising.
  let spans: [Double]
  /// Which span, by time and change; −1 where the change comes later.
  let spanOf: [[Int]]

  init(_ durations: [Double], times: [Double]) {
    var changes = [0.0]
    for duration in durations { changes.append(changes[changes.count - 1] + duration) }
    self.changes = changes
    self.times = times
    let spans = Set(times.flatMap { time in changes.map { time - $0 } }.filter { $0 > 0 }).sorted()
    self.spans = spans
    let position = Dictionary(uniqueKeysWithValues: spans.enumerated().map { ($1, $0) })
    spanOf = times.map { time in changes.map { position[time - $0] ?? -1 } }
  }
}

/// Working space for following one place after the other.
struct TransientScratch {
  struct Least {
    var factor: Double
    var depth: Double
    var head: Double
  }

  private let schedule: Schedule
  private var responses: [Double]
  private var changes: [(time: Double, rise: Double)]
  private(set) var least: [Least] = []
  private(set) var leastOverall = Least(factor: InfiniteSlope.cap, depth: 0, head: 0)
  private(set) var failureTime = Double.infinity

  init(_ depths: Int, _ schedule: Schedule) {
    self.schedule = schedule
    responses = Array(repeating: 0, count: depths * schedule.spans.count)
    changes = schedule.changes.map { ($0, 0) }
  }

  /// Finds the least factor of safety at every time, over all times, and when it falls below 1.
  mutating func follow(_ place: TransientColumn, rates: [Double], before: Double) {
    // Saturated soil answers to the rain above its steady state, unsaturated soil to what changes of the flux.
    var last = place.isSaturated ? 0 : before
    let rest = last
    for (step, rate) in rates.enumerated() {
      changes[step].rise = rate - last
      last = rate
    }
    changes[rates.count].rise = rest - last
    let depths = place.depths
    if place.isSaturated {
      for (layer, depth) in depths.enumerated() {
        for (index, span) in schedule.spans.enumerated() {
          responses[layer * schedule.spans.count + index] = place.response(depth: depth, time: span)
        }
      }
    }
    least = schedule.times.indices.map { time in
      if !place.isSaturated {
        return leastFactor(
          place, depths, place.pressureHeads(depths: depths, time: schedule.times[time], rain: changes))
      }
      let heads = depths.enumerated().map { layer, depth in
        var rise = 0.0
        for (change, span) in schedule.spanOf[time].enumerated() where span >= 0 {
          rise += changes[change].rise * responses[layer * schedule.spans.count + span]
        }
        return place.head(depth: depth, rise: rise)
      }
      return leastFactor(place, depths, heads)
    }
    leastOverall = least.reduce(Least(factor: .infinity, depth: 0, head: 0)) { $1.factor < $0.factor ? $1 : $0 }
    failureTime = timeOfFailure(place, depths)
  }

  private func leastFactor(_ place: TransientColumn, _ depths: [Double], _ heads: [Double]) -> Least {
    var least = Least(factor: .infinity, depth: 0, head: 0)
    for (depth, head) in zip(depths, heads) {
      let factor = place.factorOfSafety(depth: depth, pressureHead: head)
      if factor <= least.factor { least = Least(factor: factor, depth: depth, head: head) }
    }
    return least
  }

  private func timeOfFailure(_ place: TransientColumn, _ depths: [Double]) -> Double {
    guard let first = least.firstIndex(where: { $0.factor < 1 }) else { return .infinity }
    func fails(_ time: Double) -> Bool {
      leastFactor(place, depths, place.pressureHeads(depths: depths, time: time, rain: changes)).factor < 1
    }
    var before = first == 0 ? 0 : schedule.times[first - 1]
    var after = schedule.times[first]
    if first == 0 && fails(0) { return 0 }
    for _ in 0..<10 {
      let middle = (before + after) / 2
      if fails(middle) { after = middle } else { before = middle }
    }
    return after
  }
}
