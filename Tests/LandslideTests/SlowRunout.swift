import Foundation
import Grids

/// The Flow-Py model written out plainly: angles, lists and flux in floating point.
struct SlowRunout {
  struct Cell {
    var column: Int
    var row: Int
    var flux: Double
    var energy: Double
    var parents: [Int]
    var length = 0.0
    var isStart = false
    var deposits = false
  }

  var releases: [Int: Int] = [:]
  var energy: [Int: Double] = [:]
  var greatestFlux: [Int: Double] = [:]
  var totalFlux: [Int: Double] = [:]
  var deposition: [Int: Double] = [:]
  var shortest: [Int: Double] = [:]
  var longest: [Int: Double] = [:]
  var wayAngle: [Int: Double] = [:]
  var lineAngle: [Int: Double] = [:]
  var deposited = 0.0
  var lost = 0.0
  /// Smallest relative distance of a share of flux from the threshold.
  var closest = Double.infinity

  init(
    terrain: Grid<Float>, release: Grid<Int32>, angle: Double, exponent: Int, threshold: Double, highest: Double
  ) {
    let geometry = terrain.geometry
    func isOpen(_ column: Int, _ row: Int) -> Bool {
      for y in (row - 1)...(row + 1) {
        for x in (column - 1)...(column + 1) {
          if x < 0 || y < 0 || x >= geometry.columns || y >= geometry.rows || terrain[x, y].isNaN { return false }
        }
      }
      return true
    }
    func distance(_ dx: Int, _ dy: Int) -> Double {
      hypot(Double(dx) * geometry.cellWidth, Double(dy) * geometry.cellHeight)
    }
    for start in 0..<geometry.count where release[start] > 0 {
      let (startColumn, startRow) = (start % geometry.columns, start / geometry.columns)
      guard isOpen(startColumn, startRow) else { continue }
      var list = [Cell(column: startColumn, row: startRow, flux: 1, energy: 0, parents: [], isStart: true)]
      var position = 0
      while position < list.count {
        defer { position += 1 }
        let cell = list[position]
        if !cell.isStart {
          list[position].length = cell.parents.map {
            list[$0].length + distance(list[$0].column - cell.column, list[$0].row - cell.row)
          }.min()!
        }
        var weights: [(dx: Int, dy: Int, weight: Double, energy: Double)] = []
        for dy in -1...1 {
          for dx in -1...1 where dx != 0 || dy != 0 {
            let fall = Double(terrain[cell.column, cell.row]) - Double(terrain[cell.column + dx, cell.row + dy])
            let far = distance(dx, dy)
            let energy = min(highest, cell.energy + fall - far * tan(angle * .pi / 180))
            var persistence = 0.0
            if cell.isStart || list[cell.parents[0]].isStart {
              persistence = 1
            } else {
              for parent in cell.parents {
                let (px, py) = (cell.column - list[parent].column, cell.row - list[parent].row)
                if (-px, -py) == (dx, dy) {
                  persistence = -.infinity
                } else if (px, py) == (dx, dy) {
                  persistence += list[parent].energy
                } else if ahead(px, py).contains(where: { $0 == (dx, dy) }) {
                  persistence += 0.707 * list[parent].energy
                }
              }
            }
            guard energy > 0, persistence > 0 else { continue }
            let beta = atan(fall / far)
            weights.append((dx, dy, persistence * pow(tan((beta + .pi / 2) / 2), Double(exponent)), energy))
          }
        }
        let total = weights.map(\.weight).reduce(0, +)
        var shares = weights.map { $0.weight / total * cell.flux }
        for share in shares { closest = min(closest, abs(share / threshold - 1)) }
        let above = shares.filter { $0 >= threshold }.count
        let below = shares.filter { $0 < threshold }.reduce(0, +)
        if above == 0 {
          list[position].deposits = true
          shares = []
        } else {
          shares = shares.map { $0 >= threshold ? $0 + below / Double(above) : 0 }
        }
        let children = zip(weights, shares).filter { $0.1 > 0 }.sorted {
          ($0.0.energy, $0.1, $0.0.dy, $0.0.dx) < ($1.0.energy, $1.1, $1.0.dy, $1.0.dx)
        }
        for (way, share) in children {
          let (column, row) = (cell.column + way.dx, cell.row + way.dy)
          guard isOpen(column, row) else {
            lost += share
            continue
          }
          if let waiting = list.indices.last(where: {
            $0 > position && list[$0].column == column && list[$0].row == row
          }) {
            list[waiting].flux += share
            list[waiting].energy = max(list[waiting].energy, way.energy)
            list[waiting].parents.append(position)
          } else {
            list.append(Cell(column: column, row: row, flux: share, energy: way.energy, parents: [position]))
          }
        }
      }
      for index in Set(list.map { $0.row * geometry.columns + $0.column }) { releases[index, default: 0] += 1 }
      for cell in list {
        let index = cell.row * geometry.columns + cell.column
        energy[index] = max(energy[index] ?? 0, cell.energy)
        greatestFlux[index] = max(greatestFlux[index] ?? 0, cell.flux)
        totalFlux[index, default: 0] += cell.flux
        if cell.deposits {
          deposition[index, default: 0] += cell.flux
          deposited += cell.flux
        }
        shortest[index] = min(shortest[index] ?? .infinity, cell.length)
        longest[index] = max(longest[index] ?? 0, cell.length)
        if !cell.isStart {
          let fall = Double(terrain[startColumn, startRow]) - Double(terrain[cell.column, cell.row])
          let line = distance(cell.column - startColumn, cell.row - startRow)
          wayAngle[index] = max(wayAngle[index] ?? 0, atan(fall / cell.length) * 180 / .pi)
          lineAngle[index] = max(lineAngle[index] ?? 0, atan(fall / line) * 180 / .pi)
        }
      }
    }
  }

  /// The directions half left and half right of a step.
  private func ahead(_ dx: Int, _ dy: Int) -> [(Int, Int)] {
    if dx == 0 { return [(-1, dy), (1, dy)] }
    if dy == 0 { return [(dx, -1), (dx, 1)] }
    return [(dx, 0), (0, dy)]
  }
}
