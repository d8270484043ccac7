import Geodata
import Grids
import Report
import Terrain

extension FlowAnalysis {
  /// Writes every raster and layer that was asked for.
  func write(_ flow: RoutedTerrain, _ report: inout JSONObject, _ progress: AnalysisProgress) throws(RunFailure) {
    try write(.filled, progress, unit: "m", "Terrain with every depression filled") { flow.surface }
    try write(.ground, progress, unit: "m", "Terrain with culverts burned and trenches dug") {
      flow.ground ?? flow.surface
    }
    try writeDirections(flow, progress)
    let sharing: FlowSharing? =
      switch method {
      case .d8: nil
      case .dinf: .dInfinity
      case .mfd: .multiple(exponent: exponent)
      }
    let shared = try sharing.map { sharing throws(RunFailure) in
      try progress.step("shares") { () throws(RunFailure) in
        MultipleFlow(flow.surface, directions: flow.directions, sharing: sharing, threads: threads)
      }
    }
    try write(.angles, progress, unit: "degree", "Direction of the flow (D-infinity), clockwise from north") {
      (method == .dinf
        ? shared : MultipleFlow(flow.surface, directions: flow.directions, sharing: .dInfinity, threads: threads))?
        .angles(threads: threads) ?? flow.surface
    }
    let area = try shared.map { shared throws(RunFailure) in
      try progress.step("accumulate") { () throws(RunFailure) in shared.upslopeArea() }
    }
    try writeAccumulation(flow, area, &report, progress)
    try writeWeighted(flow, shared, &report, progress)
    if rasters[.wetnessIndex] != nil, let ground = flow.ground {
      let slope = slopeTangent(ground, threads: threads)
      let wetness =
        area.map {
          TopographicWetness(upslopeArea: $0, slopeTangent: slope, leastSlope: leastSlope, threads: threads)
        }
        ?? flow.cells.map {
          TopographicWetness(upslopeCells: $0, slopeTangent: slope, leastSlope: leastSlope, threads: threads)
        }
      if let wetness {
        report["level_cells"] = JSONValue(wetness.flooredCells)
        try write(.wetnessIndex, progress, unit: "1", "Topographic wetness index ln(a / tan b)") { wetness.index }
      }
    }
    try write(.upslopeLength, progress, unit: "m", "Length of the longest way of water from upstream") {
      upslopeLength(flow.directions, threads: threads)
    }
    try writeStreams(flow, &report, progress)
    if let cells = flow.cells {
      try layers.write(flow, cells, leastCells: leastStreamCells(flow), elevation.path, &report, progress)
    }
  }

  private func leastStreamCells(_ flow: RoutedTerrain) -> Int {
    max(1, Int((streamArea / flow.directions.geometry.cellArea).rounded(.up)))
  }

  private func writeDirections(_ flow: RoutedTerrain, _ progress: AnalysisProgress) throws(RunFailure) {
    guard let path = rasters[.directions] else { return }
    try progress.step("write \(path)") { () throws(RunFailure) in
      try RunFailure.locating(at: SourcePosition(file: path)) {
        let codes = coding == .esri ? flow.directions.map(threads: threads, esriCode) : flow.directions
        try writeClassGeoTIFF(
          codes, to: path, compressed: files.compresses, description: coding.description, threads: threads)
      }
    }
  }

  private func writeAccumulation(
    _ flow: RoutedTerrain, _ area: Grid<Double>?, _ report: inout JSONObject, _ progress: AnalysisProgress
  ) throws(RunFailure) {
    guard rasters[.accumulation] != nil else { return }
    let geometry = flow.directions.geometry
    if let cells = flow.cells, area == nil {
      report["largest_upslope_area_m2"] = .number(Double(cells.largest) * geometry.cellArea)
    }
    let unit = accumulationUnit
    try write(.accumulation, progress, unit: unit.unit, unit.description(method)) {
      if let area {
        let perUnit = unit == .area ? 1 : geometry.cellArea
        return area.map(threads: threads) { Float($0 / perUnit) }
      }
      let factor = unit.factor(in: geometry)
      return (flow.cells ?? upslopeCells(flow.directions, threads: threads))
        .map(threads: threads) { $0 == 0 ? .nan : Float($0) * factor }
    }
  }

  private func writeWeighted(
    _ flow: RoutedTerrain, _ shared: MultipleFlow?, _ report: inout JSONObject, _ progress: AnalysisProgress
  ) throws(RunFailure) {
    guard let path = weights else { return }
    let (read, information, _) = try RunFailure.locating(at: SourcePosition(file: path)) {
      try readRaster(path, alignedTo: flow.directions.geometry, resampling: .bilinear, RasterReading(threads: threads))
    }
    // A cell without weight adds nothing, and is counted.
    var unknown = 0
    for index in 0..<read.count where read[index].isNaN && flow.directions[index] != FlowDirection.nodata {
      unknown += 1
    }
    report["cells_without_weight"] = JSONValue(unknown)
    let weights = read.map(threads: threads) { $0.isNaN ? 0 : $0 }
    let unit = information.unit.map { "\($0) times cells" } ?? "1"
    try write(.weighted, progress, unit: unit, "Sum of the weights upstream (\(method.rawValue))") {
      if let shared { return shared.accumulate(weights, threads: threads).map(threads: threads) { Float($0) } }
      // Integers of 2⁻²⁷ units, as water depths are: the sums are exact and do not depend on any order.
      let sums = flowAccumulation(
        flow.directions, weights: weights.map(threads: threads) { WaterDepth.units($0) }, threads: threads)
      let directions = flow.directions
      return Grid<Float>(directions.geometry) { cells in
        sums.withUnsafeCells { sum in
          directions.withUnsafeCells { code in
            for index in 0..<directions.count {
              cells[index] = code[index] == FlowDirection.nodata ? .nan : Float(WaterDepth.millimetres(sum[index]))
            }
          }
        }
      }
    }
  }

  private func writeStreams(
    _ flow: RoutedTerrain, _ report: inout JSONObject, _ progress: AnalysisProgress
  ) throws(RunFailure) {
    guard let cells = flow.cells else { return }
    let least = Int32(clamping: leastStreamCells(flow))
    if rasters[.hand] != nil || rasters[.drainageDistance] != nil {
      let streams = cells.map(threads: threads) { $0 >= least }
      let hand = try progress.step("height above drainage") { () throws(RunFailure) in
        HeightAboveDrainage(flow.surface, directions: flow.directions, streams: streams, threads: threads)
      }
      try write(.hand, progress, unit: "m", "Height of the filled terrain above the nearest drainage") { hand.height }
      try write(.drainageDistance, progress, unit: "m", "Length of the way of water to the nearest drainage") {
        hand.distance
      }
    }
    guard let path = rasters[.strahler] else { return }
    let network = StreamNetwork(flow.directions, upslope: cells, threshold: Int(least))
    var orders = Grid<UInt8>(flow.directions.geometry, repeating: 255)
    for index in 0..<orders.count where flow.directions[index] != FlowDirection.nodata { orders[index] = 0 }
    for reach in network.reaches {
      for cell in reach.cells { orders[Int(cell)] = UInt8(clamping: reach.strahlerOrder) }
    }
    try progress.step("write \(path)") { () throws(RunFailure) in
      try RunFailure.locating(at: SourcePosition(file: path)) {
        try writeClassGeoTIFF(
          orders, to: path, compressed: files.compresses, description: "Strahler order of streams; 0 is none",
          threads: threads)
      }
    }
  }

  private func write(
    _ product: Product, _ progress: AnalysisProgress, unit: String, _ description: String,
    _ grid: () throws -> Grid<Float>
  ) throws(RunFailure) {
    guard let path = rasters[product] else { return }
    try progress.step("write \(path)") { () throws(RunFailure) in
      try RunFailure.locating(at: SourcePosition(file: path)) {
        try writeGeoTIFF(
          grid(), to: path, compressed: files.compresses, unit: unit, description: description, threads: threads)
      }
    }
  }
}

/// The direction as ESRI software codes it.
@Sendable
private func esriCode(_ code: UInt8) -> UInt8 { code == FlowDirection.nodata ? code : FlowDirection.esri(code) }

extension Grid<Int32> {
  /// The largest value.
  fileprivate var largest: Int32 {
    withUnsafeCells { cells in
      var largest = Int32.min
      for index in 0..<count { largest = Swift.max(largest, cells[index]) }
      return largest
    }
  }
}
