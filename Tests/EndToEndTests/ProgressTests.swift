import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Progress and log")
  struct Progress {
    let bench: Workbench
    let pipeline: String

    init() throws {
      bench = try Workbench()
      pipeline = bench.write(bench.text, "bench.yaml")
    }

    private func run(_ arguments: String...) throws -> ProgramResult {
      try BuiltProgram.run(["run", pipeline, "--threads", "1"] + arguments, in: bench.folder.url)
    }

    private func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }

    @Test(
      "Without a terminal: a line for each tenth, no control characters, a summary last; nothing but the result on stdout"
    )
    func plain() throws {
      let result = try run()
      #expect(result.status == 0, "\(result.errors)")
      #expect(lines(result.output).count == 1 && result.output.hasSuffix("/out\n"))
      #expect(!result.errors.contains("\u{1B}") && !result.errors.contains("\r"))
      let tenths = lines(result.errors).compactMap { $0.firstMatch(of: #/^([0-9]+) % /#).flatMap { Int($0.1) } }
      #expect(
        tenths.count >= 8 && tenths.count <= 11 && tenths == Set(tenths).sorted() && tenths.allSatisfy { $0 % 10 == 0 })
      let last = try #require(lines(result.errors).last)
      #expect(
        last.wholeMatch(
          of: #/done in [0-9.]+ s; 1 areas, 0 areas without values, 1 buildings, [0-9]+ bluespots, [0-9]+ warnings?/#)
          != nil, "\(last)")
    }

    @Test("JSON: every line is an object; steps with share, number and time; the summary with status, counts, warnings")
    func json() throws {
      let result = try run("--progress", "json", "--log-format", "json")
      let objects = try lines(result.errors).map { try jsonObject(Data($0.utf8)) }
      let steps = objects.filter { $0["event"] as? String == "step" }
      #expect(steps.count > 10)
      let shares = steps.compactMap { $0["share"] as? Double }
      #expect(shares == shares.sorted() && shares.allSatisfy { (0...1).contains($0) } && shares.count == steps.count)
      #expect(steps.allSatisfy { $0["step"] is String && $0["seconds"] is Double })
      let last = try #require(objects.last)
      #expect(last["event"] as? String == "summary" && last["status"] as? String == "success")
      #expect(last["exit"] as? Int == 0 && last["run_id"] is String && last["seconds"] is Double)
      #expect((last["counts"] as? [String: Int])?["areas"] == 1)
      #expect(last["warnings"] as? Int == objects.count { $0["severity"] as? String == "warning" })
    }

    @Test("Quiet: nothing but errors, and then the summary")
    func quiet() throws {
      let silent = try run("--quiet")
      #expect(silent.status == 0 && silent.errors.isEmpty && lines(silent.output).count == 1)
      bench.remove("rain.tif")
      let failed = try run("--quiet", "--replace")
      #expect(failed.status == 3 && failed.output.isEmpty)
      #expect(lines(failed.errors).count == 2)
      #expect(lines(failed.errors)[0].contains("error[E-RAS-001]"))
      #expect(
        lines(failed.errors)[1].wholeMatch(
          of: #/input rejected in [0-9.]+ s \(exit code 3\): E-RAS-001; 1 error, 0 warnings/#) != nil)
    }

    /// `script` gives the program a terminal of its own.
    private func onTerminal(_ command: String, environment: [String: String] = [:]) throws -> String {
      let program = BuiltProgram.process([]).executableURL?.path ?? ""
      let variables = ["TERM=xterm"] + environment.map { "\($0.key)=\($0.value)" }
      let text =
        "cd \(bench.folder.url.path); env -u CI -u NO_COLOR \(variables.joined(separator: " ")) \(program) \(command)"
      let result = try #require(runProgram("script", ["-qec", text, "/dev/null"]))
      #expect(result.status == 0, "\(result.output)")
      return result.output
    }

    @Test(
      "On a terminal: a bar with share and step that is drawn over itself; plain where colours are not wanted or in CI")
    func terminal() throws {
      let shown = try onTerminal("run bench.yaml --no-cache --threads 1")
      #expect(shown.contains("\r\u{1B}[K█") && shown.contains(" % ") && shown.contains("preflight"))
      let bars = shown.components(separatedBy: "\r\u{1B}[K").filter { $0.contains("·") }
      #expect(bars.count > 10 && bars.allSatisfy { $0.count < 80 })
      // The bar is taken away before the summary.
      #expect(shown.contains("\u{1B}[Kdone in ") || shown.contains("\ndone in "))
      for variable in ["CI", "NO_COLOR"] {
        let plain = try onTerminal("run bench.yaml --no-cache --replace --threads 1", environment: [variable: "1"])
        #expect(!plain.contains("\u{1B}[K") && plain.contains("10 % "))
      }
    }

    @Test("The time that is left is told from what steps took the last time")
    func timeLeft() throws {
      let cached = ["--cache", bench.path("cache"), "--replace", "--progress", "json"]
      #expect(try BuiltProgram.run(["run", pipeline] + cached, in: bench.folder.url).status == 0)
      let times = try jsonObject(FileManager.default.contents(atPath: bench.path("cache/times/bench.json")))
      let steps = try #require(times as? [String: Double])
      #expect(steps.keys.contains("terrain") && steps.values.allSatisfy { $0 >= 0 })
      let again = try BuiltProgram.run(["run", pipeline] + cached, in: bench.folder.url)
      let shares = try lines(again.errors).filter { $0.contains(#""event":"step""#) }
        .compactMap { try jsonObject(Data($0.utf8))["share"] as? Double }
      #expect(shares == shares.sorted() && (shares.last ?? 0) > 0.5)
    }

    @Test("Commands of one step end with a summary too, and say nothing on stdout but their report")
    func analyses() throws {
      let dtm = bench.path("dtm.tif")
      let filled = try BuiltProgram.run(["fill", dtm, bench.path("filled.tif"), "--nodata", "outlet"])
      #expect(filled.status == 0, "\(filled.errors)")
      #expect(lines(filled.errors).last?.wholeMatch(of: #/done in [0-9.]+ s; 0 warnings/#) != nil)
      #expect(lines(filled.output).allSatisfy { $0.contains(": ") })
      let again = try BuiltProgram.run(["fill", dtm, bench.path("filled.tif"), "--log-format", "json"])
      #expect(again.status == 5 && again.output.isEmpty)
      let objects = try lines(again.errors).map { try jsonObject(Data($0.utf8)) }
      #expect(objects.contains { $0["code"] as? String == "E-OUT-011" })
      #expect(objects.last?["exit"] as? Int == 5 && objects.last?["causes"] as? [String] == ["E-OUT-011"])
    }

    @Test("Commands without progress end with a summary as well: status, counts, seconds, warnings")
    func summaries() throws {
      #expect(try run().status == 0)
      let kept = bench.path("kept")
      #expect(try run("--out", bench.path("other"), "--cache", kept).status == 0)
      let (cache, table) = (
        bench.path("cache"), bench.write("return_period_a,damage\n20,10\n200,100\n", "damage.csv")
      )
      let commands: [(arguments: [String], counts: String, names: Set<String>)] = [
        (
          ["plan", pipeline, "--cache", cache], "0 steps cached, [0-9]+ steps to run", ["steps_cached", "steps_to_run"]
        ),
        (["run", pipeline, "--dry-run"], "0 steps cached, [0-9]+ steps to run", ["steps_cached", "steps_to_run"]),
        (["config", pipeline], "5 inputs, 1 scenarios", ["inputs", "scenarios"]),
        (["inspect", bench.path("dtm.tif"), bench.path("areas.geojson")], "2 files", ["files"]),
        (
          ["diff", bench.path("out"), bench.path("out"), "--json"], "0 changes, 0 rose, .*",
          [
            "changes", "rose", "fell", "appeared", "disappeared", "became_known", "became_unknown",
          ]
        ),
        (["clean", kept, "--dry-run"], "0 items to clear, 0 bytes", ["items_to_clear", "bytes"]),
        (["ead", table], "1 values", ["values"]),
      ]
      for (arguments, counts, names) in commands {
        let plain = try BuiltProgram.run(arguments, in: bench.folder.url)
        #expect(plain.status == 0, "\(plain.errors)")
        let last = try #require(lines(plain.errors).last)
        #expect(
          last.wholeMatch(of: try Regex("done in [0-9.]+ s; \(counts), [0-9]+ warnings?")) != nil, "\(last)")
        let json = try BuiltProgram.run(arguments + ["--log-format", "json"], in: bench.folder.url)
        let objects = try lines(json.errors).map { try jsonObject(Data($0.utf8)) }
        let summary = try #require(objects.last)
        #expect(summary["event"] as? String == "summary" && summary["status"] as? String == "success")
        #expect(summary["exit"] as? Int == 0 && summary["seconds"] is Double)
        #expect(Set((summary["counts"] as? [String: Int] ?? [:]).keys) == names)
        #expect(summary["warnings"] as? Int == objects.count { $0["severity"] as? String == "warning" })
        let quiet = try BuiltProgram.run(arguments + ["--quiet"], in: bench.folder.url)
        #expect(quiet.status == 0 && quiet.errors.isEmpty, "\(arguments): \(quiet.errors)")
        #expect(plain.output == json.output && json.output == quiet.output, "\(arguments)")
      }
      let missing = bench.path("missing")
      for arguments in [["plan", missing], ["config", missing], ["inspect", missing], ["diff", missing, missing]] {
        let failed = try BuiltProgram.run(arguments + ["--quiet"], in: bench.folder.url)
        #expect(failed.output.isEmpty && lines(failed.errors).first?.contains("error[E-") == true)
        #expect(lines(failed.errors).last?.contains("(exit code \(failed.status)): E-") == true, "\(failed.errors)")
      }
    }

    @Test("A reader of the output that has read enough is no error")
    func closedOutput() throws {
      let program = BuiltProgram.process([]).executableURL?.path ?? ""
      let result = try #require(runProgram("sh", ["-c", "\"\(program)\" explain --list | head -1"]))
      #expect(result.status == 0 && result.errors.isEmpty && result.output.contains("E-CLI-001"))
      // Nobody reads at all: a run ends as it would otherwise, and its summary is told.
      let command =
        "cd \(bench.folder.url.path); exec 3>&1; { \"\(program)\" run bench.yaml --no-cache --replace; echo $? >&3; }"
      for end in ["| true", "| sleep 0", ">&-"] {
        let run = try #require(runProgram("bash", ["-c", "\(command) \(end)"]))
        #expect(run.output == "0\n" && run.errors.contains("done in "), "\(end): \(run.output) \(run.errors)")
      }
      let schema = try #require(runProgram("bash", ["-c", "set -o pipefail; \"\(program)\" schema | head -1"]))
      #expect(schema.status == 0 && schema.errors.isEmpty)
    }
  }

  @Suite("Explain")
  struct Explain {
    @Test("Every code: what it means, why it matters, what to do, and the exit code")
    func everyCode() throws {
      let list = try BuiltProgram.run(["explain", "--list"])
      let codes = list.output.split(separator: "\n").map { String($0.prefix { $0 != " " }) }
      #expect(list.status == 0 && codes.count > 100)
      let all = try BuiltProgram.run(["explain"] + codes)
      #expect(all.status == 0 && all.errors.isEmpty)
      let entries = all.output.components(separatedBy: "\n\n")
      #expect(entries.count == codes.count)
      for (code, entry) in zip(codes, entries) {
        #expect(entry.hasPrefix("\(code) ("))
        for part in ["Why it matters: ", "What to do: ", "Exit code: "] { #expect(entry.contains(part), "\(code)") }
      }
      let json = try BuiltProgram.run(["explain", "--list", "--json"])
      #expect(json.output.split(separator: "\n").count == codes.count)
      let unknown = try BuiltProgram.run(["explain", "E-RAS-0004"])
      #expect(unknown.status == 2 && unknown.errors.contains("did you mean E-RAS-004?"))
      #expect(try BuiltProgram.run(["explain"]).status == 2)
    }
  }
}
