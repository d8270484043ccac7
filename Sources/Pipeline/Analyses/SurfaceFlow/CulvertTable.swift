import Flood
import Foundation
import Geodata
import Grids

/// The culverts of a layer of lines, with sizes or ratings from a table.
///
/// The table has a row for each culvert, by `culvert_id`:
/// - `shape` circle, with `diameter_m`, or box, with `width_m` and `height_m`; or rating, with `rating`, the name of a
///   CSV file beside the table with `head_m` and `discharge_m3_s`;
/// - optional: `barrels`, `length_m` (that of the line, at least a cell), `manning` (0.013), `inlet_invert_m` and `outlet_invert_m` (the
///   ground at the ends), `inlet` (a name of `CulvertInlet`), `entrance_loss` (that of the inlet), `flap` (1 or 0).
struct CulvertTable {
  /// The shape of culverts whose discharge a file tells.
  static let rated = "rating"

  private let path: String
  private let table: CSVTable

  init(_ path: String) throws {
    self.path = path
    table = try CSVTable(path: path)
    try table.require(["culvert_id", "shape"])
  }

  private func failure(_ message: String, _ hint: String) -> RunFailure {
    RunFailure(.configuration, [Diagnostic(.incompleteCase, at: SourcePosition(file: path), message, hint: hint)])
  }

  /// The culverts on a terrain; ends are the first and the last point of each line.
  func culverts(_ places: FlowPlaces, on terrain: Grid<Float>) throws -> [FlowCulvert] {
    let geometry = terrain.geometry
    let ids = try table.texts("culvert_id")
    let shapes = try table.texts("shape")
    func optional(_ name: String, in range: ClosedRange<Double>? = nil) throws -> [Double?] {
      table.columnNames.contains(name) ? try table.optionalNumbers(name, in: range) : ids.map { _ in nil }
    }
    func texts(_ name: String) throws -> [String] {
      table.columnNames.contains(name) ? try table.texts(name) : ids.map { _ in "" }
    }
    let (diameters, widths, heights) = (try optional("diameter_m"), try optional("width_m"), try optional("height_m"))
    let (lengths, roughness) = (try optional("length_m"), try optional("manning"))
    let barrels = try optional("barrels", in: 1...100)
    if let row = barrels.firstIndex(where: { $0.map { $0 != $0.rounded() } ?? false }) {
      throw failure("culvert \(ids[row]) has \(barrels[row] ?? 0) barrels", "give a whole number")
    }
    let (upper, lower) = (try optional("inlet_invert_m"), try optional("outlet_invert_m"))
    let (losses, flaps) = (try optional("entrance_loss"), try optional("flap"))
    let (inlets, ratings) = (try texts("inlet"), try texts("rating"))
    var culverts: [FlowCulvert] = []
    for (id, shape) in places.places {
      guard let row = ids.firstIndex(of: id) else {
        throw failure("culvert \(id) of \(places.path) has no row", "the table has \(ids.joined(separator: ", "))")
      }
      guard case .lines(let lines) = shape, let line = lines.first, lines.count == 1, let first = line.first,
        let last = line.last
      else { throw places.failure("culvert \(id) is no single line", "draw it from its inlet to its outlet") }
      let length = zip(line, line.dropFirst()).reduce(0.0) { sum, step in
        sum + hypot(step.1.x - step.0.x, step.1.y - step.0.y)
      }
      func need(_ value: Double?, _ column: String) throws -> Double {
        guard let value else { throw failure("culvert \(id) has no \(column)", "fill it in") }
        return value
      }
      func ends(_ width: Double) throws -> (inlet: [FlowCulvert.Cell], outlet: [FlowCulvert.Cell]) {
        // Ends of short culverts do not reach each other.
        let reach = min(width / 2, hypot(last.x - first.x, last.y - first.y) / 3)
        return (
          try mouth(first, reach, id, places, on: terrain), try mouth(last, reach, id, places, on: terrain)
        )
      }
      func ground(_ cells: [FlowCulvert.Cell]) -> Double {
        Double(cells.map { terrain[$0.column, $0.row] }.min() ?? 0)
      }
      if shapes[row] == Self.rated {
        if ratings[row].isEmpty { throw failure("culvert \(id) has no rating", "name the file with its discharges") }
        let rating = try CSVTable(path: PipelineFile.file(ratings[row], namedBy: path))
        let cells = try ends(0)
        culverts.append(
          FlowCulvert(
            id, from: cells.inlet, to: cells.outlet,
            .table(
              invert: upper[row] ?? ground(cells.inlet), heads: try rating.numbers("head_m"),
              discharges: try rating.numbers("discharge_m3_s"))))
        continue
      }
      let section: CulvertBarrel.Section
      switch shapes[row] {
      case "circle": section = .circle(diameter: try need(diameters[row], "diameter_m"))
      case "box":
        section = .box(width: try need(widths[row], "width_m"), height: try need(heights[row], "height_m"))
      default: throw failure("culvert \(id) has the shape \"\(shapes[row])\"", "circle, box or rating")
      }
      var inlet: CulvertInlet?
      if !inlets[row].isEmpty {
        inlet = CulvertInlet(rawValue: inlets[row])
        if inlet == nil {
          throw failure(
            "culvert \(id) has the inlet \"\(inlets[row])\"",
            "one of \(CulvertInlet.allCases.map(\.rawValue).joined(separator: ", "))")
        }
      }
      var barrel = CulvertBarrel(
        section, length: lengths[row] ?? max(length, geometry.cellWidth), inletInvert: 0, outletInvert: 0, inlet: inlet)
      barrel.count = Int(barrels[row] ?? 1)
      if let n = roughness[row] { barrel.roughness = n }
      if let loss = losses[row] { barrel.entranceLoss = loss }
      let cells = try ends(barrel.width * Double(barrel.count))
      barrel.inletInvert = upper[row] ?? ground(cells.inlet)
      barrel.outletInvert = lower[row] ?? ground(cells.outlet)
      func below(_ cells: [FlowCulvert.Cell], _ invert: Double) -> [FlowCulvert.Cell] {
        // An embankment beside the mouth holds no water for it.
        let low = cells.filter { Double(terrain[$0.column, $0.row]) < invert + barrel.height }
        return low.isEmpty ? [cells[0]] : low
      }
      var culvert = FlowCulvert(
        id, from: below(cells.inlet, barrel.inletInvert), to: below(cells.outlet, barrel.outletInvert),
        .barrel(barrel))
      culvert.hasFlap = flaps[row] == 1
      culverts.append(culvert)
    }
    return culverts
  }

  /// The cell of an end, and those whose centres lie within reach of it.
  private func mouth(
    _ point: Coordinate, _ reach: Double, _ id: String, _ places: FlowPlaces, on terrain: Grid<Float>
  ) throws -> [FlowCulvert.Cell] {
    let geometry = terrain.geometry
    guard let centre = geometry.cell(at: point), !terrain[centre.column, centre.row].isNaN else {
      throw places.failure(
        "culvert \(id): the end at x \(point.x), y \(point.y) lies outside the terrain", "move it inside")
    }
    var cells = [FlowCulvert.Cell(column: centre.column, row: centre.row)]
    let (across, along) = (Int(reach / geometry.cellWidth) + 1, Int(reach / geometry.cellHeight) + 1)
    for row in max(0, centre.row - along)...min(geometry.rows - 1, centre.row + along) {
      for column in max(0, centre.column - across)...min(geometry.columns - 1, centre.column + across) {
        let place = geometry.centre(column: column, row: row)
        if (column, row) == (centre.column, centre.row) || terrain[column, row].isNaN { continue }
        if hypot(place.x - point.x, place.y - point.y) <= reach {
          cells.append(FlowCulvert.Cell(column: column, row: row))
        }
      }
    }
    return cells
  }
}
