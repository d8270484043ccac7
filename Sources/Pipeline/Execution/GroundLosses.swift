import Grids
import Runoff

/// The ground's losses on a grid, from tables and grids of classes.
struct GroundLosses {
  /// How the part that runs off is found.
  var method = RunoffMethod.curveNumber
  /// Curve number or coefficient everywhere; nil where there is a table.
  var value: Double?
  /// Numbers of the method by class.
  var table: CSVTable?
  /// Soil group by class of soil; nil where classes 1 to 4 are A to D.
  var soilGroups: CSVTable?
  /// Sealed shares by land cover; nil where the other numbers hold for the ground as it is.
  var impervious: CSVTable?
  /// Classes of land cover.
  var landCover: Grid<Int32>?
  /// Classes of soil.
  var soil: Grid<Int32>?
  /// Initial abstraction as a share of the storage.
  var lambda = 0.2
  /// Whether curve numbers made for λ = 0.2 are converted to λ = 0.05.
  var convertsLambda = false
  /// How wet the ground is before.
  var condition = AntecedentCondition.average
  /// Slope, rise over run, that curve numbers are adjusted to; nil for none.
  var slope: Grid<Float>?
  /// How curve numbers change with it.
  var slopeAdjustment = SlopeAdjustment.sharpleyWilliams
  /// Factor of the coefficient.
  var increase = 1.0
  let geometry: GridGeometry
  let threads: Int

  init(_ geometry: GridGeometry, threads: Int) {
    self.geometry = geometry
    self.threads = threads
  }

  /// The losses of every cell.
  /// - Throws: ``CSVTableError``, ``UnmappedClasses`` with all codes that a table lacks, ``InvalidCurveNumber``.
  func loss() throws -> GroundLoss {
    switch method {
    case .curveNumber:
      return .curveNumber(try curveNumbers(), initialAbstractionRatio: lambda)
    case .coefficient:
      let factor = increase
      return .coefficient(try coefficients().map(threads: threads) { min(1, Float(Double($0) * factor)) })
    case .initialConstant:
      let grids = try bySoil(["initial_loss_mm", "loss_rate_mm_h"])
      return .initialConstant(initial: try open(grids[0]), rate: try open(grids[1]))
    case .horton:
      let grids = try bySoil(["horton_initial_mm_h", "horton_final_mm_h", "horton_decay_1_h"])
      return .horton(initialRate: try open(grids[0]), finalRate: try open(grids[1]), decay: grids[2])
    case .greenAmpt:
      let grids = try bySoil(["conductivity_mm_h", "suction_head_mm", "moisture_deficit"])
      var suction = grids[1]
      let deficits = grids[2]
      suction.forEachRow(threads: threads) { row, cells in
        let deficit = deficits.row(row)
        for column in 0..<cells.count { cells[column] *= deficit[column] }
      }
      return .greenAmpt(conductivity: try open(grids[0]), suction: suction)
    }
  }

  /// A capacity of the pervious ground, for the cell with its sealed part.
  private func open(_ capacity: Grid<Float>) throws -> Grid<Float> {
    guard let impervious else { return capacity }
    let sealed = try byCover(impervious, ["impervious"])[0]
    var result = capacity
    result.forEachRow(threads: threads) { row, cells in
      let sealed = sealed.row(row)
      for column in 0..<cells.count { cells[column] *= 1 - sealed[column] }
    }
    return result
  }

  private func curveNumbers() throws -> Grid<Float> {
    var numbers = try value.map { Grid(geometry, repeating: Float($0)) } ?? mappedCurveNumbers()
    let (condition, convertsLambda) = (condition, convertsLambda)
    let (slopes, adjustment) = (slope, slopeAdjustment)
    let sealed = try impervious.map { try byCover($0, ["impervious", "unconnected"]) }
    let (share, loose) = (sealed?[0], sealed?[1])
    guard condition != .average || convertsLambda || slopes != nil || sealed != nil else { return numbers }
    numbers.forEachRow(threads: threads) { row, cells in
      for column in 0..<cells.count where !cells[column].isNaN {
        // 0 stands for rain that stays out of the reckoning.
        if cells[column] == 0 { continue }
        var number = Double(cells[column])
        if let slopes {
          number = CurveNumber.adjusted(number, toSlope: Double(slopes.row(row)[column]), by: adjustment)
        }
        if let share, let loose {
          number = CurveNumber.composite(
            pervious: number, impervious: Double(share.row(row)[column]),
            unconnected: Double(loose.row(row)[column]))
        }
        number = CurveNumber.adjusted(number, to: condition)
        if convertsLambda { number = CurveNumber.convertedToSmallAbstraction(number) }
        cells[column] = number.isNaN ? .nan : Float(min(100, max(0, number)))
      }
    }
    return numbers
  }

  private func mappedCurveNumbers() throws -> Grid<Float> {
    guard let rows = table, let landCover else { preconditionFailure("checked to have a table and land cover") }
    try rows.require(["land_cover_code", "a", "b", "c", "d"])
    let codes = try rows.keys("land_cover_code", in: 0...Int(Int32.max))
    let columns = try ["a", "b", "c", "d"].map { try rows.numbers($0, in: 0...100).map(Float.init) }
    var covers: [Int32: CurveNumberTable.LandCover] = [:]
    for (row, code) in codes.enumerated() {
      let numbers = columns.map { $0[row] }
      if numbers.allSatisfy({ $0 == 0 }) {
        covers[Int32(code)] = .noRunoff
      } else if numbers.allSatisfy({ $0 == numbers[0] }) {
        covers[Int32(code)] = .uniform(numbers[0])
      } else {
        covers[Int32(code)] = .bySoilGroup(a: numbers[0], b: numbers[1], c: numbers[2], d: numbers[3])
      }
    }
    let groups = try soilGroupTable()
    return try CurveNumberTable(landCovers: covers, soilGroups: groups)
      .curveNumbers(landCover: landCover, deposit: soil ?? Grid(geometry, repeating: 4), threads: threads)
  }

  /// Soil group by class of soil: from a table, else classes 1 to 4 are A to D.
  private func soilGroupTable() throws -> [Int32: HydrologicSoilGroup] {
    guard let rows = soilGroups else { return [1: .a, 2: .b, 3: .c, 4: .d] }
    try rows.require(["deposit_code", "group"])
    let codes = try rows.keys("deposit_code", in: 0...Int(Int32.max))
    let texts = try rows.texts("group")
    var groups: [Int32: HydrologicSoilGroup] = [:]
    for (row, code) in codes.enumerated() {
      guard let group = HydrologicSoilGroup(rawValue: texts[row].uppercased()) else {
        throw CSVTableError([
          Diagnostic(
            .invalidTableNumber, at: try rows.position(row: row, column: "group"), keyPath: "group",
            "\"\(texts[row])\" is no soil group", hint: "A, B, C or D")
        ])
      }
      groups[Int32(code)] = group
    }
    return groups
  }

  private func coefficients() throws -> Grid<Float> {
    if let value { return Grid(geometry, repeating: Float(value)) }
    guard let table else { preconditionFailure("checked to have a table") }
    return try byCover(table, ["coefficient"])[0]
  }

  /// Numbers from 0 by land cover.
  private func byCover(_ rows: CSVTable, _ names: [String]) throws -> [Grid<Float>] {
    guard let landCover else { preconditionFailure("checked to have land cover") }
    try rows.require(["land_cover_code", names[0]])
    return try Self.mapped(rows, "land_cover_code", names, 0...1, landCover, "land cover", threads: threads)
  }

  /// What the drains carry in every cell, mm/h, by land cover.
  func drainage(_ rows: CSVTable) throws -> Grid<Float> {
    guard let landCover else { preconditionFailure("checked to have land cover") }
    try rows.require(["land_cover_code", "drainage_mm_h"])
    return try Self.mapped(
      rows, "land_cover_code", ["drainage_mm_h"], 0...100_000, landCover, "land cover", threads: threads)[0]
  }

  /// Numbers from 0 by class of soil.
  private func bySoil(_ names: [String]) throws -> [Grid<Float>] {
    guard let soil, let table else { preconditionFailure("checked to have a table and soil") }
    try table.require(["deposit_code"] + names)
    return try Self.mapped(table, "deposit_code", names, 0...100_000, soil, "soil", threads: threads)
  }

  private static func mapped(
    _ rows: CSVTable, _ key: String, _ names: [String], _ range: ClosedRange<Double>, _ classes: Grid<Int32>,
    _ what: String, threads: Int
  ) throws -> [Grid<Float>] {
    let codes = try rows.keys(key, in: 0...Int(Int32.max)).map { Int32($0) }
    let columns = try names.map { name in
      rows.columnNames.contains(name)
        ? try rows.numbers(name, in: range).map(Float.init) : Array(repeating: Float(0), count: codes.count)
    }
    let lookup = ClassLookup(Dictionary(uniqueKeysWithValues: zip(codes, codes.indices)))
    try lookup.require(codesOf: classes, as: what, threads: threads)
    return columns.map { values in
      classes.map(threads: threads) { code in lookup.position(of: code).map { values[lookup.entries[$0]] } ?? .nan }
    }
  }
}
