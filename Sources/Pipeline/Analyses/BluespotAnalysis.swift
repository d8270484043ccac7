import Foundation
import Geodata
import Report
import Terrain

/// Where rain stands on an elevation raster: `overvann bluespots`.
///
/// It is a pipeline of one hazard without exposure; layers, tables, rasters and manifest are those of a run.
public struct BluespotAnalysis: Sendable {
  /// Rain of one scenario.
  public struct Rain: Sendable, Equatable {
    /// Depth everywhere, such as `60 mm`, or the path of a raster.
    public var amount: String
    /// Return period such as `20 a`; nil where the event has none.
    public var returnPeriod: String?

    /// Rain from a text such as `60mm`, `rain.tif` or `20a=45mm`.
    public init(_ text: String) {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      if parts.count == 2, (try? Quantity(parts[0], .period)) != nil {
        returnPeriod = parts[0]
        amount = parts[1]
      } else {
        amount = text
      }
    }

    /// Whether the amount is a depth and not a path.
    var isDepth: Bool { (try? Quantity(amount, .length)) != nil }
  }

  /// Drains and pumps in bluespots.
  public struct Drains: Sendable, Equatable {
    /// Layer of points.
    public var path: String
    /// Field of their identifiers.
    public var id: String
    /// Field with what they can take.
    public var capacity: String
    /// Unit of that field: l/s, m3/s or m3/h.
    public var unit: String
    /// Time that they run, such as `1 h`.
    public var time: String

    /// Drains of a layer.
    public init(path: String, id: String, capacity: String, unit: String, time: String) {
      self.path = path
      self.id = id
      self.capacity = capacity
      self.unit = unit
      self.time = time
    }
  }

  /// The terrain.
  public var elevation: ElevationRaster
  /// Rain, one scenario each.
  public var rains: [Rain]
  /// Unit of the rain rasters.
  public var rainUnit = "mm"
  /// Time in which the rain falls.
  public var duration = "60 min"
  /// Curve number of the whole ground; nil takes the coefficient.
  public var curveNumber: Double?
  /// Share of the rain that runs off everywhere.
  public var coefficient = 1.0
  /// What the drains take from the runoff.
  public var drainage = "0 mm"
  /// Lines of culverts that are burned into the terrain; nil for none.
  public var culverts: String?
  /// Field of the culverts' identifiers.
  public var culvertID = "id"
  /// Depth that ground under standing water takes up over the event.
  public var infiltration = "0 mm"
  /// Points of drains and pumps; nil for none.
  public var drains: Drains?
  /// Volume from which a bluespot is listed.
  public var leastVolume = "1 m3"
  /// Area from which a bluespot is listed.
  public var leastArea = "0 m2"
  /// Greatest depth from which a bluespot is listed.
  public var leastDepth = "0 m"
  /// Upslope area from which a flow path is drawn.
  public var flowPathArea = "5000 m2"
  /// Whether the watersheds of the outermost bluespots are written too.
  public var watersheds = false
  /// Folder of the results.
  public var output: String
  /// How an older run is treated, and the threads.
  public var options = RunOptions()

  /// An analysis with every option at its default.
  public init(_ elevation: ElevationRaster, rains: [Rain], output: String) {
    self.elevation = elevation
    self.rains = rains
    self.output = output
  }

  /// Runs the pipeline that the options describe.
  /// - Throws: ``RunFailure``; then nothing has been published.
  public func run(
    observer: @escaping (RunEvent) -> Void, stopSignal: @escaping () -> StopSignal?
  ) throws(RunFailure) -> RunOutcome {
    let place = "overvann bluespots"
    let information = try RunFailure.locating(at: SourcePosition(file: elevation.path)) {
      try inspectRaster(elevation.path)
    }
    let unit = try elevation.unit(of: information, at: SourcePosition(file: elevation.path))
    let text = JSONValue.object(configuration(unit: unit, vertical: information.verticalName ?? "not stated"))
    var pipeline: PipelineFile
    do throws(PipelineFileError) {
      pipeline = try PipelineFile.parse(
        text.encoded(pretty: true), file: place, folder: FileManager.default.currentDirectoryPath)
    } catch {
      throw RunFailure(
        .configuration,
        error.diagnostics.map {
          Diagnostic(
            $0.code, severity: $0.severity, at: SourcePosition(file: place), keyPath: $0.keyPath, $0.message,
            hint: $0.hint)
        })
    }
    // Nobody wrote lines that a message could point at.
    pipeline.origin.positions = [:]
    var options = options
    options.output = output
    // One command, one folder: nothing is left beside it.
    options.usesCache = false
    return try Pipeline.run(pipeline, options, observer: observer, stopSignal: stopSignal)
  }

  /// The pipeline as its file would say it.
  func configuration(unit: LengthUnit, vertical: String) -> JSONObject {
    var dtm: JSONObject = [
      "kind": "elevation", "path": .string(elevation.path), "unit": .string(unit.rawValue),
      "vertical": .string(vertical),
    ]
    if let band = elevation.band { dtm["band"] = JSONValue(band) }
    if let crs = elevation.crs { dtm["crs"] = .string(crs) }
    var inputs: JSONObject = ["dtm": .object(dtm)]
    var scenarios: [JSONValue] = []
    for (number, rain) in rains.enumerated() {
      let name = "rain\(number + 1)"
      inputs[name] =
        rain.isDepth
        ? ["kind": "rain", "value": .string(rain.amount), "duration": .string(duration)]
        : [
          "kind": "rain", "path": .string(rain.amount), "unit": .string(rainUnit), "duration": .string(duration),
        ]
      var scenario: JSONObject = ["id": .string(name), "rain": .string(name), "climate_factor": .integer(1)]
      if let period = rain.returnPeriod { scenario["return_period"] = .string(period) }
      scenarios.append(.object(scenario))
    }
    var flood: JSONObject = [
      "use": "fill_spill", "dtm": "dtm", "nodata": .string(elevation.nodata.rawValue),
      "min_volume": .string(leastVolume), "flow_path_area": .string(flowPathArea), "drainage": .string(drainage),
      "min_area": .string(leastArea), "min_bluespot_depth": .string(leastDepth),
      "infiltration": .string(infiltration), "watersheds": .bool(watersheds),
    ]
    if let drains {
      inputs["drains"] = [
        "kind": "drain", "path": .string(drains.path), "id": .string(drains.id), "capacity": .string(drains.capacity),
        "unit": .string(drains.unit),
      ]
      flood["drains"] = "drains"
      flood["drain_time"] = .string(drains.time)
    }
    if let culverts {
      inputs["culverts"] = ["kind": "line", "path": .string(culverts), "id": .string(culvertID)]
      flood["culverts"] = "culverts"
    }
    let runoff: JSONObject =
      curveNumber.map { ["use": "curve_number", "value": .number($0)] }
      ?? ["use": "coefficient", "value": .number(coefficient)]
    return [
      "version": .integer(1), "name": "bluespots", "grid": ["like": "dtm"], "inputs": .object(inputs),
      "scenarios": .array(scenarios), "hazards": ["runoff": .object(runoff), "flood": .object(flood)],
      "outputs": ["dir": .string(output), "geojson": [:], "gpkg": [:], "cog": ["depth"]],
    ]
  }
}
