public import Geodata
public import Grids
public import Rainfall

/// Rain as rasters: files, what their numbers mean, and how they are brought onto a grid.
public struct RainFieldSource: Sendable {
  /// Files: the bands of one, or one band of each.
  public var paths: [String]
  /// Name of the raster in containers such as NetCDF; nil where the files hold one.
  public var variable: String?
  /// Bands to take; nil for all.
  public var bands: ClosedRange<Int>?
  /// Unit of the numbers; nil takes the file's.
  public var unit: RainFieldUnit?
  /// Whether each step holds the rain since the beginning; must be said where amounts have several steps.
  public var accumulated: Bool?
  /// Hours of a step, where the files do not tell or there is one step.
  public var stepHours: Double?
  /// What marks no data.
  public var nodata = NodataRule.file
  /// Reference system in place of the files'.
  public var crs: String?
  /// Position in place of the files'.
  public var georeference: Georeference?
  /// Factor in place of the files'.
  public var scale: Double?
  /// Summand in place of the files'.
  public var offset: Double?
  /// How values are brought onto the grid.
  public var resampling = Resampling.bilinear

  /// Rain in files; everything else has a default.
  public init(_ paths: [String]) { self.paths = paths }
}

/// Rain as rasters over time, read one step at a time and handed on in millimetres.
///
/// The unit of the files and the one declared must agree. Steps before the first that hold nothing but no data are passed
/// over (forecasts have no rain at the time of their analysis); a later one is refused, for a sum over it would not be
/// known. Accumulated rain becomes the rain of each step; where it falls, the cell is named.
public final class RainField {
  /// The files and what they are.
  public let source: RainFieldSource
  /// The steps.
  public let series: RasterSeries
  /// Unit of the numbers.
  public let unit: RainFieldUnit
  /// Hours of each step; nil where it is not known.
  public let hours: [Double?]
  /// Grid of the results.
  public var target: GridGeometry { reader.target }
  /// How the last step was brought onto the grid; nil where it lies on it.
  public var alignment: RasterAlignment? { reader.alignment }
  /// Steps before the first with values.
  public private(set) var leadingGaps = 0

  private let reader: RasterSeriesReader
  private let position: SourcePosition

  /// Lists the steps and checks what can be known without reading cells.
  /// - Parameters:
  ///   - source: The files and what they are.
  ///   - target: Grid of the results; nil for that of the files.
  ///   - threads: Number of threads.
  ///   - position: Place for messages.
  /// - Throws: ``RunFailure`` with the reason and the way out.
  public init(
    _ source: RainFieldSource, onto target: GridGeometry?, threads: Int, at position: SourcePosition
  ) throws(RunFailure) {
    self.source = source
    self.position = position
    series = try RunFailure.locating(at: position) {
      try RasterSeries(source.paths, variable: source.variable, bands: source.bands)
    }
    try Self.refuseReflectivity(series.information, position)
    unit = try Self.unit(source, series.information, position)
    var hours = Self.hours(series, source)
    if series.steps.count == 1, let declared = source.stepHours { hours = [declared] }
    self.hours = hours
    let series = series
    reader = try RunFailure.locating(at: position) {
      let crs = try source.crs.map { try coordinateReferenceSystem($0) }
      return try RasterSeriesReader(
        series, onto: target, resampling: source.resampling,
        RasterReading(
          nodata: source.nodata, crs: crs, georeference: source.georeference, scale: source.scale,
          offset: source.offset, threads: threads))
    }
  }

  private static func failure(
    _ code: DiagnosticCode, _ position: SourcePosition, _ message: String, _ hint: String
  ) -> RunFailure {
    RunFailure(.input, [Diagnostic(code, at: position, message, hint: hint)])
  }

  private static func refuseReflectivity(
    _ information: RasterInformation, _ position: SourcePosition
  ) throws(RunFailure) {
    let texts = [information.unit, information.bandMetadata["GRIB_UNIT"], information.metadata["GDAL_METADATA"]]
    guard texts.contains(where: { $0?.lowercased().contains("dbz") == true }) else { return }
    throw failure(
      .notRain, position, "\(information.path) holds radar reflectivity (dBZ), not rain",
      "turn it into a rain rate first, with the service's own Z–R relation, R = (10^(dBZ/10)/a)^(1/b) mm/h")
  }

  private static func unit(
    _ source: RainFieldSource, _ information: RasterInformation, _ position: SourcePosition
  ) throws(RunFailure) -> RainFieldUnit {
    let text = information.unit ?? information.bandMetadata["GRIB_UNIT"]
    let choices = Suggestion.list(RainFieldUnit.allCases.map(\.rawValue))
    guard let text, !text.isEmpty else {
      if let declared = source.unit { return declared }
      throw failure(
        .undeclaredRain, position, "\(information.path) names no unit", "declare it, one of \(choices)")
    }
    guard let stated = RainFieldUnit(spelling: text) else {
      // Where the scale is declared, the file's unit is that of the stored numbers.
      if let declared = source.unit, source.scale != nil { return declared }
      throw failure(
        .notRain, position, "\(information.path) is in “\(text)”, which is no unit of rain",
        "name a raster of rain; units are \(choices)")
    }
    guard let declared = source.unit, source.scale == nil else { return source.unit ?? stated }
    if !stated.agrees(with: declared) {
      throw failure(
        .undeclaredRain, position,
        "\(information.path) says that its numbers are in “\(text)”, declared is \(declared.rawValue)",
        "declare \(stated.rawValue), or mend the file")
    }
    return declared
  }

  private static func hours(_ series: RasterSeries, _ source: RainFieldSource) -> [Double?] {
    let times = series.steps.map { $0.time?.secondsSince1970 }
    return times.indices.map { index in
      // A step ends at its moment; the first is as long as the second.
      let (from, to) = index == 0 ? (0, 1) : (index - 1, index)
      if to < times.count, let start = times[from], let end = times[to] { return (end - start) / 3600 }
      return source.stepHours
    }
  }

  /// Hours of a step where all are equally long.
  /// - Throws: ``RunFailure`` where they differ or are not known.
  public func commonHours() throws(RunFailure) -> Double {
    let known = hours.compactMap { $0 }
    guard known.count == hours.count, let first = known.first else {
      throw Self.failure(
        .undeclaredRain, position, "the files do not tell how long a step lasts", "declare the length of a step")
    }
    if let other = known.firstIndex(where: { abs($0 - first) * 3600 >= 0.5 }) {
      throw Self.failure(
        .undeclaredRain, position,
        "steps are not equally long: \(first) h at first, \(known[other]) h before \(series.steps[other])",
        "choose bands or files of one step")
    }
    return first
  }

  /// Calls `body` with the rain of every step in millimetres, in the order of time, from the first that holds values.
  /// - Throws: ``RunFailure`` where a step cannot be read, is empty, negative or falls against the one before.
  public func forEachStep(
    _ body: (_ step: Int, _ rain: Grid<Float>) throws -> Void
  ) throws(RunFailure) {
    try checkMeaning()
    var before: Grid<Float>?
    var hasBegun = false
    leadingGaps = 0
    for step in series.steps.indices {
      let factor = Float(unit.millimetres(hours: hours[step] ?? 0))
      let label = "\(series.steps[step])"
      let rain: Grid<Float>? = try RunFailure.locating(at: position) {
        try reader.read(step) { grid in
          try self.check(grid, label)
          let millimetres = factor == 1 ? grid : grid.map(threads: 1) { $0 * factor }
          guard self.source.accumulated == true else { return millimetres }
          defer { before = millimetres }
          return try before.map { try self.difference(millimetres, $0, label) } ?? millimetres
        }
      }
      guard let rain else {
        if hasBegun {
          throw Self.failure(
            .missingStep, position, "\(label): the step holds no value, so that no sum over it is known",
            "fetch it again, or choose bands without it")
        }
        leadingGaps += 1
        continue
      }
      hasBegun = true
      try RunFailure.locating(at: position) { try body(step, rain) }
    }
    if !hasBegun {
      throw Self.failure(
        .missingStep, position, "none of the \(series.steps.count) steps holds a value on the grid",
        "check the files, their nodata value and the grid")
    }
  }

  /// Throws where it is not said how numbers become the rain of a step.
  func checkMeaning() throws(RunFailure) {
    if unit.isRate, let step = hours.firstIndex(where: { $0 == nil }) {
      throw Self.failure(
        .undeclaredRain, position,
        "\(series.steps[step]): the numbers are rates (\(unit.rawValue)), and the files do not tell how "
          + "long a step lasts", "declare the length of a step")
    }
    if series.steps.count > 1, !unit.isRate, source.accumulated == nil {
      throw Self.failure(
        .undeclaredRain, position,
        "the series has \(series.steps.count) steps of amounts (\(unit.rawValue)), which may be the rain of each step or "
          + "the rain since the beginning", "declare accumulated: false or true")
    }
  }

  /// Throws where rain is negative, and names the first cell.
  private func check(_ grid: Grid<Float>, _ label: String) throws {
    for row in 0..<grid.rows {
      let cells = grid.row(row)
      for column in 0..<cells.count where cells[column] < 0 {
        throw Self.failure(
          .negativeRain, position, "\(label): column \(column), row \(row) holds \(cells[column]) \(unit.rawValue)",
          "declare the value that means no data with nodata, or mend the file")
      }
    }
  }

  /// The rain of a step from the rain since the beginning.
  private func difference(_ now: Grid<Float>, _ before: Grid<Float>, _ label: String) throws -> Grid<Float> {
    var result = now
    for row in 0..<now.rows {
      let (later, earlier) = (now.row(row), before.row(row))
      for column in 0..<later.count {
        let rain = later[column] - earlier[column]
        // Packed values may fall by a unit of their rounding.
        if rain < -0.05 {
          throw Self.failure(
            .fallingRain, position,
            "\(label): accumulated rain falls from \(earlier[column]) to \(later[column]) mm at column \(column), row \(row)",
            "declare accumulated: false if each step holds its own rain, or take one forecast alone")
        }
        result[column, row] = max(0, rain)
        if rain.isNaN { result[column, row] = .nan }
      }
    }
    return result
  }
}

extension DiagnosticCode {
  static let undeclaredRain: Self = "E-RAS-104"
  static let notRain: Self = "E-RAS-105"
  static let fallingRain: Self = "E-RAS-106"
  static let missingStep: Self = "E-RAS-107"
}
