import Foundation
import Geodata
import Grids
import Landslide
import Report
import Terrain

/// What the program tells a scheduler when it ends.
public enum ExitCode: Int32, Sendable {
  /// Done, results published.
  case success = 0
  /// The computation failed.
  case processing = 1
  /// Command line or pipeline file invalid.
  case configuration = 2
  /// Input data rejected.
  case input = 3
  /// Results published, but more areas failed than the policy allows; for a comparison, something changed.
  case partial = 4
  /// Output exists, cannot be written, or the disk is full.
  case output = 5
  /// Another run holds the lock.
  case locked = 75
  /// Stopped by SIGINT.
  case interrupted = 130
  /// Stopped by SIGTERM.
  case terminated = 143
}

/// A signal that asks the program to stop.
public enum StopSignal: Sendable, CaseIterable {
  /// SIGINT.
  case interrupt
  /// SIGTERM.
  case terminate

  /// The signal of a number; nil for all others.
  public init?(number: Int32) {
    guard let found = Self.allCases.first(where: { $0.number == number }) else { return nil }
    self = found
  }

  /// The system's number.
  public var number: Int32 {
    switch self {
    case .interrupt: SIGINT
    case .terminate: SIGTERM
    }
  }

  /// What a program ends with that the signal stopped.
  public var exitCode: ExitCode {
    switch self {
    case .interrupt: .interrupted
    case .terminate: .terminated
    }
  }
}

/// Why a run ended without results.
public struct RunFailure: Error, Sendable, CustomStringConvertible {
  /// What the program ends with.
  public let exitCode: ExitCode
  /// Every reason found.
  public let diagnostics: [Diagnostic]

  /// Makes a failure.
  public init(_ exitCode: ExitCode, _ diagnostics: [Diagnostic]) {
    self.exitCode = exitCode
    self.diagnostics = diagnostics
  }

  /// A run that a signal stopped.
  static func stopped(by signal: StopSignal, at file: String, _ message: String) -> RunFailure {
    RunFailure(signal.exitCode, [Diagnostic(.stopped, at: SourcePosition(file: file), message)])
  }

  /// Whether a signal stopped the run.
  var isStop: Bool { StopSignal.allCases.contains { $0.exitCode == exitCode } }

  /// The reasons, one a line.
  public var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}

extension DiagnosticCode {
  static let unusableTerrain: Self = "E-RAS-101"
  static let missingField: Self = "E-VEC-101"
  static let badValue: Self = "E-VEC-103"
  static let badIdentifier: Self = "E-VEC-102"
  static let noOverlap: Self = "E-RAS-102"
  static let negativeRain: Self = "E-RAS-103"
  static let unknownCode: Self = "E-TAB-101"
  static let failedProof: Self = "E-RUN-001"
  static let tooManyCells: Self = "E-RUN-002"
  /// The program was stopped by a signal.
  public static let stopped: Self = "E-RUN-003"
  static let implausibleRain: Self = "W-RAS-101"
  static let partialRain: Self = "W-RAS-102"
  static let resampled: Self = "I-RAS-101"
  static let repairedShapes: Self = "W-VEC-101"
  static let areasWithoutData: Self = "W-COV-001"
  static let buildingsWithoutData: Self = "W-COV-002"
  static let unverifiedTable: Self = "W-TAB-104"
  static let expectedAnnual: Self = "W-EAD-001"
  static let unusedDrains: Self = "W-VEC-102"
  static let fallingRunoff: Self = "W-FLD-001"
  static let voidCells: Self = "W-RAS-103"
  static let surfaceModel: Self = "W-RAS-106"
  static let negativeRate: Self = "E-RAS-020"
  static let unusualRaster: Self = "W-RAS-001"
  static let unusualAlignment: Self = "W-RAS-002"
  static let unusualLayer: Self = "W-VEC-001"
  static let unusualZones: Self = "W-VEC-103"
  static let emptyLayer: Self = "E-VEC-104"
}

extension RunFailure {
  /// Runs a step and turns whatever the modules throw into a failure that points at the place that caused it.
  @discardableResult
  static func locating<R>(
    at position: SourcePosition, keyPath: String? = nil, _ body: () throws -> R
  ) throws(RunFailure) -> R {
    do {
      return try body()
    } catch let failure as RunFailure {
      throw failure
    } catch let error as GeodataError {
      var message =
        error.path.isEmpty || error.path == position.file ? error.message : "\(error.path): \(error.message)"
      if !error.gdalMessages.isEmpty { message += " (GDAL: \(error.gdalMessages.joined(separator: " | ")))" }
      throw RunFailure(
        error.code.contains("-OUT-") ? .output : .input,
        [
          Diagnostic(
            DiagnosticCode(rawValue: error.code), at: position, keyPath: keyPath, message,
            hint: error.hint.isEmpty ? nil : error.hint)
        ])
    } catch let error as TerrainError {
      throw RunFailure(.input, [Diagnostic(.unusableTerrain, at: position, keyPath: keyPath, error.description)])
    } catch let error as PipelineFileError {
      throw RunFailure(.configuration, error.diagnostics)
    } catch let error as CSVTableError {
      throw RunFailure(.configuration, error.diagnostics)
    } catch let error where error is InvalidDistribution || error is InvalidSoil || error is MissingMeanAnnual {
      throw RunFailure(
        .configuration, [Diagnostic(.valueNotAllowed, at: position, keyPath: keyPath, "\(error)")])
    } catch let error as UnmappedClasses {
      throw RunFailure(.input, [Diagnostic(.unknownCode, at: position, keyPath: keyPath, error.description)])
    } catch {
      throw RunFailure(.processing, [Diagnostic(.unforeseen, at: position, keyPath: keyPath, "\(error)")])
    }
  }
}

extension PipelineFile {
  /// Runs a step that reads what a key names, and turns its error into one that points at the key.
  func reading<R>(_ keyPath: String, _ body: () throws -> R) throws(RunFailure) -> R {
    try RunFailure.locating(at: position(of: keyPath), keyPath: keyPath, body)
  }

  /// A failure that points at a key.
  func failure(
    _ exitCode: ExitCode, _ code: DiagnosticCode, at keyPath: String, _ message: String, hint: String? = nil
  ) -> RunFailure {
    RunFailure(exitCode, [Diagnostic(code, at: position(of: keyPath), keyPath: keyPath, message, hint: hint)])
  }
}
