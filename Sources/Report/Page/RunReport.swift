public import Geodata
public import Grids

/// The report of a run: one HTML file for people, without network, that can be read, sorted, printed and archived.
///
/// A pure function of its parts: equal parts give equal bytes. Every text that comes from the user's data is escaped.
public struct RunReport: Sendable {
  /// A language of the report.
  public enum Language: String, Sendable, CaseIterable {
    /// English.
    case english = "en"
    /// Norwegian bokmål.
    case bokmal = "nb"
  }

  /// One weather of the run.
  public struct Scenario: Sendable, Hashable {
    /// Identifier.
    public var id: String
    /// Return period in years; nil where it has none.
    public var returnPeriod: Double?
    /// Factor on today's rain.
    public var climateFactor: Double?
    /// Where the climate factor comes from.
    public var climateSource: String?

    /// Describes a scenario.
    public init(id: String, returnPeriod: Double?, climateFactor: Double?, climateSource: String?) {
      self.id = id
      self.returnPeriod = returnPeriod
      self.climateFactor = climateFactor
      self.climateSource = climateSource
    }
  }

  /// A picture behind the map, such as a shaded relief.
  public struct Backdrop: Sendable, Hashable {
    /// PNG or JPEG.
    public var mediaType: String
    /// The bytes of the picture.
    public var bytes: [UInt8]
    /// Where it lies.
    public var extent: Extent

    /// Describes a picture.
    public init(mediaType: String, bytes: [UInt8], extent: Extent) {
      self.mediaType = mediaType
      self.bytes = bytes
      self.extent = extent
    }
  }

  /// Heading.
  public var title: String
  /// Language that the page opens in; it holds both.
  public var language = Language.english
  /// How many areas the ranking lists.
  public var top = 20
  /// Identity of the run.
  public var runID: String
  /// How the run ended.
  public var status: Manifest.Status
  /// Name and version of the program.
  public var generator: String
  /// The analysis grid.
  public var geometry: GridGeometry
  /// The weathers, in the order of the run.
  public var scenarios: [Scenario]
  /// Whether the model lets the drains carry water away.
  public var representsDrains = false
  /// Whether culverts are cut into the terrain.
  public var representsCulverts = false
  /// What counts as exposed, such as `buildings: depth >= 0.1 m`.
  public var exposureRules: [String] = []
  /// Layers of the run; those that the map knows are drawn.
  public var layers: [FeatureLayer]
  /// Tables of the run.
  public var tables: [FeatureTable]
  /// Names of the layers of buildings.
  public var buildingLayers: [String] = []
  /// Names of the layers of roads.
  public var roadLayers: [String] = []
  /// A picture behind the map.
  public var backdrop: Backdrop?
  /// Where the water went.
  public var waterBalance: [WaterBalanceRecord] = []
  /// Warnings by code.
  public var warnings: [WarningRecord] = []
  /// Rules and tables that the results rest on.
  public var rules: [RuleRecord] = []
  /// Proofs of results.
  public var certificates: [CertificateRecord] = []
  /// Papers and data sources.
  public var citations: [String] = []
  /// Files that were read.
  public var inputs: [InputRecord] = []
  /// Counts worth telling.
  public var counters: JSONObject = [:]

  /// Starts a report; its other parts are filled in afterwards.
  public init(
    title: String, runID: String, status: Manifest.Status, generator: String, geometry: GridGeometry,
    scenarios: [Scenario], layers: [FeatureLayer], tables: [FeatureTable]
  ) {
    self.title = title
    self.runID = runID
    self.status = status
    self.generator = generator
    self.geometry = geometry
    self.scenarios = scenarios
    self.layers = layers
    self.tables = tables
  }

  /// The whole page.
  public var html: String {
    let markup = Markup(language: language)
    let data = ReportData(self)
    let sections = [
      ReportIntroduction(report: self, data: data, markup: markup).html,
      ReportMap(report: self, data: data, markup: markup).html,
      ReportRanking(report: self, data: data, markup: markup).html,
      ReportCharts(report: self, data: data, markup: markup).html,
      ReportFindings(report: self, data: data, markup: markup).html,
      ReportWaterBalance(report: self, markup: markup).html,
      ReportQuality(report: self, data: data, markup: markup).html,
      ReportMethod(report: self, markup: markup).html,
    ]
    let policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
    return """
      <!DOCTYPE html>
      <html lang="\(language.rawValue)">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="\(policy)">
      <meta name="generator" content="\(Markup.escaped(generator))">
      <title>\(Markup.escaped(title))</title>
      <style>
      \(ReportStyle.sheet)
      </style>
      </head>
      <body>
      \(sections.filter { !$0.isEmpty }.joined(separator: "\n"))
      <script type="application/json" id="data">\(Markup.scriptData(data.json))</script>
      <script>
      \(ReportScript.source)
      </script>
      </body>
      </html>

      """
  }

  /// The scenario that the page opens with: the rarest up to 200 years, the design event of most buildings, else the
  /// last.
  var openingScenario: Int {
    let known = scenarios.indices.filter { (scenarios[$0].returnPeriod ?? .infinity) <= 200 }
    let rarest = known.max {
      ((scenarios[$0].returnPeriod ?? 0), $0) < ((scenarios[$1].returnPeriod ?? 0), $1)
    }
    return rarest ?? max(0, scenarios.count - 1)
  }

  /// The name of a scenario for people.
  func name(of scenario: Scenario, _ markup: Markup) -> String {
    let id = Markup.escaped(scenario.id)
    guard let years = scenario.returnPeriod else { return id }
    let number = markup.number(years, decimals: years == years.rounded() ? 0 : 1)
    return "<span class=\"years\">\(number) \(ReportText.years.html)</span>"
  }

  func layer(_ name: String) -> FeatureLayer? { layers.first { $0.name == name } }

  func table(_ name: String) -> FeatureTable? { tables.first { $0.name == name } }
}
