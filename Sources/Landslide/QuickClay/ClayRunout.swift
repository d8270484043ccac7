public import Grids

/// How far liquefied clay runs out from the feet of slopes: along the ground, never uphill, up to a length of its own.
///
/// Lengths are those of ways over the eight neighbours, as a valley winds.
/// - Parameters:
///   - surface: Ground without pits, as a filled terrain, m: in a pit clay would rest that in truth fills it. NaN is no
///     data.
///   - length: Runout length L_u in m at the feet from which clay runs out; 0 or NaN elsewhere.
/// - Returns: Length in m that is left, 0 at the end of the runout; NaN where no clay comes.
/// - Throws: ``GeometryMismatch`` or ``ValuesOutOfRange``.
/// - Complexity: O(*k* log *k*) for *k* cells reached.
public func clayRunout(surface: Grid<Float>, length: Grid<Float>) throws -> Grid<Float> {
  try surface.geometry.require(length.geometry, for: "clay runout from surface and feet")
  try length.require(0...1_000_000, of: "runout length in m", threads: 1)
  var left = [Double](repeating: -1, count: surface.count)
  var queue = LargestFirst()
  for cell in 0..<surface.count where length[cell] > 0 && !surface[cell].isNaN {
    left[cell] = Double(length[cell])
    queue.push(left[cell], cell)
  }
  while let (value, cell) = queue.pop() {
    if value < left[cell] { continue }
    let height = surface[cell]
    surface.geometry.forEachNeighbour(of: cell) { neighbour, distance in
      guard surface[neighbour] <= height else { return }
      let rest = value - distance
      if rest >= 0, rest > left[neighbour] {
        left[neighbour] = rest
        queue.push(rest, neighbour)
      }
    }
  }
  return Grid(surface.geometry, cells: left.map { $0 < 0 ? .nan : Float($0) })
}

/// A heap that gives out the cell with the largest value.
private struct LargestFirst {
  private var items: [(value: Double, cell: Int)] = []

  mutating func push(_ value: Double, _ cell: Int) {
    var place = items.count
    items.append((value, cell))
    while place > 0, items[(place - 1) / 2].value < value {
      items[place] = items[(place - 1) / 2]
      place = (place - 1) / 2
    }
    items[place] = (value, cell)
  }

  mutating func pop() -> (value: Double, cell: Int)? {
    guard let top = items.first, let last = items.popLast() else { return nil }
    if items.isEmpty { return top }
    var place = 0
    while 2 * place + 1 < items.count {
      var child = 2 * place + 1
      if child + 1 < items.count, items[child + 1].value > items[child].value { child += 1 }
      if items[child].value <= last.value { break }
      items[place] = items[child]
      place = child
    }
    items[place] = last
    return top
  }
}
