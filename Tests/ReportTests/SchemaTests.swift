import Geodata
import Grids
import TestSupport
import Testing

@testable import Report

@Suite struct SchemaTests {
  @Test(arguments: Schemas.all.map(\.name))
  func namesFollowTheRule(name: String) throws {
    let schema = try #require(Schemas.all.first { $0.name == name })
    #expect(Set(schema.fields.map(\.name)).count == schema.fields.count)
    for field in schema.fields {
      #expect(field.name.wholeMatch(of: /[a-z][a-z0-9_]{0,30}/) != nil, "\(field.name)")
      #expect(!field.summary.isEmpty && !field.summary.hasSuffix("."))
      // The unit suffix says what the unit says.
      for (suffix, unit) in [("_m", "m"), ("_m2", "m2"), ("_m3", "m3"), ("_mm", "mm"), ("_n_a", "1/a")]
      where field.name.hasSuffix(suffix) {
        #expect(field.unit == unit, "\(field.name)")
      }
    }
  }

  @Test func sameFieldIsTheSameEverywhere() {
    var seen: [String: Field] = [:]
    for field in Schemas.all.flatMap(\.fields) {
      if let other = seen[field.name] { #expect(other == field) }
      seen[field.name] = field
    }
  }

  @Test func completeRow() throws {
    var row = RowBuilder(Schemas.waterBalance)
    row.set(Fields.item, "rain")
    row.set(Fields.scenario, "t20")
    row.set(Fields.itemVolume, single: 0.1)
    #expect(try row.row() == [.text("t20"), .text("rain"), .real(0.1)])
    row.set(Fields.itemVolume, Double.nan)
    #expect(try row.row()[2] == .null)
    row.set(Fields.itemVolume.name, .integer(3))
    let table = Schemas.waterBalance.table([try row.row()])
    #expect(table.rows == [[.text("t20"), .text("rain"), .real(3)]] && table.fields.count == 3)
  }

  @Test func misfitsAreErrors() throws {
    var forgotten = RowBuilder(Schemas.waterBalance)
    forgotten.set(Fields.scenario, "t20")
    forgotten.set(Fields.item, "rain")
    #expect(throws: RowError(schema: "water_balance", problems: ["field 'm3' was not set"])) { try forgotten.row() }
    forgotten.setRestToNull()
    #expect(try forgotten.row()[2] == .null)
    var unknown = forgotten
    unknown.set(Fields.rain, 1)
    #expect(throws: RowError(schema: "water_balance", problems: ["no field 'rain_mm'"])) { try unknown.row() }
    var wrong = forgotten
    wrong.set("m3", .text("1"))
    #expect(throws: RowError.self) { try wrong.row() }
    var keyless = forgotten
    keyless.set(Fields.scenario, nil)
    #expect(throws: RowError.self) { try keyless.row() }
  }

  @Test func variants() throws {
    let schema = Schemas.areas.adding([Field("kommunenr", .text, "Municipality")]).removing(["road_total_m"])
    #expect(schema.fields.last?.name == "kommunenr" && !schema.fields.contains { $0.name == "road_total_m" })
    var row = RowBuilder(schema.named("areas_t20"))
    row.set(Fields.areaID, "1")
    row.set(Fields.scenario, "t20")
    row.set("kommunenr", .text("3024"))
    row.setRestToNull()
    let layer = schema.layer(crs: testCRS, features: [try row.feature(nil)])
    #expect(layer.features[0].values.last == .text("3024") && layer.shapeType == .polygons)
  }

  @Test func flags() {
    var flags = Flags(text: "coverage")
    flags.insert("geometry")
    flags.insert("coverage")
    #expect(flags.text == "coverage;geometry" && Flags().text.isEmpty && Flags(text: "").words.isEmpty)
  }
}
