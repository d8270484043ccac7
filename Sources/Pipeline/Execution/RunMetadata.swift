import Foundation
import Grids
import Report

extension ResultWriter {
  /// Describes the run for catalogues, and lists the descriptions among its outputs.
  mutating func describe(
    _ results: RunResults, _ manifest: inout Manifest, _ geometry: GridGeometry
  ) throws(RunFailure) {
    let pipeline = pipeline
    var more: [WrittenFile] = []
    for format in pipeline.outputs.metadata {
      let name: String
      let json: JSONObject
      switch format {
      case .roCrate:
        name = "ro-crate-metadata.json"
        json =
          ResearchObject(
            manifest: manifest, title: pipeline.title ?? pipeline.name,
            summary: "Screening of stormwater and landslides: \(pipeline.scenarios.count) scenarios on "
              + "\(geometry.columns) × \(geometry.rows) cells",
            endTime: Self.endTime
          ).json
      }
      let file = try writing { try writeJSON(.object(json), to: directory.url(for: name)) }
      more.append(WrittenFile(path: name, bytes: file.bytes, sha256: file.sha256))
    }
    manifest.outputs = (manifest.outputs + more).sorted { $0.path < $1.path }
  }

  /// The moment that descriptions carry: `SOURCE_DATE_EPOCH` where it is set, so that bytes can be repeated, else now.
  private static var endTime: String {
    let seconds = ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"].flatMap(TimeInterval.init)
    return (seconds.map { Date(timeIntervalSince1970: $0) } ?? .now).ISO8601Format()
  }
}
