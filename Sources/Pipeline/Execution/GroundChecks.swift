import Exposure
import Geodata
import Grids
import Report
import Terrain

/// What the terrain says of areas and buildings before any rain falls: whose catchments it cuts, and whether buildings
/// are part of it.
struct GroundChecks {
  /// The share of each area whose catchment is cut by the edge of the terrain; nil where no cell tells.
  let edgeShares: [Double?]

  /// An area is told of where more of it than this is concerned; below are the cells along a border or coast.
  private static let notableShare = 0.01
  /// How far a building must stand above the ground around it to be part of the terrain, metres.
  private static let step = 2.0
  /// Buildings are told of where more of them than this stand in the terrain; below are quays, ramps and errors.
  private static let notableBuildings = 0.1

  init(_ exposure: ExposureModel, _ model: TerrainModel, _ loader: InputLoader) throws {
    let threads = loader.threads
    let mask = edgeContamination(model.directions).map(threads: threads) { $0 == 255 ? .nan : Float($0) }
    let areas = (0..<exposure.areas.count).map { exposure.areas.polygons($0) }
    edgeShares = try zonalStatistics(of: areas, variables: [ZonalVariable(mask)], threads: threads).map {
      $0.statistics[0].mean.map { min(1, $0) }
    }
    let cut = edgeShares.indices.filter { (edgeShares[$0] ?? 0) > Self.notableShare }.map { exposure.areas.ids[$0] }
    if !cut.isEmpty {
      loader.recorder.note(
        .cutCatchments, at: "exposure.areas",
        "the catchments of \(cut.count) areas are cut by the edge of the terrain or by no data: "
          + cut.prefix(5).joined(separator: ", ") + (cut.count > 5 ? " and \(cut.count - 5) more" : "")
          + "; more water may come there than is computed (edge_frac)",
        hint: "deliver terrain up to the watersheds, or raise grid.buffer", count: cut.count)
    }
    for buildings in exposure.allBuildings where !buildings.arePoints {
      try Self.tellBlocks(buildings, model.original, loader)
    }
  }

  /// Tells of buildings whose footprints lie higher than the ground around them by more than slopes explain: on a slope
  /// the mean of a footprint is that of the ring around it.
  private static func tellBlocks(_ buildings: BuildingAssets, _ ground: Grid<Float>, _ loader: InputLoader) throws {
    let (sample, outlines) = (buildings.asset.sample ?? SampleSection(), buildings.surfaces)
    let rings =
      sample.location == .ring
      ? buildings.samples
      : try outlines.map { outline in
        let width = sample.width?.metres ?? SampleSection.defaultWidth.metres
        return outline.isEmpty ? [] : try difference(try buffer(outline, by: width), outline)
      }
    func means(_ zones: [[Polygon]]) throws -> [Double?] {
      try zonalStatistics(of: zones, variables: [ZonalVariable(ground)], threads: loader.threads).map {
        $0.statistics[0].mean
      }
    }
    let steps = zip(try means(outlines), try means(rings)).compactMap { inside, around in
      inside.flatMap { inside in around.map { inside - $0 } }
    }
    let blocks = steps.filter { $0 > Self.step }
    guard let highest = blocks.max(), Double(blocks.count) > notableBuildings * Double(steps.count) else { return }
    loader.recorder.note(
      .buildingsInTerrain, at: "exposure.assets.\(buildings.id)",
      "\(blocks.count) of \(steps.count) \(buildings.id) stand more than \(Int(Self.step)) m above the ground around them, "
        + "the highest by \((highest * 10).rounded() / 10) m: the terrain holds buildings, around which the water is led",
      hint: sample.location == .ring
        ? "take a terrain model without buildings" : "take a terrain model without buildings, or sample where: ring",
      count: blocks.count)
  }
}

extension GroundChecks: Archivable {
  init(from archive: inout ArchiveReader) throws(ArchiveError) { edgeShares = try archive.read() }
  func write(to archive: inout ArchiveWriter) { archive.write(edgeShares) }
}

extension DiagnosticCode {
  static let cutCatchments: Self = "W-COV-003"
  static let buildingsInTerrain: Self = "W-RAS-107"
}
