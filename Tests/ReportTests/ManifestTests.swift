import Foundation
import Report
import Testing

@Suite struct ManifestTests {
  @Test func membersAndOrder() throws {
    let folder = ScratchFolder()
    try Data("abc".utf8).write(to: folder.file("dtm.tif"))
    var input = try InputRecord(name: "dtm", file: folder.file("dtm.tif"))
    input.crs = "EPSG:25832"
    input.geotransform = [0, 1, 0, 10, 0, -1]
    #expect(input.bytes == 3 && input.sha256.hasPrefix("ba7816bf") && input.modified.hasSuffix("Z"))
    var manifest = Manifest(
      runID: "1", status: .partial, exitCode: 4, toolVersion: "0.1", operatingSystem: "Linux", configuration: [:])
    manifest.inputs = [input]
    manifest.libraries = [LibraryRecord(name: "GDAL", version: "3.6.2")]
    manifest.waterBalance = [WaterBalanceRecord(scenario: "t20", item: "rain", volume: 12)]
    manifest.warnings = [WarningRecord(code: "W-1", message: "m", count: 3)]
    manifest.rules = [RuleRecord(name: "r", source: "s", status: "unverified")]
    manifest.certificates = [CertificateRecord(name: "fill", isProved: true, detail: "0 cells differ")]
    manifest.timings = [TimingRecord(step: "fill", seconds: 0.5)]
    try writeJSON(.object(manifest.json), to: folder.file("manifest.json"))
    let json = try parsed(folder.file("manifest.json"))
    #expect(json["status"] as? String == "partial" && json["exit_code"] as? Int == 4)
    #expect((json["libraries"] as? [String: String]) == ["GDAL": "3.6.2"])
    let record = (json["inputs"] as! [[String: Any]])[0]
    let names = [
      "crs", "driver", "geotransform", "layer", "max", "min", "mtime", "name", "nodata", "path", "sha256", "size",
      "unit",
    ]
    #expect(record.keys.sorted() == names)
    #expect(record["nodata"] is NSNull && record["geotransform"] as? [Double] == [0, 1, 0, 10, 0, -1])
    #expect(((json["water_balance"] as! [[String: Any]])[0]["m3"] as? Double) == 12)
    #expect(manifest.json.members.first?.name == "manifest_version")
  }

  @Test func identityDependsOnContentAlone() throws {
    let folder = ScratchFolder()
    for (name, content) in [("a", "1"), ("b", "2"), ("c", "1")] { try Data(content.utf8).write(to: folder.file(name)) }
    let a = try InputRecord(name: "dtm", file: folder.file("a"))
    let b = try InputRecord(name: "rain", file: folder.file("b"))
    let moved = try InputRecord(name: "dtm", file: folder.file("c"))
    let configuration: JSONValue = ["x": 1]
    let identity = Manifest.runIdentity(toolVersion: "1", configuration: configuration, inputs: [a, b])
    #expect(identity.count == 16)
    #expect(Manifest.runIdentity(toolVersion: "1", configuration: configuration, inputs: [b, moved]) == identity)
    #expect(Manifest.runIdentity(toolVersion: "2", configuration: configuration, inputs: [a, b]) != identity)
    #expect(Manifest.runIdentity(toolVersion: "1", configuration: ["x": 2], inputs: [a, b]) != identity)
    var changed = b
    changed.sha256 = a.sha256
    #expect(Manifest.runIdentity(toolVersion: "1", configuration: configuration, inputs: [a, changed]) != identity)
  }

  @Test func summary() {
    let summary = RunSummary(
      runID: "1", status: .ok, exitCode: 0, counts: ["areas": 3],
      scenarios: [.init(id: "t20", figures: ["flood_area_m2": 12.5])], warnings: [], waterBalance: [])
    #expect(
      JSONValue.object(summary.json).description
        == #"{"run_id":"1","status":"ok","exit_code":0,"counts":{"areas":3},"scenarios":[{"id":"t20","figures":"#
        + #"{"flood_area_m2":12.5}}],"alerts":[],"changes":null,"warnings":[],"water_balance":[]}"#)
  }
}
