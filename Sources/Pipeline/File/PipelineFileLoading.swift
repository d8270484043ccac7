import Foundation

/// Everything that is wrong with a pipeline file.
public struct PipelineFileError: Error, Sendable, CustomStringConvertible {
  /// All findings in the order of the file; at least one is an error.
  public let diagnostics: [Diagnostic]

  /// Makes an error of findings.
  public init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }

  /// One line a finding.
  public var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}

extension PipelineFile {
  /// Reads and checks a pipeline file.
  ///
  /// Neither the inputs nor the tables are opened.
  /// - Parameters:
  ///   - path: the file; relative paths in it start at its folder.
  ///   - overrides: changes of the form `section.key=value`, applied in order; a value of `null` removes the key.
  ///   - environment: where the variables declared under `env` are taken from; that of the process unless given.
  /// - Throws: `PipelineFileError` with every finding, where one is an error.
  public static func load(
    path: String, overrides: [String] = [], environment: [String: String]? = nil
  ) throws(PipelineFileError) -> PipelineFile {
    let url = URL(fileURLWithPath: path)
    let bytes: [UInt8]
    do {
      let handle = try FileHandle(forReadingFrom: url)
      defer { try? handle.close() }
      bytes = Array(try handle.read(upToCount: YAMLText.maximumSize + 4) ?? Data())
    } catch {
      let exists = FileManager.default.fileExists(atPath: path)
      let message = exists ? "the file cannot be read" : "there is no such file"
      throw PipelineFileError([Diagnostic(.unreadableFile, at: SourcePosition(file: path), message)])
    }
    let folder = url.deletingLastPathComponent().resolvingSymlinksInPath().path
    return try parse(
      bytes, file: path, folder: folder, overrides: overrides,
      environment: environment ?? ProcessInfo.processInfo.environment)
  }

  /// Reads and checks the bytes of a pipeline file.
  ///
  /// - Parameters:
  ///   - bytes: the contents of the file.
  ///   - file: its name in messages.
  ///   - folder: the absolute folder that relative paths start at.
  ///   - overrides: changes of the form `section.key=value`, applied in order; a value of `null` removes the key.
  ///   - environment: the environment that the variables declared under `env` are taken from.
  /// - Throws: `PipelineFileError` with every finding, where one is an error.
  public static func parse(
    _ bytes: [UInt8], file: String, folder: String, overrides: [String] = [], environment: [String: String] = [:]
  ) throws(PipelineFileError) -> PipelineFile {
    var diagnostics: [Diagnostic] = []
    let context = ReadingContext(folder: folder)
    if folder.contains(where: { "{}".contains($0) }) {
      let message = "the folder \(folder) has braces, which mark substitutions in paths"
      diagnostics.append(Diagnostic(.unresolvedSubstitution, at: SourcePosition(file: file), message))
    }
    var pipeline = PipelineFile()
    if var root = SourceNode.read(bytes, file: file, diagnostics: &diagnostics) {
      for override in overrides { root.apply(override: override, diagnostics: &diagnostics) }
      for entry in root["env"]?.entries ?? [] {
        // A variable that is set to nothing would turn ${DATA}/dtm.tif into a file of the root folder.
        let value = environment[entry.key].flatMap { $0.isEmpty ? nil : $0 }
        context.variables[entry.key] = value ?? entry.value["default"]?.text
      }
      if let read = specification.read(root, "", context) {
        pipeline = read
        pipeline.origin.positions = root.positions()
        PipelineCheck(root: root, context: context).run(&pipeline)
      }
    }
    pipeline.origin.file = file
    pipeline.origin.folder = folder
    // A value reached through several aliases is read as often; its findings are told once.
    var seen: Set<Diagnostic> = []
    diagnostics = (diagnostics + context.diagnostics).filter { seen.insert($0).inserted }.sortedByPosition()
    if diagnostics.contains(where: { $0.severity == .error }) { throw PipelineFileError(diagnostics) }
    pipeline.origin.diagnostics = diagnostics
    return pipeline
  }
}

extension SourceNode {
  /// The positions of all values by key path.
  func positions() -> [String: SourcePosition] {
    var result: [String: SourcePosition] = [:]
    collect("", into: &result)
    return result
  }

  private func collect(_ keyPath: String, into result: inout [String: SourcePosition]) {
    if !keyPath.isEmpty { result[keyPath] = position }
    switch content {
    case .text: break
    case .list(let elements):
      for (index, element) in elements.enumerated() { element.collect("\(keyPath)[\(index)]", into: &result) }
    case .map(let entries):
      for entry in entries { entry.value.collect(ReadingContext.join(keyPath, entry.key), into: &result) }
    }
  }
}
