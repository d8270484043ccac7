import Pipeline
import TestSupport
import Testing

/// Texts that are no pipeline files, or are meant to exhaust the reader.
@Suite struct HostileTextTests {
  private func firstError(_ bytes: [UInt8]) -> String? {
    do {
      _ = try PipelineFile.parse(bytes, file: "p.yaml", folder: "/project")
      return nil
    } catch {
      return error.diagnostics.first?.description
    }
  }

  private func firstError(_ text: String) -> String? { firstError(Array(text.utf8)) }

  @Test func emptyFiles() {
    let message = "p.yaml:1:1: error[E-CFG-002] the file is empty; see `overvann schema` for its keys"
    #expect(firstError("") == message)
    #expect(firstError("\n\n# only a comment\n") == message)
    #expect(firstError([0xEF, 0xBB, 0xBF]) == message)
    #expect(firstError("---\n")?.contains("error[E-CFG-006] expected a map, found nothing") == true)
    #expect(firstError("just text")?.hasPrefix("p.yaml:1:1: error[E-CFG-006] expected a map, found the text") == true)
  }

  @Test func encodings() {
    // CP1252 writes æ as one byte.
    let latin = Array("name: x\ntitle: b".utf8) + [0xE6] + Array("rum\n".utf8)
    #expect(
      firstError(latin) == "p.yaml:2:9: error[E-CFG-002] byte 0xE6 is not UTF-8; save the file as UTF-8")
    let cut = Array("title: \"æ".utf8).dropLast()
    #expect(firstError(Array(cut))?.hasPrefix("p.yaml:1:9: error[E-CFG-002] byte 0xC3 is not UTF-8") == true)
    #expect(firstError([0xFF, 0xFE, 0x61, 0x00])?.contains("it looks like UTF-16") == true)
    #expect(
      firstError("name: a\u{0}b") == "p.yaml:1:8: error[E-CFG-002] character U+0000 is not allowed; remove it")
    #expect(
      firstError("name: a\ntitle: \"x\u{2028}y\"")
        == "p.yaml:2:10: error[E-CFG-002] character U+2028 is not allowed; remove it")
  }

  @Test func tabs() {
    #expect(
      firstError("name: a\n\tx: 1") == "p.yaml:2:1: error[E-CFG-002] tab in the indentation; use spaces")
    #expect(firstError("a: \"x\ty\"") == "p.yaml:1:6: error[E-CFG-002] tab between values; use spaces")
    // In a comment a tab does no harm.
    #expect(throws: Never.self) { try parse(samplePipeline.replacing("version: 1\n", with: "version: 1 #\tx\n#\ty\n")) }
    // All tabs are told, up to a bound.
    let many = errors(String(repeating: "\ta: 1\n", count: 100))
    #expect(many.count == 20)
    #expect(many.last == "20:1: E-CFG-002 tab in the indentation")
  }

  @Test func syntaxErrors() {
    #expect(
      firstError("a: [1, 2\nb: 3\n")
        == "p.yaml:2:2: error[E-CFG-002] not valid YAML: while parsing a flow sequence (line 1): "
        + "did not find expected ',' or ']'")
    #expect(firstError("a: \"x\n")?.hasPrefix("p.yaml:2:1: error[E-CFG-002] not valid YAML") == true)
    #expect(firstError("a: 1\n   b: 2\n")?.hasPrefix("p.yaml:2:5: error[E-CFG-002] not valid YAML") == true)
    #expect(firstError("a: *b\n")?.contains("found undefined alias") == true)
    #expect(firstError("a: 1\n...\n---\nb: 2\n")?.hasPrefix("p.yaml:3:1: error[E-CFG-002] a second document") == true)
    #expect(errors("? [a, b]\n: 1\n").contains("1:3: E-CFG-002 a list or map as a key"))
  }

  /// An alias stands for what its anchor names, and its positions are those of the anchor.
  @Test func aliasesAreRead() throws {
    let text =
      samplePipeline
      .replacing("title: \"Sandvika: skybrudd og skred\"", with: "title: &t Sandvika")
      .replacing("climate_source: \"NVE 2018\"", with: "climate_source: *t")
    let pipeline = try parse(text)
    #expect(pipeline.scenarios[0].climateSource == "Sandvika")
    #expect(pipeline.position(of: "scenarios.t20.climate_source") == pipeline.position(of: "title"))
  }

  /// Ten levels of ten aliases stand for ten milliard values; the reader stops long before.
  @Test(.timeLimit(.minutes(15))) func aliasBombs() {
    let began = ContinuousClock.now
    defer { #expect(ContinuousClock.now - began < .seconds(60)) }
    var values = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      values += "a\(level): &a\(level) [\(aliases)]\n"
    }
    #expect(errors(values).contains { $0.contains("E-CFG-002 the file holds more than 50000 values") })
    // As a key the bomb would go off in the parser, which compares keys.
    let message = "E-CFG-002 a list, a map or an alias as a key, in a file with aliases"
    for key in ["? *a9\n: 1", "*a9 : 1", "x: {*a9 : 1}", "x: {[*a9]: 1}", "[*a9, *a9]: 1", "- ? *a9", "?\n  *a9\n: 1"] {
      #expect(errors(values + key + "\n").first?.contains(message) == true, "\(key)")
    }
  }

  @Test(.timeLimit(.minutes(15))) func deepNesting() {
    let began = ContinuousClock.now
    defer { #expect(ContinuousClock.now - began < .seconds(60)) }
    for count in [61, 5000, 200_000] {
      #expect(errors(String(repeating: "[", count: count)).first?.contains("nested more than 60 deep") == true)
      #expect(
        errors("a: " + String(repeating: "{b: ", count: count)).first?.contains("nested more than 60 deep") == true)
      let dashes = errors(String(repeating: "- ", count: count) + "x")
      #expect(dashes.contains { $0.contains("nested") }, "\(dashes)")
    }
    var indented = ""
    for level in 0..<300 { indented += String(repeating: " ", count: level) + "a:\n" }
    #expect(errors(indented).contains { $0.contains("values nested more than 60 deep") })
  }

  @Test(.timeLimit(.minutes(15))) func sizes() {
    let began = ContinuousClock.now
    defer { #expect(ContinuousClock.now - began < .seconds(60)) }
    let large = "name: " + String(repeating: "a", count: 1 << 20)
    #expect(errors(large) == ["pipeline.yaml: E-CFG-001 the file has 1048582 bytes; at most 1048576 are read"])
    let wide = "inputs: {" + (0..<40_000).map { "k\($0): 1" }.joined(separator: ", ") + "}"
    #expect(errors(wide).contains { $0.contains("inputs.k39999: expected a map, found the number 1") })
  }

  /// Random bytes, and the sample with random bytes changed: every text is either read or refused with positions.
  @Test(.timeLimit(.minutes(15))) func mutatedTextsNeverCrash() {
    let began = ContinuousClock.now
    defer { #expect(ContinuousClock.now - began < .seconds(120)) }
    var generator = SeededGenerator(seed: 20_260_131)
    let sample = Array(samplePipeline.utf8)
    let snippets = [
      "\n", "  ", ": ", "- ", "{", "}", "[", "]", ",", "\"", "'", "#", "&a", "*a", "!!", "|", ">", "%", "?", "\t",
      "\r", "~", "null", "<<: ", "---\n", "0x1", "\u{0}", "æ", "\u{E000}", "${", "}", "{T}", "1e999", "-", "...\n", "@",
      "`",
    ]
    var accepted = 0
    for round in 0..<4000 {
      var bytes = sample
      if round % 40 == 0 {
        bytes = (0..<Int.random(in: 0...200, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator)
        }
      }
      bytes = generator.mutated(bytes, snippets: snippets)
      do {
        let pipeline = try PipelineFile.parse(bytes, file: "p.yaml", folder: "/project/pipelines")
        accepted += 1
        let again = try PipelineFile.parse(
          Array(pipeline.resolvedYAML().utf8), file: "p.yaml", folder: "/project/pipelines")
        #expect(again == pipeline)
      } catch {
        let errors = error.diagnostics.filter { $0.severity == .error }
        #expect(!errors.isEmpty)
        let lines = bytes.count { $0 == 0x0A || $0 == 0x0D } + 1
        for diagnostic in error.diagnostics {
          #expect(diagnostic.line.map { (1...(lines + 1)).contains($0) } ?? true, "\(diagnostic)")
          #expect(diagnostic.column ?? 1 >= 1)
        }
      }
    }
    // Some changes, as in a comment, do no harm: the mutator would be useless if none or all did.
    #expect(accepted > 100 && accepted < 2000, "\(accepted)")
  }
}
