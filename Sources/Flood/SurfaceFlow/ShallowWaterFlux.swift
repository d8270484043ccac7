/// The full shallow water equations at the faces between rows of cells: a Riemann problem over a step of the bed.
///
/// With Δz = z₀ − z₁ the depths at a face are those above the higher bed, by differences alone. On the lower side, where
/// the surface falls the way the bed does, the depth is not more than on the higher side and not less than sheet flow
/// needs: min(h₀, h₁), in the spirit of the surface reconstruction of Xia et al. (2017, Water Resources Research 53);
/// elsewhere h − |Δz|, the hydrostatic reconstruction of Audusse et al. (2004, SIAM J. Sci. Comput. 25). The weight of
/// the water on the part of the step that stands above the lower surface pushes the higher cell, that on the part below
/// it the lower cell, as in the subcell reconstruction of Chen and Noelle (2017, SIAM J. Numer. Anal. 55). A lake
/// at rest stays at rest to the bit, and uniform flow feels g h Δz exactly, however thin it is: the plain hydrostatic
/// reconstruction loses up to half of it where the depth is near the step (Delestre et al. 2012).
///
/// The flux is that of HLLC (Toro 2001), whose middle wave has the sign of the mass flux, with wave speeds of two
/// rarefactions and of dry fronts.
///
/// What a face does to the momentum of its cells is kept less the pressure of their own depths, ½ g h², which cancels
/// between the two sides of a cell; no large pressures are subtracted from each other.
struct ShallowWaterFaces {
  /// Columns that are worked on together: whole tiles.
  static let columns = 4 * FlowLayout.tileWidth
  private static let length = columns + 32
  /// First column of a piece in a row of numbers.
  static let lead = 16

  /// Rows of cells: the two rows at hand change places from row to row.
  enum CellRow: Int, CaseIterable {
    /// Half of the change of depth across the cell, eastwards and southwards, metres.
    case depthEast, depthSouth
    /// Half of the change of the bed across the cell, metres.
    case bedEast, bedSouth
    /// Half of the changes of the speeds across the cell, m/s.
    case eastSpeedEast, eastSpeedSouth, southSpeedEast, southSpeedSouth
    /// Depth, metres, and speeds, m/s, in the middle of the cell and of the step.
    case depth, eastSpeed, southSpeed
  }

  /// Rows of faces.
  enum FaceRow: Int, CaseIterable {
    /// Discharge, m²/s.
    case mass
    /// Flux of momentum across the face as the cell before and the cell behind it feel it, m³/s².
    case before, behind
    /// Flux of momentum along the face, m³/s².
    case along
  }

  /// Position of the numbers of a row of cells in one of the two halves of the scratch memory.
  @inline(__always)
  static func position(_ row: CellRow, half: Int) -> Int {
    (half &* CellRow.allCases.count &+ row.rawValue) &* length &+ lead
  }

  /// Position of a row of faces: set 0 for eastern faces, 1 and 2 in turn for southern ones.
  @inline(__always)
  static func position(_ row: FaceRow, set: Int) -> Int {
    (2 &* CellRow.allCases.count &+ set &* FaceRow.allCases.count &+ row.rawValue) &* length &+ lead
  }

  /// Depth and speeds of three rows of cells in turn.
  @inline(__always)
  static func primitive(_ number: Int, slot: Int) -> Int {
    (2 &* CellRow.allCases.count &+ 3 &* FaceRow.allCases.count &+ slot &* 3 &+ number) &* length &+ lead
  }

  /// n² of a row, and the largest speed of each column.
  static let friction = (2 * CellRow.allCases.count + 3 * FaceRow.allCases.count + 9) * length + lead
  static let fastest = friction + length
  /// Length of all rows together.
  static let total = (2 * CellRow.allCases.count + 3 * FaceRow.allCases.count + 11) * length

  /// What passes a face.
  struct Flux {
    var mass: Float
    var before: Float
    var behind: Float
    var along: Float
  }

  /// Solves the Riemann problem at a face.
  /// - Parameters:
  ///   - h0, u0, v0: Depth, speed across the face and along it on the side before the face; 1 behind it.
  ///   - step: Bed before less bed behind the face, metres.
  @inline(__always)
  static func solve(
    h0: Float, u0: Float, v0: Float, h1: Float, u1: Float, v1: Float, step: Float, film: Float
  ) -> Flux {
    let g = Gravity.float
    let drop = (h0 - h1) + step
    let down = positivePart(step)
    let up = positivePart(-step)
    let common = smaller(h0, h1)
    let d1 = step > 0 ? (drop > 0 ? common : h1 - down) : h1
    let d0 = step < 0 ? (drop < 0 ? common : h0 - up) : h0

    let c0 = squareRoot(g * d0)
    let c1 = squareRoot(g * d1)
    let middle = 0.5 * (u0 + u1) + (c0 - c1)
    let wave = 0.5 * (c0 + c1) + 0.25 * (u0 - u1)
    let back = d0 > 0 ? smaller(u0 - c0, middle - wave) : u1 - 2 * c1
    let forth = d1 > 0 ? larger(u1 + c1, middle + wave) : u0 + 2 * c0
    let s0 = negativePart(back)
    let s1 = positivePart(forth)
    let isWet = larger(d0, d1) > film
    let share = isWet ? 1 / larger(s1 - s0, 1e-12) : 0

    let q0 = d0 * u0
    let q1 = d1 * u1
    let both = s0 * s1
    let mass = ((s1 * q0 - s0 * q1) + both * (d1 - d0)) * share
    let pressure = (0.5 * g) * ((d1 - d0) * (d1 + d0))
    let base = (s1 * (q0 * u0) - s0 * (q1 * u1)) + both * (q1 - q0)

    // The part of the step below the surface of the lower cell, and the part above it.
    let under1 = smaller(down, h1)
    let under0 = smaller(up, h0)
    let before = (0.5 * g) * ((h0 + d0) * (under0 - (h0 - d0))) - g * (h0 * (down - under1))
    let behind = (0.5 * g) * ((h1 + d1) * (under1 - (h1 - d1))) - g * (h1 * (up - under0))
    return Flux(
      mass: mass, before: (base - s0 * pressure) * share + (isWet ? before : 0),
      behind: (base - s1 * pressure) * share + (isWet ? behind : 0), along: mass * (mass > 0 ? v0 : v1))
  }

  /// Half of the limited change across a cell, from those towards its neighbours: monotonised central differences.
  ///
  /// Only halves and sums, so that a lake over a quantised bed stays level to the bit.
  @inline(__always)
  static func halfSlope(_ first: Float, _ second: Float) -> Float {
    let central = 0.25 * (first + second)
    let bound = smaller(magnitude(first), magnitude(second))
    let size = smaller(bound, magnitude(central))
    return first * second > 0 ? withSign(size, of: central) : 0
  }
}
