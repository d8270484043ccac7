import Foundation
import Geodata
import Grids
public import Landslide
public import Report

/// Runout of mass flows from release areas: `overvann landslide runout`.
public struct RunoutAnalysis: Sendable {
  /// The terrain.
  public var elevation: ElevationRaster
  /// A height that stands for no data besides the file's own; nil for none.
  public var void: Double?
  /// Raster or layer of release areas.
  public var releases: String
  /// Folder of the results.
  public var output: String
  /// Angle, exponent, threshold and limit of the speed.
  public var parameters: RunoutParameters
  /// Raster of the forest structure index, 0 to 1; nil for no forest.
  public var forest: String?
  /// Friction of the forest.
  public var friction: ForestFriction
  /// Rasters or layers of what may be hit.
  public var objects: [String] = []
  /// Area in m² from which a zone is drawn.
  public var leastArea = 0.0
  /// How files are written.
  public var files = OutputFiles()
  /// Number of threads; the results do not depend on it.
  public var threads = 1

  /// An analysis with every option at its default.
  public init(
    _ elevation: ElevationRaster, releases: String, output: String, parameters: RunoutParameters,
    friction: ForestFriction
  ) {
    self.elevation = elevation
    self.releases = releases
    self.output = output
    self.parameters = parameters
    self.friction = friction
  }

  private static let rasters = [
    "releases", "energy_height", "velocity", "energy", "greatest_flux", "total_flux", "deposition", "shortest_length",
    "longest_length", "way_angle", "line_angle",
  ].map { "\($0).tif" }

  /// Reads, follows the flows and writes.
  /// - Returns: Key figures, for people and programs.
  /// - Throws: ``RunFailure``.
  public func run(progress: AnalysisProgress) throws(RunFailure) -> JSONObject {
    let folder = ResultFolder(path: output, files: files, threads: threads)
    let more = objects.isEmpty ? [] : ["rank_downstream.tif", "threats.csv"]
    try folder.check(
      Self.rasters + ["runout.gpkg"] + more, inputs: [elevation.path, releases] + objects + [forest].compactMap { $0 })
    let terrain = try progress.step("read") { () throws(RunFailure) in
      try elevation.read(threads: threads).withoutVoids(void, threads: threads)
    }
    let geometry = terrain.geometry
    let areas = try SlideShapes(releases, on: geometry, rule: .mostly, threads: threads)
    let things = try objects.map { path throws(RunFailure) in
      try SlideShapes(path, on: geometry, rule: .touched, threads: threads)
    }
    let structure = try forest.map { path throws(RunFailure) in
      try RunFailure.locating(at: SourcePosition(file: path)) {
        try readRaster(path, alignedTo: geometry, resampling: .nearest, RasterReading(threads: threads)).grid
      }
    }
    let numbers = areas.numbers(on: geometry)
    let flows = try progress.step("runout") { () throws(RunFailure) in
      try RunFailure.locating(at: SourcePosition(file: elevation.path)) {
        try runout(
          terrain: terrain, release: numbers, parameters: parameters, forest: structure.map { ($0, friction) },
          objects: things.isEmpty
            ? nil
            : RunoutObjects(
              things.flatMap { shapes in
                zip(shapes.ranks, shapes.cells).map { RunoutObjects.Object(cells: $1, rank: $0) }
              }, on: geometry),
          threads: threads)
      }
    }
    if flows.skippedReleases > 0 {
      progress.note(
        Diagnostic(
          .skippedReleases, at: SourcePosition(file: releases),
          "\(flows.skippedReleases) release cells lie at the edge of the terrain or beside cells without data; "
            + "no flow is followed from them"))
    }
    try progress.step("write") { () throws(RunFailure) in
      try write(flows, folder)
      try folder.layer(
        Schemas.runout.layer(
          crs: geometry.crs,
          features: try runoutFeatures(
            flows, release: numbers, ids: areas.ids, scenario: "runout", leastArea: leastArea)),
        "runout.gpkg")
      if !things.isEmpty { try folder.table(Self.threats(flows, areas, things), "threats.csv") }
    }
    let report = report(flows, areas, things)
    try folder.report(report)
    return report
  }

  private func write(_ flows: Runout, _ folder: ResultFolder) throws(RunFailure) {
    let rasters: [(Grid<Float>, String, String, String)] = [
      (flows.energyHeight, "energy_height", "m", "Largest height of the energy line above the ground"),
      (flows.velocity(threads: threads), "velocity", "m/s", "Largest speed"),
      (flows.energy(threads: threads), "energy", "J/kg", "Largest kinetic energy of each kilogram"),
      (flows.greatestFlux, "greatest_flux", "1", "Largest flux of one release cell's flow"),
      (flows.totalFlux, "total_flux", "1", "Flux of all flows, in release cells"),
      (flows.deposition, "deposition", "1", "Flux that comes to rest, in release cells"),
      (flows.shortestLength, "shortest_length", "m", "Shortest way from a release cell"),
      (flows.longestLength, "longest_length", "m", "Longest of the shortest ways from the release cells"),
      (flows.wayAngle, "way_angle", "degree", "Largest travel angle along the shortest way"),
      (flows.lineAngle, "line_angle", "degree", "Largest travel angle along the straight line"),
    ]
    for (grid, name, unit, description) in rasters { try folder.raster(grid, "\(name).tif", unit: unit, description) }
    try folder.counts(flows.releases, "releases.tif", "Release cells whose flow comes here")
    if let ranks = flows.rankDownstream {
      try folder.counts(ranks, "rank_downstream.tif", "Largest rank of the objects on the ways down from here")
    }
  }

  /// Which release reaches which object.
  private static func threats(_ flows: Runout, _ areas: SlideShapes, _ things: [SlideShapes]) throws -> FeatureTable {
    let objects = things.flatMap { shapes in
      shapes.ids.map { (URL(fileURLWithPath: shapes.path).deletingPathExtension().lastPathComponent, $0) }
    }
    return Schemas.threats.table(
      try flows.threats.map { threat in
        var row = RowBuilder(Schemas.threats)
        row.set(Fields.releaseID, areas.ids[Int(threat.release) - 1])
        row.set(Fields.objectLayer, objects[threat.object].0)
        row.set(Fields.objectID, objects[threat.object].1)
        row.set(Fields.energyHeight, single: threat.energyHeight)
        row.set(Fields.velocity, runoutVelocity(energyHeight: Double(threat.energyHeight)))
        return try row.row()
      })
  }

  private func report(_ flows: Runout, _ areas: SlideShapes, _ things: [SlideShapes]) -> JSONObject {
    let quanta = Double(Runout.quantaPerRelease)
    var reached = 0
    var fastest: Float = 0
    for cell in 0..<flows.releases.count where flows.releases[cell] > 0 {
      reached += 1
      fastest = max(fastest, flows.energyHeight[cell])
    }
    return [
      "release_areas": JSONValue(areas.ids.count), "release_cells": JSONValue(flows.followedReleases),
      "release_cells_skipped": JSONValue(flows.skippedReleases), "cells_reached": JSONValue(reached),
      "z_delta_max_m": .number(Double(shortest: fastest)),
      "velocity_max_m_s": .number(runoutVelocity(energyHeight: Double(fastest))),
      "deposited_release_cells": .number(Double(flows.depositedQuanta) / quanta),
      "lost_release_cells": .number(Double(flows.lostQuanta) / quanta),
      "objects": JSONValue(things.map(\.ids.count).reduce(0, +)),
      "objects_reached": JSONValue(flows.releasesByObject.count), "threats": JSONValue(flows.threats.count),
      "angle_deg": .number(parameters.angle), "exponent": JSONValue(parameters.exponent),
      "flux_threshold": .number(parameters.fluxThreshold),
      "z_delta_limit_m": .number(parameters.greatestEnergyHeight),
      "note": "Screening with parameters that nobody has calibrated for this place; no probability.",
    ]
  }
}

/// Release areas and the ground that their flows reach, as features.
/// - Parameter ids: Identifiers of the release areas by number less 1; nil where the numbers stand for themselves.
func runoutFeatures(
  _ flows: Runout, release: Grid<Int32>, ids: [String]?, scenario: String, leastArea: Double
) throws -> [Feature] {
  // Release areas by number, and -1 for the ground below them.
  let below: Int32 = -1
  var classes = flows.releases.map(threads: 1) { $0 > 0 ? below : 0 }
  for cell in 0..<release.count where release[cell] > 0 && classes[cell] == below { classes[cell] = release[cell] }
  let counts = flows.releases.map(threads: 1) { Float($0) }
  let surfaces = classifiedPolygons(
    classes, leastArea: leastArea, grids: [flows.energyHeight, flows.longestLength, flows.deposition, counts])
  return try surfaces.enumerated().map { index, surface in
    var row = RowBuilder(Schemas.runout)
    row.set(Fields.id, index + 1)
    row.set(Fields.zone, surface.value > 0 ? "release" : "runout")
    row.set(Fields.releaseID, surface.value > 0 ? ids?[Int(surface.value) - 1] ?? "\(surface.value)" : nil)
    row.set(Fields.reachingReleases, surface.greatest[3].map { Int($0) })
    row.set(Fields.energyHeight, single: surface.greatest[0])
    let height = surface.greatest[0].map { Double($0) }
    row.set(Fields.velocity, height.map { runoutVelocity(energyHeight: $0) })
    row.set(Fields.impactEnergy, height.map { runoutEnergy(energyHeight: $0) })
    row.set(Fields.travelLength, single: surface.greatest[1])
    row.set(Fields.deposited, surface.sum[2])
    row.set(Fields.area, surface.area)
    row.set(Fields.scenario, scenario)
    return try row.feature(.polygons(surface.polygons))
  }
}

extension Grid<Float> {
  /// The same with no data where a value stands for it.
  func withoutVoids(_ void: Double?, threads: Int) -> Grid<Float> {
    guard let void else { return self }
    return map(threads: threads) { Double($0) == void ? .nan : $0 }
  }
}

extension ResultFolder {
  /// Writes numbers, of which those below 0 are no data.
  func counts(_ grid: Grid<Int32>, _ name: String, _ description: String) throws(RunFailure) {
    try writing(name) {
      try writeClassGeoTIFF(
        grid.map(threads: threads) { $0 < 0 ? noClass : $0 }, to: $0, as: .int32, compressed: files.compresses,
        description: description, threads: threads)
    }
  }

  /// Writes a layer.
  func layer(_ layer: @autoclosure () throws -> FeatureLayer, _ name: String) throws(RunFailure) {
    try writing(name) { try layer().write(to: $0) }
  }

  /// Writes a table.
  func table(_ table: @autoclosure () throws -> FeatureTable, _ name: String) throws(RunFailure) {
    try writing(name) { _ = try writeCSV(try table(), to: URL(fileURLWithPath: $0)) }
  }
}

extension DiagnosticCode {
  static let skippedReleases: Self = "W-SLD-001"
}
