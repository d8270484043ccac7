import Foundation
import TestSupport
import Testing

extension LongEndToEnd {
  @Suite("Publish or nothing")
  struct Interruption {
    let folder = TemporaryFolder()
    var out: String { folder.path("out") }

    private func files(_ path: String) -> [String: Data] { folderContents(URL(fileURLWithPath: path)) }

    /// Starts the program, and calls `act` once its progress tells of a step.
    private func run(_ arguments: [String], at step: String, _ act: () throws -> Void) throws -> (Int32, String) {
      let process = BuiltProgram.process(arguments + ["--progress", "json"])
      let errors = Pipe()
      process.standardError = errors
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      var text = ""
      while !text.contains(step) {
        let more = errors.fileHandleForReading.availableData
        if more.isEmpty { break }
        text += String(decoding: more, as: UTF8.self)
      }
      #expect(text.contains(step))
      try act()
      text += String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      return (process.terminationStatus, text)
    }

    @Test("Ended by TERM and KILL at fifty moments: what is published is whole, and going on gives the same results")
    func fiftyMoments() throws {
      let reference = try SandvikaRun.shared.get().files
      let older = folder.write(try shortSandvikaText(), to: "older.yaml")
      #expect(try BuiltProgram.run(["run", older, "--out", folder.path("older"), "--quiet"]).status == 0)
      let old = files(folder.path("older"))
      try FileManager.default.copyItem(atPath: folder.path("older"), toPath: out)
      let arguments = ["run", pipelinePath("sandvika"), "--out", out, "--replace", "--cache", folder.path("cache")]
      var generator = SeededGenerator(seed: 20_261_121)
      var (ended, finished, logged) = (0, 0, 0)
      // Runs go on where the one before was ended, so that the moments lie all over the run.
      for moment in 0..<50 {
        let number = moment % 2 == 0 ? SIGTERM : SIGKILL
        let process = BuiltProgram.process(arguments + ["--quiet"])
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        usleep(useconds_t.random(in: 1_000..<1_600_000, using: &generator))
        kill(process.processIdentifier, number)
        process.waitUntilExit()
        let isKilled = process.terminationReason == .uncaughtSignal
        let status = process.terminationStatus
        let published = files(out)
        if status == 0 {
          #expect(differences(published, reference, without: ["manifest.json"]).isEmpty, "moment \(moment)")
          finished += 1
          try FileManager.default.removeItem(atPath: folder.path("cache"))
          try FileManager.default.removeItem(atPath: out)
          try FileManager.default.copyItem(atPath: folder.path("older"), toPath: out)
          continue
        }
        ended += 1
        if isKilled {
          // A program that does not listen yet is ended by TERM as the system does it.
          #expect(status == number)
          // Killed between putting the results in place and clearing the old ones, the new ones are there.
          let isOld = differences(published, old).isEmpty
          #expect(isOld || differences(published, reference, without: ["manifest.json"]).isEmpty, "moment \(moment)")
        } else {
          #expect(status == 143, "moment \(moment)")
          // The log of the run, where it had begun one, tells what the program ended with.
          let log = FileManager.default.contents(atPath: folder.path("cache/log/out.json"))
          let told = try log.map { try jsonObject($0) } ?? [:]
          if told["process"] as? Int == Int(process.processIdentifier) {
            #expect(told["status"] as? String == "interrupted" && told["exit_code"] as? Int == 143, "moment \(moment)")
            logged += 1
          }
          #expect(differences(published, old).isEmpty, "moment \(moment)")
          #expect(!folder.contents.contains { $0.contains(".tmp-") || $0 == ".out.lock" }, "\(folder.contents)")
        }
      }
      #expect(ended >= 35, "\(ended) were ended, \(finished) finished")
      #expect(logged >= 8, "\(logged) of those ended by TERM had a log")
      let last = try BuiltProgram.run(arguments + ["--quiet"])
      #expect(last.status == 0, "\(last.errors)")
      #expect(differences(files(out), reference, without: ["manifest.json"]).isEmpty)
      #expect(folder.contents == ["cache", "older", "older.yaml", "out"])
      // Whatever the killed ones had begun to keep was cleared.
      let kept = try FileManager.default.subpathsOfDirectory(atPath: folder.path("cache"))
      #expect(kept.count > 10 && !kept.contains { $0.contains("tmp-") }, "\(kept)")
    }

    @Test("An input that changes during the run: 1; one that vanishes: 3; nothing is published")
    func changedInput() throws {
      let roads = folder.path("roads.gpkg")
      let source = fixtures.appendingPathComponent("roads.gpkg")
      let text = try shortSandvikaText().replacing(required: source.path, with: roads)
      let pipeline = folder.write(text, to: "changed.yaml")
      for isGone in [false, true] {
        try? FileManager.default.removeItem(atPath: roads)
        try FileManager.default.copyItem(at: source, to: URL(fileURLWithPath: roads))
        let arguments = ["run", pipeline, "--out", out, "--cache", folder.path("cache\(isGone)")]
        let (status, errors) = try run(arguments, at: "exposure even") {
          if isGone {
            try FileManager.default.removeItem(atPath: roads)
          } else {
            let handle = try #require(FileHandle(forWritingAtPath: roads))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data([0]))
            try handle.close()
          }
        }
        #expect(status == (isGone ? 3 : 1), "\(errors)")
        #expect(errors.contains("E-RUN-004") && errors.contains(roads))
        #expect(!FileManager.default.fileExists(atPath: out))
        #expect(!folder.contents.contains { $0.contains(".tmp-") })
        // Nothing that was computed from the changed file was kept as if it were the old one's.
        try? FileManager.default.removeItem(atPath: roads)
        try FileManager.default.copyItem(at: source, to: URL(fileURLWithPath: roads))
        let plan = try BuiltProgram.run(["plan", pipeline, "--out", out, "--cache", folder.path("cache\(isGone)")])
        #expect(plan.output.contains("terrain: cached") && plan.output.contains("scenario even: run"))
      }
    }

    @Test("Files that may not grow further, as on a full disk: 5, nothing published")
    func fullDisk() throws {
      let pipeline = folder.write(try shortSandvikaText(), to: "short.yaml")
      let program = BuiltProgram.process([]).executableURL?.path ?? ""
      let command = "ulimit -f 100; exec \"$0\" run \"$1\" --out \"$2\" --cache \"$3\""
      let result = try #require(runProgram("sh", ["-c", command, program, pipeline, out, folder.path("cache")]))
      #expect(result.status == 5, "\(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: out))
      #expect(!folder.contents.contains { $0.contains(".tmp-") })
    }

    @Test("Ended while the command of alerts runs: the command is told, the results are there and named")
    func signalDuringAlerts() throws {
      let (ready, told) = (folder.path("ready"), folder.path("told"))
      let script = folder.write(
        "trap 'echo > \(told); exit 9' TERM\necho $$ > \(ready).new; mv \(ready).new \(ready)\nsleep 60 & wait\n",
        to: "tell.sh")
      let pipeline = folder.write(
        try shortSandvikaText() + "alerts: {areas: [\"pop_exposed >= 1\"], command: [sh, \(script)], exit_code: 0}\n",
        to: "alert.yaml")
      let process = BuiltProgram.process(["run", pipeline, "--out", out, "--cache", folder.path("cache"), "--quiet"])
      let (output, errors) = (Pipe(), Pipe())
      process.standardOutput = output
      process.standardError = errors
      try process.run()
      while !FileManager.default.fileExists(atPath: ready), process.isRunning { usleep(20_000) }
      kill(process.processIdentifier, SIGTERM)
      process.waitUntilExit()
      #expect(process.terminationStatus == 143)
      let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      #expect(!text.contains("nothing was published"), "\(text)")
      #expect(output.fileHandleForReading.readDataToEndOfFile() == Data((out + "\n").utf8))
      #expect(FileManager.default.fileExists(atPath: out + "/manifest.json"))
      #expect(FileManager.default.fileExists(atPath: told))
      let child = try #require(Int32(String(contentsOfFile: ready, encoding: .utf8).prefix { $0.isNumber }))
      #expect(kill(child, 0) != 0)
      let log = try jsonObject(FileManager.default.contents(atPath: folder.path("cache/log/out.json")))
      #expect(log["exit_code"] as? Int == 143 && log["run_id"] is String)
      #expect(!folder.contents.contains { $0.contains(".tmp-") || $0.hasSuffix(".lock") })

      // A child that does not listen: the program ends without it, and says where the results are.
      let deaf = folder.write("trap '' TERM\necho > \(ready)\nsleep 20\n", to: "tell.sh")
      unlink(ready)
      let second = BuiltProgram.process(
        ["run", pipeline, "--out", out, "--replace", "--cache", folder.path("cache"), "--quiet"])
      let (secondOutput, secondErrors) = (Pipe(), folder.write("", to: "errors"))
      second.standardOutput = secondOutput
      second.standardError = FileHandle(forWritingAtPath: secondErrors)
      try second.run()
      while !FileManager.default.fileExists(atPath: ready), second.isRunning { usleep(20_000) }
      kill(second.processIdentifier, SIGTERM)
      second.waitUntilExit()
      #expect(second.terminationStatus == 143 && FileManager.default.fileExists(atPath: deaf))
      let said = try String(contentsOfFile: secondErrors, encoding: .utf8)
      #expect(said.contains("E-RUN-003") && said.contains("the results were published before: \(out)"), "\(said)")
      #expect(secondOutput.fileHandleForReading.availableData == Data((out + "\n").utf8))
      let ended = try jsonObject(FileManager.default.contents(atPath: folder.path("cache/log/out.json")))
      #expect(ended["exit_code"] as? Int == 143 && ended["status"] as? String == "interrupted")
    }

    @Test("A run waits for another one as long as it may")
    func waitsForTheLock() throws {
      let descriptor = open(folder.path(".out.lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
      try #require(descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) == 0)
      let pipeline = folder.write(try shortSandvikaText(), to: "short.yaml")
      let arguments = ["run", pipeline, "--out", out, "--quiet", "--wait-lock"]
      let waited = try BuiltProgram.run(arguments.filter { $0 != "--quiet" } + ["1s"])
      #expect(waited.status == 75 && waited.errors.components(separatedBy: "I-RUN-107").count == 2, "\(waited.errors)")
      let waiting = BuiltProgram.process(arguments + ["2m"])
      waiting.standardOutput = FileHandle.nullDevice
      try waiting.run()
      usleep(500_000)
      #expect(waiting.isRunning)
      unlink(folder.path(".out.lock"))
      close(descriptor)
      waiting.waitUntilExit()
      #expect(waiting.terminationStatus == 0)
      #expect(FileManager.default.fileExists(atPath: out + "/manifest.json"))
    }
  }
}
