/// What happens to features with an invalid geometry.
public enum InvalidGeometryPolicy: String, Sendable, CaseIterable {
  /// They are repaired and counted.
  case repair
  /// They are left out and counted.
  case skip
  /// The run stops.
  case fail
}

/// What is tolerated.
public struct PolicySection: Sendable, Equatable {
  /// What happens to features with an invalid geometry.
  public internal(set) var invalidGeometry = InvalidGeometryPolicy.repair
  /// The covered share of an area below which its values are null.
  public internal(set) var minCoveredFraction = 0.98
  /// How many areas may fail before the run counts as incomplete.
  public internal(set) var maxFailedAreas = 0
}

extension PolicySection: ConfigurationSection {
  static let specification = ObjectSpecification<PolicySection>(
    summary: "What is tolerated.",
    keys: [
      .defaulted(
        "invalid_geometry", \.invalidGeometry, .choice, "Features with an invalid geometry; always counted."),
      .defaulted(
        "min_covered_frac", \.minCoveredFraction, .number(atLeast: 0, atMost: 1),
        "Covered share of an area below which its values are null."),
      .defaulted(
        "max_failed_areas", \.maxFailedAreas, .integer(0...Int.max),
        "How many areas may fail before the run counts as incomplete."),
    ])
}

/// A raster product.
public enum RasterProduct: String, Sendable, CaseIterable {
  /// Rain after the climate factor.
  case rain
  /// The share of rain that runs off, as a depth.
  case runoff
  /// The depth of standing water.
  case depth
  /// The water that passes each cell in the event.
  case eventFlow = "event_flow"
  /// The terrain with its depressions filled.
  case filled
  /// Directions of steepest descent.
  case flowDirections = "flow_directions"
  /// Cells that drain through a cell.
  case flowAccumulation = "flow_accumulation"
  /// The factor of safety.
  case stability
  /// The factor of safety dry, half full and full of water.
  case stabilityLimits = "stability_limits"
  /// Where slides may start by the shape of the ground.
  case releaseAreas = "release_areas"
  /// Least factor of safety while it rains, its depth, and the time at which it falls below 1.
  case transient
  /// Levels of warning of every step, and the largest.
  case warningLevels = "warning_levels"
  /// The recharge at which slopes begin to fail, and its classes.
  case criticalRecharge = "critical_recharge"
  /// The stability index, and where the soil is full of water.
  case stabilityIndex = "stability_index"
  /// The probability of failure with the bounds of its confidence interval, and that of soil full of water.
  case probability
  /// Largest height of the energy line of mass flows.
  case runoutEnergyHeight = "runout_energy_height"
  /// Largest speed of mass flows.
  case runoutVelocity = "runout_velocity"
  /// Largest kinetic energy of mass flows.
  case runoutEnergy = "runout_energy"
  /// Length of the shortest way from a release.
  case runoutLength = "runout_length"
  /// Largest travel angle of mass flows.
  case runoutAngle = "runout_angle"
  /// What comes to rest of mass flows.
  case runoutDeposition = "runout_deposition"
  /// Whether ways down from here lead to buildings or roads.
  case runoutThreat = "runout_threat"
  /// Zones of the screening for quick clay, as flags.
  case quickClay = "quick_clay"
  /// The worst hazard class by the table of rules.
  case hazardClass = "hazard_class"
  /// The terrain as it was used.
  case ground
  /// Slope in degrees.
  case slope
  /// Direction that slopes face.
  case aspect
  /// Curvature across the slope.
  case planCurvature = "plan_curvature"
  /// Curvature along the slope.
  case profileCurvature = "profile_curvature"
  /// Topographic wetness index.
  case wetnessIndex = "wetness_index"
  /// Length of the longest way from upstream.
  case upslopeLength = "upslope_length"
  /// Height above the nearest drainage.
  case hand
  /// Length of the way to the nearest drainage.
  case drainageDistance = "drainage_distance"

  /// The section of `hazards` that the product needs; nil for runoff, which is always computed.
  var hazard: String? {
    switch self {
    case .rain, .runoff, .ground, .hazardClass: nil
    case .depth, .eventFlow, .filled, .flowDirections, .flowAccumulation, .slope, .aspect, .planCurvature,
      .profileCurvature,
      .wetnessIndex, .upslopeLength, .hand, .drainageDistance:
      "flood"
    case .stability, .stabilityLimits, .criticalRecharge: "slide"
    case .releaseAreas: "slide.release"
    case .transient: "slide.transient"
    case .warningLevels: "warning"
    case .stabilityIndex: "slide.index"
    case .probability: "slide.probability"
    case .runoutEnergyHeight, .runoutVelocity, .runoutEnergy, .runoutLength, .runoutAngle, .runoutDeposition,
      .runoutThreat:
      "runout"
    case .quickClay: "quick_clay"
    }
  }
}

/// The GeoJSON layers that are written.
public struct GeoJSONSection: Sendable, Equatable {
  /// The layers: `areas`, `bluespots`, `bluespot_water`, `bluespot_watersheds`, `pour_points`, `bluespot_nodes`,
  /// `flow_paths`, `landslide`, `runout`, `quick_clay`, `peak_runoff` and the ids of assets.
  public internal(set) var layers: [String] = []
  /// Decimals of coordinates in degrees.
  public internal(set) var precision = 7
}

extension GeoJSONSection: ConfigurationSection {
  static let specification = ObjectSpecification<GeoJSONSection>(
    summary: "The GeoJSON layers that are written.",
    keys: [
      .derived(
        "layers", \.layers, .list(of: .text(.id), atLeast: 1),
        "Layers: areas, bluespots, bluespot_water, bluespot_watersheds, pour_points, bluespot_nodes, flow_paths, "
          + "landslide, runout, quick_clay, peak_runoff and the ids of assets; all that there are unless given."),
      .defaulted("precision", \.precision, .integer(1...15), "Decimals of coordinates in degrees."),
    ])
}

/// The GeoPackage with all layers.
public struct GeoPackageSection: Sendable, Equatable {
  /// Whether styles are stored in it.
  public internal(set) var styles = true
}

extension GeoPackageSection: ConfigurationSection {
  static let specification = ObjectSpecification<GeoPackageSection>(
    summary: "The GeoPackage with all layers in the reference system of the grid.",
    keys: [.defaulted("styles", \.styles, .boolean, "Whether styles are stored in it.")])
}

/// The tables that are written.
public struct TablesSection: Sendable, Equatable {
  /// Whether they are written as CSV.
  public internal(set) var csv = true
}

extension TablesSection: ConfigurationSection {
  static let specification = ObjectSpecification<TablesSection>(
    summary: "The tables that are written.",
    keys: [.defaulted("csv", \.csv, .boolean, "Whether they are written as CSV.")])
}

/// What is written, and where.
public struct OutputsSection: Sendable, Equatable {
  /// The folder of the run; `{date}` may still be in it.
  public internal(set) var directory = PathText.blank
  /// The name of a symbolic link beside the run that leads to the run published last; nil for none.
  public internal(set) var current: String?
  /// The GeoJSON layers; nil where none are written.
  public internal(set) var geojson: GeoJSONSection?
  /// The GeoPackage; nil where none is written.
  public internal(set) var geopackage: GeoPackageSection?
  /// The cloud-optimised GeoTIFFs.
  public internal(set) var rasters: [RasterProduct] = []
  /// The tables.
  public internal(set) var tables = TablesSection()
}

extension OutputsSection: ConfigurationSection {
  static let specification = ObjectSpecification<OutputsSection>(
    summary: "What is written, and where.",
    keys: [
      .required("dir", \.directory, .path(.outputDirectory), "Folder of the run; {name} and {date} are replaced."),
      .optional(
        "current", \.current, .text(.name),
        "Name of a symbolic link beside the run that leads to the run published last; none where absent."),
      .optional("geojson", \.geojson, GeoJSONSection.specification.format, "GeoJSON layers; none where absent."),
      .optional("gpkg", \.geopackage, GeoPackageSection.specification.format, "GeoPackage; none where absent."),
      .defaulted("cog", \.rasters, .list(of: .choice), "Cloud-optimised GeoTIFFs."),
      .defaulted("tables", \.tables, TablesSection.specification.format, "Tables."),
    ])
}

/// A variable of the environment that paths may use.
public struct EnvironmentVariable: Sendable, Equatable {
  /// The value where the environment has none.
  public internal(set) var fallback = ""
}

extension EnvironmentVariable: ConfigurationSection {
  static let specification = ObjectSpecification<EnvironmentVariable>(
    summary: "A variable of the environment that paths may use as ${NAME}.",
    keys: [.required("default", \.fallback, .text, "Value where the environment has none.")])
}
