import Foundation
public import Grids

/// The flow of every cell of a filled surface to one, two or more neighbours.
///
/// A cell with strictly lower neighbours shares its water among them; one without, on a flat or in a lake, passes all
/// to its D8 receiver. Such a graph has no cycle: along a cycle the surface could neither rise nor fall, so that it
/// would consist of D8 steps alone, and those form trees.
///
/// Memory: one byte a cell beside the two grids that it stands on. Shares are reckoned where they are asked for.
public struct MultipleFlow: Sendable {
  /// The filled surface that the water runs on.
  public let surface: Grid<Float>
  /// D8 directions that drain the surface.
  public let directions: Grid<UInt8>
  /// How the water is shared.
  public let sharing: FlowSharing
  /// The receivers of every cell as a set: bit *k* stands for the neighbour of code *k* of ``FlowDirection``.
  ///
  /// Empty where the water leaves the terrain and where there is no elevation.
  public let receivers: Grid<UInt8>

  let facets: SteepestFacet
  /// Factor of each code that makes a slope of a drop.
  private let perDistance: SIMD8<Double>
  /// Length of contour that faces each code.
  private let contour: SIMD8<Double>
  private let power: Power

  /// Finds the receivers of every cell.
  /// - Parameters:
  ///   - surface: Surface on which the directions never rise, as from ``DepressionHierarchy/filled(_:threads:)``,
  ///     metres; NaN is no data.
  ///   - directions: D8 codes that drain the surface, as from ``DepressionHierarchy/routedDirections()``.
  ///   - sharing: How the water is shared among lower neighbours.
  ///   - threads: Number of threads; the result does not depend on it.
  /// - Complexity: O(*n*).
  public init(_ surface: Grid<Float>, directions: Grid<UInt8>, sharing: FlowSharing, threads: Int = 1) {
    precondition(surface.geometry == directions.geometry, "surface and directions do not lie on each other")
    let geometry = surface.geometry
    self.surface = surface
    self.directions = directions
    self.sharing = sharing
    let distances = FlowDirection.distances(geometry)
    facets = SteepestFacet(geometry)
    perDistance = SIMD8(distances.map { 1 / $0 })
    switch sharing {
    case .dInfinity:
      contour = SIMD8(repeating: 1)
      power = Power(1)
    case .multiple(let exponent):
      contour = SIMD8(repeating: 1)
      power = Power(exponent)
    case .contourWeighted(let exponent):
      let (eastward, northward) = (geometry.cellHeight / 2, geometry.cellWidth / 2)
      let corner = distances[1] / 4
      contour = SIMD8(eastward, corner, northward, corner, eastward, corner, northward, corner)
      power = Power(exponent)
    }
    let single = sharing == .dInfinity
    let facets = facets
    receivers = Self.receivers(surface, directions, threads: threads) { centre, neighbours in
      if single { return facets.receivers(centre: centre, neighbours: neighbours) }
      var lower: UInt8 = 0
      for code in 0..<8 where neighbours[code] < centre { lower |= 1 << UInt8(code) }
      return lower
    }
  }

  /// The receivers by `lower` where a neighbour is strictly lower, else the D8 receiver.
  @inline(__always)
  private static func receivers(
    _ surface: Grid<Float>, _ directions: Grid<UInt8>, threads: Int,
    lower: @Sendable (_ centre: Float, _ neighbours: SIMD8<Float>) -> UInt8
  ) -> Grid<UInt8> {
    let columns = surface.columns
    let rows = surface.rows
    let steps = NeighbourSteps(columns: columns)
    var receivers = Grid<UInt8>(surface.geometry) { _ in }
    surface.withUnsafeCells { heights in
      directions.withUnsafeCells { codes in
        nonisolated(unsafe) let z = heights
        nonisolated(unsafe) let direction = codes
        receivers.forEachRow(threads: threads) { row, out in
          for column in 0..<columns {
            let index = row &* columns &+ column
            let centre = z[index]
            if centre.isNaN {
              out[column] = 0
              continue
            }
            var neighbours = SIMD8<Float>(repeating: .nan)
            if row > 0, column > 0, row < rows &- 1, column < columns &- 1 {
              for code in 0..<8 { neighbours[code] = z[index &+ steps[code]] }
            } else {
              for code in 0..<8 {
                let x = column + FlowDirection.columnStep[code]
                let y = row + FlowDirection.rowStep[code]
                if x >= 0, y >= 0, x < columns, y < rows { neighbours[code] = z[y &* columns &+ x] }
              }
            }
            var found = lower(centre, neighbours)
            if found == 0, direction[index] < 8 {
              let code = Int(direction[index])
              precondition(neighbours[code] == centre, "the directions do not drain the surface")
              found = 1 << UInt8(code)
            }
            out[column] = found
          }
        }
      }
    }
    return receivers
  }

  /// Calls `body` with the code and the share of each receiver of a cell, in the order of the codes.
  ///
  /// Shares are ≥ 0 and add up to 1 but for rounding.
  @inline(__always)
  func forEachShare(
    of index: Int, receivers: UInt8, _ z: UnsafePointer<Float>, _ steps: NeighbourSteps,
    _ body: (_ code: Int, _ share: Double) -> Void
  ) {
    if receivers & (receivers &- 1) == 0 {
      if receivers != 0 { body(receivers.trailingZeroBitCount, 1) }
      return
    }
    if sharing == .dInfinity {
      let descent = facets.descent(from: index, receivers: receivers, z, steps)
      let share = facets.slantingShare(descent)
      if descent.straight < descent.slanting {
        body(descent.straight, 1 - share)
        body(descent.slanting, share)
      } else {
        body(descent.slanting, share)
        body(descent.straight, 1 - share)
      }
      return
    }
    var weights = InlineArray<8, Double>(repeating: 0)
    var steepest = 0.0
    var left = receivers
    while left != 0 {
      let code = left.trailingZeroBitCount
      left &= left &- 1
      let slope = (Double(z[index]) - Double(z[index &+ steps[code]])) * perDistance[code]
      weights[unchecked: code] = slope
      steepest = max(steepest, slope)
    }
    // Powers of shares of the steepest slope neither overflow nor all vanish, whatever the exponent.
    let perSteepest = 1 / steepest
    var total = 0.0
    left = receivers
    while left != 0 {
      let code = left.trailingZeroBitCount
      left &= left &- 1
      let weight = power(weights[unchecked: code] * perSteepest) * contour[code]
      weights[unchecked: code] = weight
      total += weight
    }
    let perTotal = 1 / total
    left = receivers
    while left != 0 {
      let code = left.trailingZeroBitCount
      left &= left &- 1
      body(code, weights[unchecked: code] * perTotal)
    }
  }

  /// The share of a cell's water that goes to each neighbour, by the codes of ``FlowDirection``; 0 to the others.
  public func shares(column: Int, row: Int) -> InlineArray<8, Double> {
    precondition(column >= 0 && column < surface.columns && row >= 0 && row < surface.rows)
    var shares = InlineArray<8, Double>(repeating: 0)
    let index = row * surface.columns + column
    surface.withUnsafeCells { z in
      forEachShare(of: index, receivers: receivers[index], z, NeighbourSteps(columns: surface.columns)) {
        shares[$0] = $1
      }
    }
    return shares
  }
}

/// A power of a number from 0 to 1, by multiplication alone where the exponent is whole.
private struct Power: Sendable {
  let exponent: Double
  let whole: Int?

  init(_ exponent: Double) {
    precondition(exponent > 0 && exponent.isFinite, "the exponent of the slope is positive")
    self.exponent = exponent
    whole = exponent <= 4096 ? Int(exactly: exponent) : nil
  }

  @inline(__always)
  func callAsFunction(_ base: Double) -> Double {
    guard let whole else { return pow(base, exponent) }
    var result = 1.0
    var square = base
    var bits = whole
    while true {
      if bits & 1 == 1 { result *= square }
      bits >>= 1
      if bits == 0 { return result }
      square *= square
    }
  }
}
