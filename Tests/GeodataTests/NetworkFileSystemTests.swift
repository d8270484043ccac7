import Foundation
import Testing

@testable import Geodata

@Suite struct NetworkFileSystemTests {
  let mounts = """
    22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
    30 22 0:25 / /data rw shared:2 - nfs4 server:/export rw,vers=4.2
    31 30 8:2 / /data/local rw - xfs /dev/sdb1 rw
    32 22 0:26 / /with\\040blank rw master:5 - cifs //server/share rw
    33 22 0:27 / /twice rw - nfs server:/a rw
    34 22 8:3 / /twice rw - ext4 /dev/sdc1 rw
    """

  @Test(arguments: [
    ("/results", "ext4"), ("/data", "nfs4"), ("/data/a/b", "nfs4"), ("/database", "ext4"), ("/data/local/x", "xfs"),
    ("/with blank/x", "cifs"), ("/twice/x", "ext4"),
  ])
  func theNearestMountTells(path: String, type: String) {
    #expect(fileSystemType(of: path, mounts: mounts) == type)
  }

  @Test func onlyFilesOnANetworkAreWrittenElsewhere() {
    #expect(scratchFolder(forSQLiteAt: "/data/x.gpkg", mounts: mounts) == FileManager.default.temporaryDirectory.path)
    #expect(scratchFolder(forSQLiteAt: "/data/local/x.gpkg", mounts: mounts) == nil)
    #expect(scratchFolder(forSQLiteAt: "/data/x.gpkg", mounts: "1 1 0:1 / / rw - nfs server:/ rw") == nil)
    #expect(scratchFolder(forSQLiteAt: "/data/x.gpkg", mounts: "") == nil)
  }
}
