import Flood
import Foundation
import Geodata
import Grids
import TestSupport
import Testing

/// Cases with real data: the terrain, what happens on it, and what others found.
enum RealCases {
  static func lines(_ path: String) throws -> [[String]] {
    let url = try #require(sharedData(path), "\(path) is missing; validation needs the shared data")
    return try String(contentsOf: url, encoding: .utf8).split(whereSeparator: \.isNewline).map {
      $0.split { $0 == "," || $0.isWhitespace }.map(String.init)
    }
  }

  static func numbers(_ path: String) throws -> [[Double]] {
    try lines(path).map { $0.compactMap(Double.init) }.filter { $0.count >= 2 }
  }

  /// A raster of the data, unpacked where it is packed, on metres whatever its file says of its place on earth.
  static func raster(_ path: String) throws -> Grid<Float> {
    var file = try #require(sharedData(path), "\(path) is missing; validation needs the shared data").path
    let folder = TemporaryFolder()
    let unpacking = ["gz": ("gzip", "-dc"), "zip": ("unzip", "-p")][(file as NSString).pathExtension]
    if let (program, option) = unpacking {
      let found = try #require(runProgram(program, [option, file]), "\(program) is missing")
      #expect(found.status == 0, "\(found.errors)")
      file = folder.write(found.output, to: "raster.asc")
    }
    return try readRaster(file, RasterReading(scansForSentinels: false, crs: testCRS)).grid
  }

  /// Valley and dam break of the Environment Agency's benchmark (Néelz and Pender 2013, SC120002, test 5).
  static func valley() throws -> SurfaceFlowCase {
    let fine = try raster("ea-test5/ea5-10m.dem.raw.gz")
    // Cells of 50 m from the south-western corner, as in the published runs: the mean of at least 13 of 25. From the
    // north-western corner the sill of the pond at point 3 would lie 10 cm higher above the ground there.
    let (columns, rows) = (fine.columns / 5, fine.rows / 5)
    let skipped = fine.rows - 5 * rows
    let geometry = GridGeometry(
      columns: columns, rows: rows, west: fine.geometry.west, north: fine.geometry.north - 10 * Double(skipped),
      cellWidth: 50, cellHeight: 50, crs: testCRS)
    var terrain = Grid<Float>(geometry, repeating: .nan)
    for row in 0..<rows {
      for column in 0..<columns {
        var (sum, count) = (0.0, 0)
        for y in skipped + row * 5..<skipped + row * 5 + 5 {
          for x in column * 5..<column * 5 + 5 where !fine[x, y].isNaN {
            sum += Double(fine[x, y])
            count += 1
          }
        }
        if count >= 13 { terrain[column, row] = Float(sum / Double(count)) }
      }
    }
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.04), duration: 108_000)
    flow.inflows = [
      FlowInflow(
        "dam", along: [Coordinate(x: 232_595, y: 830_480), Coordinate(x: 232_785, y: 830_290)], on: geometry,
        discharge: FlowSeries(times: [0, 300, 600, 1200, 6000, 108_000], values: [0, 0, 3000, 3000, 0, 0]))
    ]
    flow.gauges = try numbers("ea-test5/ea5.stage").enumerated().map { number, point in
      let cell = try #require(geometry.cell(at: Coordinate(x: point[0], y: point[1])))
      return FlowGauge("\(number + 1)", column: cell.column, row: cell.row)
    }
    flow.recording.interval = 10
    return flow
  }

  /// Greatest depth, arrival above 5 cm and final depth at the seven points by LISFLOOD-FP 8.1 on the same cells.
  static let valleyPeers: [(acceleration: (Double, Double, Double), finiteVolume: (Double, Double, Double))] = [
    ((3.383, 1622, 0.957), (3.461, 1620, 0.934)), ((3.377, 2581, 0.011), (3.607, 2641, 0.001)),
    ((5.154, 3304, 1.921), (5.344, 3422, 1.865)), ((5.663, 5283, 3.775), (5.779, 5522, 3.720)),
    ((4.141, 11_403, 4.141), (4.185, 11_943, 4.185)), ((1.449, 1865, 0.001), (1.484, 1861, 0.001)),
    ((2.859, 3541, 0.001), (2.944, 3720, 0.001)),
  ]

  /// A house of Merewether: its outline, and the cells within 2 m of its walls that no house covers.
  struct House {
    let name: String
    let outline: [[Double]]
    var beside: [(column: Int, row: Int)] = []
  }

  /// Merewether, Newcastle NSW, 8 June 2007: a street flood among houses, 19.7 m³/s for 1000 s.
  static func merewether() throws -> (flow: SurfaceFlowCase, houses: [House]) {
    var terrain = try raster("merewether/topography1.zip")
    let geometry = terrain.geometry
    func contains(_ polygon: [[Double]], _ x: Double, _ y: Double) -> Bool {
      var inside = false
      for (a, b) in zip(polygon, polygon.dropFirst() + polygon.prefix(1)) where (a[1] > y) != (b[1] > y) {
        let share: Double = (y - a[1]) / (b[1] - a[1])
        if x < a[0] + share * (b[0] - a[0]) { inside.toggle() }
      }
      return inside
    }
    let road = try numbers("merewether/RoadPolygon.csv")
    let folder = try #require(sharedData("merewether/houses"))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".csv") }
      .sorted()
    var houses = try names.map {
      House(
        name: $0.replacingOccurrences(of: "house", with: "").replacingOccurrences(of: ".csv", with: ""),
        outline: try numbers("merewether/houses/" + $0))
    }
    // 59 houses, two of which are drawn once more as one.
    #expect(houses.count == 60)
    var roughness = Grid<Float>(geometry, repeating: 0.04)
    var inflow: [(column: Int, row: Int)] = []
    var houseOf = Grid<Int32>(geometry, repeating: -1)
    for row in 0..<geometry.rows {
      for column in 0..<geometry.columns where !terrain[column, row].isNaN {
        let centre = geometry.centre(column: column, row: row)
        if contains(road, centre.x, centre.y) { roughness[column, row] = 0.02 }
        if let house = houses.firstIndex(where: { contains($0.outline, centre.x, centre.y) }) {
          houseOf[column, row] = Int32(house)
          terrain[column, row] += 3
        }
        let (dx, dy) = (centre.x - 382_265, centre.y - 6_354_280)
        if dx * dx + dy * dy <= 100 { inflow.append((column, row)) }
      }
    }
    for row in 2..<geometry.rows - 2 {
      for column in 2..<geometry.columns - 2 where houseOf[column, row] < 0 && !terrain[column, row].isNaN {
        var near: Set<Int32> = []
        for y in row - 2...row + 2 { for x in column - 2...column + 2 { near.insert(houseOf[x, y]) } }
        for house in near where house >= 0 { houses[Int(house)].beside.append((column, row)) }
      }
    }
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .grid(roughness), duration: 1000)
    flow.inflows = [FlowInflow("street", cells: inflow, discharge: FlowSeries(constant: 19.7))]
    let open = CellFace.outline(of: terrain).filter { face in
      (face.side == .east && face.column > geometry.columns - 20) || (face.side == .north && face.row < 20)
    }
    flow.boundaries = [FlowBoundary("open", open, .critical)]
    return (flow, houses)
  }

  /// Newcastle upon Tyne's centre, 70 mm/h for an hour, drains of 12 mm/h, closed edges.
  static func newcastle() throws -> SurfaceFlowCase {
    let terrain = try raster("newcastle/NewcastleCentreDEM_2m.img")
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.03), duration: 7200)
    flow.rain = [RainInterval(from: 0, to: 3600, .uniform(70))]
    flow.drainage = .uniform(12)
    return flow
  }

  /// Rain on a steel basin of 2 m by 2.5 m (Cea and others 2008, case C1): 317 mm/h for 45 s.
  ///
  /// Three rows at the foot, half a metre lower, stand for a free fall; water leaves at critical depth in their place.
  static func basin() throws -> (flow: SurfaceFlowCase, measured: [(time: Double, discharge: Double)]) {
    let whole = try raster("cea2008/topo.asc")
    // Cells of 999 stand for what is outside.
    let terrain = whole.map(threads: 1) { $0 > 900 || $0 < -0.4 ? Float.nan : $0 }
    let geometry = terrain.geometry
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.009), duration: 120)
    // The file's 201 × 251 cells stand around points of the basin, the outermost ones on its rim, and cover 0.9 % more
    // than its 5 m²: the rain is that on the basin.
    let area = Double(terrain.cells.count { !$0.isNaN }) * geometry.cellArea
    flow.rain = [RainInterval(from: 0, to: 45, .uniform(317 * 5 / area))]
    let foot = CellFace.outline(of: terrain).filter { $0.side == .south && $0.row > 240 }
    flow.boundaries = [FlowBoundary("foot", foot, .critical)]
    // Places are those of cells' centres in the file, whose first column and last row lie at 0.
    let (x, y) = (geometry.west + 0.005, geometry.south + 0.005)
    flow.crossSections = [
      FlowCrossSection("outlet", line: [Coordinate(x: x + 1.5, y: y + 0.1), Coordinate(x: x + 0.5, y: y + 0.1)])
    ]
    flow.recording.seriesInterval = 1
    flow.recording.interval = 1
    let measured = try numbers("cea2008/c1_discharge.csv").map { (time: $0[0], discharge: $0[1]) }
    return (flow, measured.sorted { $0.time < $1.time })
  }
}
