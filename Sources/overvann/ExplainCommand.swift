import ArgumentParser
import Pipeline
import Report

/// `overvann explain`: what a code of a message means.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Tell what the code of a message means, why it matters and what to do.",
    discussion: """
      EXAMPLES
        overvann explain E-RAS-004
        overvann explain --list
        overvann explain --list --json | jq 'select(.severity == "warning")'
      """)

  @Argument(
    help: "One or more codes, such as E-RAS-004.", completion: .list(DiagnosticCode.table.map(\.code.rawValue)))
  var codes: [String] = []

  @Flag(help: "Every code with its meaning, one a line.")
  var list = false

  @Flag(help: "As JSON, one object a line.")
  var json = false

  func validate() throws {
    guard list == codes.isEmpty else { throw ValidationError("name a code, or say --list") }
    for code in codes where explanation(code) == nil {
      let nearest = DiagnosticCode(rawValue: code).nearest
      throw ValidationError(
        "there is no code \(code); \(nearest.map { "did you mean \($0.rawValue)?" } ?? "see overvann explain --list")")
    }
  }

  func run() {
    let chosen = list ? DiagnosticCode.table : codes.compactMap(explanation)
    for (number, item) in chosen.enumerated() {
      if json {
        Console.result(item.json.description)
      } else if list {
        Console.result("\(item.code.rawValue)  \(item.meaning)")
      } else {
        if number > 0 { Console.result("") }
        Console.result(item.text)
      }
    }
  }

  private func explanation(_ text: String) -> CodeExplanation? {
    DiagnosticCode(rawValue: text.uppercased()).explanation
  }
}

extension CodeExplanation {
  fileprivate var text: String {
    """
    \(code.rawValue) (\(code.severity.rawValue))
      \(meaning)
      Why it matters: \(consequence)
      What to do: \(remedy)
      Exit code: \(exitText)
    """
  }

  fileprivate var json: JSONValue {
    [
      "code": .string(code.rawValue), "severity": .string(code.severity.rawValue), "meaning": .string(meaning),
      "why": .string(consequence), "remedy": .string(remedy),
      "exit_codes": .array(exitCodes.map { .integer(Int64($0.rawValue)) }),
    ]
  }
}
