extension SeededGenerator {
  /// The bytes with one to three changes: bytes overwritten, parts removed, doubled or cut off, snippets put in.
  ///
  /// The same seed makes the same mutants, so that one that fails can be looked at.
  public mutating func mutated(_ sample: [UInt8], snippets: [String]) -> [UInt8] {
    var bytes = sample
    for _ in 0..<Int.random(in: 1...3, using: &self) {
      let place = Int.random(in: 0...bytes.count, using: &self)
      switch Int.random(in: 0...5, using: &self) {
      case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &self)
      case 1 where place < bytes.count: bytes[place] = UInt8.random(in: 32...126, using: &self)
      case 2:
        bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...30, using: &self)))
      case 3 where Int.random(in: 0...3, using: &self) == 0: bytes.removeSubrange(place...)
      case 4:
        let end = min(bytes.count, place + Int.random(in: 1...60, using: &self))
        bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &self))
      default: bytes.insert(contentsOf: (snippets.randomElement(using: &self) ?? "").utf8, at: place)
      }
    }
    return bytes
  }
}
