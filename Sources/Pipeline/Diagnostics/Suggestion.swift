/// What the user probably meant: the known word nearest to an unknown one.
enum Suggestion {
  /// The largest edit distance at which a word is suggested.
  static let maximumDistance = 2

  /// The nearest of the known words, or nil where none is within two edits; case is ignored.
  static func nearest(to word: String, among known: [String]) -> String? {
    let folded = Array(word.lowercased().unicodeScalars)
    guard !folded.isEmpty, folded.count <= 80 else { return nil }
    var best: (word: String, distance: Int)?
    for candidate in known {
      let other = Array(candidate.lowercased().unicodeScalars)
      let limit = min(maximumDistance, max(1, max(folded.count, other.count) - 2))
      guard abs(other.count - folded.count) <= limit else { continue }
      let distance = editDistance(folded, other)
      if distance <= limit, distance < (best?.distance ?? Int.max) { best = (candidate, distance) }
    }
    return best?.word
  }

  /// `did you mean "unit"?`, or else the list of what is known, or nil where nothing is.
  static func hint(for word: String, among known: [String], listing noun: String? = nil) -> String? {
    if let nearest = nearest(to: word, among: known) { return "did you mean \"\(nearest)\"?" }
    guard let noun else { return nil }
    return known.isEmpty ? "there is no \(noun)" : "\(noun): \(list(known))"
  }

  /// The first words separated by commas, with a count of those left out.
  static func list(_ words: [String], limit: Int = 12) -> String {
    let shown = words.prefix(limit).joined(separator: ", ")
    return words.count > limit ? "\(shown) and \(words.count - limit) more" : shown
  }

  /// `a, b or c`.
  static func alternatives(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
  }

  /// The number of insertions, deletions, substitutions and swaps of neighbours that turn one word into the other.
  static func editDistance<Element: Equatable>(_ left: [Element], _ right: [Element]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        let substitution = previous[column] + (left[row] == right[column] ? 0 : 1)
        var cost = min(previous[column + 1] + 1, current[column] + 1, substitution)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          cost = min(cost, beforePrevious[column - 1] + 1)
        }
        current.append(cost)
      }
      beforePrevious = previous
      previous = current
    }
    return previous[right.count]
  }
}
