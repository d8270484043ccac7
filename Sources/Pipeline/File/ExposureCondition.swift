/// From which value on something counts as exposed, such as `depth >= 0.1 m`.
public struct ExposureCondition: Sendable, Equatable {
  /// What is compared.
  public enum Subject: String, Sendable, CaseIterable {
    /// The depth of water.
    case depth
  }

  /// Ways in which it may be compared.
  static let comparisons: [Comparison] = [.atLeast, .above]

  /// What is compared.
  public let subject: Subject
  /// How it is compared.
  public let comparison: Comparison
  /// What it is compared with: for depth, a length.
  public let threshold: Quantity

  /// Whether a value in the threshold's base unit meets the condition.
  public func isMet(by value: Double) -> Bool { comparison.holds(value, threshold.value) }

  /// The condition as it stands in the file.
  public var text: String { "\(subject.rawValue) \(comparison.rawValue) \(threshold)" }

  /// Why a text is no condition.
  struct ParseError: Error {
    let code: DiagnosticCode
    let message: String
    let hint: String?
  }

  /// Reads `SUBJECT >= QUANTITY` or `SUBJECT > QUANTITY`.
  init(_ text: String) throws(ParseError) {
    let form = "write it as depth >= 0.1 m"
    let parts = ComparisonText(text)
    let (name, symbol) = (parts.subject, parts.symbol)
    guard let subject = Subject(rawValue: name) else {
      let names = Subject.allCases.map(\.rawValue)
      let message = name.isEmpty ? "\"\(text)\" is no condition" : "\"\(name)\" cannot be compared"
      throw ParseError(
        code: .valueNotAllowed, message: message,
        hint: name.isEmpty ? form : Suggestion.hint(for: name, among: names) ?? form)
    }
    guard let comparison = Comparison(rawValue: symbol), Self.comparisons.contains(comparison) else {
      let message = symbol.isEmpty ? "\"\(text)\" compares with nothing" : "\"\(symbol)\" is not >= or >"
      throw ParseError(code: .valueNotAllowed, message: message, hint: form)
    }
    do {
      threshold = try Quantity(parts.threshold, .length)
    } catch {
      throw ParseError(code: .invalidQuantity, message: "\(error)", hint: error.hint)
    }
    guard threshold.value >= 0 else {
      throw ParseError(code: .valueNotAllowed, message: "\(threshold) is negative", hint: nil)
    }
    self.subject = subject
    self.comparison = comparison
  }
}

extension ValueFormat where Value == ExposureCondition {
  /// A comparison of one named quantity with one quantity with its unit.
  static let condition = ValueFormat(
    read: { node, keyPath, context in
      guard let text = ValueFormat<String>.text.read(node, keyPath, context) else { return nil }
      do throws(ExposureCondition.ParseError) {
        return try ExposureCondition(text)
      } catch {
        context.report(error.code, at: node.position, keyPath, error.message, hint: error.hint)
        return nil
      }
    }, write: { .string($0.text) },
    schema: .object([("type", .string("string")), ("pattern", .string(pattern))]))

  private static let pattern: String = {
    let subjects = ExposureCondition.Subject.allCases.map(\.rawValue).joined(separator: "|")
    let comparisons = ExposureCondition.comparisons.map(\.rawValue).joined(separator: "|")
    return "^ *(\(subjects)) *(\(comparisons)) *\(Dimension.length.pattern.dropFirst().dropLast()) *$"
  }()
}
