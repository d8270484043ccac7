public import Grids

/// What a blue-green measure, such as a green roof or a permeable surface, changes in the cells that it covers.
public struct Measure: Sendable, Hashable {
  /// Depth in mm that is held before anything infiltrates or runs off, added to the cell's interception.
  public var storage: Double
  /// Curve number instead of the cell's; nil to keep it.
  public var curveNumber: Double?
  /// Runoff coefficient instead of the cell's; nil to keep it.
  public var coefficient: Double?
  /// Infiltration capacity in mm/h: constant rate, final rate or conductivity instead of the cell's; nil to keep it.
  public var infiltration: Double?

  /// Describes a measure; what is left out stays as it is.
  public init(
    storage: Double = 0, curveNumber: Double? = nil, coefficient: Double? = nil, infiltration: Double? = nil
  ) {
    self.storage = storage
    self.curveNumber = curveNumber
    self.coefficient = coefficient
    self.infiltration = infiltration
  }
}

/// The ground with measures: its losses and what it holds before them.
public struct GroundWithMeasures: Sendable {
  /// Losses, changed where measures lie.
  public let loss: GroundLoss
  /// Capacity in mm of interception and measures together.
  public let interception: Grid<Float>
  /// Cells that a measure covers.
  public let cells: Int
}

extension GroundLoss {
  /// The ground with measures on it.
  /// - Parameters:
  ///   - codes: The measure of each cell; ``ClassLookup/noClass`` and 0 for none.
  ///   - table: Measures by code.
  ///   - interception: Capacity without the measures, mm; nil for none.
  ///   - threads: Number of threads.
  /// - Throws: ``GeometryMismatch``, ``UnmappedClasses`` for codes that the table lacks, ``InvalidMeasure`` for values
  ///   outside their range.
  public func applying(
    measures codes: Grid<Int32>, table: [Int32: Measure], interception: Grid<Float>? = nil, threads: Int
  ) throws -> GroundWithMeasures {
    try grids[0].geometry.require(codes.geometry, for: "losses and measures")
    var rows = table
    rows[0] = Measure()
    for (code, measure) in table.sorted(by: { $0.key < $1.key }) { try measure.check(code) }
    let lookup = ClassLookup(rows)
    try lookup.require(codesOf: codes, as: "measures", threads: threads)
    func changed(_ grid: Grid<Float>, _ value: (Measure) -> Double?) -> Grid<Float> {
      let values = lookup.entries.map { value($0).map { Float($0) } ?? .nan }
      var result = grid
      result.forEachRow(threads: threads) { row, cells in
        let codes = codes.row(row)
        for column in 0..<cells.count {
          guard let position = lookup.position(of: codes[column]), !values[position].isNaN else { continue }
          // A cell without data stays so: the measure covers it, but what else is there is not known.
          if !cells[column].isNaN { cells[column] = values[position] }
        }
      }
      return result
    }
    let loss: GroundLoss =
      switch self {
      case .curveNumber(let numbers, let ratio):
        .curveNumber(changed(numbers, \.curveNumber), initialAbstractionRatio: ratio)
      case .coefficient(let coefficients): .coefficient(changed(coefficients, \.coefficient))
      case .initialConstant(let initial, let rate):
        .initialConstant(initial: initial, rate: changed(rate, \.infiltration))
      case .horton(let initial, let final, let decay):
        .horton(
          initialRate: changed(initial, \.infiltration), finalRate: changed(final, \.infiltration), decay: decay)
      case .greenAmpt(let conductivity, let suction):
        .greenAmpt(conductivity: changed(conductivity, \.infiltration), suction: suction)
      }
    let storages = lookup.entries.map { Float($0.storage) }
    var capacity = interception ?? Grid(codes.geometry, repeating: 0)
    try capacity.geometry.require(codes.geometry, for: "interception and measures")
    capacity.forEachRow(threads: threads) { row, cells in
      let codes = codes.row(row)
      for column in 0..<cells.count {
        if let position = lookup.position(of: codes[column]) { cells[column] += storages[position] }
      }
    }
    let covered = codes.withUnsafeCells { cells in
      (0..<codes.count).count { cells[$0] != 0 && cells[$0] != ClassLookup<Int32>.noClass }
    }
    return GroundWithMeasures(loss: loss, interception: capacity, cells: covered)
  }
}

extension Measure {
  fileprivate func check(_ code: Int32) throws(InvalidMeasure) {
    func check(_ value: Double?, _ range: ClosedRange<Double>, _ name: String) throws(InvalidMeasure) {
      if let value, !range.contains(value) { throw InvalidMeasure(code: code, quantity: name, value: value) }
    }
    try check(storage, 0...10_000, "storage in mm")
    try check(curveNumber, 0...100, "curve number")
    try check(coefficient, 0...1, "runoff coefficient")
    try check(infiltration, 0...10_000, "infiltration in mm/h")
  }
}

/// A measure with a value that is none.
public struct InvalidMeasure: Error, Sendable, Hashable, CustomStringConvertible {
  /// Code of the measure.
  public let code: Int32
  /// The quantity.
  public let quantity: String
  /// The value found.
  public let value: Double

  /// The code, the quantity and the value.
  public var description: String { "measure \(code): \(quantity) is \(value); correct the table" }
}
