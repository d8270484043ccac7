import Grids

/// What a piece of ground is, before anybody built on it.
enum Landform: UInt8, Sendable {
  case fjord
  case river
  case beach
  case plain
  /// The gentle ground between the plain and the western hill.
  case shelf
  case terrace
  /// The slope from the plain up to the terrace.
  case scarp
  case hillside
}

/// Height in metres above the sea, and what the ground is.
struct GroundSample: BitwiseCopyable, Sendable {
  var height: Double
  var landform: Landform
}

/// The ground before streams, roads and small forms: fjord, valley, clay terrace and hills.
struct NaturalGround {
  let plan: SitePlan
  private let bends = Noise(seed: 11)
  private let relief = Noise(seed: 12)
  private let edges = Noise(seed: 13)

  init(_ plan: SitePlan) { self.plan = plan }

  /// Level of the river, which falls to the fjord from north to south.
  func riverLevel(_ point: Coordinate) -> Double {
    let share = max(0, (point.y - 205) / 795)
    return 8.5 * share * (0.65 + 0.35 * share)
  }

  /// Half the river's width; it widens towards its mouth.
  func riverHalfWidth(_ point: Coordinate) -> Double { 7 + 5 * smoothStep(point.y, from: 420, to: 180) }

  /// Distance inland from the shore; negative in the fjord.
  func inland(_ point: Coordinate) -> Double {
    let shore = plan.shore.nearest(to: point)
    return -shore.distance * shore.side + 7 * edges.fractal(point.x, point.y, size: 60, octaves: 3, roughness: 0.5)
  }

  /// The natural ground at a point.
  func ground(_ point: Coordinate) -> GroundSample {
    let inland = inland(point)
    if inland <= 0 { return GroundSample(height: 0, landform: .fjord) }
    // Feet of hills and edges of terraces wander, because everything is asked a little aside.
    let bent = Coordinate(
      x: point.x + 26 * bends.fractal(point.x, point.y, size: 150, octaves: 4, roughness: 0.5),
      y: point.y + 26 * bends.fractal(point.x + 900, point.y - 700, size: 150, octaves: 4, roughness: 0.5))
    let river = plan.river.nearest(to: point)
    let level = riverLevel(point)
    let detail = relief.fractal(point.x, point.y, size: 70, octaves: 4, roughness: 0.5)

    let plain = level + 1.2 + 0.7 * smoothStep(river.distance, from: 10, to: 70) + 0.26 * detail
    let edge = 50 + 24 * edges.fractal(point.x + 300, point.y, size: 130, octaves: 3, roughness: 0.5)
    var height = plain
    var landform = Landform.plain
    if river.side > 0 {
      let reach = smoothStep(inland, from: 95, to: 215)
      let top = 30.5 + 0.012 * max(0, river.distance - edge) + 0.8 * detail
      let climbed = smoothStep(river.distance, from: edge, to: edge + 64)
      height += (top - plain) * climbed * reach
      if climbed * reach > 0.08 { landform = climbed * reach > 0.97 ? .terrace : .scarp }
      if reach <= 0.08, river.distance > edge { landform = .shelf }
    } else if river.distance > edge {
      height += 0.02 * (river.distance - edge) + 0.65 * detail * smoothStep(river.distance, from: edge, to: edge + 60)
      landform = .shelf
    }
    let hill = hill(bent, point)
    height += hill
    if hill > 3.5 { landform = .hillside }

    // Nothing stands steeply above the shore: quays and beaches first, then slowly steeper ground.
    let beach = 0.3 + 1.1 * smoothStep(inland, from: 0, to: 3) + 0.035 * inland + 0.0016 * inland * inland
    height = smoothMinimum(height, beach + 0.1 * detail, rounding: 2 + 0.03 * inland)
    if inland < 9 { landform = .beach }
    if river.distance <= riverHalfWidth(point) { landform = .river }
    return GroundSample(height: max(0.1, height), landform: landform)
  }

  /// Height of the hills above the valley.
  private func hill(_ bent: Coordinate, _ point: Coordinate) -> Double {
    let west = NaturalGround.beyond(plan.westernFoot, bent)
    let east = NaturalGround.beyond(plan.easternFoot, bent)
    let (dx, dy) = ((bent.x - 768) / 205, (bent.y - 92) / 118)
    let dome = max(0, 1 - dx * dx - dy * dy)
    let rise = NaturalGround.rise(west, slope: 0.66, top: 62) + NaturalGround.rise(east, slope: 0.52, top: 118)
    let height = rise + 20 * dome * dome * (3 - 2 * dome)
    if height <= 0 { return 0 }
    // Ridges and furrows along the folds of the bedrock, which run to the east-north-east.
    let (along, across) = (0.9 * point.x + 0.44 * point.y, -0.44 * point.x + 0.9 * point.y)
    let folds = relief.fractal(along * 0.42, across, size: 85, octaves: 5, roughness: 0.48)
    let rough = relief.fractal(point.x + 4000, point.y, size: 26, octaves: 4, roughness: 0.5)
    let share = smoothStep(height, from: 0, to: 30)
    return max(0, height + share * (5.5 * folds + 0.7 * rough))
  }

  /// Distance beyond a straight line, to its left.
  private static func beyond(
    _ line: (from: (x: Double, y: Double), to: (x: Double, y: Double)), _ point: Coordinate
  ) -> Double {
    let (dx, dy) = (line.to.x - line.from.x, line.to.y - line.from.y)
    let cross = dx * (point.y - line.from.y) - dy * (point.x - line.from.x)
    return cross / (dx * dx + dy * dy).squareRoot()
  }

  /// A slope that begins gently and flattens towards the top.
  private static func rise(_ distance: Double, slope: Double, top: Double) -> Double {
    if distance <= 0 { return 0 }
    let climbed = slope * distance * distance / (distance + 30) / top
    return top * climbed * (1 + climbed) / (1 + climbed * (1 + climbed))
  }
}
