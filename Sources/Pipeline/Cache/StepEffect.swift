import Grids
import Report

/// What a step tells the run besides its result: it is told again where the result comes from the cache, so that
/// manifest, summary and log are the same with and without it.
enum StepEffect {
  case note(DiagnosticCode, keyPath: String, message: String, hint: String?, count: Int)
  case input(InputRecord)
  case rule(RuleRecord)
  case certificate(CertificateRecord)
  case balance(WaterBalanceRecord)
  case citation(String)
  case counter(String, JSONValue)
  /// A file that was written, by its path relative to the folder of the run.
  case file(String)
  /// A step within the step, for the count of steps.
  case step
}

extension StepEffect: Archivable {
  init(from archive: inout ArchiveReader) throws(ArchiveError) {
    let kind: UInt8 = try archive.read()
    switch kind {
    case 0:
      self = .note(
        DiagnosticCode(rawValue: try archive.read()), keyPath: try archive.read(), message: try archive.read(),
        hint: try archive.read(), count: try archive.read())
    case 1: self = .input(try archive.read())
    case 2:
      var rule = RuleRecord(name: try archive.read(), source: try archive.read(), status: try archive.read())
      rule.asOf = try archive.read()
      self = .rule(rule)
    case 3:
      self = .certificate(
        CertificateRecord(
          name: try archive.read(), scenario: try archive.read(), isProved: try archive.read(),
          detail: try archive.read()))
    case 4:
      self = .balance(
        WaterBalanceRecord(scenario: try archive.read(), item: try archive.read(), volume: try archive.read()))
    case 5: self = .citation(try archive.read())
    case 6: self = .counter(try archive.read(), try archive.read())
    case 7: self = .file(try archive.read())
    case 8: self = .step
    default: throw ArchiveError("an effect of kind \(kind)")
    }
  }

  func write(to archive: inout ArchiveWriter) {
    switch self {
    case .note(let code, let keyPath, let message, let hint, let count):
      archive.write(0 as UInt8, code.rawValue, keyPath, message, hint, count)
    case .input(let input): archive.write(1 as UInt8, input)
    case .rule(let rule): archive.write(2 as UInt8, rule.name, rule.source, rule.status, rule.asOf)
    case .certificate(let record):
      archive.write(3 as UInt8, record.name, record.scenario, record.isProved, record.detail)
    case .balance(let record): archive.write(4 as UInt8, record.scenario, record.item, record.volume)
    case .citation(let text): archive.write(5 as UInt8, text)
    case .counter(let name, let value): archive.write(6 as UInt8, name, value)
    case .file(let path): archive.write(7 as UInt8, path)
    case .step: archive.write(8 as UInt8)
    }
  }
}
