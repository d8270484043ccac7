import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// What the README and the help show, against what the program does.
  @Suite("Documentation")
  struct Documentation {
    let readme: [String]

    init() throws {
      let data = try #require(
        FileManager.default.contents(atPath: packageRoot.appendingPathComponent("README.md").path))
      readme = String(decoding: data, as: UTF8.self).components(separatedBy: "\n")
    }

    /// Blocks of code of a language, as lines; those that end with a backslash are joined with the next.
    private func blocks(_ language: String) -> [[String]] {
      var blocks: [(language: String, lines: [String])] = []
      var isInside = false
      for line in readme {
        if line.hasPrefix("```") {
          if !isInside { blocks.append((String(line.dropFirst(3)), [])) }
          isInside.toggle()
        } else if isInside {
          if let last = blocks[blocks.count - 1].lines.last, last.hasSuffix("\\") {
            blocks[blocks.count - 1].lines.removeLast()
            blocks[blocks.count - 1].lines.append(String(last.dropLast()) + String(line.drop { $0 == " " }))
          } else {
            blocks[blocks.count - 1].lines.append(line)
          }
        }
      }
      return blocks.filter { $0.language == language }.map(\.lines)
    }

    @Test("The README's rows of areas.csv are those of the run")
    func sample() throws {
      let table = try TextTable(try SandvikaRun.shared.get().files["tables/areas.csv"])
      func cells(_ line: String) -> [String] {
        line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
          .map { $0.trimmingCharacters(in: .whitespaces) }
      }
      let head = try #require(readme.firstIndex { $0.hasPrefix("| area_id |") })
      let names = cells(readme[head])
      let rows = readme[(head + 2)...].prefix { $0.hasPrefix("|") }.map(cells)
      #expect(rows.count == 5)
      for row in rows {
        let found = try #require(table.rows.first { $0["area_id"] == row[0] && $0["scenario"] == "t200" })
        for (name, shown) in zip(names, row) {
          let value = try #require(found[name], "\(name)")
          guard let number = Double(value), name != "area_id" else {
            #expect(shown == value, "\(row[0]) \(name)")
            continue
          }
          let decimals = shown.split(separator: ".").dropFirst().first?.count ?? 0
          #expect(shown == String(format: "%.\(decimals)f", number), "\(row[0]) \(name)")
        }
      }
    }

    @Test("The README's list of results names every layer and table, and nothing else")
    func list() throws {
      let files = try SandvikaRun.shared.get().files.keys
      let listing = try #require(blocks("").first { $0.first?.hasPrefix("report.html") == true })
      func listed(_ folder: String) -> [String] {
        let start = listing.firstIndex { $0.hasPrefix("\(folder)/") } ?? 0
        let further = listing[(start + 1)...].prefix { $0.hasPrefix(" ") }
        let lines = [String(listing[start].dropFirst(folder.count + 1))] + further
        let words = lines.filter { !$0.contains("overvann.gpkg") }.joined(separator: " ").split(separator: " ")
        return words.map(String.init).filter { !$0.hasPrefix("(") && $0 != "…" }
      }
      func written(_ folder: String, _ ending: String) -> Set<String> {
        Set(
          files.filter { $0.hasPrefix("\(folder)/") && $0.hasSuffix(ending) }.map {
            String($0.dropFirst(folder.count + 1).dropLast(ending.count))
          })
      }
      #expect(Set(listed("layers")) == written("layers", ".geojson"))
      #expect(Set(listed("tables")) == written("tables", ".csv"))
      #expect(Set(listed("rasters")).isSubset(of: written("rasters", ".tif")) && listed("rasters").count > 5)
    }

    @Test("The README's commands run as they stand, one after the other")
    func commands() throws {
      let folder = TemporaryFolder()
      let example = try SandvikaRun.shared.get().target
      let manager = FileManager.default
      for name in ["fixtures", "pipelines"] {
        try manager.createSymbolicLink(
          at: folder.url.appendingPathComponent(name), withDestinationURL: packageRoot.appendingPathComponent(name))
      }
      for name in ["bin", "out"] {
        try manager.createDirectory(at: folder.url.appendingPathComponent(name), withIntermediateDirectories: true)
      }
      try manager.createSymbolicLink(
        at: folder.url.appendingPathComponent("bin/overvann"), withDestinationURL: BuiltProgram.url)
      // Runs of whole pipelines have tests of their own; this one stands for them.
      for name in ["sandvika", "2026-11"] {
        try manager.createSymbolicLink(
          at: folder.url.appendingPathComponent("out/\(name)"), withDestinationURL: example)
      }
      let lines = blocks("sh").joined().filter { $0.contains("overvann ") && !$0.hasPrefix("overvann run pipelines/") }
      #expect(lines.count > 18)
      for line in lines {
        // That a simulation begins is enough here.
        let command = line.replacingOccurrences(of: " --duration 30min", with: " --duration 20s")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", "set -o pipefail; " + command + "\n"]
        process.currentDirectoryURL = folder.url
        process.environment = ProcessInfo.processInfo.environment.merging(
          ["PATH": folder.path("bin") + ":/usr/bin:/bin"]
        ) { $1 }
        let errors = folder.write("", to: "errors")
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle(forWritingAtPath: errors)
        try process.run()
        process.waitUntilExit()
        let told = String(decoding: manager.contents(atPath: errors) ?? Data(), as: UTF8.self)
        #expect(process.terminationStatus == 0, "\(command)\n\(told)")
      }
    }

    /// A command as the program describes it.
    private struct Command: Decodable {
      struct Argument: Decodable {
        struct Name: Decodable { let name: String }
        let names: [Name]?
      }

      let commandName: String
      let discussion: String?
      let defaultSubcommand: String?
      let arguments: [Argument]?
      let subcommands: [Command]?

      var all: [Command] { [self] + (subcommands ?? []).flatMap(\.all) }
      var options: Set<String> { Set((arguments ?? []).flatMap { $0.names ?? [] }.map(\.name)) }

      /// The command that words after this one's name call.
      func called(by words: [String]) -> Command {
        let known = subcommands ?? []
        if let word = words.first, let next = known.first(where: { $0.commandName == word }) {
          return next.called(by: Array(words.dropFirst()))
        }
        return known.first { $0.commandName == defaultSubcommand } ?? self
      }
    }

    private struct Tool: Decodable { let command: Command }

    @Test("Examples in the help name options that there are")
    func examples() throws {
      let dump = try BuiltProgram.run(["--experimental-dump-help"])
      let tool = try JSONDecoder().decode(Tool.self, from: Data(dump.output.utf8)).command
      var count = 0
      for command in tool.all {
        let text = (command.discussion ?? "").replacingOccurrences(of: "\\\n", with: " ")
        for line in text.components(separatedBy: "\n") {
          guard let start = line.range(of: "overvann "), line.hasPrefix(" ") else { continue }
          let words = line[start.upperBound...].split(separator: " ").map(String.init)
          let called = tool.called(by: words)
          for option in words where option.hasPrefix("--") {
            count += 1
            #expect(called.options.contains(String(option.dropFirst(2))), "\(line)")
          }
        }
      }
      #expect(count > 100)
    }
  }
}
