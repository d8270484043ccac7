import ArgumentParser
import Landslide
import Pipeline

/// `overvann landslide quick-clay`: terrain that quick clay may slide in.
struct LandslideQuickClayCommand: ParsableCommand {
  /// Types of slide.
  enum Slide: String, CaseIterable, ExpressibleByArgument {
    case retrogressive
    case flake
    case rotational

    var type: ClaySlideType {
      switch self {
      case .retrogressive: .retrogressive
      case .flake: .flake
      case .rotational: .rotational
      }
    }
  }

  static let configuration = CommandConfiguration(
    commandName: "quick-clay", abstract: "Terrain criteria of quick-clay slides: reach, release area and runout.",
    discussion: """
      Marks ground below the marine limit on marine deposits that lies on a line 1:20 from the foot of a slope at least \
      5 m lower, or within 20 times the height of the slope; the release area on the line 1:15, or what retrogression \
      takes from given feet such as streams; and the runout of its clay. The figures follow the guide NVE 1/2019 as far \
      as they are known here and can all be set; the report names their sources. Susceptibility, no hazard zone.

      EXAMPLES
        overvann landslide quick-clay dtm.tif --marine-limit "215 m" \\
          --deposits deposits.tif --deposit-table clay.csv --out clay
        overvann landslide quick-clay dtm.tif --void 0 --feet stream.shp \\
          --foot-depth 0.5 --out clay
        overvann landslide quick-clay dtm.tif --slide rotational --open-ground \\
          --reach 20 --min-height 5 --out clay
      """)

  @OptionGroup var elevation: ElevationOptions

  @Option(help: "A height that stands for no data besides the file's own, such as 0 for voids.")
  var void: Double?

  @OptionGroup(title: "Where clay may be") var ground: ClayGroundOptions
  @OptionGroup(title: "Feet of slopes") var feet: FootOptions
  @OptionGroup(title: "Figures") var figures: ClayFigureOptions

  @Option(help: "Type of slide: retrogressive, flake or rotational.")
  var slide = Slide.retrogressive

  @Flag(help: "Clay runs out over open ground instead of along a channel.")
  var openGround = false

  @Option(help: "Area in m² from which a zone is drawn in the layer.")
  var minArea = 0.0

  @Option(help: "Folder of the results.", completion: .directory)
  var out: String

  @OptionGroup var options: AnalysisOptions

  func validate() throws {
    guard minArea >= 0 else { throw ValidationError("--min-area \(minArea): at least 0") }
    let rules = rules
    do {
      for run in [rules.reach.value, rules.slide.length.value, rules.initialRun.value] {
        _ = try rules.criterion(run: run)
      }
    } catch {
      throw ValidationError("\(error)")
    }
  }

  private var rules: QuickClayRules {
    var rules = figures.rules
    rules.slide = slide.type
    figures.set(&rules.slide)
    return rules
  }

  func run() throws {
    var analysis = QuickClayAnalysis(elevation.input, output: out)
    analysis.void = void
    analysis.marineLimit = ground.marineLimit
    analysis.marineArea = ground.marineArea
    analysis.maps = Array(zip(ground.deposits, ground.depositTable)).map { (raster: $0, table: $1) }
    analysis.feet = feet.feet
    analysis.footDepth = feet.footDepth
    analysis.rules = rules
    analysis.isChannelled = !openGround
    analysis.leastArea = minArea
    analysis.files = options.files
    analysis.threads = options.threads
    try options.run("landslide quick-clay") { progress throws(RunFailure) in try analysis.run(progress: progress) }
  }
}

/// Where sensitive clay may be.
struct ClayGroundOptions: ParsableArguments {
  @Option(help: "Marine limit, such as \"215 m\", or a raster in metres; no limit where it is not given.")
  var marineLimit: String?

  @Option(help: "Raster that is above 0 below the marine limit, in its place.", completion: .file())
  var marineArea: String?

  @Option(help: "Raster of deposits' or ground conditions' codes; may be given several times.", completion: .file())
  var deposits: [String] = []

  @Option(
    help: "Table of their meaning: deposit_code, clay (marine, thin_cover or other), source. One for each raster.",
    completion: .file(extensions: ["csv"]))
  var depositTable: [String] = []

  func validate() throws {
    if marineLimit != nil, marineArea != nil {
      throw ValidationError("--marine-limit and --marine-area say the same: give one of them")
    }
    guard deposits.count == depositTable.count else {
      throw ValidationError("give as many --deposit-table as --deposits")
    }
  }
}

/// The feet of slopes.
struct FootOptions: ParsableArguments {
  @Option(help: "Lines, surfaces or raster of feet, such as streams; every cell where it is not given.")
  var feet: String?

  @Option(help: "Depth in metres of the feet below the terrain, such as that of a stream's bed.")
  var footDepth = 0.0

  func validate() throws {
    guard footDepth >= 0, footDepth.isFinite else { throw ValidationError("--foot-depth \(footDepth): at least 0") }
    if feet == nil, footDepth != 0 { throw ValidationError("--foot-depth needs --feet") }
  }
}

/// The figures of the rules; those given are the user's own.
struct ClayFigureOptions: ParsableArguments {
  @Option(help: "Run n of the gentlest line 1:n (20).")
  var reach: Double?
  @Option(help: "Least height above the foot, m (5).")
  var minHeight: Double?
  @Option(help: "Width of the area near a slope over its height (20).")
  var heightFactor: Double?
  @Option(help: "Greatest distance from the foot, m (2000).")
  var maxLength: Double?
  @Option(help: "Distance from given feet within which no slope is asked for, m (75).")
  var freeDistance: Double?
  @Option(help: "Run n of the line 1:n of a first slide at given feet (4).")
  var initialRun: Double?
  @Option(help: "Length of the release area over the slope's height (15; 5 for rotational slides).")
  var slideLength: Double?
  @Option(help: "Runout length over the release area's.")
  var runoutFactor: Double?

  func validate() throws {
    for (name, value) in [
      ("--reach", reach), ("--min-height", minHeight), ("--height-factor", heightFactor), ("--max-length", maxLength),
      ("--initial-run", initialRun), ("--slide-length", slideLength), ("--runout-factor", runoutFactor),
    ] {
      if let value, !(value > 0 && value.isFinite) { throw ValidationError("\(name) \(value): above 0") }
    }
    if let freeDistance, !(freeDistance >= 0) { throw ValidationError("--free-distance \(freeDistance): at least 0") }
  }

  var rules: QuickClayRules {
    var rules = QuickClayRules()
    set(reach, &rules.reach)
    set(minHeight, &rules.smallestHeight)
    set(heightFactor, &rules.heightFactor)
    set(maxLength, &rules.greatestLength)
    set(freeDistance, &rules.freeDistance)
    set(initialRun, &rules.initialRun)
    return rules
  }

  func set(_ slide: inout ClaySlideType) {
    set(slideLength, &slide.length)
    set(runoutFactor, &slide.channelledRunout)
    set(runoutFactor, &slide.openRunout)
  }

  private func set(_ value: Double?, _ figure: inout RuleFigure) {
    guard let value else { return }
    figure = RuleFigure(value, unit: figure.unit, source: "command line", evidence: .confirmed)
  }
}
