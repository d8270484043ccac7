import Foundation
import Grids
import Report

/// What the machine has to offer.
enum Machine {
  /// Bytes of memory that this process may have in all: the machine's, or the limit of its control group.
  static var memory: Int {
    let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    return groupLimit.map { min($0, physical) } ?? physical
  }

  /// Bytes of memory that are free now, or can be made free; nil where the system does not tell.
  static var freeMemory: Int? {
    guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
      let kilobytes = line.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Int($0) })
    else { return nil }
    return min(kilobytes * 1024, memory)
  }

  /// Limit of the control group, as systemd's MemoryMax and containers set it; nil for none.
  private static var groupLimit: Int? {
    for file in ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"] {
      if let text = try? String(contentsOfFile: file, encoding: .utf8),
        let bytes = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)), bytes > 0
      {
        return bytes
      }
    }
    return nil
  }

  /// Bytes that may still be written to the disk of a path, whether it exists or not; nil where nothing tells.
  static func freeDisk(at path: String) -> Int? {
    var folder = URL(fileURLWithPath: path).standardizedFileURL
    var status = statvfs()
    while statvfs(folder.path, &status) != 0 {
      guard folder.path != "/" else { return nil }
      folder.deleteLastPathComponent()
    }
    return Int(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
  }
}

extension Preflight {
  /// Compares what the run needs with what may be had.
  func checkMachine() {
    guard let cells = report.geometry?.count else { return }
    let estimate = MemoryEstimate(pipeline, cells: cells, threads: options.threads)
    let disk = DiskEstimate(pipeline, cells: cells, isCached: options.usesCache).bytes
    let place = target.path
    check {
      report.needs = RunNeeds(cells: cells, memory: estimate.bytes, disk: disk)
      try estimate.require(options.memory, pipeline)
    }
    if options.memory == nil, let free = Machine.freeMemory, estimate.bytes > free {
      note(
        .scarceMemory, at: "grid",
        "\(cells) cells need about \(MemoryEstimate.text(estimate.bytes)) of memory, \(MemoryEstimate.text(free)) are free",
        hint: "run it when less is going on, or choose a coarser resolution")
    }
    check("outputs.dir") {
      guard let free = Machine.freeDisk(at: place), disk > free else { return }
      throw pipeline.failure(
        .output, .fullDisk, at: "outputs.dir",
        "the results need about \(MemoryEstimate.text(disk)), \(MemoryEstimate.text(free)) are free where \(place) is to be",
        hint: "make room, clear the cache with overvann clean, or name another disk with --out")
    }
  }
}

/// How much disk a run needs, from the number of cells and the rasters that are written.
///
/// Rasters are compressed: those of depths and classes to a twentieth and less, noisy ones to some three quarters of
/// four bytes a cell, with overviews a third more. Layers and tables are small beside them.
struct DiskEstimate {
  let bytes: Int

  init(_ pipeline: PipelineFile, cells: Int, isCached: Bool) {
    let rasters = pipeline.outputs.rasters.count * max(1, pipeline.scenarios.count)
    // What the cache keeps of the terrain: elevation, directions, upslope cells, hierarchy.
    let kept = isCached ? 20 : 0
    bytes = 10_000_000 + cells * (rasters * 2 + kept)
  }
}

extension DiagnosticCode {
  static let scarceMemory: Self = "W-RUN-104"
  static let fullDisk: Self = "E-OUT-003"
}
