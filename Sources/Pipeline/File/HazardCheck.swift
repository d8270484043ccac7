import Flood

/// Hazards: keys that contradict each other, and what a method needs.
extension PipelineCheck {
  func checkRunoff(_ runoff: inout RunoffSection) {
    let keyPath = "hazards.runoff"
    if runoff.method == .curveNumber { runoff.lambda = runoff.lambda ?? RunoffSection.defaultLambda }
    if runoff.convertsLambda == true, runoff.lambda != 0.05, !context.hasErrors(under: keyPath) {
      context.report(
        .contradiction, at: position(keyPath + ".convert_lambda"), keyPath + ".convert_lambda",
        "the conversion is known for lambda 0.05 alone", hint: "add lambda: 0.05")
    }
    guard let value = runoff.value, !context.hasErrors(under: keyPath) else { return }
    let problem: String?
    switch runoff.method {
    case .curveNumber: problem = value > 0 ? nil : "a curve number is greater than 0 and at most 100"
    case .coefficient: problem = value <= 1 ? nil : "a runoff coefficient is at most 1"
    case .initialConstant, .horton, .greenAmpt: problem = nil
    }
    if let problem {
      context.report(.valueNotAllowed, at: position(keyPath + ".value"), keyPath + ".value", problem)
    }
  }

  func checkPeakRunoff(_ hazards: HazardsSection) {
    guard let peaks = hazards.peakRunoff, peaks.time == .scsLag, peaks.curveNumber == nil,
      hazards.runoff.method != .curveNumber, !context.hasErrors(under: "hazards")
    else { return }
    let keyPath = "hazards.peak_runoff.time"
    context.report(
      .missingKey, at: position(keyPath), "hazards.peak_runoff.curve_number", "scs_lag needs curve numbers",
      hint: "add curve_number: 80, or use: curve_number for the runoff")
  }

  func checkFlood() {
    guard root["hazards"]?.entries != nil, root["hazards"]?["flood"] == nil else { return }
    context.report(
      .missingKey, at: head("hazards"), "hazards.flood", "missing",
      hint: "add flood: {use: fill_spill, dtm: …}; terrain, slopes and areas stand on it")
  }

  func checkSlideZones(_ hazards: HazardsSection) {
    if let flow = hazards.massFlow, flow.release == nil {
      let needed = flow.start == .failing ? "hazards.slide" : "hazards.slide.release"
      if node(needed) == nil {
        context.report(
          .contradiction, at: head("hazards.runout"), "hazards.runout", "nothing tells where flows start",
          hint: "add release: with an area input, or \(needed)")
      }
    }
    if let flow = hazards.massFlow, flow.release != nil, node("hazards.runout.start") != nil {
      context.report(
        .contradiction, at: position("hazards.runout.start"), "hazards.runout.start",
        "release and start both say where flows start", hint: "give one of them")
    }
    let times = hazards.slide?.transient?.times.map(\.seconds) ?? []
    if !zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) {
      context.report(
        .valueNotAllowed, at: position("hazards.slide.transient.times"), "hazards.slide.transient.times",
        "the times do not ascend")
    }
    if let flow = hazards.massFlow, flow.process != nil, flow.energyHeight != nil {
      context.report(
        .contradiction, at: position("hazards.runout.process"), "hazards.runout.process",
        "process and energy_height both limit the speed", hint: "give one of them")
    }
    if let clay = hazards.quickClay, clay.marineArea != nil, clay.marineLimit != nil {
      context.report(
        .contradiction, at: position("hazards.quick_clay.marine_limit"), "hazards.quick_clay.marine_limit",
        "marine_limit and marine_area say the same", hint: "give one of them")
    }
  }

  func checkSurfaceFlow(_ pipeline: PipelineFile) {
    guard let flow = pipeline.hazards.surfaceFlow else { return }
    let flood = pipeline.hazards.flood
    func report(_ key: String, _ message: String, _ hint: String) {
      context.report(.contradiction, at: position(key), key, message, hint: hint)
    }
    if flood?.velocity != nil {
      report("hazards.flood.velocity", "hazards.surface_flow computes the speed", "leave out one of them")
    }
    if let drainage = flood?.drainage, drainage.value > 0 {
      report(
        "hazards.flood.drainage", "a simulated flow needs the rate of the drains, not a depth",
        "give drainage_rate in hazards.runoff")
    }
    let depths = flow.sheetDepths
    if depths.thin >= depths.full {
      report(
        "hazards.surface_flow.\(flow.sheetDepth == nil ? "full_depth" : "sheet_depth")",
        "thin water of up to \(depths.thin) m has its full n from \(depths.full) m on",
        "give a sheet_depth below full_depth")
    }
    if !flow.isDepthDependent, flow.sheetManning == nil {
      for (key, depth) in [("sheet_depth", flow.sheetDepth), ("full_depth", flow.fullDepth)] where depth != nil {
        report(
          "hazards.surface_flow.\(key)", "nothing says how rough the ground is to thin water",
          "add sheet_manning, or depth_dependent: true with roughness, or leave it out")
      }
    }
    let needsCells = [
      ("the full equations", flow.scheme != .localInertial), ("culverts that are pipes", flow.culverts != nil),
      ("roughness that depends on the depth", flow.isDepthDependent || flow.sheetManning != nil),
      ("losses of ground that fills", pipeline.hazards.runoff.method.isInfiltration),
    ]
    for (name, isThere) in needsCells where flow.subgrid > 1 && isThere {
      report(
        "hazards.surface_flow.subgrid", "a subgrid does not go with \(name)",
        "leave out one of them: they need the depth in every cell of the terrain")
    }
    if flow.frameInterval != nil, !pipeline.outputs.rasters.contains(.flowFrames) {
      report(
        "hazards.surface_flow.frame_every", "no raster shows the depths that are kept",
        "add flow_frames to outputs.cog, or leave it out")
    }
    if flow.culverts != nil, flood?.culverts == nil {
      report(
        "hazards.surface_flow.culverts", "there are no lines for the table of culverts", "add hazards.flood.culverts")
    }
    if let buildings = flow.buildings, root["inputs"]?[buildings]?["shape"]?.text == BuildingShape.points.rawValue {
      report("hazards.surface_flow.buildings", "\(buildings) are points", "name an input with footprints")
    }
  }
}
