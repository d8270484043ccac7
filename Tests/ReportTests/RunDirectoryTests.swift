import Foundation
import Report
import Testing

@Suite struct RunDirectoryTests {
  func manifest(_ text: String = "x") -> Manifest {
    Manifest(
      runID: text, status: .ok, exitCode: 0, toolVersion: "1.0", operatingSystem: "Linux", configuration: ["a": 1])
  }

  func write(_ text: String, _ name: String, in run: RunDirectory) throws {
    try Data(text.utf8).write(to: run.url(for: name))
  }

  @Test func appearsCompleteOrNotAtAll() throws {
    let folder = ScratchFolder()
    let target = folder.file("deep/out")
    let run = try RunDirectory(target: target)
    try write("1", "tables/areas.csv", in: run)
    #expect(!FileManager.default.fileExists(atPath: target.path))
    let files = try run.files()
    #expect(files.map(\.path) == ["tables/areas.csv"] && files[0].bytes == 1)
    #expect(files[0].sha256 == SHA256.hexDigest(of: "1".utf8))
    #expect(try run.publish(manifest()).isEmpty)
    #expect(text(target.appendingPathComponent("tables/areas.csv")) == "1")
    #expect(try parsed(target.appendingPathComponent("manifest.json"))["run_id"] as? String == "x")
    #expect(try FileManager.default.contentsOfDirectory(atPath: target.path).sorted() == ["manifest.json", "tables"])
  }

  @Test func failureLeavesNothing() throws {
    let folder = ScratchFolder()
    do {
      let run = try RunDirectory(target: folder.file("out"))
      try write("1", "a/b/c", in: run)
      #expect(folder.names.count == 2, "the temporary folder and the lock")
    }
    #expect(folder.names.isEmpty)
  }

  /// What cannot be taken back is done when nothing else can fail any more, and its failure keeps the old run.
  @Test func theLastThingIsDoneLast() throws {
    let folder = ScratchFolder()
    let target = folder.file("out")
    try RunDirectory(target: target).publish(manifest("first"))
    struct Failure: Error {}
    var done: [String] = []
    do {
      let run = try RunDirectory(target: target, replace: true)
      #expect(throws: Failure.self) {
        try run.publish(manifest("second")) {
          done.append("second")
          #expect(try parsed(run.url.appendingPathComponent("manifest.json"))["run_id"] as? String == "second")
          #expect(try parsed(target.appendingPathComponent("manifest.json"))["run_id"] as? String == "first")
          throw Failure()
        }
      }
    }
    #expect(try parsed(target.appendingPathComponent("manifest.json"))["run_id"] as? String == "first")
    let run = try RunDirectory(target: target, replace: true)
    // Somebody put something of his own there meanwhile.
    try FileManager.default.removeItem(at: target.appendingPathComponent("manifest.json"))
    try Data().write(to: target.appendingPathComponent("letter"))
    #expect(throws: ReportError.self) { try run.publish(manifest("third")) { done.append("third") } }
    #expect(done == ["second"])
  }

  @Test func aLinkToItselfIsRefused() throws {
    let folder = ScratchFolder()
    let error = #expect(throws: ReportError.self) { try RunDirectory.requireLink("out", beside: folder.file("out")) }
    #expect(error?.code == .exists && error?.message.contains("itself") == true)
    #expect(try RunDirectory.requireLink("current", beside: folder.file("out")) == folder.file("current").path)
  }

  @Test func whoWaitsIsToldForWhom() throws {
    let folder = ScratchFolder()
    let lock = try RunLock(file: folder.file(".out.lock"))
    var told: [String] = []
    let error = #expect(throws: ReportError.self) {
      try RunDirectory(target: folder.file("out"), waiting: .milliseconds(350)) { told.append($0) }
    }
    withExtendedLifetime(lock) {}
    #expect(error?.code == .locked && told.count == 1 && told.first?.contains("pid \(getpid()) on") == true)
  }

  @Test func replacesOnlyWhenAskedAndOnlyRuns() throws {
    let folder = ScratchFolder()
    let target = folder.file("out")
    try RunDirectory(target: target).publish(manifest("first"))

    let refused = #expect(throws: ReportError.self) { try RunDirectory(target: target) }
    #expect(refused?.code == .exists && refused?.exitCode == 5)
    #expect(folder.names == ["out"])

    let run = try RunDirectory(target: target, replace: true)
    try write("2", "b", in: run)
    #expect(try parsed(target.appendingPathComponent("manifest.json"))["run_id"] as? String == "first")
    #expect(try run.publish(manifest("second")).isEmpty)
    #expect(try parsed(target.appendingPathComponent("manifest.json"))["run_id"] as? String == "second")

    try FileManager.default.createDirectory(at: folder.file("home"), withIntermediateDirectories: true)
    try Data().write(to: folder.file("home/letter"))
    let foreign = #expect(throws: ReportError.self) { try RunDirectory(target: folder.file("home"), replace: true) }
    #expect(foreign?.code == .notARunDirectory)
    #expect(FileManager.default.fileExists(atPath: folder.file("home/letter").path))

    try Data().write(to: folder.file("file"))
    let file = #expect(throws: ReportError.self) { try RunDirectory(target: folder.file("file"), replace: true) }
    #expect(file?.code == .notARunDirectory)
    withExtendedLifetime(run) {}
  }

  /// Somebody else makes the target while the run is computing.
  @Test func targetThatAppearsMeanwhileIsKept() throws {
    let folder = ScratchFolder()
    let run = try RunDirectory(target: folder.file("out"))
    try FileManager.default.createDirectory(at: folder.file("out"), withIntermediateDirectories: false)
    try Data("mine".utf8).write(to: folder.file("out/mine"))
    let error = #expect(throws: ReportError.self) { try run.publish(manifest()) }
    #expect(error?.code == .exists)
    #expect(text(folder.file("out/mine")) == "mine")
  }

  @Test func leftoversOfKilledRunsAreCleared() throws {
    let folder = ScratchFolder()
    for name in ["out.tmp-123-ab12", "out.tmp-notes", "output.tmp-123-ab", "out.old-123-ab12"] {
      try FileManager.default.createDirectory(at: folder.file(name), withIntermediateDirectories: false)
      try Data().write(to: folder.file(name + "/x"))
    }
    // Killed between moving the old run aside and the new one in: the old one comes back.
    var run: RunDirectory? = try RunDirectory(target: folder.file("other"))
    run = nil
    _ = run
    let refused = #expect(throws: ReportError.self) { try RunDirectory(target: folder.file("out")) }
    #expect(refused?.code == .exists)
    #expect(folder.names == ["out", "out.tmp-notes", "output.tmp-123-ab"])

    try FileManager.default.createDirectory(at: folder.file("out.old-9-9"), withIntermediateDirectories: false)
    try Data().write(to: folder.file("out/manifest.json"))
    let next = try RunDirectory(target: folder.file("out"), replace: true)
    #expect(next.clearedLeftovers == ["out.old-9-9"])
    #expect(FileManager.default.fileExists(atPath: folder.file("out/x").path))
  }

  @Test func secondHolderIsToldTheFirst() throws {
    let folder = ScratchFolder()
    let run = try RunDirectory(target: folder.file("out"))
    let error = #expect(throws: ReportError.self) { try RunDirectory(target: folder.file("out"), replace: true) }
    #expect(error?.code == .locked && error?.exitCode == 75)
    let process = ProcessInfo.processInfo
    #expect(error?.message.contains("pid \(process.processIdentifier) on \(process.hostName), since 20") == true)
    // Another target beside it is free.
    _ = try RunDirectory(target: folder.file("out2"))
    withExtendedLifetime(run) {}
  }

  @Test func lockIsFreeAfterRelease() throws {
    let folder = ScratchFolder()
    var lock: RunLock? = try RunLock(file: folder.file(".lock"))
    #expect(throws: ReportError.self) { try RunLock(file: folder.file(".lock"), waiting: .milliseconds(150)) }
    lock = nil
    #expect(folder.names.isEmpty)
    lock = try RunLock(file: folder.file(".lock"))
    withExtendedLifetime(lock) {}
  }

  /// A lock held by another process, which is then killed: the kernel frees it.
  @Test func lockOfAnotherProcess() throws {
    let folder = ScratchFolder()
    let path = folder.file(".lock").path
    let holder = Process()
    holder.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
    holder.arguments = ["-F", path, "sh", "-c", "echo pid 4711 > '\(path)'; exec sleep 60"]
    try holder.run()
    // Not tried before it is held: a lock that is taken and let go removes its file from under the other process.
    for _ in 0..<1500 where (try? String(contentsOfFile: path, encoding: .utf8))?.contains("pid 4711") != true {
      usleep(20_000)
    }
    let error = #expect(throws: ReportError.self) { try RunLock(file: folder.file(".lock")) }
    #expect(error?.code == .locked && error?.message.contains("pid 4711") == true)
    kill(holder.processIdentifier, SIGKILL)
    holder.waitUntilExit()
    _ = try RunLock(file: folder.file(".lock"), waiting: .seconds(5))
  }

  @Test func unwritableParent() {
    let error = #expect(throws: ReportError.self) { try RunDirectory(target: URL(fileURLWithPath: "/proc/none/out")) }
    #expect(error?.code == .notWritable && error?.exitCode == 5)
  }
}
