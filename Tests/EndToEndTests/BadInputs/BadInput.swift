import Foundation
import TestSupport
import Testing

/// One row of the table of bad inputs: what is wrong, and what the program must make of it.
struct BadInput: Sendable, CustomTestStringConvertible {
  /// What is done with the input.
  enum Command: String, Sendable {
    case validate
    case run
  }

  let id: String
  let what: String
  let command: Command
  let status: Int32
  /// Words that the messages must have.
  let words: [String]
  let spoil: @Sendable (Workbench) throws -> Void
  /// What the results must hold, where there are any.
  let look: @Sendable (Workbench) throws -> Void

  var testDescription: String { "\(id) \(what)" }

  /// An input that is refused, or passes, before anything is computed.
  static func check(
    _ id: String, _ what: String, _ status: Int32 = 0, _ words: String...,
    by spoil: @escaping @Sendable (Workbench) throws -> Void
  ) -> BadInput {
    BadInput(id: id, what: what, command: .validate, status: status, words: words, spoil: spoil) { _ in }
  }

  /// An input that a run has to live with, or refuses only then.
  static func run(
    _ id: String, _ what: String, _ status: Int32 = 0, _ words: String...,
    by spoil: @escaping @Sendable (Workbench) throws -> Void,
    look: @escaping @Sendable (Workbench) throws -> Void = { _ in }
  ) -> BadInput {
    BadInput(id: id, what: what, command: .run, status: status, words: words, spoil: spoil, look: look)
  }
}

extension LongEndToEnd {
  @Suite("Bad inputs")
  struct BadInputs {
    @Test(
      "Refused, or made the best of, and said so",
      arguments: BadInput.referenceSystems + BadInput.grids + BadInput.values + BadInput.geometries
        + BadInput.attributes + BadInput.files + BadInput.surroundings + BadInput.configurations + BadInput.tables
        + BadInput.physics)
    func row(_ row: BadInput) throws {
      let bench = try Workbench()
      try row.spoil(bench)
      bench.write(bench.text, "bench.yaml")
      let before = folderContents(bench.folder.url)
      var arguments = [row.command.rawValue, bench.path("bench.yaml")] + bench.arguments
      if row.command == .run { arguments += ["--threads", "1"] }
      let result = try BuiltProgram.run(arguments, in: bench.folder.url, environment: bench.environment)
      #expect(result.status == row.status, "\(result.errors)")
      for word in row.words { #expect((result.errors + result.output).contains(word), "\(word): \(result.errors)") }
      if row.status != 0 { #expect(result.errors.contains("exit code \(row.status)")) }
      // Inputs keep their bytes, nothing is left beside them, and nothing is published but what is complete.
      let after = folderContents(bench.folder.url)
      let published = after.keys.filter { $0.hasPrefix("out/") }
      let isPublished = row.command == .run && [0, 4].contains(row.status)
      #expect(published.isEmpty != isPublished)
      #expect(differences(before, after, without: Set(published)) == [])
      #expect(!bench.folder.contents.contains { $0.contains("tmp") || $0.hasSuffix(".lock") })
      if isPublished { try row.look(bench) }
    }
  }
}
