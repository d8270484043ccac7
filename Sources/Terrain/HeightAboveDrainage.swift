public import Grids

/// How high and how far every cell lies above the stream that its water runs to (HAND).
///
/// Each cell is compared with the first stream cell on its D8 path, not with the one that is nearest as the crow
/// flies. On the ground as surface, heights in a depression may be negative: the water leaves it over a saddle that
/// lies higher. The filled surface never rises along a path, so that there no height is negative.
/// Method: Rennó et al. (2008), Remote Sensing of Environment 112, 3469–3481; Nobre et al. (2011), Journal of
/// Hydrology 404, 13–29.
public struct HeightAboveDrainage: Sendable {
  /// Height above the stream cell, 0 in streams; NaN where no stream is reached and where there is no elevation.
  public let height: Grid<Float>
  /// Length of the path to the stream cell, from centre to centre; NaN where the height is.
  public let distance: Grid<Float>

  /// Follows the water of every cell to a stream.
  /// - Parameters:
  ///   - surface: Ground or filled surface, metres; NaN is no data.
  ///   - directions: D8 codes that drain the surface, as from ``DepressionHierarchy/routedDirections()``.
  ///   - streams: Whether a cell belongs to a stream, such as by its upslope area.
  ///   - threads: Number of threads; the result does not depend on it.
  /// - Complexity: O(*n*), eight bytes a cell for the results.
  public init(_ surface: Grid<Float>, directions: Grid<UInt8>, streams: Grid<Bool>, threads: Int = 1) {
    precondition(
      surface.geometry == directions.geometry && surface.geometry == streams.geometry,
      "surface, directions and streams do not lie on each other")
    var height = Grid<Float>(surface.geometry, repeating: .nan)
    var distance = height
    surface.withUnsafeCells { heights in
      streams.withUnsafeCells { mask in
        height.withUnsafeMutableCells { above in
          distance.withUnsafeMutableCells { along in
            nonisolated(unsafe) let z = heights
            nonisolated(unsafe) let stream = mask
            nonisolated(unsafe) let above = above
            nonisolated(unsafe) let along = along
            // Height of the stream below and the way to it; NaN before there is one.
            let nowhere = SIMD2(Double.nan, .nan)
            FlowTrees(directions).walkUpstream(threads: threads, root: nowhere) { cell, below, step in
              let state = stream[cell] ? SIMD2(Double(z[cell]), 0) : SIMD2(below.x, below.y + step)
              above[cell] = Float(Double(z[cell]) - state.x)
              along[cell] = Float(state.y)
              return state
            }
          }
        }
      }
    }
    self.height = height
    self.distance = distance
  }
}
