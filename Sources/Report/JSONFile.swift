public import Foundation

/// Writes a JSON value as an indented file.
/// - Throws: `ReportError`.
@discardableResult
public func writeJSON(_ value: JSONValue, to url: URL) throws(ReportError) -> WrittenFile {
  let file = try OutputFile(url)
  file.buffer = value.encoded(pretty: true)
  return try file.finish()
}
