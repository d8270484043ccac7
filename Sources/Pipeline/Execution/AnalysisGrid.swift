import Geodata
import Grids

extension PipelineFile {
  /// The one grid that every raster is aligned to, as the section `grid` describes it.
  ///
  /// Where neither reference system nor cell size differ from those of the input named by `like`, its own lattice is
  /// kept, so that its cells are used as they are; else cells start at multiples of their size.
  func analysisGrid() throws(RunFailure) -> GridGeometry {
    let like = try rasterGeometry(grid.like, keyPath: "inputs.\(grid.like)")
    let crs = try reading("grid.crs") { try grid.crs.map { try coordinateReferenceSystem($0) } ?? like.crs }
    try reading("grid.crs") { try crs.requireMetricPlane(path: "") }
    let cellWidth = grid.resolution?.metres ?? like.cellWidth
    let cellHeight = grid.resolution?.metres ?? like.cellHeight
    let keepsLattice = crs.isSame(as: like.crs) && cellWidth == like.cellWidth && cellHeight == like.cellHeight
    let buffer = grid.buffer.metres
    if keepsLattice, grid.extent == grid.like, buffer == 0 { return like }

    let extent = try self.extent(of: grid.extent, in: crs).grown(by: buffer)
    let origin = keepsLattice ? Coordinate(x: like.west, y: like.north) : Coordinate(x: 0, y: 0)
    // Outwards to whole cells; a thousandth of a cell is rounding, not land.
    let west = ((extent.west - origin.x) / cellWidth + 1e-3).rounded(.down)
    let east = ((extent.east - origin.x) / cellWidth - 1e-3).rounded(.up)
    let north = ((origin.y - extent.north) / cellHeight + 1e-3).rounded(.down)
    let south = ((origin.y - extent.south) / cellHeight - 1e-3).rounded(.up)
    let columns = max(1, east - west)
    let rows = max(1, south - north)
    guard columns * rows < Double(Int32.max) else {
      throw failure(
        .configuration, .tooManyCells, at: "grid",
        "the grid would have \(columns) × \(rows) cells, more than 2³¹", hint: "choose a coarser resolution")
    }
    return GridGeometry(
      columns: Int(columns), rows: Int(rows), west: origin.x + west * cellWidth, north: origin.y - north * cellHeight,
      cellWidth: cellWidth, cellHeight: cellHeight, crs: crs)
  }

  private func rasterGeometry(_ id: String, keyPath: String) throws(RunFailure) -> GridGeometry {
    guard let path = inputs[id]?.path.map({ resolve($0, for: scenarios.first) }) else {
      throw failure(
        .configuration, .contradiction, at: "grid", "\(id) has no file, so it has no extent",
        hint: "name an input with a path")
    }
    return try reading(keyPath) {
      let information = try inspectRaster(path)
      let override: String? =
        switch inputs[id] {
        case .elevation(let input): input.crs
        case .class(let input): input.crs
        case .rain(let input): input.crs
        default: nil
        }
      guard let geometry = information.geometry else {
        // Reading says why: rotated, no position, or no reference system.
        return try readRaster(path, RasterReading(crs: try override.map { try coordinateReferenceSystem($0) })).grid
          .geometry
      }
      guard let override else { return geometry }
      return GridGeometry(
        columns: geometry.columns, rows: geometry.rows, west: geometry.west, north: geometry.north,
        cellWidth: geometry.cellWidth, cellHeight: geometry.cellHeight, crs: try coordinateReferenceSystem(override))
    }
  }

  private func extent(of id: String, in crs: CoordinateReferenceSystem) throws(RunFailure) -> Extent {
    if let area = area(id) {
      return try reading("inputs.\(id)") {
        let reading = VectorReading(
          shapeType: .polygons, layer: area.layer, crs: try area.crs.map { try coordinateReferenceSystem($0) },
          fields: [])
        let boxes = try readLayer(resolve(area.path), reprojectedTo: crs, reading).layer.features
          .compactMap { $0.shape?.extent }
        guard let first = boxes.first else {
          throw failure(.input, .noOverlap, at: "grid.extent", "\(id) holds no shape", hint: "name another input")
        }
        return boxes.dropFirst().reduce(first) { $0.union($1) }
      }
    }
    let geometry = try rasterGeometry(id, keyPath: "inputs.\(id)")
    if geometry.crs.isSame(as: crs) { return geometry.extent }
    return try reading("grid.extent") {
      // The edges bend in the other system: twenty points a side bound them well.
      let box = geometry.extent
      let edge = (0...20).map { Double($0) / 20 }.flatMap { share in
        let x = box.west + share * (box.east - box.west)
        let y = box.south + share * (box.north - box.south)
        return [
          Coordinate(x: x, y: box.south), Coordinate(x: x, y: box.north), Coordinate(x: box.west, y: y),
          Coordinate(x: box.east, y: y),
        ]
      }
      let moved = try Transformation(from: geometry.crs, to: crs).transform(edge)
      let xs = moved.map(\.x)
      let ys = moved.map(\.y)
      return Extent(
        west: xs.min() ?? 0, south: ys.min() ?? 0, east: xs.max() ?? 0, north: ys.max() ?? 0)
    }
  }
}
