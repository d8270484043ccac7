/// Why results could not be written, or a file could not be read back.
///
/// The text names the file, what was found and the way out; `exitCode` is what the program ends with.
public struct ReportError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A stable, documented code; new ones may be added.
  public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The code as printed, such as `E-OUT-001`.
    public let rawValue: String

    /// Makes a code from its text.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The target exists and replacing it was not asked for.
    public static let exists = Code(rawValue: "E-OUT-001")
    /// The target or its folder cannot be written.
    public static let notWritable = Code(rawValue: "E-OUT-002")
    /// The disk or a quota is full.
    public static let diskFull = Code(rawValue: "E-OUT-003")
    /// Another run holds the lock.
    public static let locked = Code(rawValue: "E-OUT-004")
    /// Any other failure of the file system.
    public static let failed = Code(rawValue: "E-OUT-005")
    /// The target exists and is not a run directory, so it is not replaced.
    public static let notARunDirectory = Code(rawValue: "E-OUT-006")
    /// A feature or row does not fit the fields or the geometry type of its layer.
    public static let doesNotFit = Code(rawValue: "E-OUT-007")
    /// A point has no longitude and latitude.
    public static let notOnEarth = Code(rawValue: "E-OUT-008")
    /// A file could not be read.
    public static let unreadable = Code(rawValue: "E-OUT-009")

    /// The code as printed.
    public var description: String { rawValue }
  }

  /// What went wrong.
  public let code: Code
  /// The file or folder in question.
  public let path: String
  /// What was found there.
  public let message: String
  /// The way out.
  public let hint: String?

  /// Describes a failure.
  public init(_ code: Code, path: String, message: String, hint: String? = nil) {
    self.code = code
    self.path = path
    self.message = message
    self.hint = hint
  }

  /// Exit code: 75 where a lock is held, 3 for an unreadable input, 1 for results that do not fit, else 5.
  public var exitCode: Int32 {
    switch code {
    case .locked: 75
    case .unreadable: 3
    case .doesNotFit, .notOnEarth: 1
    default: 5
    }
  }

  /// One line: path, code, finding and way out.
  public var description: String {
    "\(path): error[\(code)] \(message)" + (hint.map { "; \($0)" } ?? "")
  }
}
