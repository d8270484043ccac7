public import Grids

/// What the ground is to a quick-clay slide.
public enum ClayGround: UInt8, Sendable, Hashable, CaseIterable {
  /// No data.
  case noData = 0
  /// Above the marine limit, or of other deposits.
  case other = 1
  /// Exposed rock or thin cover, taken out of the map.
  case cutOut = 2
  /// Below the marine limit on marine deposits: sensitive clay is possible.
  case marine = 3
}

/// What a class of deposits or ground conditions says about sensitive clay.
public enum DepositClass: String, Sendable, Hashable, CaseIterable {
  /// Marine deposits.
  case marine
  /// Exposed rock or thin cover: no clay of any depth.
  case thinCover = "thin_cover"
  /// Neither.
  case other
}

/// Height that the sea once reached, m above the present one.
public enum MarineLimit: Sendable {
  /// The same everywhere.
  case height(Double)
  /// By cell; NaN is no data.
  case heights(Grid<Float>)
  /// Where the ground lies below it: above 0 it does, 0 it does not; `ClassLookup.noClass` is no data.
  case area(Grid<Int32>)
}

/// Where sensitive clay is possible: below the marine limit, on marine deposits, not on rock or thin cover.
///
/// A cell is cut out where any map says so, and marine where any says so and none cuts it out.
/// - Parameters:
///   - terrain: Height in m; NaN is no data.
///   - marineLimit: Greatest height of marine deposits; a cell at the limit lies below it.
///   - maps: Codes of deposits and ground conditions with what they mean, such as the map of superficial deposits and
///     that of land resources. `ClassLookup.noClass` is no data.
///   - threads: Number of threads.
/// - Returns: Raw values of ``ClayGround``; no data where any input has none.
/// - Throws: ``GeometryMismatch``, or ``UnmappedClasses`` with all codes that a table lacks.
public func clayGround(
  terrain: Grid<Float>, marineLimit: MarineLimit, maps: [(codes: Grid<Int32>, table: ClassLookup<DepositClass>)],
  threads: Int
) throws -> Grid<UInt8> {
  for map in maps {
    try terrain.geometry.require(map.codes.geometry, for: "clay from terrain and deposits")
    try map.table.require(codesOf: map.codes, as: "deposits", threads: threads)
  }
  switch marineLimit {
  case .height: break
  case .heights(let limits): try terrain.geometry.require(limits.geometry, for: "clay from terrain and marine limit")
  case .area(let area): try terrain.geometry.require(area.geometry, for: "clay from terrain and marine area")
  }
  var result = Grid<UInt8>(terrain.geometry, repeating: ClayGround.noData.rawValue)
  result.forEachRow(threads: threads) { row, cells in
    let heights = terrain.row(row)
    for column in 0..<cells.count {
      let limit: Double
      switch marineLimit {
      case .height(let height): limit = height
      case .heights(let limits): limit = Double(limits.row(row)[column])
      case .area(let area):
        let code = area.row(row)[column]
        limit = code == ClassLookup<DepositClass>.noClass ? .nan : code > 0 ? .infinity : -.infinity
      }
      guard !heights[column].isNaN, !limit.isNaN else { continue }
      var ground = ClayGround.other
      for map in maps {
        switch map.table[map.codes.row(row)[column]] {
        case nil: ground = .noData
        case .thinCover: if ground != .noData { ground = .cutOut }
        case .marine: if ground == .other { ground = .marine }
        case .other: break
        }
      }
      if ground == .marine, Double(heights[column]) > limit { ground = .other }
      cells[column] = ground.rawValue
    }
  }
  return result
}
