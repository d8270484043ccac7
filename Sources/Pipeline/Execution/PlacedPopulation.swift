import Exposure
import Geodata
import Grids
import Report

/// People of a population input, placed in buildings.
struct PlacedPopulation {
  /// People of each building.
  let residents: [Double?]
  /// People whom no building could take; nil where there are none.
  let unplaced: SpreadPeople?

  /// - Parameter buildings: Where people live; nil where all are to be spread.
  init(
    _ section: PopulationSection, _ buildings: BuildingAssets?, areas: [[Polygon]], _ loader: InputLoader
  ) throws {
    let pipeline = loader.pipeline
    guard let input = pipeline.people(section.input) else { preconditionFailure("checked to be population") }
    let people = try loader.features(
      section.input, path: input.path, layer: input.layer, crs: input.crs,
      shapeType: input.shape == .cells ? .polygons : .point, idField: input.id, fields: [input.value])
    let counts = try people.values.indices.map { index in
      guard let value = people.values[index].first?.asNumber else {
        if case .null? = people.values[index].first { return 0.0 }
        throw Self.wrong(people.ids[index], "no number", pipeline, section)
      }
      guard value >= 0, value.isFinite else { throw Self.wrong(people.ids[index], "\(value)", pipeline, section) }
      return value
    }
    let isLivedIn = (buildings?.type ?? []).map { type in
      section.types.isEmpty || type.map { type in section.types.contains { Self.fits(type, $0) } } ?? false
    }
    if input.shape == .cells {
      let cells = (0..<people.count).map { people.polygons($0) }
      let points = buildings?.points ?? []
      let weights = isLivedIn.indices.map { index -> Double in
        guard let buildings, isLivedIn[index] else { return 0 }
        return switch section.by {
        case .floorArea: max(0, buildings.floorArea[index] ?? 0)
        case .footprint: buildings.footprints[index] ?? 0
        case .equal: 1
        }
      }
      let placed = PopulationDistribution(
        counts: counts, cellOf: AreaIndex(cells).attribute(points, threads: loader.threads), weights: weights)
      residents = placed.residents
      unplaced = try Self.spread(
        zip(cells, placed.unplaced).map { ($0, $1) }, of: counts, areas, loader, what: "cells",
        isExpected: buildings == nil)
    } else {
      let surfaces = zip(isLivedIn, buildings?.surfaces ?? []).map { $0 ? $1 : [] }
      let points = people.shapes.map { shape -> Coordinate? in
        if case .point(let point)? = shape { point } else { nil }
      }
      let buildingOf = AreaIndex(surfaces).attribute(points, threads: loader.threads)
      var residents = Array(repeating: 0.0, count: surfaces.count)
      var elsewhere: [(polygons: [Polygon], people: Double)] = []
      let half = loader.geometry.cellWidth / 2
      for (index, building) in buildingOf.enumerated() {
        if let building {
          residents[building] += counts[index]
        } else if let point = points[index] {
          // A surface of one cell around the point.
          let corners = [(-half, -half), (half, -half), (half, half), (-half, half)]
          elsewhere.append(
            ([Polygon(rings: [corners.map { Coordinate(x: point.x + $0.0, y: point.y + $0.1) }])], counts[index]))
        }
      }
      self.residents = residents
      unplaced = try Self.spread(elsewhere, of: counts, areas, loader, what: "points", isExpected: buildings == nil)
    }
  }

  private static func wrong(
    _ id: String, _ what: String, _ pipeline: PipelineFile, _ section: PopulationSection
  ) -> RunFailure {
    pipeline.failure(
      .input, .badValue, at: "inputs.\(section.input).value", "\"\(id)\": the number of people is \(what)",
      hint: "give a number of 0 or more, or leave it empty for nobody")
  }

  private static func spread(
    _ surfaces: [(polygons: [Polygon], people: Double)], of counts: [Double], _ areas: [[Polygon]],
    _ loader: InputLoader, what: String, isExpected: Bool
  ) throws -> SpreadPeople? {
    let left = surfaces.filter { $0.people > 0 }
    let people = left.reduce(0) { $0 + $1.people }
    let all = counts.reduce(0, +)
    loader.recorder.count("population", .number(all))
    loader.recorder.count("population_unplaced", .number(people))
    guard !left.isEmpty else { return nil }
    if !isExpected {
      loader.recorder.note(
        .unplacedPeople, at: "exposure.population",
        "\(people) of \(all) people, of \(left.count) \(what), are in no building; they are spread over their \(what)",
        count: left.count)
    }
    return try SpreadPeople(left, areas: areas)
  }

  /// Whether a type is the pattern's, with `*` at its end for any rest.
  private static func fits(_ type: String, _ pattern: String) -> Bool {
    pattern.hasSuffix("*") ? type.hasPrefix(pattern.dropLast()) : type == pattern
  }
}

extension DiagnosticCode {
  static let unplacedPeople: Self = "W-POP-001"
}
