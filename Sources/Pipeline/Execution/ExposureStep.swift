import Exposure
import Geodata
import Grids
import Report

/// Areas with the assets in them, and what they mean for each scenario.
struct ExposureModel {
  let section: ExposureSection
  let areas: LoadedFeatures
  let areaNames: [String?]
  /// Fields of the areas that are kept, under the names they have in the results.
  let keptFields: [Field]
  let buildings: BuildingAssets?
  let roads: RoadAssets?
  /// What water destroys; nil where that is not computed.
  let damage: DamageModel?
  /// People who live in no building that is known, by cell; nil where there are none.
  let unplaced: Grid<Float>?
  /// Pipes of the drainage, before any scenario; nil where they are not looked at.
  let drainage: DrainageStep?
  /// Rules of hazard classes; nil where there are none.
  let hazardClasses: HazardClassTable?
  /// Buildings against safety classes, before any scenario; nil where that is not asked for.
  let safety: SafetyStep?

  init(_ section: ExposureSection, _ loader: InputLoader) throws {
    let pipeline = loader.pipeline
    let recorder = loader.recorder
    self.section = section
    guard let input = pipeline.area(section.areas) else { preconditionFailure("checked to be areas") }
    let name = input.name.map { [$0] } ?? []
    let loaded = try recorder.step("areas") {
      try loader.features(
        section.areas, path: input.path, layer: input.layer, crs: input.crs, shapeType: .polygons, idField: input.id,
        fields: name + input.keep)
    }
    areas = loaded
    areaNames = loaded.values.map { row in
      input.name == nil ? nil : row.first?.asText
    }
    let taken = Set(Schemas.areas.fields.map(\.name))
    keptFields = loaded.fields.dropFirst(name.count).map { field in
      var field = field
      // A field of the input never hides one of the results.
      if taken.contains(field.name) { field.name = "in_\(field.name)" }
      return field
    }
    let zones = (0..<loaded.count).map { loaded.polygons($0) }
    var buildings: BuildingAssets?
    var roads: RoadAssets?
    for (id, asset) in section.assets {
      if let building = pipeline.building(asset.input) {
        buildings = try recorder.step("buildings") {
          BuildingAssets(
            id: id, asset,
            try loader.cache.value("buildings \(id)") { try BuildingShapes(asset, building, areas: zones, loader) })
        }
      } else if let line = pipeline.line(asset.input) {
        roads = try recorder.step("roads") { try RoadAssets(id: id, asset, line, areas: zones, loader) }
      }
    }
    var unplaced: Grid<Float>?
    if let people = section.population, var assets = buildings {
      let placed = try recorder.step("population") { try PlacedPopulation(people, assets, loader) }
      assets.residents = placed.residents
      buildings = assets
      unplaced = placed.unplaced
    }
    self.unplaced = unplaced
    self.buildings = buildings
    self.roads = roads
    damage = try section.damage.map { section in
      let model = try DamageModel(section, loader)
      model.check(buildings?.type ?? [], at: "exposure.damage.building_types", recorder)
      return model
    }
    drainage = try section.drainage.map { id in try recorder.step("drainage") { try DrainageStep(id, loader) } }
    hazardClasses = try section.hazardClasses.map { id in
      let table = try loader.reading(id) { try HazardClassTable($0) }
      for rule in table.missing(pipeline.hazards) {
        recorder.note(.unusedRule, at: "tables.\(id)", "rules of \(rule.rawValue) are not used: it is not computed")
      }
      return table
    }
    safety = try section.safety.flatMap { section in try buildings.map { try SafetyStep(section, $0, loader) } }
  }

  /// Whether anything is exposed besides the areas themselves.
  var hasAssets: Bool { buildings != nil || roads != nil }

  /// Values of the areas' own fields that are kept.
  func kept(_ area: Int) -> ArraySlice<FieldValue> { areas.values[area].suffix(keptFields.count) }
}

/// Buildings, the surfaces around them that are sampled, and the areas they are counted in.
@dynamicMemberLookup
struct BuildingAssets {
  let id: String
  let asset: AssetSection
  private let shapes: BuildingShapes
  fileprivate(set) var residents: [Double?]

  init(id: String, _ asset: AssetSection, _ shapes: BuildingShapes) {
    self.id = id
    self.asset = asset
    self.shapes = shapes
    residents = shapes.residents
  }

  subscript<Value>(dynamicMember member: KeyPath<BuildingShapes, Value>) -> Value { shapes[keyPath: member] }
}

/// Buildings as they are kept between runs.
struct BuildingShapes {
  let features: LoadedFeatures
  /// Surfaces whose water is the building's: the ring around it, or its footprint.
  let samples: [[Polygon]]
  let footprints: [Double?]
  /// Area that each building is counted in, nil where it lies in none.
  let areaOf: [Int?]
  let type: [String?]
  let floorArea: [Double?]
  /// Residents as the input has them.
  fileprivate let residents: [Double?]

  init(_ asset: AssetSection, _ input: BuildingInput, areas: [[Polygon]], _ loader: InputLoader) throws {
    let pipeline = loader.pipeline
    let names = [input.type, input.floorArea, input.residents]
    let loaded = try loader.features(
      asset.input, path: input.path, layer: input.layer, crs: input.crs, shapeType: .polygons, idField: input.id,
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
    footprints = (0..<loaded.count).map { index in
      loaded.shapes[index] == nil ? nil : loaded.polygons(index).reduce(0) { $0 + $1.area }
    }
    let sample = asset.sample ?? SampleSection()
    samples = try pipeline.reading("inputs.\(asset.input)") {
      try (0..<loaded.count).map { index in
        let footprint = loaded.polygons(index)
        guard sample.location != .footprint, !footprint.isEmpty else { return footprint }
        let width = sample.width?.metres ?? SampleSection.defaultWidth.metres
        let around = try buffer(footprint, by: width)
        return sample.location == .both ? around : try difference(around, footprint)
      }
    }
    let points = try pipeline.reading("inputs.\(asset.input)") {
      try (0..<loaded.count).map { index -> Coordinate? in
        let footprint = loaded.polygons(index)
        return footprint.isEmpty ? nil : try Geodata.representativePoint(of: footprint)
      }
    }
    areaOf = AreaIndex(areas).attribute(points, threads: loader.threads)
  }
}

extension BuildingShapes: Archivable {
  init(from archive: inout ArchiveReader) throws(ArchiveError) {
    features = try archive.read()
    samples = try archive.read()
    footprints = try archive.read()
    areaOf = try archive.read()
    type = try archive.read()
    floorArea = try archive.read()
    residents = try archive.read()
  }

  func write(to archive: inout ArchiveWriter) {
    archive.write(features, samples, footprints, areaOf, type, floorArea, residents)
  }
}

/// Roads and their length per cell.
struct RoadAssets {
  let id: String
  let asset: AssetSection
  let features: LoadedFeatures
  /// Metres of road in each cell.
  let lengths: Grid<Float>

  init(id: String, _ asset: AssetSection, _ input: LineInput, areas: [[Polygon]], _ loader: InputLoader) throws {
    self.id = id
    self.asset = asset
    let loaded = try loader.features(
      asset.input, path: input.path, layer: input.layer, crs: input.crs, shapeType: .lines, idField: input.id,
      fields: [])
    features = loaded
    var lengths = Grid<Float>(loader.geometry, repeating: 0)
    lengths.withUnsafeMutableCells { cells in
      for index in 0..<loaded.count {
        _ = forEachCrossedCell(of: loaded.lines(index), on: loader.geometry) { cell, length in
          cells[cell] += Float(length)
        }
      }
    }
    self.lengths = lengths
  }
}

extension FieldValue {
  /// The value as a number, where it is one.
  var asNumber: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .real(let number): number
    case .text(let text): Double(text)
    default: nil
    }
  }

  /// The value as text; numbers of codes keep no fraction.
  var asText: String? {
    switch self {
    case .text(let text): text
    case .integer(let number): String(number)
    case .real(let number): Int64(exactly: number).map { String($0) } ?? String(number)
    case .boolean(let value): String(value)
    case .null: nil
    }
  }
}
