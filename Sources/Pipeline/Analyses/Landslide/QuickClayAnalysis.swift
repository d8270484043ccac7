import Foundation
import Geodata
import Grids
public import Landslide
public import Report
import Terrain

/// Screening for quick-clay slides: `overvann landslide quick-clay`.
public struct QuickClayAnalysis: Sendable {
  /// The terrain.
  public var elevation: ElevationRaster
  /// A height that stands for no data besides the file's own; nil for none.
  public var void: Double?
  /// Folder of the results.
  public var output: String
  /// Lines or surfaces at the feet of slopes, such as streams; nil takes every cell.
  public var feet: String?
  /// Depth of the feet below the terrain, m.
  public var footDepth = 0.0
  /// Marine limit as a length or a raster in metres; nil for none.
  public var marineLimit: String?
  /// Raster that is above 0 below the marine limit, instead of the limit itself.
  public var marineArea: String?
  /// Rasters of codes with the tables that say what they mean.
  public var maps: [(raster: String, table: String)] = []
  /// The figures.
  public var rules = QuickClayRules()
  /// Whether clay runs out along a channel.
  public var isChannelled = true
  /// Area in m² from which a zone is drawn.
  public var leastArea = 0.0
  /// How files are written.
  public var files = OutputFiles()
  /// Number of threads; the results do not depend on it.
  public var threads = 1

  /// An analysis with every option at its default.
  public init(_ elevation: ElevationRaster, output: String) {
    self.elevation = elevation
    self.output = output
  }

  /// Reads, screens and writes.
  /// - Returns: Key figures and the rules, for people and programs.
  /// - Throws: ``RunFailure``.
  public func run(progress: AnalysisProgress) throws(RunFailure) -> JSONObject {
    let folder = ResultFolder(path: output, files: files, threads: threads)
    try folder.check(
      ["zones.tif", "run.tif", "height_above_foot.tif", "runout_left.tif", "quick_clay.gpkg"],
      inputs: [elevation.path] + [feet].compactMap { $0 } + maps.flatMap { [$0.raster, $0.table] })
    let terrain = try progress.step("read") { () throws(RunFailure) in
      try elevation.read(threads: threads).withoutVoids(void, threads: threads)
    }
    let ground = try clay(terrain)
    let levels = try feet.map { path throws(RunFailure) in
      let shapes = try SlideShapes(path, on: terrain.geometry, rule: .mostly, threads: threads)
      return footLevels(of: shapes.cells.joined(), on: terrain, depth: footDepth)
    }
    let screening = try progress.step("screening") { () throws(RunFailure) in
      try RunFailure.locating(at: SourcePosition(file: elevation.path)) {
        let surface = try DepressionHierarchy(of: terrain, nodata: .outlet, threads: threads)
          .filled(terrain, threads: threads)
        return try quickClayScreening(
          terrain: terrain, surface: surface, ground: ground, feet: levels, rules: rules, isChannelled: isChannelled,
          threads: threads)
      }
    }
    for note in notes { progress.note(Diagnostic(note.code, at: SourcePosition(file: elevation.path), note.text)) }
    try progress.step("write") { () throws(RunFailure) in
      try folder.classes(
        screening.zones, "zones.tif",
        "Flags: 1 known, 2 near a slope, 4 on the line of reach, 8 release, 16 runout")
      try folder.raster(
        screening.run.map(threads: threads) { $0 == .infinity ? .nan : $0 }, "run.tif", unit: "1",
        "Run n of the steepest line 1:n down to the foot of a slope")
      try folder.raster(
        screening.height, "height_above_foot.tif", unit: "m",
        "Height above the lowest foot on a line of the slide's length; 0 where there is none")
      try folder.raster(screening.runoutLeft, "runout_left.tif", unit: "m", "Length that the runout could still go on")
      try folder.layer(
        Schemas.quickClay.layer(
          crs: terrain.geometry.crs, features: try quickClayFeatures(screening, leastArea: leastArea)),
        "quick_clay.gpkg")
    }
    let report = report(screening)
    try folder.report(withFigures(report))
    return report
  }

  /// Where sensitive clay is possible; every cell with data where no map is given.
  private func clay(_ terrain: Grid<Float>) throws(RunFailure) -> Grid<UInt8> {
    let limit: MarineLimit
    if let marineArea {
      limit = .area(
        try RunFailure.locating(at: SourcePosition(file: marineArea)) {
          try readClasses(marineArea, alignedTo: terrain.geometry, RasterReading(threads: threads)).grid
        })
    } else if let marineLimit {
      if let length = try? Quantity(marineLimit, .length) {
        limit = .height(length.metres)
      } else {
        limit = .heights(
          try RunFailure.locating(at: SourcePosition(file: marineLimit)) {
            try readRaster(
              marineLimit, alignedTo: terrain.geometry, resampling: .bilinear, RasterReading(threads: threads)
            ).grid
          })
      }
    } else {
      limit = .height(.infinity)
    }
    var read: [(codes: Grid<Int32>, table: ClassLookup<DepositClass>)] = []
    for map in maps {
      let table = try RunFailure.locatingTable(at: SourcePosition(file: map.table)) {
        try depositClasses(CSVTable(path: map.table))
      }
      let codes = try RunFailure.locating(at: SourcePosition(file: map.raster)) {
        try readClasses(map.raster, alignedTo: terrain.geometry, RasterReading(threads: threads)).grid
      }
      read.append((codes, table))
    }
    if read.isEmpty {
      let everywhere = ClassLookup<DepositClass>([0: .marine])
      read = [(Grid(terrain.geometry, repeating: 0), everywhere)]
    }
    return try RunFailure.locating(at: SourcePosition(file: maps.first?.table ?? elevation.path)) {
      try clayGround(terrain: terrain, marineLimit: limit, maps: read, threads: threads)
    }
  }

  /// What a reader must know of the figures.
  private var notes: [(code: DiagnosticCode, text: String)] {
    var notes: [(DiagnosticCode, String)] = []
    let unverified = rules.figures.filter { $0.figure.evidence == .unverified }.map(\.name)
    if !unverified.isEmpty {
      notes.append(
        (.unverifiedTable, "figures that nobody has checked against their source: \(Suggestion.list(unverified))"))
    }
    if maps.isEmpty { notes.append((.noClayMap, "no map of deposits: all ground below the limit counts as marine")) }
    if marineLimit == nil, marineArea == nil {
      notes.append((.noClayMap, "no marine limit: ground at any height counts"))
    }
    return notes
  }

  private func report(_ screening: QuickClayScreening) -> JSONObject {
    var counts: [ClayZones: Int] = [:]
    for cell in 0..<screening.zones.count {
      let zones = ClayZones(rawValue: screening.zones[cell])
      for (zone, _) in ClayZones.named where zones.contains(zone) { counts[zone, default: 0] += 1 }
    }
    let area = screening.zones.geometry.cellArea
    var report: JSONObject = ["slide": .string(rules.slide.name)]
    for (zone, name) in ClayZones.named { report["\(name)_m2"] = .number(Double(counts[zone] ?? 0) * area) }
    report["note"] = "Susceptibility by terrain and maps, no hazard zone and no probability."
    return report
  }

  private func withFigures(_ report: JSONObject) -> JSONObject {
    var report = report
    report["figures"] = .array(
      rules.figures.map { name, figure in
        .object([
          "name": .string(name), "value": .number(figure.value), "unit": .string(figure.unit),
          "source": .string(figure.source), "status": .string(figure.evidence.rawValue),
        ])
      })
    report["notes"] = .array(notes.map { .string($0.text) })
    return report
  }
}

extension ClayZones {
  /// The zones with their names in layers.
  static let named: [(zone: ClayZones, name: String)] = [
    (.nearSlope, "near_slope"), (.reach, "reach"), (.release, "release"), (.runout, "runout"),
  ]
  /// The classes of the zones in layers.
  static let classes: [ClayZones: Int] = [.release: 1, .reach: 2, .nearSlope: 3, .runout: 4]
}

/// Levels at the feet of slopes: terrain less a depth on some cells, no data elsewhere.
func footLevels(of cells: some Sequence<CellIndex>, on terrain: Grid<Float>, depth: Double) -> Grid<Float> {
  var levels = Grid<Float>(terrain.geometry, repeating: .nan)
  for cell in cells { levels[Int(cell)] = terrain[Int(cell)] - Float(depth) }
  return levels
}

/// Meaning of deposits by code, from a table with the columns `deposit_code` and `clay`: marine, thin_cover or other.
func depositClasses(_ table: CSVTable) throws -> ClassLookup<DepositClass> {
  try table.require(["deposit_code", "clay", "source"])
  let codes = try table.keys("deposit_code", in: 0...Int(Int32.max))
  var classes: [Int32: DepositClass] = [:]
  for (row, text) in try table.texts("clay").enumerated() {
    guard let found = DepositClass(rawValue: text) else {
      throw CSVTableError([
        Diagnostic(
          .invalidTableNumber, at: try table.position(row: row, column: "clay"), keyPath: "clay",
          "\"\(text)\" is none of \(Suggestion.list(DepositClass.allCases.map(\.rawValue)))")
      ])
    }
    classes[Int32(codes[row])] = found
  }
  return ClassLookup(classes)
}

/// Zones of a screening for quick-clay slides, as features; each zone is drawn whole, so that zones overlap.
func quickClayFeatures(_ screening: QuickClayScreening, leastArea: Double) throws -> [Feature] {
  var features: [Feature] = []
  for (zone, name) in ClayZones.named {
    let classes = screening.zones.map(threads: 1) { $0 & zone.rawValue == 0 ? 0 as Int32 : 1 }
    let surfaces = classifiedPolygons(
      classes, leastArea: leastArea, grids: [screening.run, screening.height, screening.runoutLeft])
    for surface in surfaces {
      var row = RowBuilder(Schemas.quickClay)
      row.set(Fields.id, features.count + 1)
      row.set(Fields.zone, name)
      row.set(Fields.zoneClass, ClayZones.classes[zone])
      row.set(Fields.leastRun, single: surface.least[0])
      row.set(Fields.heightAboveFoot, single: surface.greatest[1])
      row.set(Fields.runoutLeft, single: surface.greatest[2])
      row.set(Fields.area, surface.area)
      features.append(try row.feature(.polygons(surface.polygons)))
    }
  }
  return features
}

extension DiagnosticCode {
  static let noClayMap: Self = "W-SLD-002"
}
