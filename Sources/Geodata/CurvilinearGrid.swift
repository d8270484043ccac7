import Grids

/// A grid whose cells lie where arrays of coordinates say.
struct CurvilinearGrid {
  let columns: Int
  let rows: Int
  /// Centres in the reference system of a target grid, row by row as the file has them; NaN where there is none.
  let centres: [Coordinate]

  /// Reads the arrays and carries the centres into the reference system of a grid.
  init(
    _ arrays: GeolocationArrays, columns: Int, rows: Int, in target: GridGeometry, path: String
  ) throws(GeodataError) {
    self.columns = columns
    self.rows = rows
    func read(_ path: String, _ band: Int) throws(GeodataError) -> Grid<Float> {
      try readRaster(path, .cellsAlone(rows: rows, band: band, crs: arrays.crs)).grid
    }
    let (x, y) = (try read(arrays.x, arrays.xBand), try read(arrays.y, arrays.yBand))
    guard x.columns == columns, x.rows == rows, y.columns == columns, y.rows == rows else {
      throw GeodataError(
        .missingGeoreference, operation: "read raster", path: path,
        message: "its arrays of coordinates have \(x.columns)×\(x.rows) and \(y.columns)×\(y.rows) values, the raster "
          + "\(columns)×\(rows)", hint: "regrid it first")
    }
    let transformation = try Transformation(from: arrays.crs, to: target.crs)
    // Longitudes from 0 to 360 are the same places.
    centres = transformation.transformWhereDefined(
      (0..<(columns * rows)).map { Coordinate(x: x[$0] > 180 ? Double(x[$0]) - 360 : Double(x[$0]), y: Double(y[$0])) })
  }

  /// The weights onto a grid: conservative, bilinear between the centres, or of the cell that holds the point.
  func regridding(to target: GridGeometry, _ resampling: Resampling) -> SparseRegridding {
    switch resampling {
    case .conservative: corners(in: target).conservative(to: target)
    case .nearest: nearest(to: target)
    case .bilinear: bilinear(to: target)
    }
  }

  private func corners(in target: GridGeometry) -> CellCorners {
    CellCorners(centres: centres, columns: columns, rows: rows, in: target)
  }

  private func nearest(to target: GridGeometry) -> SparseRegridding {
    let corners = corners(in: target)
    var entries = SparseRegridding.Entries()
    var taken = [Bool](repeating: false, count: target.count)
    forEachCentre(corners, columns, rows, target) { cell, column, row, _, _ in
      if !taken[cell] { entries.add(cell, row * columns + column, 1) }
      taken[cell] = true
    }
    return SparseRegridding(target: target, entries: entries)
  }

  private func bilinear(to target: GridGeometry) -> SparseRegridding {
    // The quadrilaterals between centres; a rim of half a cell takes the values of the edge, as regular grids do.
    let padded = CellCorners(paddedCentres: self, in: target)
    var entries = SparseRegridding.Entries()
    var taken = [Bool](repeating: false, count: target.count)
    forEachCentre(padded, columns + 1, rows + 1, target) { cell, column, row, along, down in
      if taken[cell] { return }
      // Beyond half a cell from the edge is outside.
      if (column == 0 && along < 0.5) || (column == columns && along > 0.5) || (row == 0 && down < 0.5)
        || (row == rows && down > 0.5)
      {
        return
      }
      taken[cell] = true
      for (dc, dr, weight) in [
        (0, 0, (1 - along) * (1 - down)), (1, 0, along * (1 - down)), (0, 1, (1 - along) * down), (1, 1, along * down),
      ] where weight > 0 {
        let sourceColumn = min(max(column - 1 + dc, 0), columns - 1)
        let sourceRow = min(max(row - 1 + dr, 0), rows - 1)
        entries.add(cell, sourceRow * columns + sourceColumn, weight)
      }
    }
    return SparseRegridding(target: target, entries: entries)
  }

  /// Calls `body` for every target cell whose centre lies in a quadrilateral, with the place in it.
  private func forEachCentre(
    _ corners: CellCorners, _ columns: Int, _ rows: Int, _ target: GridGeometry,
    _ body: (_ cell: Int, _ column: Int, _ row: Int, _ along: Double, _ down: Double) -> Void
  ) {
    for row in 0..<rows {
      for column in 0..<columns {
        let shape = corners.quadrilateral(column: column, row: row)
        guard let (columnRange, rowRange) = shape.cells(in: target) else { continue }
        for targetRow in rowRange {
          for targetColumn in columnRange {
            guard let (along, down) = shape.place(of: Double(targetColumn) + 0.5, Double(targetRow) + 0.5) else {
              continue
            }
            body(targetRow * target.columns + targetColumn, column, row, along, down)
          }
        }
      }
    }
  }
}

extension CellCorners {
  /// The centres themselves as corners, with one more ring continued outwards.
  fileprivate init(paddedCentres grid: CurvilinearGrid, in target: GridGeometry) {
    func clamped(_ index: Int, _ count: Int) -> (Int, Int, Double) {
      if index < 0 { return (0, min(1, count - 1), -1) }
      if index >= count { return (count - 1, max(0, count - 2), -1) }
      return (index, index, 0)
    }
    func centre(_ column: Int, _ row: Int) -> Coordinate {
      let (c0, c1, cw) = clamped(column, grid.columns)
      let (r0, r1, rw) = clamped(row, grid.rows)
      func at(_ c: Int, _ r: Int) -> Coordinate { grid.centres[r * grid.columns + c] }
      func mix(_ a: Coordinate, _ b: Coordinate, _ w: Double) -> Coordinate {
        w == 0 ? a : Coordinate(x: 2 * a.x - b.x, y: 2 * a.y - b.y)
      }
      return mix(mix(at(c0, r0), at(c1, r0), cw), mix(at(c0, r1), at(c1, r1), cw), rw)
    }
    let points = (-1...grid.rows).flatMap { row in (-1...grid.columns).map { centre($0, row) } }
    self.init(points: points, columns: grid.columns + 1, rows: grid.rows + 1, in: target)
  }

  private init(points: [Coordinate], columns: Int, rows: Int, in target: GridGeometry) {
    self.columns = columns
    self.rows = rows
    xs = points.map { ($0.x - target.west) / target.cellWidth }
    ys = points.map { (target.north - $0.y) / target.cellHeight }
  }
}

extension Quadrilateral {
  /// Where a point lies between the corners, from 0 to 1 along and down, by Newton's method; nil outside.
  func place(of x: Double, _ y: Double) -> (along: Double, down: Double)? {
    var (u, v) = (0.5, 0.5)
    for _ in 0..<20 {
      let (a, b, c, d) = ((1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v)
      let errorX = a * xs[0] + b * xs[1] + c * xs[2] + d * xs[3] - x
      let errorY = a * ys[0] + b * ys[1] + c * ys[2] + d * ys[3] - y
      let (xu, yu) = (
        (1 - v) * (xs[1] - xs[0]) + v * (xs[2] - xs[3]), (1 - v) * (ys[1] - ys[0]) + v * (ys[2] - ys[3])
      )
      let (xv, yv) = (
        (1 - u) * (xs[3] - xs[0]) + u * (xs[2] - xs[1]), (1 - u) * (ys[3] - ys[0]) + u * (ys[2] - ys[1])
      )
      let determinant = xu * yv - xv * yu
      guard determinant != 0 else { return nil }
      let (du, dv) = ((errorX * yv - errorY * xv) / determinant, (errorY * xu - errorX * yu) / determinant)
      u -= du
      v -= dv
      guard abs(u) < 1e3, abs(v) < 1e3 else { return nil }
      if abs(du) < 1e-12, abs(dv) < 1e-12 { break }
    }
    let rim = 1e-9
    guard u >= -rim, v >= -rim, u <= 1 + rim, v <= 1 + rim else { return nil }
    return (min(max(u, 0), 1), min(max(v, 0), 1))
  }
}

extension RasterReading {
  /// Reads cells for their values alone, wherever they lie, in the order of the file.
  static func cellsAlone(rows: Int, band: Int, crs: CoordinateReferenceSystem) -> RasterReading {
    RasterReading(
      band: band, scansForSentinels: false, crs: crs,
      georeference: Georeference(west: 0, north: Double(rows), cellWidth: 1, cellHeight: 1))
  }
}
