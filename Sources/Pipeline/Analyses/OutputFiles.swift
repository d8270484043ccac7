import Foundation
import Geodata
import Report

/// The files that an analysis is to write: checked before anything is computed.
public struct OutputFiles: Sendable {
  /// Whether files that exist may be replaced.
  public var replaces = false
  /// Whether rasters are compressed without loss (DEFLATE), which takes longer than the computation.
  public var compresses = false

  /// Nothing is replaced, nothing compressed.
  public init() {}

  /// Throws where a file is in the way, its folder is missing, or it is one of the inputs.
  func check(_ paths: [String?], inputs: [String]) throws(RunFailure) {
    var seen: [String] = []
    for path in paths.compactMap({ $0 }) {
      let file = URL(fileURLWithPath: path).resolvingSymlinksInPath()
      func refuse(_ message: String, hint: String) -> RunFailure {
        RunFailure(.output, [Diagnostic(.fileInTheWay, at: SourcePosition(file: path), message, hint: hint)])
      }
      if inputs.contains(where: { URL(fileURLWithPath: $0).resolvingSymlinksInPath() == file }) {
        throw refuse("this is an input", hint: "inputs are never written; name another file")
      }
      if seen.contains(file.path) { throw refuse("two results would go to this file", hint: "name two files") }
      seen.append(file.path)
      if !replaces, FileManager.default.fileExists(atPath: file.path) {
        throw refuse("the file exists", hint: "name another, or say --replace")
      }
      let folder = file.deletingLastPathComponent().path
      if !FileManager.default.fileExists(atPath: folder) {
        throw refuse("the folder \(folder) does not exist", hint: "create it first")
      }
    }
  }
}
