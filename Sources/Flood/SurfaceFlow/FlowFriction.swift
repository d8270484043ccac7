/// Manning's n of the cells by its number in ``FlowState``, which may be another in thin water.
///
/// Sheet flow of millimetres among stems feels several times the n of a river (Engman 1986, J. Irrigation and Drainage
/// Engineering 112, 39–53; TR-55, table 3-1). A cell has the n of sheet flow up to one depth, its full n from another
/// one on, and between them it follows the depth straight.
final class FlowFriction: @unchecked Sendable {
  /// Number of different roughnesses.
  let count: Int
  /// Whether n depends on the depth.
  let isVarying: Bool
  /// n² of each number, in water of full depth.
  let squares: UnsafeMutablePointer<Float>
  private let full: UnsafeMutablePointer<Float>
  /// What sheet flow has more.
  private let excess: UnsafeMutablePointer<Float>
  private let fullDepth: Float
  private let perDepth: Float

  /// - Parameters:
  ///   - values: n of each number, full and for sheet flow.
  ///   - depths: Greatest depth of sheet flow, and least depth of full n, metres.
  init(_ values: [(full: Float, sheet: Float)], depths: ClosedRange<Float>) {
    count = values.count
    func array(_ value: (Float, Float) -> Float) -> UnsafeMutablePointer<Float> {
      let base = UnsafeMutablePointer<Float>.allocate(capacity: values.count)
      for (number, pair) in values.enumerated() { (base + number).initialize(to: value(pair.full, pair.sheet)) }
      return base
    }
    squares = array { full, _ in full * full }
    full = array { full, _ in full }
    excess = array { full, sheet in sheet - full }
    isVarying = values.contains { $0.full != $0.sheet }
    fullDepth = depths.upperBound
    perDepth = 1 / (depths.upperBound - depths.lowerBound)
  }

  deinit { for array in [squares, full, excess] { array.deallocate() } }

  /// n of a cell, s/m^(1/3).
  @inline(__always)
  func n(_ number: UInt16, depth: Float) -> Float {
    let share = smaller(larger((fullDepth - depth) * perDepth, 0), 1)
    return full[Int(number)] + share * excess[Int(number)]
  }

  /// n² of a row of cells at their depths.
  @inline(__always)
  func read(
    _ numbers: UnsafePointer<UInt16>, depth: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    for column in 0..<count {
      let n = n(numbers[column], depth: depth[column])
      out[column] = n * n
    }
  }
}
