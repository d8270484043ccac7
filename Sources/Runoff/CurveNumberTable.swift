public import Grids

/// How well soil drains, from A (sand, gravel) to D (clay, thin soil on rock), after the US Soil Conservation Service.
public enum HydrologicSoilGroup: String, Sendable, Hashable, CaseIterable {
  /// High infiltration.
  case a = "A"
  /// Moderate infiltration.
  case b = "B"
  /// Slow infiltration.
  case c = "C"
  /// Very slow infiltration.
  case d = "D"
}

/// Curve numbers by land cover and soil, and soil groups by deposit.
public struct CurveNumberTable: Sendable {
  /// What a land cover does with rain.
  public enum LandCover: Sendable, Hashable {
    /// A curve number from 0 to 100 for each soil group.
    case bySoilGroup(a: Float, b: Float, c: Float, d: Float)
    /// One curve number on any soil; 100 for sealed ground and for water whose rain is to run on.
    case uniform(Float)
    /// Rain stays out of the reckoning, as on the sea: curve number 0.
    case noRunoff

    /// The curve number on a soil group; the group may be nil where it does not matter.
    func curveNumber(_ group: HydrologicSoilGroup?) -> Float {
      switch (self, group) {
      case (.uniform(let number), _): number
      case (.noRunoff, _): 0
      case (.bySoilGroup(let number, _, _, _), .a): number
      case (.bySoilGroup(_, let number, _, _), .b): number
      case (.bySoilGroup(_, _, let number, _), .c): number
      case (.bySoilGroup(_, _, _, let number), .d): number
      case (.bySoilGroup, nil): .nan
      }
    }

    var curveNumbers: [Float] { HydrologicSoilGroup.allCases.map { curveNumber($0) } }
  }

  /// Rows by code of the land cover.
  public let landCovers: ClassLookup<LandCover>
  /// Soil group by code of the deposit.
  public let soilGroups: ClassLookup<HydrologicSoilGroup>

  /// Makes a table.
  /// - Throws: ``InvalidCurveNumber`` for numbers outside 0…100.
  public init(
    landCovers: [Int32: LandCover], soilGroups: [Int32: HydrologicSoilGroup]
  ) throws(InvalidCurveNumber) {
    for (code, landCover) in landCovers.sorted(by: { $0.key < $1.key }) {
      for number in landCover.curveNumbers where !(0...100).contains(number) {
        throw InvalidCurveNumber(landCover: code, curveNumber: number)
      }
    }
    self.landCovers = ClassLookup(landCovers)
    self.soilGroups = ClassLookup(soilGroups)
  }

  /// The curve number of every cell.
  /// - Parameters:
  ///   - landCover: Codes of land cover; `ClassLookup.noClass` is no data.
  ///   - deposit: Codes of deposits; `ClassLookup.noClass` is no data.
  ///   - threads: Number of threads.
  /// - Returns: Curve numbers from 0 to 100; NaN where the land cover, or a soil that matters, is no data.
  /// - Throws: ``GeometryMismatch``, or ``UnmappedClasses`` with all codes that the table lacks.
  public func curveNumbers(
    landCover: Grid<Int32>, deposit: Grid<Int32>, threads: Int
  ) throws -> Grid<Float> {
    try landCover.geometry.require(deposit.geometry, for: "curve numbers of land cover and deposits")
    try landCovers.require(codesOf: landCover, as: "land cover", threads: threads)
    try soilGroups.require(codesOf: deposit, as: "deposit", threads: threads)
    // Four numbers for each land cover and one for an unknown soil.
    let numbers = landCovers.entries.flatMap { $0.curveNumbers + [$0.curveNumber(nil)] }
    let groups = soilGroups.entries.map { HydrologicSoilGroup.allCases.firstIndex(of: $0) ?? 4 }
    var result = Grid<Float>(landCover.geometry, repeating: .nan)
    result.forEachRow(threads: threads) { row, cells in
      let covers = landCover.row(row)
      let deposits = deposit.row(row)
      for column in 0..<cells.count {
        guard let cover = landCovers.position(of: covers[column]) else { continue }
        let group = soilGroups.position(of: deposits[column]).map { groups[$0] } ?? 4
        cells[column] = numbers[cover * 5 + group]
      }
    }
    return result
  }

  /// The curve number of every cell where the soil is the same everywhere.
  public func curveNumbers(
    landCover: Grid<Int32>, soilGroup: HydrologicSoilGroup, threads: Int
  ) throws -> Grid<Float> {
    try landCovers.require(codesOf: landCover, as: "land cover", threads: threads)
    let numbers = landCovers.entries.map { $0.curveNumber(soilGroup) }
    return landCover.map(threads: threads) { code in landCovers.position(of: code).map { numbers[$0] } ?? .nan }
  }
}

/// A curve number that is none.
public struct InvalidCurveNumber: Error, Sendable, Hashable, CustomStringConvertible {
  /// Code of the land cover.
  public let landCover: Int32
  /// The value found.
  public let curveNumber: Float

  /// The code, the value and the range.
  public var description: String {
    "land cover \(landCover): curve number \(curveNumber); give a number from 0 to 100"
  }
}
