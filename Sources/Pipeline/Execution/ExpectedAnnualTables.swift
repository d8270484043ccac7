import Exposure
import Geodata
import Grids
import Report

/// What a scenario does to an area; nil where it is not known or not computed.
struct AreaExposure {
  var population: Double?
  var damage: Double?
  var landDamage: Double?
  var buildings: Double?
  var floodedShare: Double?
  /// Exposed metres of lines and number of facilities, by asset.
  var assets: [String: Double] = [:]
}

extension AreaExposure: Archivable {
  init(from archive: inout ArchiveReader) throws(ArchiveError) {
    population = try archive.read()
    damage = try archive.read()
    landDamage = try archive.read()
    buildings = try archive.read()
    floodedShare = try archive.read()
    let ids: [String] = try archive.read()
    let values: [Double] = try archive.read()
    guard ids.count == values.count, Set(ids).count == ids.count else { throw ArchiveError("assets without values") }
    assets = Dictionary(uniqueKeysWithValues: zip(ids, values))
  }

  func write(to archive: inout ArchiveWriter) {
    let ids = assets.keys.sorted()
    archive.write(population, damage, landDamage, buildings, floodedShare, ids, ids.compactMap { assets[$0] })
  }
}

/// What scenarios with a return period do to areas and buildings, and the expected annual values of it.
struct ExpectedAnnualCollection {
  private var years: [Double] = []
  /// By scenario, then by area.
  private var areas: [[AreaExposure]] = []
  /// By scenario, then by building.
  private var damages: [[Double?]] = []
  private var population: [Double?] = []
  private var areaFlags: [Flags] = []
  private var buildingFlags: [Flags] = []

  /// Adds what a scenario does.
  mutating func add(_ scenario: Scenario, _ areaResults: [AreaResult], _ buildingResults: [BuildingResult]) {
    population = areaResults.map(\.population)
    Self.merge(areaResults.map(\.flags), into: &areaFlags)
    Self.merge(buildingResults.map(\.flags), into: &buildingFlags)
    guard let period = scenario.returnPeriod?.years else { return }
    years.append(period)
    areas.append(areaResults.map { $0.isKnown ? $0.exposure : AreaExposure() })
    damages.append(buildingResults.map(\.damage))
  }

  /// Adds what other scenarios do.
  mutating func append(_ other: Self) {
    years += other.years
    areas += other.areas
    damages += other.damages
    population = other.population
    Self.merge(other.areaFlags, into: &areaFlags)
    Self.merge(other.buildingFlags, into: &buildingFlags)
  }

  private static func merge(_ new: [Flags], into flags: inout [Flags]) {
    guard !flags.isEmpty else {
      flags = new
      return
    }
    for index in new.indices { for word in new[index].words { flags[index].insert(word) } }
  }

  /// Expected annual damage of all buildings within areas; nil where that of one is not known.
  func damage(_ exposure: ExposureModel) throws -> ExpectedAnnual? {
    guard exposure.damage != nil, years.count > 1, let buildings = exposure.buildings else { return nil }
    let sums = damages.map { values in
      buildings.shareInside.indices.reduce(0 as Double?) { sum, building in
        let share = buildings.shareInside[building]
        guard share > 0 else { return sum }
        return sum.flatMap { sum in values[building].map { sum + $0 * share } }
      }
    }
    let known = sums.compactMap { $0 }
    guard known.count == years.count else { return nil }
    let tail = exposure.section.expectedAnnual?.tail ?? .constant
    return try expectedAnnual(returnPeriods: years, values: known, constantTail: tail == .constant)
  }

  /// The tables of expected annual values: one row for each area, and with damage one for each building.
  func tables(
    _ exposure: ExposureModel, _ section: ExpectedAnnualSection, _ recorder: RunRecorder
  ) throws -> [(table: FeatureTable, key: [String])] {
    var writer = ExpectedAnnualWriter(section, recorder, years: years)
    let roads = exposure.roads?.id ?? ""
    var groups: [(fields: ExpectedAnnualFields, value: (AreaExposure) -> Double?, isThere: Bool)] = [
      (.population, \.population, exposure.hasPeople), (.damage, \.damage, exposure.damage != nil),
      (.landDamage, \.landDamage, exposure.damage?.hasLand == true),
      (.buildings, \.buildings, exposure.buildings != nil), (.roads, { $0.assets[roads] }, exposure.roads != nil),
      (.floodedShare, \.floodedShare, true),
    ]
    let others =
      exposure.lines.filter { $0.id != roads }.map { ($0.id, $0.fields.expected) }
      + exposure.facilities.map { ($0.id, $0.counts.expected) }
    groups += others.map { id, fields in (fields, { $0.assets[id] }, true) }
    var absent = Set(groups.filter { !$0.isThere }.flatMap { $0.fields.all.map(\.name) })
    if !exposure.hasPeople { absent.insert(Fields.population.name) }
    if exposure.section.ranking == nil { absent.formUnion([Fields.rank.name, Fields.priorityScore.name]) }
    groups.removeAll { !$0.isThere }
    let schema = Schemas.areasExpectedAnnual.removing(absent).adding(others.flatMap(\.1.all))
    var values: [[Double?]] = []
    var builders = exposure.areas.ids.indices.map { _ in RowBuilder(schema) }
    for group in groups {
      values.append(
        try builders.indices.map { area in
          try writer.set(group.fields, areas.map { group.value($0[area]) }, in: &builders[area])
        })
    }
    let places = exposure.section.ranking.map { ranking in
      let weights: [String: Double] = [
        ExpectedAnnualFields.population.value.name: ranking.residents,
        ExpectedAnnualFields.damage.value.name: ranking.damage,
        ExpectedAnnualFields.floodedShare.value.name: ranking.floodedShare,
      ]
      return priorities(
        by: zip(groups, values).compactMap { group, values in
          let weight = weights[group.fields.value.name] ?? 0
          return weight > 0 ? RankingCriterion(values: values, weight: weight) : nil
        })
    }
    let rows = try builders.indices.map { area in
      var row = builders[area]
      row.set(Fields.areaID, exposure.areas.ids[area])
      row.set(Fields.areaName, exposure.areaNames[area])
      row.set(Fields.flags, areaFlags[area].text)
      row.set(
        Fields.area,
        exposure.areas.shapes[area] == nil ? nil : exposure.areas.polygons(area).reduce(0) { $0 + $1.area })
      if exposure.hasPeople { row.set(Fields.population, population[area]) }
      if let places {
        row.set(Fields.rank, places.isEmpty ? nil : places[area]?.rank)
        row.set(Fields.priorityScore, places.isEmpty ? nil : places[area]?.score)
      }
      return try row.row()
    }
    var tables = [(table: schema.table(rows), key: schema.key)]
    if exposure.damage != nil, let buildings = exposure.buildings {
      let schema = Schemas.buildingsExpectedAnnual.named("\(buildings.id)_ead")
      let rows = try buildings.features.ids.indices.map { building in
        var row = RowBuilder(schema)
        row.set(Fields.buildingID, buildings.features.ids[building])
        row.set(Fields.areaID, buildings.areaOf[building].map { exposure.areas.ids[$0] })
        row.set(Fields.buildingType, buildings.type[building])
        row.set(Fields.flags, buildingFlags[building].text)
        try writer.set(.damage, damages.map { $0[building] }, in: &row)
        return try row.row()
      }
      tables.append((schema.table(rows), schema.key))
    }
    return tables
  }
}

/// Writes expected annual values into rows and tells each reason for doubt once.
private struct ExpectedAnnualWriter {
  let section: ExpectedAnnualSection
  let recorder: RunRecorder
  let years: [Double]
  private var told: Set<String> = []

  init(_ section: ExpectedAnnualSection, _ recorder: RunRecorder, years: [Double]) {
    self.section = section
    self.recorder = recorder
    self.years = years
  }

  /// Sets the fields of one expected annual value from those of all return periods; null where one is not known.
  @discardableResult
  mutating func set(_ fields: ExpectedAnnualFields, _ values: [Double?], in row: inout RowBuilder) throws -> Double? {
    let known = values.compactMap { $0 }
    row.set(fields.periods, years.count)
    guard known.count == years.count, years.count > 1 else {
      row.set(fields.value, nil)
      row.set(fields.low, nil)
      row.set(fields.high, nil)
      row.set(fields.method, nil)
      row.set(fields.tailShare, nil)
      return nil
    }
    let expected = try expectedAnnual(returnPeriods: years, values: known, constantTail: section.tail == .constant)
    let value = section.method == .logLinear ? expected.value : expected.trapezoid
    row.set(fields.value, value)
    row.set(fields.low, expected.lowerBound)
    row.set(fields.high, expected.upperBound)
    row.set(fields.method, section.method.rawValue)
    // The constant tail is the same in every method; its share is of the value that is published.
    row.set(fields.tailShare, expected.tailShare.flatMap { value > 0 ? $0 * expected.value / value : nil })
    for warning in expected.warnings where told.insert("\(warning)").inserted {
      recorder.note(.expectedAnnual, at: "exposure.expected_annual", "\(warning)")
    }
    return value
  }
}

extension ExpectedAnnualCollection: Archivable {
  init(from archive: inout ArchiveReader) throws(ArchiveError) {
    years = try archive.read()
    areas = try archive.read()
    damages = try archive.read()
    population = try archive.read()
    areaFlags = try archive.read([String].self).map { Flags(text: $0) }
    buildingFlags = try archive.read([String].self).map { Flags(text: $0) }
  }

  func write(to archive: inout ArchiveWriter) {
    archive.write(years, areas, damages, population, areaFlags.map(\.text), buildingFlags.map(\.text))
  }
}
