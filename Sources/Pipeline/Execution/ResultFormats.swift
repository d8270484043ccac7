import Foundation
import Geodata
import Grids
import Report

/// Formats beside GeoJSON, GeoPackage and CSV; fields and values are the same in all of them.
extension ResultWriter {
  /// GeoJSON text sequences, for tools that work feature by feature.
  func sequenceTasks(_ results: RunResults) throws -> [WritingTask] {
    guard let section = pipeline.outputs.geojsonSequences else { return [] }
    let precision = pipeline.outputs.geojson?.precision ?? 7
    return try results.layers.filter { section.layers.contains($0.name) }.map { layer in
      let file = try directory.url(for: "layers/\(layer.name).geojsons")
      return {
        let transformation = try Transformation(from: layer.crs, to: try coordinateReferenceSystem("EPSG:4326"))
        let summary = try writeGeoJSONSequence(layer, to: file, precision: precision) {
          try transformation.transform($0)
        }
        return (summary.file, nil)
      }
    }
  }

  /// FlatGeobuf, in the reference system of the grid.
  func flatGeobufTasks(_ results: RunResults) throws -> [WritingTask] {
    guard let section = pipeline.outputs.flatGeobuf else { return [] }
    return try results.layers.filter { section.layers.contains($0.name) }.map { layer in
      let file = try directory.url(for: "layers/\(layer.name).fgb")
      return {
        // Its index has no place for features without a shape.
        let hasIndex = layer.features.allSatisfy { $0.shape != nil }
        try writeLayer(layer, to: file.path, driver: "FlatGeobuf", hasIndex: hasIndex)
        if !hasIndex {
          let found = try readLayer(
            file.path, reprojectedTo: nil, VectorReading(shapeType: layer.shapeType)
          ).layer.features.count
          guard found == layer.features.count else {
            throw GeodataError(
              .notWritten, operation: "write layer", path: file.path,
              message: "\(found) of \(layer.features.count) features were written", hint: "check the free space")
          }
        }
        return nil
      }
    }
  }

  /// The tables as one workbook.
  func workbookTasks(_ results: RunResults) throws -> [WritingTask] {
    guard pipeline.outputs.tables.xlsx else { return [] }
    let tables = results.tables.map(\.table)
    let file = try directory.url(for: "tables/overvann.xlsx")
    return [
      {
        try writeWorkbook(tables, to: file.path)
        return nil
      }
    ]
  }

  /// The report for people.
  mutating func report(_ results: RunResults, _ summary: RunSummary, _ model: TerrainModel, _ recorder: RunRecorder)
    throws(RunFailure)
  {
    guard let section = pipeline.outputs.report, section.html else { return }
    let pipeline = pipeline
    written.append(
      try writing {
        let report = try RunReport(pipeline, section, results, summary, model, recorder)
        return try writeText(report.html, to: directory.url(for: "report.html"))
      })
  }

  /// Publishes to the database, all in one transaction.
  ///
  /// It cannot be taken back: everything else is written and checked before, and nothing but the rename that puts the
  /// results in place comes after it.
  func publishToDatabase(_ results: RunResults, runID: String) throws(RunFailure) {
    guard let section = pipeline.outputs.postgis else { return }
    let layers = results.layers
    let tables = results.tables.map(\.table).filter { table in !layers.contains { $0.name == table.name } }
    do throws(GeodataError) {
      try writePostGIS(
        connection: section.connection,
        schema: section.mode == .version ? "\(section.schema)_\(runID)" : section.schema, run: runID, layers: layers,
        tables: tables)
    } catch {
      throw pipeline.failure(
        .output, DiagnosticCode(rawValue: error.code), at: "outputs.postgis", "\(error)",
        hint: error.hint.isEmpty ? nil : error.hint)
    }
  }
}
