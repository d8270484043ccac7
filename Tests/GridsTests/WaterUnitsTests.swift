import Grids
import TestSupport
import Testing

@Suite struct WaterUnitsTests {
  @Test func depthsFromASixteenthOfAMillimetreAreExact() {
    #expect(WaterDepth.units(1) == 134_217_728)
    #expect(WaterDepth.units(0) == 0)
    #expect(WaterDepth.units(-0.0) == 0)
    var random = SeededGenerator(seed: 1)
    for _ in 0..<10_000 {
      let depth = Float(0.0625 + random.unit() * 400)
      #expect(WaterDepth.millimetres(WaterDepth.units(depth)) == Double(depth))
      #expect(WaterDepth.units(-depth) == -WaterDepth.units(depth))
    }
    #expect(WaterDepth.units(0.0625) == 1 << 23)
  }

  @Test func smallDepthsRoundToNearestEvenAndKeepOrder() {
    #expect(WaterDepth.units(0x1p-28) == 0)
    #expect(WaterDepth.units(0x1.8p-27) == 2)
    #expect(WaterDepth.units(0x1.4p-26) == 2)
    #expect(WaterDepth.units(0x1.000002p-28) == 1)
    var random = SeededGenerator(seed: 2)
    for _ in 0..<10_000 {
      let a = Float(random.unit() * 0.07)
      let b = a.nextUp
      #expect(WaterDepth.units(a) <= WaterDepth.units(b))
      #expect(abs(WaterDepth.millimetres(WaterDepth.units(a)) - Double(a)) <= 0x1p-28)
    }
  }

  @Test func volumesOfUniformRainHaveOneRounding() {
    let millimetre = Int128(WaterDepth.units(1))
    // 1 mm on 1 m² is 1048.576 quanta; on 1000 such cells exactly 1 m³.
    #expect(WaterVolume.quanta(fromDepthUnits: millimetre, cellArea: 1) == 1049)
    #expect(WaterVolume.quanta(fromDepthUnits: 1000 * millimetre, cellArea: 1) == WaterVolume.quantaPerCubicMetre)
    #expect(WaterVolume.quanta(fromDepthUnits: -1000 * millimetre, cellArea: 1) == -1_048_576)
    #expect(WaterVolume.quanta(fromDepthUnits: 10 * millimetre, cellArea: 100) == 1_048_576)
    #expect(WaterVolume.quanta(fromDepthUnits: 1000 * millimetre, cellArea: 0.25) == 262_144)
    #expect(WaterVolume.quanta(fromDepthUnits: 0, cellArea: 0.1) == 0)
    #expect(WaterVolume.cubicMetres(WaterVolume.quanta(fromCubicMetres: 12.5)) == 12.5)
    // A whole municipality: 2·10⁸ cells with 200 mm.
    #expect(WaterVolume.quanta(fromDepthUnits: 40_000_000_000 * millimetre, cellArea: 1) == 40_000_000 << 20)
  }

  @Test func tiesOfVolumeGoToEven() {
    // 64 000 units on 1 m² are exactly half a quantum.
    let expected: [(Int128, Int64)] = [(1, 0), (3, 2), (5, 2), (7, 4), (-1, 0), (-3, -2), (-5, -2)]
    for (halves, quanta) in expected {
      #expect(WaterVolume.quanta(fromDepthUnits: halves * 64_000, cellArea: 1) == quanta)
    }
    #expect(WaterVolume.quanta(fromDepthUnits: 64_001, cellArea: 1) == 1)
    #expect(WaterVolume.quanta(fromDepthUnits: 63_999, cellArea: 1) == 0)
    #expect(WaterVolume.quanta(fromDepthUnits: 125, cellArea: 0x1p40) == 1 << 30)
  }

  @Test func volumesAgreeWithFloatingPointWithinHalfAQuantum() {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<10_000 {
      let units = Int128(random.next() >> 20)
      let area = 0.01 + random.unit() * 120
      let quanta = WaterVolume.quanta(fromDepthUnits: units, cellArea: area)
      let expected = Double(units) * area / 128_000
      #expect(abs(Double(quanta) - expected) <= 0.5 + expected * 4e-16)
    }
  }
}
