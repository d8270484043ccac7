import Flood
import Geodata
import Grids
import Report
import Terrain

/// What the terrain is computed to and kept as between runs; everything else of ``TerrainModel`` follows from it.
struct TerrainCore {
  /// Elevation as it was read, metres.
  let original: Grid<Float>
  /// Elevation with culverts burned and trenches dug, metres.
  let ground: Grid<Float>
  let changedCells: [ChangedCell]
  let hypsometry: Hypsometry
  let directions: Grid<UInt8>
  /// Cells that drain through each cell.
  let upslope: Grid<Int32>

  init(_ loader: InputLoader, flood: FloodSection) throws {
    let pipeline = loader.pipeline
    let recorder = loader.recorder
    let threads = loader.threads
    let original = try recorder.step("terrain") { try loader.elevation(flood.dtm) }
    var burnedGround = original
    var changed: [ChangedCell] = []
    if let id = flood.culverts, let input = pipeline.line(id) {
      let culverts = try loader.features(
        id, path: input.path, layer: input.layer, crs: input.crs, shapeType: .lines, idField: input.id, fields: [])
      let lines = (0..<culverts.count).flatMap { feature in culverts.lines(feature).map { (culverts.ids[feature], $0) }
      }
      let result = burnCulverts(original, lines: lines.map(\.1))
      burnedGround = result.ground
      changed = result.changes.map { ChangedCell(culvert: lines[$0.line].0, $0) }
    }
    let policy = NodataPolicy(rawValue: flood.nodata.rawValue) ?? .error
    if flood.breaches {
      let unbreached = burnedGround
      let result = try recorder.step("breaching") {
        try pipeline.reading("hazards.flood.nodata") {
          try breachPits(unbreached, nodata: policy, limits: flood.breachLimits, threads: threads)
        }
      }
      burnedGround = result.ground
      changed += result.changes.map { ChangedCell($0) }
      recorder.count("pits", .integer(Int64(result.pitCount)))
      recorder.count("pits_not_breached", .integer(Int64(result.remainingPits.count)))
      recorder.cite("Lindsay & Dhun (2015), Int. J. Geogr. Inf. Sci.: least-cost breaching")
    }
    let keyPath = "hazards.flood"
    let burnedTerrain = burnedGround
    let hierarchy = try recorder.step("depressions") {
      try pipeline.reading("\(keyPath).nodata") {
        try DepressionHierarchy(of: burnedTerrain, nodata: policy, threads: threads)
      }
    }
    let filled = hierarchy.filled(burnedTerrain, threads: threads)
    let certificate = try recorder.step("fill certificate") {
      try pipeline.reading(keyPath) {
        try FillCertificate(filled, over: burnedTerrain, nodata: policy, threads: threads)
      }
    }
    recorder.record(
      CertificateRecord(
        name: "fill", isProved: certificate.holds,
        detail: "\(certificate.cells) cells: \(certificate.belowGround) below ground, \(certificate.unbalanced) "
          + "unbalanced, \(certificate.undrained) undrained"))
    guard certificate.holds else {
      throw pipeline.failure(
        .processing, .failedProof, at: keyPath, "the filled terrain is not the exact surface",
        hint: "this is a defect of the program; report it with the terrain")
    }
    let directions = try recorder.step("flow") { hierarchy.routedDirections() }
    let hypsometry = try recorder.step("hypsometry") {
      Hypsometry(hierarchy, ground: burnedTerrain, threads: threads)
    }
    self.original = original
    ground = burnedTerrain
    changedCells = changed
    self.hypsometry = hypsometry
    self.directions = directions
    upslope = upslopeCells(directions)
  }
}

extension TerrainCore: Archivable {
  init(from archive: inout ArchiveReader) throws(ArchiveError) {
    original = try archive.read()
    let changedGround: Grid<Float>? = try archive.read()
    ground = changedGround ?? original
    changedCells = try archive.read()
    hypsometry = try archive.read()
    directions = try archive.read()
    upslope = try archive.read()
  }

  func write(to archive: inout ArchiveWriter) {
    // Grids share their cells until one is changed.
    archive.write(original, changedCells.isEmpty ? nil : ground, changedCells, hypsometry, directions, upslope)
  }
}

extension ChangedCell: Archivable {
  init(from archive: inout ArchiveReader) throws(ArchiveError) {
    origin = try archive.read()
    id = try archive.read()
    column = try archive.read()
    row = try archive.read()
    before = try archive.read()
    after = try archive.read()
  }

  func write(to archive: inout ArchiveWriter) { archive.write(origin, id, column, row, before, after) }
}

/// The terrain as the water sees it; the same for all scenarios.
struct TerrainModel {
  /// Elevation with culverts burned and trenches dug, metres.
  let ground: Grid<Float>
  /// Cells that were lowered.
  let changedCells: [ChangedCell]
  let hierarchy: DepressionHierarchy
  let filled: Grid<Float>
  let directions: Grid<UInt8>
  /// Cells that drain through each cell.
  let upslope: Grid<Int32>
  let hypsometry: Hypsometry
  /// What standing water loses to the ground and to drains.
  let losses: BluespotLosses
  let bluespots: Bluespots
  /// What the bluespots are, in their order.
  let properties: [BluespotProperties]
  /// Elevation as it was read, metres.
  let original: Grid<Float>
  /// Tangent of the slope of the terrain as it was read.
  let slope: Grid<Float>

  init(_ loader: InputLoader, flood: FloodSection) throws {
    let recorder = loader.recorder
    let threads = loader.threads
    let core = try loader.cache.value("terrain") { try TerrainCore(loader, flood: flood) }
    let (hypsometry, burnedTerrain) = (core.hypsometry, core.ground)
    let hierarchy = hypsometry.hierarchy
    let drains = try loader.drains(of: flood)
    losses = BluespotLosses(hypsometry, infiltration: flood.infiltration.millimetres, drains: drains)
    if let id = flood.drains {
      loader.noteUnused(
        losses.unusedDrains.count, of: drains.count, "stand where water leaves the terrain without standing", id)
    }
    bluespots = Bluespots(
      hypsometry,
      least: BluespotSize(
        volume: flood.minVolume.cubicMetres, area: flood.minArea.squareMetres, depth: flood.minBluespotDepth.metres))
    properties = bluespots.properties(in: hypsometry, fillRain: FillRain(hypsometry, losses: losses))
    // What follows is sooner computed than read.
    original = core.original
    slope = slopeTangent(core.original, threads: threads)
    loader.tellSteepness(slope, flood.dtm)
    ground = burnedTerrain
    filled = hierarchy.filled(burnedTerrain, threads: threads)
    directions = core.directions
    upslope = core.upslope
    self.hypsometry = hypsometry
    changedCells = core.changedCells
    self.hierarchy = hierarchy
    recorder.count("cells", .integer(Int64(ground.count)))
    recorder.count("depressions", .integer(Int64(hierarchy.leafCount)))
    recorder.count("bluespots", .integer(Int64(bluespots.items.count)))
    recorder.count("bluespots_dropped", .integer(Int64(bluespots.dropped.count)))
    recorder.count("bluespots_dropped_m3", .number(WaterVolume.cubicMetres(bluespots.dropped.capacity)))
    recorder.cite("Barnes, Callaghan & Wickert (2020), Earth Surf. Dynam. 8, 431–445: depression hierarchy")
    recorder.cite("Barnes, Callaghan & Wickert (2021), Earth Surf. Dynam. 9, 105–121: fill–spill–merge")
    recorder.cite("Cordonnier, Bovy & Braun (2019), Earth Surf. Dynam. 7, 549–562: flow routing through depressions")
    recorder.cite("Horn (1981), Proc. IEEE 69, 14–47: slope")
  }
}
