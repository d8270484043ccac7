import Foundation
import Geodata
import Grids
import Report

extension InputLoader {
  /// Features of a vector input in the reference system of the grid, with the values of named fields.
  func features(
    _ id: String, path: PathText, layer: String?, crs: String?, shapeType: ShapeType, idField: String,
    fields: [String]
  ) throws(RunFailure) -> LoadedFeatures {
    let keyPath = "inputs.\(id)"
    return try pipeline.reading(keyPath) {
      let file = pipeline.resolve(path)
      let policy = Geodata.InvalidGeometryPolicy(rawValue: pipeline.policy.invalidGeometry.rawValue) ?? .repair
      let (layer, report) = try readLayer(
        file, reprojectedTo: geometry.crs,
        VectorReading(
          shapeType: shapeType, layer: layer, crs: try crs.map { try coordinateReferenceSystem($0) }, invalid: policy))
      var input = try recorder.inputRecord(id, file)
      input.layer = report.layer
      input.crs = report.crs?.description
      recorder.record(input)
      for warning in report.warnings { recorder.note(.unusualLayer, at: keyPath, warning) }
      let troubled = report.repaired.count + report.invalid.count + report.empty.count + report.notFinite.count
      if troubled > 0 {
        recorder.note(
          .repairedShapes, at: keyPath,
          "of \(report.features) shapes \(report.repaired.count) were repaired, \(report.invalid.count) left out as "
            + "invalid, \(report.empty.count) are empty, \(report.notFinite.count) have coordinates that are no numbers",
          count: troubled)
      }
      func column(_ name: String) throws -> Int {
        if let index = layer.fields.firstIndex(where: { $0.name == name }) { return index }
        let names = layer.fields.map(\.name)
        throw pipeline.failure(
          .input, .missingField, at: keyPath, "\(file) has no field \"\(name)\"",
          hint: Suggestion.hint(for: name, among: names) ?? "it has \(Suggestion.list(names))")
      }
      guard !layer.features.isEmpty else {
        throw pipeline.emptyLayer(file, keyPath)
      }
      let idColumn = try column(idField)
      let columns = try fields.map { try column($0) }
      let ids = try pipeline.identifiers(layer.features.map { $0.values[idColumn] }, field: idField, file, keyPath)
      return LoadedFeatures(
        ids: ids, shapes: layer.features.map(\.shape), fields: columns.map { layer.fields[$0] },
        values: layer.features.map { feature in columns.map { feature.values[$0] } })
    }
  }
}

extension FieldValue {
  /// The value as an identifier: text, or a whole number; nil for anything else and for empty text.
  var identifier: String? {
    switch self {
    case .text(let text): text.isEmpty ? nil : text
    case .integer(let number): String(number)
    case .real(let number) where number == number.rounded() && abs(number) < 0x1p53: String(Int64(number))
    default: nil
    }
  }
}

/// Features of an input with their identifiers and the values that were asked for.
struct LoadedFeatures {
  let ids: [String]
  let shapes: [Shape?]
  let fields: [Field]
  let values: [[FieldValue]]

  var count: Int { ids.count }

  /// Surfaces of a feature; none where its shape is missing.
  func polygons(_ index: Int) -> [Polygon] {
    if case .polygons(let polygons) = shapes[index] { polygons } else { [] }
  }

  /// Lines of a feature; none where its shape is missing.
  func lines(_ index: Int) -> [[Coordinate]] {
    if case .lines(let lines) = shapes[index] { lines } else { [] }
  }
}

extension LoadedFeatures: Archivable {
  init(from archive: inout ArchiveReader) throws(ArchiveError) {
    ids = try archive.read()
    shapes = try archive.read()
    fields = try archive.read()
    values = try archive.read()
    guard ids.count == shapes.count, ids.count == values.count else { throw ArchiveError("\(ids.count) features") }
  }

  func write(to archive: inout ArchiveWriter) { archive.write(ids, shapes, fields, values) }
}
