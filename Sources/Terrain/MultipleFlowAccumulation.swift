public import Grids

extension MultipleFlow {
  /// Adds up what every cell passes on.
  ///
  /// Each cell ends with its own weight and the shares of all that its donors have. A cell passes its sum on once all
  /// its donors have, in the order of the codes of its receivers; which cell comes next depends on the surface alone.
  /// So the bits are always the same.
  /// Method: topological order by counting donors (Kahn), depth first.
  /// - Parameter weights: What each cell adds, for example its area or its runoff; NaN, which is not known, makes the
  ///   sums downstream unknown too. Consumed as the working space.
  /// - Returns: The sum at every cell; NaN where there is no elevation.
  /// - Complexity: O(*n*), eight bytes a cell for the result and one for the counts of donors, beside this value.
  public func accumulate(_ weights: consuming Grid<Double>) -> Grid<Double> {
    precondition(surface.geometry == weights.geometry, "surface and weights do not lie on each other")
    let count = surface.count
    let steps = NeighbourSteps(columns: surface.columns)
    // A marker that no count reaches, so that a cell is not started twice.
    let done: UInt8 = 255
    var passed = 0
    var ready: [CellIndex] = []
    var donors = donorCounts()
    var sums = weights
    surface.withUnsafeCells { z in
      receivers.withUnsafeCells { receiver in
        donors.withUnsafeMutableCells { donor in
          sums.withUnsafeMutableCells { sum in
            for start in 0..<count where donor[start] == 0 {
              ready.append(CellIndex(start))
              while let cell = ready.popLast() {
                let index = Int(cell)
                donor[index] = done
                passed &+= 1
                if receiver[index] == 0 {
                  if z[index].isNaN { sum[index] = .nan }
                  continue
                }
                let amount = sum[index]
                forEachShare(of: index, receivers: receiver[index], z, steps) { code, share in
                  let next = index &+ steps[code]
                  sum[next] += amount * share
                  donor[next] &-= 1
                  if donor[next] == 0 { ready.append(CellIndex(next)) }
                }
              }
            }
          }
        }
      }
    }
    precondition(passed == count, "the directions run in a circle")
    return sums
  }

  /// Adds up weights in single precision, as those of a raster: see ``accumulate(_:)-(Grid<Double>)``.
  public func accumulate(_ weights: Grid<Float>, threads: Int = 1) -> Grid<Double> {
    accumulate(weights.map(threads: threads) { Double($0) })
  }

  /// The area that drains through each cell, its own included, in square units of the reference system.
  ///
  /// NaN where there is no elevation.
  public func upslopeArea() -> Grid<Double> {
    accumulate(Grid<Double>(surface.geometry, repeating: surface.geometry.cellArea))
  }

  /// The number of cells that pass water to each cell.
  private func donorCounts() -> Grid<UInt8> {
    let columns = surface.columns
    let steps = NeighbourSteps(columns: columns)
    var counts = Grid<UInt8>(surface.geometry, repeating: 0)
    receivers.withUnsafeCells { receiver in
      counts.withUnsafeMutableCells { count in
        for index in 0..<surface.count {
          var left = receiver[index]
          while left != 0 {
            count[index &+ steps[left.trailingZeroBitCount]] &+= 1
            left &= left &- 1
          }
        }
      }
    }
    return counts
  }

  /// The direction in which the water of every cell runs under D∞, in degrees clockwise from north, as aspects are.
  ///
  /// To the D8 receiver where no neighbour is lower. On oblong cells it is the angle on the ground, not on the grid.
  /// - Returns: 0 ≤ direction < 360; ``Aspect/level`` where the water leaves the terrain; NaN where there is no
  ///   elevation. 4 bytes a cell.
  /// - Precondition: The water is shared by ``FlowSharing/dInfinity``.
  public func angles(threads: Int = 1) -> Grid<Float> {
    precondition(sharing == .dInfinity, "the water of a cell runs in more than one direction")
    let geometry = surface.geometry
    let columns = geometry.columns
    let steps = NeighbourSteps(columns: columns)
    var angles = Grid<Float>(geometry) { _ in }
    surface.withUnsafeCells { heights in
      receivers.withUnsafeCells { sets in
        nonisolated(unsafe) let z = heights
        nonisolated(unsafe) let receiver = sets
        angles.forEachRow(threads: threads) { row, out in
          for column in 0..<columns {
            let index = row &* columns &+ column
            let set = receiver[index]
            if set == 0 {
              out[column] = z[index].isNaN ? .nan : Aspect.level
              continue
            }
            var code = set.trailingZeroBitCount
            var size = (geometry.cellWidth, geometry.cellHeight)
            if set & (set &- 1) != 0 {
              // The line of steepest descent of the triangle: down its two slopes.
              let descent = facets.descent(from: index, receivers: set, z, steps)
              code = descent.slanting
              size =
                descent.straight & 2 == 0 ? (descent.along, descent.across) : (descent.across, descent.along)
            }
            let east = Double(FlowDirection.columnStep[code]) * size.0
            let north = -Double(FlowDirection.rowStep[code]) * size.1
            out[column] = azimuth(east: east, north: north)
          }
        }
      }
    }
    return angles
  }
}
