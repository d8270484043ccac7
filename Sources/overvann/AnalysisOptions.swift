public import ArgumentParser
import Foundation
public import Pipeline
import Report
import Synchronization
public import Terrain

extension NodataPolicy: ExpressibleByArgument {}
extension LengthUnit: ExpressibleByArgument {}

/// How commands that work on one elevation raster read it.
struct ElevationOptions: ParsableArguments {
  @Argument(help: "Elevation raster, any format that GDAL reads.", completion: .file())
  var dem: String

  @Option(help: "Band of the raster, from 1; needed where there are several.")
  var band: Int?

  @Option(help: "Unit of the heights (m, dm, cm, mm or ft); the file's own, or metres, where it is not given.")
  var unit: LengthUnit?

  @Option(help: "Reference system in place of the file's, such as EPSG:25832.")
  var crs: String?

  @Option(help: "What cells without elevation are to the water: outlet (as the sea), wall, or error.")
  var nodata = NodataPolicy.error

  var input: ElevationRaster {
    var input = ElevationRaster(dem)
    input.band = band
    input.unit = unit
    input.crs = crs
    input.nodata = nodata
    return input
  }
}

/// How commands write, show progress and use the machine.
struct AnalysisOptions: ParsableArguments {
  @Flag(help: "Replace files that exist.")
  var replace = false

  @Flag(help: "Compress rasters without loss (DEFLATE).")
  var compress = false

  @Option(help: "Number of threads; the results do not depend on it.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "How progress is shown: auto, bar, plain, json or none.")
  var progress = ProgressStyle.auto

  @Option(help: "How messages are written: text or json.")
  var logFormat = LogFormat.text

  @Flag(help: "Only errors.")
  var quiet = false

  @Flag(help: "Print what was done as JSON.")
  var json = false

  func validate() throws {
    guard threads > 0 else { throw ValidationError("--threads \(threads): at least 1") }
  }

  var files: OutputFiles {
    var files = OutputFiles()
    files.replaces = replace
    files.compresses = compress
    return files
  }

  /// Runs an analysis with progress on the error stream and its report on standard output.
  func run(_ name: String, _ analysis: (AnalysisProgress) throws(RunFailure) -> JSONObject) throws {
    let display = ProgressDisplay(progress, logFormat: logFormat, isQuiet: quiet)
    Signals.listen(progress, logFormat)
    let progress = AnalysisProgress(name, observer: display.show) { Signals.stop }
    do throws(RunFailure) {
      let report = try analysis(progress)
      display.clearBar()
      if json {
        Console.result(JSONValue.object(report).description)
      } else if !quiet {
        for member in report.members { Console.result("\(member.name): \(member.value.plainText)") }
      }
      display.end(.success)
    } catch {
      display.end(failure: error)
    }
  }
}

extension ProgressDisplay {
  /// Ends the program with a failure.
  func end(failure: RunFailure) -> Never {
    end(failure.exitCode, causes: failure.diagnostics)
    Foundation.exit(failure.exitCode.rawValue)
  }
}

/// The signal that asked the program to stop, 0 while none did.
private let receivedSignal = Atomic<Int32>(0)

/// The signals that ask the program to stop.
enum Signals {
  /// The signal that asked the program to stop; nil while none did.
  static var stop: StopSignal? { StopSignal(number: receivedSignal.load(ordering: .relaxed)) }

  /// How long a stopped step may go on before the program ends without it, in seconds.
  private static let grace = 2.0

  /// Ends the program where a step does not come to its end after a signal: steps look for signals between blocks of
  /// their work, but a call of a library may take long.
  private static func watch(_ display: ProgressDisplay) {
    var received: StopSignal?
    while received == nil {
      usleep(50_000)
      received = stop
    }
    guard let signal = received else { return }
    usleep(useconds_t(grace * 1e6))
    // Results that are just being put in place are.
    while !UnfinishedPaths.deleteAll() { usleep(50_000) }
    let published = UnfinishedPaths.published
    let text =
      "stopped by signal \(signal.number); "
      + (published.map { "the results were published before: \($0)" } ?? "nothing was published")
    RunLog.noteInterruption(exitCode: signal.exitCode.rawValue, message: text)
    display.end(signal.exitCode, causes: [Diagnostic(.stopped, at: SourcePosition(file: "overvann"), text)])
    if let published { Console.result(published) }
    _exit(signal.exitCode.rawValue)
  }

  /// Lets SIGINT and SIGTERM stop the work at the next step; a second one ends the program at once.
  /// - Parameters:
  ///   - style: How progress is shown, and with `logFormat` how the last line is written.
  ///   - logFormat: How messages are written.
  static func listen(_ style: ProgressStyle, _ logFormat: LogFormat) {
    var wanted = sigset_t()
    sigemptyset(&wanted)
    for number in [SIGINT, SIGTERM] {
      let before = signal(number) { received in
        if receivedSignal.exchange(received, ordering: .relaxed) != 0 { _exit(128 + received) }
      }
      // Whoever started the program with the signal ignored means it to stay so.
      if unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { signal(number, SIG_IGN) }
      sigaddset(&wanted, number)
    }
    // A parent may have blocked them, and children inherit that.
    pthread_sigmask(SIG_UNBLOCK, &wanted, nil)
    // A write beyond the quota of a file then fails with an error that says so.
    signal(SIGXFSZ, SIG_IGN)
    Thread.detachNewThread { watch(ProgressDisplay(style, logFormat: logFormat, isQuiet: false)) }
  }
}

extension JSONValue {
  /// Text as it stands, everything else as JSON.
  fileprivate var plainText: String {
    if case .string(let text) = self { return text }
    return description
  }
}
