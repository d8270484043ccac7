import Foundation
import Geodata
import Grids
import Terrain
import TestSupport
import Testing

/// Numbers of an ESRI ASCII grid, with the six header lines as names and values.
private func asciiGrid(_ url: URL) throws -> (columns: Int, rows: Int, nodata: Double, values: [Double]) {
  let text = try String(contentsOf: url, encoding: .utf8)
  var header: [String: Double] = [:]
  var values: [Double] = []
  for line in text.split(whereSeparator: \.isNewline) {
    let words = line.split(separator: " ")
    if let name = words.first, name.first?.isLetter == true {
      header[name.lowercased()] = Double(words[1])
    } else {
      values += words.compactMap { Double($0) }
    }
  }
  return (Int(header["ncols"]!), Int(header["nrows"]!), header["nodata_value"]!, values)
}

@Suite struct PublishedGridTests {
  /// Accumulation over given D8 directions equals the expected grids that come with them.
  @Test(.enabled(if: sharedData("d8-toys") != nil, "needs the data folder d8-toys"))
  func accumulationOfTheToysIsExact() throws {
    let folder = try #require(sharedData("d8-toys/flow_accum"))
    // The toys count 1 west, 2 north-west, … clockwise, 8 south-west; 0 and no data go nowhere.
    let codes: [Double: UInt8] = [1: 4, 2: 5, 3: 6, 4: 7, 5: 0, 6: 1, 7: 2, 8: 3]
    var compared = 0
    for url in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    where url.pathExtension == "d8" {
      let toy = try asciiGrid(url)
      let expected = try asciiGrid(url.deletingPathExtension().appendingPathExtension("out"))
      let directions = Grid<UInt8>(
        testGeometry(columns: toy.columns, rows: toy.rows),
        cells: toy.values.map { $0 == toy.nodata ? FlowDirection.nodata : codes[$0] ?? FlowDirection.outlet })
      var inside = directions
      // A direction that leads over the border is an outlet.
      for row in 0..<toy.rows {
        for column in 0..<toy.columns where inside[column, row] < 8 {
          let code = Int(inside[column, row])
          let x = column + FlowDirection.columnStep[code]
          let y = row + FlowDirection.rowStep[code]
          if x < 0 || y < 0 || x >= toy.columns || y >= toy.rows { inside[column, row] = FlowDirection.outlet }
        }
      }
      let sums = upslopeCells(inside)
      for index in 0..<sums.count where expected.values[index] != expected.nodata {
        #expect(Double(sums[index]) == expected.values[index], "\(url.lastPathComponent) cell \(index)")
      }
      compared += 1
    }
    #expect(compared == 24)
  }

  /// The filled Danish terrain of malstroem, bit for bit, on cells of 16 × 15.957 m.
  @Test(.enabled(if: sharedData("malstroem") != nil, "needs the data folder malstroem"))
  func fillEqualsMalstroem() throws {
    let folder = try #require(sharedData("malstroem"))
    let ground = try readRaster(folder.appendingPathComponent("dtm.tif").path).grid
    let expected = try readRaster(folder.appendingPathComponent("filled.tif").path).grid
    let filled = try DepressionHierarchy(of: ground, threads: 2).filled(ground)
    #expect(zip(filled.cells, expected.cells).allSatisfy { $0.bitPattern == $1.bitPattern })
    #expect(zip(try priorityFlood(ground).cells, expected.cells).allSatisfy { $0.bitPattern == $1.bitPattern })
    #expect(try FillCertificate(expected, over: ground).holds)
    let depths = try readRaster(folder.appendingPathComponent("depths.tif").path).grid
    #expect((0..<ground.count).allSatisfy { filled[$0] - ground[$0] == depths[$0] })
  }

  /// HydroSHEDS directions, which are steepest descents in cell units wherever a neighbour is lower.
  @Test(.enabled(if: sharedData("pysheds") != nil, "needs the data folder pysheds"))
  func directionsEqualHydroSHEDS() throws {
    let folder = try #require(sharedData("pysheds"))
    let dem = try readRaster(folder.appendingPathComponent("dem.tif").path).grid
    let reference = try asciiGrid(folder.appendingPathComponent("dir.asc"))
    #expect(dem.columns == reference.columns && dem.rows == reference.rows)
    let z = Grid<Float>(testGeometry(columns: dem.columns, rows: dem.rows), cells: dem.cells)
    let directions = try DepressionHierarchy(of: z, nodata: .outlet).basins.directions
    var compared = 0
    var different = 0
    for row in 1..<(z.rows - 1) {
      for column in 1..<(z.columns - 1) where !z[column, row].isNaN {
        let hasLower = (0..<8).contains {
          z[column + FlowDirection.columnStep[$0], row + FlowDirection.rowStep[$0]] < z[column, row]
        }
        if !hasLower { continue }
        compared += 1
        let code = directions[column, row]
        if Double(FlowDirection.esri(code)) != reference.values[row * z.columns + column] { different += 1 }
      }
    }
    #expect(compared > 50_000)
    #expect(different == 0, "\(different) of \(compared) cells differ")
  }
}
