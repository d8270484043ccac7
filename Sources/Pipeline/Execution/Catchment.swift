import Exposure
import Grids
import Terrain

/// What drains to an outlet, or an area by itself, as the rational method sees it.
struct Catchment {
  /// Area, m².
  var area: Double
  /// Length of the longest flow path, m.
  var length: Double
  /// Fall of that path, m.
  var drop: Double
  /// Mean slope of the land, rise over run; nil where none is known.
  var landSlope: Double?
  /// Mean runoff coefficient over the part where it is known.
  var coefficient: Double?
  /// Mean curve number over the part where there is one.
  var curveNumber: Double?
  /// Share of the catchment whose coefficient is known.
  var knownShare: Double
  /// Whether the edge of the terrain or cells without elevation cut it, so that more may drain to it.
  var isCut: Bool
  /// The cell at the end of the longest flow path.
  var outlet: CellIndex
}

/// A number of every cell: one everywhere, or a grid whose NaN is no data.
enum CellNumbers {
  case uniform(Double)
  case grid(Grid<Float>)

  subscript(cell: Int) -> Double {
    switch self {
    case .uniform(let number): number
    case .grid(let grid): Double(grid[cell])
    }
  }
}

/// A terrain with what catchments take from it.
struct CatchmentTerrain {
  let ground: Grid<Float>
  /// Directions that drain every cell.
  let directions: Grid<UInt8>
  /// Cells whose catchment is cut, as ``edgeContamination(_:)`` marks them.
  let cut: Grid<UInt8>
  /// Length of the longest way to each cell.
  let lengths: Grid<Float>
  /// Tangent of the slope.
  let slope: Grid<Float>
  let coefficient: CellNumbers
  /// Curve numbers, where the time of concentration needs them; 0 is none.
  let curveNumber: CellNumbers?

  /// Sums of what means are taken of.
  private struct Sums {
    var cells = 0.0
    var slopes = 0.0
    var known = 0.0
    var coefficients = 0.0
    var numbered = 0.0
    var numbers = 0.0
  }

  private func add(_ cell: Int, to sums: inout Sums) {
    sums.cells += 1
    sums.slopes += Double(slope[cell])
    let coefficient = coefficient[cell]
    if !coefficient.isNaN {
      sums.known += 1
      sums.coefficients += coefficient
    }
    if let number = curveNumber?[cell], number > 0 {
      sums.numbered += 1
      sums.numbers += number
    }
  }

  private func catchment(_ sums: Sums, area: Double, _ path: LongestFlowPath, outlet: CellIndex) -> Catchment {
    func mean(_ sum: Double, _ count: Double) -> Double? { count > 0 ? sum / count : nil }
    return Catchment(
      area: area, length: path.length, drop: Double(path.drop), landSlope: mean(sums.slopes, sums.cells),
      coefficient: mean(sums.coefficients, sums.known), curveNumber: mean(sums.numbers, sums.numbered),
      knownShare: mean(sums.known, sums.cells) ?? 0, isCut: cut[Int(outlet)] == 1, outlet: outlet)
  }

  /// What drains to each of several cells; catchments may lie in each other.
  func catchments(of outlets: [CellIndex], threads: Int) -> [Catchment] {
    // Outlets of one cell have one catchment.
    let cells = Array(Set(outlets)).sorted()
    let watersheds = Watersheds(of: cells, directions: directions, threads: threads)
    var own = [Sums](repeating: Sums(), count: cells.count)
    watersheds.labels.withUnsafeCells { labels in
      for cell in 0..<directions.count where labels[cell] > 0 { add(cell, to: &own[Int(labels[cell]) - 1]) }
    }
    func all(_ part: (Sums) -> Double) -> [Double] { watersheds.accumulated(own.map(part)) }
    let (count, slopes, known) = (all(\.cells), all(\.slopes), all(\.known))
    let (coefficients, numbered, numbers) = (all(\.coefficients), all(\.numbered), all(\.numbers))
    var found: [CellIndex: Catchment] = [:]
    for (number, cell) in cells.enumerated() {
      let sums = Sums(
        cells: count[number], slopes: slopes[number], known: known[number], coefficients: coefficients[number],
        numbered: numbered[number], numbers: numbers[number])
      let path = LongestFlowPath(to: cell, directions: directions, upslopeLength: lengths, surface: ground)
      found[cell] = catchment(sums, area: count[number] * ground.geometry.cellArea, path, outlet: cell)
    }
    return outlets.compactMap { found[$0] }
  }

  /// What drains to points, each moved to where most water passes near it; nil for those off the terrain.
  func catchments(
    near points: [Coordinate?], upslope: Grid<Int32>, snapDistance: Double, threads: Int
  ) -> [Catchment?] {
    let cells = points.map { point in
      point.flatMap { try? pourCells(of: [$0], upslope: upslope, snapDistance: snapDistance).first }
    }
    var found = catchments(of: cells.compactMap(\.self), threads: threads).makeIterator()
    return cells.map { $0 == nil ? nil : found.next() }
  }

  /// An area by itself, without what drains to it from outside; nil where it holds no cell of the terrain.
  ///
  /// Cells belong to it that it covers by half or more; its area is exact.
  func area(_ polygons: [Polygon]) -> Catchment? {
    let coverage = cellCoverage(of: polygons, on: ground.geometry)
    guard !coverage.columns.isEmpty, !coverage.rows.isEmpty else { return nil }
    let (left, top) = (coverage.columns.lowerBound, coverage.rows.lowerBound)
    let window = ground.geometry.window(columns: coverage.columns, rows: coverage.rows)
    var mask = Grid<UInt8>(window, repeating: 0)
    var surface = Grid<Float>(window, repeating: .nan)
    var sums = Sums()
    var covered = 0.0
    for row in 0..<window.rows {
      for column in 0..<window.columns {
        let cell = (row + top) * ground.columns + column + left
        surface[column, row] = ground[cell]
        let fraction = ground[cell].isNaN ? 0 : coverage.fractions[row * window.columns + column]
        covered += fraction
        if fraction < 0.5 { continue }
        mask[column, row] = 1
        add(cell, to: &sums)
      }
    }
    guard sums.cells > 0 else { return nil }
    let part = confinedDirections(directions, to: mask, column: left, row: top)
    let lengths = upslopeLength(part)
    var farthest = 0
    for cell in 0..<part.count where lengths[cell] > lengths[farthest] || lengths[farthest].isNaN { farthest = cell }
    let path = LongestFlowPath(to: CellIndex(farthest), directions: part, upslopeLength: lengths, surface: surface)
    let outlet = (farthest / window.columns + top) * ground.columns + farthest % window.columns + left
    var result = catchment(
      sums, area: polygons.reduce(0) { $0 + $1.area }, path, outlet: CellIndex(outlet))
    // What drains to an area from outside does not count; an area that is only partly covered is not known.
    result.isCut = false
    result.knownShare *= min(1, covered * ground.geometry.cellArea / max(result.area, 1e-9))
    return result
  }
}
