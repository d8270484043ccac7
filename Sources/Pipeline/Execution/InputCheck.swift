import Geodata
import Grids
import Rainfall

/// Opens every input of a pipeline and tells what a run would reject, without reading cells.
/// - Returns: Findings, each once, and what a run with them would end with.
public func checkInputs(of pipeline: PipelineFile) -> (findings: [Diagnostic], exitCode: ExitCode) {
  var findings: [Diagnostic] = []
  var exitCode = ExitCode.success
  func note(_ failure: RunFailure) {
    findings += failure.diagnostics
    // A fault of the configuration outweighs one of the data: it is to be mended first.
    if exitCode == .success || failure.exitCode == .configuration { exitCode = failure.exitCode }
  }
  func check(_ keyPath: String, _ body: () throws -> Void) {
    do throws(RunFailure) {
      try pipeline.reading(keyPath, body)
    } catch {
      note(error)
    }
  }
  var grid: GridGeometry?
  do throws(RunFailure) {
    grid = try pipeline.analysisGrid()
  } catch {
    note(error)
  }
  for (id, input) in pipeline.inputs {
    let keyPath = "inputs.\(id)"
    if case .rain(let rain) = input, case .series(let paths, _) = rain.source {
      for scenario in pipeline.scenarios where scenario.rain == id {
        check(keyPath) {
          _ = try RasterSeries(
            paths.map { pipeline.resolve($0, for: scenario) }, variable: rain.variable,
            bands: rain.bands.map { $0[0]...$0[1] })
        }
      }
      continue
    }
    if case .temperature(let temperature) = input {
      check(keyPath) {
        _ = try RasterSeries(temperature.files.map { pipeline.resolve($0) }, variable: temperature.variable)
      }
      continue
    }
    guard let path = input.path else { continue }
    switch input {
    case .elevation, .class, .rate: check(keyPath) { try checkRaster(pipeline.resolve(path), id, pipeline, grid) }
    case .rain:
      for scenario in pipeline.scenarios where scenario.rain == id {
        check(keyPath) { try checkRaster(pipeline.resolve(path, for: scenario), id, pipeline, grid) }
      }
    case .area(let area):
      let fields = [area.id] + [area.name].compactMap { $0 } + area.keep
      check(keyPath) { try checkLayer(pipeline.resolve(path), area.layer, fields, id, pipeline) }
    case .building(let building):
      let fields = [building.id] + [building.type, building.floorArea, building.residents].compactMap { $0 }
      check(keyPath) { try checkLayer(pipeline.resolve(path), building.layer, fields, id, pipeline) }
    case .line(let line):
      let fields = [line.id] + [line.monitored].compactMap { $0 }
      check(keyPath) { try checkLayer(pipeline.resolve(path), line.layer, fields, id, pipeline) }
    case .drain(let drain):
      check(keyPath) { try checkLayer(pipeline.resolve(path), drain.layer, [drain.id, drain.capacity], id, pipeline) }
    case .outlet(let outlet):
      let fields = [outlet.id] + [outlet.capacity].compactMap { $0 }
      check(keyPath) { try checkLayer(pipeline.resolve(path), outlet.layer, fields, id, pipeline) }
    case .temperature: break
    case .velocity:
      for scenario in pipeline.scenarios {
        check(keyPath) { try checkRaster(pipeline.resolve(path, for: scenario), id, pipeline, grid) }
      }
    case .population(let people):
      check(keyPath) { try checkLayer(pipeline.resolve(path), people.layer, [people.id, people.value], id, pipeline) }
    }
  }
  let storms = pipeline.inputs.compactMap { element -> StormSection? in
    if case .rain(let rain) = element.value { rain.storm } else { nil }
  }
  for (id, path) in pipeline.tables {
    check("tables.\(id)") {
      if let storm = storms.first(where: { $0.table == id }) {
        // Return-period tables may be JSON, and are sound only as a whole.
        _ = try RunFailure.locatingTable(at: pipeline.position(of: "tables.\(id)")) {
          try RainFrequencyTable(path: pipeline.resolve(path), unit: storm.unit, station: storm.station)
        }
      } else {
        let table = try CSVTable(path: pipeline.resolve(path))
        let damage = pipeline.exposure?.damage
        if pipeline.exposure?.hazardClasses == id { _ = try HazardClassTable(table) }
        if damage?.landCover?.values == id { _ = try LandValueTable(table) }
        if damage?.curves == id { _ = try DamageCurveTable(table) }
        if damage?.values == id { _ = try DamageValueTable(table) }
        if damage?.buildingTypes == id { _ = try BuildingTypeTable(table, for: .damage) }
        if pipeline.exposure?.safety?.buildingTypes == id { _ = try BuildingTypeTable(table, for: .safety) }
      }
    }
  }
  var seen: Set<String> = []
  return (findings.filter { seen.insert($0.description).inserted }, exitCode)
}

private func checkRaster(_ path: String, _ id: String, _ pipeline: PipelineFile, _ grid: GridGeometry?) throws {
  let information = try inspectRaster(path)
  guard let geometry = information.geometry else {
    // Reading says why there is no geometry; a file that is declared otherwise is left to the run.
    if case .elevation(let input)? = pipeline.inputs[id], input.crs == nil { _ = try readRaster(path) }
    return
  }
  guard let grid else { return }
  let corners = [
    Coordinate(x: grid.extent.west, y: grid.extent.south), Coordinate(x: grid.extent.west, y: grid.extent.north),
    Coordinate(x: grid.extent.east, y: grid.extent.south), Coordinate(x: grid.extent.east, y: grid.extent.north),
  ]
  let moved = try Transformation(from: grid.crs, to: geometry.crs).transform(corners)
  let xs = moved.map(\.x).sorted()
  let ys = moved.map(\.y).sorted()
  let box = Extent(west: xs[0], south: ys[0], east: xs[3], north: ys[3])
  if !box.intersects(geometry.extent) {
    throw pipeline.failure(
      .input, .noOverlap, at: "inputs.\(id)",
      "\(path) covers \(geometry.extent) in \(geometry.crs), the analysis grid \(box)",
      hint: "check the reference systems and grid.extent")
  }
}

private func checkLayer(
  _ path: String, _ layer: String?, _ fields: [String], _ id: String, _ pipeline: PipelineFile
) throws {
  let layers = try inspectLayers(path)
  guard let found = layer.map({ name in layers.first { $0.name == name } }) ?? layers.first else {
    throw pipeline.failure(
      .input, .missingField, at: "inputs.\(id).layer", "\(path) has no layer \"\(layer ?? "")\"",
      hint: "it has \(Suggestion.list(layers.map(\.name)))")
  }
  if layer == nil, layers.count > 1 {
    throw pipeline.failure(
      .configuration, .missingKey, at: "inputs.\(id).layer", "\(path) has several layers",
      hint: "name one of \(Suggestion.list(layers.map(\.name)))")
  }
  for field in fields where !found.fields.contains(where: { $0.name == field }) {
    throw pipeline.failure(
      .input, .missingField, at: "inputs.\(id)", "\(path) has no field \"\(field)\"",
      hint: Suggestion.hint(for: field, among: found.fields.map(\.name)))
  }
}
