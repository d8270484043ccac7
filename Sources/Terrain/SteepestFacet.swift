import Foundation
import Grids

/// The steepest way down from a cell over the eight triangles that it forms with its neighbours (Tarboton 1997).
///
/// A triangle has a straight neighbour (east, south, west, north) at the distance `along` and, at right angles from
/// there at the distance `across`, a slanting one.
struct SteepestFacet {
  /// Distances of the legs of triangles whose straight neighbour lies east or west, and north or south.
  struct Cell: Sendable {
    let width: Double
    let height: Double
    let perDiagonal: Double

    init(_ geometry: GridGeometry) {
      width = geometry.cellWidth
      height = geometry.cellHeight
      perDiagonal = 1 / FlowDirection.distances(geometry)[1]
    }
  }

  /// One bit for each receiver: a straight neighbour, a slanting one, or both of a triangle; none where no neighbour
  /// is lower.
  ///
  /// With both, the line of steepest descent runs inside the triangle, which takes a rise from the slanting neighbour
  /// over the straight one to the cell. So every receiver is strictly lower.
  @inline(__always)
  static func receivers(centre: Float, neighbours: SIMD8<Float>, _ cell: Cell) -> UInt8 {
    let c = Double(centre)
    var steepest = 0.0
    var receivers: UInt8 = 0
    for facet in 0..<8 {
      let straight = (facet &+ (facet & 1)) & 7
      let slanting = facet | 1
      let along = straight & 2 == 0 ? cell.width : cell.height
      let across = straight & 2 == 0 ? cell.height : cell.width
      let middle = Double(neighbours[straight])
      let corner = Double(neighbours[slanting])
      // Downward slopes along the two legs. A missing neighbour makes NaN, which is never greater or less.
      let first = (c - middle) / along
      let second = (middle - corner) / across
      let candidate: Double
      let bits: UInt8
      if first > 0, second > 0, second * along < first * across {
        candidate = first * first + second * second
        bits = 1 << UInt8(straight) | 1 << UInt8(slanting)
      } else if second > 0 || middle.isNaN {
        let slope = (c - corner) * cell.perDiagonal
        candidate = slope > 0 ? slope * slope : 0
        bits = 1 << UInt8(slanting)
      } else {
        candidate = first > 0 ? first * first : 0
        bits = 1 << UInt8(straight)
      }
      if candidate > steepest {
        steepest = candidate
        receivers = bits
      }
    }
    return receivers
  }

  /// The angle from the straight leg to the line of steepest descent, and that to the hypotenuse, radians.
  @inline(__always)
  static func angles(
    centre: Float, straightHeight: Float, slantingHeight: Float, straight: Int, _ cell: Cell
  ) -> (line: Double, hypotenuse: Double) {
    let along = straight & 2 == 0 ? cell.width : cell.height
    let across = straight & 2 == 0 ? cell.height : cell.width
    let first = (Double(centre) - Double(straightHeight)) / along
    let second = (Double(straightHeight) - Double(slantingHeight)) / across
    let hypotenuse = atan2(across, along)
    return (min(atan2(second, first), hypotenuse), hypotenuse)
  }
}
