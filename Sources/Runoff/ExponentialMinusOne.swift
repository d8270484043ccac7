/// e^x − 1 for x ≤ 0, to two units in the last place; −1 below −700.
///
/// libm's function gives other bits on other processors, and stands in the way of vector instructions.
@inline(__always)
func exponentialMinusOne(_ x: Double) -> Double {
  let x = x < -700 ? -700 : x
  // x = k ln 2 + r. Above 1.5 · 2⁵² whole numbers are doubles' last bits: those of k + 1023, shifted, are 2ᵏ.
  let shift = 0x1.8p52 + 1023
  let shifted = x * 1.442_695_040_888_963_4 + shift
  let power = Double(bitPattern: shifted.bitPattern &<< 52)
  let k = shifted - shift
  let r = (x - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33
  // The series of e^r − 1, whose next term is below 5e-18 for |r| ≤ ln 2 / 2.
  let r2 = r * r
  let r4 = r2 * r2
  let first = (1 / 2 + r * (1 / 6)) + r2 * (1 / 24 + r * (1 / 120))
  let second = (1 / 720 + r * (1 / 5040)) + r2 * (1 / 40_320 + r * (1 / 362_880))
  let third = (1 / 3_628_800 + r * (1 / 39_916_800)) + r2 * (1 / 479_001_600 + r * (1 / 6_227_020_800))
  let series = r + r2 * (first + r4 * (second + r4 * third))
  return power * series + (power - 1)
}
