import Flood
import Foundation
import Report

/// How much memory a run needs, from the number of cells and what is computed.
///
/// The grids of all steps are added up, and two thirds of the sum taken, for steps do not overlap in time. What runs held
/// at most (`VmHWM`, two threads; one thread holds up to a tenth less) against the estimate, in megabytes:
///
/// | run | cells | held | estimate |
/// |---|---|---|---|
/// | sandvika at 4 m | 0.08 million | 144 | 180 |
/// | sandvika | 1.2 million | 298 | 326 |
/// | sandvika at 0.5 m | 4.8 million | 652 | 794 |
/// | slides | 1.2 million | 468 | 506 |
/// | slides at 0.5 m | 4.8 million | 1411 | 1514 |
/// | nightly | 1.2 million | 366 | 480 |
/// | nightly at 0.5 m | 4.8 million | 1108 | 1408 |
/// | surface_flow at 2 m | 0.3 million | 220 | 263 |
/// | surface_flow at 1 m | 1.2 million | 473 | 543 |
struct MemoryEstimate {
  let cells: Int
  let bytesPerCell: Int

  /// The program, its libraries, GDAL's block cache, features, and what the heap keeps of grids that are gone.
  static let base = 170_000_000

  init(_ pipeline: PipelineFile, cells: Int, threads: Int) {
    self.cells = cells
    let hazards = pipeline.hazards
    let runoff = hazards.runoff
    // Elevation twice, filled, slope, directions twice, upslope cells, basins; heights and sums of margin cells.
    var bytes = 4 + 4 + 4 + 4 + 1 + 1 + 4 + 4 + 20
    // Land cover, soil, losses of up to four parameters, drains, interception, measures.
    bytes += 8 + 16 + 12
    // Rain, its sum, runoff, what infiltrates, depth, flow that passes with its order of cells.
    bytes += 4 + 8 + 8 + 4 + 4 + 24
    // State of the ground where the course of the rain matters.
    if runoff.method.isInfiltration || runoff.interception != nil || runoff.measures != nil || runoff.snowmelt != nil
      || runoff.drainageRate != nil || runoff.drainageTable != nil || runoff.drainageInput != nil
    {
      bytes += 56
    }
    if let slide = hazards.slide {
      bytes += 4 + 8 + 4 + 4 + 12
      if slide.index != nil { bytes += 12 }
      if slide.probability != nil { bytes += 16 }
      if slide.transient != nil { bytes += 32 + 4 * Self.rainSteps(pipeline) }
      if slide.release != nil { bytes += 12 }
    }
    if hazards.warning != nil { bytes += 8 + 6 * Self.rainSteps(pipeline) }
    // With where it starts, and the rasters of all that are kept until they are written.
    if hazards.massFlow != nil { bytes += 44 + 4 * threads + 8 + 36 }
    if hazards.quickClay != nil { bytes += 40 }
    if hazards.peakRunoff != nil { bytes += 12 }
    if let flow = hazards.surfaceFlow {
      // State, maxima with their times, results; a grid of rain for each step.
      bytes += 144 + 4 * flow.durationDepths.count + (flow.scheme == .localInertial ? 0 : 16)
      // Frames, once more where the runoff is not known.
      bytes += 8 * flow.frameCount
      bytes += 4 * max(Self.rainSteps(pipeline), Int((flow.duration.seconds / flow.lossStep.seconds).rounded(.up)))
    }
    // Roads, people who live nowhere, masks of hazards; a raster that is written, with its overviews.
    if pipeline.exposure != nil { bytes += 16 }
    bytes += 12
    bytesPerCell = (bytes * 2 + 2) / 3
  }

  /// The estimate in bytes.
  var bytes: Int { Self.base + cells * bytesPerCell }

  /// Steps of the longest rain; a storm's are counted at their least length.
  private static func rainSteps(_ pipeline: PipelineFile) -> Int {
    pipeline.inputs.compactMap { input -> Int? in
      guard case .rain(let rain) = input.value else { return nil }
      if let paths = rain.paths { return paths.count > 1 ? paths.count : 48 }
      if let storm = rain.storm { return Int((rain.duration.seconds / storm.step.seconds).rounded(.up)) }
      return rain.bands.map { $0[1] - $0[0] + 1 } ?? 1
    }.max() ?? 1
  }

  /// Throws where the run would need more than it may have, or than there is.
  func require(_ limit: Int?, _ pipeline: PipelineFile) throws(RunFailure) {
    let allowed = min(limit ?? .max, Machine.memory)
    guard bytes > allowed else { return }
    throw pipeline.failure(
      .input, .tooLittleMemory, at: "grid",
      "\(cells) cells need about \(Self.text(bytes)), \(bytesPerCell) bytes a cell; "
        + (limit == nil ? "the machine has \(Self.text(allowed))" : "\(Self.text(allowed)) are allowed"),
      hint: "allow --memory \(Self.rounded(bytes)), choose a coarser resolution or a smaller extent, or work tile by "
        + "tile with overvann fill and overvann flow")
  }

  /// Throws where the outlines of nested bluespots would need more memory than there is.
  ///
  /// Every bluespot is drawn whole, and those within it again: on rough ground, where depressions nest by the hundred,
  /// the outlines grow with the square of the terrain.
  static func requireOutlines(
    _ bluespots: Bluespots, in hypsometry: Hypsometry, limit: Int?, _ pipeline: PipelineFile
  ) throws(RunFailure) {
    let covered = bluespots.items.reduce(0) { $0 + hypsometry.cells[$1.node] }
    // Two corners of 16 bytes a cell in the worst case; half that on rough ground.
    let bytes = covered * 16
    let allowed = limit ?? Machine.memory / 2
    guard bytes > allowed else { return }
    throw pipeline.failure(
      .input, .tooLittleMemory, at: "hazards.flood",
      "\(bluespots.items.count) nested bluespots cover \(covered) cells in all, whose outlines need about "
        + "\(text(bytes)); \(text(allowed)) are allowed",
      hint: "raise min_volume, min_area or min_bluespot_depth, so that fewer bluespots are drawn")
  }

  static func text(_ bytes: Int) -> String { "\((Double(bytes) / 1e7).rounded() / 100) GB" }

  /// The next tenth of a gigabyte, as the option takes it.
  private static func rounded(_ bytes: Int) -> String { "\((bytes + 99_999_999) / 100_000_000 * 100)M" }
}

extension DiagnosticCode {
  static let tooLittleMemory: Self = "E-RUN-005"
}
