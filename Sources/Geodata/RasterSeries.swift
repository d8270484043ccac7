import CGDAL
import Foundation
public import Grids

/// One step of a series: a band of a file and the moment it is valid for.
public struct RasterStep: Sendable, Hashable, CustomStringConvertible {
  /// File, or raster in a container.
  public let path: String
  /// Band, from 1.
  public let band: Int
  /// The moment; nil where the file does not tell.
  public let time: RasterTime?

  /// File name and moment, or band.
  public var description: String {
    "\((path as NSString).lastPathComponent), \(time.map { "\($0)" } ?? "band \(band)")"
  }
}

/// Rasters of one quantity over time: the bands of a file, or files of one band each, in the order of time.
public struct RasterSeries: Sendable {
  /// The steps, in the order of time.
  public let steps: [RasterStep]
  /// What the first step's file says of itself.
  public let information: RasterInformation
  /// Seconds between the steps where they are all the same; nil for one step, for files without times and where the
  /// intervals differ.
  public let interval: Double?

  /// Lists the steps of files, without reading cells.
  ///
  /// All files must agree in size, position, reference system, unit and type. Files with times are put in their order.
  /// - Parameters:
  ///   - paths: Files, or rasters in containers.
  ///   - variable: Name of the raster in containers such as NetCDF; nil where the files hold one.
  ///   - bands: Bands to take of every file; nil for all.
  /// - Throws: ``GeodataError`` where a file cannot be opened, holds several rasters and none is named, has a further
  ///   dimension with several values, or differs from the first, and where two steps are of the same moment.
  public init(_ paths: [String], variable: String? = nil, bands: ClosedRange<Int>? = nil) throws(GeodataError) {
    var steps: [RasterStep] = []
    var first: RasterInformation?
    for file in paths {
      let path = try Self.path(of: variable, in: file)
      let opened = try openRaster(path, operation: "read series", threads: 1)
      var information = opened.information
      func site(_ code: GeodataErrorCode) -> CallSite { CallSite(code: code, operation: "read series", path: path) }
      if information.bandCount == 0 {
        throw site(.rasterContainer).error(
          "the file holds \(information.subdatasets.count) rasters and none is named",
          hint: "name the variable: \(Self.variables(information).joined(separator: ", "))")
      }
      let wanted = bands ?? 1...information.bandCount
      guard wanted.lowerBound >= 1, wanted.upperBound <= information.bandCount else {
        throw site(.bandNeeded).error(
          "there is no band \(wanted.upperBound); the raster has \(information.bandCount)",
          hint: "choose among 1 to \(information.bandCount)")
      }
      for band in wanted {
        let handle = try site(.bandNeeded).call("band \(band) cannot be opened") { [handle = opened.dataset.handle] in
          GDALGetRasterBand(handle, Int32(band))
        }
        reporting { describeBand(handle, number: band, in: &information) }
        adoptProductAttributes(&information)
        steps.append(RasterStep(path: path, band: band, time: information.time))
        if band == wanted.lowerBound {
          try Self.checkDimensions(information, site(.bandNeeded))
          if let first { try Self.check(information, against: first, site(.inconsistentSeries)) }
          first = first ?? information
        }
      }
      _ = consume opened
    }
    guard let first else {
      throw GeodataError(
        .rasterNotOpened, operation: "read series", message: "the series has no files", hint: "name one or more")
    }
    information = first
    let times = steps.compactMap(\.time)
    if times.count == steps.count {
      steps.sort { ($0.time ?? times[0]) < ($1.time ?? times[0]) }
      for (earlier, later) in zip(steps, steps.dropFirst()) where earlier.time == later.time {
        throw GeodataError(
          .inconsistentSeries, operation: "read series", path: later.path,
          message: "\(later) is a step already, from \(earlier.path)", hint: "name every moment once, or choose bands")
      }
      let gaps = zip(steps, steps.dropFirst()).map { earlier, later in
        (later.time?.secondsSince1970 ?? 0) - (earlier.time?.secondsSince1970 ?? 0)
      }
      // Float time axes miss a whole second by a hair.
      interval = gaps.first.flatMap { gap in gaps.allSatisfy { abs($0 - gap) < 0.5 } ? gap.rounded() : nil }
    } else {
      interval = nil
    }
    self.steps = steps
  }

  /// The path of a raster in a container.
  static func path(of variable: String?, in file: String) throws(GeodataError) -> String {
    guard let variable else { return file }
    let site = CallSite(code: .rasterContainer, operation: "read series", path: file)
    let information = try openRaster(file, operation: "read series", threads: 1).information
    if let found = information.subdatasets.first(where: {
      $0.hasSuffix(":\(variable)") || $0.hasSuffix("//\(variable)")
    }) {
      return found
    }
    if information.metadata.keys.contains(where: { $0.hasPrefix("\(variable)#") }) { return file }
    let names = variables(information)
    throw site.error(
      "there is no variable “\(variable)”",
      hint: names.isEmpty ? "leave it out: the file holds one raster" : "name one of \(names.joined(separator: ", "))")
  }

  private static func variables(_ information: RasterInformation) -> [String] {
    information.subdatasets.map { name in
      name.split(separator: ":").last.map { String($0.drop { $0 == "/" }) } ?? name
    }
  }

  /// Refuses files whose bands run over something else than time.
  private static func checkDimensions(_ information: RasterInformation, _ site: CallSite) throws(GeodataError) {
    for name in information.furtherDimensions where name != information.timeDimension {
      let values = information.metadata["NETCDF_DIM_\(name)_VALUES"] ?? ""
      let isTime = information.metadata["\(name)#units"]?.contains(" since ") == true
      if isTime || values.contains(",") {
        throw site.error(
          "the bands run over \(name) (\(values)) beside time", hint: "choose bands, or extract one value of \(name)")
      }
    }
    if let name = information.timeDimension, information.time == nil {
      throw site.error(
        "the time axis \(name) counts “\(information.metadata["\(name)#units"] ?? "")” in the calendar "
          + "“\(information.metadata["\(name)#calendar"] ?? "standard")”, which is not supported",
        hint: "rewrite it as days, hours, minutes or seconds since a date of the standard calendar")
    }
  }

  private static func check(
    _ information: RasterInformation, against first: RasterInformation, _ site: CallSite
  ) throws(GeodataError) {
    func differs(_ what: String, _ one: String, _ other: String) throws(GeodataError) {
      if one != other {
        throw site.error(
          "its \(what) is \(other), that of \(first.path) is \(one)", hint: "a series is of one kind; leave it out")
      }
    }
    try differs("size", "\(first.columns)×\(first.rows)", "\(information.columns)×\(information.rows)")
    try differs("reference system", "\(first.crs?.description ?? "none")", "\(information.crs?.description ?? "none")")
    try differs("position", "\(first.geotransform ?? [])", "\(information.geotransform ?? [])")
    try differs("unit", "\(first.unit ?? "none")", "\(information.unit ?? "none")")
  }
}

/// Reads the steps of a series onto a grid, one at a time.
///
/// Held are one step of the part of the source that is needed, and what brings it onto the grid: nothing for a copy, a
/// lattice of positions for bilinear values, 8 bytes for each pair of cells that touch for conservative ones. Not
/// Sendable: one thread, one reader.
public final class RasterSeriesReader {
  /// The series.
  public let series: RasterSeries
  /// Grid of the results.
  public let target: GridGeometry
  /// How the last step was brought onto the grid.
  public private(set) var alignment: RasterAlignment?

  private enum Placement {
    case native
    case plan(AlignmentPlan, SparseRegridding?)
    case curvilinear(SparseRegridding, GridGeometry)
  }

  private let reading: RasterReading
  private let resampling: Resampling
  private let placement: Placement

  /// Prepares to read.
  /// - Parameters:
  ///   - series: What to read.
  ///   - target: Grid of the results; nil for that of the files themselves.
  ///   - resampling: How values are brought onto the grid.
  ///   - reading: How files are read; its band does not count.
  /// - Throws: ``GeodataError`` where the files have no position, or do not overlap the grid.
  public init(
    _ series: RasterSeries, onto target: GridGeometry?, resampling: Resampling, _ reading: RasterReading
  ) throws(GeodataError) {
    self.series = series
    self.resampling = resampling
    var reading = reading
    reading.acceptsAllNodata = true
    reading.band = series.steps[0].band
    self.reading = reading
    let path = series.steps[0].path
    let information = series.information
    if let arrays = information.geolocation, information.geotransform == nil, reading.georeference == nil {
      guard let target else {
        throw GeodataError(
          .missingGeoreference, operation: "read series", path: path,
          message: "the raster is curvilinear: its cells lie where arrays of coordinates say, on no regular grid",
          hint: "name a grid to bring it onto")
      }
      let grid = try CurvilinearGrid(
        arrays, columns: information.columns, rows: information.rows, in: target, path: path)
      let weights = grid.regridding(to: target, resampling)
      if weights.cellsTouched == 0 {
        throw GeodataError(
          .noOverlap, operation: "read series", path: path,
          message: "no cell lies on the grid, which covers \(target.extent) of \(target.crs)",
          hint: "check that both lie in the same place")
      }
      self.target = target
      let plane = GridGeometry(
        columns: information.columns, rows: information.rows, west: 0, north: Double(information.rows), cellWidth: 1,
        cellHeight: 1, crs: arrays.crs)
      placement = .curvilinear(weights, plane)
      return
    }
    let geometry = try RasterSource(path, reading).geometry
    guard let target, target != geometry else {
      self.target = geometry
      placement = .native
      return
    }
    self.target = target
    let plan = try AlignmentPlan(from: geometry, to: target, resampling: resampling, path: path)
    guard let columns = plan.columns, let rows = plan.rows else { throw plan.noOverlap(path: path) }
    var weights: SparseRegridding?
    if resampling == .conservative {
      if case .copy = plan.placement {} else { weights = try plan.conservativeWeights(columns: columns, rows: rows) }
    }
    placement = .plan(plan, weights)
  }

  /// Reads one step.
  /// - Parameters:
  ///   - index: Step, from 0.
  ///   - change: What is done to the values of the source before they are brought onto the grid, such as the conversion
  ///     of their unit.
  /// - Returns: The values on the grid; nil where the step holds none at all in the part that is needed.
  public func read(
    _ index: Int, changing change: (Grid<Float>) throws -> Grid<Float> = { $0 }
  ) throws -> Grid<Float>? {
    let step = series.steps[index]
    var reading = reading
    reading.band = step.band
    switch placement {
    case .native:
      let source = try RasterSource(step.path, reading)
      let geometry = source.geometry
      let (grid, tally) = try source.readFloat(columns: 0..<geometry.columns, rows: 0..<geometry.rows)
      _ = try source.concluded(tally, isWhole: true)
      return tally.counts.valid == 0 ? nil : try change(grid)
    case .plan(let plan, let weights):
      let source = try RasterSource(step.path, reading)
      guard let columns = plan.columns, let rows = plan.rows else { throw plan.noOverlap(path: step.path) }
      let (grid, tally) = try source.readFloat(columns: columns, rows: rows)
      _ = try source.concluded(tally, isWhole: false)
      if tally.counts.valid == 0 { return nil }
      let changed = try change(grid)
      let result =
        try weights.map { try plan.apply($0, changed, threads: reading.threads, path: step.path) }
        ?? plan.apply(
          changed, window: (columns.lowerBound, rows.lowerBound), resampling, threads: reading.threads, path: step.path)
      alignment = result.alignment
      return result.grid
    case .curvilinear(let weights, let plane):
      reading.crs = plane.crs
      reading.georeference = Georeference(west: 0, north: plane.north, cellWidth: 1, cellHeight: 1)
      let source = try RasterSource(step.path, reading)
      let (grid, tally) = try source.readFloat(columns: 0..<plane.columns, rows: 0..<plane.rows)
      _ = try source.concluded(tally, isWhole: false)
      if tally.counts.valid == 0 { return nil }
      let result = weights.apply(try change(grid), threads: reading.threads)
      let covered = result.withUnsafeCells { cells in (0..<result.count).count { !cells[$0].isNaN } }
      alignment = RasterAlignment(
        kind: .resampled, source: plane, resampling: resampling, cellsInside: weights.cellsTouched,
        cellsCovered: covered, note: "resampled \(resampling.rawValue) from a curvilinear grid", warnings: [])
      return result
    }
  }
}
