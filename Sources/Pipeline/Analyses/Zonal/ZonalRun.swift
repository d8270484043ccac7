import Exposure
import Geodata
import Grids
import Report

/// One run of ``ZonalAnalysis``: what is open while the zones pass by.
final class ZonalRun {
  private let analysis: ZonalAnalysis
  private let progress: AnalysisProgress
  private let groups: [ZonalRasterGroup]
  private let pieces: LayerPieces
  private let reprojections: [ShapeReprojection?]
  private let columns: ZonalColumns
  /// Zones so far that lie on each group's grid.
  private var touching: [Int]
  private var extents: [Extent?]
  private var counts = Counts()

  /// What the report tells of the zones.
  private struct Counts {
    var zones = 0
    var withoutShape = 0
    var belowCoverage = 0
    var unsound = 0
  }

  init(_ analysis: ZonalAnalysis, _ progress: AnalysisProgress) throws {
    self.analysis = analysis
    self.progress = progress
    let threads = analysis.threads
    groups = try progress.step("open") { () throws(RunFailure) in
      try RunFailure.locating(at: SourcePosition(file: analysis.rasters[0].path)) {
        try ZonalRasterGroup.groups(of: analysis.rasters, weights: analysis.weights, threads: threads)
      }
    }
    var reading = VectorReading(shapeType: try shapeType(ofLayer: analysis.layer, in: analysis.zones))
    reading.layer = analysis.layer
    reading.fields = analysis.fields
    reading.invalid = analysis.invalid
    reading.crs = try analysis.zonesCRS.map { try coordinateReferenceSystem($0) }
    let pieces = try LayerPieces(analysis.zones, reading)
    self.pieces = pieces
    reprojections = try groups.map { group in
      group.geometry.crs.isSame(as: pieces.header.crs)
        ? nil : try ShapeReprojection(from: pieces.header.crs, to: group.geometry.crs)
    }
    columns = try ZonalColumns(analysis, groups, pieces.header, progress)
    touching = groups.map { _ in 0 }
    extents = groups.map { _ in nil }
  }

  /// Passes the zones by and writes their rows.
  func result() throws -> JSONObject {
    let output = try ZonalOutput(columns.header, to: analysis.output)
    for note in reprojections.compactMap({ $0?.note }) + pieces.report.warnings {
      progress.note(Diagnostic(.unusualZones, at: SourcePosition(file: analysis.zones), note))
    }
    let expected = max(1, ((pieces.featureCount ?? 1) - 1) / ZonalAnalysis.pieceFeatures + 1)
    var number = 0
    while true {
      try progress.tell("read zones", number: number, of: expected)
      let features = try pieces.next(features: ZonalAnalysis.pieceFeatures, vertices: ZonalAnalysis.piecePoints)
      if features.isEmpty { break }
      let reports = try groups.indices.map { try statistics(of: features, in: $0, number, expected) }
      let rows = features.indices.map { zone in
        columns.row(of: features[zone], reports.map { $0[zone] }, note: note)
      }
      try progress.tell("write zones", number: number, of: expected)
      try output.append(rows)
      counts.zones += features.count
      number += 1
    }
    try requireOverlap()
    try output.close()
    return report()
  }

  private func note(_ flags: Flags, hasShape: Bool) {
    if !hasShape { counts.withoutShape += 1 }
    if flags.words.contains("coverage") { counts.belowCoverage += 1 }
    if hasShape, flags.words.contains(geometryFlag) { counts.unsound += 1 }
  }

  /// What the rasters of a group tell of some zones; nil for zones without a shape.
  private func statistics(
    of features: [Feature], in group: Int, _ number: Int, _ expected: Int
  ) throws -> [ZonalReport?] {
    var numbers: [Int] = []
    var shapes: [Shape] = []
    for (index, feature) in features.enumerated() {
      guard let shape = feature.shape else { continue }
      if let reprojection = reprojections[group] {
        guard let moved = reprojection.apply(to: shape) else { continue }
        shapes.append(moved)
      } else {
        shapes.append(shape)
      }
      numbers.append(index)
    }
    let rasters = groups[group]
    let stream = ZonalStream(
      shapes, on: rasters.geometry,
      variables: zip(rasters.members, rasters.isDouble).map {
        ZonalStreamVariable(columns.questions[$0], isDouble: $1)
      }, isWeighted: analysis.weights != nil, threads: analysis.threads)
    let strips = rasters.strips
    while stream.beginPass() {
      for (index, rows) in strips.enumerated() {
        if index % 8 == 0 { try progress.tell("zones \(counts.zones + 1) on", number: number, of: expected) }
        guard let wanted = stream.columns(in: rows) else { continue }
        let read = try rasters.read(rows: rows, columns: wanted, needed: stream.columnRanges(in: rows))
        stream.take(rows: rows, columns: wanted, read)
      }
    }
    try rasters.check()
    if touching[group] == 0 {
      touching[group] += stream.zonesOnGrid
      for shape in shapes {
        if let box = shape.extent { extents[group] = extents[group]?.union(box) ?? box }
      }
    }
    var result: [ZonalReport?] = Array(repeating: nil, count: features.count)
    for (index, report) in zip(numbers, stream.reports()) { result[index] = report }
    return result
  }

  /// Throws where no zone lies on a raster.
  private func requireOverlap() throws(RunFailure) {
    for (group, count) in touching.enumerated() where count == 0 {
      let raster = analysis.rasters[groups[group].members[0]].path
      throw RunFailure(
        .input,
        [
          Diagnostic(
            .noOverlap, at: SourcePosition(file: analysis.zones),
            counts.zones == 0
              ? "the layer holds no zone"
              : "no zone lies on \(raster): zones \(extents[group].map { "\($0)" } ?? "without shapes"), "
                + "raster \(groups[group].geometry.extent), both in \(groups[group].geometry.crs)",
            hint: counts.zones == 0 ? "check that it is the layer you meant" : "check the reference systems of both")
        ])
    }
  }

  private func report() -> JSONObject {
    let found = pieces.report
    var report: JSONObject = [
      "zones": JSONValue(counts.zones), "rasters": JSONValue(analysis.rasters.count),
      "grids": JSONValue(groups.count), "columns": .array(columns.names.map { .string($0) }),
      "output": .string(analysis.output),
    ]
    let problems = [
      ("repaired", found.repaired.count), ("without_shape", counts.withoutShape), ("unsound", counts.unsound),
      ("below_min_covered_frac", counts.belowCoverage),
    ]
    for (name, count) in problems where count > 0 { report[name] = JSONValue(count) }
    let position = SourcePosition(file: analysis.zones)
    if found.repaired.count > 0 {
      progress.note(
        Diagnostic(
          .repairedShapes, at: position,
          "\(found.repaired.count) invalid shapes were made valid, the first is feature "
            + "\(found.repaired.firstFeatures.first ?? 0): \(found.repaired.example)"))
    }
    if counts.withoutShape > 0 {
      let isLeftOut = analysis.output.lowercased().hasSuffix(".fgb")
      progress.note(
        Diagnostic(
          .repairedShapes, at: position,
          "\(counts.withoutShape) zones have no usable shape: "
            + (isLeftOut
              ? "FlatGeobuf has no room for them, they are left out" : "their columns are null, flags says geometry"),
          hint: isLeftOut ? "write .gpkg, .geojson or .csv to keep them" : nil))
    }
    if counts.belowCoverage > 0 {
      progress.note(
        Diagnostic(
          .areasWithoutData, at: position,
          "\(counts.belowCoverage) zones have data on less than \(analysis.minCoveredFraction) of their extent: their "
            + "statistics are null, flags says coverage",
          hint: "--min-covered-frac 0 keeps what the covered part tells"))
    }
    return report
  }
}
