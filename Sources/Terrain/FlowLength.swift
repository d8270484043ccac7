public import Grids

/// The length of the longest flow path that ends at each cell, in units of the reference system.
///
/// From centre to centre along D8 directions, 0 at heads. Reckoned in `Double` and rounded once.
/// - Parameters:
///   - directions: D8 codes of ``FlowDirection`` that lead nowhere over the border.
///   - threads: Number of threads; the result does not depend on it.
/// - Returns: Length ≥ 0; NaN where there is no elevation. 4 bytes a cell.
public func upslopeLength(_ directions: Grid<UInt8>, threads: Int = 1) -> Grid<Float> {
  var length = Grid<Float>(directions.geometry, repeating: .nan)
  length.withUnsafeMutableCells { cells in
    nonisolated(unsafe) let out = cells
    FlowTrees(directions).walkDownstream(threads: threads, head: 0.0) { longest, donor, distance in
      longest = max(longest, donor + distance)
    } finish: { cell, longest in
      out[cell] = Float(longest)
    }
  }
  return length
}

/// The mean length of the flow paths that end at each cell, one from every cell upstream and the cell itself.
///
/// All else is as in ``upslopeLength(_:threads:)``.
/// - Returns: Length ≥ 0; NaN where there is no elevation. 4 bytes a cell.
public func meanUpslopeLength(_ directions: Grid<UInt8>, threads: Int = 1) -> Grid<Float> {
  var length = Grid<Float>(directions.geometry, repeating: .nan)
  length.withUnsafeMutableCells { cells in
    nonisolated(unsafe) let out = cells
    // Paths so far, and their lengths added up.
    FlowTrees(directions).walkDownstream(threads: threads, head: SIMD2(1.0, 0)) { paths, donor, distance in
      paths += SIMD2(donor.x, donor.y + donor.x * distance)
    } finish: { cell, paths in
      out[cell] = Float(paths.y / paths.x)
    }
  }
  return length
}

/// The length of the flow path from each cell to where its water leaves the terrain, in units of the reference system.
///
/// From centre to centre along D8 directions, 0 at outlets. In directions that are not routed a pit ends the path too.
/// Reckoned in `Double` and rounded once.
/// - Parameters:
///   - directions: D8 codes of ``FlowDirection`` that lead nowhere over the border.
///   - threads: Number of threads; the result does not depend on it.
/// - Returns: Length ≥ 0; NaN where there is no elevation. 4 bytes a cell.
public func downslopeLength(_ directions: Grid<UInt8>, threads: Int = 1) -> Grid<Float> {
  var length = Grid<Float>(directions.geometry, repeating: .nan)
  length.withUnsafeMutableCells { cells in
    nonisolated(unsafe) let out = cells
    FlowTrees(directions).walkUpstream(threads: threads, root: 0.0) { cell, below, distance in
      out[cell] = Float(below + distance)
      return below + distance
    }
  }
  return length
}
