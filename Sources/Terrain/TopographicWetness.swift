import Foundation
public import Grids
import Synchronization

/// Where a terrain is apt to be wet: ln(*a* / tan *β*), with *a* the upslope area per metre of contour.
///
/// The contour is as long as the square root of the area of a cell, which is the side of a square one. Level ground
/// has no finite index: slopes below a least one, which has to be named, count as that one, and so many cells as it
/// was needed for are told. Reckoned in `Double` and rounded once.
/// Method: Beven and Kirkby (1979), Hydrological Sciences Bulletin 24, 43–69.
public struct TopographicWetness: Sendable {
  /// The index; NaN where there is no elevation, no slope or no upslope area.
  ///
  /// 4 bytes a cell.
  public let index: Grid<Float>
  /// Number of cells with an index whose slope was below the least one.
  public let flooredCells: Int

  /// Computes the index from areas, as from ``MultipleFlow/upslopeArea()``.
  /// - Parameters:
  ///   - upslopeArea: Area that drains through each cell, in m²; NaN and 0 are no data.
  ///   - slopeTangent: tan *β* ≥ 0, as from ``slopeTangent(_:threads:)``; NaN is no data.
  ///   - leastSlope: Least tan *β*, > 0, such as 0.001.
  ///   - threads: Number of threads; the result does not depend on it.
  public init(upslopeArea: Grid<Double>, slopeTangent: Grid<Float>, leastSlope: Double, threads: Int = 1) {
    self.init(upslopeArea, unit: 1, slopeTangent, leastSlope, threads) { $0 }
  }

  /// Computes the index from numbers of cells, as from ``upslopeCells(_:)``.
  public init(upslopeCells: Grid<Int32>, slopeTangent: Grid<Float>, leastSlope: Double, threads: Int = 1) {
    self.init(upslopeCells, unit: upslopeCells.geometry.cellArea, slopeTangent, leastSlope, threads) { Double($0) }
  }

  @inline(__always)
  private init<Amount>(
    _ upslope: Grid<Amount>, unit: Double, _ slopeTangent: Grid<Float>, _ leastSlope: Double, _ threads: Int,
    number: @Sendable (Amount) -> Double
  ) {
    precondition(upslope.geometry == slopeTangent.geometry, "upslope area and slope do not lie on each other")
    precondition(leastSlope > 0, "the least slope is positive")
    let perContour = unit / upslope.geometry.cellArea.squareRoot()
    let floored = Atomic<Int>(0)
    var index = Grid<Float>(upslope.geometry) { _ in }
    upslope.withUnsafeCells { amounts in
      slopeTangent.withUnsafeCells { slopes in
        nonisolated(unsafe) let amount = amounts
        nonisolated(unsafe) let slope = slopes
        index.forEachRow(threads: threads) { row, out in
          var low = 0
          for column in 0..<out.count {
            let cell = row &* out.count &+ column
            let area = number(amount[cell]) * perContour
            let tangent = Double(slope[cell])
            guard area > 0, !tangent.isNaN else {
              out[column] = .nan
              continue
            }
            if tangent < leastSlope { low &+= 1 }
            out[column] = Float(log(area / max(tangent, leastSlope)))
          }
          floored.wrappingAdd(low, ordering: .relaxed)
        }
      }
    }
    self.index = index
    flooredCells = floored.load(ordering: .relaxed)
  }
}
