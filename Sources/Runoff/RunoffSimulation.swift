public import Grids

/// How the ground takes up rain, cell by cell; NaN in any of the grids is no data.
public enum GroundLoss: Sendable {
  /// The curve number method, with λ.
  case curveNumber(Grid<Float>, initialAbstractionRatio: Double)
  /// A share of the rain runs off.
  case coefficient(Grid<Float>)
  /// A first depth in mm is lost, then a rate in mm/h.
  case initialConstant(initial: Grid<Float>, rate: Grid<Float>)
  /// Horton: first and final capacity in mm/h, decay in 1/h.
  case horton(initialRate: Grid<Float>, finalRate: Grid<Float>, decay: Grid<Float>)
  /// Green and Ampt: conductivity in mm/h, suction head times moisture deficit in mm.
  case greenAmpt(conductivity: Grid<Float>, suction: Grid<Float>)

  var grids: [Grid<Float>] {
    switch self {
    case .curveNumber(let numbers, _): [numbers]
    case .coefficient(let coefficients): [coefficients]
    case .initialConstant(let initial, let rate): [initial, rate]
    case .horton(let initial, let final, let decay): [initial, final, decay]
    case .greenAmpt(let conductivity, let suction): [conductivity, suction]
    }
  }

  fileprivate var ranges: [(String, ClosedRange<Float>)] {
    let rates: ClosedRange<Float> = 0...1_000_000
    return switch self {
    case .curveNumber: [("curve number", 0...100)]
    case .coefficient: [("runoff coefficient", 0...1)]
    case .initialConstant: [("initial loss in mm", rates), ("loss rate in mm/h", rates)]
    case .horton:
      [("initial infiltration in mm/h", rates), ("final infiltration in mm/h", rates), ("decay in 1/h", rates)]
    case .greenAmpt: [("conductivity in mm/h", rates), ("suction times deficit in mm", rates)]
    }
  }
}

/// Rain to runoff over an event or a series, step by step, with the books kept in whole units in every cell.
///
/// Water is first held by interception (leaves, roofs, storage of measures) until its capacity is full, then the ground
/// takes its loss, then the drains take what they can carry; the rest runs off. Each part is a whole number of units of
/// ``WaterDepth``, and each is formed so that rain = interception + infiltration + drained + runoff holds to the unit,
/// in every cell, after every step. The state of the ground follows from these sums alone, so that it needs no more
/// memory: 32 bytes a cell, whatever the number of steps.
public struct RunoffSimulation: Sendable {
  /// Sums of one cell, in units of ``WaterDepth``.
  struct Account: BitwiseCopyable, Sendable {
    var rain: Int64 = 0
    /// −1 marks a cell without data.
    var intercepted: Int64 = 0
    var infiltrated: Int64 = 0
    var drained: Int64 = 0

    var isUnknown: Bool { intercepted < 0 }
    var runoff: Int64 { rain - intercepted - infiltrated - drained }
    static let unknown = Account(rain: 0, intercepted: -1, infiltrated: 0, drained: 0)
  }

  /// How the ground takes up rain.
  public let loss: GroundLoss
  /// Hours simulated so far.
  public private(set) var hours = 0.0
  private let interception: Grid<Float>?
  private let drainage: Grid<Float>?
  private var accounts: Grid<Account>

  /// Prepares a dry start.
  /// - Parameters:
  ///   - loss: How the ground takes up rain.
  ///   - interception: Capacity of leaves, roofs and measures in mm; nil for none.
  ///   - drainage: Rate that the drains carry in mm/h; nil for none.
  ///   - threads: Number of threads.
  /// - Throws: ``GeometryMismatch`` or ``ValuesOutOfRange``.
  public init(
    loss: GroundLoss, interception: Grid<Float>? = nil, drainage: Grid<Float>? = nil, threads: Int
  ) throws {
    let geometry = loss.grids[0].geometry
    for (grid, (name, range)) in zip(loss.grids, loss.ranges) {
      try geometry.require(grid.geometry, for: name)
      try grid.require(range, of: name, threads: threads)
    }
    if let interception {
      try geometry.require(interception.geometry, for: "interception")
      try interception.require(0...1_000_000, of: "interception in mm", threads: threads)
    }
    if let drainage {
      try geometry.require(drainage.geometry, for: "drainage")
      try drainage.require(0...1_000_000, of: "drainage in mm/h", threads: threads)
    }
    self.loss = loss
    self.interception = interception
    self.drainage = drainage
    accounts = Grid(geometry, repeating: Account())
  }

  /// Bytes of state for a number of cells.
  public static func stateBytes(cells: Int) -> Int { cells * MemoryLayout<Account>.stride }

  /// Takes the rain of one step, which falls evenly over it.
  /// - Parameters:
  ///   - rain: mm ≥ 0; NaN is no data, and the cell has no result from then on.
  ///   - hours: Length of the step, > 0.
  ///   - threads: Number of threads; the result does not depend on it.
  /// - Throws: ``GeometryMismatch`` or ``ValuesOutOfRange``.
  public mutating func add(rain: Grid<Float>, hours: Double, threads: Int) throws {
    precondition(hours > 0 && hours.isFinite, "a step has a length")
    try accounts.geometry.require(rain.geometry, for: "rain and losses")
    try requireRain(rain, threads: threads)
    self.hours += hours
    switch loss {
    case .curveNumber(_, let ratio):
      step(rain, hours, threads) { cell, _, grids in
        // The difference of the closed form keeps the sum over steps equal to it.
        let number = grids.0[cell.index]
        let after = CurveNumber.runoff(rain: cell.after, curveNumber: number, initialAbstractionRatio: ratio)
        let before = CurveNumber.runoff(rain: cell.before, curveNumber: number, initialAbstractionRatio: ratio)
        return after.isNaN ? nil : cell.throughfall - (WaterDepth.units(after) - WaterDepth.units(before))
      }
    case .coefficient:
      step(rain, hours, threads) { cell, _, grids in
        let (before, after) = (cell.before * grids.0[cell.index], cell.after * grids.0[cell.index])
        return after.isNaN ? nil : cell.throughfall - (WaterDepth.units(after) - WaterDepth.units(before))
      }
    case .initialConstant:
      step(rain, hours, threads) { cell, depth, grids in
        let (initial, rate) = (grids.0[cell.index], grids.1[cell.index])
        return Self.units(
          Infiltration.initialConstant(
            fallen: WaterDepth.millimetres(cell.fallen), rain: depth, hours: hours, initial: Double(initial),
            rate: Double(rate)), initial + rate)
      }
    case .horton:
      step(rain, hours, threads) { cell, depth, grids in
        let (initial, final, decay) = (grids.0[cell.index], grids.1[cell.index], grids.2[cell.index])
        return Self.units(
          Infiltration.horton(
            infiltrated: WaterDepth.millimetres(cell.infiltrated), rain: depth, hours: hours,
            initialRate: Double(initial), finalRate: Double(final), decay: Double(decay)), initial + final + decay)
      }
    case .greenAmpt:
      step(rain, hours, threads) { cell, depth, grids in
        let (conductivity, suction) = (grids.0[cell.index], grids.1[cell.index])
        return Self.units(
          Infiltration.greenAmpt(
            infiltrated: WaterDepth.millimetres(cell.infiltrated), rain: depth, hours: hours,
            conductivity: Double(conductivity), suction: Double(suction)), conductivity + suction)
      }
    }
  }

  /// What reaches the ground of a cell in a step, and what did before.
  private struct Throughfall {
    let index: Int
    /// Units that reached the ground before the step.
    let fallen: Int64
    /// Units of the step.
    let throughfall: Int64
    /// Units infiltrated before the step.
    let infiltrated: Int64

    /// Millimetres that reached the ground before the step.
    @inline(__always) var before: Float { Float(WaterDepth.millimetres(fallen)) }
    /// Millimetres that reached the ground with the step.
    @inline(__always) var after: Float { Float(WaterDepth.millimetres(fallen + throughfall)) }
  }

  /// The loss in units; nil where a parameter has no data.
  @inline(__always)
  private static func units(_ loss: Double, _ parameters: Float) -> Int64? {
    parameters.isNaN ? nil : Int64((loss * 0x1p27).rounded(.toNearestOrEven))
  }

  /// Books one step; `body` gives the units that the ground takes of the throughfall, nil for no data.
  @inline(__always)
  private mutating func step(
    _ rain: Grid<Float>, _ hours: Double, _ threads: Int,
    _ body:
      @Sendable (
        _ cell: Throughfall, _ millimetres: Double,
        _ grids: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>)
      ) -> Int64?
  ) {
    let grids = loss.grids
    let (interception, drainage) = (interception, drainage)
    let columns = rain.columns
    grids[0].withUnsafeCells { first in
      grids[min(1, grids.count - 1)].withUnsafeCells { second in
        grids[grids.count - 1].withUnsafeCells { third in
          nonisolated(unsafe) let parameters = (first, second, third)
          accounts.forEachRow(threads: threads) { row, accounts in
            let rain = rain.row(row)
            for column in 0..<columns where !accounts[column].isUnknown {
              let capacity = interception.map { $0.row(row)[column] } ?? 0
              let rate = drainage.map { $0.row(row)[column] } ?? 0
              if rain[column].isNaN || capacity.isNaN || rate.isNaN {
                accounts[column] = .unknown
                continue
              }
              var account = accounts[column]
              let fallen = WaterDepth.units(rain[column])
              let held = min(fallen, max(0, WaterDepth.units(capacity) - account.intercepted))
              let cell = Throughfall(
                index: row * columns + column, fallen: account.rain - account.intercepted, throughfall: fallen - held,
                infiltrated: account.infiltrated)
              guard let taken = body(cell, WaterDepth.millimetres(cell.throughfall), parameters) else {
                accounts[column] = .unknown
                continue
              }
              let loss = min(cell.throughfall, max(0, taken))
              account.rain += fallen
              account.intercepted += held
              account.infiltrated += loss
              if rate > 0 {
                let limit = Int64((Double(rate) * hours * 0x1p27).rounded(.down))
                account.drained += min(cell.throughfall - loss, limit)
              }
              accounts[column] = account
            }
          }
        }
      }
    }
  }
}

extension RunoffSimulation {
  /// One part of the water since the start.
  public enum Part: Sendable, CaseIterable {
    /// Rain.
    case rain
    /// Held by interception.
    case intercepted
    /// Taken by the ground.
    case infiltrated
    /// Taken by drains.
    case drained
    /// Left on the surface.
    case runoff
  }

  /// A part in mm since the start; NaN is no data.
  public func millimetres(_ part: Part, threads: Int) -> Grid<Float> {
    accounts.map(threads: threads) { $0.isUnknown ? .nan : Float(WaterDepth.millimetres(Self.units(part, of: $0))) }
  }

  /// A part of one cell in units of ``WaterDepth``; nil is no data.
  public func units(_ part: Part, column: Int, row: Int) -> Int64? {
    let account = accounts[column, row]
    return account.isUnknown ? nil : Self.units(part, of: account)
  }

  private static func units(_ part: Part, of account: Account) -> Int64 {
    switch part {
    case .rain: account.rain
    case .intercepted: account.intercepted
    case .infiltrated: account.infiltrated
    case .drained: account.drained
    case .runoff: account.runoff
    }
  }

  /// The sums over all cells with data: rain = intercepted + infiltrated + drained + runoff, to the unit.
  public func balance(threads: Int) -> RunoffBalance {
    let accounts = accounts
    var rows = Array(repeating: RunoffBalance(), count: accounts.rows)
    rows.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let rows = buffer
      parallelBlocks(of: accounts.rows, threads: threads) { block in
        for row in block {
          let cells = accounts.row(row)
          var sum = RunoffBalance()
          for column in 0..<cells.count {
            if cells[column].isUnknown { sum.unknownCells += 1 } else { sum.add(cells[column]) }
          }
          rows[row] = sum
        }
      }
    }
    return rows.reduce(into: RunoffBalance()) { $0.add($1) }
  }
}

/// Where the water of all cells went, in units of ``WaterDepth``.
public struct RunoffBalance: Sendable, Hashable {
  /// Cells with data.
  public fileprivate(set) var cells = 0
  /// Cells where rain or a parameter had no data in some step.
  public fileprivate(set) var unknownCells = 0
  /// Rain.
  public fileprivate(set) var rain: Int128 = 0
  /// Held by interception.
  public fileprivate(set) var intercepted: Int128 = 0
  /// Taken by the ground.
  public fileprivate(set) var infiltrated: Int128 = 0
  /// Taken by drains.
  public fileprivate(set) var drained: Int128 = 0
  /// Left on the surface.
  public fileprivate(set) var runoff: Int128 = 0

  /// Whether the parts add up to the rain, to the unit.
  public var closes: Bool { rain == intercepted + infiltrated + drained + runoff }

  /// Volume in m³ of one of the sums, for cells of an area in m².
  public func cubicMetres(_ units: Int128, cellArea: Double) -> Double {
    WaterDepth.millimetres(units) * cellArea / 1000
  }

  fileprivate mutating func add(_ account: RunoffSimulation.Account) {
    cells += 1
    rain += Int128(account.rain)
    intercepted += Int128(account.intercepted)
    infiltrated += Int128(account.infiltrated)
    drained += Int128(account.drained)
    runoff += Int128(account.runoff)
  }

  fileprivate mutating func add(_ other: RunoffBalance) {
    cells += other.cells
    unknownCells += other.unknownCells
    rain += other.rain
    intercepted += other.intercepted
    infiltrated += other.infiltrated
    drained += other.drained
    runoff += other.runoff
  }
}
