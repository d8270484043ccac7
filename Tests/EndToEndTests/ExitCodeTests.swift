import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Exit codes")
  struct ExitCodes {
    let folder = TemporaryFolder()
    var out: String { folder.path("out") }

    /// Runs a changed example; the folder then holds nothing but the pipeline.
    private func run(_ text: String, _ arguments: String...) throws -> ProgramResult {
      let pipeline = folder.write(text, to: "changed.yaml")
      let result = try BuiltProgram.run(["run", pipeline, "--out", out] + arguments)
      #expect(result.output.isEmpty)
      #expect(folder.contents == ["changed.yaml"])
      return result
    }

    @Test("A pipeline file that is not there: 2")
    func missingPipeline() throws {
      for command in ["run", "validate", "config"] {
        let result = try BuiltProgram.run([command, folder.path("missing.yaml")])
        #expect(result.status == 2)
        #expect(result.errors.contains("missing.yaml: error[E-CFG-001]"))
      }
      #expect(folder.contents.isEmpty)
    }

    @Test("An unknown key: 2, with file, line, column and what was meant")
    func unknownKey() throws {
      let text = try sandvikaText.replacing(required: "    resample: bil", with: "    resampel: bil")
      let result = try run(text)
      #expect(result.status == 2)
      let line = try #require(text.components(separatedBy: "\n").firstIndex { $0.contains("resampel") }) + 1
      #expect(result.errors.contains("\(folder.path("changed.yaml")):\(line):5: error"))
      #expect(result.errors.contains("inputs.rain.resampel"))
      #expect(result.errors.contains("did you mean \"resample\"?"))
      let validation = try BuiltProgram.run(["validate", folder.path("changed.yaml")])
      #expect(validation.status == 2)
      // The last line tells the time it took.
      #expect(validation.errors.split(separator: "\n").dropLast() == result.errors.split(separator: "\n").dropLast())
    }

    @Test("An override of an unknown key: 2")
    func unknownOverride() throws {
      let result = try run(sandvikaText, "--set", "hazards.flood.min_dept=0.1 m")
      #expect(result.status == 2)
      #expect(result.errors.contains("did you mean \"min_depth\"?"))
    }

    @Test("A layer without the named field: 3, with what was meant")
    func missingField() throws {
      let result = try run(try sandvikaText.replacing(required: "id: area_id", with: "id: areaid"))
      #expect(result.status == 3)
      #expect(result.errors.contains("\"areaid\"") && result.errors.contains("area_id"))
    }

    @Test("More areas without values than the policy allows: 4, and the results are published")
    func partial() throws {
      let text = try shortSandvikaText().replacing(required: "max_failed_areas: 2", with: "max_failed_areas: 1")
      let pipeline = folder.write(text, to: "changed.yaml")
      let result = try BuiltProgram.run(["run", pipeline, "--out", out, "--quiet"])
      #expect(result.status == 4)
      #expect(result.output == out + "\n")
      let manifest = try jsonObject(FileManager.default.contents(atPath: out + "/manifest.json"))
      #expect(manifest["status"] as? String == "partial")
      #expect(manifest["exit_code"] as? Int == 4)
    }

    @Test("A log in JSON is JSON to its last line, which tells how the run ended")
    func logInJSON() throws {
      let pipeline = folder.write(try shortSandvikaText(), to: "short.yaml")
      let result = try BuiltProgram.run(
        ["run", pipeline, "--out", out, "--progress", "json", "--log-format", "json"])
      #expect(result.status == 0)
      #expect(result.output == out + "\n")
      let lines = result.errors.split(separator: "\n").map { Data($0.utf8) }
      let last = try jsonObject(lines.last)
      #expect(last["status"] as? String == "success" && last["exit"] as? Int == 0)
      #expect(lines.allSatisfy { (try? jsonObject($0)) != nil })
    }

    @Test("An output that exists: 5, and it stays as it was, whatever it is")
    func existingOutput() throws {
      try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: false)
      let note = folder.write("mine", to: "out/note.txt")
      for arguments in [[], ["--replace"]] {
        let result = try BuiltProgram.run(["run", pipelinePath("sandvika"), "--out", out] + arguments)
        #expect(result.status == 5)
        #expect(result.errors.contains(out))
        #expect(result.output.isEmpty)
      }
      #expect(FileManager.default.contents(atPath: note) == Data("mine".utf8))
      #expect(folder.contents == ["out"])
    }

    @Test("An output that cannot be written: 5")
    func unwritableOutput() throws {
      for place in ["/proc/x", "/proc/x/y", folder.write("", to: "file") + "/below"] {
        let result = try BuiltProgram.run(["run", pipelinePath("sandvika"), "--out", place])
        #expect(result.status == 5, "\(place)")
        #expect(result.errors.hasPrefix("--out \(place): error[E-OUT-"), "\(place)")
      }
    }

    @Test("An output that another run has locked: 75")
    func locked() throws {
      let descriptor = open(folder.path(".out.lock"), O_RDWR | O_CREAT, 0o666)
      try #require(descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) == 0)
      defer { close(descriptor) }
      let result = try BuiltProgram.run(["run", pipelinePath("sandvika"), "--out", out])
      #expect(result.status == 75)
      #expect(result.errors.contains("locked"))
      #expect(folder.contents == [".out.lock"])
    }

    @Test("Stopped by a signal: 128 and its number, nothing published, nothing left", arguments: [SIGTERM, SIGINT])
    func signalled(number: Int32) throws {
      let process = BuiltProgram.process(
        ["run", pipelinePath("sandvika"), "--out", out, "--progress", "json", "--log-format", "json"])
      let errors = Pipe()
      let output = Pipe()
      process.standardError = errors
      process.standardOutput = output
      // A thread of the tests may have blocked signals, which a new process inherits.
      var signals = sigset_t()
      var before = sigset_t()
      sigemptyset(&signals)
      sigaddset(&signals, number)
      pthread_sigmask(SIG_UNBLOCK, &signals, &before)
      defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
      try process.run()
      var told = errors.fileHandleForReading.availableData
      #expect(kill(process.processIdentifier, number) == 0)
      told += errors.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      #expect(process.terminationReason == .exit)
      #expect(process.terminationStatus == 128 + number)
      #expect(output.fileHandleForReading.readDataToEndOfFile().isEmpty)
      #expect(folder.contents.isEmpty)
      let lines = String(decoding: told, as: UTF8.self).split(separator: "\n")
      let lastLine = try #require(lines.last)
      let last = try jsonObject(Data(lastLine.utf8))
      #expect(last["exit"] as? Int == Int(128 + number))
      for line in lines { _ = try jsonObject(Data(line.utf8)) }
    }
  }
}
