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
  /// Largest depth × speed, m²/s.
  var depthVelocity: Double?
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
  /// Depth of water around each of some buildings, and the stability of the ground there.
  /// - Parameter damage: What water destroys there; nil where that is not computed.
  func results(
    of buildings: BuildingAssets, _ grids: ScenarioGrids, damage: DamageModel?, policy: PolicySection, threads: Int
  ) throws -> [BuildingResult] {
    var variables = [ZonalVariable(grids.depth, quantiles: [0.95])]
    if let safety = grids.safety { variables.append(ZonalVariable(safety, thresholds: [1])) }
    let movingAt = grids.moving.map { moving in
      variables.append(ZonalVariable(moving.depthVelocity))
      return variables.count - 1
    }
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
      if let movingAt, zone.statistics[movingAt].coverage.coveredFraction >= policy.minCoveredFraction {
        result.depthVelocity = zone.statistics[movingAt].maximum.map { Double(shortest: $0) }
      }
      if grids.safety != nil {
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
  /// - Parameters:
  ///   - edgeShares: The share of each area whose catchment is cut; nil where it is not known.
  ///   - buildingResults: What the scenario means for each building.
  ///   - facilityResults: The same for the buildings that are counted apart, kind by kind.
  func areaResults(
    _ grids: ScenarioGrids, edgeShares: [Double?], buildingResults: [BuildingResult],
    facilityResults: [[BuildingResult]], flood: FloodSection?, policy: PolicySection, schema: Schema, threads: Int
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
    let condition = exposesPeople
    let exposedElsewhere = try unplaced.map { unplaced in
      let wet = grids.depth.mask(threads: threads) { condition.isMet(by: Double($0)) }
      return try unplaced.touched(by: wet, threads: threads).touched
    }
    let landAt = try damage?.landDamage(depth: grids.depth, threads: threads).map { land in
      variables.append(ZonalVariable(land))
      return variables.count - 1
    }
    let movingAt = grids.moving.map { moving in
      variables.append(ZonalVariable(moving.depthVelocity))
      return variables.count - 1
    }
    let linesAt = lines.map { lines in
      variables.append(ZonalVariable(lines.lengths))
      variables.append(
        ZonalVariable(exposedLengths(lines.lengths, depth: grids.depth, lines.asset.exposedIf, threads: threads)))
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
      let inside = buildings?.inside[index] ?? []
      if hasShape {
        for facility in facilities { row.set(facility.counts.total, count: facility.inside[index].sum) }
      }
      if hasShape, hasPeople {
        // Totals are known whether or not the water is.
        result.population = buildings.map { $0.residents(of: inside) } ?? 0
        if let unplaced {
          let elsewhere = unplaced.totals[index]
          result.population = result.population.map { $0 + elsewhere }
          row.set(Fields.unplacedPopulation, elsewhere)
        }
        if buildings != nil { row.set(Fields.buildings, count: inside.sum) }
        row.set(Fields.population, result.population)
      }
      if result.isKnown {
        let runoff = zone.statistics[0]
        let rain = zone.statistics[1]
        let wet = zone.statistics[2]
        let all = zone.statistics[3]
        row.set(Fields.edgeShare, edgeShares[index])
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
        if let landAt {
          result.exposure.landDamage = zone.statistics[landAt].sum ?? 0
          row.set(Fields.landDamage, result.exposure.landDamage)
        }
        if let movingAt, zone.statistics[movingAt].coverage.coveredFraction >= policy.minCoveredFraction {
          row.set(Fields.depthVelocity, zone.statistics[movingAt].maximum.map { Double(shortest: $0) })
        }
        for (lines, place) in zip(lines, linesAt) {
          row.set(lines.fields.total, zone.statistics[place].sum ?? 0)
          let exposed = zone.statistics[place + 1].sum ?? 0
          result.exposure.assets[lines.id] = exposed
          row.set(lines.fields.exposed, exposed)
        }
        for (facility, found) in zip(facilities, facilityResults) {
          let members = facility.inside[index]
          let unknown = members.filter { found[$0.index].isExposed == nil }
          let exposed = members.filter { found[$0.index].isExposed == true }.sum
          if !unknown.isEmpty { result.flags.insert("buildings") }
          row.set(facility.counts.exposed, count: exposed)
          row.set(facility.counts.unknown, count: unknown.sum)
          if unknown.isEmpty { result.exposure.assets[facility.id] = exposed }
        }
        let elsewhere = exposedElsewhere?[index] ?? 0
        if buildings == nil, unplaced != nil {
          result.exposure.population = elsewhere
          row.set(Fields.exposedPopulation, elsewhere)
        }
        if let buildings {
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

  /// Counts the exposed buildings of an area and their residents.
  private func setBuildings(
    _ inside: [BuildingAssets.Member], _ buildings: BuildingAssets, _ results: [BuildingResult], hasSlide: Bool,
    exposedElsewhere: Double, _ row: inout RowBuilder, _ result: inout AreaResult
  ) {
    let unknown = inside.filter { results[$0.index].isExposed == nil }
    if !unknown.isEmpty { result.flags.insert("buildings") }
    if inside.contains(where: { buildings.residents[$0.index] == nil }) { result.flags.insert("residents") }
    let exposed = inside.filter { results[$0.index].isExposed == true }
    row.set(Fields.exposedBuildings, count: exposed.sum)
    // Points have no footprint, of which a sum would be a false zero.
    row.set(
      Fields.exposedBuildingArea,
      buildings.arePoints ? nil : exposed.reduce(0) { $0 + (buildings.footprints[$1.index] ?? 0) * $1.share })
    row.set(Fields.unknownBuildings, count: unknown.sum)
    let exposedResidents = buildings.residents(of: exposed).map { $0 + exposedElsewhere }
    row.set(Fields.exposedPopulation, exposedResidents)
    // A sum that lacks buildings is no value to take an expectation of.
    result.exposure.population = unknown.isEmpty ? exposedResidents : nil
    result.exposure.buildings = unknown.isEmpty ? exposed.sum : nil
    if damage != nil {
      result.exposure.damage = inside.reduce(0 as Double?) { sum, member in
        sum.flatMap { sum in results[member.index].damage.map { sum + $0 * member.share } }
      }
      row.set(Fields.damage, result.exposure.damage)
      if result.exposure.damage == nil { result.flags.insert("damage") }
    }
    for threshold in buildings.asset.depthThresholds ?? [] {
      let deep = inside.filter { (results[$0.index].depth ?? -1) >= threshold.metres }
      row.set(Fields.buildingsDeeperThan(threshold.metres), count: deep.sum)
      row.set(Fields.residentsDeeperThan(threshold.metres), buildings.residents(of: deep))
    }
    if hasSlide {
      let isKnown = inside.allSatisfy { results[$0.index].slideArea != nil }
      row.set(
        Fields.slideBuildings, count: isKnown ? inside.filter { (results[$0.index].slideArea ?? 0) > 0 }.sum : nil)
    }
  }

  /// Metres of line per cell where the water meets the condition of exposure; NaN where the depth is not known.
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
