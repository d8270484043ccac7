import Grids
import TestSupport
import Testing

@testable import Geodata

private func layer(_ features: [Feature], _ type: ShapeType = .polygons) -> FeatureLayer {
  FeatureLayer(
    name: "zones", summary: "Zones", crs: utm32, shapeType: type,
    fields: [Field("id", .integer, "Number"), Field("name", .text, "Name")], features: features)
}

private func zoneSquare(_ x: Double, _ y: Double, _ size: Double) -> Polygon {
  Polygon(
    rings: [
      [(0.0, 0.0), (1, 0), (1, 1), (0, 1), (0, 0)].map { Coordinate(x: x + $0.0 * size, y: y + $0.1 * size) }
    ])
}

private func squares(_ count: Int) -> [Feature] {
  (0..<count).map {
    Feature(
      shape: $0 == 3 ? nil : .polygons([zoneSquare(598_000 + Double($0) * 20, 6_640_000, 10)]),
      values: [.integer(Int64($0)), .text("nr \($0)")])
  }
}

@Suite struct PiecewiseLayerTests {
  let folder = TemporaryFolder()

  @Test(arguments: ["GPKG", "FlatGeobuf"]) func piecesMakeTheLayer(driver: String) throws {
    let path = folder.path(driver == "GPKG" ? "zones.gpkg" : "zones.fgb")
    // FlatGeobuf keeps no features without a shape.
    let whole = layer(driver == "GPKG" ? squares(25) : Array(squares(26).filter { $0.shape != nil }))
    let file = try LayerFile(layer([]), to: path, driver: driver)
    for start in stride(from: 0, to: 25, by: 10) { try file.append(Array(whole.features[start..<min(start + 10, 25)])) }
    #expect(folder.contents.allSatisfy { $0.hasPrefix(".") })
    try file.close()
    #expect(folder.contents == [driver == "GPKG" ? "zones.gpkg" : "zones.fgb"])
    let read = try readLayer(path, reprojectedTo: nil)
    #expect(Set(read.layer.features) == Set(whole.features))

    let pieces = try LayerPieces(path, VectorReading())
    #expect(pieces.featureCount == 25)
    var features: [Feature] = []
    var sizes: [Int] = []
    while true {
      let piece = try pieces.next(features: 9, vertices: 1000)
      if piece.isEmpty { break }
      sizes.append(piece.count)
      features += piece
    }
    #expect(sizes == [9, 9, 7] && features == read.layer.features && pieces.report == read.report)
    // A piece also ends when it has many points: five each.
    #expect(try LayerPieces(path, VectorReading()).next(features: 9, vertices: 11).count >= 3)
    #expect(try shapeType(ofLayer: nil, in: path) == .polygons)
  }

  @Test func aFileThatIsNotClosedLeavesNothing() throws {
    let path = folder.write("older", to: "zones.gpkg")
    do {
      let file = try LayerFile(layer([]), to: path, driver: "GPKG")
      try file.append(squares(3))
    }
    #expect(folder.contents == ["zones.gpkg"])
    #expect(throws: GeodataError.self) { try shapeType(ofLayer: nil, in: path) }
  }

  @Test func plainValidityIsNeverWrong() {
    var random = SeededGenerator(seed: 61)
    var (plain, valid) = (0, 0)
    for round in 0..<4000 {
      let count = 3 + Int(random.next() % 6)
      // Few different coordinates: corners that repeat, edges that touch, run back or cross.
      var ring = (0..<count).map { _ in
        let (x, y) =
          round % 2 == 0
          ? (Double(random.next() % 4), Double(random.next() % 4)) : (random.unit() * 10, random.unit() * 10)
        return Coordinate(x: 598_000 + x, y: 6_640_000 + y)
      }
      ring.append(ring[0])
      let polygon = Polygon(rings: [ring])
      let isSound = isValid([polygon])
      if isSound && round % 2 == 1 { valid += 1 }
      if isPlainlyValid(polygon) {
        if round % 2 == 1 { plain += 1 }
        #expect(isSound, "\(ring)")
      }
    }
    #expect(valid > 300 && plain == valid)
    #expect(
      isPlainlyValid(zoneSquare(0, 0, 10))
        && !isPlainlyValid(Polygon(rings: [Array(zoneSquare(0, 0, 1).rings[0].dropLast())])))
  }

  @Test func largeWholeNumbersKeepTheirDigits() throws {
    let path = RawRaster("Int32", columns: 2, [Int32(16_777_217), 16_777_219, 3, 4]).write(folder)
    let reader = try RasterWindowReader(path)
    #expect(reader.needsDoublePrecision)
    let window = RasterWindow(columns: 0..<2, rows: 0..<2)
    #expect(try reader.readDouble(window).grid.cells == [16_777_217, 16_777_219, 3, 4])
  }
}
