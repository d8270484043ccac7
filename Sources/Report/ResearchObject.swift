/// The description of a run as a research object, for `ro-crate-metadata.json`.
///
/// RO-Crate 1.1 with the profile Process Run Crate 0.5. The run is a `CreateAction` of the program on its inputs, with the results as its result.
public struct ResearchObject: Sendable {
  /// Everything that the manifest tells.
  public var manifest: Manifest
  /// Name of the run for people.
  public var title: String
  /// What was computed, in one sentence.
  public var summary: String
  /// When the run ended, ISO 8601.
  public var endTime: String

  /// The licence of the results.
  public var license = "The licences of the inputs apply; the run states none of its own."
  /// Who makes the results available, with a page where there is one; nil where that is not known.
  public var publisher: (name: String, url: String?)?

  /// Describes a run.
  public init(manifest: Manifest, title: String, summary: String, endTime: String) {
    self.manifest = manifest
    self.title = title
    self.summary = summary
    self.endTime = endTime
  }

  private static let crate = "https://w3id.org/ro/crate/1.1"
  private static let profile = "https://w3id.org/ro/wfrun/process/0.5"
  private static let software = "#overvann"
  private static let action = "#run"
  private static let publisherID = "#publisher"

  private static func reference(_ id: String) -> JSONValue { ["@id": .string(id)] }

  /// The crate as JSON-LD.
  public var json: JSONObject {
    let outputs = manifest.outputs + [WrittenFile(path: RunDirectory.manifestName, bytes: 0, sha256: "")]
    let inputs = manifest.inputs.enumerated().map { ("#input-\($0 + 1)", $1) }
    var root: JSONObject = [
      "@id": "./", "@type": "Dataset", "name": .string(title), "description": .string(summary),
      "datePublished": .string(endTime), "identifier": .string(manifest.runID), "license": .string(license),
      "conformsTo": Self.reference(Self.profile),
      "hasPart": .array(outputs.map { Self.reference($0.path) } + inputs.map { Self.reference($0.0) }),
      "mentions": Self.reference(Self.action),
    ]
    if publisher != nil { root["publisher"] = Self.reference(Self.publisherID) }
    var entities: [JSONValue] = [
      [
        "@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": Self.reference("./"),
        "conformsTo": Self.reference(Self.crate),
      ],
      .object(root),
      [
        "@id": .string(Self.profile), "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5",
      ],
      [
        "@id": .string(Self.software), "@type": "SoftwareApplication", "name": "overvann",
        "version": .string(manifest.toolVersion), "softwareVersion": .string(manifest.toolVersion),
        "description": "Screening of stormwater and landslides, and of what is exposed to them",
        "softwareRequirements": .array(manifest.libraries.map { .string("\($0.name) \($0.version)") }),
        "operatingSystem": .string(manifest.operatingSystem),
      ],
      [
        "@id": .string(Self.action), "@type": "CreateAction", "name": .string("Run \(manifest.runID)"),
        "description": .string(manifest.arguments.joined(separator: " ")),
        "instrument": Self.reference(Self.software), "endTime": .string(endTime),
        "actionStatus": .string("http://schema.org/\(manifest.exitCode == 0 ? "Completed" : "Failed")ActionStatus"),
        "object": .array(inputs.map { Self.reference($0.0) }),
        "result": .array(outputs.map { Self.reference($0.path) }),
      ],
    ]
    if let publisher {
      var entity: JSONObject = [
        "@id": .string(Self.publisherID), "@type": "Organization", "name": .string(publisher.name),
      ]
      entity["url"] = publisher.url.map { .string($0) }
      entities.append(.object(entity))
    }
    for (id, input) in inputs {
      let file = input.path.split(separator: "/").last.map(String.init) ?? input.path
      entities.append([
        // Inputs lie outside the crate: their names and hashes tell which they were.
        "@id": .string(id), "@type": "CreativeWork", "name": .string(input.name), "alternateName": .string(file),
        "contentSize": .string("\(input.bytes)"), "sha256": .string(input.sha256),
        "dateModified": .string(input.modified),
      ])
    }
    for output in outputs {
      var entity: JSONObject = [
        "@id": .string(output.path), "@type": "File", "name": .string(output.path),
        "encodingFormat": .string(Self.mediaType(output.path)),
      ]
      // The manifest is written last and lists this file.
      if !output.sha256.isEmpty {
        entity["contentSize"] = .string("\(output.bytes)")
        entity["sha256"] = .string(output.sha256)
      }
      entities.append(.object(entity))
    }
    return [
      "@context": [
        "https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/terms/workflow-run/context",
      ], "@graph": .array(entities),
    ]
  }

  /// Media type by the ending of a name.
  static func mediaType(_ path: String) -> String {
    switch path.split(separator: ".").last {
    case "geojson": "application/geo+json"
    case "geojsons": "application/geo+json-seq"
    case "gpkg": "application/geopackage+sqlite3"
    case "fgb": "application/vnd.flatgeobuf"
    case "csv": "text/csv"
    case "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    case "tif": "image/tiff; application=geotiff; profile=cloud-optimized"
    case "svg": "image/svg+xml"
    case "html": "text/html"
    case "json": "application/json"
    default: "application/octet-stream"
    }
  }
}
