public import Foundation

/// Writes a JSON value as an indented file.
/// - Throws: `ReportError`.
@discardableResult
public func writeJSON(_ value: JSONValue, to url: URL) throws(ReportError) -> WrittenFile {
  let file = try OutputFile(url)
  file.buffer = value.encoded(pretty: true)
  return try file.finish()
}

/// Writes text as a file in UTF-8.
/// - Throws: `ReportError`.
@discardableResult
public func writeText(_ text: String, to url: URL) throws(ReportError) -> WrittenFile {
  let file = try OutputFile(url)
  file.buffer = Array(text.utf8)
  return try file.finish()
}
