import Foundation

/// Types of file systems that lie on another machine, as Linux names them in `/proc/self/mountinfo`.
private let networkFileSystems: Set<String> = [
  "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "fuse.ceph", "glusterfs", "fuse.glusterfs", "lustre", "gpfs",
  "beegfs", "9p", "fuse.sshfs", "davfs", "fuse.davfs2",
]

/// The type of the file system that a path is on, such as `ext4`; nil where the table of mounts does not tell.
/// - Parameter mounts: Text of `/proc/self/mountinfo` (proc(5)).
func fileSystemType(of path: String, mounts: String) -> String? {
  var best: (place: String, type: String)?
  for line in mounts.split(separator: "\n") {
    // Number, parent, device, root, place, options, further fields, a dash, type, source, options.
    let halves = line.components(separatedBy: " - ")
    let fields = halves[0].split(separator: " ")
    guard halves.count == 2, fields.count > 4, let type = halves[1].split(separator: " ").first else { continue }
    let place = ["\\040": " ", "\\011": "\t", "\\012": "\n", "\\134": "\\"].reduce(String(fields[4])) {
      $0.replacing($1.key, with: $1.value)
    }
    let isAbove = path == place || path.hasPrefix(place.hasSuffix("/") ? place : place + "/")
    // Of two at one place the later covers the earlier.
    if isAbove, place.utf8.count >= best?.place.utf8.count ?? 0 { best = (place, String(type)) }
  }
  return best?.type
}

/// Where a file of SQLite is written before it is moved to its place: nil, which is its own folder, unless that is on a
/// network's file system, whose locks SQLite cannot rely on ("How To Corrupt An SQLite Database File", section 2.1).
/// - Parameter mounts: Text of the table of mounts; what the system tells unless given.
func scratchFolder(forSQLiteAt path: String, mounts: String? = nil) -> String? {
  let table = mounts ?? (try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)) ?? ""
  func isOnNetwork(_ folder: URL) -> Bool {
    fileSystemType(of: folder.resolvingSymlinksInPath().path, mounts: table).map(networkFileSystems.contains) ?? false
  }
  let temporary = FileManager.default.temporaryDirectory
  let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
  return isOnNetwork(folder) && !isOnNetwork(temporary) ? temporary.path : nil
}
