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

  static func main() {
    Heap.keep()
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
