import Foundation
import Report
import TestSupport
import Testing

@Suite struct SHA256Tests {
  /// The examples published with FIPS 180-4, and the empty text.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
  ])
  func publishedVectors(text: String, digest: String) {
    #expect(SHA256.hexDigest(of: text.utf8) == digest)
  }

  @Test func millionLettersA() {
    #expect(
      SHA256.hexDigest(of: [UInt8](repeating: 0x61, count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  /// Pieces of any length give what the whole gives; lengths around the block and padding limits are included.
  @Test func piecesEqualTheWhole() {
    var random = SeededGenerator(seed: 1)
    for length in [1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000] {
      let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let whole = SHA256.hexDigest(of: bytes)
      var hash = SHA256()
      var start = 0
      while start < length {
        let end = min(length, start + Int(random.next() % 70))
        hash.update(Array(bytes[start..<end]))
        start = end
      }
      #expect(hash.hexDigest() == whole)
      #expect(hash.hexDigest() == whole, "reading the digest leaves the stream open")
    }
  }

  @Test func files() throws {
    let folder = ScratchFolder()
    try Data("abc".utf8).write(to: folder.file("a"))
    let (sha256, bytes) = try SHA256.hexDigest(ofFile: folder.file("a"))
    #expect(sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(bytes == 3)
    let error = #expect(throws: ReportError.self) { try SHA256.hexDigest(ofFile: folder.file("missing")) }
    #expect(error?.code == .unreadable && error?.exitCode == 3)
    #expect(error?.description.contains("missing") == true)
  }
}
