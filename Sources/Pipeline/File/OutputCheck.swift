/// Outputs: layers and rasters that are computed, and a folder that holds nothing else.
extension PipelineCheck {
  func checkOutputs(_ pipeline: inout PipelineFile) {
    let hasFlood = root["hazards"]?["flood"] != nil
    let hasSlide = root["hazards"]?["slide"] != nil
    let hasExposure = root["exposure"] != nil
    for (index, product) in pipeline.outputs.rasters.enumerated() {
      guard let hazard = product.hazard, node("hazards.\(hazard)") == nil else { continue }
      if product.comesFromSurfaceFlow, pipeline.hazards.surfaceFlow != nil { continue }
      let keyPath = "outputs.cog[\(index)]"
      context.report(
        .contradiction, at: position(keyPath), keyPath, "\(product.rawValue) is not computed",
        hint: "add hazards.\(hazard), or leave it out")
    }
    if let index = pipeline.outputs.rasters.firstIndex(of: .hazardClass), pipeline.exposure?.hazardClasses == nil {
      let keyPath = "outputs.cog[\(index)]"
      context.report(
        .contradiction, at: position(keyPath), keyPath, "hazard_class is not computed",
        hint: "add exposure.hazard_classes, or leave it out")
    }
    if let index = pipeline.outputs.rasters.firstIndex(of: .flowFrames),
      let flow = pipeline.hazards.surfaceFlow, flow.frameInterval == nil
    {
      let keyPath = "outputs.cog[\(index)]"
      context.report(
        .contradiction, at: position(keyPath), keyPath, "flow_frames are not kept",
        hint: "add hazards.surface_flow.frame_every, or leave it out")
    }
    if let index = pipeline.outputs.metadata.firstIndex(of: .riskDataLibrary), node("outputs.publication") == nil {
      context.report(
        .missingKey, at: position("outputs.metadata[\(index)]"), "outputs.publication", "missing",
        hint: "rdls names a publisher, an address and a licence: add publication: {publisher: …, url: …, license: …}")
    }
    let layers = knownLayers(pipeline, hasFlood: hasFlood, hasSlide: hasSlide, hasExposure: hasExposure)
    if let section = pipeline.outputs.geojson {
      pipeline.outputs.geojson?.layers = checked(section.layers, "outputs.geojson", among: layers)
    }
    if let section = pipeline.outputs.geojsonSequences {
      pipeline.outputs.geojsonSequences?.layers = checked(section.layers, "outputs.geojsonseq", among: layers)
    }
    if let section = pipeline.outputs.flatGeobuf {
      pipeline.outputs.flatGeobuf?.layers = checked(section.layers, "outputs.flatgeobuf", among: layers)
    }
  }

  /// A layer that may be asked for.
  private struct KnownLayer {
    let name: String
    /// The section that it needs; nil for the layers of assets.
    let section: String?
    let isThere: Bool
  }

  private func knownLayers(
    _ pipeline: PipelineFile, hasFlood: Bool, hasSlide: Bool, hasExposure: Bool
  ) -> [KnownLayer] {
    var assets = root["exposure"]?["assets"]?.entries?.map(\.key) ?? []
    if pipeline.exposure?.safety != nil {
      assets +=
        pipeline.exposure?.assets.filter { $0.value.prefix == AssetSection.buildingPrefix }.map { $0.id + "_tek17" }
        ?? []
    }
    let needs: [(layer: String, section: String, isThere: Bool)] = [
      ("areas", "exposure", hasExposure), ("bluespots", "hazards.flood", hasFlood),
      ("bluespot_water", "hazards.flood", hasFlood),
      (
        "bluespot_watersheds", "hazards.flood.watersheds: true", pipeline.hazards.flood?.watersheds == true
      ), ("pour_points", "hazards.flood", hasFlood),
      ("bluespot_nodes", "hazards.flood", hasFlood), ("flow_paths", "hazards.flood", hasFlood),
      ("landslide", "hazards.slide", hasSlide), ("runout", "hazards.runout", node("hazards.runout") != nil),
      ("quick_clay", "hazards.quick_clay", node("hazards.quick_clay") != nil),
      ("peak_runoff", "hazards.peak_runoff", node("hazards.peak_runoff") != nil),
    ]
    var layers = needs.map { KnownLayer(name: $0.layer, section: $0.section, isThere: $0.isThere) }
    layers.insert(contentsOf: assets.map { KnownLayer(name: $0, section: nil, isThere: true) }, at: 1)
    return layers
  }

  /// The layers that are written in a format: all that there are unless some were named.
  private func checked(_ named: [String], _ section: String, among layers: [KnownLayer]) -> [String] {
    guard !named.isEmpty else {
      let all = layers.filter(\.isThere).map(\.name)
      if all.isEmpty, !context.hasErrors(under: "\(section).layers") {
        context.report(
          .contradiction, at: head(section), section, "there is no layer to write",
          hint: "add exposure, hazards.flood or hazards.slide")
      }
      return all
    }
    for (index, name) in named.enumerated() {
      let keyPath = "\(section).layers[\(index)]"
      let assets = layers.filter { $0.section == nil }.map(\.name)
      if assets.contains(name) { continue }
      guard let layer = layers.first(where: { $0.name == name }) else {
        let hint = Suggestion.hint(for: name, among: Self.fixedLayers + assets, listing: "layers")
        context.report(.unresolvedReference, at: position(keyPath), keyPath, "no layer \"\(name)\"", hint: hint)
        continue
      }
      if !layer.isThere, let need = layer.section {
        context.report(
          .contradiction, at: position(keyPath), keyPath, "\(name) is not computed",
          hint: "add \(need), or leave it out")
      }
    }
    return named
  }

  /// A run replaces its folder as a whole: nothing that the pipeline needs may be in it.
  func checkOutputDirectory(_ pipeline: PipelineFile) {
    guard !context.hasErrors(under: "outputs.dir"), !pipeline.outputs.directory.absolute.isEmpty else { return }
    let directory = pipeline.resolve(pipeline.outputs.directory)
    if let link = pipeline.outputs.current, directory.split(separator: "/").last == Substring(link) {
      context.report(
        .contradiction, at: position("outputs.current"), "outputs.current", "\(link) is the output folder itself",
        hint: "choose another name for the link")
    }
    var needed: [(name: String, path: String)] = [("the pipeline file", context.folder + "/pipeline")]
    for (id, input) in pipeline.inputs {
      if let path = input.path { needed.append(("inputs.\(id)", pipeline.resolve(path))) }
      if case .rain(let rain) = input {
        for path in rain.paths ?? [] { needed.append(("inputs.\(id)", pipeline.resolve(path))) }
      }
      if case .temperature(let temperature) = input {
        for path in temperature.paths ?? [] { needed.append(("inputs.\(id)", pipeline.resolve(path))) }
      }
    }
    for (id, path) in pipeline.tables { needed.append(("tables.\(id)", pipeline.resolve(path))) }
    for (name, path) in needed where directory == "/" || path == directory || path.hasPrefix(directory + "/") {
      context.report(
        .contradiction, at: position("outputs.dir"), "outputs.dir", "the output folder \(directory) holds \(name)",
        hint: "write to a folder of its own")
      return
    }
  }
}
