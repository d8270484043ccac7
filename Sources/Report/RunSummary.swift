/// The few figures of a run that a person or a scheduler looks at first: `summary.json`.
public struct RunSummary: Sendable, Hashable {
  /// Key figures of one scenario.
  public struct Scenario: Sendable, Hashable {
    /// Identifier of the scenario.
    public var id: String
    /// Named figures, under the names of the fields.
    public var figures: JSONObject

    /// Describes a scenario's figures.
    public init(id: String, figures: JSONObject) {
      self.id = id
      self.figures = figures
    }
  }

  /// Identity of the run.
  public var runID: String
  /// How the run ended.
  public var status: Manifest.Status
  /// Exit code of the program.
  public var exitCode: Int
  /// Counts, such as areas done, flagged and failed.
  public var counts: JSONObject
  /// Key figures, scenario by scenario.
  public var scenarios: [Scenario]
  /// Areas that pass thresholds.
  public var alerts: [JSONValue] = []
  /// What changed since the run before: its identity, and the number of changes of each kind; nil for none.
  public var changes: JSONObject?
  /// Warnings by code.
  public var warnings: [WarningRecord]
  /// Where the water went, in each scenario.
  public var waterBalance: [WaterBalanceRecord]

  /// Makes a summary.
  public init(
    runID: String, status: Manifest.Status, exitCode: Int, counts: JSONObject, scenarios: [Scenario],
    warnings: [WarningRecord], waterBalance: [WaterBalanceRecord]
  ) {
    self.runID = runID
    self.status = status
    self.exitCode = exitCode
    self.counts = counts
    self.scenarios = scenarios
    self.warnings = warnings
    self.waterBalance = waterBalance
  }

  /// The summary as JSON.
  public var json: JSONObject {
    [
      "run_id": .string(runID),
      "status": .string(status.rawValue),
      "exit_code": JSONValue(exitCode),
      "counts": .object(counts),
      "scenarios": .array(scenarios.map { ["id": .string($0.id), "figures": .object($0.figures)] }),
      "alerts": .array(alerts), "changes": changes.map { .object($0) } ?? .null,
      "warnings": .array(warnings.map { .object($0.json) }),
      "water_balance": WaterBalanceRecord.json(waterBalance),
    ]
  }
}
