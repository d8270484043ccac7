/// Everything that went into a run and came out of it: `manifest.json`.
///
/// Times of day, durations and paths of inputs stand here alone; all other results depend on content only. Host and
/// user are left out.
public struct Manifest: Sendable, Hashable {
  /// How a run ended.
  public enum Status: String, Sendable, Hashable {
    /// Everything was computed.
    case ok
    /// Everything was computed, and some area passes a threshold that is worth an alert.
    case alert
    /// Some areas failed or were flagged beyond the policy.
    case partial
    /// Nothing usable came out.
    case failed
    /// A signal stopped it.
    case interrupted
  }

  /// Identity of the run, from `runIdentity`.
  public var runID: String
  /// How the run ended.
  public var status: Status
  /// Exit code of the program.
  public var exitCode: Int
  /// Version of the program.
  public var toolVersion: String
  /// Revision of its source, where it is known.
  public var toolRevision: String?
  /// Names and versions of the libraries: GDAL, PROJ, GEOS.
  public var libraries: [LibraryRecord] = []
  /// Name and version of the operating system.
  public var operatingSystem: String
  /// Command line.
  public var arguments: [String] = []
  /// Configuration with every default filled in.
  public var configuration: JSONValue
  /// Files that were read.
  public var inputs: [InputRecord] = []
  /// Files that were written, with paths relative to the run directory.
  public var outputs: [WrittenFile] = []
  /// Rules and tables that the results rest on.
  public var rules: [RuleRecord] = []
  /// Papers and data sources to cite.
  public var citations: [String] = []
  /// Warnings by code.
  public var warnings: [WarningRecord] = []
  /// Wall time of each step.
  public var timings: [TimingRecord] = []
  /// Largest memory that the program held, in bytes, where it is known.
  public var peakMemory: Int?
  /// Memory that was reckoned with before computing, in bytes.
  public var estimatedMemory: Int?
  /// Where the water went, in each scenario.
  public var waterBalance: [WaterBalanceRecord] = []
  /// Proofs of results, such as that a fill is exact.
  public var certificates: [CertificateRecord] = []
  /// Counts worth keeping, such as cells, areas and cache hits.
  public var counters: JSONObject = [:]

  /// Makes a manifest; lists are filled in afterwards.
  public init(
    runID: String, status: Status, exitCode: Int, toolVersion: String, toolRevision: String? = nil,
    operatingSystem: String, configuration: JSONValue
  ) {
    self.runID = runID
    self.status = status
    self.exitCode = exitCode
    self.toolVersion = toolVersion
    self.toolRevision = toolRevision
    self.operatingSystem = operatingSystem
    self.configuration = configuration
  }

  /// The manifest as JSON, always with the same members in the same order.
  public var json: JSONObject {
    [
      "manifest_version": 1,
      "run_id": .string(runID),
      "status": .string(status.rawValue),
      "exit_code": JSONValue(exitCode),
      "tool": ["name": "overvann", "version": .string(toolVersion), "revision": JSONValue(toolRevision)],
      "libraries": .object(JSONObject(libraries.map { ($0.name, .string($0.version)) })),
      "operating_system": .string(operatingSystem),
      "arguments": JSONValue(arguments),
      "configuration": configuration,
      "inputs": .array(inputs.map { .object($0.json) }),
      "outputs": .array(
        outputs.map {
          ["path": .string($0.path), "bytes": JSONValue($0.bytes), "sha256": .string($0.sha256)]
        }),
      "rules": .array(rules.map { .object($0.json) }),
      "citations": JSONValue(citations),
      "warnings": .array(warnings.map { .object($0.json) }),
      "water_balance": WaterBalanceRecord.json(waterBalance),
      "certificates": .array(certificates.map { .object($0.json) }),
      "counters": .object(counters),
      "peak_memory_bytes": JSONValue(peakMemory), "estimated_memory_bytes": JSONValue(estimatedMemory),
      "timings": .array(
        timings.map { ["step": .string($0.step), "seconds": .number($0.seconds), "cached": .bool($0.isCached)] }
      ),
    ]
  }

  /// Identity of a run from what determines its results: version, configuration and the inputs' content.
  ///
  /// The same run repeated has the same identity; no clock goes into it, and no path but those in the configuration.
  /// - Returns: 16 hexadecimal digits.
  public static func runIdentity(toolVersion: String, configuration: JSONValue, inputs: [InputRecord]) -> String {
    let inputs = inputs.map { ($0.name, $0.sha256) }.sorted { $0 < $1 }
    let content: JSONValue = [
      "tool": .string(toolVersion),
      "configuration": configuration,
      "inputs": .array(inputs.map { ["name": .string($0.0), "sha256": .string($0.1)] }),
    ]
    return String(SHA256.hexDigest(of: content.encoded()).prefix(16))
  }
}
