public import ArgumentParser
public import Pipeline
import Report

extension ExpectedAnnualMethod: ExpressibleByArgument {}
extension ExpectedAnnualTail: ExpressibleByArgument {}

/// `overvann ead`: expected annual values from a table.
struct ExpectedAnnualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ead", abstract: "Expected annual values, such as damage, from values at return periods.",
    discussion: """
      The table is CSV with a column of return periods in years and one column for each value. The expected annual value \
      is the integral of the value over the yearly probability 1/T: 0 below the smallest return period, linear in the \
      logarithm of the probability between them, constant beyond the longest. The bounds hold for every rising course \
      between the points. Reasons for doubt go to standard error.

      EXAMPLES
        overvann ead damage.csv
        overvann ead damage.csv --method trapezoid --tail none --json
        printf 'return_period_a,damage\\n20,0\\n200,1e6\\n1000,2e6\\n' | overvann ead
      """)

  @Argument(help: "Table of return periods and values; standard input unless given.", completion: .file())
  var table = "-"

  @Option(help: "Column with the return periods in years.")
  var periods = "return_period_a"

  @Option(help: "Course between the return periods: log_linear or trapezoid.")
  var method = ExpectedAnnualMethod.logLinear

  @Option(help: "Beyond the longest return period: constant or none.")
  var tail = ExpectedAnnualTail.constant

  @Flag(help: "The results as JSON.")
  var json = false

  @OptionGroup var log: LogOptions

  func run() throws {
    var analysis = ExpectedAnnualAnalysis(table)
    analysis.periods = periods
    analysis.method = method
    analysis.tail = tail
    try log.run { display in
      let (rows, notices) = try analysis.run()
      for notice in notices { display.show(.message(notice)) }
      if json {
        Console.result(JSONValue.array(rows.map { .object($0.json) }).description)
      } else {
        Console.result(ExpectedAnnualRow.header)
        for row in rows { Console.result(row.csv) }
      }
      return .init(counts: [("values", rows.count)])
    }
  }
}
