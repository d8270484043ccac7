import Foundation
import TestSupport
import Testing

@testable import Pipeline

/// What goes into the keys of steps, for the pipelines that come with the program.
@Suite(.serialized) struct StepKeyTests {
  /// Hashes are taken once for all tests.
  private nonisolated(unsafe) static let hashes = ContentHashes(memory: nil)

  private static func text(_ name: String) throws -> String {
    try String(contentsOf: packageRoot.appendingPathComponent("pipelines/\(name).yaml"), encoding: .utf8)
  }

  /// The keys of a pipeline's steps; of the steps of scenarios that of the first.
  private static func keys(
    _ text: String, _ overrides: [String] = [], environment: [String: String] = [:], hashes: ContentHashes = hashes
  ) throws -> [String: String] {
    let pipeline = try PipelineFile.parse(
      Array(text.utf8), file: "keys.yaml", folder: packageRoot.appendingPathComponent("pipelines").path,
      overrides: overrides, environment: environment)
    var keys: [String: String] = [:]
    for step in StepGraph(pipeline, hashes).steps {
      let scenario = pipeline.scenarios.first { step.id.hasSuffix(" \($0.id)") }
      let name = scenario.map { String(step.id.dropLast($0.id.count + 1)) } ?? step.id
      let key: String = try #require(step.key, "\(step.id): an input cannot be read")
      if keys[name] == nil { keys[name] = key }
    }
    return keys
  }

  private static func changed(_ left: [String: String], _ right: [String: String]) -> Set<String> {
    Set(Set(left.keys).union(right.keys).filter { left[$0] != right[$0] })
  }

  /// A changed parameter, and the steps whose results depend on it.
  struct Change: CustomTestStringConvertible {
    let override: String
    let steps: Set<String>

    init(_ override: String, _ steps: Set<String>) { (self.override, self.steps) = (override, steps) }

    var testDescription: String { override }
  }

  static let inputs: Set<String> = ["input land_cover", "input deposits", "input marine_area"]
  static let fromTerrain: Set<String> = [
    "terrain", "release areas", "quick clay", "runout", "bluespots", "ground checks", "scenario", "terrain rasters",
  ]
  static let all = inputs.union(fromTerrain).union(["buildings buildings"])

  static let nightly = [
    Change("grid.resolution=5 m", all),
    // The grid is like the terrain.
    Change("inputs.dtm.nodata=5", all),
    Change("inputs.saturation.value=20", ["scenario"]),
    Change("inputs.forecast.unit=cm", ["scenario"]),
    Change(
      "inputs.deposits.path=../fixtures/sandvika/land_cover.tif",
      ["input deposits", "quick clay", "scenario", "terrain rasters"]),
    Change("tables.curve_numbers=../fixtures/tables/soil_groups.csv", ["scenario"]),
    Change("tables.clay_deposits=../fixtures/tables/soil_groups.csv", ["quick clay", "scenario", "terrain rasters"]),
    Change(
      "tables.release_thresholds=../fixtures/tables/soil_groups.csv",
      ["release areas", "runout", "scenario", "terrain rasters"]),
    Change("tables.forest_index=../fixtures/tables/soil_groups.csv", ["runout", "scenario"]),
    Change("scenarios[0].climate_factor=1.2", ["scenario"]),
    Change("hazards.runoff.lambda=0.05", ["scenario"]),
    Change("hazards.runoff.interception=1 mm", ["scenario"]),
    Change("hazards.flood.breach_length=40 m", fromTerrain),
    Change("hazards.flood.breach_depth=1 m", fromTerrain),
    Change("hazards.flood.nodata=wall", fromTerrain),
    Change("hazards.flood.min_depth=0.07 m", ["bluespots", "scenario"]),
    Change("hazards.flood.flow_path_area=20000 m2", ["bluespots", "scenario", "terrain rasters"]),
    Change("hazards.slide.min_area=100 m2", ["scenario", "terrain rasters"]),
    Change("hazards.slide.recharge.antecedent=7 mm/d", ["scenario", "terrain rasters"]),
    Change("hazards.slide.release.regions=deposits", ["release areas", "runout", "scenario", "terrain rasters"]),
    Change("hazards.warning.mean_annual=900 mm", ["scenario"]),
    Change("hazards.runout.angle=20 deg", ["runout", "scenario"]),
    Change("hazards.runout.forest.skip=5 m", ["runout", "scenario"]),
    Change("hazards.quick_clay.reach=10", ["quick clay", "scenario", "terrain rasters"]),
    Change("exposure.assets.roads.exposed_if=depth >= 0.5 m", ["ground checks", "runout", "scenario"]),
    Change(
      "exposure.assets.buildings.exposed_if=depth >= 0.2 m",
      ["buildings buildings", "ground checks", "runout", "scenario"]),
    Change("policy.min_covered_frac=0.5", ["ground checks", "scenario"]),
    Change("policy.invalid_geometry=skip", fromTerrain.union(["buildings buildings"])),
    Change("outputs.cog=[depth]", ["scenario", "terrain rasters"]),
    Change("outputs.smooth=true", ["bluespots", "scenario"]),
    Change("outputs.tables.csv=false", []),
    Change("alerts.exit_code=0", []),
    Change("title=Other", ["scenario"]),
  ]

  @Test func aParameterChangesTheKeysOfTheStepsThatUseIt() throws {
    let text = try Self.text("nightly")
    let base = try Self.keys(text)
    #expect(Set(base.keys) == Self.all)
    for change in Self.nightly {
      #expect(Self.changed(base, try Self.keys(text, [change.override])) == change.steps, "\(change.override)")
    }
  }

  @Test(arguments: [
    Change("hazards.surface_flow.courant=0.5", ["surface flow", "scenario"]),
    Change("hazards.surface_flow.step_ratio=4", ["surface flow", "scenario"]),
    Change("hazards.surface_flow.edge_slope=0.1", ["surface flow", "scenario"]),
    Change("hazards.runoff.drainage_rate=6 mm/h", ["surface flow", "scenario"]),
    Change("inputs.rain.storm.step=10 min", ["surface flow", "scenario"]),
    Change("tables.roughness=../fixtures/tables/impervious.csv", ["surface flow", "scenario"]),
    Change("hazards.flood.min_volume=20 m3", ["bluespots", "scenario"]),
    Change("exposure.assets.buildings.sample.width=5 m", ["buildings buildings", "ground checks", "scenario"]),
  ]) func surfaceFlowIsKeptAsLongAsItsWaterIs(change: Change) throws {
    let text = try Self.text("surface_flow")
    #expect(Self.changed(try Self.keys(text), try Self.keys(text, [change.override])) == change.steps)
  }

  @Test(arguments: [
    Change("hazards.surface_flow.frame_every=5 min", ["surface flow", "scenario"]),
    Change("hazards.surface_flow.sheet_depth=1 cm", ["surface flow", "scenario"]),
    Change("hazards.surface_flow.full_depth=0.3 m", ["surface flow", "scenario"]),
    Change("hazards.surface_flow.depth_dependent=false", ["surface flow", "scenario"]),
    Change("hazards.surface_flow.initial_depth=other", ["surface flow", "scenario"]),
    Change("inputs.water.path=../fixtures/sandvika/forecast_h3.tif", ["surface flow", "scenario"]),
    Change("inputs.water.unit=cm", ["surface flow", "scenario"]),
    Change("inputs.water.nodata=5", ["surface flow", "scenario"]),
    Change("inputs.other.unit=cm", ["scenario"]),
    Change("outputs.cog=[flow_frames, depth]", ["scenario", "terrain rasters"]),
  ]) func waterAtTheStartFramesAndThinWaterBelongToTheFlow(change: Change) throws {
    // Thin water keeps its depths where it is to have another n, or none.
    let isSheet = change.override.contains("depth_dependent")
    let text = try Self.text("surface_flow")
    let settings =
      [
        "inputs.water={kind: depth, path: ../fixtures/sandvika/forecast_h1.tif, unit: m}",
        "inputs.other={kind: depth, path: ../fixtures/sandvika/forecast_h2.tif, unit: m}",
        "hazards.surface_flow.initial_depth=water", "hazards.surface_flow.depth_dependent=true",
        "hazards.surface_flow.frame_every=10 min", "outputs.cog=[flow_frames]",
      ]
      + (isSheet ? [] : ["hazards.surface_flow.sheet_depth=2 cm", "hazards.surface_flow.full_depth=0.2 m"])
    let base = try Self.keys(text, settings)
    #expect(Self.changed(base, try Self.keys(text, settings + [change.override])) == change.steps)
  }

  @Test func thinWaterOfEvenGroundBelongsToTheFlow() throws {
    let text = try Self.text("surface_flow")
    let even = ["roughness=null", "land_cover=null", "manning=0.05"].map { "hazards.surface_flow.\($0)" }
    let base = try Self.keys(text, even)
    let changed = Self.changed(base, try Self.keys(text, even + ["hazards.surface_flow.sheet_manning=0.2"]))
    #expect(changed == ["surface flow", "scenario"])
  }

  @Test(arguments: [
    Change("exposure.damage.floor_height=0.3 m", ["scenario"]), Change("exposure.ranking.damage=3", ["scenario"]),
    Change("exposure.tek17.search_distance=5 m", ["scenario"]),
    Change("exposure.expected_annual.method=trapezoid", ["scenario"]),
    Change("tables.hazard_classes=../fixtures/tables/soil_groups.csv", ["scenario"]),
  ]) func damageAndClassesAreMatterOfScenariosAlone(change: Change) throws {
    let text = try Self.text("sandvika")
    #expect(Self.changed(try Self.keys(text), try Self.keys(text, [change.override])) == change.steps)
  }

  @Test func filesOfAnInputCountInTheirOrder() throws {
    var text = try Self.text("nightly")
    for hour in 1...6 {
      text = text.replacing("\"${FORECAST}/forecast_h\(hour).tif\"", with: "\"${H\(hour)}\"")
      text = text.replacing("env:\n", with: "env:\n  H\(hour): {default: ../fixtures/sandvika/forecast_h\(hour).tif}\n")
    }
    let base = try Self.keys(text)
    // The same files, and the same texts in the pipeline file: nothing but their order differs.
    let swapped = try Self.keys(
      text,
      environment: [
        "H1": "../fixtures/sandvika/forecast_h2.tif", "H2": "../fixtures/sandvika/forecast_h1.tif",
      ])
    #expect(Self.changed(base, swapped) == ["scenario"])
  }

  @Test func filesThatTablesNameBelongToThem() throws {
    let folder = TemporaryFolder()
    let table = folder.write(
      "culvert_id,shape,rating,diameter_m\nK1,rating,r.csv,\nK2,circle,none.csv,0.6\nK3,rating,/data/far.csv,\n",
      to: "culverts.csv")
    #expect(PipelineFile.files(namedBy: table) == [folder.path("r.csv"), "/data/far.csv"])
    // Return-period tables of other programs may be Latin-1.
    let periods = folder.write(
      Data("return_period_a,duration_min,path,unit,sted\n20,60,h1.tif,mm,B".utf8) + [0xE6] + Data("rum\n".utf8),
      to: "rasters.csv")
    #expect(PipelineFile.files(namedBy: periods) == [folder.path("h1.tif")])

    let sizes = folder.write("culvert_id,shape,rating\nK1,rating,r.csv\n", to: "sizes.csv")
    let text = try Self.text("surface_flow")
      .replacing("tables:\n", with: "tables:\n  sizes: \(sizes)\n")
      .replacing("    edge: free\n", with: "    edge: free\n    culverts: sizes\n")
    _ = folder.write("head_m,discharge_m3_s\n0,0\n1,0.5\n", to: "r.csv")
    let before = try Self.keys(text, hashes: ContentHashes(memory: nil))
    _ = folder.write("head_m,discharge_m3_s\n0,0\n1,0.7\n", to: "r.csv")
    let after = try Self.keys(text, hashes: ContentHashes(memory: nil))
    #expect(Self.changed(before, after) == ["surface flow", "scenario"])
  }
}
