public import Grids

/// Snow that lies on the ground and melts by degree-days: water supply = rain + melt.
///
/// Precipitation falls as snow at or below a threshold temperature; melt is factor · (T − base) · days while there is
/// snow (J. Martinec 1960; USDA NRCS, National Engineering Handbook part 630, chapter 11). All depths are kept as whole
/// units of ``WaterDepth``: precipitation + snow before = supply + snow after, to the unit in every cell.
public struct DegreeDaySnow: Sendable {
  /// The constants of the method.
  public struct Parameters: Sendable, Hashable {
    /// Melt in mm for each degree and day; 2 to 6 is usual.
    public var factor: Double
    /// Temperature in °C above which snow melts.
    public var base: Double
    /// Temperature in °C at or below which precipitation is snow.
    public var snowfall: Double

    /// Takes the constants; the usual thresholds are 0 and 0.5 °C.
    public init(factor: Double, base: Double = 0, snowfall: Double = 0.5) {
      precondition(factor >= 0 && factor.isFinite && base.isFinite && snowfall.isFinite, "the constants are numbers")
      self.factor = factor
      self.base = base
      self.snowfall = snowfall
    }
  }

  /// The constants of the method.
  public let parameters: Parameters
  /// Water in the snow, in units; −1 is no data.
  private var snow: Grid<Int64>

  /// Starts with snow on the ground.
  /// - Parameters:
  ///   - parameters: The constants of the method.
  ///   - waterEquivalent: Water in the snow in mm; NaN is no data.
  ///   - threads: Number of threads.
  /// - Throws: ``ValuesOutOfRange``.
  public init(
    _ parameters: Parameters, waterEquivalent: Grid<Float>, threads: Int
  ) throws(ValuesOutOfRange) {
    try waterEquivalent.require(0...1_000_000, of: "water in the snow in mm", threads: threads)
    self.parameters = parameters
    snow = waterEquivalent.map(threads: threads) { $0.isNaN ? -1 : WaterDepth.units($0) }
  }

  /// Water in the snow, mm; NaN is no data.
  public func waterEquivalent(threads: Int) -> Grid<Float> {
    snow.map(threads: threads) { $0 < 0 ? .nan : Float(WaterDepth.millimetres($0)) }
  }

  /// Takes a step and returns the water that reaches the ground in it, mm.
  ///
  /// What rounding to `Float` leaves of the supply stays in the snow, so that nothing is lost.
  /// - Parameters:
  ///   - precipitation: mm, NaN is no data; the cell has no result from then on.
  ///   - temperature: °C, NaN likewise.
  ///   - hours: Length of the step, > 0.
  ///   - threads: Number of threads.
  /// - Throws: ``GeometryMismatch`` or ``ValuesOutOfRange``.
  public mutating func add(
    precipitation: Grid<Float>, temperature: Grid<Float>, hours: Double, threads: Int
  ) throws -> Grid<Float> {
    precondition(hours > 0 && hours.isFinite, "a step has a length")
    try snow.geometry.require(precipitation.geometry, for: "snow and precipitation")
    try snow.geometry.require(temperature.geometry, for: "snow and temperature")
    try requireRain(precipitation, threads: threads)
    try temperature.require(-100...100, of: "temperature in °C", threads: threads)
    let parameters = parameters
    var supply = Grid<Float>(snow.geometry, repeating: .nan)
    let before = snow
    supply.forEachRow(threads: threads) { row, cells in
      let (snow, fallen, warmth) = (before.row(row), precipitation.row(row), temperature.row(row))
      for column in 0..<cells.count where snow[column] >= 0 && !fallen[column].isNaN && !warmth[column].isNaN {
        let isSnow = Double(warmth[column]) <= parameters.snowfall
        let lying = snow[column] + (isSnow ? WaterDepth.units(fallen[column]) : 0)
        let degrees = max(0, Double(warmth[column]) - parameters.base)
        let melt = min(lying, Int64((parameters.factor * degrees * hours / 24 * 0x1p27).rounded(.down)))
        let water = melt + (isSnow ? 0 : WaterDepth.units(fallen[column]))
        let rounded = Float(WaterDepth.millimetres(water))
        // Rounded down, so that the snow is never left with less than nothing.
        cells[column] = WaterDepth.units(rounded) > water ? rounded.nextDown : rounded
      }
    }
    let given = supply
    snow.forEachRow(threads: threads) { row, cells in
      let (fallen, out) = (precipitation.row(row), given.row(row))
      for column in 0..<cells.count {
        cells[column] =
          out[column].isNaN ? -1 : cells[column] + WaterDepth.units(fallen[column]) - WaterDepth.units(out[column])
      }
    }
    return supply
  }
}
