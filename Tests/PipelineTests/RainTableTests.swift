import Foundation
import Pipeline
import Rainfall
import TestSupport
import Testing

@Suite struct RainTableTests {
  private let folder = TemporaryFolder()

  private func table(_ text: String, _ name: String = "idf.csv", unit: RainUnit? = nil) throws
    -> IntensityDurationFrequency?
  {
    guard case .station(let table, _) = try RainFrequencyTable(path: folder.write(text, to: name), unit: unit) else {
      return nil
    }
    return table
  }

  private func refusal(_ text: String, unit: RainUnit? = nil) -> String {
    do { _ = try table(text, unit: unit) } catch { return "\(error)" }
    return "accepted"
  }

  @Test func everyDressIsTheSameTable() throws {
    let plain = try #require(
      try table("return_period_a,duration_min,depth,unit\n2,10,9,mm\n2,60,18,mm\n50,10,15.5,mm\n50,60,36,mm\n"))
    #expect(plain.depths == [[9, 18], [15.5, 36]])
    let dresses: [(String, RainUnit?)] = [
      ("\u{FEFF}return_period_a;duration_min;value\r\n2;10;9\r\n2;60;18\r\n50;10;15,5\r\n50;60;36\r\n", .millimetres),
      ("return_period_a,10,60\n2,9,18\n50,15.5,36\n", .millimetres),
      ("return_period_a;10 min;1 t;unit\n50;15,5;36;mm\n2;9;18;mm\n", nil),
      ("return_period_a,duration_min,intensity\n2,10,54\n2,60,18\n50,10,93\n50,60,36\n", .millimetresPerHour),
    ]
    for (text, unit) in dresses { #expect(try table(text, unit: unit) == plain) }
  }

  @Test func rastersByReturnPeriodAndDuration() throws {
    let path = folder.write(
      "return_period_a,duration_min,path,unit\n2,60,a.tif,mm\n100,60,/data/b.tif,mm\n", to: "rasters.csv")
    guard case .rasters(let rasters, let unit) = try RainFrequencyTable(path: path) else {
      Issue.record("no rasters")
      return
    }
    #expect(unit == .millimetre)
    #expect(rasters.map(\.path) == [folder.path("a.tif"), "/data/b.tif"] && rasters[1].returnPeriod == 100)
  }

  @Test func messagesNameTheRow() {
    let head = "return_period_a,duration_min,intensity,unit\n"
    #expect(refusal(head + "2,10,9,mm\n2,60,nine,mm\n").contains("idf.csv:3:6: error[E-TAB-004] intensity"))
    #expect(refusal(head + "2,10,9,mm\n2,60,18,inch\n").contains("idf.csv:3:9: error[E-TAB-004] unit"))
    #expect(refusal(head + "2,10,9,mm\n2,60,8,mm\n").contains("depth falls from 9.0 mm in 10.0 min"))
    #expect(refusal(head + "2,10,9,mm\n", unit: .millimetresPerHour).contains("mm/h is declared"))
    #expect(refusal("return_period_a,duration_min,intensity\n2,10,9\n").contains("no unit declared"))
    #expect(refusal("period,duration_min,intensity,unit\n2,10,9,mm\n").contains("return_period_a"))
    #expect(refusal("return_period_a,ten\n2,9\n", unit: .millimetres).contains("\"ten\" is no duration"))
    #expect(refusal(head).contains("no rows"))
  }

  @Test func shippedTablesAreSound() throws {
    let tables = packageRoot.appendingPathComponent("fixtures/tables")
    func read(_ name: String) throws -> CSVTable {
      try CSVTable(path: tables.appendingPathComponent("\(name).csv").path)
    }
    for name in ["infiltration", "climate_allowances", "coefficient_increase", "measures", "impervious"] {
      // Whatever is not confirmed says so.
      #expect(try read(name).texts("status").allSatisfy { $0.contains("unverified") || $0 == "excerpt" }, "\(name)")
      #expect(try read(name).texts("source").allSatisfy { !$0.isEmpty }, "\(name)")
    }
    // Every deposit that has a soil group has numbers of infiltration, and the reverse.
    #expect(try read("infiltration").keys("deposit_code") == read("soil_groups").keys("deposit_code"))
    #expect(try read("impervious").keys("land_cover_code") == read("curve_numbers").keys("land_cover_code"))
  }
}
