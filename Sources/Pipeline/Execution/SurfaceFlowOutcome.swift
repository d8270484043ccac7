import Foundation
import Geodata
import Grids
import Report

/// What a simulation of the flow in a scenario leaves behind.
struct SurfaceFlowOutcome {
  /// Greatest depth, metres; NaN outside the terrain, 0 in buildings that are taken out.
  var depth: Grid<Float>
  /// Greatest speed, m/s.
  var speed: Grid<Float>
  /// Greatest depth × speed, m²/s.
  var depthSpeed: Grid<Float>
  /// Greatest hazard rating of the United Kingdom.
  var rating: Grid<Float>
  /// Greatest hazard class of Australia.
  var hazardClass: Grid<Float>
  /// When the water arrived, seconds; NaN where it never did.
  var arrival: Grid<Float>
  /// When it was deepest, seconds; NaN where there was none.
  var peakTime: Grid<Float>
  /// How long it was deeper than each of the depths asked for, seconds.
  var durations: [Grid<Float>]
  /// Depth at the end, metres.
  var finalDepth: Grid<Float>
  /// Depths at even times; none unless asked for.
  var frames: [SurfaceFlowFrame]
  /// Tables and drawings by the ends of their names.
  var files: [[String]]
}

/// The depth of the flow at a time.
struct SurfaceFlowFrame {
  /// Seconds from the beginning.
  var time: Double
  /// Metres.
  var depth: Grid<Float>
}

extension SurfaceFlowFrame: Archivable {
  init(from archive: inout ArchiveReader) throws(ArchiveError) {
    time = try archive.read()
    depth = try archive.read()
  }

  func write(to archive: inout ArchiveWriter) { archive.write(time, depth) }
}

extension SurfaceFlowOutcome: Archivable {
  init(from archive: inout ArchiveReader) throws(ArchiveError) {
    depth = try archive.read()
    speed = try archive.read()
    depthSpeed = try archive.read()
    rating = try archive.read()
    hazardClass = try archive.read()
    arrival = try archive.read()
    peakTime = try archive.read()
    durations = try archive.read()
    finalDepth = try archive.read()
    frames = try archive.read()
    files = try archive.read()
  }

  func write(to archive: inout ArchiveWriter) {
    archive.write(
      depth, speed, depthSpeed, rating, hazardClass, arrival, peakTime, durations, finalDepth, frames, files)
  }
}

extension SurfaceFlowOutcome {
  /// The same with no data wherever the runoff is not known.
  func masked(by runoff: Grid<Float>) -> SurfaceFlowOutcome {
    var result = self
    for grid in [
      \SurfaceFlowOutcome.depth, \.speed, \.depthSpeed, \.rating, \.hazardClass, \.arrival, \.peakTime, \.finalDepth,
    ] {
      result[keyPath: grid] = self[keyPath: grid].masked(by: runoff)
    }
    result.durations = durations.map { $0.masked(by: runoff) }
    for index in frames.indices { result.frames[index].depth = frames[index].depth.masked(by: runoff) }
    return result
  }

  /// Writes the tables and the drawings of a scenario.
  func write(_ scenario: String, to directory: RunDirectory) throws {
    for file in files {
      let folder = file[0].hasSuffix(".svg") ? "plots" : "flow"
      try Data(file[1].utf8).write(to: directory.url(for: "\(folder)/\(scenario)_\(file[0])"))
    }
  }
}

extension ResultWriter {
  /// Writes a raster of a simulated flow.
  mutating func rasters(of flow: SurfaceFlowOutcome, _ product: RasterProduct, _ folder: String) throws(RunFailure) {
    switch product {
    case .flowSpeed:
      try raster(flow.speed, "\(folder)/flow_speed", unit: "m/s", "Greatest speed of the flow", overviews: .maximum)
    case .flowArrival:
      let depth = pipeline.hazards.surfaceFlow?.arrivalDepth ?? "0.1 m"
      try raster(
        flow.arrival, "\(folder)/flow_arrival", unit: "s", "When the flow was first deeper than \(depth)",
        overviews: .average)
    case .flowPeakTime:
      try raster(
        flow.peakTime, "\(folder)/flow_peak_time", unit: "s", "When the flow was deepest", overviews: .average)
    case .flowDuration:
      for (grid, depth) in zip(flow.durations, pipeline.hazards.surfaceFlow?.durationDepths ?? []) {
        let name = SurfaceFlowResults.name(ofDepth: depth.metres)
        try raster(
          grid, "\(folder)/flow_duration_ge_\(name)", unit: "s", "How long the flow was deeper than \(depth)",
          overviews: .maximum)
      }
    case .flowFrames:
      let isWhole = pipeline.hazards.surfaceFlow?.frameInterval.map { $0.seconds == $0.seconds.rounded() } ?? true
      for frame in flow.frames {
        let name = SurfaceFlowResults.name(ofTime: frame.time, isWhole: isWhole)
        try raster(
          frame.depth, "\(folder)/flow_frame_\(name)", unit: "m", "Depth of water after \(frame.time) s",
          overviews: .maximum)
      }
    case .flowFinalDepth:
      try raster(
        flow.finalDepth, "\(folder)/flow_final_depth", unit: "m", "Depth at the end of the simulation",
        overviews: .maximum)
    default: break
    }
  }
}
