import Grids

/// A culvert: water passes from cells at one end to cells at the other, under the terrain between them.
public struct FlowCulvert: Sendable, Hashable {
  /// How much water passes.
  public enum Capacity: Sendable, Hashable {
    /// A barrel of known size, by inlet or outlet control; water may run back through it.
    case barrel(CulvertBarrel)
    /// Measured or computed elsewhere: discharge in m³/s by headwater in metres above a bottom, straight between the
    /// points and constant beyond the last. Water runs from the inlet to the outlet alone.
    case table(invert: Double, heads: [Double], discharges: [Double])
  }

  /// A cell at an end.
  public struct Cell: Sendable, Hashable {
    /// Column.
    public var column: Int
    /// Row.
    public var row: Int

    /// Names a cell.
    public init(column: Int, row: Int) {
      self.column = column
      self.row = row
    }
  }

  /// Name in tables and messages.
  public var name: String
  /// Cells at the upper end.
  public var inlet: [Cell]
  /// Cells at the lower end.
  public var outlet: [Cell]
  /// How much water passes.
  public var capacity: Capacity
  /// Whether water runs back through a barrel where the lower end stands higher; a flap stops it.
  public var hasFlap = false

  /// A culvert between cells.
  public init(_ name: String, from inlet: [Cell], to outlet: [Cell], _ capacity: Capacity) {
    self.name = name
    self.inlet = inlet
    self.outlet = outlet
    self.capacity = capacity
  }
}

extension SurfaceFlowCase {
  /// Throws unless the culverts lie on the terrain and have dimensions.
  func checkCulverts() throws(SurfaceFlowError) {
    for culvert in culverts {
      func require(_ condition: Bool, _ code: SurfaceFlowError.Code, _ text: @autoclosure () -> String)
        throws(SurfaceFlowError)
      {
        if !condition { throw SurfaceFlowError(code, "culvert \(culvert.name): " + text()) }
      }
      try require(!culvert.inlet.isEmpty && !culvert.outlet.isEmpty, .place, "an end touches no cell of the terrain")
      for cell in culvert.inlet + culvert.outlet {
        try require(
          isCell(cell.column, cell.row), .place,
          "an end lies in column \(cell.column), row \(cell.row), outside the terrain; move it inside")
      }
      try require(
        Set(culvert.inlet).isDisjoint(with: culvert.outlet) && Set(culvert.inlet).count == culvert.inlet.count
          && Set(culvert.outlet).count == culvert.outlet.count, .place,
        "its ends share a cell; it is shorter than the cells, and a burned line serves better")
      /// An invert far from the ground is in another unit or of another datum.
      func requireInvert(_ invert: Double, _ name: String, _ cells: [FlowCulvert.Cell]) throws(SurfaceFlowError) {
        let heights = cells.map { Double(terrain[$0.column, $0.row]) }
        let (low, high) = (heights.min() ?? 0, heights.max() ?? 0)
        try require(
          invert > low - 50 && invert < high + 10, .value,
          "its \(name) invert is \(invert) m and the ground there \(low) m; is it in another unit or datum?")
      }
      switch culvert.capacity {
      case .barrel(let barrel):
        try requireInvert(barrel.inletInvert, "inlet", culvert.inlet)
        try requireInvert(barrel.outletInvert, "outlet", culvert.outlet)
        let sizes = [barrel.width, barrel.height, barrel.length, barrel.roughness]
        try require(
          sizes.allSatisfy { $0 > 0 && $0 < 10_000 } && barrel.count > 0 && barrel.count <= 100 && barrel.roughness < 1,
          .value,
          "width, height, length and roughness are \(sizes), its barrels \(barrel.count); sizes are positive, n is below 1, and "
            + "there are 1 to 100 barrels")
        try require(
          barrel.entranceLoss >= 0 && barrel.entranceLoss <= 10, .value,
          "the entrance loss is \(barrel.entranceLoss) velocity heads; it lies from 0 to 10, usually at 0.2 to 0.9")
        try require(
          abs(barrel.inletInvert - barrel.outletInvert) <= barrel.length, .value,
          "the inverts \(barrel.inletInvert) and \(barrel.outletInvert) m lie farther apart than its length")
        let isCircle = if case .circle = barrel.section { true } else { false }
        try require(
          barrel.inlet.isCircular == isCircle, .value,
          "the inlet \(barrel.inlet.rawValue) does not go with \(isCircle ? "a pipe" : "a box")")
      case .table(let invert, let heads, let discharges):
        try requireInvert(invert, "inlet", culvert.inlet)
        try require(
          heads.count == discharges.count && heads.count > 1
            && zip(heads, heads.dropFirst()).allSatisfy { $0 < $1 }
            && zip(discharges, discharges.dropFirst()).allSatisfy { $0 <= $1 }
            && heads[0] >= 0 && discharges[0] >= 0 && (heads + discharges).allSatisfy(\.isFinite), .value,
          "its table has at least two rows, of rising headwater and discharges that do not fall, from 0 on")
      }
    }
  }
}
