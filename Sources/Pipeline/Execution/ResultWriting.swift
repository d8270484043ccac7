import Foundation
import Geodata
import Grids
import Report

/// What has been computed and is to be written.
struct RunResults {
  var layers: [FeatureLayer] = []
  /// Tables with the names of the fields that tell their rows apart.
  var tables: [(table: FeatureTable, key: [String])] = []

  /// Layers of surfaces made from cells, whose corners may be cut.
  static let smoothable: Set = [
    Schemas.bluespots.name, Schemas.bluespotWater.name, Schemas.bluespotWatersheds.name, Schemas.landslide.name,
  ]
}

/// Writes results into the folder of a run.
struct ResultWriter {
  let pipeline: PipelineFile
  let directory: RunDirectory
  /// What GeoJSON files tell of the run.
  var metadata: JSONObject = [:]
  let threads: Int
  var written: [WrittenFile] = []

  init(_ pipeline: PipelineFile, directory: RunDirectory, threads: Int) {
    self.threads = threads
    self.pipeline = pipeline
    self.directory = directory
  }

  /// Runs a step that writes; its errors mean that nothing is published.
  func writing<R>(_ body: () throws -> R) throws(RunFailure) -> R {
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
      throw pipeline.failure(.output, .resultNotWritten, at: "outputs", "\(error)")
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

  /// Draws the hyetograph of a scenario; where rain differs from cell to cell, that of its mean.
  func hyetograph(_ course: RainCourse, of scenario: Scenario) throws(RunFailure) {
    try writing {
      func short(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
      var parts = [
        "\(short(course.minutes.reduce(0, +))) min", "\(short(course.depths.reduce(0, +))) mm",
      ]
      if let period = scenario.returnPeriod { parts.insert("T = \(period)", at: 0) }
      if course.isMean { parts.append("mean over the grid") }
      if course.climateFactor != 1 { parts.append("with the climate factor \(short(course.climateFactor))") }
      let plot = HyetographPlot(
        title: "\(pipeline.title ?? pipeline.name): rain of \(scenario.id)", subtitle: parts.joined(separator: ", "),
        minutes: course.minutes, depths: course.depths)
      try Data(plot.svg.utf8).write(to: directory.url(for: "plots/\(scenario.id)_hyetograph.svg"))
    }
  }

  /// The default style of a layer; assets are drawn as buildings or roads, whatever their ids.
  private func style(of layer: String) -> String? {
    let scenarios = pipeline.scenarios.map(\.id)
    if layer == "landslide", let slide = pipeline.hazards.slide {
      return LayerStyles.landslide(thresholds: slide.classes).qml(scenarios: scenarios)
    }
    let suffix = "_tek17"
    let isSafety = layer.hasSuffix(suffix)
    guard let asset = pipeline.exposure?.assets[isSafety ? String(layer.dropLast(suffix.count)) : layer] else {
      return LayerStyles.styleQML(for: layer, scenarios: scenarios)
    }
    guard let building = pipeline.building(asset.input) else {
      return LayerStyles.styleQML(for: Schemas.roads.name, scenarios: scenarios)
    }
    let style = LayerStyles.styles(for: isSafety ? Schemas.safety.name : Schemas.buildings.name).first
    return (building.shape == .points ? style?.asPoints() : style)?.qml(scenarios: isSafety ? [] : scenarios)
  }

  /// Writes layers and tables in every format that was asked for, several files at a time.
  mutating func layersAndTables(_ results: RunResults) throws(RunFailure) {
    let tasks = try writing {
      try geoPackageTasks(results) + geoJSONTasks(results) + sequenceTasks(results) + flatGeobufTasks(results)
        + workbookTasks(results) + tableTasks(results)
    }
    let threads = self.threads
    let files = try writing {
      try inParallel(tasks.count, threads: threads, "layers and tables", AnalysisProgress(pipeline.name)) { number in
        try tasks[number]()
      }
    }
    written += files.compactMap { $0?.file }
    guard pipeline.outputs.tables.csv else { return }
    let package = DataPackage(
      name: pipeline.name, title: pipeline.title ?? pipeline.name, resources: files.compactMap { $0?.resource })
    _ = try writing { try writeJSON(.object(package.json), to: directory.url(for: "datapackage.json")) }
  }

  /// What writes one file, and tells of it where others speak of it.
  typealias WritingTask = @Sendable () throws -> (file: WrittenFile, resource: DataPackage.Resource?)?

  private func geoJSONTasks(_ results: RunResults) throws -> [WritingTask] {
    guard let geojson = pipeline.outputs.geojson else { return [] }
    return try results.layers.filter { geojson.layers.contains($0.name) }.map { layer in
      let file = try directory.url(for: "layers/\(layer.name).geojson")
      var metadata = metadata
      if pipeline.outputs.smooth, RunResults.smoothable.contains(layer.name) { metadata["smoothed"] = true }
      return { [metadata] in
        let transformation = try Transformation(from: layer.crs, to: try coordinateReferenceSystem("EPSG:4326"))
        let summary = try writeGeoJSON(
          layer, to: file, metadata: metadata, precision: geojson.precision
        ) { try transformation.transform($0) }
        return (summary.file, nil)
      }
    }
  }

  private func geoPackageTasks(_ results: RunResults) throws -> [WritingTask] {
    guard let geopackage = pipeline.outputs.geopackage else { return [] }
    var styles: [String: Geodata.LayerStyle] = [:]
    if geopackage.styles {
      for layer in results.layers {
        guard let style = style(of: layer.name) else { continue }
        styles[layer.name] = Geodata.LayerStyle(name: layer.name, qml: style)
      }
    }
    let (layers, chosen) = (results.layers, styles)
    let tables = results.tables.map(\.table).filter { table in !layers.contains { $0.name == table.name } }
    let file = try directory.url(for: "layers/overvann.gpkg")
    var about = metadata
    about["title"] = .string(pipeline.title ?? pipeline.name)
    let note = JSONValue.object(about).description
    return [
      {
        try writeGeoPackage(to: file.path, layers: layers, tables: tables, styles: chosen, metadata: note)
        return nil
      }
    ]
  }

  private func tableTasks(_ results: RunResults) throws -> [WritingTask] {
    guard pipeline.outputs.tables.csv else { return [] }
    return try results.tables.map { table, key in
      let path = "tables/\(table.name).csv"
      let url = try directory.url(for: path)
      let dialect = pipeline.outputs.tables.excel ? CSVDialect.excel : .standard
      return {
        let summary = try writeCSV(table, to: url, dialect: dialect)
        return (
          summary.file, DataPackage.Resource(table, path: path, file: summary.file, dialect: dialect, key: key)
        )
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
