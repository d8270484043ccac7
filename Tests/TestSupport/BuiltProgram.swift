public import Foundation

/// The program `overvann` as it was built together with the tests.
public enum BuiltProgram {
  /// Place of the program: what `OVERVANN_PROGRAM` names, such as a release build; the folder of the test executable; else
  /// the package's build folder.
  public static let url: URL = {
    if let named = ProcessInfo.processInfo.environment["OVERVANN_PROGRAM"] { return URL(fileURLWithPath: named) }
    let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let folders = [
      executable.deletingLastPathComponent(),
      URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent(),
      packageRoot.appendingPathComponent(".build/debug"),
    ]
    let places = folders.map { $0.appendingPathComponent("overvann") }
    return places.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? places[0]
  }()

  /// Makes a process of the program that is not started yet.
  ///
  /// What it knows of the environment is the same on every machine, but for the place of the real data.
  public static func process(
    _ arguments: [String], in folder: URL? = nil, environment added: [String: String] = [:],
    usesDefaultCache: Bool = false
  ) -> Process {
    let process = Process()
    process.executableURL = url
    // Only tests of the cache have one: others look at every file that is left behind.
    let namesCache = arguments.contains { ["--cache", "--no-cache", "--dry-run", "--help"].contains($0) }
    process.arguments =
      arguments.first == "run" && !namesCache && !usesDefaultCache ? arguments + ["--no-cache"] : arguments
    process.currentDirectoryURL = folder ?? packageRoot
    var environment = ProcessInfo.processInfo.environment
    environment["OVERVANN_SHARED_DATA"] =
      environment["OVERVANN_SHARED_DATA"]
      ?? packageRoot.deletingLastPathComponent().appendingPathComponent("shared/data").path
    process.environment = environment.merging(added) { $1 }
    return process
  }

  /// Runs the program to its end.
  public static func run(
    _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:], usesDefaultCache: Bool = false
  ) throws -> ProgramResult {
    let process = process(arguments, in: folder, environment: environment, usesDefaultCache: usesDefaultCache)
    let scratch = TemporaryFolder()
    let (output, errors) = (scratch.write("", to: "out"), scratch.write("", to: "err"))
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    process.waitUntilExit()
    func text(_ path: String) -> String {
      FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
    return ProgramResult(status: process.terminationStatus, output: text(output), errors: text(errors))
  }
}
