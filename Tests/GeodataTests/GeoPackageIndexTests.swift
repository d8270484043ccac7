import Grids
import TestSupport
import Testing

@testable import Geodata

@Suite struct PackedRTreeTests {
  /// Nodes as they were handed out.
  private struct Nodes {
    var entries: [Int64: [IndexEntry]] = [:]
    var leaves: Set<Int64> = []
    var depth = -1
  }

  private func boxes(_ count: Int, seed: UInt64) -> [IndexEntry] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { number in
      // Some in the same place, some of no size.
      let x = Double(Int.random(in: 0..<200, using: &random))
      let y = Double.random(in: 0..<100, using: &random)
      let size = number % 7 == 0 ? 0 : Double.random(in: 0..<5, using: &random)
      return IndexEntry(id: Int64(number + 1), box: IndexBox(west: x, east: x + size, south: y, north: y + size / 2))
    }
  }

  private func packed(_ entries: [IndexEntry], capacity: Int, pieces: Int) -> Nodes {
    var nodes = Nodes()
    var tree = PackedRTree(capacity: capacity)
    let size = max(1, (entries.count + pieces - 1) / pieces)
    for start in stride(from: 0, to: entries.count, by: size) {
      tree.pack(Array(entries[start..<min(start + size, entries.count)])) { number, members in
        #expect(nodes.entries.updateValue(Array(members), forKey: number) == nil)
        nodes.leaves.insert(number)
      }
    }
    tree.finish { number, members, depth in
      #expect(nodes.entries.updateValue(Array(members), forKey: number) == nil)
      if number == PackedRTree.root { nodes.depth = depth }
    }
    return nodes
  }

  @Test(arguments: [(1, 4, 1), (4, 4, 1), (5, 4, 1), (64, 4, 1), (65, 4, 3), (1000, 4, 5), (3000, 51, 2)])
  func everyFeatureIsFoundOnce(count: Int, capacity: Int, pieces: Int) throws {
    let entries = boxes(count, seed: UInt64(count))
    let nodes = packed(entries, capacity: capacity, pieces: pieces)
    var found: [Int64] = []
    func visit(_ number: Int64, within box: IndexBox?, depth: Int) throws {
      let members = try #require(nodes.entries[number])
      #expect((1...capacity).contains(members.count))
      var union = try #require(members.first).box
      for member in members { union.formUnion(member.box) }
      // A node's box is that of what it holds, neither more nor less.
      if let box { #expect(union == box) }
      #expect(nodes.leaves.contains(number) == (depth == 0))
      if depth == 0 {
        found += members.map(\.id)
      } else {
        for member in members { try visit(member.id, within: member.box, depth: depth - 1) }
      }
    }
    try visit(PackedRTree.root, within: nil, depth: nodes.depth)
    #expect(found.count == count && Set(found) == Set(entries.map(\.id)))
    for entry in entries {
      #expect(nodes.entries.values.contains { $0.contains(entry) })
    }
    // Full but for the last of each slice: hardly more nodes than there must be.
    if count > 500 { #expect(Double(nodes.leaves.count) < 1.3 * Double(count) / Double(capacity) + Double(pieces)) }
  }

  @Test func nothingHasNoNodes() { #expect(packed([], capacity: 4, pieces: 1).entries.isEmpty) }

  @Test func boxesAreRoundedOutwards() {
    let box = IndexBox(west: 583_400.123_456_7, east: 583_400.123_456_8, south: -0.1, north: 0.1)
    #expect(Double(box.west) <= 583_400.123_456_7 && Double(box.east) >= 583_400.123_456_8)
    #expect(Double(box.south) <= -0.1 && Double(box.north) >= 0.1)
    #expect(Double(box.east) - Double(box.west) < 0.13)
    let whole = IndexBox(west: 1, east: 2, south: 3, north: 4)
    #expect(whole.west == 1 && whole.east == 2 && whole.south == 3 && whole.north == 4)
  }
}

@Suite struct GeoPackageIndexTests {
  let folder = TemporaryFolder()

  private func features(_ count: Int) -> [Feature] {
    var random = SeededGenerator(seed: 5)
    return (0..<count).map { number in
      let (x, y) = (Double.random(in: 0..<1000, using: &random), Double.random(in: 0..<1000, using: &random))
      let ring = [(0.0, 0.0), (7, 1), (5, 6), (0, 0)].map { Coordinate(x: 590_000 + x + $0.0, y: 6_640_000 + y + $0.1) }
      return Feature(
        shape: number % 50 == 7 ? nil : .polygons([Polygon(rings: [ring])]), values: [.integer(Int64(number))])
    }
  }

  private func layer(_ features: [Feature]) -> FeatureLayer {
    FeatureLayer(
      name: "my zones", summary: "Zones", crs: utm32, shapeType: .polygons, fields: [Field("id", .integer, "Number")],
      features: features)
  }

  /// What statements give, one after the other.
  private func rows(_ path: String, _ statements: [String]) throws -> [[[String]]] {
    var rows: [[[String]]] = []
    let site = CallSite(code: .notWritten, operation: "test", path: path)
    try SQLiteStatements.run(in: path, site) { (database) throws(GeodataError) in
      for statement in statements { rows.append(try database.rows(statement)) }
    }
    return rows
  }

  private static let check = "SELECT rtreecheck('rtree_my zones_geom')"

  @Test func sqliteFindsNothingWrongBeforeAndAfterChanges() throws {
    let path = folder.path("zones.gpkg")
    let all = features(2500)
    let file = try LayerFile(layer([]), to: path, driver: "GPKG")
    for start in stride(from: 0, to: all.count, by: 900) {
      try file.append(Array(all[start..<min(start + 900, all.count)]))
    }
    try file.close()
    #expect(try rows(path, [Self.check]) == [[["ok"]]])
    // Windows through the index find what a look at every shape finds.
    for (x, y) in [(590_100.0, 6_640_200.0), (590_500, 6_640_500), (590_900, 6_640_900), (580_000, 0)] {
      let found = try rows(
        path,
        [
          "SELECT id FROM \"rtree_my zones_geom\" WHERE maxx >= \(x) AND minx <= \(x + 80) AND maxy >= \(y) "
            + "AND miny <= \(y + 60) ORDER BY id"
        ])
      let expected = all.enumerated().filter { _, feature in
        guard case .polygons(let polygons)? = feature.shape else { return false }
        let (xs, ys) = (polygons[0].rings[0].map(\.x), polygons[0].rings[0].map(\.y))
        let box = IndexBox(west: xs.min() ?? 0, east: xs.max() ?? 0, south: ys.min() ?? 0, north: ys.max() ?? 0)
        return Double(box.east) >= x && Double(box.west) <= x + 80 && Double(box.north) >= y
          && Double(box.south) <= y + 60
      }.map { [String($0.offset + 1)] }
      #expect(found[0] == expected && (x < 585_000 || expected.count > 2))
    }
    // The triggers that keep the index are there again.
    let changed = try rows(
      path,
      [
        "SELECT count(*) >= 6 FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'rtree%'",
        "DELETE FROM \"my zones\" WHERE fid % 3 = 0", "UPDATE \"my zones\" SET geom = NULL WHERE fid % 5 = 0",
        Self.check, "SELECT count(*) FROM \"rtree_my zones_geom\"",
        "SELECT count(*) FROM \"my zones\" WHERE geom IS NOT NULL",
      ])
    #expect(changed[0] == [["1"]] && changed[3] == [["ok"]])
    #expect(changed[4] == changed[5] && Int(changed[4][0][0]) ?? 0 > 1000)
  }

  @Test(arguments: [0, 1, 51, 52]) func fewFeatures(count: Int) throws {
    let path = folder.path("few.gpkg")
    try writeGeoPackage(to: path, layers: [layer(Array(features(60).filter { $0.shape != nil }.prefix(count)))])
    let found = try rows(path, [Self.check, "SELECT count(*) FROM \"rtree_my zones_geom\""])
    #expect(found == [[["ok"]], [["\(count)"]]])
  }
}
