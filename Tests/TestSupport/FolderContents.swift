public import Foundation

/// Every file below a folder: its path relative to the folder, and its bytes.
public func folderContents(_ folder: URL) -> [String: Data] {
  var contents: [String: Data] = [:]
  for path in (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? [] {
    let file = folder.appendingPathComponent(path)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder), !isFolder.boolValue else {
      continue
    }
    contents[path] = FileManager.default.contents(atPath: file.path)
  }
  return contents
}

/// Names of the files in which two folders differ: other bytes, or there in one of them only.
public func differences(
  _ left: [String: Data], _ right: [String: Data], without ignored: Set<String> = []
) -> [String] {
  Set(left.keys).union(right.keys).subtracting(ignored).filter { left[$0] != right[$0] }.sorted()
}
