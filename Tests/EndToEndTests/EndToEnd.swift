import Foundation
import Synchronization
import TestSupport
import Testing

/// Tests that start the built program as a user does and look at nothing but what it prints and leaves behind.
///
/// One at a time in each of two rows: a run uses all cores for parts of its time.
@Suite("End to end", .serialized)
enum EndToEnd {}

/// The other row: the longest of them.
@Suite("End to end, long", .serialized)
enum LongEndToEnd {}

/// Folder of the bundled example's data.
let fixtures = packageRoot.appendingPathComponent("fixtures/sandvika")

/// Path of one of the pipelines that come with the program.
func pipelinePath(_ name: String) -> String { packageRoot.appendingPathComponent("pipelines/\(name).yaml").path }

/// The text of the bundled example with absolute paths, so that it can be changed and written anywhere.
let sandvikaText: String = {
  let data = FileManager.default.contents(atPath: pipelinePath("sandvika")) ?? Data()
  return String(decoding: data, as: UTF8.self)
    .replacingOccurrences(of: "../fixtures", with: packageRoot.appendingPathComponent("fixtures").path)
}()

/// The bundled example with one scenario and few products, for tests that only need a run that ends well.
func shortSandvikaText() throws -> String {
  var text = sandvikaText
  let scenarios = try #require(text.range(of: "scenarios:\n"))
  let hazards = try #require(text.range(of: "hazards:\n"))
  text.replaceSubrange(
    scenarios.upperBound..<hazards.lowerBound,
    with: "  - {id: even, return_period: 20 a, T: 20, climate_factor: 1}\n\n")
  return text.components(separatedBy: "\n").filter { !$0.contains("expected_annual") && !$0.contains("ranking") }
    .joined(separator: "\n")
}

extension String {
  /// The text with a part replaced that must be in it, so that a changed example is not tested unchanged.
  func replacing(required part: String, with other: String) throws -> String {
    try #require(contains(part), "the example no longer holds \"\(part)\"")
    return replacingOccurrences(of: part, with: other)
  }

  /// Whether a regular expression matches somewhere.
  func matches(pattern: String) -> Bool { range(of: pattern, options: .regularExpression) != nil }
}

/// Results of the bundled example, run once for all tests that read them.
final class SandvikaRun: Sendable {
  static let shared = Result { try SandvikaRun() }

  /// Folder around the results.
  let folder = TemporaryFolder()
  let program: ProgramResult
  /// The example's data before and after.
  let inputsBefore: [String: Data]
  let inputsAfter: [String: Data]
  let files: [String: Data]
  /// What lies beside the results.
  let besides: [String]

  var target: URL { folder.url.appendingPathComponent("sandvika") }

  private init() throws {
    inputsBefore = folderContents(packageRoot.appendingPathComponent("fixtures"))
    program = try BuiltProgram.run(
      ["run", pipelinePath("sandvika"), "--out", folder.path("sandvika"), "--threads", "1"])
    inputsAfter = folderContents(packageRoot.appendingPathComponent("fixtures"))
    files = folderContents(folder.url.appendingPathComponent("sandvika"))
    besides = folder.contents
    // The shared results live as long as the process.
    let url = folder.url
    leftovers.withLock { $0.append(url) }
    atexit { leftovers.withLock { for url in $0 { try? FileManager.default.removeItem(at: url) } } }
  }
}

/// Folders to remove when the tests end.
private let leftovers = Mutex<[URL]>([])
