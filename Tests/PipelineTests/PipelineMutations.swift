/// Wrong pipeline files: each differs from the sample in one place and yields exactly one error.
let mutations: [Mutation] = [
  // Keys.
  Mutation("version: 1\n", "", at: "name: sandvika", "E-CFG-003 version: missing"),
  Mutation(
    "version: 1\n", "version: 2\n",
    at: "2\n",
    "E-CFG-007 version: version 2 is not known; this program reads version 1"),
  Mutation("unit: m, ", "", at: "dtm:        {", "E-CFG-003 inputs.dtm.unit: missing"),
  Mutation("vertical: NN2000, ", "", at: "dtm:        {", "E-CFG-003 inputs.dtm.vertical: missing"),
  Mutation("    id: area_id\n", "", at: "areas:\n    kind", "E-CFG-003 inputs.areas.id: missing"),
  Mutation("vertical: NN2000", "vertical: NN2000, unitt: m", at: "unitt", "E-CFG-004 inputs.dtm.unitt: unknown key"),
  Mutation("grid: {like", "gird: {}\ngrid: {like", at: "gird", "E-CFG-004 gird: unknown key"),
  Mutation("kind: elevation, ", "", at: "dtm:        {", "E-CFG-003 inputs.dtm.kind: missing"),
  Mutation(
    "kind: elevation", "kind: elevatoin",
    at: "elevatoin",
    "E-CFG-007 inputs.dtm.kind: \"elevatoin\" is not allowed"),
  Mutation("title: \"", "title: x\ntitle: \"", at: "title: \"", "E-CFG-005 duplicate key \"title\"", schema: false),
  Mutation(
    "unit: m,", "unit: m, unit: m,",
    at: "unit: m, vertical",
    "E-CFG-005 duplicate key \"unit\"", schema: false),
  Mutation(
    "name: sandvika", "name: Sandvika By",
    at: "Sandvika By",
    "E-CFG-007 name: \"Sandvika By\" is not a name: lower-case letters, digits, _ and -"),
  Mutation("name: sandvika", "name:", at: "\ntitle", "E-CFG-006 name: expected text, found nothing"),
  // Types.
  Mutation("name: sandvika", "name: [a]", at: "[a]", "E-CFG-006 name: expected text, found a list"),
  Mutation(
    "title: \"Sandvika: skybrudd og skred\"", "title: 2026",
    at: "2026",
    "E-CFG-006 title: expected text, found the number 2026"),
  Mutation(
    "title: \"Sandvika: skybrudd og skred\"", "title: true",
    at: "true",
    "E-CFG-006 title: expected text, found true, a truth value"),
  Mutation(
    "climate_factor: 1.5", "climate_factor: yes",
    at: "yes",
    "E-CFG-006 scenarios[1].climate_factor: expected a number, found the text \"yes\""),
  Mutation(
    "climate_factor: 1.5", "climate_factor: \"1.5\"",
    at: "\"1.5\"",
    "E-CFG-006 scenarios[1].climate_factor: expected a number, found the text \"1.5\""),
  Mutation(
    "climate_factor: 1.5", "climate_factor: 01.5",
    at: "01.5",
    "E-CFG-006 scenarios[1].climate_factor: expected a number, found the text \"01.5\"", schema: false),
  Mutation(
    "climate_factor: 1.5", "climate_factor: 1_5",
    at: "1_5",
    "E-CFG-006 scenarios[1].climate_factor: expected a number, found the text \"1_5\"", schema: false),
  Mutation(
    "climate_factor: 1.5", "climate_factor: 12:30",
    at: "12:30",
    "E-CFG-006 scenarios[1].climate_factor: expected a number, found the text \"12:30\"", schema: false),
  Mutation(
    "climate_factor: 1.5", "climate_factor: .inf",
    at: ".inf",
    "E-CFG-006 scenarios[1].climate_factor: expected a number, found the text \".inf\"", schema: false),
  Mutation(
    "climate_factor: 1.5", "climate_factor: 0",
    at: "0}",
    "E-CFG-007 scenarios[1].climate_factor: 0 is not greater than 0"),
  Mutation(", climate_factor: 1.5", "", at: "{id: t200", "E-CFG-003 scenarios[1].climate_factor: missing"),
  Mutation(
    "styles: true", "styles: yes",
    at: "yes",
    "E-CFG-006 outputs.gpkg.styles: expected true or false, found the text \"yes\"", schema: false),
  Mutation(
    "precision: 7", "precision: 7.5",
    at: "7.5",
    "E-CFG-006 outputs.geojson.precision: expected a whole number, found the number 7.5"),
  Mutation("precision: 7", "precision: 99", at: "99", "E-CFG-007 outputs.geojson.precision: 99 is not allowed"),
  Mutation(
    "max_failed_areas: 0", "max_failed_areas: -1",
    at: "-1",
    "E-CFG-007 policy.max_failed_areas: -1 is not allowed"),
  Mutation(
    "min_covered_frac: 0.98", "min_covered_frac: 98",
    at: "98,",
    "E-CFG-007 policy.min_covered_frac: 98 is greater than 1"),
  Mutation(
    "grid: {like: dtm, crs: EPSG:25832, resolution: 1 m, extent: dtm}", "grid: dtm",
    at: "dtm\ninputs",
    "E-CFG-006 grid: expected a map, found the text \"dtm\""),
  Mutation(
    "keep: [municipality]", "keep: municipality",
    at: "municipality",
    "E-CFG-006 inputs.areas.keep: expected a list, found the text \"municipality\""),
  Mutation(
    "nodata: file", "nodata: fiel",
    at: "fiel}",
    "E-CFG-007 inputs.dtm.nodata: the text \"fiel\" is not file, none or a number"),
  Mutation(
    "crs: EPSG:25832", "crs: UTM32",
    at: "UTM32",
    "E-CFG-007 grid.crs: \"UTM32\" is not a code such as EPSG:25832"),
  // Quantities.
  Mutation(
    "min_depth: 0.05 m", "min_depth: 0.05",
    at: "0.05,",
    "E-CFG-008 hazards.flood.min_depth: 0.05 has no unit"),
  Mutation(
    "min_depth: 0.05 m", "min_depth: 0", at: "0, nodata: outlet", "E-CFG-008 hazards.flood.min_depth: 0 has no unit"),
  Mutation(
    "min_depth: 0.05 m", "min_depth: 0.05 metre",
    at: "0.05 metre",
    "E-CFG-008 hazards.flood.min_depth: unknown unit \"metre\""),
  Mutation(
    "min_depth: 0.05 m", "min_depth: 5 min",
    at: "5 min",
    "E-CFG-008 hazards.flood.min_depth: 5 min is a time, not a length"),
  Mutation(
    "min_depth: 0.05 m", "min_depth: -5 cm",
    at: "-5 cm",
    "E-CFG-007 hazards.flood.min_depth: -5 cm is negative"),
  Mutation(
    "min_depth: 0.05 m", "min_depth: \"0,05 m\"",
    at: "\"0,05 m\"",
    "E-CFG-008 hazards.flood.min_depth: \"0,05 m\" does not begin with a decimal number"),
  Mutation(
    "resolution: 1 m", "resolution: 0 m",
    at: "0 m, extent",
    "E-CFG-007 grid.resolution: 0 m is not greater than 0", schema: false),
  Mutation("extent: dtm", "buffer: -500 m", at: "-500 m", "E-CFG-007 grid.buffer: -500 m is negative"),
  Mutation(
    "return_period: 20 a", "return_period: 20",
    at: "20,  T",
    "E-CFG-008 scenarios[0].return_period: 20 has no unit"),
  Mutation(
    "return_period: 20 a", "return_period: 0 a",
    at: "0 a,  T",
    "E-CFG-007 scenarios[0].return_period: 0 a is not greater than 0", schema: false),
  Mutation(
    "spread_over: 24 h", "spread_over: 24 m",
    at: "24 m",
    "E-CFG-008 hazards.slide.recharge.spread_over: 24 m is a length, not a time"),
  Mutation(
    "antecedent: 0 mm/d", "antecedent: 0 mm",
    at: "0 mm}",
    "E-CFG-008 hazards.slide.recharge.antecedent: 0 mm is a length, not a rate"),
  Mutation("duration: 60 min", "duration: 60", at: "60}", "E-CFG-008 inputs.rain.duration: 60 has no unit"),
  Mutation(", duration: 60 min", "", at: "rain:       {", "E-CFG-003 inputs.rain.duration: missing"),
  // Choices.
  Mutation(
    "resample: nearest", "resample: bilinear",
    at: "bilinear",
    "E-CFG-007 inputs.land_cover.resample: \"bilinear\" is not allowed"),
  Mutation(
    "nodata: file", "nodata: file, resample: nearest",
    at: "nearest}\n  land",
    "E-CFG-007 inputs.dtm.resample: \"nearest\" is not allowed"),
  Mutation("unit: mm", "unit: inch", at: "inch", "E-CFG-007 inputs.rain.unit: \"inch\" is not allowed"),
  Mutation("unit: mm, ", "", at: "rain:       {", "E-CFG-003 inputs.rain.unit: missing"),
  Mutation(
    "unit: mm, ", "unit: mm, value: 60 mm, ",
    at: "value: 60",
    "E-CFG-011 inputs.rain.value: stands beside path"),
  Mutation("use: fill_spill", "use: fill", at: "fill,", "E-CFG-007 hazards.flood.use: \"fill\" is not allowed"),
  Mutation("cog: [depth,", "cog: [dept,", at: "dept,", "E-CFG-007 outputs.cog[0]: \"dept\" is not allowed"),
  Mutation(
    "cog: [depth,", "cog: [runoff,",
    at: "runoff, stability",
    "E-CFG-005 outputs.cog[1]: the text \"runoff\" stands twice"),
  Mutation("nodata: outlet", "nodata: sea", at: "sea,", "E-CFG-007 hazards.flood.nodata: \"sea\" is not allowed"),
  // Runoff.
  Mutation(
    "table: curve_numbers, lambda: 0.2", "lambda: 0.2",
    at: "runoff: {use",
    "E-CFG-003 hazards.runoff.table: missing"),
  Mutation(
    "table: curve_numbers, lambda", "table: curve_numbers, value: 85, lambda",
    at: "value: 85",
    "E-CFG-011 hazards.runoff.value: stands beside table"),
  Mutation(
    "soil: deposits, table: curve_numbers", "table: curve_numbers",
    at: "runoff: {use",
    "E-CFG-003 hazards.runoff.soil: missing"),
  Mutation(
    "use: curve_number, land_cover: land_cover, soil: deposits,", "use: coefficient, land_cover: land_cover,",
    at: "lambda: 0.2",
    "E-CFG-011 hazards.runoff.lambda: not used with use: coefficient"),
  Mutation(
    "use: curve_number, land_cover: land_cover, soil: deposits, table: curve_numbers, lambda: 0.2",
    "use: curve_number, value: 0",
    at: "0}\n  flood",
    "E-CFG-007 hazards.runoff.value: a curve number is greater than 0 and at most 100", schema: false),
  Mutation(
    "use: curve_number, land_cover: land_cover, soil: deposits, table: curve_numbers, lambda: 0.2",
    "use: coefficient, value: 60",
    at: "60}\n  flood",
    "E-CFG-007 hazards.runoff.value: a runoff coefficient is at most 1", schema: false),
  Mutation(
    "use: curve_number, land_cover: land_cover, soil: deposits, table: curve_numbers, lambda: 0.2",
    "use: coefficient, soil: deposits, value: 0.6",
    at: "soil: deposits, value",
    "E-CFG-011 hazards.runoff.soil: not used with value"),
  // References.
  Mutation("like: dtm", "like: dmt", at: "dmt", "E-CFG-009 grid.like: inputs has no \"dmt\"", schema: false),
  Mutation(
    "like: dtm", "like: rain",
    at: "rain, crs",
    "E-CFG-009 grid.like: rain is of kind rain, not elevation", schema: false),
  Mutation(
    "extent: dtm", "extent: roads",
    at: "roads}",
    "E-CFG-009 grid.extent: roads is of kind line, not elevation, class, rain or area",
    schema: false),
  Mutation(
    "table: soil_strength", "table: soil_strenght",
    at: "soil_strenght",
    "E-CFG-009 hazards.slide.table: tables has no \"soil_strenght\"", schema: false),
  Mutation(
    "rain: rain}", "rain: areas}",
    at: "areas}",
    "E-CFG-009 scenarios[0].rain: areas is of kind area, not rain", schema: false),
  Mutation(
    "culverts: culverts}", "culverts: buildings}",
    at: "buildings}",
    "E-CFG-009 hazards.flood.culverts: buildings is of kind building, not line", schema: false
  ),
  Mutation(
    "input: buildings", "input: areas",
    at: "areas\n      sample",
    "E-CFG-009 exposure.assets.buildings.input: areas is of kind area, not building or line",
    schema: false),
  // Scenarios.
  Mutation(
    "id: t200", "id: t20",
    at: "t20, return_period: 200",
    "E-CFG-005 scenarios[1].id: the id \"t20\" stands twice", schema: false),
  Mutation(
    "return_period: 200 a", "return_period: 20 a",
    at: "20 a, T: 200",
    "E-CFG-005 scenarios[1].return_period: scenario \"t20\" has the return period 20 a too", schema: false),
  Mutation(
    "T: 200, ", "",
    at: "{id: t200",
    "E-CFG-010 scenarios[1]: {T} in inputs.rain.path has no value in scenario \"t200\"", schema: false),
  Mutation(
    "T: 200", "T: a/b",
    at: "a/b, climate",
    "E-CFG-007 scenarios[1].T: \"a/b\" cannot be part of a file name", schema: false),
  Mutation(
    "id: t200", "id: T200",
    at: "T200",
    "E-CFG-007 scenarios[1].id: \"T200\" is not an id: lower-case letters, digits, _ and -, beginning with a letter"),
  // Substitutions.
  Mutation(
    "${DATA_DIR}/dtm.tif", "${DATADIR}/dtm.tif",
    at: "\"${DATADIR}",
    "E-CFG-010 inputs.dtm.path: ${DATADIR} is not declared", schema: false),
  Mutation(
    "${DATA_DIR}/dtm.tif", "dtm_{T}.tif",
    at: "\"dtm_{T}",
    "E-CFG-010 inputs.dtm.path: {T} is not known here", schema: false),
  Mutation(
    "${DATA_DIR}/dtm.tif", "${DATA_DIR/dtm.tif",
    at: "\"${DATA_DIR/",
    "E-CFG-010 inputs.dtm.path: { without }", schema: false),
  Mutation(
    "../out/{name}", "../out/{nam}",
    at: "\"../out",
    "E-CFG-010 outputs.dir: {nam} is not known here", schema: false),
  Mutation(
    "skybrudd og", "${DATA_DIR} og",
    at: "\"Sandvika",
    "E-CFG-010 title: ${DATA_DIR} og skred is not replaced here", schema: false),
  Mutation(
    "../data/roads.gpkg", "https://example.org/roads.gpkg",
    at: "https",
    "E-CFG-007 inputs.roads.path: \"https://example.org/roads.gpkg\" is no local file", schema: false),
  Mutation(
    "../data/roads.gpkg", "~/roads.gpkg",
    at: "~/",
    "E-CFG-007 inputs.roads.path: ~ is not expanded", schema: false),
  Mutation(
    "../out/{name}", "..",
    at: "\"..\"",
    "E-CFG-011 outputs.dir: the output folder /project holds the pipeline file", schema: false),
  Mutation(
    "../out/{name}", "../data",
    at: "\"../data\"",
    "E-CFG-011 outputs.dir: the output folder /project/data holds inputs.dtm", schema: false),
  // Exposure and outputs.
  Mutation(
    "depth >= 0.1 m", "depth >= 0.1",
    at: "\"depth >= 0.1\"",
    "E-CFG-008 exposure.assets.buildings.exposed_if: 0.1 has no unit"),
  Mutation(
    "depth >= 0.1 m", "depth < 0.1 m",
    at: "\"depth <",
    "E-CFG-007 exposure.assets.buildings.exposed_if: \"<\" is not >= or >"),
  Mutation(
    "depth >= 0.1 m", "dept >= 0.1 m",
    at: "\"dept ",
    "E-CFG-007 exposure.assets.buildings.exposed_if: \"dept\" cannot be compared"),
  Mutation(
    "depth >= 0.1 m", "depth >= 0.1 m; rm -rf /",
    at: "\"depth >=",
    "E-CFG-008 exposure.assets.buildings.exposed_if: unknown unit \"m; rm -rf /\""),
  Mutation(
    "[1.0, 1.25, 1.5]", "[1.0, 1.5, 1.25]",
    at: "[1.0, 1.5",
    "E-CFG-007 hazards.slide.classes: the values do not ascend", schema: false),
  Mutation("[1.0, 1.25, 1.5]", "[]", at: "[]", "E-CFG-007 hazards.slide.classes: an empty list"),
  Mutation(
    "[0.1 m, 30 cm, 0.5 m]", "[0.1 m, 5 cm, 0.5 m]",
    at: "[0.1 m, 5",
    "E-CFG-007 exposure.assets.buildings.depth_thresholds: the values do not ascend", schema: false),
  Mutation(
    "where: ring,", "where: footprint,",
    at: "width: 1 m",
    "E-CFG-011 exposure.assets.buildings.sample.width: not used with where: footprint"),
  Mutation(
    "measure: length", "measure: length, sample: {}",
    at: "sample: {}",
    "E-CFG-011 exposure.assets.roads.sample: not used with an input of kind line", schema: false),
  Mutation(
    "attribute_to: representative_point", "measure: length",
    at: "measure: length\n",
    "E-CFG-011 exposure.assets.buildings.measure: not used with an input of kind building", schema: false),
  Mutation(
    "layers: [areas, buildings,", "layers: [areas, building,",
    at: "building,",
    "E-CFG-009 outputs.geojson.layers[1]: no layer \"building\"", schema: false),
  Mutation(
    "    roads: {input", "    bluespots: {input",
    at: "bluespots: {",
    "E-CFG-007 exposure.assets.bluespots: \"bluespots\" is the name of another layer", schema: false),
  Mutation(
    "  expected_annual: {method: log_linear, tail: constant}\n", "",
    at: "ranking: {residents: 2",
    "E-CFG-011 exposure.ranking: areas are ranked by expected annual values", schema: false),
  Mutation(
    "    type: bygningstype\n", "    type: [bygningstype]\n",
    at: "[bygningstype]",
    "E-CFG-006 inputs.buildings.type: expected text, found a list"),
  Mutation(
    ", monitored: sensor}", "}",
    at: "culverts:   {kind",
    "E-CFG-003 inputs.culverts.monitored: missing", schema: false),
  Mutation(
    "values: values, ", "",
    at: "damage: {curves",
    "E-CFG-003 exposure.damage.values: missing"),
  Mutation(
    "building_types: types, floor_height", "building_types: type, floor_height",
    at: "type, floor_height",
    "E-CFG-009 exposure.damage.building_types: tables has no \"type\"", schema: false),
  Mutation(
    "basement_from: 10 cm", "basement_from: 10",
    at: "10}",
    "E-CFG-008 exposure.damage.basement_from: 10 has no unit"),
  Mutation(
    "flooded_share: 0}", "flooded_share: -1}",
    at: "-1}",
    "E-CFG-007 exposure.ranking.flooded_share: -1 is less than 0"),
  Mutation(
    "    roads: {input", "    roads_ead: {input",
    at: "roads_ead: {",
    "E-CFG-007 exposure.assets.roads_ead: \"roads_ead\" ends as the results of an asset do", schema: false),
  Mutation(
    "env: {DATA_DIR: {default: ../data}}", "env: {DATA_DIR: {default: ../data, value: x}}",
    at: "value: x",
    "E-CFG-004 env.DATA_DIR.value: unknown key"),
  // Yaml itself.
  Mutation(
    "  tables: {csv: true}", "\ttables: {csv: true}",
    at: "\ttables",
    "E-CFG-002 tab in the indentation", schema: false),
  Mutation(
    "tables: {csv: true}", "tables:\t{csv: true}",
    at: "\t{csv",
    "E-CFG-002 tab between values", schema: false),
  Mutation(
    "version: 1\n", "version: !!int 1\n",
    at: "!!int",
    "E-CFG-002 explicit tag tag:yaml.org,2002:int", schema: false),
  Mutation(
    "tables: {csv: true}", "tables: {<<: {csv: true}}",
    at: "<<",
    "E-CFG-004 outputs.tables.<<: unknown key", schema: false),
  Mutation("env: {DATA_DIR", "---\nenv: {DATA_DIR", at: "---", "E-CFG-002 a second document", schema: false),
]
