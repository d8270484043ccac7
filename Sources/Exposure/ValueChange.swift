/// How a value differs between two runs.
public enum ValueChange: String, Sendable, Hashable, CaseIterable {
  /// Greater than before, by more than the threshold.
  case rose
  /// Less than before, by more than the threshold.
  case fell
  /// What it belongs to was not there before.
  case appeared
  /// What it belonged to is not there any more.
  case disappeared
  /// Not known before, known now.
  case becameKnown = "became_known"
  /// Known before, not known now.
  case becameUnknown = "became_unknown"

  /// Tells how a value changed; nil where it did not, or by no more than the threshold.
  /// - Parameters:
  ///   - before: The value, nil where it is not known, of something that was there; `.none` outside where it was not.
  ///   - after: The same now.
  ///   - threshold: The largest difference that is no change, 0 or more.
  public init?(from before: Double??, to after: Double??, threshold: Double) {
    precondition(threshold >= 0, "a threshold is not negative")
    switch (before, after) {
    case (.none, .none), (.some(.none), .some(.none)): return nil
    case (.none, .some): self = .appeared
    case (.some, .none): self = .disappeared
    case (.some(.none), .some(.some)): self = .becameKnown
    case (.some(.some), .some(.none)): self = .becameUnknown
    case (.some(.some(let before)), .some(.some(let after))):
      if after - before > threshold {
        self = .rose
      } else if before - after > threshold {
        self = .fell
      } else {
        return nil
      }
    }
  }
}
