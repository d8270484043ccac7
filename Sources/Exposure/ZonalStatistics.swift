public import Grids

/// Statistics of grids in zones, with exact coverage of cells; all grids of a zone share one pass.
///
/// Zones may overlap, may be smaller than a cell and may lie partly or wholly outside the grids. Cells of a zone are
/// summed in a fixed order (row by row from the north, each row by itself) in `Double`, so that the result does not
/// depend on `threads`. Memory per thread: the edges of a zone, one row, and, where quantiles are asked, 16 bytes for
/// each covered cell up to a million cells; beyond that 0.5 MB for each quantile and a second pass.
///
/// Rules: weight w = coverage · cell area; mean = Σwv/Σw; quantile = smallest value at which the summed weight reaches
/// the share; minimum and maximum over cells of which more than 10⁻⁹ is covered.
/// - Parameters:
///   - zones: The parts of each zone, in the reference system of the grids.
///   - variables: Grids of values.
///   - classVariables: Grids of class codes.
///   - threads: Number of threads; zones are dealt out among them.
/// - Returns: One result for each zone, in their order.
/// - Throws: ``GeometryMismatch`` where the grids do not lie on each other.
public func zonalStatistics(
  of zones: [[Polygon]], variables: [ZonalVariable], classVariables: [ZonalClassVariable] = [], threads: Int
) throws(GeometryMismatch) -> [ZonalResult] {
  guard let geometry = variables.first?.grid.geometry ?? classVariables.first?.geometry else {
    preconditionFailure("at least one grid")
  }
  for variable in variables { try geometry.require(variable.grid.geometry, for: "zonal statistics") }
  for variable in classVariables { try geometry.require(variable.geometry, for: "zonal statistics") }
  var results: [ZonalResult?] = Array(repeating: nil, count: zones.count)
  results.withUnsafeMutableBufferPointer { buffer in
    nonisolated(unsafe) let results = buffer
    // Small blocks: zones differ much in size.
    parallelBlocks(of: zones.count, threads: threads, block: max(1, min(32, zones.count / (threads * 8)))) { block in
      let worker = ZonalWorker(geometry: geometry, variables: variables, classVariables: classVariables)
      for zone in block { results[zone] = worker.result(of: zones[zone]) }
    }
  }
  return results.compactMap { $0 }
}

/// The values of the cells that one surface covers, with their coverage, for rules of one's own.
public struct ZonalSamples: Sendable, Hashable {
  /// Values of covered cells with data, row by row from the north.
  public let values: [Float]
  /// Coverage of these cells, more than 0 and up to 1.
  public let weights: [Double]
  /// Sum of the coverage of cells without data, in cells.
  public let nodataWeight: Double
  /// How much of the surface the grid tells about.
  public let coverage: ZonalCoverage
  /// What the coverage tells about the soundness of the polygons.
  public let check: CoverageCheck
}

/// The values of the cells that one surface covers, with their coverage.
public func zonalSamples(of polygons: [Polygon], on grid: Grid<Float>) -> ZonalSamples {
  var values: [Float] = []
  var weights: [Double] = []
  var valid = 0.0
  var nodata = 0.0
  let check = forEachCoveredRow(of: polygons, on: grid.geometry) { row, first, coverage in
    let line = grid.row(row)
    // Row by row, as in the statistics, so that both give the same bits.
    var rowValid = 0.0
    var rowNodata = 0.0
    for (offset, weight) in coverage.enumerated() where weight > 0 {
      let value = line[first + offset]
      if value.isFinite {
        values.append(value)
        weights.append(weight)
        rowValid += weight
      } else {
        rowNodata += weight
      }
    }
    valid += rowValid
    nodata += rowNodata
  }
  return ZonalSamples(
    values: values, weights: weights, nodataWeight: nodata,
    coverage: ZonalCoverage(
      valid: valid, nodata: nodata, cellArea: grid.geometry.cellArea, zoneArea: check.polygonArea, check: check),
    check: check)
}
