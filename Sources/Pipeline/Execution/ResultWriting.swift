import Foundation
import Geodata
import Grids
import Report

/// What has been computed and is to be written.
struct RunResults {
  var layers: [FeatureLayer] = []
  /// Tables with the names of the fields that tell their rows apart.
  var tables: [(table: FeatureTable, key: [String])] = []
}

/// Writes results into the folder of a run.
struct ResultWriter {
  let pipeline: PipelineFile
  let directory: RunDirectory
  /// What GeoJSON files tell of the run.
  var metadata: JSONObject = [:]
  let threads: Int
  private(set) var written: [WrittenFile] = []

  init(_ pipeline: PipelineFile, directory: RunDirectory, threads: Int) {
    self.threads = threads
    self.pipeline = pipeline
    self.directory = directory
  }

  /// Runs a step that writes; its errors mean that nothing is published.
  private func writing<R>(_ body: () throws -> R) throws(RunFailure) -> R {
    do {
      return try body()
    } catch let failure as RunFailure {
      throw failure
    } catch let error as ReportError {
      throw RunFailure(outputError: error, pipeline)
    } catch let error as GeodataError {
      throw pipeline.failure(
        .output, DiagnosticCode(rawValue: error.code), at: "outputs", "\(error.path): \(error.message)",
        hint: error.hint.isEmpty ? nil : error.hint)
    } catch {
      throw pipeline.failure(.output, "E-OUT-000", at: "outputs", "\(error)")
    }
  }

  /// Writes a raster of numbers.
  mutating func raster(
    _ grid: Grid<Float>, _ path: String, unit: String, _ description: String, overviews: OverviewResampling
  ) throws(RunFailure) {
    try writing {
      try writeCloudOptimisedGeoTIFF(
        grid, to: directory.url(for: "rasters/\(path).tif").path,
        CloudOptimisedOptions(unit: unit, description: description, overviews: overviews, threads: threads))
    }
  }

  /// Writes a raster of codes.
  mutating func raster(_ grid: Grid<UInt8>, _ path: String, _ description: String) throws(RunFailure) {
    try writing {
      try writeCloudOptimisedGeoTIFF(
        grid, to: directory.url(for: "rasters/\(path).tif").path,
        CloudOptimisedOptions(unit: "1", description: description, threads: threads))
    }
  }

  /// Draws the hyetograph of a scenario whose rain is a design storm.
  mutating func hyetograph(of scenario: Scenario, _ loader: InputLoader) throws(RunFailure) {
    guard let input = pipeline.rain(scenario.rain), case .storm(let section) = input.source else { return }
    try writing {
      let storm = try loader.storm(of: scenario, section, minutes: input.duration.minutes)
      let factor = scenario.climateFactor ?? 1
      var plot = StormAnalysis.plot(storm, title: "\(pipeline.title ?? pipeline.name): rain of \(scenario.id)")
      plot.intensities = plot.intensities.map { $0 * factor }
      if factor != 1 { plot.subtitle += ", drawn with the climate factor \(factor)" }
      let file = try directory.url(for: "plots/\(scenario.id)_hyetograph.svg")
      try Data(plot.svg.utf8).write(to: file)
    }
  }

  /// The default style of a layer; assets are drawn as buildings or roads, whatever their ids.
  private func style(of layer: String) -> String? {
    let scenarios = pipeline.scenarios.map(\.id)
    if layer == "landslide", let slide = pipeline.hazards.slide {
      return LayerStyles.landslide(thresholds: slide.classes).qml(scenarios: scenarios)
    }
    if layer.hasSuffix("_tek17") { return LayerStyles.styleQML(for: Schemas.safety.name) }
    guard let asset = pipeline.exposure?.assets[layer] else {
      return LayerStyles.styleQML(for: layer, scenarios: scenarios)
    }
    let name = pipeline.building(asset.input) == nil ? Schemas.roads.name : Schemas.buildings.name
    return LayerStyles.styleQML(for: name, scenarios: scenarios)
  }

  /// Writes layers and tables in every format that was asked for.
  mutating func layersAndTables(_ results: RunResults) throws(RunFailure) {
    if let geojson = pipeline.outputs.geojson {
      for layer in results.layers where geojson.layers.contains(layer.name) {
        try writing {
          let transformation = try Transformation(from: layer.crs, to: try coordinateReferenceSystem("EPSG:4326"))
          let summary = try writeGeoJSON(
            layer, to: directory.url(for: "layers/\(layer.name).geojson"), metadata: metadata,
            precision: geojson.precision
          ) { try transformation.transform($0) }
          written.append(summary.file)
        }
      }
    }
    if let geopackage = pipeline.outputs.geopackage {
      try writing {
        var styles: [String: Geodata.LayerStyle] = [:]
        if geopackage.styles {
          for layer in results.layers {
            guard let style = style(of: layer.name) else { continue }
            styles[layer.name] = Geodata.LayerStyle(name: layer.name, qml: style)
          }
        }
        try writeGeoPackage(
          to: directory.url(for: "layers/overvann.gpkg").path, layers: results.layers,
          tables: results.tables.map(\.table).filter { table in !results.layers.contains { $0.name == table.name } },
          styles: styles)
      }
    }
    if pipeline.outputs.tables.csv {
      try writing {
        var resources: [DataPackage.Resource] = []
        for (table, key) in results.tables {
          let path = "tables/\(table.name).csv"
          let summary = try writeCSV(table, to: directory.url(for: path))
          written.append(summary.file)
          resources.append(DataPackage.Resource(table, path: path, file: summary.file, key: key))
        }
        let package = DataPackage(
          name: pipeline.name, title: pipeline.title ?? pipeline.name, resources: resources)
        try writeJSON(.object(package.json), to: directory.url(for: "datapackage.json"))
      }
    }
  }
}

extension RunFailure {
  /// The failure that an error of the output means.
  /// - Parameter output: Folder that the command line named instead of the pipeline file.
  init(outputError error: ReportError, _ pipeline: PipelineFile, output: String? = nil) {
    let position =
      output.map { SourcePosition(file: "--out \($0)") } ?? pipeline.position(of: "outputs.dir")
    self.init(
      error.code == .locked ? .locked : .output,
      [
        Diagnostic(
          DiagnosticCode(rawValue: error.code.rawValue), at: position, keyPath: output == nil ? "outputs.dir" : nil,
          "\(error.path): \(error.message)", hint: error.hint)
      ])
  }
}
