import Pipeline
import Rainfall
import Testing

@Suite struct PipelineFileTests {
  @Test func readsEveryValueOfTheSample() throws {
    let pipeline = try parse(samplePipeline)
    #expect(pipeline.diagnostics.isEmpty)
    #expect(pipeline.name == "sandvika")
    #expect(pipeline.title == "Sandvika: skybrudd og skred")
    #expect(pipeline.grid.like == "dtm")
    #expect(pipeline.grid.crs == "EPSG:25832")
    #expect(pipeline.grid.resolution?.metres == 1)
    #expect(pipeline.grid.buffer.metres == 0)
    #expect(
      pipeline.inputs.ids == ["dtm", "land_cover", "deposits", "rain", "areas", "buildings", "roads", "culverts"])
    let dtm = try #require(pipeline.elevation("dtm"))
    #expect(dtm.path.text == "${DATA_DIR}/dtm.tif")
    #expect(dtm.path.absolute == "/project/data/dtm.tif")
    #expect(dtm.unit == .metre)
    #expect(dtm.vertical == "NN2000")
    #expect(dtm.nodata == .file)
    #expect(dtm.band == 1)
    #expect(pipeline.classes("land_cover")?.resample == .nearest)
    let rain = try #require(pipeline.rain("rain"))
    #expect(rain.duration.minutes == 60)
    #expect(rain.source == .raster(try #require(rain.path), unit: .millimetre))
    #expect(rain.path?.substitutions == ["T"])
    let areas = try #require(pipeline.area("areas"))
    #expect(areas.layer == "areas")
    #expect(areas.keep == ["municipality"])
    #expect(pipeline.building("buildings")?.floorArea == "floor_area_m2")
    #expect(pipeline.line("culverts")?.id == "culvert_id")
    #expect(pipeline.tables["curve_numbers"]?.absolute == "/project/pipelines/tables/curve_numbers.csv")
    #expect(pipeline.scenarios.map(\.id) == ["t20", "t200"])
    #expect(pipeline.scenarios.map(\.returnPeriod?.years) == [20, 200])
    #expect(pipeline.scenarios.map(\.climateFactor) == [1.4, 1.5])
    #expect(pipeline.scenarios.map(\.rain) == ["rain", "rain"])
    #expect(pipeline.scenarios[0].values == ["T": "20"])
    #expect(
      pipeline.resolve(try #require(rain.path), for: pipeline.scenarios[1]) == "/project/data/rain_60min_t200.tif")
    #expect(pipeline.hazards.runoff.source == .table("curve_numbers", landCover: "land_cover", soil: "deposits"))
    let flood = try #require(pipeline.hazards.flood)
    #expect(flood.minDepth.metres == 0.05)
    #expect(flood.nodata == .outlet)
    #expect(flood.culverts == "culverts")
    #expect(flood.minVolume.cubicMetres == 1)
    #expect(flood.flowPathArea.squareMetres == 5000)
    let slide = try #require(pipeline.hazards.slide)
    #expect(slide.classes == [1, 1.25, 1.5])
    #expect(slide.recharge.spreadOver.hours == 24)
    let exposure = try #require(pipeline.exposure)
    #expect(exposure.assets.ids == ["buildings", "roads"])
    let buildings = try #require(exposure.assets["buildings"])
    #expect(buildings.sample?.width?.metres == 1)
    #expect(buildings.depthThresholds?.map(\.metres) == [0.1, 0.3, 0.5])
    #expect(buildings.measure == nil)
    #expect(buildings.exposedIf.isMet(by: 0.1))
    let roads = try #require(exposure.assets["roads"])
    #expect(roads.measure == .length)
    #expect(roads.sample == nil)
    #expect(!roads.exposedIf.isMet(by: 0.3))
    #expect(exposure.expectedAnnual?.method == .logLinear)
    #expect(pipeline.policy.minCoveredFraction == 0.98)
    #expect(pipeline.outputs.directory.absolute == "/project/out/{name}")
    #expect(pipeline.outputDirectory(date: "2026-01-31") == "/project/out/sandvika")
    #expect(pipeline.outputs.rasters == [.depth, .runoff, .stability, .flowAccumulation])
    #expect(pipeline.outputs.geopackage?.styles == true)
  }

  /// The least file has every documented default.
  @Test func fillsInDefaults() throws {
    let pipeline = try parse(minimalPipeline)
    #expect(pipeline.grid.extent == "dtm")
    #expect(pipeline.grid.resolution == nil)
    #expect(pipeline.scenarios[0].rain == "cloudburst")
    #expect(pipeline.rain("cloudburst")?.source == .uniform("60 mm"))
    #expect(pipeline.rain("cloudburst")?.resample == nil)
    #expect(pipeline.hazards.runoff.source == .uniform(85))
    #expect(pipeline.hazards.runoff.lambda == 0.2)
    #expect(pipeline.hazards.flood?.nodata == .error)
    #expect(pipeline.hazards.flood?.minDepth == "5 cm")
    #expect(pipeline.hazards.flood?.drainage.metres == 0)
    #expect(pipeline.hazards.flood?.infiltration.metres == 0 && pipeline.hazards.flood?.drains == nil)
    #expect(pipeline.exposure?.assets["houses"]?.sample?.location == .ring)
    #expect(pipeline.exposure?.assets["houses"]?.sample?.width?.metres == 1)
    #expect(pipeline.exposure?.assets["houses"]?.sample?.statistic == .percentile95)
    #expect(pipeline.exposure?.assets["houses"]?.depthThresholds?.count == 3)
    #expect(pipeline.exposure?.assets["houses"]?.attributeTo == .representativePoint)
    #expect(pipeline.policy.invalidGeometry == .repair)
    #expect(
      pipeline.outputs.geojson?.layers == [
        "areas", "houses", "bluespots", "bluespot_water", "pour_points", "bluespot_nodes", "flow_paths",
      ])
    #expect(pipeline.outputs.geojson?.precision == 7)
    #expect(pipeline.outputs.geopackage == nil)
    #expect(pipeline.outputs.tables.csv)
  }

  @Test func drainsHaveACapacityAndATime() throws {
    func text(_ input: String, _ flood: String) -> String {
      samplePipeline.replacing("  dtm:  ", with: "  pumps: {kind: drain, \(input)}\n  dtm:  ")
        .replacing("culverts: culverts}", with: "culverts: culverts\(flood)}")
    }
    let input = "path: pumps.gpkg, id: id, capacity: q, unit: m3/h"
    let pipeline = try parse(text(input, ", drains: pumps, drain_time: 90 min, infiltration: 2 cm"))
    #expect(pipeline.drain("pumps")?.capacity == "q" && pipeline.drain("pumps")?.unit == .cubicMetresPerHour)
    #expect(pipeline.hazards.flood?.drains == "pumps" && pipeline.hazards.flood?.drainTime?.seconds == 5400)
    #expect(pipeline.hazards.flood?.infiltration.millimetres == 20)
    #expect(try parse(pipeline.resolvedYAML()) == pipeline)
    for (input, flood, word) in [
      (input, ", drains: pumps", "drain_time"), (input, ", drain_time: 1 h", "without drains"),
      (input, ", drains: culverts, drain_time: 1 h", "culverts is of kind line"),
      ("path: pumps.gpkg, id: id, capacity: q", ", drains: pumps, drain_time: 1 h", "unit: missing"),
      ("path: pumps.gpkg, id: id, capacity: q, unit: l/min", ", drains: pumps, drain_time: 1 h", "not allowed"),
    ] {
      let errors = errors(text(input, flood))
      #expect(errors.count == 1 && errors[0].contains(word), "\(errors)")
    }
  }

  @Test(arguments: [samplePipeline, minimalPipeline])
  func resolvedYAMLReadsBackEqual(_ text: String) throws {
    let pipeline = try parse(text)
    let resolved = pipeline.resolvedYAML()
    let again = try parse(resolved)
    #expect(again == pipeline)
    #expect(again.resolvedYAML() == resolved)
    #expect(again.resolvedJSON() == pipeline.resolvedJSON())
    #expect(try parse(text.replacing("1.4", with: "1.3")) != pipeline)
  }

  /// Texts that other readers would take for something else come back as they were.
  @Test(arguments: [
    "\"NO\"", "NO", "yes", "off", "012", "12:30", "1_000", "2026-01-31", "\"20\"", "\"true\"", "\"null\"", "'~'",
    "a: b", "\"a # b\"", "\"- x\"", "\"[x]\"", "\"\\u0085 \\u2028\"", "\"line\\nbreak\"", "\" padded \"",
    "Bærum og Øvrevoll", "\"it's \\\"so\\\"\"", "'#x'", "\"@x\"", "\"*x\"", "\"&x\"",
    "!x".replacing("!", with: "'!") + "'",
    "\"x:\"", "\"1e3\"", "\".5\"", "\"0x1F\"",
  ])
  func titlesSurviveWriting(_ title: String) throws {
    let value = title == "a: b" ? "\"a: b\"" : title
    let pipeline = try parse(
      samplePipeline.replacing("\"Sandvika: skybrudd og skred\"", with: value))
    let written = try #require(pipeline.title)
    #expect(try parse(pipeline.resolvedYAML()).title == written)
    if !"\"'".contains(value.first!) { #expect(written == value) }
  }

  @Test func keepsPositions() throws {
    let pipeline = try parse(samplePipeline)
    #expect(pipeline.position(of: "inputs.dtm.path").description == "pipeline.yaml:7:39")
    #expect(pipeline.position(of: "inputs.areas.id").description == "pipeline.yaml:15:9")
    #expect(pipeline.position(of: "inputs.areas").description == "pipeline.yaml:12:5")
    #expect(pipeline.position(of: "inputs.areas.keep[0]").description == "pipeline.yaml:17:12")
    #expect(pipeline.position(of: "scenarios.t200.climate_factor").description == "pipeline.yaml:37:62")
    #expect(pipeline.position(of: "scenarios[1].climate_factor").description == "pipeline.yaml:37:62")
    #expect(pipeline.position(of: "hazards.slide.classes[2]").description == "pipeline.yaml:46:26")
    // What is not in the file is found at the section around it.
    #expect(pipeline.position(of: "inputs.dtm.band") == pipeline.position(of: "inputs.dtm"))
    #expect(pipeline.position(of: "nothing.at.all").description == "pipeline.yaml")
  }

  /// A byte order mark and other line ends move no position.
  @Test func acceptsByteOrderMarkAndCarriageReturns() throws {
    let pipeline = try parse("\u{FEFF}" + samplePipeline.replacing("\n", with: "\r\n"))
    #expect(try pipeline == parse(samplePipeline))
    #expect(pipeline.position(of: "inputs.dtm.path").description == "pipeline.yaml:7:39")
    let broken = errors("\u{FEFF}" + samplePipeline.replacing("unit: mm,", with: "").replacing("\n", with: "\r\n"))
    #expect(broken == ["10:3: E-CFG-003 inputs.rain.unit: missing"])
  }

  @Test(arguments: mutations) func rejects(_ mutation: Mutation) {
    #expect(errors(mutation.text) == [mutation.expected])
  }

  @Test func reportsEverythingAtOnceInTheOrderOfTheFile() {
    let text =
      samplePipeline
      .replacing("vertical: NN2000, ", with: "")
      .replacing("duration: 60 min", with: "duration: 60")
      .replacing("layer: roads, ", with: "layr: roads, ")
      .replacing("styles: true", with: "styles: 1, styles: 2")
      .replacing("like: dtm", with: "like: dem")
    #expect(
      errors(text) == [
        "5:14: E-CFG-009 grid.like: inputs has no \"dem\"",
        "7:3: E-CFG-003 inputs.dtm.vertical: missing",
        "10:89: E-CFG-008 inputs.rain.duration: 60 has no unit",
        "26:54: E-CFG-004 inputs.roads.layr: unknown key",
        "70:18: E-CFG-006 outputs.gpkg.styles: expected true or false, found the number 1",
        "70:21: E-CFG-005 duplicate key \"styles\"",
      ])
  }

  @Test func suggestsWhatWasMeant() {
    func hint(_ original: String, _ replacement: String) -> String? {
      findings(samplePipeline.replacing(original, with: replacement)).first { $0.severity == .error }?.hint
    }
    #expect(hint("layer: roads", "layr: roads") == "did you mean \"layer\"?")
    #expect(hint("like: dtm", "like: dtn") == "did you mean \"dtm\"?")
    #expect(hint("like: dtm", "like: something") == "choose from dtm")
    #expect(hint("${DATA_DIR}/dtm", "${DATA_DRI}/dtm") == "did you mean \"DATA_DIR\"?")
    #expect(hint("nodata: outlet", "nodata: outlets") == "did you mean \"outlet\"?")
    #expect(hint("unit: m, ", "") == "one of m, dm, cm, mm, ft")
    #expect(hint("unit: mm, ", "") == "needed with path: one of mm, m, cm, kg/m2, 0.1 mm, mm/h, kg/m2/s")
    #expect(hint("vertical: NN2000, ", "") == "vertical datum, such as NN2000")
    #expect(hint("min_depth: 0.05 m", "min_depth: 0.05") == "write 0.05 m, or another of m, cm, mm, km")
    #expect(hint("return_period: 200 a", "return_period: 200") == "write 200 a")
    #expect(hint("climate_factor: 1.5", "climate_factor: \"1.5\"") == "remove the quotes")
  }

  @Test func informsAboutTheClimateFactor() throws {
    let pipeline = try parse(samplePipeline.replacing("climate_factor: 1.5", with: "climate_factor: 1.4"))
    #expect(pipeline.diagnostics.map(\.code) == [.climateFactor])
    #expect(pipeline.diagnostics.first?.position.description == "pipeline.yaml:37:62")
    #expect(pipeline.diagnostics.first?.severity == .information)
    // Neither longer rain nor a shorter return period is meant.
    let longer = samplePipeline.replacing("climate_factor: 1.5", with: "climate_factor: 1.4")
      .replacing("60 min", with: "61 min")
    #expect(try parse(longer).diagnostics.isEmpty)
    #expect(
      try parse(
        samplePipeline.replacing("T: 200, climate_factor: 1.5", with: "T: 200, climate_factor: 1.4")
          .replacing("200 a", with: "49 a")
      ).diagnostics.isEmpty)
  }

  @Test func warnsAboutWhatIsNotUsed() throws {
    let pipeline = try parse(
      samplePipeline.replacing(", culverts: culverts}", with: "}").replacing("  drainage: culverts\n", with: "")
        .replacing("tables:\n  curve", with: "tables:\n  other: other.csv\n  curve"))
    #expect(
      pipeline.diagnostics.map(\.description) == [
        "pipeline.yaml:27:3: warning[W-CFG-001] inputs.culverts: not used; remove it",
        "pipeline.yaml:29:3: warning[W-CFG-001] tables.other: not used; remove it",
      ])
  }

  @Test func warnsWhereExpectedAnnualValuesNeedMoreScenarios() throws {
    let pipeline = try parse(samplePipeline.replacing("return_period: 20 a,  ", with: ""))
    #expect(pipeline.diagnostics.map(\.code) == [.nothingToCompute])
    // Where a return period could not be read, how many there are is not known.
    let unread = findings(samplePipeline.replacing("return_period: 20 a", with: "return_period: 20"))
    #expect(unread.map(\.code) == [.invalidQuantity])
  }

  /// Results of hazards that are not computed cannot be written.
  @Test func needsTheHazardsOfItsOutputs() throws {
    let start = try #require(samplePipeline.firstRange(of: "  slide:\n"))
    let end = try #require(samplePipeline.firstRange(of: "exposure:\n"))
    let text = samplePipeline.replacingCharacters(start.lowerBound..<end.lowerBound)
    #expect(
      errors(text) == [
        "62:63: E-CFG-011 outputs.geojson.layers[4]: landslide is not computed",
        "64:24: E-CFG-011 outputs.cog[2]: stability is not computed",
      ])
  }

  @Test func needsARainInputWhereThereAreSeveral() {
    let second = "  roads:      {kind: line"
    let text = samplePipeline.replacing(
      second, with: "  drizzle: {kind: rain, value: 5 mm, duration: 1 h}\n" + second)
    #expect(errors(text) == ["38:5: E-CFG-003 scenarios[1].rain: missing"])
  }
}

extension String {
  /// The text without a part.
  fileprivate func replacingCharacters(_ range: Range<String.Index>) -> String {
    String(self[..<range.lowerBound] + self[range.upperBound...])
  }
}
