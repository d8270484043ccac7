import ArgumentParser
import Foundation
import Geodata
import Grids
import Pipeline
import Report

/// `overvann inspect`: what is understood of files.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Tell what is understood of rasters and layers.",
    discussion: """
      EXAMPLES
        overvann inspect dtm.tif
        overvann inspect --json areas.gpkg rain.tif
      """)

  @Argument(help: "Rasters or vector files.", completion: .file())
  var files: [String]

  @Flag(help: "As JSON, one object a file.")
  var json = false

  @OptionGroup var log: LogOptions

  func run() throws {
    try log.run { _ in
      var failures: [Diagnostic] = []
      for file in files {
        do throws(GeodataError) {
          let description = try Self.description(of: file)
          Console.result(json ? JSONValue.object(description).description : Self.text(description))
        } catch {
          let hint = error.hint.isEmpty ? nil : error.hint
          failures.append(
            Diagnostic(DiagnosticCode(rawValue: error.code), at: SourcePosition(file: file), error.message, hint: hint))
        }
      }
      if !failures.isEmpty { throw RunFailure(.input, failures) }
      return .init(counts: [("files", files.count)])
    }
  }

  /// A raster's description, or, where it is none, that of its layers.
  private static func description(of file: String) throws(GeodataError) -> JSONObject {
    do throws(GeodataError) {
      return raster(try inspectRaster(file))
    } catch let rasterError {
      guard let layers = try? inspectLayers(file), !layers.isEmpty else { throw rasterError }
      return ["file": .string(file), "kind": "layers", "layers": .array(layers.map { .object(layer($0)) })]
    }
  }

  private static func raster(_ raster: RasterInformation) -> JSONObject {
    var description: JSONObject = [
      "file": .string(raster.path), "kind": "raster", "driver": .string(raster.driver),
      "columns": JSONValue(raster.columns), "rows": JSONValue(raster.rows),
    ]
    if let geometry = raster.geometry {
      description["cell"] = .string("\(geometry.cellWidth) × \(geometry.cellHeight)")
    }
    description["extent"] = JSONValue(raster.extent.map { "\($0)" })
    description["crs"] = JSONValue(raster.crs?.description)
    description["vertical"] = JSONValue(raster.verticalName)
    description["orientation"] = .string(
      raster.isRotated ? "rotated" : raster.isSouthUp ? "south up" : "north up")
    description["bands"] = JSONValue(raster.bandCount)
    description["type"] = .string(raster.pixelType)
    description["nodata"] = JSONValue(raster.nodata)
    description["scale"] = .number(raster.scale)
    description["offset"] = .number(raster.offset)
    description["unit"] = JSONValue(raster.unit)
    description["description"] = JSONValue(raster.bandDescription)
    if !raster.subdatasets.isEmpty { description["subdatasets"] = JSONValue(raster.subdatasets) }
    if !raster.sidecars.isEmpty { description["sidecars"] = JSONValue(raster.sidecars) }
    if !raster.warnings.isEmpty { description["warnings"] = JSONValue(raster.warnings) }
    return description
  }

  private static func layer(_ layer: LayerInformation) -> JSONObject {
    [
      "name": .string(layer.name), "driver": .string(layer.driver), "geometry": .string(layer.geometryType),
      "crs": JSONValue(layer.crs?.description), "features": JSONValue(layer.featureCount),
      "extent": JSONValue(layer.extent.map { "\($0)" }),
      "fields": JSONValue(layer.fields.map { "\($0.name): \($0.type)" }),
    ]
  }

  private static func text(_ description: JSONObject, indent: String = "") -> String {
    description.members.map { member in
      switch member.value {
      case .object(let inner): "\(indent)\(member.name):\n" + text(inner, indent: indent + "  ")
      case .array(let values):
        "\(indent)\(member.name):\n"
          + values.map { value in
            if case .object(let inner) = value { return text(inner, indent: indent + "  ") }
            if case .string(let text) = value { return "\(indent)  \(text)" }
            return "\(indent)  \(value)"
          }.joined(separator: "\n")
      case .string(let value): "\(indent)\(member.name): \(value)"
      default: "\(indent)\(member.name): \(member.value)"
      }
    }.joined(separator: "\n")
  }
}
