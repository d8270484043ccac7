import Grids
import Landslide
import Report

/// Stability of the slopes, scenario by scenario.
struct SlideStep {
  let section: SlideSection
  let threads: Int
  private let deposits: Grid<Int32>
  private let soils: ClassLookup<SoilStrength?>

  init(_ section: SlideSection, _ loader: InputLoader, _ model: TerrainModel) throws {
    let pipeline = loader.pipeline
    self.section = section
    threads = loader.threads
    deposits = try loader.classes(section.soil)
    soils = try pipeline.reading("tables.\(section.table)") { try Self.soils(try loader.table(section.table)) }
    let (deposits, soils) = (deposits, soils)
    try pipeline.reading("hazards.slide.table") {
      try soils.require(codesOf: deposits, as: "deposit", threads: loader.threads)
    }
    loader.recorder.cite(
      "Montgomery & Dietrich (1994), Water Resour. Res. 30, 1153–1171: infinite slope with steady-state wetness")
  }

  /// Strength by code of the deposit, from a table with the columns named here.
  private static func soils(_ table: CSVTable) throws -> ClassLookup<SoilStrength?> {
    let names = ["cohesion_kpa", "root_cohesion_kpa", "friction_deg", "unit_weight_kn_m3", "depth_m", "conductivity_m_d"]
    try table.require(["deposit_code", "excluded"] + names)
    let codes = try table.keys("deposit_code", in: 0...Int(Int32.max))
    let excluded = try table.texts("excluded")
    let columns = try names.map { try table.optionalNumbers($0) }
    var soils: [Int32: SoilStrength?] = [:]
    for (row, code) in codes.enumerated() {
      func invalid(_ column: String, _ message: String, hint: String? = nil) throws -> CSVTableError {
        CSVTableError([
          Diagnostic(
            .invalidTableNumber, at: try table.position(row: row, column: column), keyPath: column, message, hint: hint)
        ])
      }
      switch excluded[row] {
      case "yes": soils[Int32(code)] = .some(nil)
      case "no":
        for (name, column) in zip(names, columns) where column[row] == nil {
          throw try invalid(name, "empty", hint: "a deposit that is not excluded needs a number here")
        }
        let values = columns.compactMap { $0[row] }
        do {
          soils[Int32(code)] = try SoilStrength(
            cohesion: values[0], rootCohesion: values[1], frictionAngle: values[2], unitWeight: values[3],
            depth: values[4], conductivity: values[5])
        } catch {
          throw try invalid("deposit_code", "deposit \(code): \(error)")
        }
      default: throw try invalid("excluded", "\"\(excluded[row])\" is not yes or no")
      }
    }
    return ClassLookup(soils)
  }

  /// Factor of safety and its class in a scenario.
  ///
  /// The rain that infiltrates, spread over the time that the configuration states, is added to the antecedent
  /// recharge; the sum is taken as steady.
  func stability(
    infiltrated: Grid<Float>, _ model: TerrainModel
  ) throws -> (safety: Grid<Float>, classes: Grid<Int32>) {
    let antecedent = Float(section.recharge.antecedent.millimetresPerDay)
    let perDay = Float(1 / section.recharge.spreadOver.days)
    let recharge = infiltrated.map(threads: threads) { antecedent + $0 * perDay }
    let stability = try SlopeStability(
      slope: model.slope, upslopeCells: model.upslope, recharge: recharge, deposits: deposits, soils: soils,
      threads: threads)
    return (stability.safety, stability.classes(section.classes, threads: threads))
  }
}
