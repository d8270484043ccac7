import Exposure
import Geodata
import Grids
import Landslide
import Report

/// What scenarios mean for the indicators of all areas together.
struct IndicatorCollection {
  /// People that a hazard touches in a scenario.
  struct Share {
    let hazard: String
    let scenario: String
    let touched: Double
    let known: Double
    let total: Double
  }

  /// Least share of the people whose exposure must be known.
  let least: Double
  private(set) var shares: [Share] = []

  init(least: Double) { self.least = least }

  /// Adds what other scenarios mean.
  mutating func append(_ more: [Share]) { shares += more }

  /// Adds the hazards of a scenario and their union, in which nobody counts twice.
  mutating func add(_ hazards: [ScenarioHazard], of scenario: Scenario, _ exposure: ExposureModel, threads: Int) throws
  {
    guard exposure.hasPeople, !hazards.isEmpty else { return }
    let shares = exposure.buildings?.shareInside ?? []
    let people = exposure.buildings?.residents ?? []
    let inside = shares.indices.filter { shares[$0] > 0 }
    // Nobody is counted where the residents of a building are not known.
    let unknownResidents = inside.contains { people[$0] == nil }
    // The union's ground counts only for people who live in no building.
    let union =
      exposure.unplaced == nil
      ? ScenarioHazard(
        name: "any", ground: hazards[0].ground, people: hazards[0].people, lines: hazards[0].lines,
        buildings: ExposureModel.any(of: hazards.map(\.buildings)), facilities: [])
      : try exposure.union(of: hazards, threads: threads)
    for hazard in hazards + [union] {
      var (touched, known, total) = (0.0, 0.0, 0.0)
      for building in inside {
        let residents = (people[building] ?? 0) * shares[building]
        total += residents
        guard let isHit = hazard.buildings[building] else { continue }
        known += residents
        if isHit { touched += residents }
      }
      if let unplaced = exposure.unplaced {
        let spread = try unplaced.touched(by: hazard.people, threads: threads)
        total += unplaced.totals.reduce(0, +)
        touched += spread.touched.reduce(0, +)
        known += spread.known.reduce(0, +)
      }
      self.shares.append(
        Share(
          hazard: hazard.name, scenario: scenario.id, touched: touched, known: unknownResidents ? 0 : known,
          total: total))
    }
  }

  /// One row for each indicator, hazard and scenario.
  func rows(
    _ section: IndicatorSection, _ exposure: ExposureModel, damage: ExpectedAnnual?, drainage: DrainageStep?
  ) throws -> [[FieldValue]] {
    func value(_ share: Share) -> Double? {
      share.known > 0 && share.known >= least * share.total ? 100 * share.touched / share.known : nil
    }
    var rows: [[FieldValue]] = []
    for share in shares {
      let all = shares.filter { $0.hazard == share.hazard }.compactMap(value)
      var row = start("SC: SH: SA: 4A", "Population living in disaster-prone areas", share.hazard, share.scenario, "%")
      row.set(Fields.indicatorValue, value(share))
      row.set(Fields.indicatorLow, all.min())
      row.set(Fields.indicatorHigh, all.max())
      row.set(Fields.numerator, share.touched)
      row.set(Fields.denominator, share.known)
      row.set(Fields.coveredShare, share.total > 0 ? share.known / share.total : nil)
      row.set(Fields.indicatorStatus, value(share) == nil ? "not_covered" : "computed")
      rows.append(try row.row())
    }
    if exposure.damage != nil {
      let name = "Disaster-related economic losses: modelled expected annual damage to buildings"
      let product = section.grossProduct
      var row = start("SC: SH: SA: 2C", name, "flood", "year", product == nil ? "NOK/a" : "%")
      let scale = product.map { 100 / $0 } ?? 1
      row.set(Fields.indicatorValue, damage.map { $0.value * scale })
      row.set(Fields.indicatorLow, damage.map { $0.lowerBound * scale })
      row.set(Fields.indicatorHigh, damage.map { $0.upperBound * scale })
      row.set(Fields.numerator, damage?.value)
      row.set(Fields.denominator, product)
      row.set(Fields.indicatorStatus, damage == nil ? "not_covered" : "modelled")
      row.setRestToNull()
      rows.append(try row.row())
    }
    if let totals = drainage?.totals {
      var row = start("EC: ICT: D: 1A", "Drainage / storm water system ICT monitoring", "none", "now", "%")
      row.set(Fields.indicatorValue, totals.all > 0 ? 100 * totals.monitored / totals.all : nil)
      row.set(Fields.numerator, totals.monitored)
      row.set(Fields.denominator, totals.all)
      row.set(Fields.indicatorStatus, totals.all > 0 ? "computed" : "not_covered")
      row.setRestToNull()
      rows.append(try row.row())
    }
    return rows
  }

  private func start(
    _ code: String, _ name: String, _ hazard: String, _ scenario: String, _ unit: String
  ) -> RowBuilder {
    var row = RowBuilder(Schemas.indicators)
    row.set(Fields.indicatorCode, code)
    row.set(Fields.indicator, name)
    row.set(Fields.hazard, hazard)
    row.set(Fields.scenario, scenario)
    row.set(Fields.indicatorUnit, unit)
    return row
  }
}

extension IndicatorCollection.Share: Archivable {
  init(from archive: inout ArchiveReader) throws(ArchiveError) {
    hazard = try archive.read()
    scenario = try archive.read()
    touched = try archive.read()
    known = try archive.read()
    total = try archive.read()
  }

  func write(to archive: inout ArchiveWriter) { archive.write(hazard, scenario, touched, known, total) }
}
