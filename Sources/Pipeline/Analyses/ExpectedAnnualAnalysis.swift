import Exposure
import Foundation
public import Report

/// Expected annual values of a table of return periods and values: `overvann ead`.
public struct ExpectedAnnualAnalysis: Sendable {
  /// File of the table; `-` reads standard input.
  public var table: String
  /// Column with the return periods in years.
  public var periods = "return_period_a"
  /// How values are integrated over probability.
  public var method = ExpectedAnnualMethod.logLinear
  /// What is assumed beyond the longest return period.
  public var tail = ExpectedAnnualTail.constant

  /// An analysis with every option at its default.
  public init(_ table: String) { self.table = table }

  /// Reads the table; every column besides that of the return periods is a value.
  /// - Returns: A row for each column, and what makes them doubtful.
  /// - Throws: ``RunFailure`` where the table does not define expected annual values.
  public func run() throws(RunFailure) -> (rows: [ExpectedAnnualRow], notices: [Diagnostic]) {
    let file = table == "-" ? "standard input" : table
    let position = SourcePosition(file: file)
    return try RunFailure.locating(at: position) {
      let read =
        try table == "-"
        ? CSVTable(Array(FileHandle.standardInput.readToEnd() ?? Data()), file: file) : CSVTable(path: table)
      let years = try read.numbers(periods)
      let names = read.columns(besides: [periods])
      guard !names.isEmpty else {
        throw CSVTableError([
          Diagnostic(.missingColumn, at: position, "no column besides \(periods)", hint: "add a column of values")
        ])
      }
      var notices: [Diagnostic] = []
      let rows = try names.map { name in
        let values = try read.numbers(name)
        do {
          let expected = try expectedAnnual(
            returnPeriods: years, values: values, constantTail: tail == .constant)
          notices += expected.warnings.map {
            Diagnostic(.expectedAnnual, at: position, keyPath: name, "\($0)")
          }
          return ExpectedAnnualRow(name: name, expected, method: method)
        } catch {
          throw CSVTableError([Diagnostic(.invalidTableNumber, at: position, keyPath: name, "\(error)")])
        }
      }
      return (rows, notices)
    }
  }
}

/// The expected annual value of one column.
public struct ExpectedAnnualRow: Sendable {
  /// Name of the column.
  public let name: String
  private let expected: ExpectedAnnual
  private let method: ExpectedAnnualMethod

  init(name: String, _ expected: ExpectedAnnual, method: ExpectedAnnualMethod) {
    self.name = name
    self.expected = expected
    self.method = method
  }

  /// The expected annual value by the method asked for.
  public var value: Double { method == .logLinear ? expected.value : expected.trapezoid }

  /// Share of the value beyond the longest return period; nil where the value is 0.
  public var tailShare: Double? { expected.tailShare.flatMap { value > 0 ? $0 * expected.value / value : nil } }

  /// Names of the columns of ``csv``.
  public static let header = "name,ea,ea_low,ea_high,ea_method,ea_tail_share,ea_n_rp"

  /// The row as CSV.
  public var csv: String {
    let quoted =
      name.contains { ",\"\n\r;".contains($0) } ? "\"\(name.replacingOccurrences(of: "\"", with: "\"\""))\"" : name
    return "\(quoted),\(value),\(expected.lowerBound),\(expected.upperBound),\(method.rawValue),"
      + "\(tailShare.map { "\($0)" } ?? ""),\(expected.count)"
  }

  /// The row as JSON.
  public var json: JSONObject {
    [
      "name": .string(name), "ea": .number(value), "ea_low": .number(expected.lowerBound),
      "ea_high": .number(expected.upperBound), "ea_method": .string(method.rawValue),
      "ea_tail_share": tailShare.map { .number($0) } ?? .null, "ea_n_rp": JSONValue(expected.count),
      "warnings": .array(expected.warnings.map { .string("\($0)") }),
    ]
  }
}
