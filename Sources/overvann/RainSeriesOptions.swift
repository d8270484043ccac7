import ArgumentParser
import Pipeline
import Rainfall

/// A series of rain rasters beside another raster, whose options have the plain names.
struct RainSeriesOptions: ParsableArguments {
  @Option(help: "Rain rasters over time, bands or files being the steps. May be repeated.", completion: .file())
  var series: [String] = []

  @Option(help: "Raster in containers such as NetCDF.")
  var variable: String?

  @Option(help: "Length of a step such as 1h, where the files do not tell it.")
  var step: String?

  @Option(help: "Unit of the series: mm, m, cm, kg/m2, 0.1 mm, mm/h or kg/m2/s; the files' own must agree with it.")
  var seriesUnit: RainFieldUnit?

  @Flag(help: "Each step of the series holds the rain since the beginning.")
  var accumulated = false

  @Flag(help: "Each step of the series holds its own rain.")
  var perStep = false

  func validate() throws {
    if accumulated, perStep { throw ValidationError("--accumulated and --per-step exclude each other") }
    _ = try source()
  }

  func source() throws -> RainFieldSource {
    var source = RainFieldSource(series)
    source.variable = variable
    source.unit = seriesUnit
    source.accumulated = accumulated ? true : perStep ? false : nil
    source.stepHours = try step.map { try quantity($0, .time, "--step").seconds / 3600 }
    return source
  }
}
