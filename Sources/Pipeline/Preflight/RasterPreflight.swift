import Geodata
import Grids
import Rainfall

extension Preflight {
  /// Heights that occur in Norway, metres, with room below for quays and pits.
  static let plausibleHeights = -10.0...2500.0

  func checkElevation(_ id: String, _ input: ElevationInput) {
    let keyPath = "inputs.\(id)"
    let path = pipeline.resolve(input.path)
    var scan: RasterScan?
    check(keyPath) {
      let information = try open(path, id, band: input.band, crs: input.crs, report)
      if let text = information.unit, !text.isEmpty, let stated = LengthUnit(spelling: text), stated != input.unit {
        throw pipeline.failure(
          .input, .unusableTerrain, at: "\(keyPath).unit",
          "\(path) says that heights are in \(stated.rawValue), unit: says \(input.unit.rawValue)",
          hint: "write unit: \(stated.rawValue), or mend the file")
      }
      try requireVertical(information, path, declared: input.vertical, "\(keyPath).vertical")
      scan = try self.scan(path, input.nodata, input.band, input.crs)
    }
    guard let counts = scan?.counts, let least = counts.minimum, let greatest = counts.maximum else { return }
    let (low, high) = (Double(least) * input.unit.metres, Double(greatest) * input.unit.metres)
    if !Self.plausibleHeights.contains(low) || !Self.plausibleHeights.contains(high) {
      note(
        .implausibleHeights, at: keyPath, "heights are from \(Float(low)) to \(Float(high)) m",
        hint: "check unit: and nodata:")
    }
  }

  func checkClasses(_ id: String, _ input: ClassInput) {
    guard let path = input.path.map({ pipeline.resolve($0) }) else { return }
    var found: RasterScan?
    check("inputs.\(id)") {
      let information = try open(path, id, band: input.band ?? 1, crs: input.crs, report)
      // Codes of cells beyond the grid do no harm; on another lattice the run looks at them.
      let crs = try input.crs.map { try coordinateReferenceSystem($0) } ?? information.crs
      let box = report.geometry.flatMap { grid in crs.map { grid.crs.isSame(as: $0) } == true ? grid.extent : nil }
      found = try scan(path, input.nodata ?? .file, input.band ?? 1, input.crs, asClasses: true, countedWithin: box)
    }
    guard let scan = found else { return }
    for (table, known) in classTables(of: id) {
      let lookup = ClassLookup(Dictionary(known.map { ($0, true) }) { first, _ in first })
      check("tables.\(table)") { try lookup.require(counts: scan.classes, as: id) }
    }
  }

  /// Tables that must know the codes of a class input, with those that they know; tables that cannot be read are told
  /// of elsewhere.
  private func classTables(of id: String) -> [(table: String, codes: [Int32])] {
    pipeline.tableChecks.compactMap { use in
      guard let classes = use.classes, classes.input == id, let path = pipeline.tables[use.id],
        let rows = try? CSVTable(path: pipeline.resolve(path)),
        let codes = try? rows.integers(classes.column, in: 0...Int(Int32.max))
      else { return nil }
      return (use.id, classes.known + codes.map { Int32($0) })
    }
  }

  func checkRates(
    _ id: String, _ path: String, _ nodata: NodataDeclaration, _ band: Int, _ crs: String?, unit: String
  ) {
    check("inputs.\(id)") {
      _ = try open(path, id, band: band, crs: crs, report)
      if let least = try scan(path, nodata, band, crs)?.counts.minimum, least < 0 {
        throw pipeline.failure(
          .input, .negativeRate, at: "inputs.\(id)", "\(path) goes down to \(least) \(unit)",
          hint: "declare nodata if negative numbers mark cells without a value")
      }
    }
  }

  func checkRain(_ id: String, _ input: RainInput) {
    let keyPath = "inputs.\(id)"
    for scenario in pipeline.scenarios where scenario.rain == id {
      switch input.source {
      case .uniform, .storm: break
      case .series(let paths, let unit):
        check(keyPath) {
          let files = paths.map { pipeline.resolve($0, for: scenario) }
          try RainField(
            input.fieldSource(files, unit), onto: report.geometry, threads: 1, at: pipeline.position(of: keyPath)
          ).checkMeaning()
          // Unit and kind of file are told by the series; damage by its blocks.
          guard readsValues else { return }
          for file in Set(files).sorted() where input.variable == nil { try verifyRaster(file) }
        }
      case .raster(let path, let unit):
        checkRaster(of: scenario, id, input, pipeline.resolve(path, for: scenario), unit)
      }
    }
  }

  private func checkRaster(
    of scenario: Scenario, _ id: String, _ input: RainInput, _ path: String, _ unit: RainFieldUnit
  ) {
    let keyPath = "inputs.\(id)"
    var range: ClosedRange<Double>?
    check(keyPath) {
      let (band, nodata) = (input.band ?? 1, input.nodata ?? .file)
      // A file without a place of its own is placed by the run.
      if input.georeference == nil {
        let information = try open(path, id, band: band, crs: input.crs, report)
        if input.scale == nil { try pipeline.requireRain(information, unit, id: id) }
      }
      guard input.georeference == nil, input.scale == nil, input.offset == nil,
        let counts = try scan(path, nodata, band, input.crs)?.counts, let least = counts.minimum,
        let greatest = counts.maximum
      else { return }
      let factor = unit.millimetres(hours: input.duration.seconds / 3600)
      range = Double(least) * factor...max(Double(least), Double(greatest)) * factor
      if least < 0 {
        throw pipeline.failure(
          .input, .negativeRain, at: keyPath, "\(path): rain goes down to \(Float(Double(least) * factor)) mm",
          hint: "declare the value that means no data with nodata:")
      }
    }
    if let range, range.upperBound > 1000 || range.upperBound < 0.5 {
      note(
        .implausibleRain, at: keyPath,
        "\(path) holds \(Float(range.lowerBound)) to \(Float(range.upperBound)) mm of rain", hint: "check unit:")
    }
  }

  // MARK: - Files

  /// Opens a raster and checks band, position, and that it lies on the grid.
  private func open(
    _ path: String, _ id: String, band: Int, crs: String?, _ report: PreflightReport
  ) throws -> RasterInformation {
    let declared = try crs.map { try coordinateReferenceSystem($0) }
    // Opening as for reading checks bands, colours, sidecars and place.
    let isClass = pipeline.classes(id) != nil
    let information = try RasterWindowReader(
      path, RasterReading(band: band, crs: declared), acceptsPalette: isClass
    ).information
    // The first band is not always the one meant.
    if information.bandCount > 1, pipeline.origin.positions["inputs.\(id).band"] == nil {
      throw GeodataError(
        .bandNeeded, operation: "check raster", path: path,
        message: "the raster has \(information.bandCount) bands and none is named",
        hint: "set band to a number from 1 to \(information.bandCount)")
    }
    for warning in information.warnings { note(.unusualRaster, at: "inputs.\(id)", "\(path): \(warning)") }
    guard let geometry = information.geometry, let grid = report.geometry else { return information }
    let box = try grid.extent(in: geometry.crs)
    if !box.intersects(geometry.extent) {
      throw pipeline.failure(
        .input, .noOverlap, at: "inputs.\(id)",
        "\(path) covers \(geometry.extent) in \(geometry.crs), the analysis grid \(box)",
        hint: "check the reference systems and grid.extent")
    }
    return information
  }

  /// Throws where a file names another vertical reference than was declared.
  private func requireVertical(
    _ information: RasterInformation, _ path: String, declared: String, _ keyPath: String
  ) throws {
    guard let stated = information.verticalName else { return }
    func plain(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }
    if plain(stated).contains(plain(declared)) || plain(declared).contains(plain(stated)) { return }
    throw pipeline.failure(
      .input, .otherVertical, at: keyPath, "\(path) has heights in \(stated), vertical: says \(declared)",
      hint: "write vertical: \(stated), or bring the heights into \(declared)")
  }

  /// Reads all cells of a raster, or remembers what they said; nil where cells are left to the run.
  func scan(
    _ path: String, _ nodata: NodataDeclaration, _ band: Int, _ crs: String?, asClasses: Bool = false,
    countedWithin: Extent? = nil
  ) throws -> RasterScan? {
    guard readsValues else { return nil }
    let reading = RasterReading(
      band: band, nodata: nodata.rule, crs: try crs.map { try coordinateReferenceSystem($0) },
      acceptsAllNodata: false, threads: 1)
    let parts = ["\(nodata)", "\(band)", crs ?? "", "\(asClasses)", countedWithin.map { "\($0)" } ?? ""]
    return try scans.value(of: path, parts, hashes) {
      try scanRaster(path, reading, asClasses: asClasses, countedWithin: countedWithin)
    }
  }
}

extension GridGeometry {
  /// The box around the grid's corners in another reference system.
  func extent(in other: CoordinateReferenceSystem) throws -> Extent {
    if crs.isSame(as: other) { return extent }
    let box = extent
    let corners = [
      Coordinate(x: box.west, y: box.south), Coordinate(x: box.west, y: box.north),
      Coordinate(x: box.east, y: box.south), Coordinate(x: box.east, y: box.north),
    ]
    let moved = try Transformation(from: crs, to: other).transform(corners)
    let (xs, ys) = (moved.map(\.x).sorted(), moved.map(\.y).sorted())
    return Extent(west: xs[0], south: ys[0], east: xs[3], north: ys[3])
  }
}

extension ClassLookup {
  /// Throws where counted codes are missing.
  func require(counts: [Int32: Int], as name: String) throws(UnmappedClasses) {
    let total = counts.values.reduce(0, +)
    let missing = counts.filter { position(of: $0.key) == nil }
    if missing.isEmpty { return }
    let list = missing.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    throw UnmappedClasses(
      name: name,
      classes: list.map { .init(code: $0.key, cells: $0.value, share: Double($0.value) / Double(max(1, total))) })
  }
}

extension DiagnosticCode {
  static let otherVertical: Self = "E-CRS-007"
  static let implausibleHeights: Self = "W-RAS-105"
}
