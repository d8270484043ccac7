import ArgumentParser
import Foundation
import Geodata
import Pipeline

/// The command line: it parses, prints, and ends with an exit code; everything else is done in the modules.
@main
struct Overvann: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "overvann",
    abstract: "Rain and terrain to flood, landslide and exposure per area.",
    discussion: """
      Screening for municipal climate adaptation: reads rainfall and terrain rasters, works out where the water runs \
      and stands and which slopes may fail, counts what is exposed in each area, and writes GeoJSON, a GeoPackage, \
      tables and rasters.

      EXAMPLES
        overvann run pipelines/sandvika.yaml
        overvann validate my.yaml --json
        overvann inspect dtm.tif areas.gpkg

      EXIT CODES
        0 done · 1 computation failed · 2 command line or pipeline file invalid
        3 input rejected, or more memory needed than there may be
        4 done, but more areas failed than the policy allows, or one passes a threshold
        5 output exists, cannot be written, or would not fit on the disk
        75 another run holds the lock · 130, 143 stopped by a signal
      """,
    version: toolVersion,
    subcommands: [
      RunCommand.self, PlanCommand.self, CleanCommand.self, ValidateCommand.self, InspectCommand.self,
      SchemaCommand.self, ConfigCommand.self, ExplainCommand.self,
      FillCommand.self, FlowCommand.self, BluespotsCommand.self, SurfaceCommand.self, StormCommand.self,
      RainCommand.self, RunoffCommand.self, SimulateCommand.self, LandslideCommand.self, ZonalCommand.self,
      ExpectedAnnualCommand.self, DiffCommand.self,
    ])

  /// Lets the heap keep what grids give back.
  ///
  /// Steps make and drop grids of some megabytes by the hundred. By default the C library returns them to the system
  /// each time, which clears every page again before it is used: a fifth of the time of a run on a cache.
  private static func keepHeap() {
    // The header that declares it is in no module of Swift's; other C libraries have none.
    guard let symbol = dlsym(nil, "mallopt") else { return }
    let set = unsafeBitCast(symbol, to: (@convention(c) (_ parameter: Int32, _ value: Int32) -> Int32).self)
    let (trimThreshold, mapThreshold): (Int32, Int32) = (-1, -3)
    _ = set(trimThreshold, 128 << 20)
    // The most that it grows to by itself, which setting the other stops; larger grids are mapped.
    _ = set(mapThreshold, 32 << 20)
  }

  static func main() {
    keepHeap()
    // A closed pipe on stdout ends a write with an error instead of a signal; nothing is left to say then.
    signal(SIGPIPE, SIG_IGN)
    // The number of a closed standard stream would go to the next file that is opened, and what is printed into it.
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      _ = open("/dev/null", O_RDWR)
    }
    GDALLibrary.start()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let failure as RunFailure {
      Console.tell(failure.diagnostics)
      Foundation.exit(failure.exitCode.rawValue)
    } catch {
      // ArgumentParser ends with 64 on misuse; schedulers get the documented code for configuration errors.
      let code = exitCode(for: error)
      let message = fullMessage(for: error)
      if code == .success {
        print(message)
        Foundation.exit(0)
      }
      // One form for all errors: the first line is the finding, the usage follows.
      let text = message.hasPrefix("Error: ") ? String(message.dropFirst(7)) : message
      Console.error("overvann: error[\(DiagnosticCode.misuse.rawValue)] \(text)")
      Foundation.exit(Pipeline.ExitCode.configuration.rawValue)
    }
  }
}
