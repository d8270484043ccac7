import ArgumentParser
import Foundation
import Pipeline
import Report

/// `overvann diff`: what changed between two runs.
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "What rose, fell, appeared or disappeared between two runs, per area and building.",
    discussion: """
      Compares the tables of areas, buildings and expected annual values by area or building and scenario. The table of \
      changes beyond the thresholds goes to standard output, unless --quiet is given; the count of each kind is in the \
      summary on standard error.

      Compared, with the largest difference that is no change: \
      \(RunComparison.defaultThresholds.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")).

      Ends with 0 where nothing changed beyond the thresholds, 4 where something did.

      EXAMPLES
        overvann diff results/monday results/tuesday
        overvann diff old new --field pop_exposed=5 --field flood_area_m2=100 \\
          --out changes.geojson
        overvann diff old new --quiet || mail -s 'exposure changed' gis@example.no \\
          < /dev/null
      """)

  @Argument(help: "Folder of the first run.", completion: .directory)
  var before: String

  @Argument(help: "Folder of the second run.", completion: .directory)
  var after: String

  @Option(
    help: "Field to compare and the largest difference that is no change, FIELD=NUMBER; may be repeated. Only these.")
  var field: [String] = []

  @Option(help: "File for the changes: .csv, .geojson, .gpkg or .fgb.", completion: .file())
  var out: String?

  @Flag(help: "Replace a file that exists.")
  var replace = false

  @Flag(help: "The changes as JSON.")
  var json = false

  @OptionGroup var log: LogOptions

  private func thresholds() throws -> [String: Double] {
    var thresholds: [String: Double] = [:]
    for text in field {
      let parts = text.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let value = Double(parts[1]), value >= 0, value.isFinite else {
        throw ValidationError("--field \(text): write a field and a number of 0 or more, such as pop_exposed=5")
      }
      thresholds[String(parts[0])] = value
    }
    return thresholds
  }

  func validate() throws { _ = try thresholds() }

  func run() throws {
    var comparison = RunComparison(before, after)
    if !field.isEmpty { comparison.thresholds = try thresholds() }
    comparison.output = out
    comparison.files.replaces = replace
    try log.run { _ in
      let result = try comparison.run()
      if json {
        Console.result(
          JSONValue.object([
            "fields": JSONValue(result.comparedFields), "counts": .object(result.counts),
            "changes": .array(result.changes.map { .object($0.json) }),
          ]).description)
      } else if !log.quiet {
        Console.result(RunChange.header)
        for change in result.changes { Console.result(change.csv) }
      }
      let kinds = result.counts.members.compactMap { member -> (String, Int)? in
        guard case .integer(let count) = member.value else { return nil }
        return (member.name, Int(count))
      }
      return .init(
        code: result.changes.isEmpty ? .success : .partial, counts: [("changes", result.changes.count)] + kinds)
    }
  }
}
