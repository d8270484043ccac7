import Geodata
import Grids
import Landslide
import Report

/// Runout of mass flows, scenario by scenario.
struct RunoutStep {
  private let section: RunoutSection
  private let parameters: RunoutParameters
  private let threads: Int
  private let cache: StepCache
  /// Release areas of the input with their identifiers; nil where the terrain or the scenario tells them.
  private let release: (numbers: Grid<Int32>, ids: [String])?
  private let forest: (structure: Grid<Float>, friction: ForestFriction)?

  init(_ section: RunoutSection, _ loader: InputLoader) throws {
    let pipeline = loader.pipeline
    self.section = section
    threads = loader.threads
    cache = loader.cache
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
      return (numbers, loaded.ids)
    }
    forest = try section.forest.map { forest in
      let classes = try loader.classes(forest.classes)
      let index = try loader.read(forest.index)
      try pipeline.reading("tables.\(forest.table)") {
        try index.require(codesOf: classes, as: "land cover", threads: loader.threads)
      }
      // Where nothing is known of the ground, no forest is assumed to hold the flow back.
      let structure = classes.map(threads: loader.threads) { code in
        index.position(of: code).map { index.entries[$0] } ?? 0
      }
      return (structure, try pipeline.reading("hazards.runout.forest") { try forest.friction() })
    }
    if forest != nil {
      loader.recorder.cite("D'Amboise et al. (2021): friction of forest by energy height")
    }
    loader.recorder.cite("D'Amboise et al. (2022), Geosci. Model Dev. 15, 2423–2439: Flow-Py")
  }

  /// The runout in a scenario and the areas from which it comes.
  func runout(
    slideClasses: Grid<Int32>?, releaseAreas: Grid<Int32>?, _ exposure: ExposureModel?, _ model: TerrainModel,
    scenario: Scenario, _ recorder: RunRecorder
  ) throws -> RunoutZones {
    let starts: Grid<Int32>
    if let release {
      starts = release.numbers
    } else if section.start == .releaseAreas {
      guard let releaseAreas else { preconditionFailure("checked to be there") }
      starts = releaseAreas
    } else {
      guard let slideClasses else { preconditionFailure("checked to be there") }
      // Every part of failing ground that hangs together is a release area.
      let unstable = Int32(StabilityClass.unstable.rawValue)
      starts = ConnectedRegions(of: slideClasses.map(threads: threads) { $0 == unstable ? 1 : 0 }, ignoring: 0).labels
    }
    let objects = exposure.flatMap { $0.hasAssets ? Self.objects($0, on: model.ground.geometry) : nil }
    // Where no scenario has a say in where flows start, they are the same in all.
    let flows = try cache.value("runout") {
      try recorder.pipeline.reading("hazards.runout") {
        try Landslide.runout(
          terrain: model.ground, release: starts, parameters: parameters, forest: forest,
          objects: objects.map { RunoutObjects($0.map(\.object), on: model.ground.geometry) }, threads: threads)
      }
    }
    if flows.skippedReleases > 0 {
      recorder.note(
        .skippedReleases, at: "hazards.runout",
        "scenario \(scenario.id): \(flows.skippedReleases) release cells lie at the edge of the terrain or beside "
          + "cells without data; no flow is followed from them", count: flows.skippedReleases)
    }
    return RunoutZones(
      flows: flows, release: starts, releaseIDs: release?.ids, objects: objects ?? [],
      leastArea: section.minArea.squareMetres, threads: threads)
  }

  /// Something that may be hit, with what tells it apart.
  struct NamedObject {
    let layer: String
    let id: String
    let object: RunoutObjects.Object
  }

  /// Buildings, of rank 2, and roads and other lines, of rank 1.
  private static func objects(_ exposure: ExposureModel, on geometry: GridGeometry) -> [NamedObject] {
    func named(_ layer: String, _ features: LoadedFeatures, rank: Int32) -> [NamedObject] {
      (0..<features.count).map { index in
        NamedObject(
          layer: layer, id: features.ids[index],
          object: .init(cells: SlideShapes.cells(of: features.shapes[index], on: geometry, rule: .touched), rank: rank))
      }
    }
    return exposure.allBuildings.flatMap { named($0.id, $0.features, rank: 2) }
      + exposure.lines.flatMap { named($0.id, $0.features, rank: 1) }
  }
}

/// What a runout means in a scenario.
struct RunoutZones {
  let flows: Runout
  let release: Grid<Int32>
  /// Identifiers of the release areas by number less 1; nil where the numbers stand for themselves.
  private let releaseIDs: [String]?
  private let objects: [RunoutStep.NamedObject]
  private let leastArea: Double
  /// Where flows come, as `HazardUnion` has it.
  let mask: Grid<UInt8>

  init(
    flows: Runout, release: Grid<Int32>, releaseIDs: [String]?, objects: [RunoutStep.NamedObject], leastArea: Double,
    threads: Int
  ) {
    self.flows = flows
    self.release = release
    self.releaseIDs = releaseIDs
    self.objects = objects
    self.leastArea = leastArea
    mask = flows.releases.map(threads: threads) {
      $0 > 0 ? HazardUnion.present : $0 == Runout.noData ? HazardUnion.noData : HazardUnion.absent
    }
  }

  /// Release areas and runout as features.
  func features(scenario: String) throws -> [Feature] {
    try runoutFeatures(flows, release: release, ids: releaseIDs, scenario: scenario, leastArea: leastArea)
  }

  /// Which release reaches which building or road.
  func threatRows(scenario: String) throws -> [[FieldValue]] {
    try flows.threats.map { threat in
      var row = RowBuilder(Schemas.scenarioThreats)
      row.set(Fields.scenario, scenario)
      row.set(Fields.releaseID, releaseIDs?[Int(threat.release) - 1] ?? "\(threat.release)")
      row.set(Fields.objectLayer, objects[threat.object].layer)
      row.set(Fields.objectID, objects[threat.object].id)
      row.set(Fields.energyHeight, single: threat.energyHeight)
      row.set(Fields.velocity, runoutVelocity(energyHeight: Double(threat.energyHeight)))
      return try row.row()
    }
  }
}

/// Screening for quick clay, which does not depend on the scenario.
struct QuickClayStep: Archivable {
  /// Zones of the screening, as `ClayZones`; 0 is no data.
  let zones: Grid<UInt8>
  let features: [Feature]

  init(from archive: inout ArchiveReader) throws(ArchiveError) {
    zones = try archive.read()
    features = try archive.read()
  }

  func write(to archive: inout ArchiveWriter) { archive.write(zones, features) }

  init(_ section: QuickClaySection, _ loader: InputLoader, _ model: TerrainModel) throws {
    let pipeline = loader.pipeline
    let threads = loader.threads
    let table = try loader.read(section.depositMeanings)
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
    zones = found.zones
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
    zones.map(threads: threads) {
      $0 == 0 ? HazardUnion.noData : $0 & zone.rawValue != 0 ? HazardUnion.present : HazardUnion.absent
    }
  }
}
