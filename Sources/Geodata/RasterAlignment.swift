public import Grids

/// How values are taken from a raster that does not lie on the grid.
public enum Resampling: String, Sendable, Hashable, CaseIterable {
  /// The cell that holds the point: for classes.
  case nearest
  /// Between the four surrounding cell centres: for surfaces.
  case bilinear
  /// By the area that cells share, so that the volume over an area stays the same: for amounts such as rain.
  case conservative
}

/// How a raster was brought onto a grid.
public struct RasterAlignment: Sendable, Hashable {
  /// What had to be done.
  public enum Kind: String, Sendable, Hashable {
    /// The raster lay on the grid, cell by cell.
    case identical
    /// The raster's cells lay on the grid's, but covered another rectangle.
    case shifted
    /// Values were taken between or from other cells.
    case resampled
  }

  /// What had to be done.
  public var kind: Kind
  /// Size, position and reference system of the raster.
  public var source: GridGeometry
  /// How values were taken; nil where cells were copied.
  public var resampling: Resampling?
  /// Cells of the grid whose centre lies within the raster.
  public var cellsInside: Int
  /// Cells of the grid that hold a value.
  public var cellsCovered: Int
  /// What was done, in words, such as `resampled bilinear from 1000 m EPSG:25833`.
  public var note: String
  /// What should be told to the user.
  public var warnings: [String]
}

/// Where the cells of a grid lie in a raster.
struct AlignmentPlan {
  enum Placement {
    /// Grid column c is raster column c + columns, likewise rows.
    case copy(columns: Int, rows: Int)
    /// Positions are linear between the nodes of a lattice.
    case lattice(Lattice)
    /// Every position is transformed by itself.
    case exact(Transformation)
  }

  let source: GridGeometry
  let target: GridGeometry
  let placement: Placement
  /// Part of the raster that is needed; nil where it does not touch the grid.
  let columns: Range<Int>?
  let rows: Range<Int>?
  var notes: [String] = []
  var warnings: [String] = []

  /// Positions that may differ by this part of a source cell from the exact ones.
  static let latticeTolerance = 0.01

  init(
    from source: GridGeometry, to target: GridGeometry, resampling: Resampling, path: String
  ) throws(GeodataError) {
    self.source = source
    self.target = target
    let sameSystem = try Self.isSameSystem(source.crs, target.crs)
    if sameSystem, let (columnOffset, rowOffset) = Self.cellOffset(from: source, to: target) {
      placement = .copy(columns: columnOffset, rows: rowOffset)
      columns = Self.overlap(columnOffset..<(columnOffset + target.columns), with: source.columns)
      rows = Self.overlap(rowOffset..<(rowOffset + target.rows), with: source.rows)
      return
    }
    var transformation: Transformation?
    if !sameSystem {
      let found = try Transformation(from: target.crs, to: source.crs)
      if let note = found.note { notes.append(note) }
      transformation = found
    }
    var chosen: Lattice?
    for step in [16, 4] where chosen == nil {
      let lattice = Lattice(from: source, to: target, step: step, transformation)
      if lattice.isAccurate(transformation) { chosen = lattice }
    }
    if let lattice = chosen {
      placement = .lattice(lattice)
      // Two cells more on every side than the positions need: neighbours of the bilinear scheme and rounding; for the
      // conservative one also what the outer halves of the grid's cells span.
      let span = resampling == .conservative ? Int(lattice.sourceCellsPerCell.rounded(.up)) + 1 : 0
      columns = Self.window(lattice.xs, count: source.columns, margin: 2 + span)
      rows = Self.window(lattice.ys, count: source.rows, margin: 2 + span)
    } else if let transformation {
      placement = .exact(transformation)
      columns = 0..<source.columns
      rows = 0..<source.rows
    } else {
      preconditionFailure("positions in the same reference system are linear")
    }
    if resampling == .bilinear, let ratio = chosen?.sourceCellsPerCell, ratio > 2 {
      warnings.append(
        "the raster's cells are \((ratio * 10).rounded() / 10) times finer than the grid's: bilinear values come from "
          + "four cells alone; average the raster to the grid's cell size first")
    }
  }

  /// Whether two systems place points alike.
  static func isSameSystem(
    _ one: CoordinateReferenceSystem, _ other: CoordinateReferenceSystem
  ) throws(GeodataError) -> Bool {
    if one.isSame(as: other) { return true }
    let first = try SpatialReference.of(one, operation: "align raster")
    let second = try SpatialReference.of(other, operation: "align raster")
    return reporting {
      guard let a = first.horizontal(), let b = second.horizontal() else { return false }
      return a.isSame(as: b)
    }
  }

  /// The whole number of cells by which the grids are shifted; nil where cells do not lie on each other.
  private static func cellOffset(from source: GridGeometry, to target: GridGeometry) -> (Int, Int)? {
    func offset(_ start: Double, _ end: Double, _ count: Int) -> Int? {
      // Both ends within a millionth of a cell: a small difference of the cell size adds up.
      let whole = start.rounded()
      guard abs(start - whole) <= 1e-6, abs(end - whole - Double(count)) <= 1e-6, abs(whole) < 0x1p40 else {
        return nil
      }
      return Int(whole)
    }
    guard
      let column = offset(
        (target.west - source.west) / source.cellWidth, (target.east - source.west) / source.cellWidth, target.columns),
      let row = offset(
        (source.north - target.north) / source.cellHeight, (source.north - target.south) / source.cellHeight,
        target.rows)
    else { return nil }
    return (column, row)
  }

  private static func overlap(_ range: Range<Int>, with count: Int) -> Range<Int>? {
    let clamped = range.clamped(to: 0..<count)
    return clamped.isEmpty ? nil : clamped
  }

  private static func window(_ positions: [Double], count: Int, margin: Int) -> Range<Int>? {
    guard let least = positions.min(), let greatest = positions.max(), greatest >= Double(2 - margin),
      least <= Double(count + margin - 2)
    else { return nil }
    let low = max(0, Int(min(max(least, 0), Double(count))) - margin)
    let high = min(count, Int(min(max(greatest, 0), Double(count))) + margin + 1)
    return low < high ? low..<high : nil
  }

  /// The error that says that raster and grid do not overlap.
  func noOverlap(path: String) -> GeodataError {
    GeodataError(
      .noOverlap, operation: "align raster", path: path,
      message: "the raster covers \(source.extent) of \(source.crs), but no cell centre of the grid, which covers "
        + "\(target.extent) of \(target.crs)", hint: "check that both lie in the same place and have the right crs")
  }

  /// The record of what was done.
  func alignment(resampling: Resampling, inside: Int, covered: Int) -> RasterAlignment {
    let kind: RasterAlignment.Kind
    var note: String
    let size =
      source.cellWidth == source.cellHeight
      ? "\(short(source.cellWidth))" : "\(short(source.cellWidth))×\(short(source.cellHeight))"
    let unit = (try? source.crs.properties())?.kind == .geographic ? "°" : " m"
    switch placement {
    case .copy(let columns, let rows):
      kind =
        columns == 0 && rows == 0 && source.columns == target.columns && source.rows == target.rows
        ? .identical : .shifted
      note = kind == .identical ? "lies on the grid" : "copied with a shift of \(columns) columns and \(rows) rows"
    default:
      kind = .resampled
      note = "resampled \(resampling.rawValue) from \(size)\(unit) \(source.crs)"
    }
    if !notes.isEmpty { note += "; " + notes.joined(separator: "; ") }
    return RasterAlignment(
      kind: kind, source: source, resampling: kind == .resampled ? resampling : nil, cellsInside: inside,
      cellsCovered: covered, note: note, warnings: warnings)
  }

  private func short(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\((value * 1e6).rounded() / 1e6)"
  }
}

/// Positions of every n-th cell centre of a grid in a raster, in raster cells from its upper left corner.
struct Lattice: Sendable {
  let step: Int
  let columns: Int
  let rows: Int
  let source: GridGeometry
  let target: GridGeometry
  let xs: [Double]
  let ys: [Double]
  /// Whether both grids have the same reference system, so that positions are linear everywhere.
  let isLinear: Bool

  init(from source: GridGeometry, to target: GridGeometry, step: Int, _ transformation: Transformation?) {
    self.step = step
    self.source = source
    self.target = target
    isLinear = transformation == nil
    // The last node lies on or beyond the last cell.
    columns = (target.columns - 1 + step - 1) / step + 1
    rows = (target.rows - 1 + step - 1) / step + 1
    var xs: [Double] = []
    var ys: [Double] = []
    xs.reserveCapacity(columns * rows)
    ys.reserveCapacity(columns * rows)
    for row in 0..<rows {
      let points = (0..<columns).map { target.place(Double($0 * step), Double(row * step)) }
      for point in transformation?.transformWhereDefined(points) ?? points {
        xs.append((point.x - source.west) / source.cellWidth)
        ys.append((source.north - point.y) / source.cellHeight)
      }
    }
    self.xs = xs
    self.ys = ys
  }

  /// Whether interpolation between the nodes is good enough.
  ///
  /// It is checked in the middle of the upper and left edge of every mesh, where linear interpolation in one
  /// direction errs most. (The middle of the mesh would not do: there the errors of the two directions of a
  /// conformal projection cancel.)
  func isAccurate(_ transformation: Transformation?) -> Bool {
    guard let transformation else { return true }
    if xs.contains(where: { !$0.isFinite }) || ys.contains(where: { !$0.isFinite }) { return false }
    let tolerance = AlignmentPlan.latticeTolerance / 2
    let half = Double(step) / 2
    for row in 0..<rows {
      var points: [Coordinate] = []
      var guesses: [(x: Double, y: Double)] = []
      for column in 0..<columns {
        let node = row * columns + column
        for other in [column + 1 < columns ? node + 1 : nil, row + 1 < rows ? node + columns : nil] {
          guard let other else { continue }
          let along = other == node + 1
          points.append(
            target.place(
              Double(column * step) + (along ? half : 0), Double(row * step) + (along ? 0 : half)))
          guesses.append(((xs[node] + xs[other]) / 2, (ys[node] + ys[other]) / 2))
        }
      }
      for (exact, guess) in zip(transformation.transformWhereDefined(points), guesses) {
        let x = (exact.x - source.west) / source.cellWidth
        let y = (source.north - exact.y) / source.cellHeight
        // NaN must not pass.
        guard abs(x - guess.x) <= tolerance, abs(y - guess.y) <= tolerance else { return false }
      }
    }
    return true
  }

  /// Positions of one row of the grid.
  func fill(row: Int, _ xs: UnsafeMutablePointer<Double>, _ ys: UnsafeMutablePointer<Double>) {
    if isLinear {
      for column in 0..<target.columns {
        let point = target.centre(column: column, row: row)
        xs[column] = (point.x - source.west) / source.cellWidth
        ys[column] = (source.north - point.y) / source.cellHeight
      }
      return
    }
    let upper = min(row / step, max(0, rows - 2))
    let down = Double(row - upper * step) / Double(step)
    let lower = rows > 1 ? upper + 1 : upper
    for column in 0..<target.columns {
      let left = min(column / step, max(0, columns - 2))
      let right = columns > 1 ? left + 1 : left
      let along = Double(column - left * step) / Double(step)
      func mix(_ values: [Double]) -> Double {
        let above = values[upper * columns + left] * (1 - along) + values[upper * columns + right] * along
        let below = values[lower * columns + left] * (1 - along) + values[lower * columns + right] * along
        return above * (1 - down) + below * down
      }
      xs[column] = mix(self.xs)
      ys[column] = mix(self.ys)
    }
  }

  /// How many source cells a step of one grid cell spans, in the middle of the grid.
  var sourceCellsPerCell: Double {
    let column = max(0, columns / 2 - 1)
    let row = max(0, rows / 2 - 1)
    let node = row * columns + column
    var ratio = 0.0
    if columns > 1 {
      let (dx, dy) = (xs[node + 1] - xs[node], ys[node + 1] - ys[node])
      ratio = max(ratio, (dx * dx + dy * dy).squareRoot() / Double(step))
    }
    if rows > 1 {
      let (dx, dy) = (xs[node + columns] - xs[node], ys[node + columns] - ys[node])
      ratio = max(ratio, (dx * dx + dy * dy).squareRoot() / Double(step))
    }
    return ratio
  }
}

extension GridGeometry {
  /// The centre of a cell, also beyond the grid or between cells.
  func place(_ column: Double, _ row: Double) -> Coordinate {
    Coordinate(x: west + (column + 0.5) * cellWidth, y: north - (row + 0.5) * cellHeight)
  }
}
