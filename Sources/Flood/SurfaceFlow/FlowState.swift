import Grids

/// The padded arrays of a flow simulation: ground, roughness, depth and the discharges through the faces.
///
/// `qx` at a cell is the discharge through its eastern face, `qy` through its southern face, both per metre of face
/// and positive away from the cell. 22 bytes a cell.
final class FlowState: @unchecked Sendable {
  /// Height of walls, of cells without data and of everything outside.
  static let wall: Float = 1e9
  /// Height of what lies behind an open face: a wall to the cells, through which ``BoundaryExchange`` passes water.
  static let openWall: Float = 2e9

  let layout: FlowLayout
  /// Elevation, metres; ``wall`` outside.
  let ground: UnsafeMutablePointer<Float>
  /// Depth, metres, whole quanta of ``DepthQuantum``.
  let depth: UnsafeMutablePointer<Double>
  /// Discharge to the east, m²/s.
  let qx: UnsafeMutablePointer<Float>
  /// Discharge to the south, m²/s.
  let qy: UnsafeMutablePointer<Float>
  /// Number of the roughness in ``FlowFriction``.
  let roughness: UnsafeMutablePointer<UInt16>
  /// Whether ``discardFlow()`` has freed discharges and roughness.
  private(set) var hasNoFlow = false

  init(_ layout: FlowLayout) {
    self.layout = layout
    ground = .filled(layout.count, with: Self.wall)
    depth = .filled(layout.count, with: 0)
    qx = .filled(layout.count, with: 0)
    qy = .filled(layout.count, with: 0)
    roughness = .filled(layout.count, with: 0)
  }

  deinit {
    ground.deallocate()
    depth.deallocate()
    discardFlow()
  }

  /// Frees what only further steps need.
  func discardFlow() {
    if hasNoFlow { return }
    hasNoFlow = true
    qx.deallocate()
    qy.deallocate()
    roughness.deallocate()
  }

  /// Whether the cell at a position is part of the terrain.
  @inline(__always)
  func isCell(_ position: Int) -> Bool { ground[position] < Self.wall }

  /// Takes the elevation of a terrain; cells without data become walls.
  func setGround(_ terrain: Grid<Float>) {
    terrain.withUnsafeCells { source in
      for row in 0..<layout.rows {
        let line = ground + layout.start(ofRow: row)
        for column in 0..<layout.columns {
          let height = source[row &* layout.columns &+ column]
          line[column] = height.isNaN ? Self.wall : height
        }
      }
    }
  }

  /// The water in all cells, in quanta of depth.
  var storedQuanta: Int128 {
    var total: Int128 = 0
    for row in 0..<layout.rows {
      let line = depth + layout.start(ofRow: row)
      for column in 0..<layout.columns { total += Int128(DepthQuantum.count(line[column])) }
    }
    return total
  }

  /// Takes the roughness of a terrain, and that of thin water where it is another; returns the distinct values, which
  /// ``roughness`` numbers.
  func setRoughness(_ values: CellValues, sheet: CellValues?) throws(SurfaceFlowError) -> [(full: Float, sheet: Float)]
  {
    if case .uniform(let full) = values {
      switch sheet {
      case nil: return [(full, full)]
      case .uniform(let sheet): return [(full, sheet)]
      case .grid: break
      }
    }
    var numbers: [SIMD2<Float>: UInt16] = [:]
    var distinct: [(full: Float, sheet: Float)] = []
    for row in 0..<layout.rows {
      for column in 0..<layout.columns {
        let position = layout.position(column: column, row: row)
        if !isCell(position) { continue }
        let index = row * layout.columns + column
        let full = values.value(at: index)
        let thin = sheet?.value(at: index) ?? full
        let value = SIMD2(full, thin)
        if let known = numbers[value] {
          roughness[position] = known
        } else {
          if distinct.count > Int(UInt16.max) {
            throw SurfaceFlowError(
              .value, "the roughness has more than 65 536 different values; round it to four decimals")
          }
          numbers[value] = UInt16(distinct.count)
          roughness[position] = UInt16(distinct.count)
          distinct.append((full, thin))
        }
      }
    }
    return distinct
  }

  /// Takes depths, rounded to whole quanta.
  func setDepth(_ grid: Grid<Float>) {
    for row in 0..<layout.rows {
      for column in 0..<layout.columns {
        let position = layout.position(column: column, row: row)
        if isCell(position) { depth[position] = DepthQuantum.round(Double(grid[column, row])) }
      }
    }
  }

  /// The deepest water of a tile, metres.
  func greatestDepth(ofTile tile: Int) -> Float {
    let (strip, column) = tile.quotientAndRemainder(dividingBy: layout.tilesAcross)
    var greatest = 0.0
    for row in layout.rows(ofStrip: strip) {
      let line = depth + layout.start(ofRow: row) + column * FlowLayout.tileWidth
      for column in 0..<FlowLayout.tileWidth { greatest = max(greatest, line[column]) }
    }
    return Float(greatest)
  }

  /// A cell whose depth is negative, beyond all bounds or not a number.
  func firstImpossible() -> Int? {
    for row in 0..<layout.rows {
      let start = layout.start(ofRow: row)
      for position in start..<start + layout.columns
      where !(depth[position] >= 0 && depth[position] < DepthQuantum.limit) { return position }
    }
    return nil
  }

  /// The cell with the fastest water.
  func fastestPosition(_ discharge: (Int) -> (x: Float, y: Float)) -> Int {
    var (fastest, place) = (Float(-1), layout.start(ofRow: 0))
    for row in 0..<layout.rows {
      let start = layout.start(ofRow: row)
      for position in start..<start + layout.columns where depth[position] > 0 {
        let q = discharge(position)
        let water = Float(depth[position])
        let speed = (q.x * q.x + q.y * q.y).squareRoot() / water + (9.81 * water).squareRoot()
        if speed > fastest { (fastest, place) = (speed, position) }
      }
    }
    return place
  }
}
