public import Flood
import Foundation
import Geodata
import Grids
public import Report
import Terrain

/// Two-dimensional flow of water over terrain in time: `overvann simulate`.
public struct SurfaceFlowAnalysis: Sendable {
  /// A quantity on the ground: a number for all of it, or a raster.
  public enum Field: Sendable, Equatable {
    /// The same everywhere.
    case uniform(Double)
    /// Path of a raster, brought onto the terrain's grid by the nearest cell.
    case raster(String)
  }

  /// Ground that takes water in time, by the classes of a raster.
  public struct SoilLoss: Sendable, Equatable {
    /// How: `initialConstant`, `horton` or `greenAmpt`.
    public var method: RunoffMethod
    /// Raster of soil.
    public var soil: String
    /// Table of the method's numbers by `deposit_code`.
    public var table: String

    /// Names a method, a raster and a table.
    public init(_ method: RunoffMethod, soil: String, table: String) {
      self.method = method
      self.soil = soil
      self.table = table
    }
  }

  /// Features and a table with a column in time for each of them.
  public struct Forcing: Sendable, Equatable {
    /// Layer of points or lines, with a field `id` or counted from 1.
    public var layer: String
    /// CSV with `time_s`, `time_min` or `time_h`, and a column for each `id`; for culverts their sizes.
    public var table: String

    /// Names a layer and its table.
    public init(layer: String, table: String) {
      self.layer = layer
      self.table = table
    }
  }

  /// The terrain.
  public var elevation: ElevationRaster
  /// The rain; nil for none.
  public var rain: RunoffAnalysis.Rain?
  /// Hours in which a depth or a single raster falls.
  public var rainHours = 1.0
  /// Share of the rain that runs off.
  public var runoffCoefficient = Field.uniform(1)
  /// What the ground takes, mm/h.
  public var infiltration = Field.uniform(0)
  /// Ground whose capacity falls as it fills; nil for none.
  public var soilLoss: SoilLoss?
  /// What drains take, mm/h.
  public var drainage = Field.uniform(0)
  /// Manning's n, s/m^(1/3), where no land cover is given.
  public var manning: Field?
  /// Manning's n of thin water beside ``manning``; nil for the same.
  public var sheetManning: Double?
  /// Whether ``roughnessTable`` tells Manning's n of thin water too, in `manning_sheet`.
  public var isDepthDependent = false
  /// Raster of land cover.
  public var landCover: String?
  /// Table of Manning's n by land cover: `land_cover_code`, `manning`.
  public var roughnessTable: String?
  /// Raster of the depth of water at the start, metres.
  public var initialDepth: String?
  /// What the edge of the grid is to the water.
  public var edge = FlowEdge.closed
  /// The sides of the grid that are so; the others are closed.
  public var edgeSides = CellSide.allCases
  /// Slope beyond a free edge, m/m.
  public var edgeSlope = 0.01
  /// Hydrographs in m³/s at points or along lines.
  public var inflows: Forcing?
  /// Water levels in metres along lines at the edge of the terrain.
  public var levels: Forcing?
  /// Culverts that carry water under the terrain: lines, and the table of ``CulvertTable``.
  public var culverts: Forcing?
  /// Layer of points whose depth and speed are kept in time.
  public var gauges: String?
  /// Layer of lines whose discharge is kept in time.
  public var sections: String?
  /// Layer of buildings; nil for none.
  public var buildings: String?
  /// What they are to the water.
  public var buildingsAs = FlowBuildings.raised
  /// Metres by which they are raised.
  public var buildingHeight: Float = 5
  /// Seconds to simulate.
  public var duration: Double
  /// How it is computed.
  public var settings = FlowSettings()
  /// What is kept.
  public var recording = FlowRecording()
  /// Seconds between rasters of depth; nil writes none.
  public var frameInterval: Double?
  /// Simulated seconds between restarts; nil writes one only when the program is stopped.
  public var restartInterval: Double?
  /// Restart to go on from, `restart.bin` of a run with the same case.
  public var resumes: String?
  /// Folder of the results.
  public var output: String
  /// How files are written.
  public var files = OutputFiles()
  /// Number of threads; the results do not depend on it.
  public var threads = 1

  /// An analysis with every option at its default.
  public init(_ elevation: ElevationRaster, duration: Double, output: String) {
    self.elevation = elevation
    self.duration = duration
    self.output = output
  }

  /// Reads, simulates and writes.
  /// - Returns: What happened, for people and programs.
  /// - Throws: ``RunFailure`` where the case cannot be simulated, the simulation does not go on, or it was stopped.
  public func run(progress: AnalysisProgress) throws(RunFailure) -> JSONObject {
    let results = SurfaceFlowResults(self)
    let isNewFolder = try results.prepare()
    do throws(RunFailure) {
      return try run(results, progress)
    } catch {
      if isNewFolder { results.removeEmptyFolders() }
      throw error
    }
  }

  private func run(_ results: SurfaceFlowResults, _ progress: AnalysisProgress) throws(RunFailure) -> JSONObject {
    let began = ContinuousClock.now
    let flow = try progress.step("read") { () throws(RunFailure) in try flowCase() }
    let simulation = try begin(consume flow, restart: results.readRestart())
    try simulate(simulation, results, progress)
    let seconds = (ContinuousClock.now - began) / .seconds(1)
    simulation.discardFlow()
    return try progress.step("write") { () throws(RunFailure) in
      try results.write(simulation, seconds: seconds)
    }
  }

  /// A simulation of a case, which is given away: its terrain is not held twice.
  private func begin(_ flow: consuming SurfaceFlowCase, restart: [UInt8]?) throws(RunFailure) -> SurfaceFlowSimulation {
    do throws(SurfaceFlowError) {
      if let restart { return try SurfaceFlowSimulation(flow, resuming: restart, threads: threads) }
      return try SurfaceFlowSimulation(flow, threads: threads)
    } catch {
      throw located(error)
    }
  }

  /// Takes all steps, tells of them some times a second, and writes frames and restarts.
  private func simulate(
    _ simulation: SurfaceFlowSimulation, _ results: SurfaceFlowResults, _ progress: AnalysisProgress
  ) throws(RunFailure) {
    let clock = ContinuousClock()
    var told = clock.now - .seconds(1)
    var nextFrame = frameInterval == nil ? Double.infinity : simulation.time
    var nextRestart = Self.next(after: simulation.time, restartInterval)
    while true {
      if simulation.time >= nextFrame {
        try results.writeFrame(simulation)
        nextFrame = Self.next(after: simulation.time, frameInterval)
      }
      if simulation.time >= duration { return }
      if simulation.time >= nextRestart {
        try results.writeRestart(simulation)
        nextRestart = Self.next(after: simulation.time, restartInterval)
      }
      let now = clock.now
      if now - told > .milliseconds(250) {
        told = now
        do throws(RunFailure) {
          try progress.tell(simulation.progressText, number: Int(simulation.time / duration * 1000), of: 1000)
        } catch {
          try results.writeRestart(simulation)
          let kept = Diagnostic(
            .restartWritten, at: SourcePosition(file: results.restartPath),
            "the state after \(simulation.time) s is kept; go on with --resume \(results.restartPath)")
          throw RunFailure(error.exitCode, error.diagnostics + [kept])
        }
      }
      try locatingFlow { () throws(SurfaceFlowError) in try simulation.step() }
    }
  }

  /// The next multiple of an interval; never where there is none.
  private static func next(after time: Double, _ interval: Double?) -> Double {
    guard let interval else { return .infinity }
    return ((time / interval).rounded(.down) + 1) * interval
  }

  /// Turns what the simulation throws into a failure that points at the terrain.
  func locatingFlow<R>(_ body: () throws(SurfaceFlowError) -> R) throws(RunFailure) -> R {
    do throws(SurfaceFlowError) {
      return try body()
    } catch {
      throw located(error)
    }
  }

  private func located(_ error: SurfaceFlowError) -> RunFailure {
    let position = SourcePosition(file: elevation.path)
    return switch error.code {
    case .timeStep, .state: RunFailure(.processing, [Diagnostic(.failedSimulation, at: position, error.description)])
    case .setting, .geometry, .value, .place, .restart:
      RunFailure(.configuration, [Diagnostic(.incompleteCase, at: position, error.description)])
    }
  }
}

extension DiagnosticCode {
  static let incompleteCase: Self = "E-SIM-001"
  static let failedSimulation: Self = "E-SIM-002"
  static let unusableRestart: Self = "E-SIM-003"
  static let restartWritten: Self = "I-SIM-001"
  static let simulationProgress: Self = "I-SIM-002"
}
