import CGDAL

/// What GDAL said during one call.
struct CallOutcome<Result: ~Copyable>: ~Copyable {
  let result: Result
  let messages: [GDALMessage]
}

private final class Collector {
  var messages: [GDALMessage] = []
}

private let collect: CPLErrorHandler = { severity, number, text in
  guard let user = CPLGetErrorHandlerUserData() else { return }
  let collector = Unmanaged<Collector>.fromOpaque(user).takeUnretainedValue()
  collector.messages.append(GDALMessage(severity: severity, number: number, text: text))
}

/// Runs GDAL calls and gathers what they say on this thread.
///
/// Synchronous on purpose: handler stacks are per thread.
func listening<Result: ~Copyable>(_ body: () -> Result) -> CallOutcome<Result> {
  GDALLibrary.start()
  let collector = Collector()
  CPLPushErrorHandlerEx(collect, Unmanaged.passUnretained(collector).toOpaque())
  CPLErrorReset()
  let result = body()
  CPLPopErrorHandler()
  return CallOutcome(result: result, messages: collector.messages)
}

/// Runs GDAL calls whose failures are told by the returned value alone; what is said goes to the message handler.
func reporting<Result>(_ body: () -> Result) -> Result {
  let outcome = listening(body)
  GDALLibrary.report(outcome.messages)
  return outcome.result
}

/// Runs GDAL calls whose messages are expected and of no interest.
func quietly<Result>(_ body: () -> Result) -> Result { listening(body).result }

/// Where a call belongs, for the error it may throw.
struct CallSite {
  let code: GeodataErrorCode
  let operation: String
  let path: String

  func error(_ message: String, hint: String = "", _ messages: [GDALMessage] = []) -> GeodataError {
    GeodataError(
      code, operation: operation, path: path, message: message, hint: hint,
      gdalMessages: messages.filter { $0.severity != .debug }.map(\.text))
  }

  /// Runs one GDAL call and throws if it returns nil; the returned value alone decides, not the messages.
  func call<Result>(
    _ message: @autoclosure () -> String, hint: String = "", _ body: () -> Result?
  ) throws(GeodataError) -> Result {
    let outcome = listening(body)
    guard let result = outcome.result else { throw error(message(), hint: hint, outcome.messages) }
    GDALLibrary.report(outcome.messages)
    return result
  }

  /// Runs one GDAL call and throws unless it returns `CE_None`.
  func check(_ message: @autoclosure () -> String, hint: String = "", _ body: () -> CPLErr) throws(GeodataError) {
    let _: Void = try call(message(), hint: hint) { body() == CE_None ? () : nil }
  }

  /// Runs one OGR call and throws unless it returns `OGRERR_NONE`.
  func checkOGR(_ message: @autoclosure () -> String, hint: String = "", _ body: () -> OGRErr) throws(GeodataError) {
    let _: Void = try call(message(), hint: hint) { body() == OGRERR_NONE ? () : nil }
  }
}

/// Calls `body` with a NULL-terminated list, freed afterwards.
///
/// Order is kept: GDAL options may repeat.
func withStringList<Result: ~Copyable, E: Error>(
  _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) throws(E) -> Result
) throws(E) -> Result {
  var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = nil
  for string in strings { list = CSLAddString(list, string) }
  defer { CSLDestroy(list) }
  return try body(list)
}

/// The same list for functions that promise not to change it.
func readOnly(
  _ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> UnsafePointer<UnsafePointer<CChar>?>? {
  UnsafeRawPointer(list)?.assumingMemoryBound(to: UnsafePointer<CChar>?.self)
}

/// The strings of a list that GDAL owns.
func strings(in list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> [String] {
  guard let list else { return [] }
  var result: [String] = []
  var index = 0
  while let entry = list[index] {
    result.append(String(cString: entry))
    index += 1
  }
  return result
}

/// The string that GDAL hands over, freed.
func takeString(_ pointer: UnsafeMutablePointer<CChar>?) -> String? {
  guard let pointer else { return nil }
  defer { VSIFree(pointer) }
  return String(cString: pointer)
}
