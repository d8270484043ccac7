import Foundation
import TestSupport
import Testing

@testable import Pipeline

/// Where results and cache lie, what is cleared of them, and how the command of alerts is started.
@Suite struct PublishingTests {
  let folder = TemporaryFolder()

  @Test(arguments: [
    ("/results/{name}", "/results/.overvann-cache"), ("/results/{date}/{name}", "/results/.overvann-cache"),
    ("/results/{name}/{date}", "/results/minimal/.overvann-cache"),
    ("/results/run-{date}/a/b", "/results/.overvann-cache"),
    ("out", "/project/pipelines/.overvann-cache"),
  ])
  func theCacheLiesBesideTheDate(directory: String, cache: String) throws {
    let pipeline = try parse(minimalPipeline, overrides: ["outputs.dir=\(directory)"])
    var options = RunOptions()
    #expect(options.cacheFolder(of: pipeline)?.path == cache)
    options.output = "/other/2026-11-21/x"
    #expect(options.cacheFolder(of: pipeline)?.path == "/other/2026-11-21/.overvann-cache")
    #expect(options.target(of: pipeline).path == "/other/2026-11-21/x")
    options.usesCache = false
    #expect(options.cacheFolder(of: pipeline) == nil)
  }

  @Test func aLinkIsNotTheOutputItself() {
    for (directory, isFound) in [("out/{name}", true), ("out/x", false), ("minimal/x", false)] {
      let found = errors(minimalPipeline, overrides: ["outputs.dir=\(directory)", "outputs.current=minimal"])
      #expect(found.contains { $0.contains("outputs.current: minimal is the output folder itself") } == isFound)
    }
  }

  /// The number of a process that has ended.
  private func endedProcess() throws -> Int32 {
    let gone = try ChildProcess(["true"], environment: [:])
    #expect(gone.wait { nil } == .exited(0))
    return gone.process
  }

  @Test func temporariesOfTheDeadAreAbandoned() throws {
    let gone = try endedProcess()
    try FileManager.default.createDirectory(atPath: folder.path("steps"), withIntermediateDirectories: false)
    let left = folder.write("x", to: "steps/tmp-\(gone)-1f")
    _ = folder.write("x", to: "steps/tmp-\(getpid())-1f")
    _ = folder.write("x", to: "steps/\(String(repeating: "a", count: 64)).step")
    // One that another machine writes, whose processes are not known here.
    let far = open(folder.write("x", to: "steps/tmp-\(gone)-2f"), O_RDONLY)
    defer { close(far) }
    try #require(flock(far, LOCK_EX | LOCK_NB) == 0)
    #expect(CacheFolder.abandonedTemporaries(in: folder.url).map(\.path) == [left])
  }

  @Test func cleaningKeepsWhatALiveRunWrites() throws {
    let gone = try endedProcess()
    _ = folder.write("", to: "hashes.tsv")
    try FileManager.default.createDirectory(atPath: folder.path("out"), withIntermediateDirectories: false)
    let manager = FileManager.default
    let old = [FileAttributeKey.modificationDate: Date.now.addingTimeInterval(-7200)]
    for name in ["locked", "growing", "left"] {
      let place = "out/\(name).tmp-\(gone)-1f"
      try manager.createDirectory(atPath: folder.path(place), withIntermediateDirectories: false)
      let file = folder.write(String(repeating: "x", count: 5000), to: "\(place)/file")
      if name != "growing" { try manager.setAttributes(old, ofItemAtPath: file) }
      try manager.setAttributes(old, ofItemAtPath: folder.path(place))
    }
    let lock = open(folder.write("pid 1", to: "out/.locked.lock"), O_RDWR)
    try #require(flock(lock, LOCK_EX | LOCK_NB) == 0)
    var cleaning = CacheCleaning(folder.url)
    cleaning.results = folder.url.appendingPathComponent("out")
    cleaning.isDryRun = true
    let planned = try cleaning.run()
    #expect(planned.map(\.path) == [folder.path("out/left.tmp-\(gone)-1f")] && planned.map(\.bytes) == [5000])
    cleaning.isDryRun = false
    #expect(try cleaning.run().map(\.path) == planned.map(\.path))
    #expect(
      try manager.contentsOfDirectory(atPath: folder.path("out")).sorted()
        == [".locked.lock", "growing.tmp-\(gone)-1f", "locked.tmp-\(gone)-1f"])
    // Nobody holds it any more.
    close(lock)
    #expect(try cleaning.run().map(\.path) == [folder.path("out/locked.tmp-\(gone)-1f")])
  }

  @Test func onlyACacheIsCleaned() throws {
    for (place, said) in [(folder.path("none"), "no such folder"), (folder.url.path, "is no cache")] {
      let failure = #expect(throws: RunFailure.self) { try CacheCleaning(URL(fileURLWithPath: place)).run() }
      #expect(failure?.exitCode == .configuration && failure?.description.contains(said) == true)
      #expect(failure?.description.contains(".overvann-cache") == true)
    }
  }

  @Test func aChildEndsAsItSays() throws {
    let environment = ["PATH": "/usr/bin:/bin", "GREETING": "hello there"]
    func end(_ command: String...) throws -> ChildProcess.End {
      try ChildProcess(command, environment: environment).wait { nil }
    }
    #expect(try end("sh", "-c", "exit 7") == .exited(7))
    #expect(try end("/bin/sh", "-c", "test \"$GREETING\" = 'hello there' && test \"$0\" = 'a b'", "a b") == .exited(0))
    #expect(try end("sh", "-c", "kill -9 $$") == .signalled(9))
    #expect(try end("sh", "-c", "read line") == .exited(1))
    // SIGPIPE is 13, SIGXFSZ 25: ignored by the program, not by its children.
    let before = [SIGPIPE, SIGXFSZ].map { signal($0, SIG_IGN) }
    #expect(
      try end("sh", "-c", "mask=$(sed -n 's/^SigIgn:.//p' /proc/self/status); test $((0x$mask & 0x1001000)) = 0")
        == .exited(0))
    for (number, handler) in zip([SIGPIPE, SIGXFSZ], before) { signal(number, handler) }
    let failure = #expect(throws: ChildProcess.StartFailure.self) {
      try ChildProcess(["no-such-program"], environment: environment)
    }
    #expect(failure?.reason.isEmpty == false)
  }

  @Test func aSignalIsPassedOnToAChildAndItsOwn() throws {
    let (ready, inner) = (folder.path("ready"), folder.path("inner"))
    // The one that is started by the child is asked too, and its parent waits for it.
    let script = "trap 'wait; exit 9' TERM; (trap ': > \(inner)' TERM; : > \(ready); sleep 30 & wait) & wait"
    let child = try ChildProcess(["sh", "-c", script], environment: ["PATH": "/usr/bin:/bin"])
    let start = ContinuousClock.now
    let end = child.wait { FileManager.default.fileExists(atPath: ready) ? .terminate : nil }
    #expect(end == .exited(9) && ContinuousClock.now - start < .seconds(20))
    #expect(FileManager.default.fileExists(atPath: inner))
  }
}
