public import Grids

extension RunoutThreat: Archivable {
  /// Reads a threat.
  public init(from archive: inout ArchiveReader) throws(ArchiveError) {
    self.init(release: try archive.read(), object: try archive.read(), energyHeight: try archive.read())
  }

  /// Writes the threat.
  public func write(to archive: inout ArchiveWriter) { archive.write(release, object, energyHeight) }
}

extension Runout: Archivable {
  /// Reads a runout.
  public init(from archive: inout ArchiveReader) throws(ArchiveError) {
    releases = try archive.read()
    energyHeight = try archive.read()
    greatestFlux = try archive.read()
    totalFlux = try archive.read()
    deposition = try archive.read()
    shortestLength = try archive.read()
    longestLength = try archive.read()
    wayAngle = try archive.read()
    lineAngle = try archive.read()
    rankDownstream = try archive.read()
    threats = try archive.read()
    followedReleases = try archive.read()
    skippedReleases = try archive.read()
    depositedQuanta = try archive.read()
    lostQuanta = try archive.read()
  }

  /// Writes the runout.
  public func write(to archive: inout ArchiveWriter) {
    archive.write(
      releases, energyHeight, greatestFlux, totalFlux, deposition, shortestLength, longestLength, wayAngle, lineAngle,
      rankDownstream, threats, followedReleases, skippedReleases, depositedQuanta, lostQuanta)
  }
}
