public import Foundation

/// Root of the package, found from this file's place in it.
public let packageRoot: URL = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// A file or folder of the real data that tests may use; nil where it is not there.
///
/// It is looked for in the folder that the environment variable `OVERVANN_SHARED_DATA` names, else in
/// `../shared/data` beside the package.
public func sharedData(_ relative: String) -> URL? {
  let folder =
    ProcessInfo.processInfo.environment["OVERVANN_SHARED_DATA"].map { URL(fileURLWithPath: $0) }
    ?? packageRoot.deletingLastPathComponent().appendingPathComponent("shared/data")
  let url = folder.appendingPathComponent(relative)
  return FileManager.default.fileExists(atPath: url.path) ? url : nil
}

/// Whether tests on a piece of real data are to run: where it is there, and always in continuous integration, so that
/// its absence fails there.
public func runsWithSharedData(_ relative: String) -> Bool {
  sharedData(relative) != nil || ProcessInfo.processInfo.environment["CI"] == "true"
}

/// A folder that is removed with the last reference to it.
public final class TemporaryFolder: Sendable {
  /// Place of the folder.
  public let url: URL

  /// Makes a new empty folder.
  public init() {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("overvann-test-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      preconditionFailure("no temporary folder: \(error)")
    }
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Path of a file in the folder.
  public func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Writes a text into a file of the folder and returns its path.
  public func write(_ text: String, to name: String) -> String {
    write(Data(text.utf8), to: name)
  }

  /// Writes bytes into a file of the folder and returns its path.
  public func write(_ data: Data, to name: String) -> String {
    let path = path(name)
    guard FileManager.default.createFile(atPath: path, contents: data) else {
      preconditionFailure("cannot write \(path)")
    }
    return path
  }

  /// Names of everything in the folder, sorted.
  public var contents: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted()
  }
}

/// What a program printed and how it ended.
public struct ProgramResult: Sendable {
  /// Exit code.
  public let status: Int32
  /// Standard output.
  public let output: String
  /// Standard error.
  public let errors: String
}

/// Runs a program that is found on the search path; nil where it is not installed.
public func runProgram(_ name: String, _ arguments: [String]) -> ProgramResult? {
  let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
  guard let found = folders.map({ "\($0)/\(name)" }).first(where: FileManager.default.isExecutableFile) else {
    return nil
  }
  let process = Process()
  process.executableURL = URL(fileURLWithPath: found)
  process.arguments = arguments
  let scratch = TemporaryFolder()
  let (output, errors) = (scratch.write("", to: "out"), scratch.write("", to: "err"))
  process.standardOutput = FileHandle(forWritingAtPath: output)
  process.standardError = FileHandle(forWritingAtPath: errors)
  do { try process.run() } catch { return nil }
  process.waitUntilExit()
  func text(_ path: String) -> String {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
  return ProgramResult(status: process.terminationStatus, output: text(output), errors: text(errors))
}
