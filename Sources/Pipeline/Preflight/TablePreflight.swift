import Exposure
import Grids
import Landslide
import Rainfall
import Runoff

extension Preflight {
  /// Reads every table as the steps will that use it.
  func checkTables() {
    let (hazards, exposure) = (pipeline.hazards, pipeline.exposure)
    let storms = pipeline.inputs.compactMap { element -> StormSection? in
      if case .rain(let rain) = element.value { rain.storm } else { nil }
    }
    for (id, path) in pipeline.tables {
      let file = pipeline.resolve(path)
      check("tables.\(id)") {
        if let storm = storms.first(where: { $0.table == id }) {
          // Return-period tables may be JSON, and are sound only as a whole.
          _ = try RunFailure.locatingTable(at: pipeline.position(of: "tables.\(id)")) {
            try RainFrequencyTable(path: file, unit: storm.unit, station: storm.station)
          }
          return
        }
        let table = try CSVTable(path: file)
        let damage = exposure?.damage
        if exposure?.hazardClasses == id { _ = try HazardClassTable(table) }
        if damage?.landCover?.values == id { _ = try LandValueTable(table) }
        if damage?.curves == id { _ = try DamageCurveTable(table) }
        if damage?.values == id { _ = try DamageValueTable(table) }
        if damage?.buildingTypes == id { _ = try BuildingTypeTable(table, for: .damage) }
        if exposure?.safety?.buildingTypes == id { _ = try BuildingTypeTable(table, for: .safety) }
        if hazards.runoff.increase == id { _ = try CoefficientIncrease(table) }
        if hazards.runoff.measures?.table == id { _ = try Measure.table(table) }
        if hazards.slide?.table == id { _ = try SoilParameters(table).soilTable() }
        if hazards.slide?.index?.table == id { _ = try SoilParameters(table).indexTable() }
        if pipeline.scenarios.contains(where: { $0.climateTable == id }) { _ = try ClimateAllowanceTable(table) }
      }
    }
    checkLosses(hazards.runoff)
  }

  /// The ground's losses on one cell without a class: their tables are read, no code is asked for.
  private func checkLosses(_ section: RunoffSection) {
    let cell = GridGeometry(
      columns: 1, rows: 1, west: 0, north: 1, cellWidth: 1, cellHeight: 1,
      crs: CoordinateReferenceSystem(wkt: "", code: nil, name: "one cell"))
    var losses = GroundLosses(cell, threads: 1)
    losses.method = section.method
    losses.value = section.value
    losses.lambda = section.lambda ?? RunoffSection.defaultLambda
    losses.landCover = section.landCover.map { _ in Grid(cell, repeating: ClassLookup<Int32>.noClass) }
    losses.soil = section.soil.map { _ in Grid(cell, repeating: ClassLookup<Int32>.noClass) }
    func table(_ id: String?) -> CSVTable? {
      id.flatMap { pipeline.tables[$0] }.flatMap { try? CSVTable(path: pipeline.resolve($0)) }
    }
    losses.table = table(section.table)
    losses.soilGroups = table(section.soilGroups)
    losses.impervious = table(section.impervious)
    // Tables that cannot be read at all have been told of.
    guard section.table == nil || losses.table != nil, section.soilGroups == nil || losses.soilGroups != nil,
      section.impervious == nil || losses.impervious != nil
    else { return }
    let ready = losses
    check(section.table.map { "tables.\($0)" } ?? "hazards.runoff") {
      _ = try ready.loss()
      if let id = section.drainageTable, let rows = table(id) { _ = try ready.drainage(rows) }
    }
  }
}
