import Foundation

/// Curves over time as a drawing (SVG 1.1), on white, without scripts or fonts of its own.
struct HydrographPlot {
  /// Heading.
  let title: String
  /// Unit of the values.
  let unit: String
  /// Times, minutes.
  let minutes: [Double]
  /// Names and values of the curves, as many values as times.
  let curves: [(name: String, values: [Double])]

  /// Colours that remain apart for the colour-blind (Okabe and Ito 2008).
  private static let colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"]

  /// The text of the drawing.
  var svg: String {
    let (left, top, width, height) = (64.0, 40.0, 560.0, 300.0)
    let all = curves.flatMap(\.values)
    let (low, high) = (min(0, all.min() ?? 0), max(all.max() ?? 0, 1e-9))
    let step = Self.step(high - low)
    let (floor, ceiling) = ((low / step).rounded(.down) * step, (high / step).rounded(.up) * step)
    let end = max(minutes.last ?? 0, 1e-9)
    let time = end <= 360 ? ("minutes", 1.0) : ("hours", 60.0)
    func x(_ minute: Double) -> String { Self.short(left + minute / end * width) }
    func y(_ value: Double) -> String { Self.short(top + height - (value - floor) / (ceiling - floor) * height) }
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" width="760" height="400" viewBox="0 0 760 400" role="img" \
      font-family="sans-serif" font-size="12">
      <title>\(Self.escaped(title))</title>
      <rect width="760" height="400" fill="#ffffff"/>
      <text x="64" y="24" font-size="16">\(Self.escaped(title))</text>

      """
    for mark in 0...Int(((ceiling - floor) / step).rounded()) {
      let value = floor + Double(mark) * step
      text += "<line x1=\"64\" y1=\"\(y(value))\" x2=\"624\" y2=\"\(y(value))\" stroke=\"#dddddd\"/>\n"
      text += "<text x=\"58\" y=\"\(y(value))\" dy=\"4\" text-anchor=\"end\">\(Self.short(value))</text>\n"
    }
    let interval = Self.step(end / time.1)
    for mark in 0...Int(end / time.1 / interval) {
      let value = Double(mark) * interval
      text += "<text x=\"\(x(value * time.1))\" y=\"358\" text-anchor=\"middle\">\(Self.short(value))</text>\n"
    }
    for (number, curve) in curves.enumerated() {
      let colour = Self.colours[number % Self.colours.count]
      let points = zip(minutes, curve.values).map { "\(x($0)),\(y($1))" }.joined(separator: " ")
      text += "<polyline points=\"\(points)\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"1.5\"/>\n"
      let line = Self.short(52 + Double(number) * 16)
      text += "<text x=\"632\" y=\"\(line)\" fill=\"\(colour)\">\(Self.escaped(curve.name))</text>\n"
    }
    text += "<text x=\"344\" y=\"382\" text-anchor=\"middle\">\(time.0)</text>\n"
    text += "<text transform=\"translate(16 190) rotate(-90)\" text-anchor=\"middle\">\(unit)</text>\n</svg>\n"
    return text
  }

  /// A round distance between marks: some five of them reach the limit.
  private static func step(_ limit: Double) -> Double {
    let power = pow(10, floor(log10(limit / 5)))
    let share = limit / 5 / power
    return power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10)
  }

  private static func short(_ value: Double) -> String {
    let rounded = (value * 1000).rounded() / 1000
    return rounded == rounded.rounded() && abs(rounded) < 1e9 ? "\(Int(rounded))" : "\(rounded)"
  }

  private static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: ">", with: "&gt;")
  }
}
