import Exposure
import Geodata
import Grids
import Landslide
import Report

extension HazardClassTable {
  /// The worst class of every cell in a scenario.
  func classes(
    depth: Grid<Float>, moving: MovingWater?, safety: Grid<Float>?, runout: RunoutZones?, clay: QuickClayStep?,
    threads: Int
  ) throws -> Grid<UInt8> {
    var grids: [(hazard: ClassifiedHazard, grid: Grid<Float>)] = [(.depth, depth)]
    if let moving {
      grids.append((.depthVelocity, moving.depthVelocity))
      grids.append((.rating, moving.rating))
      grids.append((.hydraulicClass, moving.hazardClass.map(threads: threads) { $0 == 255 ? .nan : Float($0) }))
    }
    if let safety { grids.append((.safety, safety)) }
    if let runout {
      // Ground that no flow reaches has no speed, which is known.
      grids.append((.runout, runout.flows.velocity(threads: threads).map(threads: threads) { $0.isNaN ? -1 : $0 }))
    }
    if let clay {
      let (release, reach) = (
        clay.mask(of: .release, threads: threads), clay.mask(of: .runout, threads: threads)
      )
      var zones = release.map(threads: threads) {
        $0 == HazardUnion.noData ? Float.nan : $0 == HazardUnion.present ? 1 : 0
      }
      zones.forEachRow(threads: threads) { row, cells in
        let reached = reach.row(row)
        for column in 0..<cells.count where reached[column] == HazardUnion.present && cells[column] == 0 {
          cells[column] = 2
        }
      }
      grids.append((.quickClay, zones))
    }
    let rules = rows.compactMap { row in
      grids.firstIndex { $0.hazard == row.hazard }.map {
        HazardClassRule(
          quantity: $0, from: Float(row.from), below: Float(row.below), classNumber: UInt8(row.classNumber))
      }
    }
    return try combinedClass(of: grids.map(\.grid), rules: rules, threads: threads)
  }
}

extension ExposureModel {
  /// The class of each building: the worst of which a twentieth of the sampled surface is, or worse; nil where unknown.
  func buildingClasses(
    _ classes: Grid<UInt8>, _ results: [BuildingResult], policy: PolicySection, threads: Int
  ) throws -> [Int?] {
    guard let buildings else { return [] }
    let zones = try zonalStatistics(
      of: buildings.samples, variables: [],
      classVariables: [ZonalClassVariable(classes, noData: combinedClassNoData)], threads: threads)
    return zones.map { zone in
      let found = zone.classes[0]
      guard found.coverage.coveredFraction > 0, found.coverage.coveredFraction >= policy.minCoveredFraction else {
        return nil
      }
      let least = 0.05 * found.coverage.coveredFraction * found.zoneArea
      var sum = 0.0
      for (code, area) in found.areas.sorted(by: { $0.key > $1.key }) where code > 0 {
        sum += area
        if sum >= least { return Int(code) }
      }
      return 0
    }
  }

  /// Fields of the table of hazard classes.
  var hazardClassSchema: Schema {
    buildings?.asset.attributeTo == .areaShare
      ? Schemas.hazardClasses.apportioning([Fields.classBuildings.name]) : Schemas.hazardClasses
  }

  /// Ground, buildings and residents of each class in each area, class 0 included.
  func classRows(
    _ classes: Grid<UInt8>, _ states: [Int?], _ table: HazardClassTable, scenario: Scenario, _ policy: PolicySection,
    threads: Int
  ) throws -> [[FieldValue]] {
    let zones = try zonalStatistics(
      of: (0..<areas.count).map { areas.polygons($0) }, variables: [],
      classVariables: [ZonalClassVariable(classes, noData: combinedClassNoData)], threads: threads)
    return try zones.enumerated().flatMap { area, zone in
      let found = zone.classes[0]
      let inside = buildings?.inside[area] ?? []
      return try ([0] + table.names.keys.sorted()).map { number in
        var row = RowBuilder(hazardClassSchema)
        var flags = Flags()
        row.set(Fields.areaID, areas.ids[area])
        row.set(Fields.scenario, scenario.id)
        row.set(Fields.hazardClass, number)
        row.set(Fields.hazardClassName, number == 0 ? "none" : table.names[number])
        let coverage = found.coverage.coveredFraction
        if areas.shapes[area] == nil {
          flags.insert(geometryFlag)
        } else {
          row.set(Fields.coveredShare, coverage)
          if coverage < policy.minCoveredFraction || coverage == 0 { flags.insert("coverage") }
        }
        if flags.words.isEmpty {
          let surface = found.areas[Int32(number)] ?? 0
          row.set(Fields.classArea, surface)
          row.set(Fields.classShare, min(1, surface / zone.area))
          if let buildings {
            if inside.contains(where: { states[$0.index] == nil }) { flags.insert("buildings") }
            let hit = inside.filter { states[$0.index] == number }
            let residents = buildings.residents(of: hit)
            if residents == nil { flags.insert("residents") }
            row.set(Fields.classBuildings, count: hit.sum)
            row.set(Fields.classPopulation, residents)
          }
        }
        row.set(Fields.flags, flags.text)
        row.setRestToNull()
        return try row.row()
      }
    }
  }
}

extension DiagnosticCode {
  static let unusedRule: Self = "W-TAB-103"
}
