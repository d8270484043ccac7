import Exposure
import Flood
import Grids
import Landslide
import Rainfall
import Runoff

extension SlideSection {
  private func byDeposit<Content>(
    _ id: String, _ read: @escaping (SoilParameters) throws -> Content
  ) -> TableReading<Content> {
    TableReading(id, classes: TableClasses(input: soil, column: "deposit_code")) { try read(try SoilParameters($0)) }
  }

  /// How transmissivity follows from conductivity and depth.
  var convention: TransmissivityConvention {
    TransmissivityConvention(rawValue: transmissivity.rawValue) ?? .normalThickness
  }

  /// Strength of soils.
  var soils: TableReading<SoilTable> { byDeposit(table) { try $0.soilTable() } }

  /// Ranges for the stability index.
  var soilRanges: TableReading<StabilityIndexTable>? {
    index.map { index in byDeposit(index.table) { try $0.indexTable() } }
  }

  /// Distributions for the probability of failure.
  var uncertainSoils: TableReading<UncertainSoilTable>? {
    let convention = convention
    return probability.map { section in byDeposit(section.table) { try $0.uncertainTable(convention) } }
  }

  /// Soils while it rains.
  var transientSoils: TableReading<TransientSoilTable>? {
    transient.map { section in
      byDeposit(section.table) { try $0.transientTable(isUnsaturated: section.isUnsaturated) }
    }
  }

  /// Thresholds of release areas.
  var releaseThresholds: TableReading<ReleaseTable>? {
    release.map { section in
      TableReading(
        section.table, classes: section.regions.map { TableClasses(input: $0, column: "region_code") }
      ) { try ReleaseTable($0, hasRegions: section.regions != nil) }
    }
  }
}

extension WarningSection {
  /// Levels by saturation and water supply.
  var levelTable: TableReading<WarningTable>? {
    table.map { id in TableReading(id) { try RainfallThresholdAnalysis.warningTable($0) } }
  }
}

extension ForestSection {
  /// How dense the forest of each class is, 0 to 1.
  var index: TableReading<ClassLookup<Float>> {
    TableReading(table, classes: TableClasses(input: classes, column: "land_cover_code")) { table in
      try table.require(["land_cover_code", "forest_index", "source"])
      let codes = try table.keys("land_cover_code", in: 0...Int(Int32.max))
      let values = try table.numbers("forest_index", in: 0...1)
      return ClassLookup(Dictionary(uniqueKeysWithValues: zip(codes.map { Int32($0) }, values.map { Float($0) })))
    }
  }
}

extension QuickClaySection {
  /// What deposits mean.
  var depositMeanings: TableReading<ClassLookup<DepositClass>> {
    TableReading(table, classes: TableClasses(input: deposits, column: "deposit_code")) { try depositClasses($0) }
  }
}

extension SurfaceFlowSection {
  /// Manning's n by land cover; a class without a row takes `manning` where that is given.
  var roughnessTable: TableReading<FlowRoughnessTable>? {
    guard let roughness, let landCover else { return nil }
    let isDepthDependent = isDepthDependent
    return TableReading(
      roughness, classes: manning == nil ? TableClasses(input: landCover, column: "land_cover_code") : nil
    ) { try FlowRoughnessTable($0, isDepthDependent: isDepthDependent) }
  }
}

extension RunoffSection {
  /// How coefficients rise with the return period.
  var coefficientIncrease: TableReading<CoefficientIncrease>? {
    increase.map { id in TableReading(id) { try CoefficientIncrease($0) } }
  }

  /// What measures change.
  var measureTable: TableReading<[Int32: Measure]>? {
    measures.map { section in
      TableReading(section.table, classes: TableClasses(input: section.input, column: "measure_code", known: [0])) {
        try Measure.table($0)
      }
    }
  }

  /// Tables that are read together, each with the classes that it must know.
  fileprivate var lossChecks: [TableCheck] {
    var checks: [TableCheck] = []
    func add(_ table: String?, knows input: String?, by column: String) {
      if let table, let input { checks.append(TableCheck(table, knows: input, by: column)) }
    }
    if !method.isInfiltration { add(table, knows: landCover, by: "land_cover_code") }
    add(method.isInfiltration ? table : soilGroups, knows: soil, by: "deposit_code")
    add(impervious, knows: landCover, by: "land_cover_code")
    add(drainageTable, knows: landCover, by: "land_cover_code")
    return checks
  }
}

extension SnowmeltSection {
  /// Temperatures of a station.
  var stationTemperatures: TableReading<StationTemperatures>? {
    let station = station
    return temperatureTable.map { id in TableReading(id) { try StationTemperatures($0, station: station) } }
  }
}

extension PeakRunoffSection {
  /// How coefficients rise with the return period.
  var coefficientIncrease: TableReading<CoefficientIncrease>? {
    increase.map { id in TableReading(id) { try CoefficientIncrease($0) } }
  }
}

extension DamageSection {
  /// Shares of the value that are lost.
  var damageCurves: TableReading<DamageCurveTable> { TableReading(curves) { try DamageCurveTable($0) } }

  /// What can be lost.
  var damageValues: TableReading<DamageValueTable> { TableReading(values) { try DamageValueTable($0) } }

  /// What types of buildings mean.
  var types: TableReading<BuildingTypeTable> {
    TableReading(buildingTypes) { try BuildingTypeTable($0, for: .damage) }
  }
}

extension LandDamageSection {
  /// What can be lost of the ground.
  var landValues: TableReading<LandValueTable> { TableReading(values) { try LandValueTable($0) } }
}

extension SafetySection {
  /// What types of buildings mean.
  var types: TableReading<BuildingTypeTable> {
    TableReading(buildingTypes) { try BuildingTypeTable($0, for: .safety) }
  }
}

extension ExposureSection {
  /// Rules of hazard classes.
  var hazardClassTable: TableReading<HazardClassTable>? {
    hazardClasses.map { id in TableReading(id) { try HazardClassTable($0) } }
  }
}

extension PipelineFile {
  /// Every use of a table, as the steps of a run read it.
  var tableChecks: [TableCheck] {
    var checks: [TableCheck] = []
    func add<Content>(_ reading: TableReading<Content>?) {
      if let reading { checks.append(TableCheck(reading)) }
    }
    func addFrequencies(_ id: String, _ unit: RainUnit?, _ station: String?) {
      let position = position(of: "tables.\(id)")
      // Return-period tables may be JSON or Latin-1, and are sound only as a whole.
      checks.append(
        TableCheck(id) { path in
          try RunFailure.locatingTable(at: position, keyPath: "tables.\(id)") {
            _ = try RainFrequencyTable(path: path, unit: unit, station: station)
          }
        })
    }
    for case .rain(let rain) in inputs.map(\.value) {
      guard let storm = rain.storm else { continue }
      addFrequencies(storm.table, storm.unit, storm.station)
      add(storm.profile.map { id in TableReading(id) { try StormProfile($0) } })
      add(storm.arealTable.map { id in TableReading(id) { try ArealReduction($0) } })
    }
    for scenario in scenarios {
      add(scenario.climateTable.map { id in TableReading(id) { try ClimateAllowanceTable($0) } })
    }
    checks += hazards.runoff.lossChecks
    add(hazards.runoff.coefficientIncrease)
    add(hazards.runoff.measureTable)
    add(hazards.runoff.snowmelt?.stationTemperatures)
    if let peaks = hazards.peakRunoff {
      addFrequencies(peaks.table, peaks.unit, peaks.station)
      add(peaks.coefficientIncrease)
      if let table = peaks.coefficients, let cover = peaks.landCover {
        checks.append(TableCheck(table, knows: cover, by: "land_cover_code"))
      }
    }
    if let slide = hazards.slide {
      add(slide.soils)
      add(slide.soilRanges)
      add(slide.uncertainSoils)
      add(slide.transientSoils)
      add(slide.releaseThresholds)
    }
    add(hazards.warning?.levelTable)
    add(hazards.massFlow?.forest?.index)
    add(hazards.quickClay?.depositMeanings)
    if let flow = hazards.surfaceFlow {
      add(flow.roughnessTable)
      for id in [flow.inflows?.table, flow.levels?.table].compactMap({ $0 }) {
        checks.append(TableCheck(id) { _ = try FlowSeriesTable($0) })
      }
      if let id = flow.culverts { checks.append(TableCheck(id) { _ = try CulvertTable($0) }) }
    }
    add(exposure?.damage?.damageCurves)
    add(exposure?.damage?.damageValues)
    add(exposure?.damage?.types)
    add(exposure?.damage?.landCover?.landValues)
    add(exposure?.safety?.types)
    add(exposure?.hazardClassTable)
    return checks
  }
}
