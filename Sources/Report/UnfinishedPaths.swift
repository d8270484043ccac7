import Foundation
import Synchronization

/// Temporary files and folders that exist at the moment, so that a program that must end at once can delete them.
///
/// Once they are deleted nothing is published any more; what other threads still begin until the program ends is left to
/// the next run, which clears it.
public enum UnfinishedPaths {
  private struct State {
    var paths: Set<String> = []
    var isClosed = false
    var isPublishing = false
    var published: String?
  }

  private static let state = Mutex(State())

  /// Notes a path that is begun.
  public static func begin(_ path: String) { state.withLock { _ = $0.paths.insert(path) } }

  /// Forgets a path that is complete or deleted.
  public static func end(_ path: String) { state.withLock { _ = $0.paths.remove(path) } }

  /// Whether the results may be put in place; from then on ``deleteAll()`` leaves everything alone.
  static func beginPublishing() -> Bool {
    state.withLock {
      if $0.isClosed { return false }
      $0.isPublishing = true
      return true
    }
  }

  /// Ends the time in which results are put in place.
  /// - Parameter target: Where they are; nil where that has failed.
  static func endPublishing(at target: String?) {
    state.withLock {
      $0.isPublishing = false
      $0.published = target ?? $0.published
    }
  }

  /// Where the results are that this program has published; nil while there are none.
  public static var published: String? { state.withLock { $0.published } }

  /// Deletes everything unfinished; for the end of the program.
  /// - Returns: False where results are just being put in place, which is quickly done: then nothing is deleted.
  public static func deleteAll() -> Bool {
    let paths = state.withLock { state -> [String]? in
      if state.isPublishing { return nil }
      state.isClosed = true
      return state.paths.sorted()
    }
    guard let paths else { return false }
    for path in paths {
      // Another thread may still add a file while its folder is deleted.
      for _ in 0..<20 where FileSystem.kind(of: path) != .nothing { try? FileSystem.remove(path) }
    }
    return true
  }
}
