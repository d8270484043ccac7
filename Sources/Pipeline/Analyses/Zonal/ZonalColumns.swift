import Exposure
import Geodata
import Grids
import Report

/// The columns of a zonal table: fields kept of the zones, flags, and for each raster its coverage and statistics.
struct ZonalColumns {
  /// Name, reference system, kind of shapes and fields of the result.
  let header: FeatureLayer
  /// What is asked of each raster.
  let questions: [ZonalQuestion]
  /// Names of all columns but those kept of the zones.
  let names: [String]
  private let statistics: [[ZonalStatistic]]
  /// Group, and place in the group, of each raster.
  private let places: [(group: Int, member: Int)]
  private let minCoveredFraction: Double
  /// Square metres, or metres, in a unit of each raster's reference system.
  private let metres: [Double]

  init(
    _ analysis: ZonalAnalysis, _ groups: [ZonalRasterGroup], _ zones: FeatureLayer, _ progress: AnalysisProgress
  ) throws {
    var fields: [Field] = []
    var questions: [ZonalQuestion] = []
    var statistics: [[ZonalStatistic]] = []
    var places: [(group: Int, member: Int)] = []
    var metres: [Double] = []
    for (number, raster) in analysis.rasters.enumerated() {
      let found = groups.indices.lazy.compactMap { group in
        groups[group].members.firstIndex(of: number).map { (group: group, member: $0) }
      }.first
      guard let place = found else { preconditionFailure("every raster has a group") }
      let group = groups[place.group]
      let own = try analysis.statistics.flatMap { statistic in
        guard statistic == .sharesOfAll else { return [statistic] }
        return try progress.step("values of \(raster.path)") { () throws(RunFailure) in
          try ZonalClassScan(raster).values().map { .share(of: $0) }
        }
      }
      var question = ZonalQuestion()
      question.countedFrom = analysis.countedFrom
      for statistic in own { statistic.ask(&question) }
      let prefix = raster.name.isEmpty ? "" : "\(raster.name)_"
      fields += [
        Field("\(prefix)covered_frac", .real, unit: "1", "Share of the zone on cells with data"),
        Field("\(prefix)nodata_frac", .real, unit: "1", "Share of the zone on cells without data"),
      ]
      fields += own.map { $0.field(prefix: raster.name, unit: group.units[place.member]) }
      questions.append(question)
      statistics.append(own)
      places.append(place)
      if own.contains(.size) {
        guard let unit = try group.geometry.crs.linearUnitInMetres() else {
          throw RunFailure(
            .configuration,
            [
              Diagnostic(
                .contradiction, at: SourcePosition(file: raster.path),
                "size is in metres, but the reference system \(group.geometry.crs) counts in degrees",
                hint: "leave size out, or bring the raster into a projected system")
            ])
        }
        metres.append(zones.shapeType == .polygons ? unit * unit : zones.shapeType == .lines ? unit : 1)
      } else {
        metres.append(1)
      }
    }
    let all = zones.fields + [Field("flags", .text, "Why values are missing: coverage, geometry")] + fields
    var seen: Set<String> = []
    for field in all where !seen.insert(field.name.lowercased()).inserted {
      throw RunFailure(
        .configuration,
        [
          Diagnostic(
            .contradiction, at: SourcePosition(file: analysis.zones), "two columns would be named “\(field.name)”",
            hint: "name the rasters apart with --name, or choose the zones' fields with --keep")
        ])
    }
    header = FeatureLayer(
      name: "zonal", summary: "Statistics of rasters in zones", crs: zones.crs, shapeType: zones.shapeType,
      fields: all, features: [])
    names = ["flags"] + fields.map(\.name)
    self.questions = questions
    self.statistics = statistics
    self.places = places
    self.metres = metres
    minCoveredFraction = analysis.minCoveredFraction
  }

  /// The row of a zone.
  /// - Parameters:
  ///   - reports: What each group of rasters tells of it; nil where it has no usable shape.
  ///   - note: Is told the row's flags.
  func row(of zone: Feature, _ reports: [ZonalReport?], note: (Flags, _ hasShape: Bool) -> Void) -> Feature {
    var flags = Flags()
    var values: [FieldValue] = []
    var hasShape = zone.shape != nil
    for (number, place) in places.enumerated() {
      guard let report = reports[place.group] else {
        hasShape = false
        flags.insert(geometryFlag)
        values += Array(repeating: .null, count: 2 + statistics[number].count)
        continue
      }
      if !report.check.isSound || report.size == 0 { flags.insert(geometryFlag) }
      let summary = report.summaries[place.member]
      let isCovered = summary.coverage.coveredFraction >= minCoveredFraction
      if !isCovered { flags.insert("coverage") }
      values += [.number(summary.coverage.coveredFraction), .number(summary.coverage.nodataFraction)]
      for statistic in statistics[number] {
        if statistic == .size {
          values.append(.number(report.size * metres[number]))
        } else {
          values.append(isCovered || statistic.isCoverage ? statistic.value(in: summary, questions[number]) : .null)
        }
      }
      if summary.isTooVaried { flags.insert("values") }
    }
    note(flags, hasShape)
    return Feature(shape: zone.shape, values: zone.values + [.text(flags.text)] + values)
  }
}

/// Finds the values that occur in a raster of classes.
struct ZonalClassScan {
  private let raster: ZonalRaster
  /// Number of different values that a raster of classes may have.
  private static let most = 256

  init(_ raster: ZonalRaster) { self.raster = raster }

  /// The values, rising.
  func values() throws(RunFailure) -> [Double] {
    let position = SourcePosition(file: raster.path)
    return try RunFailure.locating(at: position) {
      let reader = try RasterWindowReader(raster.path, raster.reading(), acceptsPalette: true)
      var found: Set<Double> = []
      for window in reader.windows(ofAbout: 1 << 22) {
        let (grid, _) = try reader.readDouble(window)
        var last = Double.nan
        for index in 0..<grid.count {
          let value = grid[index]
          if value == last || value.isNaN { continue }
          last = value
          found.insert(value)
          if found.count > Self.most {
            throw RunFailure(
              .configuration,
              [
                Diagnostic(
                  .valueNotAllowed, at: position,
                  "the raster has more than \(Self.most) different values: they are no classes",
                  hint: "ask for single ones, such as frac:3, or for a share at or above, such as ge:0.3")
              ])
          }
        }
      }
      return found.sorted()
    }
  }
}
