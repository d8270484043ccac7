import Foundation
import Grids

/// The triangles that a cell forms with two neighbours each, and the steepest way down over them (Tarboton 1997).
///
/// A triangle has a straight neighbour (east, south, west, north) and, at right angles from there, a slanting one.
struct SteepestFacet: Sendable {
  private let width: Double
  private let height: Double
  private let perDiagonal: Double
  /// Angle at the cell of a triangle whose straight neighbour lies east or west, radians.
  private let cornerFromWidth: Double
  /// Angle at the cell of a triangle whose straight neighbour lies north or south, radians.
  private let cornerFromHeight: Double
  /// Legs to the straight neighbours of the eight triangles, clockwise from the one between east and south-east.
  private let along: SIMD8<Double>
  /// Legs from the straight to the slanting neighbours.
  private let across: SIMD8<Double>

  init(_ geometry: GridGeometry) {
    width = geometry.cellWidth
    height = geometry.cellHeight
    perDiagonal = 1 / FlowDirection.distances(geometry)[1]
    cornerFromWidth = atan2(height, width)
    cornerFromHeight = atan2(width, height)
    along = SIMD8(width, height, height, width, width, height, height, width)
    across = SIMD8(height, width, width, height, height, width, width, height)
  }

  /// One bit for each receiver: a straight neighbour, a slanting one, or both of a triangle; none where no neighbour
  /// is lower.
  ///
  /// With both, the line of steepest descent runs inside the triangle, which falls from the cell to the straight
  /// neighbour and from there to the slanting one. So every receiver is strictly lower.
  @inline(__always)
  func receivers(centre: Float, neighbours z: SIMD8<Float>) -> UInt8 {
    let c = Double(centre)
    let straight = SIMD8<Double>(SIMD8(z[0], z[2], z[2], z[4], z[4], z[6], z[6], z[0]))
    let slanting = SIMD8<Double>(SIMD8(z[1], z[1], z[3], z[3], z[5], z[5], z[7], z[7]))
    // Downward slopes along the two legs and the hypotenuse. A missing neighbour makes NaN, which is never greater.
    let first = (c - straight) / along
    let second = (straight - slanting) / across
    let third = (c - slanting) * perDiagonal
    let isInside = (first .> 0) .& (second .> 0) .& (second * along .< first * across)
    let isSlanting = (second .> 0) .| (straight .!= straight)
    var slope = first.replacing(with: third, where: isSlanting)
    slope.replace(with: 0, where: .!(slope .> 0))
    let squared = (slope * slope).replacing(with: first * first + second * second, where: isInside)
    var steepest = 0.0
    var facet = -1
    for number in 0..<8 where squared[number] > steepest {
      steepest = squared[number]
      facet = number
    }
    if facet < 0 { return 0 }
    let straightBit: UInt8 = 1 << UInt8((facet &+ (facet & 1)) & 7)
    let slantingBit: UInt8 = 1 << UInt8(facet | 1)
    return isInside[facet] ? straightBit | slantingBit : (isSlanting[facet] ? slantingBit : straightBit)
  }

  /// What the two receivers of a cell have to do with each other.
  struct Descent {
    /// Code of the straight neighbour.
    let straight: Int
    /// Code of the slanting neighbour.
    let slanting: Int
    /// Downward slope to the straight neighbour, > 0.
    let along: Double
    /// Downward slope from there to the slanting neighbour, > 0.
    let across: Double
  }

  /// The slopes of the triangle of a cell with two receivers.
  @inline(__always)
  func descent(
    from index: Int, receivers: UInt8, _ z: UnsafePointer<Float>, _ steps: NeighbourSteps
  ) -> Descent {
    let straight = (receivers & 0b0101_0101).trailingZeroBitCount
    let slanting = (receivers & 0b1010_1010).trailingZeroBitCount
    let middle = Double(z[index &+ steps[straight]])
    let isEastOrWest = straight & 2 == 0
    return Descent(
      straight: straight, slanting: slanting,
      along: (Double(z[index]) - middle) / (isEastOrWest ? width : height),
      across: (middle - Double(z[index &+ steps[slanting]])) / (isEastOrWest ? height : width))
  }

  /// The share of the slanting neighbour: the angle from the straight one to the line of steepest descent, over the
  /// angle between the two.
  @inline(__always)
  func slantingShare(_ descent: Descent) -> Double {
    let corner = descent.straight & 2 == 0 ? cornerFromWidth : cornerFromHeight
    return min(atan2(descent.across, descent.along) / corner, 1)
  }
}
