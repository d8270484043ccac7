import Grids

extension SurfaceFlowCase {
  /// Throws unless the case can be simulated; the message names what is wrong, where, and the way out.
  public func check() throws(SurfaceFlowError) {
    func require(_ condition: Bool, _ code: SurfaceFlowError.Code, _ text: @autoclosure () -> String)
      throws(SurfaceFlowError)
    {
      if !condition { throw SurfaceFlowError(code, text()) }
    }
    try require(
      duration.isFinite && duration > 0, .setting, "the duration is \(duration) s; give a positive number of seconds")
    try require(
      settings.courant > 0 && settings.courant <= 1, .setting,
      "the Courant number is \(settings.courant); it lies above 0 and is at most 1, usually 0.7")
    try require(
      settings.theta >= 0.5 && settings.theta <= 1, .setting,
      "theta is \(settings.theta); it lies from 0.5 to 1, usually at 0.8")
    try require(
      settings.film >= 1e-6 && settings.film <= 0.01, .setting,
      "the film depth is \(settings.film) m; it lies from 0.000001 to 0.01 m")
    try require(
      settings.subgrid >= 1 && settings.subgrid <= 16, .setting,
      "the subgrid has \(settings.subgrid) cells along a coarse one; it has 1 to 16")
    try require(
      settings.subgrid == 1 || settings.method == .localInertial, .setting,
      "a subgrid goes with the local inertial scheme, not with \(settings.method.rawValue); leave one of them out")
    let others = [
      ("culverts", !culverts.isEmpty), ("losses of ground that fills", groundLoss != nil),
      ("roughness that depends on the depth", sheetRoughness != nil),
    ]
    for (name, isThere) in others {
      try require(
        settings.subgrid == 1 || !isThere, .setting,
        "a subgrid does not go with \(name), which need the depth in every cell of the terrain; leave one of them out")
    }
    try require(
      settings.longestStep > 0 && settings.longestStep.isFinite, .setting,
      "the longest time step is \(settings.longestStep) s; give a positive number of seconds")
    try require(
      settings.stepRatio >= 1 && settings.stepRatio <= 8, .setting,
      "the ratio of steps is \(settings.stepRatio); it is 1 to 8")
    try require(
      recording.interval >= 0 && recording.seriesInterval > 0, .setting,
      "the recording interval is \(recording.interval) s and that of series \(recording.seriesInterval) s; "
        + "the first is not negative, the second is positive")
    for (depth, name) in [(recording.arrivalDepth, "arrival")] + recording.durationDepths.map({ ($0, "duration") }) {
      try require(
        depth >= settings.film && depth < 2000, .setting,
        "the depth of \(name) is \(depth) m; it lies from the film depth of \(settings.film) m to 2000 m")
    }
    try check(terrain, "the terrain", .value, below: 9000, above: -1000) { _ in true }
    for (values, name) in [(roughness, "the roughness"), (sheetRoughness, "the roughness of thin water")] {
      switch values {
      case nil: break
      case .uniform(let n):
        try require(n > 0 && n < 10, .value, "\(name) is \(n) s/m^(1/3); Manning's n is usually 0.01 to 0.2")
      case .grid(let grid):
        try onTerrain(grid, name)
        try everywhere(grid, name, "give every cell of the terrain a Manning's n, usually 0.01 to 0.2") {
          $0 > 0 && $0 < 10
        }
      }
    }
    if sheetRoughness != nil {
      try require(
        settings.sheetDepths.lowerBound >= 0 && settings.sheetDepths.lowerBound < settings.sheetDepths.upperBound,
        .setting, "the depths of sheet flow are \(settings.sheetDepths) m; the first is below the second")
    }
    if let initialDepth {
      try onTerrain(initialDepth, "the initial depth")
      try everywhere(initialDepth, "the initial depth", "depths lie from 0 to 2000 m") { $0 >= 0 && $0 <= 2000 }
    }
    for (values, name) in [(infiltration, "the infiltration capacity"), (drainage, "the drainage capacity")] {
      switch values {
      case nil: break
      case .uniform(let rate):
        try require(rate >= 0 && rate <= 10_000, .value, "\(name) is \(rate) mm/h; it lies from 0 to 10 000 mm/h")
      case .grid(let grid):
        try onTerrain(grid, name)
        try everywhere(grid, name, "give every cell of the terrain a capacity from 0 to 10 000 mm/h") {
          $0 >= 0 && $0 <= 10_000
        }
      }
    }
    if let groundLoss {
      try require(
        settings.infiltrationInterval > 0 && settings.infiltrationInterval <= 600, .setting,
        "the infiltration interval is \(settings.infiltrationInterval) s; it lies above 0 and is at most 600 s")
      try check(groundLoss)
    }
    try checkRain()
    try checkPlaces()
    try checkCulverts()
  }

  private func cellText(_ index: Int) -> String {
    let (row, column) = index.quotientAndRemainder(dividingBy: terrain.columns)
    let centre = terrain.geometry.centre(column: column, row: row)
    return "in column \(column), row \(row) (x \(centre.x), y \(centre.y))"
  }

  private func check(
    _ grid: Grid<Float>, _ name: String, _ code: SurfaceFlowError.Code, below high: Float, above low: Float,
    _ extra: (Float) -> Bool
  ) throws(SurfaceFlowError) {
    var known = 0
    for index in 0..<grid.count {
      let value = grid[index]
      if value.isNaN { continue }
      known += 1
      if !(value < high && value > low) {
        throw SurfaceFlowError(
          code,
          "\(name) is \(value) m \(cellText(index)); heights lie between \(low) and \(high) m: is a no-data value missing?"
        )
      }
    }
    if known == 0 { throw SurfaceFlowError(.value, "\(name) has no cell with data") }
  }

  func onTerrain(_ grid: Grid<Float>, _ name: String) throws(SurfaceFlowError) {
    if grid.geometry != terrain.geometry {
      throw SurfaceFlowError(
        .geometry, "\(name) does not lie on the terrain: \(grid.geometry) against \(terrain.geometry); align it")
    }
  }

  func everywhere(
    _ grid: Grid<Float>, _ name: String, _ wayOut: String, _ isGood: (Float) -> Bool
  ) throws(SurfaceFlowError) {
    for index in 0..<grid.count where !terrain[index].isNaN && !isGood(grid[index]) {
      let value = grid[index].isNaN ? "no data" : "\(grid[index])"
      throw SurfaceFlowError(.value, "\(name) is \(value) \(cellText(index)); \(wayOut)")
    }
  }

  private func checkRain() throws(SurfaceFlowError) {
    if let rainShare {
      try onTerrain(rainShare, "the share of the rain")
      try everywhere(rainShare, "the share of the rain", "give every cell of the terrain a share from 0 to 1") {
        $0 >= 0 && $0 <= 1
      }
    }
    var last = -Double.infinity
    for (number, interval) in rain.enumerated() {
      let name = "rain interval \(number + 1)"
      if !(interval.start < interval.end && interval.start >= 0 && interval.end.isFinite) {
        throw SurfaceFlowError(
          .setting, "\(name) is from \(interval.start) to \(interval.end) s; it ends after it starts")
      }
      if interval.start < last {
        throw SurfaceFlowError(
          .setting, "\(name) starts at \(interval.start) s, before the one before it ends at \(last) s")
      }
      last = interval.end
      // No gauge has measured more than some 2000 mm/h for a minute; laboratories go higher.
      let isGood = { (rate: Double) in rate >= 0 && rate <= 10_000 }
      switch interval.intensity {
      case .uniform(let rate):
        if !isGood(rate) {
          throw SurfaceFlowError(
            .value, "\(name) is \(rate) mm/h; rain lies from 0 to 10 000 mm/h: is it in another unit?")
        }
      case .grid(let grid):
        let geometry = terrain.geometry
        if grid.geometry.crs != geometry.crs {
          throw SurfaceFlowError(
            .geometry, "\(name) is in \(grid.geometry.crs), the terrain in \(geometry.crs); reproject the rain")
        }
        for row in 0..<geometry.rows {
          for column in 0..<geometry.columns where !terrain[column, row].isNaN {
            let index = row * geometry.columns + column
            guard let cell = grid.geometry.cell(at: geometry.centre(column: column, row: row)) else {
              throw SurfaceFlowError(
                .geometry, "\(name) does not cover the terrain \(cellText(index)); take a larger cutting")
            }
            let rate = grid[cell.column, cell.row]
            if !isGood(Double(rate)) {
              let value = rate.isNaN ? "no data" : "\(rate) mm/h"
              throw SurfaceFlowError(
                .value,
                "\(name) is \(value) \(cellText(index)); rain lies from 0 to 10 000 mm/h: is it in another unit?")
            }
          }
        }
      }
    }
  }

  func isCell(_ column: Int, _ row: Int) -> Bool {
    column >= 0 && row >= 0 && column < terrain.columns && row < terrain.rows && !terrain[column, row].isNaN
  }

  private func checkPlaces() throws(SurfaceFlowError) {
    for inflow in inflows {
      if inflow.cells.isEmpty || !inflow.cells.allSatisfy({ $0.share >= 0 && $0.share <= 1 }) {
        throw SurfaceFlowError(.place, "inflow \(inflow.name) touches no cell of the terrain; move it inside")
      }
      for cell in inflow.cells where !isCell(cell.column, cell.row) {
        throw SurfaceFlowError(
          .place,
          "inflow \(inflow.name) lies in column \(cell.column), row \(cell.row), outside the terrain; move it inside")
      }
      if let negative = inflow.discharge.values.first(where: { $0 < 0 }) {
        throw SurfaceFlowError(.value, "inflow \(inflow.name) is \(negative) m³/s; an inflow is not negative")
      }
    }
    var owner: [CellFace: String] = [:]
    for boundary in boundaries {
      for face in boundary.faces {
        let place = "the \(face.side.rawValue) side of column \(face.column), row \(face.row)"
        if !isCell(face.column, face.row) {
          throw SurfaceFlowError(.place, "boundary \(boundary.name): \(place) is outside the terrain")
        }
        if let (column, row) = face.beyond(in: terrain.geometry), isCell(column, row) {
          throw SurfaceFlowError(.place, "boundary \(boundary.name): \(place) is inside the terrain, not at its edge")
        }
        if let other = owner.updateValue(boundary.name, forKey: face) {
          throw SurfaceFlowError(.place, "boundaries \(other) and \(boundary.name) both have \(place)")
        }
      }
      switch boundary.condition {
      case .normal(let slope):
        if !(slope > 0 && slope < 10) {
          throw SurfaceFlowError(
            .value,
            "boundary \(boundary.name): the slope is \(slope) m/m; it lies above 0 and below 10, usually 0.001 to 0.1"
          )
        }
      case .critical: break
      case .level(let series):
        let ground = boundary.faces.map { Double(terrain[$0.column, $0.row]) }.min() ?? 0
        if let level = series.values.first(where: { !($0 > -1000 && $0 < ground + 500) }) {
          throw SurfaceFlowError(
            .value,
            "boundary \(boundary.name): the level is \(level) m, the lowest ground there \(ground) m; is it in another unit?"
          )
        }
      }
    }
    for gauge in gauges where !isCell(gauge.column, gauge.row) {
      throw SurfaceFlowError(
        .place, "gauge \(gauge.name) lies in column \(gauge.column), row \(gauge.row), outside the terrain")
    }
    for section in crossSections where section.faces(on: terrain.geometry).isEmpty {
      throw SurfaceFlowError(.place, "cross-section \(section.name) crosses no cell of the terrain")
    }
  }
}
