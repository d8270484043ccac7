import Foundation
import Pipeline
import Testing

@Suite struct LoadingTests {
  /// Writes a pipeline into a new folder, and removes it afterwards.
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("overvann-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.resolvingSymlinksInPath())
  }

  @Test func resolvesPathsFromTheFilesFolder() throws {
    try withFolder { folder in
      let pipelines = folder.appendingPathComponent("pipelines")
      try FileManager.default.createDirectory(at: pipelines, withIntermediateDirectories: true)
      let file = pipelines.appendingPathComponent("p.yaml")
      try Data(samplePipeline.utf8).write(to: file)
      let pipeline = try PipelineFile.load(path: file.path, environment: [:])
      #expect(pipeline.file == file.path)
      #expect(pipeline.folder == pipelines.path)
      #expect(pipeline.line("roads")?.path.absolute == folder.path + "/data/roads.gpkg")
      #expect(pipeline.elevation("dtm")?.path.absolute == folder.path + "/data/dtm.tif")
      #expect(pipeline.position(of: "name").description == "\(file.path):3:7")
      // By way of a link to the folder, the files are the same.
      let link = folder.appendingPathComponent("link")
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: pipelines)
      let linked = try PipelineFile.load(path: link.appendingPathComponent("p.yaml").path, environment: [:])
      #expect(linked == pipeline)
    }
  }

  @Test func takesVariablesFromTheEnvironment() throws {
    let pipeline = try parse(samplePipeline, environment: ["DATA_DIR": "/big disk/data", "OTHER": "x"])
    #expect(pipeline.elevation("dtm")?.path.absolute == "/big disk/data/dtm.tif")
    #expect(pipeline.elevation("dtm")?.path.text == "${DATA_DIR}/dtm.tif")
    #expect(try parse(samplePipeline, environment: ["OTHER": "x"]) == parse(samplePipeline))
    // Set to nothing is as good as not set.
    #expect(try parse(samplePipeline, environment: ["DATA_DIR": ""]) == parse(samplePipeline))
    let braces = #expect(throws: PipelineFileError.self) {
      try parse(samplePipeline, environment: ["DATA_DIR": "/data/{T}"])
    }
    #expect(braces?.diagnostics.first?.message == "the value of ${DATA_DIR} has braces: /data/{T}")
  }

  @Test(arguments: [
    ("dtm.tif", "/project/pipelines/dtm.tif"), ("./dtm.tif", "/project/pipelines/dtm.tif"),
    ("../dtm.tif", "/project/dtm.tif"), ("../../../../dtm.tif", "/dtm.tif"), ("/data/dtm.tif", "/data/dtm.tif"),
    ("a/../dtm.tif", "/project/pipelines/a/../dtm.tif"), ("a//b.tif", "/project/pipelines/a/b.tif"),
    ("/vsizip/data.zip/dtm.tif", "/vsizip/data.zip/dtm.tif"), ("Bærum høyde.tif", "/project/pipelines/Bærum høyde.tif"),
    ("{name}/dtm.tif", "/project/pipelines/{name}/dtm.tif"),
  ])
  func resolvesPaths(_ path: String, _ absolute: String) throws {
    let pipeline = try parse(minimalPipeline.replacing("path: dtm.tif", with: "path: \"\(path)\""))
    let dtm = try #require(pipeline.elevation("dtm"))
    #expect(dtm.path.absolute == absolute)
    #expect(pipeline.resolve(dtm.path) == absolute.replacing("{name}", with: "minimal"))
  }

  @Test func foldersHaveNoBraces() {
    let error = #expect(throws: PipelineFileError.self) {
      try PipelineFile.parse(Array(minimalPipeline.utf8), file: "p.yaml", folder: "/data/{x}")
    }
    #expect(error?.diagnostics.first?.code == .unresolvedSubstitution)
  }

  @Test func fillsInTheDateOfTheOutputFolder() throws {
    let pipeline = try parse(samplePipeline.replacing("../out/{name}", with: "../out/{name}/{date}"))
    #expect(pipeline.outputDirectory(date: "2026-01-31") == "/project/out/sandvika/2026-01-31")
  }

  @Test func unreadableFiles() throws {
    func message(_ path: String) -> String? {
      #expect(throws: PipelineFileError.self) { try PipelineFile.load(path: path) }?.description
    }
    #expect(message("/nowhere/p.yaml") == "/nowhere/p.yaml: error[E-CFG-001] there is no such file")
    #expect(message("/") == "/: error[E-CFG-001] the file cannot be read")
    // A file without end is not read to its end.
    #expect(message("/dev/zero")?.contains("E-CFG-001") == true)
  }
}
