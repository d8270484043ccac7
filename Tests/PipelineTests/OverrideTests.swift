import Pipeline
import Testing

@Suite struct OverrideTests {
  @Test func changesValues() throws {
    let pipeline = try parse(
      samplePipeline,
      overrides: [
        "grid.resolution=2 m", "scenarios.t200.climate_factor=1.3", "scenarios[0].T=25",
        "hazards.slide.classes=[1.1, 1.3, 1.4]", "outputs.gpkg.styles = false", "hazards.flood.drainage= 10 mm",
        "exposure.assets.buildings.sample={where: footprint}", "grid.resolution=3 m", "title=a=b",
      ])
    #expect(pipeline.grid.resolution?.metres == 3)
    #expect(pipeline.scenarios[1].climateFactor == 1.3)
    #expect(pipeline.scenarios[0].values["T"] == "25")
    #expect(pipeline.hazards.slide?.classes == [1.1, 1.3, 1.4])
    #expect(pipeline.outputs.geopackage?.styles == false)
    #expect(pipeline.hazards.flood?.drainage.metres == 0.01)
    #expect(pipeline.exposure?.assets["buildings"]?.sample?.location == .footprint)
    #expect(pipeline.title == "a=b")
    #expect(pipeline.position(of: "grid.resolution").description == "--set grid.resolution=3 m")
    #expect(
      pipeline.position(of: "hazards.slide.classes[1]").description == "--set hazards.slide.classes=[1.1, 1.3, 1.4]")
    #expect(pipeline.position(of: "grid.like").description == "pipeline.yaml:5:14")
  }

  @Test func makesAndRemovesSections() throws {
    let pipeline = try parse(
      minimalPipeline,
      overrides: [
        "policy.max_failed_areas=3", "exposure.expected_annual={}", "outputs.tables.csv=false", "env.A.default=x",
        "outputs.geojson=null", "scenarios.now.return_period=10 a",
      ])
    #expect(pipeline.policy.maxFailedAreas == 3)
    #expect(pipeline.exposure?.expectedAnnual?.tail == .constant)
    #expect(!pipeline.outputs.tables.csv)
    #expect(pipeline.outputs.geojson == nil)
    #expect(pipeline.scenarios[0].returnPeriod?.years == 10)
    #expect(pipeline.diagnostics.map(\.code) == [.nothingToCompute])
    // Removing what is not there changes nothing.
    #expect(
      try parse(minimalPipeline, overrides: ["title=null", "policy.max_failed_areas=~"]) == parse(minimalPipeline))
  }

  @Test(arguments: [
    ("grid.resolution=2", "E-CFG-008 grid.resolution: 2 has no unit"),
    ("grid.resolutoin=2 m", "E-CFG-004 grid.resolutoin: unknown key"),
    ("grid.like=dem", "E-CFG-009 grid.like: inputs has no \"dem\""),
    ("hazards.runoff=null", "E-CFG-003 hazards.runoff: missing"),
    ("grid.resolution", "E-CFG-012 no value"), ("=2", "E-CFG-012 \"\" is no key"),
    ("grid..x=2", "E-CFG-012 \"grid..x\" is no key"), ("scenarios[x].T=2", "E-CFG-012 \"scenarios[x].T\" is no key"),
    ("scenarios[2].T=2", "E-CFG-012 scenarios[2].T: there is no element [2] of 2"),
    ("scenarios.t2000.T=2", "E-CFG-012 scenarios.t2000.T: there is no element with the id \"t2000\""),
    ("name.x=2", "E-CFG-012 name.x: x stands under the text \"sandvika\", which has no keys"),
    ("grid[0]=2", "E-CFG-012 grid[0]: a map has no elements by number"),
    ("title=[a", "E-CFG-012 not valid YAML: while parsing a flow sequence: did not find expected ',' or ']'"),
    ("title=\ta", "E-CFG-012 tab in the indentation"),
    ("title={a: 1, a: 2}", "E-CFG-012 duplicate key \"a\""),
  ])
  func rejects(_ override: String, _ message: String) {
    let found = errors(samplePipeline, overrides: [override])
    // Removing the runoff leaves the position of the section it is missing from.
    let place = override == "hazards.runoff=null" ? "38:1" : "--set \(override)"
    #expect(found.first == "\(place): \(message)")
  }
}
