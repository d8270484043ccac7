/// The checks that go across sections: ids that must exist, keys that depend on a kind of input, scenarios.
///
/// Each check runs only where what it builds on was read without error, so that one mistake is told once.
struct PipelineCheck {
  /// The file's values as they were written.
  let root: SourceNode
  /// Where findings go.
  let context: ReadingContext
  /// The kinds of inputs as they were written, which are known even where the rest of an input is wrong.
  let kinds: [String: InputKind]

  /// Makes the checks of a file's values.
  init(root: SourceNode, context: ReadingContext) {
    self.root = root
    self.context = context
    var kinds: [String: InputKind] = [:]
    for entry in root["inputs"]?.entries ?? [] {
      kinds[entry.key] = entry.value["kind"]?.text.flatMap(InputKind.init(rawValue:))
    }
    self.kinds = kinds
  }

  /// Checks a pipeline and fills in the defaults that follow from other keys.
  func run(_ pipeline: inout PipelineFile) {
    checkReferences()
    if pipeline.grid.extent.isEmpty { pipeline.grid.extent = pipeline.grid.like }
    pipeline.inputs.update { _, input in
      if case .rain(var rain) = input {
        rain.complete()
        input = .rain(rain)
      } else if case .class(var classes) = input {
        classes.complete()
        input = .class(classes)
      }
    }
    checkScenarios(&pipeline)
    checkRunoff(&pipeline.hazards.runoff)
    checkFlood()
    checkPeakRunoff(pipeline.hazards)
    checkSlideZones(pipeline.hazards)
    checkSurfaceFlow(pipeline)
    checkAssets(&pipeline)
    checkOutputs(&pipeline)
    checkAlerts(pipeline)
    checkOutputDirectory(pipeline)
    if !context.diagnostics.contains(where: { $0.severity == .error }) { checkUse(pipeline) }
  }

  // MARK: - References

  private func checkReferences() {
    for reference in context.references {
      let known = root[reference.target.section]?.entries?.map(\.key) ?? []
      guard known.contains(reference.id) else {
        let matching: [String]
        if case .input(let kinds) = reference.target {
          matching = known.filter { self.kinds[$0].map(kinds.contains) ?? false }
        } else {
          matching = known
        }
        let hint = Suggestion.hint(for: reference.id, among: known) ?? candidates(matching, for: reference.target)
        report(
          .unresolvedReference, reference, "\(reference.target.section) has no \"\(reference.id)\"", hint: hint)
        continue
      }
      if case .input(let kinds) = reference.target, let kind = self.kinds[reference.id], !kinds.contains(kind) {
        let matching = known.filter { self.kinds[$0].map(kinds.contains) ?? false }
        report(
          .unresolvedReference, reference,
          "\(reference.id) is of kind \(kind.rawValue), not \(Suggestion.alternatives(kinds.map(\.rawValue)))",
          hint: candidates(matching, for: reference.target))
      }
    }
  }

  private func candidates(_ ids: [String], for target: ReferenceTarget) -> String {
    ids.isEmpty ? "there is no \(target.noun)" : "choose from \(Suggestion.list(ids))"
  }

  // MARK: - Use

  private func checkUse(_ pipeline: PipelineFile) {
    var inputs = Set(pipeline.scenarios.map(\.rain))
    var tables: Set<String> = []
    for reference in context.references {
      switch reference.target {
      case .input: inputs.insert(reference.id)
      case .table: tables.insert(reference.id)
      }
    }
    let unused =
      pipeline.inputs.ids.filter { !inputs.contains($0) }.map { "inputs.\($0)" }
      + pipeline.tables.ids.filter { !tables.contains($0) }.map { "tables.\($0)" }
    for keyPath in unused {
      context.append(Diagnostic(.unusedInput, at: head(keyPath), keyPath: keyPath, "not used", hint: "remove it"))
    }
  }

  // MARK: - Positions

  private func report(
    _ code: DiagnosticCode, _ reference: ReadingContext.Reference, _ message: String, hint: String?
  ) {
    context.report(code, at: reference.position, reference.keyPath, message, hint: hint)
  }

  /// The value at a key path; nil where it is not in the file.
  func node(_ keyPath: String) -> SourceNode? {
    var node: SourceNode? = root
    for part in keyPath.split(separator: ".") {
      let pieces = part.split(separator: "[")
      node = pieces.first.flatMap { node?[String($0)] }
      for piece in pieces.dropFirst() {
        let index = Int(piece.dropLast()) ?? -1
        node = node?.elements.flatMap { $0.indices.contains(index) ? $0[index] : nil }
      }
    }
    return node
  }

  func position(_ keyPath: String) -> SourcePosition { node(keyPath)?.position ?? root.position }

  func head(_ keyPath: String) -> SourcePosition { node(keyPath)?.headPosition ?? root.position }
}
