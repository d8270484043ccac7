public import Grids

/// Proof, in one pass over the cells, that a surface is exactly the filled terrain.
///
/// A surface *W* over ground *z* is the minimax surface if and only if (a) *W* ≥ *z*, with equality where water may
/// leave, (b) everywhere else *W* is the larger of *z* and the lowest neighbouring *W*, and (c) from every cell an
/// outlet is reached along a path on which *W* never rises.
public struct FillCertificate: Sendable, Hashable {
  /// Cells that break (a).
  public let belowGround: Int
  /// Cells that break (b).
  public let unbalanced: Int
  /// Cells that break (c).
  public let undrained: Int
  /// Cells with an elevation.
  public let cells: Int

  /// Whether the surface is exactly the filled terrain.
  public var holds: Bool { belowGround == 0 && unbalanced == 0 && undrained == 0 }

  /// Checks a surface against its ground.
  /// - Throws: ``TerrainError`` where a policy forbids no data; ``GeometryMismatch`` is a programmer's error here.
  /// - Complexity: O(*n*), one byte a cell and the frontier.
  public init(
    _ surface: Grid<Float>, over ground: Grid<Float>, nodata: NodataPolicy = .error, threads: Int = 1
  ) throws(TerrainError) {
    precondition(surface.geometry == ground.geometry, "surface and ground do not lie on each other")
    let terrain = try PreparedTerrain(ground, nodata: nodata)
    let columns = ground.columns
    let rows = ground.rows
    let steps = NeighbourSteps(columns: columns)
    var belowGround = 0
    var unbalanced = 0
    var undrained = 0
    var cells = 0
    var visited = Grid<UInt8>(ground.geometry, repeating: 0)
    var queue: [CellIndex] = []
    ground.withUnsafeCells { z in
      surface.withUnsafeCells { water in
        visited.withUnsafeMutableCells { visited in
          for row in 0..<rows {
            for column in 0..<columns {
              let index = row &* columns &+ column
              if z[index].isNaN {
                if !water[index].isNaN { unbalanced += 1 }
                continue
              }
              cells += 1
              let level = water[index]
              if !(level >= z[index]) {
                belowGround += 1
                continue
              }
              if terrain.isSeed(z, column: column, row: row) {
                if level != z[index] { belowGround += 1 }
                visited[index] = 1
                queue.append(CellIndex(index))
              } else {
                // Not on the border: all eight neighbours exist.
                var lowest = Float.infinity
                for code in 0..<8 {
                  let neighbour = water[index &+ steps[code]]
                  if neighbour < lowest { lowest = neighbour }
                }
                if level != max(z[index], lowest) { unbalanced += 1 }
              }
            }
          }
          var reached = queue.count
          while let cell = queue.popLast() {
            let index = Int(cell)
            let row = index / columns
            let column = index &- row &* columns
            let inside = row > 0 && row < rows - 1 && column > 0 && column < columns - 1
            for code in 0..<8 {
              if !inside {
                let x = column + FlowDirection.columnStep[code]
                let y = row + FlowDirection.rowStep[code]
                guard x >= 0, y >= 0, x < columns, y < rows else { continue }
              }
              let neighbour = index &+ steps[code]
              if visited[neighbour] == 0, water[neighbour] >= water[index] {
                visited[neighbour] = 1
                reached += 1
                queue.append(CellIndex(neighbour))
              }
            }
          }
          undrained = cells - reached
        }
      }
    }
    self.belowGround = belowGround
    self.unbalanced = unbalanced
    self.undrained = undrained
    self.cells = cells
  }
}
