public import Flood

/// Water that comes in by hydrographs, or stands at levels.
public struct FlowForcingSection: Sendable, Equatable {
  /// The line or outlet input.
  public internal(set) var input = ""
  /// The table with a column in time for each of its features.
  public internal(set) var table = ""
}

extension FlowForcingSection: ConfigurationSection {
  static let specification = ObjectSpecification<FlowForcingSection>(
    summary: "Features, and a table with a column in time for each of them.",
    keys: [
      .required("input", \.input, .reference(.input([.line, .outlet])), "Line or outlet input."),
      .required(
        "table", \.table, .reference(.table),
        "Table with time_s, time_min or time_h, and a column for each feature: m3/s, or m of a level."),
    ])
}

/// Two-dimensional flow of the water of each scenario in time.
public struct SurfaceFlowSection: Sendable, Equatable {
  /// The equations and how they are solved.
  public internal(set) var scheme = FlowMethod.localInertial
  /// How long to simulate from the beginning of the rain.
  public internal(set) var duration: Quantity = "2 h"
  /// Manning's n everywhere, or where the land cover is not known.
  public internal(set) var manning: Double?
  /// The table of Manning's n by land cover.
  public internal(set) var roughness: String?
  /// The class input with land cover, for that table.
  public internal(set) var landCover: String?
  /// Whether that table tells the n of thin water too.
  public internal(set) var isDepthDependent = false
  /// Manning's n of thin water beside ``manning``; nil for the same.
  public internal(set) var sheetManning: Double?
  /// Greatest depth of thin water; nil for 1 cm.
  public internal(set) var sheetDepth: Quantity?
  /// Depth from which water has its full n; nil for 10 cm.
  public internal(set) var fullDepth: Quantity?
  /// The depth input with the water that stands when the rain begins; nil for dry ground.
  public internal(set) var initialDepth: String?
  /// What the edge of the grid is to the water.
  public internal(set) var edge = FlowEdge.free
  /// Slope beyond a free edge, m/m.
  public internal(set) var edgeSlope = 0.01
  /// The sides of the grid that are so; the others are closed.
  public internal(set) var edgeSides = CellSide.allCases
  /// The table of the culverts' sizes; nil where they are burned lines.
  public internal(set) var culverts: String?
  /// The building input; nil where water flows as if there were none.
  public internal(set) var buildings: String?
  /// What buildings are to the water.
  public internal(set) var buildingsAs = FlowBuildings.raised
  /// How far they are raised.
  public internal(set) var buildingHeight: Quantity = "5 m"
  /// Hydrographs; nil for none.
  public internal(set) var inflows: FlowForcingSection?
  /// Levels at the edge; nil for none.
  public internal(set) var levels: FlowForcingSection?
  /// The outlet input with gauges; nil for none.
  public internal(set) var gauges: String?
  /// The line input with cross-sections; nil for none.
  public internal(set) var sections: String?
  /// Longest span of time over which losses from the rain are even.
  public internal(set) var lossStep: Quantity = "5 min"
  /// Share of the largest stable time step.
  public internal(set) var courant = 0.7
  /// Longest time step.
  public internal(set) var longestStep: Quantity = "10 s"
  /// Most that the steps of tiles are longer than the shortest.
  public internal(set) var stepRatio = 8
  /// Cells along the side of a coarse cell that flows by the fine terrain in it; 1 for none.
  public internal(set) var subgrid = 1
  /// Time between looks at the maxima.
  public internal(set) var recordInterval: Quantity = "1 s"
  /// Depth at which water has arrived.
  public internal(set) var arrivalDepth: Quantity = "0.1 m"
  /// Depths whose duration is kept.
  public internal(set) var durationDepths: [Quantity] = ["0.1 m"]
  /// Time between rows of the ledger, gauges and sections.
  public internal(set) var rowInterval: Quantity = "1 min"
  /// Time between the depths that are kept for the raster product `flow_frames`; nil for none.
  public internal(set) var frameInterval: Quantity?

  /// Depths between which water goes over from the n of thin water to its full n, metres.
  var sheetDepths: (thin: Double, full: Double) { (sheetDepth?.metres ?? 0.01, fullDepth?.metres ?? 0.1) }

  /// How many depths are kept, the first at the beginning.
  var frameCount: Int {
    frameInterval.map { Int(min(duration.seconds / $0.seconds, 1e9)) + 1 } ?? 0
  }
}

extension SurfaceFlowSection: ConfigurationSection {
  static let specification = ObjectSpecification<SurfaceFlowSection>(
    summary: "Two-dimensional flow of the water in time: its greatest depth and speed take the place of standing water "
      + "in all that is exposed.",
    keys: [
      .required(
        "use", \.scheme, .choice,
        "Scheme: local_inertial (fast), shallow_water (full equations) or shallow_water_first_order."),
      .required(
        "duration", \.duration, .quantity(.time, positive: true), "Time to simulate from the beginning of the rain."),
      .optional(
        "manning", \.manning, .number(above: 0, atMost: 2),
        "Manning's n everywhere; beside roughness where the land cover is not known."),
      .optional(
        "roughness", \.roughness, .reference(.table), "Table of Manning's n by land cover (land_cover_code, manning)."),
      .optional(
        "land_cover", \.landCover, .reference(.input([.class])), "Class input with land cover, for that table."),
      .defaulted(
        "depth_dependent", \.isDepthDependent, .boolean,
        "Whether water of up to sheet_depth has the n of the table's column manning_sheet, and from full_depth on that "
          + "of manning."),
      .optional(
        "sheet_manning", \.sheetManning, .number(above: 0, atMost: 2),
        "Manning's n of water of up to sheet_depth, beside that of manning from full_depth on; without roughness."),
      .optional(
        "sheet_depth", \.sheetDepth, .quantity(.length), "Greatest depth of thin water; 1 cm unless given."),
      .optional(
        "full_depth", \.fullDepth, .quantity(.length, positive: true),
        "Depth from which water has its full n, straight between the two; 10 cm unless given."),
      .optional(
        "initial_depth", \.initialDepth, .reference(.input([.depth])),
        "Depth input with the water that stands on the ground when the rain begins."),
      .defaulted(
        "edge", \.edge, .choice, "Edge of the grid: closed, free (water leaves at normal depth) or critical."),
      .defaulted("edge_slope", \.edgeSlope, .number(above: 0, atMost: 10), "Slope beyond a free edge, m/m."),
      .defaulted(
        "edge_sides", \.edgeSides, .list(of: .choice),
        "Sides of the grid that are so: north, east, south, west; the others are closed."),
      .optional(
        "culverts", \.culverts, .reference(.table),
        "Table of the sizes of hazards.flood.culverts (culvert_id, shape, diameter_m, …), which then carry water as "
          + "pipes instead of burned lines."),
      .optional("buildings", \.buildings, .reference(.input([.building])), "Building input with footprints."),
      .defaulted(
        "buildings_as", \.buildingsAs, .choice,
        "Buildings: raised, blocks (taken out of the terrain, their rain falls beside them) or open."),
      .defaulted("building_height", \.buildingHeight, .quantity(.length), "Height by which buildings are raised."),
      .optional("inflows", \.inflows, FlowForcingSection.specification.format, "Discharges at points or along lines."),
      .optional("levels", \.levels, FlowForcingSection.specification.format, "Levels along lines at the edge."),
      .optional(
        "gauges", \.gauges, .reference(.input([.outlet])), "Outlet input whose depths and speeds are kept in time."),
      .optional("sections", \.sections, .reference(.input([.line])), "Line input whose discharges are kept in time."),
      .defaulted(
        "loss_step", \.lossStep, .quantity(.time, positive: true),
        "Longest span of time over which the losses of curve numbers and interception are even."),
      .defaulted(
        "courant", \.courant, .number(above: 0, atMost: 1), "Share of the largest stable time step."),
      .defaulted("longest_step", \.longestStep, .quantity(.time, positive: true), "Longest time step."),
      .defaulted(
        "step_ratio", \.stepRatio, .integer(1...8),
        "Most that steps are longer where water is shallow and slow than where it is deepest, 1 for one step everywhere; local_inertial only."
      ),
      .defaulted(
        "subgrid", \.subgrid, .integer(1...16),
        "Cells along the side of a coarse cell that flows by the fine terrain in it; local_inertial only."),
      .defaulted(
        "record_every", \.recordInterval, .quantity(.time),
        "Time between looks at the greatest depth, speed and hazard; 0 s looks after every round of steps."),
      .defaulted("arrival_depth", \.arrivalDepth, .quantity(.length), "Depth at which water has arrived."),
      .defaulted(
        "duration_depths", \.durationDepths, .list(of: .quantity(.length)), "Depths whose duration is kept."),
      .defaulted(
        "row_every", \.rowInterval, .quantity(.time, positive: true),
        "Time between rows of ledger, gauges and sections."
      ),
      .optional(
        "frame_every", \.frameInterval, .quantity(.time, positive: true),
        "Time between the depths that are kept, the first at the beginning; outputs.cog writes them as flow_frames."),
    ],
    rules: [
      KeyRule(
        condition: .absent("roughness"), required: ["manning"], excluded: ["land_cover"], reason: "without roughness"),
      KeyRule(
        condition: .present("roughness"), required: ["land_cover"], excluded: ["sheet_manning"],
        reason: "with roughness"),
    ])
}

extension HazardsSection {
  /// Whether the speed of the water is known: from a file, or because its flow is simulated.
  var hasVelocity: Bool { flood?.velocity != nil || surfaceFlow != nil }
}
