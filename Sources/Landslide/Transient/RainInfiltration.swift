public import Grids

/// Rain at a constant rate for some time.
public struct RainStep: Sendable {
  /// Length, s.
  public let duration: Double
  /// Rain, mm/h, ≥ 0; NaN is no data.
  public let intensity: Grid<Float>

  /// Takes a step of rain.
  public init(duration: Double, intensity: Grid<Float>) {
    precondition(duration > 0, "a step lasts")
    self.duration = duration
    self.intensity = intensity
  }
}

/// What becomes of the rain of one step.
public struct InfiltrationStep: Sendable {
  /// Length, s.
  public let duration: Double
  /// What the ground takes in, mm/h; NaN is no data.
  public let infiltration: Grid<Float>
  /// What leaves each cell over the surface, mm/h; NaN is no data.
  public let runoff: Grid<Float>
  /// Sums over all cells, mm/h.
  public let balance: InfiltrationBalance
}

/// Rain + exfiltration = infiltration + runoff, summed over cells with data, mm/h.
public struct InfiltrationBalance: Sendable, Hashable {
  /// Rain that falls.
  public var rain = 0.0
  /// Ground water that comes out where the water table is at the surface.
  public var exfiltration = 0.0
  /// What the ground takes in.
  public var infiltration = 0.0
  /// What leaves over the edge, at outlets and at pits.
  public var runoff = 0.0

  /// What is not accounted for: 0 but for rounding.
  public var error: Double { rain + exfiltration - infiltration - runoff }
}

/// How much of each step's rain infiltrates and how much runs on.
///
/// Infiltration is the least of rain with run-on from upslope and the saturated conductivity: I = min(Ks, P + R). What is
/// left runs off within the step. Where the water table is at the surface and ground water comes out (a negative initial
/// flux), nothing infiltrates and the flux adds to the runoff (Baum, Savage & Godt 2008, TRIGRS 2.0).
/// - Parameters:
///   - rain: Steps of rain, one after the other.
///   - conductivity: Saturated hydraulic conductivity Ks, mm/h, ≥ 0; NaN is no data.
///   - waterTable: Depth of the water table at the start, m.
///   - initialFlux: Steady flux into the ground before the rain, mm/h, negative for exfiltration.
///   - routing: Where runoff goes; nil lets it leave at once.
///   - threads: Number of threads.
/// - Returns: A step for each step of rain; cells without data in any input take no part and their run-on is runoff.
/// - Throws: ``GeometryMismatch`` or ``ValuesOutOfRange``.
public func infiltration(
  of rain: [RainStep], conductivity: Grid<Float>, waterTable: Grid<Float>, initialFlux: Grid<Float>,
  routing: RunoffRouting?, threads: Int
) throws -> [InfiltrationStep] {
  let geometry = conductivity.geometry
  for other in [waterTable.geometry, initialFlux.geometry] + rain.map(\.intensity.geometry) {
    try geometry.require(other, for: "infiltration of rain")
  }
  if let routing { try geometry.require(routing.geometry, for: "infiltration with run-on") }
  for step in rain { try step.intensity.require(0...2_000, of: "rain in mm/h", threads: threads) }
  var result: [InfiltrationStep] = []
  for step in rain {
    var balance = InfiltrationBalance()
    var infiltration = Grid<Float>(geometry, repeating: .nan)
    var runoff = infiltration
    var arriving = [Double](repeating: 0, count: geometry.count)
    infiltration.withUnsafeMutableCells { taken in
      runoff.withUnsafeMutableCells { left in
        func pass(_ cell: Int) {
          let (k, table, flux) = (conductivity[cell], waterTable[cell], initialFlux[cell])
          let rain = step.intensity[cell]
          if k.isNaN || table.isNaN || flux.isNaN || rain.isNaN {
            balance.runoff += arriving[cell]
            return
          }
          let exfiltration = table <= 0 && flux < 0 ? -Double(flux) : 0
          let supply = Double(rain) + arriving[cell]
          let infiltrated = exfiltration > 0 ? 0 : min(Double(k), supply)
          let excess = supply - infiltrated + exfiltration
          taken[cell] = Float(infiltrated)
          left[cell] = Float(excess)
          balance.rain += Double(rain)
          balance.exfiltration += exfiltration
          balance.infiltration += infiltrated
          var leaving = excess
          if let routing {
            for place in Int(routing.starts[cell])..<Int(routing.starts[cell + 1]) {
              let share = routing.weights[place] * excess
              arriving[Int(routing.receivers[place])] += share
              leaving -= share
            }
          }
          balance.runoff += leaving
        }
        if let routing {
          for cell in routing.order { pass(Int(cell)) }
        } else {
          for cell in 0..<geometry.count { pass(cell) }
        }
      }
    }
    result.append(
      InfiltrationStep(duration: step.duration, infiltration: infiltration, runoff: runoff, balance: balance))
  }
  return result
}
