import Exposure
import Geodata
import Grids
import Report

/// Buildings, the surfaces around them that are sampled, and the areas they are counted in.
@dynamicMemberLookup
struct BuildingAssets {
  typealias Member = BuildingShapes.Member

  let id: String
  let asset: AssetSection
  /// Names of the counts where the buildings are counted apart.
  let counts: FacilityFields
  private let shapes: BuildingShapes
  /// Residents of each building; nil where they are not known.
  var residents: [Double?]

  init(id: String, _ asset: AssetSection, _ shapes: BuildingShapes) {
    self.id = id
    self.asset = asset
    self.shapes = shapes
    counts = FacilityFields(asset.prefix ?? AssetSection.buildingPrefix, id)
    residents = shapes.residents
  }

  subscript<Value>(dynamicMember member: KeyPath<BuildingShapes, Value>) -> Value { shapes[keyPath: member] }

  /// Whether the buildings are points.
  var arePoints: Bool { shapes.features.shapes.contains { if case .point = $0 { true } else { false } } }

  /// Residents of some buildings; nil where those of any of them are not known.
  func residents(of members: [Member]) -> Double? {
    members.reduce(0 as Double?) { sum, member in
      sum.flatMap { sum in residents[member.index].map { sum + $0 * member.share } }
    }
  }
}

/// Buildings as they are kept between runs.
struct BuildingShapes {
  /// A building, or the share of it, that counts for an area.
  struct Member: BitwiseCopyable, Archivable {
    let index: Int
    /// 1, or with apportioning the share of the footprint that lies in the area.
    let share: Double
  }

  let features: LoadedFeatures
  /// Footprints; around buildings that are points, the disc that stands for them.
  let surfaces: [[Polygon]]
  /// Surfaces whose water is the building's: the ring around it, its footprint, or both.
  let samples: [[Polygon]]
  /// Areas of the footprints; nil for points and missing shapes.
  let footprints: [Double?]
  /// A point of each building; nil where its shape is missing.
  let points: [Coordinate?]
  /// Area that each building lies in, with apportioning the one that has most of it; nil where it lies in none.
  let areaOf: [Int?]
  /// Buildings that count for each area.
  let inside: [[Member]]
  /// The share of each building that lies in any area.
  let shareInside: [Double]
  let type: [String?]
  let floorArea: [Double?]
  /// Residents as the input has them.
  fileprivate let residents: [Double?]

  init(_ asset: AssetSection, _ input: BuildingInput, areas: [[Polygon]], _ loader: InputLoader) throws {
    let pipeline = loader.pipeline
    let names = [input.type, input.floorArea, input.residents]
    let loaded = try loader.features(
      asset.input, path: input.path, layer: input.layer, crs: input.crs,
      shapeType: input.shape == .footprints ? .polygons : .point, idField: input.id,
      fields: names.compactMap { $0 })
    features = loaded
    var column = 0
    func columnOf(_ name: String?) -> Int? {
      guard name != nil else { return nil }
      defer { column += 1 }
      return column
    }
    let typeColumn = columnOf(input.type)
    let floorColumn = columnOf(input.floorArea)
    let residentColumn = columnOf(input.residents)
    type = loaded.values.map { row in typeColumn.flatMap { row[$0].asText } }
    floorArea = loaded.values.map { row in floorColumn.flatMap { row[$0].asNumber } }
    residents = loaded.values.map { row in residentColumn.flatMap { row[$0].asNumber } }
    for (name, values) in [(input.residents, residents), (input.floorArea, floorArea)] {
      guard let wrong = values.firstIndex(where: { $0.map { $0 < 0 || !$0.isFinite } ?? false }) else { continue }
      throw pipeline.failure(
        .input, .badValue, at: "inputs.\(asset.input)",
        "building \"\(loaded.ids[wrong])\": \(name ?? "") is \(values[wrong] ?? .nan)",
        hint: "give a number of 0 or more, or leave it empty where it is not known")
    }
    let keyPath = "inputs.\(asset.input)"
    let sample = asset.sample ?? SampleSection()
    let width = sample.width?.metres ?? SampleSection.defaultWidth.metres
    let outlines = (0..<loaded.count).map { loaded.polygons($0) }
    points = try pipeline.reading(keyPath) {
      try (0..<loaded.count).map { index -> Coordinate? in
        if case .point(let point) = loaded.shapes[index] { return point }
        return outlines[index].isEmpty ? nil : try Geodata.representativePoint(of: outlines[index])
      }
    }
    footprints = outlines.map { outline in outline.isEmpty ? nil : outline.reduce(0) { $0 + $1.area } }
    surfaces = try pipeline.reading(keyPath) { [points] in
      try (0..<loaded.count).map { index in
        guard input.shape == .points, let point = points[index] else { return outlines[index] }
        return try buffer(point: point, by: width)
      }
    }
    samples = try pipeline.reading(keyPath) { [surfaces] in
      try (0..<loaded.count).map { index in
        guard input.shape == .footprints, sample.location != .footprint, !outlines[index].isEmpty else {
          return surfaces[index]
        }
        let around = try buffer(outlines[index], by: width)
        return sample.location == .both ? around : try difference(around, outlines[index])
      }
    }
    var inside = [[Member]](repeating: [], count: areas.count)
    if asset.attributeTo == .areaShare {
      let parts = try pipeline.reading(keyPath) { try Geodata.overlaps(of: outlines, with: areas) }
      for (index, overlaps) in parts.enumerated() {
        for overlap in overlaps { inside[overlap.area].append(Member(index: index, share: overlap.share)) }
      }
      // Of equal shares the first area counts.
      areaOf = parts.map { overlaps in
        overlaps.reduce(nil as Overlap?) { best, one in best.map { one.share > $0.share ? one : $0 } ?? one }?.area
      }
      shareInside = parts.map { min(1, $0.reduce(0) { $0 + $1.share }) }
    } else {
      areaOf = AreaIndex(areas).attribute(points, threads: loader.threads)
      for (index, area) in areaOf.enumerated() {
        if let area { inside[area].append(Member(index: index, share: 1)) }
      }
      shareInside = areaOf.map { $0 == nil ? 0 : 1 }
    }
    self.inside = inside
  }
}

extension BuildingShapes: Archivable {
  init(from archive: inout ArchiveReader) throws(ArchiveError) {
    features = try archive.read()
    surfaces = try archive.read()
    samples = try archive.read()
    footprints = try archive.read()
    points = try archive.read()
    areaOf = try archive.read()
    inside = try archive.read()
    shareInside = try archive.read()
    type = try archive.read()
    floorArea = try archive.read()
    residents = try archive.read()
  }

  func write(to archive: inout ArchiveWriter) {
    archive.write(
      features, surfaces, samples, footprints, points, areaOf, inside, shareInside, type, floorArea, residents)
  }
}

extension [BuildingShapes.Member] {
  /// How many buildings they are, each by its share.
  var sum: Double { reduce(0) { $0 + $1.share } }
}
