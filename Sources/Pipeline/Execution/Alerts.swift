import Foundation
import Geodata
import Report

/// An area that passes a threshold in a scenario.
public struct Alert: Sendable, Hashable {
  /// Identifier of the area.
  public let area: String
  /// Name of the area, where it has one.
  public let name: String?
  /// Scenario.
  public let scenario: String
  /// The condition that is met.
  public let condition: AlertCondition
  /// The value that meets it.
  public let value: Double

  var json: JSONValue {
    [
      "area_id": .string(area), "area_name": JSONValue(name), "scenario": .string(scenario),
      "condition": .string(condition.text), "field": .string(condition.field), "value": .number(value),
    ]
  }
}

extension AlertSection {
  /// The conditions that rows of areas meet, in the order of the rows; a value that is not known meets none.
  func alerts(_ rows: [[FieldValue]], _ schema: Schema) -> [Alert] {
    func place(_ name: String) -> Int? { schema.fields.firstIndex { $0.name == name } }
    let conditions = areas.compactMap { condition in place(condition.field).map { (condition, $0) } }
    guard let id = place(Fields.areaID.name), let scenario = place(Fields.scenario.name) else { return [] }
    let name = place(Fields.areaName.name)
    return rows.flatMap { row in
      conditions.compactMap { condition, field in
        guard let value = row[field].asNumber, condition.isMet(by: value) else { return nil }
        return Alert(
          area: row[id].asText ?? "", name: name.flatMap { row[$0].asText }, scenario: row[scenario].asText ?? "",
          condition: condition, value: value)
      }
    }
  }

  /// Starts the command and waits for it; a signal that stops the run is passed on to it.
  /// - Returns: What went wrong; nil where it ended with 0.
  func runCommand(_ directory: URL, _ stopSignal: () -> StopSignal?) -> String? {
    guard let command, let program = command.first else { return nil }
    do throws(ChildProcess.StartFailure) {
      let child = try ChildProcess(
        command, environment: ProcessInfo.processInfo.environment.merging(["OVERVANN_RUN": directory.path]) { $1 })
      switch child.wait(stopSignal) {
      case .exited(0): return nil
      case .exited(let code): return "\(program) ended with \(code)"
      case .signalled(let number): return "\(program) was ended by signal \(number)"
      }
    } catch {
      return "\(program) cannot be started: \(error.reason)"
    }
  }
}

extension RunSummary {
  /// The identity of a run that was published; nil where it cannot be told.
  static func identity(ofRun folder: String) -> String? {
    guard let data = FileManager.default.contents(atPath: folder + "/summary.json") else { return nil }
    return (try? JSONSerialization.jsonObject(with: data) as? [String: Any])?["run_id"] as? String
  }
}

extension DiagnosticCode {
  static let alert: Self = "W-ALERT-001"
  static let failedAlertCommand: Self = "W-ALERT-002"
  static let noComparison: Self = "W-DIFF-001"
}
