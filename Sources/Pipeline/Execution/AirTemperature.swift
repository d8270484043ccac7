import Foundation
import Geodata
import Grids
import Report
import Runoff

/// The temperature of the air during the rain, for melting snow.
struct AirTemperature {
  private enum Source {
    case constant(Double)
    case station(StationTemperatures)
    /// Rasters, with what is added to be in °C.
    case rasters(RasterSeriesReader, summand: Float)
  }

  private let source: Source
  /// Height that the temperature belongs to, and degrees by metre of height; nil where it holds everywhere.
  private let lapse: (elevation: Double, perMetre: Double)?
  private let loader: InputLoader
  private let keyPath: String

  /// Reads what the section names.
  init(_ section: SnowmeltSection, _ loader: InputLoader) throws(RunFailure) {
    self.loader = loader
    let pipeline = loader.pipeline
    lapse = section.elevation.flatMap { height in
      section.lapseRate.map { (elevation: height.metres, perMetre: $0 / 1000) }
    }
    if let table = section.stationTemperatures {
      source = .station(try loader.read(table))
      keyPath = "tables.\(table.id)"
    } else if let id = section.temperatureInput, let input = pipeline.temperature(id) {
      let keyPath = "inputs.\(id)"
      source = try pipeline.reading(keyPath) { try Self.rasters(id, input, loader) }
      self.keyPath = keyPath
    } else {
      source = .constant(section.temperature ?? 0)
      keyPath = "hazards.runoff.snowmelt.temperature"
    }
  }

  private static func rasters(_ id: String, _ input: TemperatureInput, _ loader: InputLoader) throws -> Source {
    let pipeline = loader.pipeline
    let files = input.files.map { pipeline.resolve($0) }
    let series = try RasterSeries(files, variable: input.variable)
    let text = series.information.unit ?? series.information.bandMetadata["GRIB_UNIT"]
    if let text, !text.isEmpty, TemperatureUnit(spelling: text) != input.unit {
      throw pipeline.failure(
        .input, .badTemperature, at: "inputs.\(id).unit",
        "\(series.information.path) says that its numbers are in “\(text)”, unit: says \(input.unit.rawValue)",
        hint: TemperatureUnit(spelling: text).map { "write unit: \($0.rawValue)" } ?? "name a raster of temperatures")
    }
    for (number, file) in files.enumerated() {
      var record = try loader.recorder.inputRecord(id + (files.count > 1 ? " \(number + 1)" : ""), file)
      record.driver = series.information.driver
      record.crs = series.information.crs?.description
      record.noData = series.information.nodata
      record.unit = input.unit.rawValue
      loader.recorder.record(record)
    }
    let crs = try input.crs.map { try coordinateReferenceSystem($0) }
    let reader = try RasterSeriesReader(
      series, onto: loader.geometry, resampling: .bilinear,
      RasterReading(nodata: input.nodata.rule, crs: crs, threads: loader.threads))
    return .rasters(reader, summand: input.unit.summand)
  }

  /// The temperature of a step on the analysis grid, °C: the mean over the step, or the raster of its end.
  func grid(at step: ScenarioRainStep, over ground: Grid<Float>) throws -> Grid<Float> {
    let celsius: Double
    switch source {
    case .constant(let constant): celsius = constant
    case .station(let readings):
      do throws(StationTemperatureError) {
        celsius = try readings.celsius(start: step.start, hours: step.hours, end: step.end)
      } catch {
        throw failure(error.message, error.hint)
      }
    case .rasters(let reader, let summand):
      guard let index = reader.series.steps.firstIndex(where: { $0.time == step.end && step.end != nil }),
        let grid = try reader.read(index)
      else {
        throw failure(
          "there is no raster of the temperature at \(step.end.map { "\($0)" } ?? "the rain's steps, which have no time")",
          "give rasters with the times of the rain")
      }
      return summand == 0 ? grid : grid.map(threads: loader.threads) { $0 + summand }
    }
    guard let lapse else { return Grid(ground.geometry, repeating: Float(celsius)) }
    return ground.map(threads: loader.threads) { Float(celsius + (lapse.elevation - Double($0)) * lapse.perMetre) }
  }

  private func failure(_ message: String, _ hint: String) -> RunFailure {
    loader.pipeline.failure(.input, .badTemperature, at: keyPath, message, hint: hint)
  }
}

extension DiagnosticCode {
  static let badTemperature: Self = "E-RAS-108"
}
