public import Grids
public import Runoff

/// Everything that a simulation of flow over terrain needs to know.
///
/// Lengths are metres, times seconds from the start, rain and losses mm/h. Grids lie on the terrain's geometry.
public struct SurfaceFlowCase: Sendable {
  /// Elevation, metres; NaN is outside and closed unless a boundary opens it.
  public var terrain: Grid<Float>
  /// Manning's n, s/m^(1/3), positive.
  public var roughness: CellValues
  /// Manning's n of thin water, s/m^(1/3), by ``FlowSettings/sheetDepths``; nil is the same as that of deep water.
  public var sheetRoughness: CellValues?
  /// Water at the start, metres; nil is dry.
  public var initialDepth: Grid<Float>?
  /// Rain that reaches the ground; intervals do not overlap, and it is dry between them.
  public var rain: [RainInterval] = []
  /// Share of the rain that is to be reckoned with, 0 to 1; nil is all of it.
  public var rainShare: Grid<Float>?
  /// Roofs whose rain reaches the terrain beside them; nil for none.
  public var roofs: RoofRain?
  /// What the ground can take, mm/h; nil is nothing.
  public var infiltration: CellValues?
  /// Ground that takes less the more it has taken, by Horton, by Green and Ampt or after a first loss; nil is none.
  ///
  /// It takes from rain and from water that stands or flows. Beside ``infiltration``, which is taken first.
  public var groundLoss: GroundLoss?
  /// What drains can take after the ground, mm/h; nil is nothing.
  public var drainage: CellValues?
  /// Water led onto the terrain.
  public var inflows: [FlowInflow] = []
  /// Pipes that carry water under the terrain.
  public var culverts: [FlowCulvert] = []
  /// Conditions at the edge; faces that none names are closed.
  public var boundaries: [FlowBoundary] = []
  /// Places whose depth and speed are kept in time.
  public var gauges: [FlowGauge] = []
  /// Lines whose discharge is kept in time.
  public var crossSections: [FlowCrossSection] = []
  /// How long to simulate, seconds.
  public var duration: Double
  /// What is kept.
  public var recording = FlowRecording()
  /// How it is computed.
  public var settings = FlowSettings()

  /// A case of dry, closed terrain; rain, inflows and boundaries are set afterwards.
  public init(terrain: Grid<Float>, roughness: CellValues, duration: Double) {
    self.terrain = terrain
    self.roughness = roughness
    self.duration = duration
  }

  /// The case as a simulation keeps it: what its state holds is not held twice.
  ///
  /// Losses, water at the start and the roughness of thin water are nil, the roughness is NaN, and the terrain a single
  /// cell without data.
  var withoutStateGrids: SurfaceFlowCase {
    var kept = self
    kept.terrain = Grid(
      GridGeometry(
        columns: 1, rows: 1, west: terrain.geometry.west, north: terrain.geometry.north,
        cellWidth: terrain.geometry.cellWidth, cellHeight: terrain.geometry.cellHeight, crs: terrain.geometry.crs),
      repeating: .nan)
    kept.roughness = .uniform(.nan)
    kept.sheetRoughness = nil
    kept.infiltration = nil
    kept.drainage = nil
    kept.groundLoss = nil
    kept.initialDepth = nil
    return kept
  }
}

/// Which equations of flow are solved, and how.
public enum FlowMethod: String, Sendable, Hashable, CaseIterable {
  /// The shallow water equations without advection, staggered (Bates et al. 2010; de Almeida et al. 2012): fast, good
  /// for sheet flow, ponding and slow floods.
  case localInertial = "local_inertial"
  /// The full shallow water equations by finite volumes of first order: robust, more diffusive.
  case shallowWaterFirstOrder = "shallow_water_first_order"
  /// The full shallow water equations by finite volumes of second order: for dam breaks, jumps and fast, deep flow.
  case shallowWater = "shallow_water"
}

/// How a simulation is computed.
public struct FlowSettings: Sendable, Hashable {
  /// Which equations are solved, and how; the local inertial ones by default.
  public var method = FlowMethod.localInertial
  /// Share of the largest stable time step that is taken, 0.7 by default.
  ///
  /// Δt = α Δx / max(|u| + √(g h)) for the local inertial scheme; the full equations, whose cells give to both
  /// directions at once, take Δt = α / max((|u| + √(g h)) / Δx + (|v| + √(g h)) / Δy).
  public var courant: Double = 0.7
  /// For the local inertial scheme: weight of a face's own discharge against its neighbours', 0.8 by default.
  ///
  /// It is the weight where water and waves cross a cell in a step; that of the neighbours falls with the step.
  public var theta: Float = 0.8
  /// Depth of flow below which a face carries nothing, metres; 10⁻⁵ by default.
  public var film: Float = 1e-5
  /// Greatest depth of sheet flow and least depth with the full roughness, metres; 0.01 and 0.1 by default.
  public var sheetDepths: ClosedRange<Float> = 0.01...0.1
  /// Cells of the terrain along the side of a coarse cell, 1 to 16; 1, every cell for itself, by default.
  ///
  /// For the local inertial scheme: coarse cells hold and pass water by the fine terrain within them, and results come
  /// back on the terrain's cells. Walls narrower than a coarse cell hold water back only where they lie on its faces.
  public var subgrid = 1
  /// Longest time step, seconds; 10 by default.
  public var longestStep: Double = 10
  /// Most that the step of a tile of cells is longer than the shortest, 1 to 8; 8 by default, 1 is one step everywhere.
  ///
  /// For the local inertial scheme without subgrid: where water is shallow and slow, tiles of 32 × 16 cells find their
  /// discharges less often, by powers of two as seldom as the condition of stability allows there. Water is conserved all
  /// the same. With more than 1 results depend, by less than they do on the step itself, on where the terrain lies in
  /// its tiles.
  public var stepRatio = 8
  /// Seconds for which the capacity of ``SurfaceFlowCase/groundLoss`` is kept; 10 by default.
  public var infiltrationInterval: Double = 10
  /// Sweeps dry tiles too; results are the same, only later.
  public var sweepsAllTiles = false

  /// The default settings.
  public init() {}
}

/// A place whose depth and speed are kept in time.
public struct FlowGauge: Sendable, Hashable {
  /// Name.
  public var name: String
  /// Column of its cell.
  public var column: Int
  /// Row of its cell.
  public var row: Int

  /// A gauge at a cell.
  public init(_ name: String, column: Int, row: Int) {
    self.name = name
    self.column = column
    self.row = row
  }
}

/// A line whose discharge is kept in time, positive from its left to its right.
public struct FlowCrossSection: Sendable, Hashable {
  /// Name.
  public var name: String
  /// Corners of the line.
  public var line: [Coordinate]

  /// A section along a line.
  public init(_ name: String, line: [Coordinate]) {
    self.name = name
    self.line = line
  }

  /// The faces of cells that stand for the line, as positions of an eastern or southern face and a sign.
  ///
  /// The line's corners are moved to the nearest corners of cells and joined by stairs along edges of cells, so that
  /// sections that enclose an area balance its water exactly. Faces outside the grid are left out.
  func faces(on geometry: GridGeometry) -> [(column: Int, row: Int, isEastern: Bool, sign: Double)] {
    func corner(_ point: Coordinate) -> (column: Int, row: Int) {
      (
        Int(((point.x - geometry.west) / geometry.cellWidth).rounded()),
        Int(((geometry.north - point.y) / geometry.cellHeight).rounded())
      )
    }
    var faces: [(column: Int, row: Int, isEastern: Bool, sign: Double)] = []
    for (from, to) in zip(line, line.dropFirst()) {
      let (start, end) = (corner(from), corner(to))
      let (dx, dy) = (end.column - start.column, end.row - start.row)
      var (x, y) = (0, 0)
      while x < abs(dx) || y < abs(dy) {
        // Take the step that stays nearer to the straight line.
        let goesAcross = y >= abs(dy) || (x < abs(dx) && (2 * x + 1) * abs(dy) <= (2 * y + 1) * abs(dx))
        let column = start.column + (dx < 0 ? -x : x)
        let row = start.row + (dy < 0 ? -y : y)
        if goesAcross {
          // Along the edge between two rows, eastwards: left is north, so southward flow is positive.
          let cell = dx > 0 ? column : column - 1
          if cell >= 0, cell < geometry.columns, row >= 0, row <= geometry.rows {
            faces.append((cell, row - 1, false, dx > 0 ? 1 : -1))
          }
          x += 1
        } else {
          // Along the edge between two columns, southwards: left is east, so westward flow is positive.
          let cell = dy > 0 ? row : row - 1
          if cell >= 0, cell < geometry.rows, column >= 0, column <= geometry.columns {
            faces.append((column - 1, cell, true, dy > 0 ? -1 : 1))
          }
          y += 1
        }
      }
    }
    return faces
  }
}
