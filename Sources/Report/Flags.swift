/// Why a row is incomplete: words such as `coverage` or `geometry`, in the order in which they came up.
///
/// As text they are separated by semicolons; a row without any has empty text, not null, so that the field's type can
/// be told from any row.
public struct Flags: Sendable, Hashable {
  /// The words, each once.
  public private(set) var words: [String]

  /// Makes a list of words.
  public init(_ words: [String] = []) {
    self.words = []
    for word in words { insert(word) }
  }

  /// Reads the text form.
  public init(text: String) { self.init(text.split(separator: ";").map(String.init)) }

  /// Adds a word unless it is there.
  public mutating func insert(_ word: String) {
    if !words.contains(word) { words.append(word) }
  }

  /// The words, separated by semicolons.
  public var text: String { words.joined(separator: ";") }
}
