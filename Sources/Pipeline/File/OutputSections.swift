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
  /// The depth of standing water where depressions fill and spill, beside the depths of a simulated flow.
  case standingDepth = "standing_depth"
  /// Greatest speed of simulated flow.
  case flowSpeed = "flow_speed"
  /// When simulated flow arrives.
  case flowArrival = "flow_arrival"
  /// When simulated flow is deepest.
  case flowPeakTime = "flow_peak_time"
  /// How long simulated flow is deep, for each depth that is asked for.
  case flowDuration = "flow_duration"
  /// The depth at the end of the simulation.
  case flowFinalDepth = "flow_final_depth"
  /// The depth at even times.
  case flowFrames = "flow_frames"
  /// Depth × speed of the water.
  case depthVelocity = "depth_velocity"
  /// Hazard rating of the United Kingdom by depth and speed.
  case floodHazardRating = "flood_hazard_rating"
  /// Hazard class of Australia by depth and speed.
  case floodHazardClass = "flood_hazard_class"
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
  /// Cells whose catchment is cut by the edge of the terrain.
  case edgeContaminated = "edge_contaminated"

  /// Whether a simulated flow gives the product, whatever else it needs.
  var comesFromSurfaceFlow: Bool { hazard == "flood.velocity" || hazard == "surface_flow" }

  /// The section of `hazards` that the product needs; nil for runoff, which is always computed.
  var hazard: String? {
    switch self {
    case .rain, .runoff, .ground, .hazardClass: nil
    case .depth, .standingDepth, .eventFlow, .filled, .flowDirections, .flowAccumulation, .slope, .aspect,
      .planCurvature,
      .profileCurvature,
      .wetnessIndex, .upslopeLength, .hand, .drainageDistance, .edgeContaminated:
      "flood"
    case .depthVelocity, .floodHazardRating, .floodHazardClass: "flood.velocity"
    case .flowSpeed, .flowArrival, .flowPeakTime, .flowDuration, .flowFinalDepth, .flowFrames: "surface_flow"
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
  /// `flow_paths`, `landslide`, `runout`, `quick_clay`, `peak_runoff`, the ids of assets, and
  /// that of buildings with `_tek17` behind it.
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
          + "landslide, runout, quick_clay, peak_runoff, the ids of assets and, with tek17, that of buildings with _tek17 "
          + "behind it (buildings_tek17); all that there are unless given."),
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

/// Layers that are written, each to a file of its own.
public struct LayerFilesSection: Sendable, Equatable {
  /// The layers, as for GeoJSON.
  public internal(set) var layers: [String] = []
}

extension LayerFilesSection: ConfigurationSection {
  static let specification = ObjectSpecification<LayerFilesSection>(
    summary: "The layers that are written in a format, each to a file of its own.",
    keys: [
      .derived("layers", \.layers, .list(of: .text(.id), atLeast: 1), "Layers; all that there are unless given.")
    ])
}

/// The tables that are written.
public struct TablesSection: Sendable, Equatable {
  /// Whether they are written as CSV.
  public internal(set) var csv = true
  /// Whether the CSV is laid out for a Norwegian spreadsheet.
  public internal(set) var excel = false
  /// Whether they are written as one workbook.
  public internal(set) var xlsx = false
}

extension TablesSection: ConfigurationSection {
  static let specification = ObjectSpecification<TablesSection>(
    summary: "The tables that are written.",
    keys: [
      .defaulted("csv", \.csv, .boolean, "Whether they are written as CSV."),
      .defaulted(
        "excel", \.excel, .boolean,
        "Whether the CSV is laid out for a Norwegian spreadsheet: semicolons, decimal comma, byte order mark."),
      .defaulted("xlsx", \.xlsx, .boolean, "Whether they are written as one workbook, a sheet for each."),
    ])
}

/// The report for people.
public struct ReportSection: Sendable, Equatable {
  /// Whether it is written.
  public internal(set) var html = true
  /// How many areas its ranking lists.
  public internal(set) var top = 20
  /// The language that it opens in.
  public internal(set) var language = ReportLanguage.english
}

/// The language that the report opens in; it holds both.
public enum ReportLanguage: String, Sendable, CaseIterable {
  /// English.
  case english = "en"
  /// Norwegian bokmål.
  case bokmal = "nb"
}

extension ReportSection: ConfigurationSection {
  static let specification = ObjectSpecification<ReportSection>(
    summary: "The report for people, one file that needs no network.",
    keys: [
      .defaulted("html", \.html, .boolean, "Whether report.html is written."),
      .defaulted("top", \.top, .integer(1...1000), "How many areas the ranking lists."),
      .defaulted("language", \.language, .choice, "Language that it opens in; it holds both."),
    ])
}

/// Descriptions of the run for catalogues.
public enum MetadataFormat: String, Sendable, CaseIterable {
  /// Research object: what was run, on what, with what result.
  case roCrate = "ro_crate"
  /// Hazard, exposure and loss after the Risk Data Library Standard.
  case riskDataLibrary = "rdls"
}

/// What becomes of an older run in the database.
public enum PostGISMode: String, Sendable, CaseIterable {
  /// The schema holds one run, the last.
  case replace
  /// Every run has a schema of its own, with the run's identity behind the name.
  case version
}

/// The database that a run is published to as well.
public struct PostGISSection: Sendable, Equatable {
  /// How the database is reached, as GDAL and libpq write it; without a password.
  public internal(set) var connection = ""
  /// The schema of the tables.
  public internal(set) var schema = "overvann"
  /// What becomes of an older run.
  public internal(set) var mode = PostGISMode.replace
}

extension PostGISSection: ConfigurationSection {
  static let specification = ObjectSpecification<PostGISSection>(
    summary: "The database that a run is published to, once everything else is written.",
    keys: [
      .required(
        "connection", \.connection,
        .text.checked { text in
          guard text.hasPrefix("PG:") else { return "begins without PG:" }
          let parts = text.dropFirst(3).lowercased()
          let isURL = parts.contains("://") && parts.contains("@")
          // The value is not repeated: it may hold the password.
          return parts.contains("password") || parts.contains("passwd") || isURL
            ? "may hold a password, which would stand in files; use PGPASSFILE, PGPASSWORD or PGSERVICE" : nil
        },
        "Connection such as PG:service=gis or PG:host=… dbname=…; never with a password, which libpq takes from "
          + "PGPASSFILE, PGPASSWORD or a service."),
      .defaulted("schema", \.schema, .text(.schemaName), "Schema of the tables."),
      .defaulted(
        "mode", \.mode, .choice,
        "replace: the schema holds the last run alone; version: each run has the schema NAME_RUNID."),
    ])
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
  /// The layers as GeoJSON text sequences; nil where none are written.
  public internal(set) var geojsonSequences: LayerFilesSection?
  /// The layers as FlatGeobuf; nil where none are written.
  public internal(set) var flatGeobuf: LayerFilesSection?
  /// Whether surfaces made from cells are drawn with their corners cut.
  public internal(set) var smooth = false
  /// The report for people; nil where none is written.
  public internal(set) var report: ReportSection?
  /// Descriptions of the run for catalogues.
  public internal(set) var metadata: [MetadataFormat] = []
  /// Who publishes the results; nil where no description needs it.
  public internal(set) var publication: PublicationSection?
  /// The database that the run is published to; nil for none.
  public internal(set) var postgis: PostGISSection?
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
      .optional(
        "geojsonseq", \.geojsonSequences, LayerFilesSection.specification.format,
        "GeoJSON text sequences, a feature a line; none where absent."),
      .optional(
        "flatgeobuf", \.flatGeobuf, LayerFilesSection.specification.format,
        "FlatGeobuf in the reference system of the grid; none where absent."),
      .defaulted(
        "smooth", \.smooth, .boolean,
        "Whether the surfaces of bluespots, water and slopes are drawn with their corners cut; areas in fields stay "
          + "those of the cells."),
      .optional(
        "report", \.report, ReportSection.specification.format, "Report for people, report.html; none where absent."),
      .defaulted(
        "metadata", \.metadata, .list(of: .choice),
        "Descriptions of the run for catalogues: ro_crate (Process Run Crate), rdls (Risk Data Library Standard 0.3, "
          + "which needs publication)."),
      .optional(
        "publication", \.publication, PublicationSection.specification.format,
        "Who publishes the results, where, and on what terms: for the descriptions under metadata."),
      .optional(
        "postgis", \.postgis, PostGISSection.specification.format,
        "Database that the run is published to as well; none where absent."),
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
