import Foundation

/// Curves and points in a frame, as SVG.
struct ValidationPlot {
  struct Series {
    let name: String
    let points: [(x: Double, y: Double)]
    var isDotted = false
  }

  let title: String
  let x: String
  let y: String
  /// Both axes by powers of ten.
  var isLogarithmic = false
  let series: [Series]

  private static let colours = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999", "#882255",
  ]

  var svg: String {
    let (left, top, width, height) = (70.0, 40.0, 470.0, 300.0)
    func scale(_ value: Double) -> Double { isLogarithmic ? log10(max(value, 1e-12)) : value }
    let all = series.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
    let xs = Self.axis(all.map { scale($0.x) }, isLogarithmic)
    let ys = Self.axis(all.map { scale($0.y) }, isLogarithmic)
    func place(_ point: (x: Double, y: Double)) -> (Double, Double) {
      let across: Double = (scale(point.x) - xs.low) / (xs.high - xs.low)
      let up: Double = (scale(point.y) - ys.low) / (ys.high - ys.low)
      return (left + across * width, top + height - up * height)
    }
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" width="860" height="400" viewBox="0 0 860 400" role="img" \
      font-family="sans-serif" font-size="12">
      <title>\(title)</title>
      <rect width="860" height="400" fill="#ffffff"/>
      <text x="\(left)" y="24" font-size="16">\(title)</text>

      """
    func label(_ value: Double) -> String {
      isLogarithmic ? (value < -3.5 ? "10^\(Int(value.rounded()))" : digits(pow(10, value), 1)) : Self.short(value)
    }
    for value in xs.marks {
      let at = Self.short(left + (value - xs.low) / (xs.high - xs.low) * width)
      text += "<line x1=\"\(at)\" y1=\"\(top)\" x2=\"\(at)\" y2=\"\(top + height)\" stroke=\"#dddddd\"/>\n"
      text += "<text x=\"\(at)\" y=\"358\" text-anchor=\"middle\">\(label(value))</text>\n"
    }
    for value in ys.marks {
      let at = Self.short(top + height - (value - ys.low) / (ys.high - ys.low) * height)
      text += "<line x1=\"\(left)\" y1=\"\(at)\" x2=\"\(left + width)\" y2=\"\(at)\" stroke=\"#dddddd\"/>\n"
      text += "<text x=\"64\" y=\"\(at)\" dy=\"4\" text-anchor=\"end\">\(label(value))</text>\n"
    }
    for (number, curve) in series.enumerated() {
      let colour = Self.colours[number % Self.colours.count]
      let points = curve.points.filter { $0.x.isFinite && $0.y.isFinite }.map(place)
      if curve.isDotted || isLogarithmic {
        for point in points {
          text += "<circle cx=\"\(Self.short(point.0))\" cy=\"\(Self.short(point.1))\" r=\"2.5\" fill=\"\(colour)\"/>\n"
        }
      }
      if !curve.isDotted {
        let line = points.map { "\(Self.short($0.0)),\(Self.short($0.1))" }.joined(separator: " ")
        text += "<polyline points=\"\(line)\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"1.5\"/>\n"
      }
      text += "<text x=\"552\" y=\"\(52 + number * 16)\" fill=\"\(colour)\">\(curve.name)</text>\n"
    }
    text += "<text x=\"305\" y=\"382\" text-anchor=\"middle\">\(x)</text>\n"
    text += "<text transform=\"translate(16 190) rotate(-90)\" text-anchor=\"middle\">\(y)</text>\n</svg>\n"
    return text
  }

  private static func axis(_ values: [Double], _ isLogarithmic: Bool) -> (low: Double, high: Double, marks: [Double]) {
    let (low, high) = (values.min() ?? 0, values.max() ?? 1)
    let range = max(high - low, 1e-9)
    if isLogarithmic {
      // Marks at 1, 2 and 5, or at powers of ten alone where there are many of them.
      let mantissas = range < 1.5 ? [1.0, 2, 5] : [1]
      let powers = Int((low - 1).rounded(.down))...Int((high + 1).rounded(.up))
      let marks = powers.flatMap { power in mantissas.map { Double(power) + log10($0) } }
      let first = marks.last { $0 <= low + 1e-9 } ?? low
      let last = marks.first { $0 >= high - 1e-9 } ?? high
      return (first, last, marks.filter { first <= $0 && $0 <= last })
    }
    let power = pow(10, floor(log10(range / 4)))
    let share = range / 4 / power
    let step: Double = power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10)
    let first = (low / step + 1e-9).rounded(.down)
    let last = max(first + 1, (high / step - 1e-9).rounded(.up))
    return (first * step, last * step, stride(from: first, through: last, by: 1).map { $0 * step })
  }

  private static func short(_ value: Double) -> String {
    let rounded = (value * 1000).rounded() / 1000
    return rounded == rounded.rounded() && abs(rounded) < 1e9 ? "\(Int(rounded))" : "\(rounded)"
  }
}
