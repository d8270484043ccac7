import Foundation
import TestSupport
import Testing

@testable import Pipeline

@Suite struct ContentHashesTests {
  /// An edit that sets the time back, which the hash of the content must not miss.
  @Test func aFileWhoseTimeWasSetBackIsReadAgain() throws {
    let folder = TemporaryFolder()
    let (file, memory) = (folder.write("rain 10 mm", to: "rain.txt"), folder.url.appendingPathComponent("hashes"))
    let old = Date.now.addingTimeInterval(-3600)
    func setBack() throws { try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: file) }
    try setBack()
    // Files that were changed just now are not remembered.
    usleep(2_100_000)
    let first = ContentHashes(memory: memory)
    let hash = try #require(first.hash(of: file))
    first.save()
    #expect(String(decoding: try Data(contentsOf: memory), as: UTF8.self).contains(hash))
    // Other rights are no other content.
    chmod(file, 0o600)
    #expect(first.changes().isEmpty && first.areUnchanged([file]))
    #expect(ContentHashes(memory: memory).hash(of: file) == hash)
    let handle = try #require(FileHandle(forWritingAtPath: file))
    try handle.seek(toOffset: 5)
    try handle.write(contentsOf: Data("90".utf8))
    try handle.close()
    try setBack()
    let second = ContentHashes(memory: memory)
    #expect(second.hash(of: file) != hash && second.hash(of: file) != nil)
    #expect(first.changes().map(\.path) == [file] && !first.areUnchanged([file]))
  }
}
