import Grids
import Rainfall
import Report
import Runoff

/// How much of the rain of each scenario runs off.
struct RunoffStep {
  /// What a scenario's rain becomes.
  struct Outcome {
    /// Water that reaches the ground, with the climate factor and melted snow, mm.
    let rain: Grid<Float>
    /// What is left on the surface, mm.
    let runoff: Grid<Float>
    /// What the ground takes, mm.
    let infiltrated: Grid<Float>
    /// The books.
    let ledger: RunoffLedger
    /// How the rain fell.
    let course: RainCourse
  }

  let loader: InputLoader
  private var losses: GroundLosses
  private let interception: Grid<Float>?
  private let measures: (codes: Grid<Int32>, table: [Int32: Measure])?
  private let increase: CoefficientIncrease?
  /// The losses where they are the same in every scenario.
  private var loss: GroundLoss?
  private let air: AirTemperature?
  /// Rate that the drains carry, mm/h; nil for none.
  let drainage: Grid<Float>?

  init(_ loader: InputLoader) throws {
    self.loader = loader
    let pipeline = loader.pipeline
    let section = pipeline.hazards.runoff
    func table(_ id: String?, _ key: String) throws -> CSVTable? {
      try id.map { id in try pipeline.reading("tables.\(id)") { try loader.table(id) } }
    }
    var losses = GroundLosses(loader.geometry, threads: loader.threads)
    var measures: (codes: Grid<Int32>, table: [Int32: Measure])?
    var increase: CoefficientIncrease?
    var loss: GroundLoss?
    var drainage = section.drainageRate.map { Grid(loader.geometry, repeating: Float($0.value / 24)) }
    try loader.recorder.step("land cover") {
      losses.method = section.method
      losses.value = section.value
      losses.lambda = section.lambda ?? RunoffSection.defaultLambda
      losses.convertsLambda = section.convertsLambda ?? false
      losses.condition = section.condition ?? .average
      losses.landCover = try section.landCover.map { try loader.classes($0) }
      losses.soil = try section.soil.map { try loader.classes($0) }
      losses.table = try table(section.table, "table")
      losses.soilGroups = try table(section.soilGroups, "soil_groups")
      losses.impervious = try table(section.impervious, "impervious")
      increase = try section.coefficientIncrease.map { try loader.read($0) }
      if let id = section.drainageTable {
        let rows = try loader.pipeline.reading("tables.\(id)") { try loader.table(id) }
        drainage = try pipeline.reading("tables.\(id)") { try losses.drainage(rows) }
      }
      if let id = section.drainageInput { drainage = try loader.drainageRate(id) }
      if let input = section.measures?.input, let table = section.measureTable {
        measures = (try loader.classes(input), try loader.read(table))
      }
      // Coefficients may rise with the return period, and are made for each scenario.
      if increase == nil {
        loss = try pipeline.reading(section.table.map { "tables.\($0)" } ?? "hazards.runoff") { try losses.loss() }
      }
    }
    self.losses = losses
    self.drainage = drainage
    self.measures = measures
    self.increase = increase
    self.loss = loss
    air = try section.snowmelt.map { try AirTemperature($0, loader) }
    interception = section.interception.map { Grid(loader.geometry, repeating: Float($0.millimetres)) }
    for citation in section.method.citations { loader.recorder.cite(citation) }
  }

  /// The curve number of every cell; nil for other methods.
  ///
  /// 0 is rain that stays out of the reckoning.
  var curveNumbers: Grid<Float>? {
    if case .curveNumber(let numbers, _)? = loss { numbers } else { nil }
  }

  /// Adjusts curve numbers to the slopes of the terrain where the pipeline asks for it.
  mutating func adjust(to model: TerrainModel) throws {
    guard let adjustment = loader.pipeline.hazards.runoff.slopeAdjustment else { return }
    losses.slope = model.slope
    losses.slopeAdjustment = adjustment
    loss = try loader.pipeline.reading("hazards.runoff") { try losses.loss() }
    loader.recorder.cite(adjustment.citation)
  }

  /// Rain with the climate factor, runoff, what infiltrates, and the books of a scenario.
  ///
  /// All are no data where any of rain, ground and losses is unknown, so that their sums belong to the same cells.
  func runoff(of scenario: Scenario, _ model: TerrainModel) throws -> Outcome {
    let threads = loader.threads
    let pipeline = loader.pipeline
    let allowance = try climateAllowance(of: scenario)
    var course = RainCourse(climateFactor: allowance.factor)
    let (rain, before, simulation) =
      try needsSteps
      ? steps(of: scenario, allowance, model, &course) : event(of: scenario, allowance, model, &course)
    let unknown = before.missingCells(where: model.ground)
    if unknown > 0 {
      loader.recorder.note(
        .partialRain, at: "scenarios.\(scenario.id)",
        "\(unknown) cells of the terrain have no rain or no land cover; they add no water and have no results",
        count: unknown)
    }
    var remaining = drainage == nil ? nil : simulation?.millimetres(.runoff, threads: threads)
    let capacity = Float(pipeline.hazards.flood?.drainage.millimetres ?? 0)
    if capacity > 0 {
      remaining = try Runoff.drain(runoff: remaining ?? before, capacity: capacity, threads: threads).remaining
    }
    let ledger = try runoffLedger(rain: rain, runoff: before, remaining: remaining, threads: threads)
    let infiltrated =
      simulation?.millimetres(.infiltrated, threads: threads) ?? rain.minus(before, threads: threads)
    return Outcome(
      rain: rain, runoff: remaining ?? before, infiltrated: infiltrated, ledger: ledger, course: course)
  }

  /// Whether the course of the rain matters, and not its sum alone.
  private var needsSteps: Bool {
    let section = loader.pipeline.hazards.runoff
    return section.method.isInfiltration || interception != nil || measures != nil || drainage != nil
      || section.snowmelt != nil
  }

  /// Rain of the scenario with its allowance, which is applied once, to the rain of the present.
  private func raised(_ present: Grid<Float>, _ allowance: ClimateAllowance, _ scenario: Scenario) throws -> Grid<Float>
  {
    try loader.pipeline.reading("scenarios.\(scenario.id).climate_factor") {
      try RainDepth(present: present, threads: loader.threads).applying(allowance, threads: loader.threads).millimetres
    }
  }

  /// Runoff by the sum of the rain: no state is kept, so that large grids need no more memory than their results.
  private func event(
    of scenario: Scenario, _ allowance: ClimateAllowance, _ model: TerrainModel, _ course: inout RainCourse
  ) throws -> (rain: Grid<Float>, before: Grid<Float>, simulation: RunoffSimulation?) {
    let threads = loader.threads
    var first: Grid<Float>?
    var sums: Grid<Double>?
    try loader.forEachRainStep(of: scenario) { step in
      let present = step.rain
      course.add(step, over: model.ground)
      if sums == nil, let first { sums = first.map(threads: threads) { Double($0) } }
      guard sums != nil else {
        first = present
        return
      }
      sums?.forEachRow(threads: threads) { row, cells in
        let rain = present.row(row)
        for column in 0..<cells.count { cells[column] += Double(rain[column]) }
      }
    }
    guard let present = sums.map({ $0.map(threads: threads) { Float($0) } }) ?? first else {
      preconditionFailure("rain has a step")
    }
    sums = nil
    let rain = try raised(present, allowance, scenario).masked(by: model.ground)
    let before = try loader.pipeline.reading("hazards.runoff") {
      switch try ground(of: scenario) {
      case .curveNumber(let numbers, let ratio):
        try curveNumberRunoff(rain: rain, curveNumber: numbers, initialAbstractionRatio: ratio, threads: threads)
      case .coefficient(let coefficients):
        try coefficientRunoff(rain: rain, coefficient: coefficients, threads: threads)
      case .initialConstant, .horton, .greenAmpt: preconditionFailure("these need the course of the rain")
      }
    }
    return (rain.masked(by: before), before, nil)
  }

  /// Runoff step by step, with the state of the ground in every cell.
  private func steps(
    of scenario: Scenario, _ allowance: ClimateAllowance, _ model: TerrainModel, _ course: inout RainCourse
  ) throws -> (rain: Grid<Float>, before: Grid<Float>, simulation: RunoffSimulation?) {
    let threads = loader.threads
    let pipeline = loader.pipeline
    var simulation = try simulation(of: scenario)
    var snow = try snowCover()
    try loader.forEachRainStep(of: scenario) { step in
      course.add(step, over: model.ground)
      let water = try self.water(of: step, allowance, scenario, model, &snow)
      try pipeline.reading("hazards.runoff") {
        try simulation.add(rain: water.masked(by: model.ground), hours: step.hours, threads: threads)
      }
    }
    return (
      simulation.millimetres(.rain, threads: threads), simulation.surfaceBeforeDrains(threads: threads), simulation
    )
  }

  private func ground(of scenario: Scenario) throws -> GroundLoss {
    if let loss { return loss }
    var losses = losses
    if let increase, let period = scenario.returnPeriod {
      losses.increase = increase.factor(returnPeriod: period.years)
    }
    return try losses.loss()
  }

  /// The factor of a scenario's rain.
  func climateAllowance(of scenario: Scenario) throws -> ClimateAllowance {
    try loader.pipeline.reading("scenarios.\(scenario.id).climate_factor") {
      try ClimateAllowance(factor: scenario.climateFactor ?? 1, source: scenario.climateSource ?? "not stated")
    }
  }

  /// The snow on the ground before the event; nil where none melts.
  func snowCover() throws -> DegreeDaySnow? {
    try loader.pipeline.hazards.runoff.snowmelt.map { snow in
      try DegreeDaySnow(
        .init(factor: snow.factor, base: snow.base),
        waterEquivalent: Grid(loader.geometry, repeating: Float(snow.waterEquivalent.millimetres)),
        threads: loader.threads)
    }
  }

  /// Water of a step that reaches the ground: rain with its allowance, and what melts.
  func water(
    of step: ScenarioRainStep, _ allowance: ClimateAllowance, _ scenario: Scenario, _ model: TerrainModel,
    _ snow: inout DegreeDaySnow?
  ) throws -> Grid<Float> {
    let water = try raised(step.rain, allowance, scenario)
    guard let air else { return water }
    let temperature = try air.grid(at: step, over: model.ground)
    return try snow?.add(
      precipitation: water, temperature: temperature, hours: step.hours, threads: loader.threads) ?? water
  }

  /// How the ground takes up rain in a scenario with the measures on it, and what leaves, roofs and measures hold.
  func groundAndInterception(of scenario: Scenario) throws -> (loss: GroundLoss, interception: Grid<Float>?) {
    try loader.pipeline.reading("hazards.runoff") {
      let ground = try ground(of: scenario)
      guard let measures else { return (ground, interception) }
      let changed = try ground.applying(
        measures: measures.codes, table: measures.table, interception: interception, threads: loader.threads)
      return (changed.loss, changed.interception)
    }
  }

  private func simulation(of scenario: Scenario) throws -> RunoffSimulation {
    let (loss, capacity) = try groundAndInterception(of: scenario)
    return try loader.pipeline.reading("hazards.runoff") {
      try RunoffSimulation(loss: loss, interception: capacity, drainage: drainage, threads: loader.threads)
    }
  }
}

extension RunoffSimulation {
  /// Runoff before drains took their part, mm: never less than what is left after them.
  fileprivate func surfaceBeforeDrains(threads: Int) -> Grid<Float> {
    let rain = millimetres(.rain, threads: threads)
    var result = millimetres(.runoff, threads: threads)
    let drained = millimetres(.drained, threads: threads)
    result.forEachRow(threads: threads) { row, cells in
      let (drained, rain) = (drained.row(row), rain.row(row))
      for column in 0..<cells.count {
        let sum = Float(Double(cells[column]) + Double(drained[column]))
        cells[column] = sum > rain[column] ? rain[column] : sum
      }
    }
    return result
  }
}

extension SlopeAdjustment {
  /// The work that describes it.
  fileprivate var citation: String {
    switch self {
    case .sharpleyWilliams:
      "Sharpley, A. N. and Williams, J. R. (1990), EPIC, USDA Technical Bulletin 1768: curve numbers and slope"
    case .huang: "Huang, M. et al. (2006), Hydrological Processes 20, 579–589: curve numbers of steep slopes"
    }
  }
}

extension RunoffMethod {
  /// The works that describe the method.
  fileprivate var citations: [String] {
    switch self {
    case .curveNumber:
      ["USDA NRCS (2004), National Engineering Handbook, part 630, chapter 10: curve number method"]
    case .coefficient, .initialConstant: []
    case .horton: ["Horton, R. E. (1940), An approach toward a physical interpretation of infiltration-capacity"]
    case .greenAmpt:
      ["Green, W. H. and Ampt, G. A. (1911), Studies on soil physics", "Mein, R. G. and Larson, C. L. (1973)"]
    }
  }
}

extension Grid<Float> {
  /// Cells without a value here that have one in the other grid.
  fileprivate func missingCells(where other: Grid<Float>) -> Int {
    withUnsafeCells { cells in
      other.withUnsafeCells { others in
        (0..<count).count { cells[$0].isNaN && !others[$0].isNaN }
      }
    }
  }
}
