import Foundation
import Pipeline
import Testing

@Suite struct SchemaTests {
  /// Whether python3 with the packages jsonschema and yaml is there.
  static let hasValidator = run(["-c", "import jsonschema, yaml"], input: "")?.status == 0

  @Test func isDraft7AndStable() throws {
    let schema = PipelineFile.jsonSchema()
    #expect(schema == PipelineFile.jsonSchema())
    #expect(schema.hasPrefix("{\n  \"$schema\": \"http://json-schema.org/draft-07/schema#\","))
    let object = try #require(try JSONSerialization.jsonObject(with: Data(schema.utf8)) as? [String: Any])
    let properties = try #require(object["properties"] as? [String: Any])
    let sections: Set = [
      "version", "name", "title", "grid", "inputs", "tables", "scenarios", "hazards", "exposure", "policy", "alerts",
      "outputs",
      "env",
    ]
    #expect(Set(properties.keys) == sections)
    let policy = try #require((properties["policy"] as? [String: Any])?["properties"] as? [String: Any])
    let covered = try #require(policy["min_covered_frac"] as? [String: Any])
    #expect(covered["default"] as? Double == 0.98)
    #expect(covered["maximum"] as? Double == 1)
    #expect((covered["description"] as? String)?.isEmpty == false)
  }

  /// Every key carries a description, so that editors can show it.
  @Test func everyKeyIsDescribed() throws {
    let object = try JSONSerialization.jsonObject(with: Data(PipelineFile.jsonSchema().utf8))
    var keys = 0
    func visit(_ value: Any, _ path: String) {
      if let list = value as? [Any] {
        for (index, element) in list.enumerated() { visit(element, "\(path)[\(index)]") }
      }
      guard let object = value as? [String: Any] else { return }
      if !path.hasSuffix(".if"), let properties = object["properties"] as? [String: [String: Any]] {
        for (key, property) in properties where property["const"] == nil && key != "kind" {
          keys += 1
          #expect((property["description"] as? String)?.hasSuffix(".") == true, "\(path).\(key)")
        }
      }
      for (key, member) in object { visit(member, "\(path).\(key)") }
    }
    visit(object, "")
    #expect(keys > 80)
  }

  /// The schema accepts the samples and their resolved forms, and rejects every mutated file that it can tell is wrong.
  @Test(.enabled(if: hasValidator)) func agreesWithTheReader() throws {
    let accepted = [
      samplePipeline, minimalPipeline, try parse(samplePipeline).resolvedYAML(),
      try parse(minimalPipeline).resolvedYAML(),
    ]
    let seen = mutations.filter(\.isSeenBySchema)
    #expect(seen.count > 50)
    let documents = accepted + seen.map(\.text)
    let payload = try JSONSerialization.data(
      withJSONObject: ["schema": PipelineFile.jsonSchema(), "documents": documents])
    let script = """
      import json, sys, yaml, jsonschema
      given = json.load(sys.stdin)
      schema = json.loads(given["schema"])
      jsonschema.Draft7Validator.check_schema(schema)
      validator = jsonschema.Draft7Validator(schema)
      print(json.dumps([[e.message for e in validator.iter_errors(yaml.safe_load(d))][:1] for d in given["documents"]]))
      """
    let result = try #require(
      Self.run(["-c", script], input: String(decoding: payload, as: UTF8.self)))
    #expect(result.status == 0)
    let found = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String]])
    #expect(found.count == documents.count)
    for (index, messages) in found.enumerated() {
      if index < accepted.count {
        #expect(messages.isEmpty, "\(documents[index])")
      } else {
        #expect(!messages.isEmpty, "the schema accepts \(seen[index - accepted.count])")
      }
    }
  }

  /// Runs python3; nil where it cannot be started.
  private static func run(_ arguments: [String], input: String) -> (status: Int32, output: String)? {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("overvann-\(UUID().uuidString)")
    guard FileManager.default.createFile(atPath: file.path, contents: Data(input.utf8)) else { return nil }
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    let output = Pipe()
    process.standardInput = try? FileHandle(forReadingFrom: file)
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    do { try process.run() } catch { return nil }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }
}
