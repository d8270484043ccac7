import Grids

extension SurfaceFlowCase {
  /// The case on the coarse cells of a subgrid: volumes of rain, water and inflows are kept, places are moved to the
  /// coarse cells that hold them, and the ground is the lowest of each coarse cell.
  func coarsened(_ subgrid: SubgridTerrain) throws(SurfaceFlowError) -> SurfaceFlowCase {
    let factor = subgrid.factor
    var coarse = SurfaceFlowCase(
      terrain: subgrid.lowest, roughness: lowestRoughness(subgrid), duration: duration)
    coarse.initialDepth = initialDepth.map { mean($0, subgrid) }
    coarse.infiltration = mean(infiltration, subgrid)
    coarse.drainage = mean(drainage, subgrid)
    coarse.rain = rain.map { interval in
      RainInterval(
        from: interval.start, to: interval.end, .grid(mean(reaching(interval.intensity, on: terrain.geometry), subgrid))
      )
    }
    coarse.inflows = inflows.map { inflow in
      var inflow = inflow
      inflow.cells = inflow.cells.map {
        FlowInflow.Cell(column: $0.column / factor, row: $0.row / factor, share: $0.share)
      }
      return inflow
    }
    for boundary in boundaries {
      var boundary = boundary
      boundary.faces = coarseFaces(boundary.faces, subgrid)
      if boundary.faces.isEmpty {
        throw SurfaceFlowError(
          .place,
          "no face of boundary \(boundary.name) lies at the edge of the coarse cells of \(factor) x \(factor); "
            + "take a smaller factor")
      }
      coarse.boundaries.append(boundary)
    }
    for section in crossSections where section.faces(on: subgrid.geometry).isEmpty {
      throw SurfaceFlowError(
        .place,
        "cross-section \(section.name) is shorter than the coarse cells of \(factor) x \(factor); draw it longer or take a "
          + "smaller factor")
    }
    coarse.crossSections = crossSections
    coarse.settings = settings
    coarse.recording = recording
    return coarse
  }

  /// The coarse faces in which fine ones lie, each once; those inside of the coarse terrain are left out.
  private func coarseFaces(_ faces: [CellFace], _ subgrid: SubgridTerrain) -> [CellFace] {
    var seen = Set<CellFace>()
    return faces.compactMap { face in
      let coarse = CellFace(column: face.column / subgrid.factor, row: face.row / subgrid.factor, side: face.side)
      let low = subgrid.lowest
      let isInside = coarse.beyond(in: low.geometry).map { !low[$0.column, $0.row].isNaN } ?? false
      return isInside || !seen.insert(coarse).inserted ? nil : coarse
    }
  }

  /// Calls `body` for the fine cells of the terrain in a coarse cell.
  private func forEachFine(_ cell: Int, _ subgrid: SubgridTerrain, _ body: (_ column: Int, _ row: Int) -> Void) {
    let (row, column) = cell.quotientAndRemainder(dividingBy: subgrid.geometry.columns)
    let factor = subgrid.factor
    for y in row * factor..<min(terrain.rows, (row + 1) * factor) {
      for x in column * factor..<min(terrain.columns, (column + 1) * factor) where !terrain[x, y].isNaN { body(x, y) }
    }
  }

  /// A quantity per area as its mean over the area of the coarse cells; nothing falls outside the terrain.
  private func mean(_ subgrid: SubgridTerrain, _ value: (_ column: Int, _ row: Int) -> Float) -> Grid<Float> {
    var coarse = Grid<Float>(subgrid.geometry, repeating: .nan)
    for cell in 0..<coarse.count where !subgrid.lowest[cell].isNaN {
      var sum = 0.0
      forEachFine(cell, subgrid) { sum += Double(value($0, $1)) }
      coarse[cell] = Float(sum / Double(subgrid.factor * subgrid.factor))
    }
    return coarse
  }

  private func mean(_ grid: Grid<Float>, _ subgrid: SubgridTerrain) -> Grid<Float> {
    mean(subgrid) { grid[$0, $1] }
  }

  private func mean(_ values: CellValues?, _ subgrid: SubgridTerrain) -> CellValues? {
    guard let values else { return nil }
    return .grid(mean(subgrid) { values.value(at: $1 * terrain.columns + $0) })
  }

  private func mean(_ intensity: RainInterval.Intensity, _ subgrid: SubgridTerrain) -> Grid<Float> {
    switch intensity {
    case .uniform(let rate): return mean(subgrid) { _, _ in Float(rate) }
    case .grid(let rain):
      return mean(subgrid) { column, row in
        let centre = terrain.geometry.centre(column: column, row: row)
        let cell = rain.geometry.cell(at: centre)
        let rate = cell.map { rain[$0.column, $0.row] } ?? 0
        return rate > 0 ? rate : 0
      }
    }
  }

  /// The roughness of the lowest fine cell of each coarse one.
  private func lowestRoughness(_ subgrid: SubgridTerrain) -> CellValues {
    guard case .grid(let fine) = roughness else { return roughness }
    var coarse = Grid<Float>(subgrid.geometry, repeating: .nan)
    for cell in 0..<coarse.count {
      var lowest = Float.infinity
      forEachFine(cell, subgrid) { column, row in
        if terrain[column, row] < lowest { (lowest, coarse[cell]) = (terrain[column, row], fine[column, row]) }
      }
    }
    return .grid(coarse)
  }
}
