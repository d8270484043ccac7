import Geodata
import Grids
public import Report
import Terrain

/// Fills the depressions of an elevation raster: `overvann fill`.
public struct FillAnalysis: Sendable {
  /// Which of the two engines fills; both give the same bits.
  public enum Engine: String, Sendable, CaseIterable {
    /// Basins of steepest descent and their passes: parallel.
    case basins
    /// Flooding inwards from the outlets on a radix heap: sequential.
    case priorityFlood = "priority-flood"
  }

  /// The terrain.
  public var elevation: ElevationRaster
  /// Culverts, bridges and trenches, made before the terrain is filled.
  public var changes = TerrainChanges()
  /// GeoTIFF of the filled terrain.
  public var output: String
  /// GeoTIFF of the depth of the fill; nil writes none.
  public var depth: String?
  /// Which engine fills.
  public var engine = Engine.basins
  /// Whether the result is proved to be the exact surface.
  public var certifies = true
  /// How files are written.
  public var files = OutputFiles()
  /// Number of threads; the result does not depend on it.
  public var threads = 1

  /// An analysis with every option at its default.
  public init(_ elevation: ElevationRaster, output: String) {
    self.elevation = elevation
    self.output = output
  }

  /// Reads, fills, proves unless told not to, and writes.
  /// - Returns: What was filled, for people and programs.
  /// - Throws: ``RunFailure``; then no file has been written or replaced.
  public func run(progress: AnalysisProgress) throws(RunFailure) -> JSONObject {
    try files.check([output, depth, changes.table], inputs: [elevation.path] + changes.inputs)
    let position = SourcePosition(file: elevation.path)
    var surface = try progress.step("read") { () throws(RunFailure) in try elevation.read(threads: threads) }
    var report: JSONObject = ["cells": JSONValue(surface.count)]
    surface = try progress.step("changes") { () throws(RunFailure) in
      try changes.apply(
        to: surface, nodata: elevation.nodata, dem: elevation.path, threads: threads, report: &report)
    }
    // Only what compares the two surfaces needs the ground any longer.
    let ground = certifies || depth != nil || engine == .priorityFlood ? surface : nil
    var summary = FillSummary()
    try progress.step("fill") { () throws(RunFailure) in
      try RunFailure.locating(at: position) {
        switch engine {
        case .basins:
          let hierarchy = try DepressionHierarchy(of: surface, nodata: elevation.nodata, threads: threads)
          report["depressions"] = JSONValue(hierarchy.leafCount)
          summary = hierarchy.fill(&surface, threads: threads)
        case .priorityFlood:
          surface = try priorityFlood(surface, nodata: elevation.nodata)
          if let ground { summary = FillSummary(surface, over: ground) }
        }
      }
    }
    if certifies, let ground {
      report["certificate"] = try progress.step("prove") { () throws(RunFailure) in
        try elevation.proof(of: surface, over: ground, threads: threads)
      }
    }
    report["filled_cells"] = JSONValue(summary.cells)
    report["filled_volume_m3"] = .number(summary.depthSum * surface.geometry.cellArea)
    report["deepest_m"] = .number(Double(shortest: summary.deepest))
    try progress.step("write") { () throws(RunFailure) in
      try RunFailure.locating(at: SourcePosition(file: output)) {
        try writeGeoTIFF(
          surface, to: output, compressed: files.compresses, unit: "m",
          description: "Terrain with every depression filled", threads: threads)
        if let depth, let ground {
          try writeGeoTIFF(
            surface.minus(ground, threads: threads), to: depth, compressed: files.compresses, unit: "m",
            description: "Depth of the fill", threads: threads)
        }
      }
    }
    return report
  }
}

extension ElevationRaster {
  /// Proves that a filled surface is exact.
  /// - Returns: What was proved, for the report.
  func proof(
    of filled: Grid<Float>, over ground: Grid<Float>, threads: Int
  ) throws(RunFailure) -> JSONValue {
    let position = SourcePosition(file: path)
    let certificate = try RunFailure.locating(at: position) {
      try FillCertificate(filled, over: ground, nodata: nodata, threads: threads)
    }
    guard certificate.holds else {
      throw RunFailure(
        .processing,
        [
          Diagnostic(
            .failedProof, at: position, "the filled terrain is not the exact surface",
            hint: "this is a defect of the program; report it with the terrain")
        ])
    }
    return .string("holds for \(certificate.cells) cells")
  }
}

extension FillSummary {
  /// What lies between two surfaces.
  fileprivate init(_ filled: Grid<Float>, over ground: Grid<Float>) {
    self.init()
    filled.withUnsafeCells { water in
      ground.withUnsafeCells { z in
        for row in 0..<ground.rows {
          var sum = FillSummary()
          for index in (row * ground.columns)..<((row + 1) * ground.columns) where water[index] > z[index] {
            sum.add(water[index] - z[index])
          }
          add(sum)
        }
      }
    }
  }
}

extension Grid<Float> {
  /// The difference of two grids, cell by cell.
  func minus(_ other: Grid<Float>, threads: Int) -> Grid<Float> {
    var difference = self
    other.withUnsafeCells { cells in
      nonisolated(unsafe) let other = cells
      difference.forEachRow(threads: threads) { row, out in
        for column in 0..<out.count { out[column] -= other[row &* out.count &+ column] }
      }
    }
    return difference
  }
}
