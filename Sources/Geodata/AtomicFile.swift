import Foundation
import Synchronization

private let temporaryCounter = Atomic<Int>(0)

/// Lets `body` write a file under a temporary name beside the target, then puts it in its place at one stroke.
///
/// Whatever happens, the target is either what it was or complete, and no temporary file stays behind.
/// - Parameter scratch: Folder to write in instead, as ``AtomicFile`` takes it.
func writeAtomically(
  to path: String, operation: String, scratch: String? = nil,
  _ body: (_ temporary: String) throws(GeodataError) -> Void
) throws(GeodataError) {
  let file = try AtomicFile(path, operation: operation, scratch: scratch)
  try body(file.temporary)
  try file.publish()
}

/// A file that is written under a temporary name beside the target and then put in its place at one stroke.
///
/// The temporary file goes with the object, whether it was published or not.
final class AtomicFile {
  /// Where to write.
  let temporary: String
  private let path: String
  private let operation: String
  /// The temporary name in the folder of the target.
  private let beside: String

  /// - Parameter scratch: Folder to write in before the file is moved to its place; nil for that of the target.
  init(_ path: String, operation: String, scratch: String? = nil) throws(GeodataError) {
    self.path = path
    self.operation = operation
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent().path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
      throw GeodataError(
        .notCreated, operation: operation, path: path, message: "the folder \(folder) does not exist",
        hint: "create it first")
    }
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      throw GeodataError(
        .notCreated, operation: operation, path: path, message: "a folder of that name is in the way",
        hint: "choose another name")
    }
    let number = temporaryCounter.wrappingAdd(1, ordering: .relaxed).newValue
    // The extension stays: drivers look at it.
    let fileExtension = url.pathExtension.isEmpty ? "" : "." + url.pathExtension
    let stem = url.deletingPathExtension().lastPathComponent.prefix(100)
    let name = ".\(stem).\(getpid())-\(number).part\(fileExtension)"
    temporary = (scratch ?? folder) + "/" + name
    beside = folder + "/" + name
  }

  deinit {
    for suffix in ["", "-journal", "-wal", "-shm", ".aux.xml", ".ovr", ".ovr.tmp", ".msk.ovr.tmp"] {
      unlink(temporary + suffix)
    }
  }

  /// Puts the finished file in its place.
  func publish() throws(GeodataError) {
    if temporary != beside {
      // A copy takes its time: it too is renamed when it is complete.
      do {
        try FileManager.default.copyItem(atPath: temporary, toPath: beside)
      } catch {
        unlink(beside)
        throw GeodataError(
          .notPublished, operation: operation, path: path,
          message: "the finished file cannot be copied to its folder: \(error.localizedDescription)",
          hint: "check the folder's permissions and the free space")
      }
    }
    if rename(beside, path) != 0 {
      let reason = String(cString: strerror(errno))
      unlink(beside)
      throw GeodataError(
        .notPublished, operation: operation, path: path,
        message: "the finished file cannot be put in its place: \(reason)", hint: "check the folder's permissions")
    }
  }
}
