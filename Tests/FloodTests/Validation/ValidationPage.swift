import Foundation

/// A section of the page of the validation: what was run, what came out, and drawings beside it.
final class ValidationSection {
  private let name: String
  private let title: String
  private let folder: URL
  private var body = ""

  /// A section of the page in a folder, written by ``write(order:)``.
  init(_ name: String, _ title: String, in folder: URL) throws {
    (self.name, self.title, self.folder) = (name, title, folder)
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("Resources"), withIntermediateDirectories: true)
    print("==", title)
  }

  func text(_ paragraph: String) { body += "\n\(paragraph)\n" }

  func table(_ header: [String], _ rows: [[String]]) {
    body += "\n| " + header.joined(separator: " | ") + " |\n|" + header.map { _ in "---|" }.joined() + "\n"
    print(header.joined(separator: " | "))
    for row in rows {
      body += "| " + row.joined(separator: " | ") + " |\n"
      print(row.joined(separator: " | "))
    }
  }

  func plot(_ name: String, _ plot: ValidationPlot) throws {
    try Data(plot.svg.utf8).write(to: folder.appendingPathComponent("Resources/flow-\(name).svg"))
    body += "\n![\(plot.title)](Resources/flow-\(name).svg)\n"
  }

  func map(_ name: String, _ map: ValidationMap) throws {
    try Data(map.svg.utf8).write(to: folder.appendingPathComponent("Resources/flow-\(name).svg"))
    body += "\n![\(map.title)](Resources/flow-\(name).svg)\n"
  }

  /// Puts the section into the page, in the place of one with the same title.
  func write(order: [String]) throws {
    let page = folder.appendingPathComponent("SurfaceFlowValidation.md")
    let old = (try? String(contentsOf: page, encoding: .utf8)) ?? ""
    var sections: [String: String] = [:]
    for section in old.components(separatedBy: "\n### ").dropFirst() {
      let lines = section.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
      sections[String(lines[0])] = lines.count > 1 ? String(lines[1]).trimmingCharacters(in: .newlines) : ""
    }
    sections[title] = (body + "\n`make validation CASES=\(name)`").trimmingCharacters(in: .newlines)
    let text =
      Self.introduction
      + order.compactMap { title in sections[title].map { "\n### \(title)\n\n\($0)\n" } }.joined()
    try Data(text.utf8).write(to: page)
  }

  private static let introduction = """
    # Validation of surface flow

    Each case of the two-dimensional simulation with its error, its rate of convergence and a drawing.

    ## Overview

    `make validation` runs all cases, checks their bounds and writes this page and its drawings; the line under a case runs
    it alone. Real data lie in `../shared/data` beside the package, or where `OVERVANN_SHARED_DATA` says; without them the
    run fails. Errors are means of absolute differences unless said otherwise; an order of convergence is the binary
    logarithm of the ratio of two errors at cells of one size and of half of it. Every case conserves water to the quantum
    of 2⁻⁴⁰ m in a cell: its ledger shows an error of zero. Results do not depend on the number of threads.

    """
}

/// A number with so many significant digits.
func digits(_ value: Double, _ count: Int = 3) -> String {
  if value == 0 || !value.isFinite { return "\(value)" }
  let power = pow(10, Double(count - 1) - floor(log10(abs(value))))
  let rounded = (value * power).rounded() / power
  return rounded == rounded.rounded() && abs(rounded) < 1e9 ? "\(Int(rounded))" : "\(rounded)"
}
