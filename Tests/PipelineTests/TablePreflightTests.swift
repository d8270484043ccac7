import Foundation
import Geodata
import TestSupport
import Testing

@testable import Pipeline

/// Tables are looked at before a run as its steps read them.
@Suite(.serialized) struct TablePreflightTests {
  let folder = TemporaryFolder()

  /// A table of a bundled pipeline, and how it is spoilt.
  struct Spoilt {
    let id: String
    /// A column that is renamed.
    let column: String
    /// A text of the file that becomes `replacement`, and what is then said.
    let text: String
    let replacement: String
    let said: String
    /// A code that occurs in the class input, whose rows are taken away; nil where the table is not by class.
    var code: String?
  }

  static let slides = [
    Spoilt(
      id: "soil_strength", column: "friction_deg", text: "\n41,", replacement: "\nx,", said: "\"x\" is no whole number",
      code: "41"),
    Spoilt(
      id: "slope_parameters", column: "parameter", text: "uniform 34 40,deg", replacement: "unform 34 40,deg",
      said: "\"unform 34 40\" is no number or distribution", code: "41"),
    Spoilt(
      id: "release_thresholds", column: "plan_curvature_1_m", text: "1,20,45", replacement: "1,45,20",
      said: "slopes from 45"),
    Spoilt(
      id: "forest_index", column: "forest_index", text: "Skog,0.5", replacement: "Skog,5", said: "5 is not allowed",
      code: "30"),
    Spoilt(
      id: "warning_levels", column: "3", text: "80,1,2,3,3", replacement: "80,1,2,1,3",
      said: "level 1 is below one with less water"),
    Spoilt(
      id: "clay_deposits", column: "clay", text: "uspesifisert\",marine", replacement: "uspesifisert\",sea",
      said: "\"sea\" is none of", code: "41"),
  ]
  static let surfaceFlow = [
    Spoilt(
      id: "roughness", column: "manning", text: "Skog,0.1", replacement: "Skog,10", said: "10 is not allowed",
      code: "30"),
    Spoilt(
      id: "infiltration", column: "horton_final_mm_h", text: "\n41,", replacement: "\nx,",
      said: "\"x\" is no whole number", code: "41"),
  ]

  /// The checks of a pipeline whose tables were changed, and the run with the same tables.
  private func findings(
    _ name: String, _ tables: [Spoilt], _ change: (Spoilt, String) throws -> String
  ) throws -> [Diagnostic] {
    GDALLibrary.start()
    var overrides = ["grid.resolution=8 m"]
    for table in tables {
      let original = packageRoot.appendingPathComponent("fixtures/tables/\(Self.file(table.id)).csv")
      let text = try change(table, try String(contentsOf: original, encoding: .utf8))
      overrides.append("tables.\(table.id)=" + folder.write(text, to: "\(table.id).csv"))
    }
    let pipeline = try PipelineFile.load(
      path: packageRoot.appendingPathComponent("pipelines/\(name).yaml").path, overrides: overrides)
    var options = RunOptions()
    options.usesCache = false
    options.output = folder.path("out")
    let report = preflight(pipeline, options)
    let errors = report.findings.filter { $0.severity == .error }
    // What the check says, the run says too.
    do throws(RunFailure) {
      _ = try run(pipeline, options)
      #expect(errors.isEmpty)
    } catch {
      #expect(error.exitCode == report.exitCode)
      #expect(error.diagnostics.map(\.description) == errors.map(\.description))
    }
    #expect(folder.contents.allSatisfy { $0.hasSuffix(".csv") })
    return errors
  }

  private static func file(_ id: String) -> String { id == "warning_levels" ? "warning_levels_example" : id }

  @Test(arguments: [("slides", slides), ("surface_flow", surfaceFlow)])
  func spoiltTablesAreFoundBeforeARun(name: String, tables: [Spoilt]) throws {
    // A header without a column.
    let headers = try findings(name, tables) { table, text in
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      let place = try #require(lines.firstIndex { !$0.hasPrefix("#") })
      let names = lines[place].split(separator: ",").map { $0 == table.column ? "other" : String($0) }
      return (lines[..<place] + [names.joined(separator: ",")] + lines[(place + 1)...]).joined(separator: "\n")
    }
    for table in tables {
      #expect(headers.contains { $0.file == folder.path("\(table.id).csv") && $0.line != nil }, "\(table.id)")
    }
    // A cell that cannot be.
    let cells = try findings(name, tables) { table, text in
      try #require(text.contains(table.text), "\(table.id)")
      return text.replacing(table.text, with: table.replacement, maxReplacements: 1)
    }
    for table in tables {
      let found = cells.filter { $0.file == folder.path("\(table.id).csv") }
      #expect(
        found.contains { $0.message.contains(table.said) && $0.line != nil && $0.column != nil },
        "\(table.id): \(found.map(\.description))")
    }
    // Rows that are missing.
    let codes = try findings(name, tables) { table, text in
      guard let code = table.code else { return text }
      return text.split(separator: "\n").filter { !$0.hasPrefix("\(code),") }.joined(separator: "\n") + "\n"
    }
    for table in tables where table.code != nil {
      #expect(
        codes.contains {
          $0.code.rawValue == "E-TAB-101" && $0.keyPath == "tables.\(table.id)"
            && $0.message.contains("no row for code \(table.code ?? "")")
        }, "\(table.id): \(codes.map(\.description))")
    }
    #expect(codes.count == tables.count { $0.code != nil })
  }

  @Test func everyTableOfTheBundledPipelinesIsChecked() throws {
    for name in ["sandvika", "slides", "nightly", "surface_flow"] {
      let pipeline = try PipelineFile.load(
        path: packageRoot.appendingPathComponent("pipelines/\(name).yaml").path)
      #expect(Set(pipeline.tables.ids).subtracting(pipeline.tableChecks.map(\.id)).isEmpty, "\(name)")
    }
  }

  @Test func thresholdsNeedRowsAndOneRegionWithoutAMap() throws {
    let header = "region_code,slope_from_deg,slope_to_deg,plan_curvature_1_m,upslope_area_m2,source,date\n"
    func said(_ rows: String, hasRegions: Bool) -> String {
      do {
        _ = try ReleaseTable(try CSVTable(Array((header + rows).utf8), file: "t.csv"), hasRegions: hasRegions)
        return ""
      } catch {
        return "\(error)"
      }
    }
    let row = "1,20,45,-0.01,200,x,2026\n"
    #expect(said("", hasRegions: false).contains("the table has no rows"))
    #expect(said("", hasRegions: true).contains("the table has no rows"))
    #expect(said(row, hasRegions: false).isEmpty && said(row, hasRegions: true).isEmpty)
    let two = row + "2,20,45,-0.01,200,x,2026\n"
    #expect(said(two, hasRegions: true).isEmpty && said(two, hasRegions: false).contains("of 2 regions"))
  }

  @Test(arguments: [
    ("s,0,x\n0,1,1\n", "t.csv:1:5", "\"x\" is no lower bound"), ("s,0,3\n", "t.csv", "no rows"),
    ("s,0,3,2\n0,1,1,1\n", "t.csv:1:7", "bound 2.0 of a column does not rise"),
    ("s,0,3\n0,1,1\n60,1,1\n50,1,1\n", "t.csv:4:1", "bound 50.0 of a row does not rise"),
    ("s,0,3\n0,1,2\n60,1,1\n", "t.csv:3:6", "level 1 is below"),
  ])
  func warningLevelsNameTheirPlace(text: String, place: String, message: String) {
    let error = #expect(throws: CSVTableError.self) {
      try RainfallThresholdAnalysis.warningTable(try CSVTable(Array(text.utf8), file: "t.csv"))
    }
    let found = error?.diagnostics.first?.description ?? ""
    #expect(found.hasPrefix("\(place): error") && found.contains(message), "\(found)")
  }
}
