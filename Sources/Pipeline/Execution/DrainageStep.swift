import Exposure
import Geodata
import Grids
import Report

/// Pipes of the drainage: whether they are monitored, and the water that stands over them.
struct DrainageStep {
  private let pipes: LoadedFeatures
  private let isMonitored: [Bool]
  private let lengths: [Double]
  private let least: Float
  /// Length under water of each pipe, by scenario; nil where part of it is not known.
  private(set) var flooded: [Event] = []

  /// What a scenario does.
  struct Event {
    let years: Double?
    let lengths: [Double?]
  }

  init(_ id: String, _ loader: InputLoader) throws {
    let pipeline = loader.pipeline
    guard let input = pipeline.line(id), let field = input.monitored else { preconditionFailure("checked to be pipes") }
    let loaded = try loader.features(
      id, path: input.path, layer: input.layer, crs: input.crs, shapeType: .lines, idField: input.id, fields: [field])
    pipes = loaded
    least = max(.leastNonzeroMagnitude, Float(pipeline.hazards.flood?.minDepth.metres ?? 0))
    isMonitored = try loaded.values.indices.map { index in
      switch loaded.values[index].first {
      case .boolean(let value): return value
      case .integer(0), .null, nil: return false
      case .integer(1): return true
      case .real(let number) where number == 0 || number == 1: return number == 1
      case .text(let text) where ["true", "yes", "ja", "1"].contains(text.lowercased()): return true
      case .text(let text) where ["false", "no", "nei", "0", ""].contains(text.lowercased()): return false
      default:
        throw pipeline.failure(
          .input, .badValue, at: "inputs.\(id).monitored",
          "pipe \"\(loaded.ids[index])\": \(field) is \(loaded.values[index].first?.asText ?? "unclear")",
          hint: "write true, 1 or yes; false, 0, no or nothing")
      }
    }
    lengths = (0..<loaded.count).map { index in
      forEachCrossedCell(of: loaded.lines(index), on: loader.geometry) { _, _ in }.length
    }
  }

  /// Length of all pipes and of those that are monitored, in metres.
  var totals: (all: Double, monitored: Double) {
    (lengths.reduce(0, +), zip(lengths, isMonitored).reduce(0) { $0 + ($1.1 ? $1.0 : 0) })
  }

  /// Adds the water of a scenario.
  mutating func add(_ grids: ScenarioGrids) {
    flooded.append(
      Event(
        years: grids.scenario.returnPeriod?.years,
        lengths: (0..<pipes.count).map { index in
          let found = lineExposure(of: pipes.lines(index), on: grids.depth, thresholds: [least])
          let known = found.length - found.lengthWithoutData - found.lengthOutside
          return known >= found.length * (1 - 1e-9) ? found.lengthsAtOrAbove[0] : nil
        }))
  }

  /// Adds what other scenarios did.
  mutating func append(_ events: [Event]) { flooded += events }

  /// One row for each pipe; those without sensors have a rank by the expected annual length under water.
  func table(_ section: ExpectedAnnualSection) throws -> (table: FeatureTable, key: [String]) {
    let ofPeriod = flooded.compactMap { event in event.years.map { ($0, event.lengths) } }
    let expected = try pipes.ids.indices.map { pipe -> Double? in
      let known = ofPeriod.compactMap { $0.1[pipe] }
      guard known.count == ofPeriod.count, known.count > 1 else { return nil }
      let found = try expectedAnnual(
        returnPeriods: ofPeriod.map(\.0), values: known, constantTail: section.tail == .constant)
      return section.method == .logLinear ? found.value : found.trapezoid
    }
    let worst = pipes.ids.indices.map { pipe -> Double? in
      let known = flooded.compactMap { $0.lengths[pipe] }
      return known.count == flooded.count ? known.max() : nil
    }
    let criterion = ofPeriod.count > 1 ? expected : worst
    let places = priorities(by: [RankingCriterion(values: zip(criterion, isMonitored).map { $1 ? nil : $0 })])
    let rows = try pipes.ids.indices.map { pipe in
      var row = RowBuilder(Schemas.drainage)
      var flags = Flags()
      if pipes.shapes[pipe] == nil { flags.insert(geometryFlag) }
      if worst[pipe] == nil { flags.insert("coverage") }
      row.set(Fields.pipeID, pipes.ids[pipe])
      row.set(Fields.length, lengths[pipe])
      row.set(Fields.isMonitored, isMonitored[pipe])
      row.set(Fields.pipeFlooded, worst[pipe])
      row.set(Fields.expectedPipeLength, expected[pipe])
      row.set(Fields.rank, places[pipe]?.rank)
      row.set(Fields.flags, flags.text)
      return try row.row()
    }
    return (Schemas.drainage.table(rows), Schemas.drainage.key)
  }
}

extension DrainageStep.Event: Archivable {
  init(from archive: inout ArchiveReader) throws(ArchiveError) {
    years = try archive.read()
    lengths = try archive.read()
  }

  func write(to archive: inout ArchiveWriter) { archive.write(years, lengths) }
}
