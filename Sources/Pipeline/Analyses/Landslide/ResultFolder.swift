import Foundation
import Geodata
import Grids
import Report

/// The folder that an analysis of several rasters writes.
struct ResultFolder {
  let path: String
  let files: OutputFiles
  let threads: Int

  private func file(_ name: String) -> String {
    URL(fileURLWithPath: path).appendingPathComponent(name).path
  }

  /// Throws where one of the files is in the way; the folder itself may be missing, but not the one it is in.
  func check(_ names: [String], inputs: [String]) throws(RunFailure) {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
      guard isFolder.boolValue else {
        throw RunFailure(
          .output,
          [
            Diagnostic(
              .fileInTheWay, at: SourcePosition(file: path), "this is a file, not a folder", hint: "name a folder")
          ])
      }
      try files.check((names + ["report.json"]).map { file($0) }, inputs: inputs)
    } else {
      try files.check([path], inputs: inputs)
    }
  }

  func writing(_ name: String, _ body: (String) throws -> Void) throws(RunFailure) {
    try RunFailure.locating(at: SourcePosition(file: file(name))) {
      if !FileManager.default.fileExists(atPath: path) {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      }
      try body(file(name))
    }
  }

  /// Writes a raster of numbers.
  func raster(_ grid: Grid<Float>, _ name: String, unit: String, _ description: String) throws(RunFailure) {
    try writing(name) {
      try writeGeoTIFF(
        grid, to: $0, compressed: files.compresses, unit: unit, description: description, threads: threads)
    }
  }

  /// Writes a raster of classes whose 0 is no data.
  func classes(_ grid: Grid<UInt8>, _ name: String, _ description: String) throws(RunFailure) {
    try writing(name) {
      try writeClassGeoTIFF(
        grid.map(threads: threads) { $0 == 0 ? 255 : $0 }, to: $0, compressed: files.compresses,
        description: description, threads: threads)
    }
  }

  /// Writes a text.
  func text(_ text: String, _ name: String) throws(RunFailure) {
    try writing(name) { try Data(text.utf8).write(to: URL(fileURLWithPath: $0), options: .atomic) }
  }

  /// Writes what was done.
  func report(_ report: JSONObject) throws(RunFailure) {
    try text(String(decoding: JSONValue.object(report).encoded(pretty: true), as: UTF8.self) + "\n", "report.json")
  }
}
