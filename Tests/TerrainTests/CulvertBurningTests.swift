import Grids
import Terrain
import TestSupport
import Testing

@Suite struct CulvertBurningTests {
  @Test func aBurnedCulvertDrainsTheDam() throws {
    // A valley falling to the east with a dam across it.
    var z = Grid<Float>(testGeometry(columns: 12, rows: 5), repeating: 0)
    for row in 0..<5 {
      for column in 0..<12 { z[column, row] = Float(12 - column) + 3 * Float(abs(row - 2)) + (column == 6 ? 8 : 0) }
    }
    let line = [Coordinate(x: 4.5, y: 2.5), Coordinate(x: 8.5, y: 2.5)]
    let result = burnCulverts(z, lines: [line])
    let (burned, changes) = (result.ground, result.changes)
    #expect(try DepressionHierarchy(of: z).filled(z)[5, 2] > z[5, 2])
    let filled = try DepressionHierarchy(of: burned).filled(burned)
    #expect(filled[5, 2] == burned[5, 2])
    #expect(changes.map(\.column) == [6])
    #expect(changes[0].before == 14 && changes[0].after == 6 && changes[0].line == 0)
    for index in 0..<z.count { #expect(burned[index] <= z[index]) }
  }

  /// Along a row of cells the grade is a straight line between the ends.
  @Test func theGradeFallsEvenly() {
    var z = Grid<Float>(testGeometry(columns: 10, rows: 3, cell: 2), repeating: 9)
    z[1, 1] = 5
    z[4, 1] = 1
    z[8, 1] = 1.5
    let line = [Coordinate(x: 17, y: 3), Coordinate(x: 3, y: 3)]
    let result = burnCulverts(z, lines: [line])
    // From 5 in column 1 to 1.5 in column 8, half a metre a cell; column 4 already lies deeper.
    #expect(result.changes.map(\.column) == [2, 3, 5, 6, 7])
    #expect(result.changes.map(\.after) == [4.5, 4, 3, 2.5, 2])
    #expect(result.ground[4, 1] == 1 && result.ground[1, 1] == 5 && result.ground[8, 1] == 1.5)
    let account = result.lines[0]
    #expect(account.outcome == .burned && account.loweredCells == 5 && account.deepestCut == 7)
    #expect(account.upperElevation == 5 && account.lowerElevation == 1.5 && account.gaps == 0 && !account.isCut)
    // The same with the higher end in the east.
    let mirrored = Grid(z.geometry, cells: (0..<30).map { z[9 - $0 % 10, $0 / 10] })
    let back = burnCulverts(mirrored, lines: [[Coordinate(x: 3, y: 3), Coordinate(x: 17, y: 3)]])
    #expect(back.changes.map(\.column) == [7, 6, 4, 3, 2] && back.changes.map(\.after) == [4.5, 4, 3, 2.5, 2])
  }

  private func randomLines(_ count: Int, seed: UInt64, columns: Int, rows: Int) -> [[Coordinate]] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      // Some vertices lie outside.
      (0..<(2 + Int(random.next() % 3))).map { _ in
        Coordinate(
          x: (random.unit() * 1.4 - 0.2) * Double(columns), y: (random.unit() * 1.4 - 0.2) * Double(rows))
      }
    }
  }

  @Test(arguments: TerrainKind.allCases) func theAccountTellsEveryChange(kind: TerrainKind) {
    for seed in 0..<20 as Range<UInt64> {
      let z = randomTerrain(kind, columns: 29, rows: 23, seed: seed)
      let lines = randomLines(6, seed: seed, columns: 29, rows: 23)
      let result = burnCulverts(z, lines: lines)
      var replayed = z
      for change in result.changes {
        #expect(replayed[change.column, change.row] == change.before && change.after < change.before)
        replayed[change.column, change.row] = change.after
      }
      #expect(sameBits(replayed, result.ground))
      #expect(result.lines.map(\.line) == Array(0..<6))
      for account in result.lines {
        let own = result.changes.filter { $0.line == account.line }
        #expect(own.count == account.loweredCells && own.isEmpty == (account.outcome != .burned))
        #expect(zip(own, own.dropFirst()).allSatisfy { $0.after >= $1.after })
        #expect(own.allSatisfy { $0.after >= account.lowerElevation && $0.after <= account.upperElevation })
        #expect((own.map { $0.before - $0.after }.max() ?? 0) == account.deepestCut)
        #expect(account.upperElevation.isNaN == (account.outcome == .offTerrain))
      }
      #expect(result.changes.map(\.line) == result.changes.map(\.line).sorted())
      // Neither the order nor the direction of the lines matters, to the bit.
      #expect(sameBits(burnCulverts(z, lines: lines.reversed()).ground, result.ground))
      let turned = burnCulverts(z, lines: lines.map { $0.reversed() })
      #expect(turned.changes == result.changes && turned.lines.map(\.outcome) == result.lines.map(\.outcome))
    }
  }

  /// No water has to stand above the grade: along a culvert that drains at its lower end no cell is flooded above it.
  @Test func waterPassesBelowTheGrade() throws {
    var falling = 0
    for seed in 0..<20 as Range<UInt64> {
      let z = randomTerrain(.noise, columns: 25, rows: 9, seed: seed)
      // From the middle to the border, where the water leaves.
      let line = [Coordinate(x: 12.5, y: 4.5), Coordinate(x: 24.5, y: 1.5 + Double(seed % 6))]
      let result = burnCulverts(z, lines: [line])
      guard result.lines[0].lowerElevation == z[24, 8 - Int(1.5 + Double(seed % 6))] else { continue }
      falling += 1
      let filled = try priorityFlood(result.ground)
      for change in result.changes { #expect(filled[change.column, change.row] == change.after) }
      #expect(filled[12, 4] <= result.lines[0].upperElevation)
    }
    #expect(falling >= 5)
  }

  @Test func linesThatCannotBeBurnedSaySo() {
    var z = Grid<Float>(testGeometry(columns: 8, rows: 4), repeating: 9)
    z[1, 1] = 3
    z[6, 1] = 2
    z[3, 1] = .nan
    func account(_ points: (Double, Double)...) -> BurnedLine {
      burnCulverts(z, lines: [points.map { Coordinate(x: $0.0, y: $0.1) }]).lines[0]
    }
    let outside = account((-50, -50), (-40, -50))
    #expect(outside.outcome == .offTerrain && outside.isCut && outside.upperElevation.isNaN)
    #expect(account().outcome == .offTerrain)
    #expect(account((3.2, 2.5), (3.8, 2.5)).outcome == .offTerrain)
    #expect(account((5.2, 2.5), (5.8, 2.1)).outcome == .withinOneCell)
    #expect(account((4.5, 3.5), (7.5, 3.5)).outcome == .alreadyOpen)
    let across = account((1.5, 2.5), (6.5, 2.5))
    #expect(across.outcome == .burned && across.gaps == 1 && !across.isCut && across.loweredCells == 3)
    let leaving = account((6.5, 2.5), (4.5, 2.5), (4.5, 1e12))
    #expect(leaving.outcome == .burned && leaving.isCut && leaving.gaps == 0)
    let returning = account((6.5, 2.5), (6.5, 9), (4.5, 9), (4.5, 2.5))
    #expect(returning.outcome == .burned && returning.gaps == 1 && !returning.isCut)
    #expect(account((.nan, 1), (3, 3)).outcome == .offTerrain)
  }
}
