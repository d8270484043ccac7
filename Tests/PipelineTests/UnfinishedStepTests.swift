import Foundation
import Grids
import TestSupport
import Testing

@testable import Pipeline

/// The state of a step that was stopped, in a file of the cache.
struct UnfinishedStepTests {
  private let folder = TemporaryFolder()
  private var step: UnfinishedStep {
    UnfinishedStep(file: URL(fileURLWithPath: folder.path("unfinished/k.restart")), key: "k")
  }

  @Test func whatIsKeptComesBack() throws {
    #expect(try step.state([Double].self) == nil)
    try step.keep([1.5, -.infinity])
    try step.keep([2.5, .leastNonzeroMagnitude])
    #expect(try step.state([Double].self) == [2.5, .leastNonzeroMagnitude])
    #expect(folder.contents.count == 1)
    step.remove()
    #expect(try step.state([Double].self) == nil)
  }

  @Test func damageIsFound() throws {
    try step.keep([UInt8](repeating: 7, count: 1000))
    let whole = try Data(contentsOf: step.file)
    #expect(throws: ArchiveError.self) { try UnfinishedStep(file: step.file, key: "other").state([UInt8].self) }
    for place in stride(from: 0, to: whole.count, by: 97) where !(24..<64).contains(place) {
      var damaged = whole
      damaged[place] ^= 1
      try damaged.write(to: step.file)
      #expect(throws: ArchiveError.self, "\(place)") { try step.state([UInt8].self) }
    }
    try whole.dropLast().write(to: step.file)
    #expect(throws: ArchiveError.self) { try step.state([UInt8].self) }
  }
}
