#if arch(x86_64) && os(Linux)
  import Foundation
  import TestSupport
  import Testing

  extension EndToEnd {
    /// The script that starts one of the programs of the Debian package.
    @Suite("Launcher")
    struct Launcher {
      /// What `/proc/cpuinfo` names of each generation of processors, from the newest.
      private let generations = [
        ("x86-64-v4", ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]),
        ("x86-64-v3", ["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"]),
        ("x86-64", []),
      ]

      @Test("Starts the newest program that the processor can run, with the arguments as they are, also through a link")
      func start() throws {
        let known = String(decoding: FileManager.default.contents(atPath: "/proc/cpuinfo") ?? Data(), as: UTF8.self)
        let flags = Set(
          try #require(known.split(separator: "\n").first { $0.hasPrefix("flags") }).split(separator: " ").map(
            String.init))
        let newest = try #require(generations.first { flags.isSuperset(of: $0.1) })

        let folder = TemporaryFolder()
        let manager = FileManager.default
        for place in ["some where/bin", "links"] + generations.map({ "some where/lib/overvann/\($0.0)" }) {
          try manager.createDirectory(atPath: folder.path(place), withIntermediateDirectories: true)
        }
        for (name, _) in generations {
          let program = folder.write(
            "#!/bin/sh\necho \(name) $# \"$2\"; exit 7\n", to: "some where/lib/overvann/\(name)/overvann")
          try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        }
        let launcher = folder.path("some where/bin/overvann")
        try manager.copyItem(atPath: packageRoot.appendingPathComponent("packaging/overvann.sh").path, toPath: launcher)
        try manager.createSymbolicLink(atPath: folder.path("links/ov"), withDestinationPath: launcher)
        for path in [launcher, folder.path("links/ov")] {
          let process = Process()
          process.executableURL = URL(fileURLWithPath: path)
          process.arguments = ["run", "two  words", ""]
          let output = Pipe()
          process.standardOutput = output
          try process.run()
          let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
          process.waitUntilExit()
          #expect(text == "\(newest.0) 3 two  words\n")
          #expect(process.terminationStatus == 7)
        }
      }
    }
  }
#endif
