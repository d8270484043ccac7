public import Foundation

/// The program `overvann` as it was built together with the tests.
public enum BuiltProgram {
  /// Place of the program: the folder of the test executable, else the package's build folder.
  public static let url: URL = {
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
    _ arguments: [String], in folder: URL? = nil, environment more: [String: String] = [:]
  ) -> Process {
    let process = Process()
    process.executableURL = url
    process.arguments = arguments
    process.currentDirectoryURL = folder ?? packageRoot
    var environment = ProcessInfo.processInfo.environment
    environment["OVERVANN_SHARED_DATA"] =
      environment["OVERVANN_SHARED_DATA"]
      ?? packageRoot.deletingLastPathComponent().appendingPathComponent("shared/data").path
    process.environment = environment.merging(more) { _, new in new }
    return process
  }

  /// Runs the program to its end.
  public static func run(
    _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:]
  ) throws -> ProgramResult {
    let process = process(arguments, in: folder, environment: environment)
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
