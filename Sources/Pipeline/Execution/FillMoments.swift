import Exposure
import Flood
import Grids
import Report
import Terrain

/// When bluespots fill and water comes to buildings, as the rain grows and over the scenarios' return periods.
struct FillMoments {
  /// Runoff by basin of the scenarios that have a return period, with which bluespots it is known well enough for.
  private(set) var events: [(years: Double, inflow: [Int64], isKnown: [Bool])] = []
  private let model: TerrainModel
  private let marks: WaterMarks
  /// Runoff in millimetres with which water comes to each building; nil where none can.
  let wetRain: [Double?]

  /// - Parameter minDepth: Depth in metres from which a building counts as reached.
  init(_ model: TerrainModel, _ exposure: ExposureModel?, minDepth: Double) {
    self.model = model
    let sets = exposure?.buildings?.samples.map { surface -> [CellIndex] in
      var cells: [CellIndex] = []
      forEachCoveredRow(of: surface, on: model.ground.geometry) { row, first, coverage in
        for (offset, share) in coverage.enumerated() where share > 0 {
          cells.append(CellIndex(row * model.ground.columns + first + offset))
        }
      }
      return cells
    }
    marks = WaterMarks(
      sets ?? [], depth: minDepth, ground: model.ground, in: model.hypsometry, losses: model.losses)
    let rain = FillRain(model.hypsometry, losses: model.losses, marks: marks)
    wetRain = rain.marks.map { $0.isFinite ? $0 : nil }
  }

  /// Adds a scenario, where it has a return period.
  mutating func add(_ scenario: Scenario, _ inflow: [Int64], isKnown: [Bool]) {
    if let years = scenario.returnPeriod?.years { events.append((years, inflow, isKnown)) }
  }

  /// Return periods at which bluespots fill and water comes to buildings; nil where they cannot be told.
  func returnPeriods(_ recorder: RunRecorder) -> (bluespots: [FillReturnPeriod?], buildings: [FillReturnPeriod?]) {
    let none = (
      bluespots: [FillReturnPeriod?](repeating: nil, count: model.properties.count),
      buildings: [FillReturnPeriod?](repeating: nil, count: wetRain.count)
    )
    guard events.count > 1 else { return none }
    let ordered = events.sorted { $0.years < $1.years }
    let periods = ordered.map(\.years)
    do {
      let sweep = try EventSweep(
        model.hypsometry, losses: model.losses, inflows: ordered.map(\.inflow), marks: marks)
      let isKnown = model.properties.indices.map { index in ordered.allSatisfy { $0.isKnown[index] } }
      return (
        zip(model.properties, isKnown).map { $1 ? FillReturnPeriod(sweep.fills[$0.node], among: periods) : nil },
        sweep.reaches.map { FillReturnPeriod($0, among: periods) }
      )
    } catch {
      recorder.note(
        .fallingRunoff, at: "scenarios",
        "no return periods at which bluespots fill: ordered by return period, \(error)")
      return none
    }
  }
}
