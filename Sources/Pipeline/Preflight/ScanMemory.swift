import Foundation
import Geodata
import Report

/// What the cells of rasters and the features of layers said, remembered by the hash of the file's contents: an unchanged
/// file is read once.
///
/// Without a cache nothing is remembered. Entries are small texts; one that cannot be read is as good as none.
struct ScanMemory {
  private let folder: URL?
  /// Whether new entries are kept.
  private let keeps: Bool

  /// - Parameters:
  ///   - cache: Folder of the cache; nil for none.
  ///   - keeps: Whether new entries are kept.
  init(_ cache: URL?, keeps: Bool = false) {
    folder = cache?.appendingPathComponent("scans")
    self.keeps = keeps
  }

  /// The remembered scan of a file, or what `scan` finds.
  /// - Parameter parts: What the scan depends on besides the file.
  func value(
    of path: String, _ parts: [String], _ hashes: ContentHashes, _ scan: () throws -> RasterScan
  ) throws -> RasterScan {
    try value(of: path, parts, hashes, from: Self.read, to: Self.json, scan)
  }

  /// The remembered overlaps of a layer that was found sound, or what `check` finds.
  /// - Parameter parts: What the check depends on besides the file.
  func overlaps(
    of path: String, _ parts: [String], _ hashes: ContentHashes, _ check: () throws -> LayerOverlaps
  ) throws -> LayerOverlaps {
    try value(of: path, ["layer"] + parts, hashes, from: Self.readOverlaps, to: Self.json, check)
  }

  private func value<Value>(
    of path: String, _ parts: [String], _ hashes: ContentHashes, from read: (URL) -> Value?,
    to json: (Value) -> JSONValue, _ look: () throws -> Value
  ) throws -> Value {
    guard let folder, let files = hashes.dataset(path) else { return try look() }
    let identity = files.map(\.sha256) + parts + ["GDAL \(GDALLibrary.version)", toolVersion]
    let name = SHA256.hexDigest(of: Array(identity.joined(separator: "\n").utf8))
    let file = folder.appendingPathComponent("\(name).json")
    if let known = read(file) { return known }
    let found = try look()
    if keeps {
      // It only saves time: where it cannot be written, the file is read again.
      try? CacheFolder.write(json(found), to: file)
    }
    return found
  }

  private static func json(_ overlaps: LayerOverlaps) -> JSONValue {
    ["pairs": JSONValue(overlaps.pairs), "first": JSONValue(overlaps.first), "second": JSONValue(overlaps.second)]
  }

  private static func readOverlaps(_ file: URL) -> LayerOverlaps? {
    guard let data = FileManager.default.contents(atPath: file.path),
      let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
      let pairs = object["pairs"] as? Int, let first = object["first"] as? Int, let second = object["second"] as? Int
    else { return nil }
    return LayerOverlaps(pairs: pairs, first: first, second: second)
  }

  private static func json(_ scan: RasterScan) -> JSONValue {
    let classes = scan.classes.sorted { $0.key < $1.key }.map { ("\($0.key)", JSONValue($0.value)) }
    let (least, greatest) = (scan.counts.minimum.map { Double($0) }, scan.counts.maximum.map { Double($0) })
    return [
      "cells": JSONValue(scan.counts.cells), "nodata": JSONValue(scan.counts.nodata),
      "infinite": JSONValue(scan.counts.infinite), "minimum": JSONValue(least), "maximum": JSONValue(greatest),
      "classes": .object(JSONObject(classes)),
    ]
  }

  private static func read(_ file: URL) -> RasterScan? {
    guard let data = FileManager.default.contents(atPath: file.path),
      let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
      let cells = object["cells"] as? Int, let nodata = object["nodata"] as? Int,
      let infinite = object["infinite"] as? Int, let classes = object["classes"] as? [String: Int]
    else { return nil }
    var counts = RasterCounts()
    (counts.cells, counts.nodata, counts.infinite) = (cells, nodata, infinite)
    counts.minimum = (object["minimum"] as? Double).map { Float($0) }
    counts.maximum = (object["maximum"] as? Double).map { Float($0) }
    var result = RasterScan(counts: counts)
    for (text, count) in classes {
      guard let code = Int32(text) else { return nil }
      result.classes[code] = count
    }
    return result
  }
}
