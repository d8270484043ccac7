/// A coordinate reference system as text; what it means is known to `Geodata` alone.
public struct CoordinateReferenceSystem: Sendable, Hashable, CustomStringConvertible {
  /// Well-known text (WKT 2), the identity of the system.
  public let wkt: String
  /// `EPSG:25832` where an authority has a code for it.
  public let code: String?
  /// Human-readable name.
  public let name: String

  /// Makes a system from its well-known text.
  public init(wkt: String, code: String?, name: String) {
    self.wkt = wkt
    self.code = code
    self.name = name
  }

  /// The code where there is one, else the name.
  public var description: String { code ?? name }

  /// Whether both name the same system: by code where both have one, else by text.
  public func isSame(as other: Self) -> Bool {
    if let code, let otherCode = other.code { return code == otherCode }
    return wkt == other.wkt
  }
}
