import Foundation
import Geodata
import Grids
import Report

/// Reads inputs onto the analysis grid and notes for the manifest what was read.
struct InputLoader {
  let pipeline: PipelineFile
  let geometry: GridGeometry
  let recorder: RunRecorder
  let cache: StepCache
  let threads: Int
  let rainMemory = RainMemory()

  func reading(
    nodata: NodataDeclaration, band: Int, crs: String?, acceptsAllNodata: Bool = false
  ) throws -> RasterReading {
    RasterReading(
      band: band, nodata: nodata.rule, crs: try crs.map { try coordinateReferenceSystem($0) },
      acceptsAllNodata: acceptsAllNodata, threads: threads)
  }

  func record(_ id: String, _ information: RasterInformation, unit: String?) throws {
    var input = try recorder.inputRecord(id, information.path)
    input.driver = information.driver
    input.crs = information.crs?.description
    input.geotransform = information.geotransform
    input.noData = information.nodata
    input.unit = information.unit ?? unit
    input.minimum = information.counts?.minimum.map { Double(shortest: $0) }
    input.maximum = information.counts?.maximum.map { Double(shortest: $0) }
    recorder.record(input)
    for warning in information.warnings { recorder.note(.unusualRaster, at: "inputs.\(id)", warning) }
  }

  func tell(_ alignment: RasterAlignment, _ id: String) {
    if alignment.kind == .resampled { recorder.note(.resampled, at: "inputs.\(id)", alignment.note) }
    for warning in alignment.warnings { recorder.note(.unusualAlignment, at: "inputs.\(id)", warning) }
  }

  /// Elevation in metres on the analysis grid.
  func elevation(_ id: String) throws(RunFailure) -> Grid<Float> {
    let keyPath = "inputs.\(id)"
    return try pipeline.reading(keyPath) {
      guard let input = pipeline.elevation(id) else { preconditionFailure("\(id) was checked to be an elevation") }
      let (grid, information, alignment) = try readRaster(
        pipeline.resolve(input.path), alignedTo: geometry, resampling: .bilinear,
        reading(nodata: input.nodata, band: input.band, crs: input.crs))
      try record(id, information, unit: input.unit.rawValue)
      tell(alignment, id)
      guard alignment.cellsCovered > 0 else { throw noOverlap(id, information) }
      tellVoids(grid, id)
      let factor = Float(input.unit.metres)
      return factor == 1 ? grid : grid.map(threads: threads) { $0 * factor }
    }
  }

  /// What the drains of each cell carry, mm/h; 0 where the raster has no data.
  func drainageRate(_ id: String) throws(RunFailure) -> Grid<Float> {
    guard let input = pipeline.rates(id) else { preconditionFailure("\(id) was checked to be rates") }
    return try amounts(
      id, input.path, reading(nodata: input.nodata, band: input.band, crs: input.crs), unit: input.unit.rawValue,
      factor: input.unit.millimetresPerHour,
      refusal: { ("a rate of \($0): drains cannot give water", "cells without drains") })
  }

  /// The depth of water on the ground, m; 0 where the raster has no data.
  func depth(_ id: String) throws(RunFailure) -> Grid<Float> {
    guard let input = pipeline.depths(id) else { preconditionFailure("\(id) was checked to be depths") }
    return try amounts(
      id, input.path, reading(nodata: input.nodata, band: input.band, crs: input.crs), unit: input.unit.rawValue,
      factor: input.unit.metres,
      refusal: { ("a depth of \($0)", "cells without water; give depths above the ground, not levels") })
  }

  /// A raster of amounts that are not negative, times a factor; 0 where it has no data.
  /// - Parameter refusal: What is wrong with a negative amount, and what it may mark.
  private func amounts(
    _ id: String, _ path: PathText, _ reading: @autoclosure () throws -> RasterReading, unit: String, factor: Double,
    refusal: (_ amount: String) -> (message: String, mark: String)
  ) throws(RunFailure) -> Grid<Float> {
    let keyPath = "inputs.\(id)"
    return try pipeline.reading(keyPath) {
      let (grid, information, alignment) = try readRaster(
        pipeline.resolve(path), alignedTo: geometry, resampling: .bilinear, reading())
      try record(id, information, unit: unit)
      tell(alignment, id)
      guard alignment.cellsCovered > 0 else { throw noOverlap(id, information) }
      if let least = information.counts?.minimum, least < 0 {
        let (message, mark) = refusal("\(least) \(unit)")
        throw pipeline.failure(
          .input, .negativeRate, at: keyPath, message, hint: "declare nodata if negative numbers mark \(mark)")
      }
      return grid.map(threads: threads) { $0.isNaN ? 0 : $0 * Float(factor) }
    }
  }

  /// Cells of exactly zero far below everything else are usually voids that were filled with zero.
  private func tellVoids(_ grid: Grid<Float>, _ id: String) {
    var zeros = 0
    var lowest = Float.infinity
    grid.withUnsafeCells { cells in
      for index in 0..<grid.count {
        if cells[index] == 0 { zeros += 1 } else if cells[index] < lowest { lowest = cells[index] }
      }
    }
    if zeros > 0, lowest > 20, lowest.isFinite {
      recorder.note(
        .voidCells, at: "inputs.\(id)",
        "\(zeros) cells are exactly 0 although the lowest other cell is at \(lowest) m: voids stored as zero?",
        hint: "set nodata: 0", count: zeros)
    }
  }

  /// Walls of buildings and crowns of trees stand in models of the surface, not of the ground.
  func tellSteepness(_ slope: Grid<Float>, _ id: String) {
    // The tangent of 60°.
    let limit = Float(3).squareRoot()
    var (steep, known) = (0, 0)
    slope.withUnsafeCells { cells in
      for index in 0..<slope.count {
        steep += cells[index] > limit ? 1 : 0
        known += cells[index].isNaN ? 0 : 1
      }
    }
    guard steep * 50 > known else { return }
    recorder.note(
      .surfaceModel, at: "inputs.\(id)",
      "\(steep * 100 / known) % of the cells are steeper than 60°: a surface model with buildings and trees?",
      hint: "take a terrain model", count: steep)
  }

  func noOverlap(_ id: String, _ information: RasterInformation) -> RunFailure {
    let box = information.extent.map { "\($0) in \(information.crs?.description ?? "an unknown system")" } ?? "nowhere"
    return pipeline.failure(
      .input, .noOverlap, at: "inputs.\(id)",
      "no cell lies on the analysis grid: the raster covers \(box), the grid \(geometry.extent) in \(geometry.crs)",
      hint: "check the reference systems and grid.extent")
  }

  /// Classes on the analysis grid; ``noClass`` where there are none.
  func classes(_ id: String) throws(RunFailure) -> Grid<Int32> {
    try pipeline.reading("inputs.\(id)") {
      guard let input = pipeline.classes(id) else { preconditionFailure("\(id) was checked to be classes") }
      guard let path = input.path else { return Grid(geometry, repeating: Int32(input.value ?? 0)) }
      return try cache.value("input \(id)") {
        let (grid, information, alignment) = try readClasses(
          pipeline.resolve(path), alignedTo: geometry,
          reading(nodata: input.nodata ?? .file, band: input.band ?? 1, crs: input.crs))
        try record(id, information, unit: nil)
        guard alignment.cellsCovered > 0 else { throw noOverlap(id, information) }
        return grid
      }
    }
  }

  /// A table, whose rows' sources are noted as rules of the run.
  func table(_ id: String) throws -> CSVTable {
    guard let path = pipeline.tables[id] else { preconditionFailure("\(id) was checked to be a table") }
    let file = pipeline.resolve(path)
    let table = try CSVTable(path: file)
    recorder.record(try recorder.inputRecord("table \(id)", file))
    if table.columnNames.contains("source"), table.columnNames.contains("status") {
      let sources = Set(try table.texts("source")).sorted()
      let states = Set(try table.texts("status")).sorted()
      recorder.record(
        RuleRecord(name: id, source: sources.joined(separator: "; "), status: states.joined(separator: "; ")))
      if states.contains(where: { $0.contains("unverified") }) {
        recorder.note(
          .unverifiedTable, at: "tables.\(id)", "holds values that are marked unverified; they are screening defaults")
      }
    } else {
      recorder.record(RuleRecord(name: id, source: path.text, status: "not stated"))
    }
    return table
  }
}

extension NodataDeclaration {
  /// The same as rasters are read by.
  var rule: NodataRule {
    switch self {
    case .file: .file
    case .none: .none
    case .value(let value): .value(value)
    }
  }
}
