import Exposure
import Geodata
import Grids
import Report

/// What one scenario means for each building.
struct BuildingResult {
  var greatestDepth: Double?
  var highDepth: Double?
  var meanDepth: Double?
  var coveredShare: Double
  /// Depth that counts, by the statistic of the configuration.
  var depth: Double?
  var isExposed: Bool?
  var leastSafety: Double?
  var slideArea: Double?
  /// What is destroyed, in money.
  var damage: Double?
  var flags = Flags()
}

/// What one scenario means for each area.
struct AreaResult {
  var flags = Flags()
  /// Whether the values can be told: the shape is there and covered enough.
  var isKnown = false
  /// What expected annual values are taken of; nil where it is not known.
  var exposure = AreaExposure()
  var population: Double?
  var row: [FieldValue] = []
}

extension ExposureModel {
  /// Depth of water around each building, and the stability of the ground there.
  func buildingResults(_ grids: ScenarioGrids, policy: PolicySection, threads: Int) throws -> [BuildingResult] {
    guard let buildings else { return [] }
    var variables = [ZonalVariable(grids.depth, quantiles: [0.95])]
    if let safety = grids.safety { variables.append(ZonalVariable(safety, thresholds: [1])) }
    let zones = try zonalStatistics(of: buildings.samples, variables: variables, threads: threads)
    return zones.enumerated().map { index, zone in
      let depth = zone.statistics[0]
      var result = BuildingResult(coveredShare: depth.coverage.coveredFraction)
      if buildings.features.shapes[index] == nil { result.flags.insert(geometryFlag) }
      if buildings.areaOf[index] == nil { result.flags.insert("no_area") }
      guard depth.coverage.coveredFraction >= policy.minCoveredFraction, depth.coverage.coveredFraction > 0 else {
        result.flags.insert("coverage")
        return result
      }
      result.greatestDepth = depth.maximum.map { Double(shortest: $0) }
      result.highDepth = depth.quantiles[0].map { Double(shortest: $0) }
      result.meanDepth = depth.mean
      result.depth =
        switch buildings.asset.sample?.statistic ?? .percentile95 {
        case .percentile95: result.highDepth
        case .maximum: result.greatestDepth
        case .mean: result.meanDepth
        }
      result.isExposed = result.depth.map { buildings.asset.exposedIf.isMet(by: $0) }
      if let damage {
        result.damage = damage.damage(
          type: buildings.type[index], depth: result.depth, footprint: buildings.footprints[index],
          floorArea: buildings.floorArea[index])
        if result.damage == nil { result.flags.insert("damage") }
      }
      if zone.statistics.count > 1 {
        let safety = zone.statistics[1]
        if safety.coverage.coveredFraction >= policy.minCoveredFraction {
          result.leastSafety = safety.minimum.map { Double(shortest: $0) }
          result.slideArea = safety.areaBelowOne(of: zone.area)
        } else {
          result.flags.insert("slide_coverage")
        }
      }
      return result
    }
  }

  /// One row for each area.
  func areaResults(
    _ grids: ScenarioGrids, buildingResults: [BuildingResult], flood: FloodSection?, policy: PolicySection,
    schema: Schema, threads: Int
  ) throws -> [AreaResult] {
    let scenario = grids.scenario
    // A dry cell is not flooded, however small the least depth.
    let minDepth = max(.leastNonzeroMagnitude, Float(flood?.minDepth.metres ?? 0))
    var variables = [
      ZonalVariable(grids.runoff), ZonalVariable(grids.rain),
      ZonalVariable(grids.depth, countedFrom: minDepth, quantiles: [0.95], thresholds: [minDepth]),
      ZonalVariable(grids.depth),
    ]
    let safetyAt = grids.safety.map { safety in
      variables.append(ZonalVariable(safety, thresholds: [1]))
      return variables.count - 1
    }
    let unplacedAt = unplaced.map { unplaced in
      variables.append(ZonalVariable(unplaced))
      variables.append(
        ZonalVariable(
          exposedLengths(
            unplaced, depth: grids.depth, buildings?.asset.exposedIf ?? ExposureCondition.blank, threads: threads)))
      return variables.count - 2
    }
    let roadsAt = roads.map { roads in
      variables.append(ZonalVariable(roads.lengths))
      variables.append(
        ZonalVariable(exposedLengths(roads.lengths, depth: grids.depth, roads.asset.exposedIf, threads: threads)))
      return variables.count - 2
    }
    let zones = try zonalStatistics(
      of: (0..<areas.count).map { areas.polygons($0) }, variables: variables, threads: threads)
    let cellArea = grids.depth.geometry.cellArea

    return try zones.enumerated().map { index, zone in
      let coverage = zone.statistics[0].coverage
      var result = AreaResult()
      let hasShape = areas.shapes[index] != nil
      if !hasShape {
        result.flags.insert(geometryFlag)
      } else {
        if coverage.coveredFraction == 0, coverage.nodataFraction == 0 { result.flags.insert("outside") }
        if coverage.coveredFraction < policy.minCoveredFraction || coverage.coveredFraction == 0 {
          result.flags.insert("coverage")
        }
      }
      result.isKnown = result.flags.words.isEmpty
      var row = RowBuilder(schema)
      row.set(Fields.areaID, areas.ids[index])
      row.set(Fields.areaName, areaNames[index])
      row.set(Fields.scenario, scenario.id)
      row.set(Fields.returnPeriod, scenario.returnPeriod?.years)
      row.set(Fields.climateFactor, scenario.climateFactor ?? 1)
      row.set(Fields.area, hasShape ? zone.area : nil)
      row.set(Fields.coveredShare, hasShape ? coverage.coveredFraction : nil)
      row.set(Fields.noDataShare, hasShape ? coverage.nodataFraction : nil)
      for (field, value) in zip(keptFields, kept(index)) { row.set(field.name, value) }
      let inside =
        buildings.map { buildings in buildings.areaOf.indices.filter { buildings.areaOf[$0] == index } } ?? []
      if let buildings, hasShape {
        // Totals are known whether or not the water is.
        result.population = residents(of: inside, buildings)
        if let unplacedAt {
          let elsewhere = zone.statistics[unplacedAt].sum ?? 0
          result.population = result.population.map { $0 + elsewhere }
          row.set(Fields.unplacedPopulation, elsewhere)
        }
        row.set(Fields.buildings, inside.count)
        row.set(Fields.population, result.population)
      }
      if result.isKnown {
        let runoff = zone.statistics[0]
        let rain = zone.statistics[1]
        let wet = zone.statistics[2]
        let all = zone.statistics[3]
        row.set(Fields.rain, rain.mean)
        row.set(Fields.runoff, runoff.mean)
        row.set(Fields.runoffVolume, runoff.sum.map { $0 * 1e-3 * cellArea })
        row.set(Fields.runoffCoefficient, rain.mean.flatMap { rain in runoff.mean.map { rain > 0 ? $0 / rain : 0 } })
        let floodArea = wet.areasAtOrAbove[0]
        row.set(Fields.floodArea, floodArea)
        result.exposure.floodedShare = floodArea.map { min(1, $0 / zone.area) }
        row.set(Fields.floodShare, result.exposure.floodedShare)
        // Without a wet cell the area is dry, which is known: zero.
        row.set(Fields.meanDepth, wet.mean ?? 0)
        row.set(Fields.highDepth, wet.quantiles[0].map { Double(shortest: $0) } ?? 0)
        row.set(Fields.greatestDepth, all.maximum.map { Double(shortest: $0) })
        row.set(Fields.volume, all.sum.map { $0 * cellArea })
        if let safetyAt {
          let safety = zone.statistics[safetyAt]
          if safety.coverage.coveredFraction >= policy.minCoveredFraction {
            let unstable = safety.areaBelowOne(of: zone.area)
            row.set(Fields.slideArea, unstable)
            row.set(Fields.slideShare, unstable.map { min(1, $0 / zone.area) })
            row.set(Fields.leastSafety, single: safety.minimum)
          } else {
            result.flags.insert("slide_coverage")
          }
        }
        if let roadsAt {
          row.set(Fields.roadLength, zone.statistics[roadsAt].sum ?? 0)
          result.exposure.roads = zone.statistics[roadsAt + 1].sum ?? 0
          row.set(Fields.exposedRoadLength, result.exposure.roads)
        }
        if let buildings {
          let elsewhere = unplacedAt.map { zone.statistics[$0 + 1].sum ?? 0 } ?? 0
          setBuildings(
            inside, buildings, buildingResults, hasSlide: safetyAt != nil, exposedElsewhere: elsewhere, &row, &result)
        }
      }
      row.set(Fields.flags, result.flags.text)
      row.setRestToNull()
      result.row = try row.row()
      return result
    }
  }

  /// Residents of some buildings; nil where those of any of them are not known.
  private func residents(of indices: [Int], _ buildings: BuildingAssets) -> Double? {
    indices.reduce(0 as Double?) { sum, index in sum.flatMap { sum in buildings.residents[index].map { sum + $0 } } }
  }

  /// Counts the exposed buildings of an area and their residents.
  private func setBuildings(
    _ inside: [Int], _ buildings: BuildingAssets, _ results: [BuildingResult], hasSlide: Bool,
    exposedElsewhere: Double, _ row: inout RowBuilder, _ result: inout AreaResult
  ) {
    let unknown = inside.count { results[$0].isExposed == nil }
    if unknown > 0 { result.flags.insert("buildings") }
    if inside.contains(where: { buildings.residents[$0] == nil }) { result.flags.insert("residents") }
    let exposed = inside.filter { results[$0].isExposed == true }
    row.set(Fields.exposedBuildings, exposed.count)
    row.set(Fields.exposedBuildingArea, exposed.reduce(0) { $0 + (buildings.footprints[$1] ?? 0) })
    row.set(Fields.unknownBuildings, unknown)
    let exposedResidents = residents(of: exposed, buildings).map { $0 + exposedElsewhere }
    row.set(Fields.exposedPopulation, exposedResidents)
    // A sum that lacks buildings is no value to take an expectation of.
    result.exposure.population = unknown == 0 ? exposedResidents : nil
    result.exposure.buildings = unknown == 0 ? Double(exposed.count) : nil
    if damage != nil {
      result.exposure.damage = inside.reduce(0 as Double?) { sum, index in
        sum.flatMap { sum in results[index].damage.map { sum + $0 } }
      }
      row.set(Fields.damage, result.exposure.damage)
      if result.exposure.damage == nil { result.flags.insert("damage") }
    }
    for threshold in buildings.asset.depthThresholds ?? [] {
      let deep = inside.filter { (results[$0].depth ?? -1) >= threshold.metres }
      row.set(Fields.buildingsDeeperThan(threshold.metres), deep.count)
      row.set(Fields.residentsDeeperThan(threshold.metres), residents(of: deep, buildings))
    }
    if hasSlide {
      let isKnown = inside.allSatisfy { results[$0].slideArea != nil }
      row.set(Fields.slideBuildings, isKnown ? inside.count { (results[$0].slideArea ?? 0) > 0 } : nil)
    }
  }

  /// Metres of road per cell where the water meets the condition of exposure; NaN where the depth is not known.
  private func exposedLengths(
    _ lengths: Grid<Float>, depth: Grid<Float>, _ condition: ExposureCondition, threads: Int
  ) -> Grid<Float> {
    var exposed = lengths
    depth.withUnsafeCells { cells in
      nonisolated(unsafe) let depth = cells
      exposed.forEachRow(threads: threads) { row, out in
        for column in 0..<out.count {
          let water = depth[row &* out.count &+ column]
          if water.isNaN { out[column] = .nan } else if !condition.isMet(by: Double(water)) { out[column] = 0 }
        }
      }
    }
    return exposed
  }
}

extension ZonalStatistics {
  /// Area of a zone whose factor of safety is below 1, which is the first threshold asked for; nil without data.
  fileprivate func areaBelowOne(of area: Double) -> Double? {
    guard let minimum, let stable = areasAtOrAbove[0] else { return nil }
    // Where no cell is below, a difference of sums is rounding.
    return minimum >= 1 ? 0 : max(0, coverage.coveredFraction * area - stable)
  }
}
