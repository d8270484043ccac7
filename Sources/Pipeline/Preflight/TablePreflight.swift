import Grids

extension Preflight {
  /// Reads every table as the steps will that use it.
  func checkTables() {
    let checks = Dictionary(grouping: pipeline.tableChecks, by: \.id)
    for (id, path) in pipeline.tables {
      let file = pipeline.resolve(path)
      let uses = checks[id] ?? [TableCheck(id) { _ = try CSVTable(path: $0) }]
      for use in uses { check("tables.\(id)") { try use.check(file) } }
    }
    checkLosses(pipeline.hazards.runoff)
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
