import Exposure
import Foundation
import Geodata
import Grids
import Landslide
import Report

/// Areas, objects and lines that slide analyses read from a raster or a layer, on the cells of the terrain.
struct SlideShapes {
  /// Path of the raster or layer.
  let path: String
  /// Identifiers, as in the input.
  let ids: [String]
  /// Class of each in a raster; 1 for the features of a layer.
  let ranks: [Int32]
  /// Cells of each, in rising order.
  let cells: [[CellIndex]]

  /// What belongs to a shape.
  enum Rule {
    /// Cells of which at least half lies in a surface; the cell covered most where it has none; cells that lines cross.
    case mostly
    /// Every cell that a surface or line touches.
    case touched
  }

  /// Reads a raster, whose classes above 0 are the shapes, or a layer of surfaces or lines.
  init(_ path: String, on geometry: GridGeometry, rule: Rule, threads: Int) throws(RunFailure) {
    self.path = path
    let position = SourcePosition(file: path)
    (ids, ranks, cells) = try RunFailure.locating(at: position) {
      if (try? inspectRaster(path)) != nil {
        return try Self.classes(path, on: geometry, threads: threads)
      }
      let layers = try inspectLayers(path)
      let type: ShapeType = layers.first?.geometryType.contains("Line") == true ? .lines : .polygons
      let layer = try readLayer(path, reprojectedTo: geometry.crs, VectorReading(shapeType: type)).layer
      let place = layer.fields.firstIndex { $0.name == "id" }
      let ids = layer.features.enumerated().map { number, feature in
        place.flatMap { feature.values[$0].asText } ?? "\(number + 1)"
      }
      let cells = layer.features.map { Self.cells(of: $0.shape, on: geometry, rule: rule) }
      return (ids, ids.map { _ in 1 }, cells)
    }
    if cells.allSatisfy(\.isEmpty) {
      throw RunFailure(
        .input,
        [
          Diagnostic(
            .noOverlap, at: position, "nothing of it lies on the terrain", hint: "check its extent and reference system"
          )
        ])
    }
  }

  private static func classes(
    _ path: String, on geometry: GridGeometry, threads: Int
  ) throws -> ([String], [Int32], [[CellIndex]]) {
    let grid = try readClasses(path, alignedTo: geometry, RasterReading(threads: threads)).grid
    var cells: [Int32: [CellIndex]] = [:]
    for cell in 0..<grid.count where grid[cell] > 0 { cells[grid[cell], default: []].append(CellIndex(cell)) }
    let sorted = cells.sorted { $0.key < $1.key }
    return (sorted.map { "\($0.key)" }, sorted.map(\.key), sorted.map(\.value))
  }

  /// Cells of one shape on a grid.
  static func cells(of shape: Shape?, on geometry: GridGeometry, rule: Rule) -> [CellIndex] {
    switch shape {
    case .polygons(let polygons):
      var covered: [(cell: Int, share: Double)] = []
      _ = forEachCoveredRow(of: polygons, on: geometry) { row, first, coverage in
        for (offset, share) in coverage.enumerated() where share > 0 {
          covered.append((row * geometry.columns + first + offset, share))
        }
      }
      if rule == .touched { return covered.map { CellIndex($0.cell) } }
      let most = covered.filter { $0.share >= 0.5 }
      if !most.isEmpty { return most.map { CellIndex($0.cell) } }
      return covered.max { ($0.share, $1.cell) < ($1.share, $0.cell) }.map { [CellIndex($0.cell)] } ?? []
    case .lines(let lines):
      var crossed: Set<Int> = []
      _ = forEachCrossedCell(of: lines, on: geometry) { cell, _ in crossed.insert(cell) }
      return crossed.sorted().map { CellIndex($0) }
    case .point(let point):
      return geometry.cell(at: point).map { [CellIndex($0.row * geometry.columns + $0.column)] } ?? []
    case nil: return []
    }
  }

  /// Numbers of the shapes from 1 on a grid; where two overlap, the first has the cell.
  func numbers(on geometry: GridGeometry) -> Grid<Int32> {
    var grid = Grid<Int32>(geometry, repeating: 0)
    for (number, cells) in cells.enumerated() {
      for cell in cells where grid[Int(cell)] == 0 { grid[Int(cell)] = Int32(number + 1) }
    }
    return grid
  }
}
