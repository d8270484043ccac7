import Geodata
import Grids
import Landslide
import Report

/// Runout of mass flows, scenario by scenario.
struct RunoutStep {
  private let section: RunoutSection
  private let parameters: RunoutParameters
  private let threads: Int
  /// Release areas of the input; nil where each scenario has its own.
  private let release: Grid<Int32>?

  init(_ section: RunoutSection, _ loader: InputLoader) throws {
    let pipeline = loader.pipeline
    self.section = section
    threads = loader.threads
    parameters = try pipeline.reading("hazards.runout") { try section.parameters() }
    release = try section.release.map { id in
      guard let input = pipeline.area(id) else { preconditionFailure("checked to be areas") }
      let loaded = try loader.features(
        id, path: input.path, layer: input.layer, crs: input.crs, shapeType: .polygons, idField: input.id, fields: [])
      var numbers = Grid<Int32>(loader.geometry, repeating: 0)
      for (number, shape) in loaded.shapes.enumerated() {
        for cell in SlideShapes.cells(of: shape, on: loader.geometry, rule: .mostly) where numbers[Int(cell)] == 0 {
          numbers[Int(cell)] = Int32(number + 1)
        }
      }
      return numbers
    }
    loader.recorder.cite("D'Amboise et al. (2022), Geosci. Model Dev. 15, 2423–2439: Flow-Py")
  }

  /// The runout in a scenario and the areas from which it comes.
  func runout(
    slideClasses: Grid<Int32>?, _ model: TerrainModel, scenario: Scenario, _ recorder: RunRecorder
  ) throws -> RunoutZones {
    let starts: Grid<Int32>
    if let release {
      starts = release
    } else {
      guard let slideClasses else { preconditionFailure("checked to be there") }
      // Every part of failing ground that hangs together is a release area.
      let unstable = Int32(StabilityClass.unstable.rawValue)
      starts = ConnectedRegions(of: slideClasses.map(threads: threads) { $0 == unstable ? 1 : 0 }, ignoring: 0).labels
    }
    let flows = try recorder.pipeline.reading("hazards.runout") {
      try Landslide.runout(terrain: model.ground, release: starts, parameters: parameters, threads: threads)
    }
    if flows.skippedReleases > 0 {
      recorder.note(
        .skippedReleases, at: "hazards.runout",
        "scenario \(scenario.id): \(flows.skippedReleases) release cells lie at the edge of the terrain or beside "
          + "cells without data; no flow is followed from them", count: flows.skippedReleases)
    }
    return RunoutZones(
      flows: flows, release: starts, leastArea: section.minArea.squareMetres, threads: threads)
  }
}

/// What a runout means in a scenario.
struct RunoutZones {
  let flows: Runout
  let release: Grid<Int32>
  private let leastArea: Double
  /// Where flows come, as `HazardUnion` has it.
  let mask: Grid<UInt8>

  init(flows: Runout, release: Grid<Int32>, leastArea: Double, threads: Int) {
    self.flows = flows
    self.release = release
    self.leastArea = leastArea
    mask = flows.releases.map(threads: threads) {
      $0 > 0 ? HazardUnion.present : $0 == Runout.noData ? HazardUnion.noData : HazardUnion.absent
    }
  }

  /// Release areas and runout as features.
  func features(scenario: String) throws -> [Feature] {
    try runoutFeatures(flows, release: release, scenario: scenario, leastArea: leastArea)
  }
}

/// Screening for quick clay, which does not depend on the scenario.
struct QuickClayStep {
  let screening: QuickClayScreening
  let features: [Feature]

  init(_ section: QuickClaySection, _ loader: InputLoader, _ model: TerrainModel) throws {
    let pipeline = loader.pipeline
    let threads = loader.threads
    let table = try pipeline.reading("tables.\(section.table)") { try depositClasses(try loader.table(section.table)) }
    let deposits = try loader.classes(section.deposits)
    let limit: MarineLimit
    if let area = section.marineArea {
      limit = .area(try loader.classes(area))
    } else {
      limit = .height(section.marineLimit?.metres ?? .infinity)
    }
    let ground = try pipeline.reading("tables.\(section.table)") {
      try clayGround(terrain: model.ground, marineLimit: limit, maps: [(deposits, table)], threads: threads)
    }
    let feet = try section.feet.map { id in
      guard let input = pipeline.line(id) else { preconditionFailure("checked to be lines") }
      let lines = try loader.features(
        id, path: input.path, layer: input.layer, crs: input.crs, shapeType: .lines, idField: input.id, fields: [])
      let cells = lines.shapes.flatMap { SlideShapes.cells(of: $0, on: loader.geometry, rule: .touched) }
      return footLevels(of: cells, on: model.ground, depth: section.footDepth.metres)
    }
    let rules = section.rules
    let found = try loader.recorder.step("quick clay") {
      try pipeline.reading("hazards.quick_clay") {
        try quickClayScreening(
          terrain: model.ground, surface: model.filled, ground: ground, feet: feet, rules: rules,
          isChannelled: section.runout == .channel, threads: threads)
      }
    }
    screening = found
    features = try quickClayFeatures(found, leastArea: section.minArea.squareMetres)
    for (name, figure) in rules.figures {
      loader.recorder.record(
        RuleRecord(
          name: "quick_clay.\(name)", source: "\(figure.value) \(figure.unit): \(figure.source)",
          status: figure.evidence.rawValue))
    }
    if rules.figures.contains(where: { $0.figure.evidence == .unverified }) {
      loader.recorder.note(
        .unverifiedTable, at: "hazards.quick_clay",
        "figures of the rules that nobody has checked against their source; the manifest lists them")
    }
  }

  /// Mask of a zone as `HazardUnion` has it.
  func mask(of zone: ClayZones, threads: Int) -> Grid<UInt8> {
    screening.zones.map(threads: threads) {
      $0 == 0 ? HazardUnion.noData : $0 & zone.rawValue != 0 ? HazardUnion.present : HazardUnion.absent
    }
  }
}
