import Foundation
import Geodata
import Grids
import Report

extension ResultWriter {
  /// Describes the run for catalogues, and lists the descriptions among its outputs.
  mutating func describe(
    _ results: RunResults, _ manifest: inout Manifest, _ geometry: GridGeometry
  ) throws(RunFailure) {
    let pipeline = pipeline
    // The research object lists the other descriptions too.
    for format in pipeline.outputs.metadata.sorted(by: { $1 == .roCrate && $0 != .roCrate }) {
      let name: String
      let json: JSONObject
      switch format {
      case .roCrate:
        name = "ro-crate-metadata.json"
        var crate = ResearchObject(
          manifest: manifest, title: pipeline.title ?? pipeline.name,
          summary: "Screening of stormwater and landslides: \(pipeline.scenarios.count) scenarios on "
            + "\(geometry.columns) × \(geometry.rows) cells",
          endTime: Self.endTime)
        if let publication = pipeline.outputs.publication {
          crate.license = publication.licenseURL ?? publication.license
          crate.publisher = (publication.publisher.name, publication.publisher.url)
        }
        json = crate.json
      case .riskDataLibrary:
        guard let publication = pipeline.outputs.publication else { preconditionFailure("checked to be there") }
        name = "rdls.json"
        let bounds = try writing { try Self.bounds(geometry) }
        json =
          RiskDataset(
            pipeline: pipeline, publication: publication, results: results, manifest: manifest, geometry: geometry,
            bounds: bounds
          ).json
      }
      let file = try writing { try writeJSON(.object(json), to: directory.url(for: name)) }
      manifest.outputs.append(WrittenFile(path: name, bytes: file.bytes, sha256: file.sha256))
    }
    manifest.outputs.sort { $0.path < $1.path }
  }

  /// West, south, east and north of a grid in degrees, of points along its edges.
  private static func bounds(_ geometry: GridGeometry) throws -> [Double] {
    let degrees = try Transformation(from: geometry.crs, to: try coordinateReferenceSystem("EPSG:4326"))
    let (extent, steps) = (geometry.extent, 20)
    let edge = (0...steps).flatMap { step -> [Coordinate] in
      let share = Double(step) / Double(steps)
      let x = extent.west + share * (extent.east - extent.west)
      let y = extent.south + share * (extent.north - extent.south)
      return [
        Coordinate(x: x, y: extent.south), Coordinate(x: x, y: extent.north), Coordinate(x: extent.west, y: y),
        Coordinate(x: extent.east, y: y),
      ]
    }
    let points = try degrees.transform(edge)
    let (xs, ys) = (points.map(\.x), points.map(\.y))
    // Seven decimals are a centimetre; outwards, so that the grid lies within.
    func outwards(_ value: Double?, _ rule: FloatingPointRoundingRule) -> Double {
      ((value ?? 0) * 1e7).rounded(rule) / 1e7
    }
    return [
      outwards(xs.min(), .down), outwards(ys.min(), .down), outwards(xs.max(), .up), outwards(ys.max(), .up),
    ]
  }

  /// The moment that descriptions carry: `SOURCE_DATE_EPOCH` where it is set, so that bytes can be repeated, else now.
  private static var endTime: String {
    let seconds = ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"].flatMap(TimeInterval.init)
    return (seconds.map { Date(timeIntervalSince1970: $0) } ?? .now).ISO8601Format()
  }
}
