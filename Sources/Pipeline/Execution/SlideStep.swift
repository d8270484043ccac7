import Grids
import Landslide
import Report
import Terrain

/// Stability of the slopes, scenario by scenario.
struct SlideStep {
  private let section: SlideSection
  private let threads: Int
  private let bounds: StabilityBounds
  private let deposits: Grid<Int32>
  private let soils: SoilTable

  init(_ section: SlideSection, _ loader: InputLoader) throws {
    let pipeline = loader.pipeline
    self.section = section
    threads = loader.threads
    bounds = StabilityBounds(
      quasiStable: Float(section.classes[0]), moderatelyStable: Float(section.classes[1]),
      stable: Float(section.classes[2]))
    deposits = try loader.classes(section.soil)
    soils = try pipeline.reading("tables.\(section.table)") { try Self.soils(try loader.table(section.table)) }
    loader.recorder.cite(
      "Montgomery & Dietrich (1994), Water Resour. Res. 30, 1153–1171: infinite slope with steady-state wetness")
  }

  /// Strength by code of the deposit, from a table with the columns named here.
  private static func soils(_ table: CSVTable) throws -> SoilTable {
    let names = [
      "cohesion_kpa", "root_cohesion_kpa", "friction_deg", "unit_weight_kn_m3", "depth_m", "conductivity_m_d",
    ]
    try table.require(["deposit_code", "excluded", "source"] + names)
    let codes = try table.keys("deposit_code", in: 0...Int(Int32.max))
    let excluded = try table.texts("excluded")
    let sources = try table.texts("source")
    let columns = try names.map { try table.optionalNumbers($0) }
    var soils: [Int32: GroundClass] = [:]
    for (row, code) in codes.enumerated() {
      func invalid(_ column: String, _ message: String, hint: String? = nil) throws -> CSVTableError {
        CSVTableError([
          Diagnostic(
            .invalidTableNumber, at: try table.position(row: row, column: column), keyPath: column, message, hint: hint)
        ])
      }
      switch excluded[row] {
      case "yes": soils[Int32(code)] = .notSusceptible
      case "no":
        for (name, column) in zip(names, columns) where column[row] == nil {
          throw try invalid(name, "empty", hint: "a deposit that is not excluded needs a number here")
        }
        let values = columns.compactMap { $0[row] }
        if values[2] < 1 {
          throw try invalid("friction_deg", "\(values[2]) degrees", hint: "degrees, not radians or tangents")
        }
        soils[Int32(code)] = .soil(
          SoilStrength(
            cohesion: values[0], rootCohesion: values[1], frictionAngle: values[2], unitWeight: values[3],
            depth: values[4], conductivity: values[5], source: sources[row]))
      default: throw try invalid("excluded", "\"\(excluded[row])\" is not yes or no")
      }
    }
    do {
      return try SoilTable(soils)
    } catch {
      let row = codes.firstIndex(of: Int(error.code)) ?? 0
      throw CSVTableError([
        Diagnostic(.invalidTableNumber, at: try table.position(row: row, column: "deposit_code"), "\(error)")
      ])
    }
  }

  /// Factor of safety and its class in a scenario.
  ///
  /// The rain that infiltrates, spread over the time that the configuration states, is added to the antecedent
  /// recharge; the sum over all cells upslope is taken as steady, so that sealed ground upslope sends no water.
  func stability(
    infiltrated: Grid<Float>, _ model: TerrainModel, _ pipeline: PipelineFile
  ) throws -> (safety: Grid<Float>, classes: Grid<Int32>) {
    let antecedent = Float(section.recharge.antecedent.millimetresPerDay)
    let perDay = Float(1 / section.recharge.spreadOver.days)
    let own = infiltrated.map(threads: threads) { antecedent + $0 * perDay }
    let sums = flowAccumulation(
      model.directions, weights: own.map(threads: threads) { $0.isNaN ? 0 : WaterDepth.units($0) })
    // Mean recharge of what drains through each cell: times the upslope area it is the water that passes.
    var recharge = own
    recharge.withUnsafeMutableCells { mean in
      sums.withUnsafeCells { sum in
        model.upslope.withUnsafeCells { count in
          for index in 0..<own.count where !mean[index].isNaN {
            mean[index] = Float(WaterDepth.millimetres(sum[index]) / Double(count[index]))
          }
        }
      }
    }
    let cellArea = Float(model.ground.geometry.cellArea)
    let upslope = model.upslope.map(threads: threads) { Float($0) * cellArea }
    return try pipeline.reading("hazards.slide") {
      let wetness = try steadyStateWetness(
        upslopeArea: upslope, slopeTangent: model.slope, recharge: recharge, soil: deposits, table: soils,
        threads: threads)
      let safety = try infiniteSlopeFactorOfSafety(
        slopeTangent: model.slope, wetness: wetness, soil: deposits, table: soils, threads: threads)
      let classes = try stabilityClasses(
        factorOfSafety: safety, soil: deposits, table: soils, bounds: bounds, threads: threads)
      return (safety, classes.map(threads: threads) { Int32($0) })
    }
  }
}
