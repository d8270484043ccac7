import Foundation
import Grids

/// Depths of water seen from above, with outlines and numbered places, as SVG.
struct ValidationMap {
  let title: String
  /// Metres.
  let depth: Grid<Float>
  /// Outlines of buildings.
  var polygons: [[(x: Double, y: Double)]] = []
  /// Numbered places.
  var places: [(name: String, x: Double, y: Double)] = []

  /// Least depths of the classes, metres, and their colours.
  private static let classes: [(depth: Float, colour: String)] = [
    (0.05, "#deebf7"), (0.1, "#9ecae1"), (0.3, "#6baed6"), (0.5, "#3182bd"), (1, "#08306b"),
  ]

  var svg: String {
    let geometry = depth.geometry
    let scale = 560 / max(Double(depth.columns), Double(depth.rows))
    let (width, height) = (Double(depth.columns) * scale, Double(depth.rows) * scale)
    let (left, top) = (10.0, 40.0)
    let (fullWidth, fullHeight) = (Int(left + width + 130), Int(top + height + 10))
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(fullWidth)" height="\(fullHeight)" \
      viewBox="0 0 \(fullWidth) \(fullHeight)" role="img" font-family="sans-serif" font-size="12">
      <title>\(title)</title>
      <rect width="\(fullWidth)" height="\(fullHeight)" fill="#ffffff"/>
      <text x="\(left)" y="24" font-size="16">\(title)</text>
      <g transform="translate(\(left) \(top)) scale(\(scale))">
      <rect width="\(depth.columns)" height="\(depth.rows)" fill="#f4f4f0"/>

      """
    for (number, kind) in Self.classes.enumerated() {
      let above = number + 1 < Self.classes.count ? Self.classes[number + 1].depth : .infinity
      var path = ""
      for row in 0..<depth.rows {
        var column = 0
        while column < depth.columns {
          let first = column
          while column < depth.columns, depth[column, row] >= kind.depth, depth[column, row] < above { column += 1 }
          if column > first { path += "M\(first) \(row)h\(column - first)v1h-\(column - first)z" } else { column += 1 }
        }
      }
      text += "<path fill=\"\(kind.colour)\" shape-rendering=\"crispEdges\" d=\"\(path)\"/>\n"
    }
    func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }
    func place(_ x: Double, _ y: Double) -> String {
      let across = (x - geometry.west) / geometry.cellWidth
      let down = (geometry.north - y) / geometry.cellHeight
      return "\(tenths(across)),\(tenths(down))"
    }
    for polygon in polygons {
      let points = polygon.map { place($0.x, $0.y) }.joined(separator: " ")
      text += "<polygon points=\"\(points)\" fill=\"#c9b9a3\" stroke=\"#6b5b45\" stroke-width=\"0.4\"/>\n"
    }
    text += "</g>\n"
    let points = places.map { mark in
      (
        x: left + (mark.x - geometry.west) / geometry.cellWidth * scale,
        y: top + (geometry.north - mark.y) / geometry.cellHeight * scale
      )
    }
    for point in points {
      text += "<circle cx=\"\(tenths(point.x))\" cy=\"\(tenths(point.y))\" r=\"3\" fill=\"#d55e00\"/>"
    }
    var taken: [(x: Double, y: Double)] = []
    for (mark, point) in zip(places, points) {
      // Numbers stand beside their places, where there is room.
      let width = 8 * Double(mark.name.count)
      let spots = [(5.0, -3.0), (-5 - width, -3), (5, 12), (-5 - width, 12), (-width / 2, -7), (-width / 2, 17)]
        .map { (x: point.x + $0.0, y: point.y + $0.1) }
      let spot = spots.first { spot in
        taken.allSatisfy { abs($0.x - spot.x) > 17 || abs($0.y - spot.y) > 11 }
          && points.allSatisfy {
            $0.x < spot.x - 4 || $0.x > spot.x + width + 3 || $0.y < spot.y - 12 || $0.y > spot.y + 4
          }
      }
      let place = spot ?? spots[0]
      taken.append(place)
      text +=
        "<text x=\"\(tenths(place.x))\" y=\"\(tenths(place.y))\" fill=\"#a03000\" font-weight=\"bold\">\(mark.name)</text>\n"
    }
    for (number, kind) in Self.classes.enumerated() {
      let y = top + 14 + Double(number) * 20
      text +=
        "<rect x=\"\(Int(left + width + 12))\" y=\"\(Int(y))\" width=\"18\" height=\"12\" fill=\"\(kind.colour)\"/>"
      text += "<text x=\"\(Int(left + width + 36))\" y=\"\(Int(y) + 11)\">over \(kind.depth) m</text>\n"
    }
    return text + "</svg>\n"
  }
}
