/// Why a flow simulation was not started or did not go on.
public struct SurfaceFlowError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of trouble.
  public enum Code: String, Sendable, Hashable {
    /// A setting is out of its range.
    case setting
    /// A grid does not lie on the terrain, or does not cover it.
    case geometry
    /// A cell has a value that cannot be.
    case value
    /// A place lies outside the terrain.
    case place
    /// The time step fell to nothing.
    case timeStep
    /// The state is no longer made of numbers, or is out of all bounds.
    case state
    /// A restart does not belong to the case.
    case restart
  }

  /// What kind of trouble.
  public let code: Code
  /// What is wrong, where, and what to do.
  public let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}
