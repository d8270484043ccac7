import Geodata
import Grids
public import Landslide
public import Report
import Terrain

/// Factor of safety and critical recharge of slopes: `overvann landslide stability`.
public struct SlopeStabilityAnalysis: Sendable {
  /// Terrain and soils.
  public var inputs: SlopeInputs
  /// Recharge of the ground water as a rate, or a raster in mm/d; nil for the three fixed wetnesses alone.
  public var recharge: String?
  /// How the transmissivity follows from conductivity and depth.
  public var transmissivity = TransmissivityConvention.normalThickness
  /// Table of thresholds for release areas, by region; nil for none.
  public var releaseTable: String?
  /// Raster of the regions' codes; nil where the table has one region.
  public var regions: String?
  /// What the classes of the critical recharge mean.
  static let classLegend =
    "log10(q/T): 1 fails dry, 2 < -3.1, 3 < -2.8, 4 < -2.5, 5 < -2.2, 6 above, 7 stands when full, 8 not susceptible"

  /// Least area of a surface of equal class, m².
  public var leastArea = 0.0
  /// Folder of the results.
  public var output: String
  /// How files are written.
  public var files = OutputFiles()

  /// An analysis with every option at its default.
  public init(_ inputs: SlopeInputs, output: String) {
    self.inputs = inputs
    self.output = output
  }

  /// Reads, computes, and writes.
  /// - Returns: What was found, for people and programs.
  /// - Throws: ``RunFailure``; then no file that was not finished has been written or replaced.
  public func run(progress: AnalysisProgress) throws(RunFailure) -> JSONObject {
    let threads = inputs.threads
    let folder = ResultFolder(path: output, files: files, threads: threads)
    let saturations: [(name: String, value: Double)] = [("dry", 0), ("half", 0.5), ("full", 1)]
    try folder.check(
      saturations.map { "safety_\($0.name).tif" } + ["critical_recharge.tif", "recharge_classes.tif"]
        + (recharge == nil ? [] : ["wetness.tif", "safety.tif", "stability_classes.tif", "slopes.gpkg"])
        + (releaseTable == nil ? [] : ["release.tif"]), inputs: inputs.paths)
    let thresholds = try releaseTable.map { (path) throws(RunFailure) in
      try RunFailure.locating(at: SourcePosition(file: path)) { try ReleaseTable(try CSVTable(path: path)) }
    }
    if let thresholds, thresholds.isUnverified {
      progress.note(
        Diagnostic(
          .unverifiedTable, at: SourcePosition(file: releaseTable ?? ""),
          "holds values that are marked unverified; they are screening defaults"))
    }
    if let thresholds, thresholds.lookup.codes.count != 1, regions == nil {
      throw RunFailure(
        .configuration,
        [
          Diagnostic(
            .contradiction, at: SourcePosition(file: releaseTable ?? ""),
            "thresholds of \(thresholds.lookup.codes.count) regions, and no raster of regions", hint: "give --regions")
        ])
    }
    let ground = try inputs.read(progress)
    let area = try inputs.upslopeArea(ground.ground, progress)
    let place = SourcePosition(file: inputs.soil)
    let table = try RunFailure.locating(at: SourcePosition(file: inputs.table)) { try ground.parameters.soilTable() }
    var report: JSONObject = [
      "cells": JSONValue(ground.ground.count), "transmissivity": .string(transmissivity.rawValue),
      "cap_factor_of_safety": .number(InfiniteSlope.cap), "cap_critical_recharge_mm_d": .number(CriticalRecharge.cap),
    ]
    for (name, value) in saturations {
      let safety = try progress.step("safety \(name)") { () throws(RunFailure) in
        try RunFailure.locating(at: place) {
          try infiniteSlopeFactorOfSafety(
            slopeTangent: ground.slope, saturation: value, soil: ground.soil, table: table, depth: ground.depth,
            threads: threads)
        }
      }
      report["unstable_m2_\(name)"] = .number(Double(safety.count { $0 < 1 }) * ground.ground.geometry.cellArea)
      try folder.raster(safety, "safety_\(name).tif", unit: "1", "Factor of safety, \(name)")
    }
    let critical = try progress.step("critical recharge") { () throws(RunFailure) in
      try RunFailure.locating(at: place) {
        try criticalRecharge(
          upslopeArea: area, slopeTangent: ground.slope, soil: ground.soil, table: table, depth: ground.depth,
          convention: transmissivity, threads: threads)
      }
    }
    try folder.raster(
      critical.recharge, "critical_recharge.tif", unit: "mm/d",
      "Recharge at which the slope fails; 0 fails dry, 1000000 stands when full")
    try folder.classes(
      critical.classes, "recharge_classes.tif", Self.classLegend)
    if let recharge {
      let water = try MapOrValue(recharge, .rate).grid(on: ground.ground.geometry, threads: threads)
      let (wetness, safety) = try progress.step("safety") { () throws(RunFailure) in
        try RunFailure.locating(at: place) {
          let wetness = try steadyStateWetness(
            upslopeArea: area, slopeTangent: ground.slope, recharge: water, soil: ground.soil, table: table,
            depth: ground.depth, convention: transmissivity, threads: threads)
          let safety = try infiniteSlopeFactorOfSafety(
            slopeTangent: ground.slope, wetness: wetness, soil: ground.soil, table: table, depth: ground.depth,
            threads: threads)
          return (wetness, safety)
        }
      }
      report["recharge"] = .string(recharge)
      report["unstable_m2"] = .number(Double(safety.count { $0 < 1 }) * ground.ground.geometry.cellArea)
      try folder.raster(wetness, "wetness.tif", unit: "1", "Share of the soil depth below the water table")
      try folder.raster(safety, "safety.tif", unit: "1", "Factor of safety at the recharge")
      let classes = try RunFailure.locating(at: place) {
        try stabilityClasses(factorOfSafety: safety, soil: ground.soil, table: table, threads: threads)
      }
      try folder.classes(
        classes, "stability_classes.tif",
        "1 unstable, 2 quasi-stable, 3 moderately stable, 4 stable, 5 not susceptible")
      let surfaces = try RunFailure.locating(at: place) {
        try landslideFeatures(
          safety: safety, classes: classes.map(threads: threads) { Int32($0) },
          stableClass: Int(StabilityClass.stable.rawValue), leastArea: leastArea, scenario: nil)
      }
      try folder.layer(
        Schemas.landslide.removing([Fields.scenario.name]).layer(crs: safety.geometry.crs, features: surfaces),
        "slopes.gpkg")
    }
    if let thresholds {
      let mask = try progress.step("release areas") { () throws(RunFailure) in
        try release(ground, area, thresholds)
      }
      let areas = ReleaseTable.numbered(mask)
      report["release_areas"] = JSONValue(areas.count)
      report["release_m2"] = .number(
        Double(mask.count { $0 == ReleaseClass.release.rawValue }) * ground.ground.geometry.cellArea)
      report["release_thresholds"] = thresholds.record
      try folder.counts(areas.numbers, "release.tif", "Number of the release area; 0 where slides do not start")
    }
    report["soils"] = ground.parameters.record
    try folder.report(report)
    report["soils"] = .string("\(inputs.table)\(ground.parameters.isUnverified ? " (unverified)" : "")")
    return report
  }

  private func release(
    _ ground: SlopeGround, _ area: Grid<Float>, _ thresholds: ReleaseTable
  ) throws(RunFailure) -> Grid<UInt8> {
    let threads = inputs.threads
    return try RunFailure.locating(at: SourcePosition(file: regions ?? releaseTable ?? "")) {
      let codes: Grid<Int32>
      if let regions {
        codes = try readClasses(regions, alignedTo: ground.slope.geometry, RasterReading(threads: threads)).grid
      } else {
        codes = Grid(ground.slope.geometry, repeating: thresholds.lookup.codes.first ?? 0)
      }
      return try releaseAreas(
        slopeTangent: ground.slope, planCurvature: planCurvature(ground.ground, threads: threads), upslopeArea: area,
        regions: codes, thresholds: thresholds.lookup, threads: threads)
    }
  }
}

extension Grid {
  /// Number of cells that pass a test; NaN passes none of a comparison.
  func count(where passes: (Element) -> Bool) -> Int {
    withUnsafeCells { cells in
      var count = 0
      for index in 0..<self.count where passes(cells[index]) { count += 1 }
      return count
    }
  }
}
