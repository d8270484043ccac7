import Grids
import TestSupport
import Testing

@testable import Exposure

/// Streams grids of one geometry in strips of the given heights, repeated.
private func stream(
  _ zones: [Shape], _ grids: [ZonalStrip], _ questions: [ZonalQuestion], weights: ZonalStrip? = nil,
  strip heights: [Int], threads: Int = 2, valueLimit: Int = 1 << 17
) -> [ZonalReport] {
  let geometry =
    switch grids[0] {
    case .single(let grid): grid.geometry
    case .double(let grid): grid.geometry
    }
  let variables = zip(grids, questions).map { grid, question in
    if case .double = grid { return ZonalStreamVariable(question, isDouble: true) }
    return ZonalStreamVariable(question)
  }
  let stream = ZonalStream(
    zones, on: geometry, variables: variables, isWeighted: weights != nil, threads: threads, valueLimit: valueLimit)
  while stream.beginPass() {
    var row = 0
    var number = 0
    while row < geometry.rows {
      let rows = row..<min(geometry.rows, row + heights[number % heights.count])
      if let columns = stream.columns(in: rows) {
        stream.take(
          rows: rows, columns: columns, (grids + [weights].compactMap { $0 }).map { cut($0, columns, rows) })
      }
      row = rows.upperBound
      number += 1
    }
  }
  return stream.reports()
}

private func cut(_ strip: ZonalStrip, _ columns: Range<Int>, _ rows: Range<Int>) -> ZonalStrip {
  switch strip {
  case .single(let grid):
    .single(
      Grid(
        grid.geometry.window(columns: columns, rows: rows),
        cells: rows.flatMap { row in columns.map { grid[$0, row] } }))
  case .double(let grid):
    .double(
      Grid(
        grid.geometry.window(columns: columns, rows: rows),
        cells: rows.flatMap { row in columns.map { grid[$0, row] } }))
  }
}

private func everything() -> ZonalQuestion {
  var question = ZonalQuestion()
  question.wantsVariance = true
  question.wantsModes = true
  question.quantiles = [0, 0.25, 0.5, 0.95, 1]
  question.thresholds = [0, 2]
  question.classes = [0, 1, 3]
  return question
}

private func randomShapes(_ count: Int, _ random: inout SeededGenerator) -> [Shape] {
  (0..<count).map { number in
    let centre = (random.unit() * 44 - 2, random.unit() * 44 - 2)
    let size = 0.2 + random.unit() * (number % 10 == 0 ? 18 : 3)
    switch number % 4 {
    case 0: return .point(Coordinate(x: centre.0, y: centre.1))
    case 1:
      return .lines([star(around: centre, corners: 6, radius: size...2 * size, using: &random)].map { ring($0) })
    default:
      return .polygons([
        polygon(star(around: centre, corners: 8, radius: size...1.5 * size, using: &random))
      ])
    }
  }
}

@Suite struct ZonalStreamTests {
  @Test func stripsAndThreadsDoNotChangeABit() {
    var random = SeededGenerator(seed: 51)
    let geometry = testGeometry(columns: 40, rows: 40)
    let classes = Grid(
      geometry, cells: (0..<1600).map { _ in random.next() % 9 == 0 ? Float.nan : Float(random.next() % 5) })
    let values = Grid(geometry, cells: (0..<1600).map { _ in random.unit() * 8 - 2 })
    let weights = Grid(
      geometry, cells: (0..<1600).map { _ in random.next() % 9 == 0 ? Float.nan : Float(random.unit()) })
    let zones = randomShapes(240, &random)
    let grids: [ZonalStrip] = [.single(classes), .double(values)]
    let questions = [everything(), everything()]
    for weights in [nil, ZonalStrip.single(weights)] {
      let reference = stream(zones, grids, questions, weights: weights, strip: [40], threads: 1)
      #expect(reference.contains { $0.summaries[0].mode != nil })
      for heights in [[1], [7], [13, 2, 5]] {
        for threads in [1, 3] {
          #expect(stream(zones, grids, questions, weights: weights, strip: heights, threads: threads) == reference)
        }
      }
    }
  }

  @Test func searchedQuantilesAreThoseOfSorting() {
    var random = SeededGenerator(seed: 52)
    let geometry = testGeometry(columns: 40, rows: 40)
    let single = Grid(geometry, cells: (0..<1600).map { _ in Float(random.unit() * 8 - 2) })
    // Close to each other: the upper 32 bits of all values are the same.
    let double = Grid(geometry, cells: (0..<1600).map { _ in 1000 + random.unit() * 1e-9 })
    var question = ZonalQuestion()
    question.quantiles = [0, 0.1, 0.5, 0.5, 0.95, 1]
    let zones = randomShapes(60, &random)
    let grids: [ZonalStrip] = [.single(single), .double(double)]
    let questions = [question, question]
    let sorted = stream(zones, grids, questions, strip: [40])
    for limit in [0, 20, 60] {
      #expect(stream(zones, grids, questions, strip: [9], valueLimit: limit) == sorted)
    }
  }

  @Test func agreesWithTheObviousStatistics() throws {
    var random = SeededGenerator(seed: 53)
    let geometry = testGeometry(columns: 16, rows: 14)
    let values = Grid(
      geometry, cells: (0..<224).map { _ in random.next() % 7 == 0 ? Float.nan : Float(random.next() % 5) })
    let weights = Grid(
      geometry, cells: (0..<224).map { _ in random.next() % 7 == 0 ? Float.nan : Float(random.unit()) })
    for isWeighted in [false, true] {
      let zones = (0..<80).map { _ -> Shape in
        let size = 0.3 + random.unit() * 5
        return .polygons([
          polygon(
            star(
              around: (random.unit() * 16, random.unit() * 14), corners: 7, radius: size...1.4 * size, using: &random))
        ])
      }
      let reports = stream(
        zones, [.single(values)], [everything()], weights: isWeighted ? .single(weights) : nil, strip: [5])
      for (zone, report) in zip(zones, reports) {
        guard case .polygons(let parts) = zone else { continue }
        let coverage = cellCoverage(of: parts, on: geometry)
        var cells: [(value: Double, weight: Double)] = []
        var valid = 0.0
        for row in 0..<14 {
          for column in 0..<16 {
            let share = coverage[column, row]
            let weight = isWeighted ? Double(weights[column, row]) : 1
            if share > 0, values[column, row].isFinite, weight.isFinite {
              cells.append((Double(values[column, row]), share * weight))
              valid += share
            }
          }
        }
        let summary = report.summaries[0]
        let total = cells.reduce(0) { $0 + $1.weight }
        #expect(abs(summary.count - total) < 1e-12)
        #expect(abs(summary.coverage.coveredFraction - valid / report.size) < 1e-12)
        guard total > 0 else {
          #expect(summary.mean == nil && summary.variance == nil && summary.mode == nil && summary.variety == nil)
          #expect(summary.classShares == [nil, nil, nil])
          continue
        }
        let mean = cells.reduce(0) { $0 + $1.weight * $1.value } / total
        let variance = cells.reduce(0) { $0 + $1.weight * ($1.value - mean) * ($1.value - mean) } / total
        #expect(abs(try #require(summary.mean) - mean) < 1e-12)
        #expect(abs(try #require(summary.variance) - variance) < 1e-12)
        let whole = isWeighted ? total : report.size
        var byValue: [Double: Double] = [:]
        for cell in cells { byValue[cell.value, default: 0] += cell.weight }
        for (index, code) in [0.0, 1, 3].enumerated() {
          #expect(abs(try #require(summary.classShares[index]) - (byValue[code] ?? 0) / whole) < 1e-12)
        }
        for (index, threshold) in [0.0, 2].enumerated() {
          let reached = cells.filter { $0.value >= threshold }.reduce(0) { $0 + $1.weight }
          #expect(abs(try #require(summary.sharesAtOrAbove[index]) - reached / whole) < 1e-12)
        }
        #expect(summary.variety == byValue.count)
        let most = try #require(byValue.values.max())
        let least = try #require(byValue.values.min())
        #expect(summary.mode == byValue.filter { $0.value > most - 1e-12 }.keys.min())
        #expect(summary.minority == byValue.filter { $0.value < least + 1e-12 }.keys.min())
      }
    }
  }

  @Test func varianceDoesNotCancel() throws {
    // A hundred million plus 0, 1, 2: the textbook formula Σv² − (Σv)²/n loses all digits.
    let geometry = testGeometry(columns: 3, rows: 3)
    let grid = Grid(geometry, cells: (0..<9).map { 1e8 + Double($0 % 3) })
    var question = ZonalQuestion()
    question.wantsVariance = true
    let report = stream([.polygons([rectangle(0...3, 0...3)])], [.double(grid)], [question], strip: [2])[0]
    #expect(abs(try #require(report.summaries[0].variance) - 2.0 / 3) < 1e-14)
  }

  @Test func linesWeighLengthsAndPointsTakeTheirCell() throws {
    let depth = grid([[1, 2, 4], [.nan, 3, 5]] as [[Float]])
    var question = ZonalQuestion()
    question.quantiles = [0.5]
    question.thresholds = [2]
    let zones: [Shape] = [
      .lines([[Coordinate(x: 0.5, y: 1.5), Coordinate(x: 2.5, y: 1.5)]]),
      .lines([
        [Coordinate(x: 0.5, y: 0.5), Coordinate(x: 1.5, y: 0.5)],
        [Coordinate(x: 2.5, y: 0), Coordinate(x: 2.5, y: -2)],
      ]),
      .point(Coordinate(x: 1, y: 1)), .point(Coordinate(x: 0.5, y: 0.5)), .point(Coordinate(x: 3, y: 1)),
    ]
    let reports = stream(zones, [.single(depth)], [question], strip: [1])
    let first = reports[0].summaries[0]
    #expect(reports[0].size == 2 && first.count == 2 && first.sum == 0.5 + 2 + 2)
    #expect(first.mean == 2.25 && first.minimum == 1 && first.maximum == 4 && first.quantiles == [2])
    #expect(first.sharesAtOrAbove == [0.75] && first.coverage.coveredFraction == 1)
    let second = reports[1]
    #expect(second.size == 3 && second.summaries[0].count == 0.5 && second.summaries[0].mean == 3)
    #expect(abs(second.summaries[0].coverage.nodataFraction - 0.5 / 3) < 1e-15)
    #expect(abs(second.summaries[0].coverage.outsideFraction - 2.0 / 3) < 1e-15)
    // A point on a corner belongs to the cell south-east of it.
    #expect(reports[2].size == 1 && reports[2].summaries[0].mean == 3 && reports[2].summaries[0].count == 1)
    #expect(reports[3].summaries[0].mean == nil && reports[3].summaries[0].coverage.nodataFraction == 1)
    #expect(reports[4].summaries[0].coverage.outsideFraction == 1)
  }

  @Test func tooManyDifferentValuesAreSaid() {
    let geometry = testGeometry(columns: 1100, rows: 1000)
    let grid = Grid(geometry, cells: (0..<geometry.count).map { Float($0) })
    var question = ZonalQuestion()
    question.wantsModes = true
    question.quantiles = [0.5]
    let zones: [Shape] = [.polygons([rectangle(0...1100, 0...1000)]), .polygons([rectangle(0...10, 990...1000)])]
    let reports = stream(zones, [.single(grid)], [question], strip: [300])
    #expect(reports[0].summaries[0].isTooVaried && reports[0].summaries[0].mode == nil)
    #expect(reports[0].summaries[0].quantiles == [549_999])
    #expect(!reports[1].summaries[0].isTooVaried && reports[1].summaries[0].variety == 100)
  }
}
