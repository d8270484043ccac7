/// A hyetograph as a drawing (SVG 1.1): bars of intensity over time, on white, without scripts or fonts of its own.
public struct HyetographPlot: Sendable {
  /// Heading; text of the user is escaped.
  public var title: String
  /// Line below the heading.
  public var subtitle: String
  /// Length of each step in minutes.
  public var minutes: [Double]
  /// Rain of each step, mm.
  public var depths: [Double]

  /// Describes a drawing.
  public init(title: String, subtitle: String, minutes: [Double], depths: [Double]) {
    precondition(minutes.count == depths.count, "every step has a length and a depth")
    self.title = title
    self.subtitle = subtitle
    self.minutes = minutes
    self.depths = depths
  }

  /// Mean intensity of each step, mm/h.
  private var intensities: [Double] { zip(depths, minutes).map { $0 * 60 / $1 } }

  /// The unit of the axis of time, so that its numbers stay short.
  private static func unit(_ minutes: Double) -> (name: String, minutes: Double) {
    minutes <= 360 ? ("minutes", 1) : minutes <= 4 * 1440 ? ("hours", 60) : ("days", 1440)
  }

  /// The text of the drawing.
  public var svg: String {
    let (left, top, width, height) = (64.0, 56.0, 640.0, 280.0)
    let intensities = intensities
    let highest = max(intensities.max() ?? 0, 1e-9)
    let step = Self.step(highest)
    let limit = (highest / step).rounded(.up) * step
    let total = max(minutes.reduce(0, +), 1e-9)
    let unit = Self.unit(total)
    func x(_ minute: Double) -> Double { left + minute / total * width }
    func y(_ intensity: Double) -> Double { top + height - intensity / limit * height }
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" width="728" height="400" viewBox="0 0 728 400" role="img" \
      font-family="sans-serif" font-size="12">
      <title>\(Self.escaped(title))</title>
      <rect width="728" height="400" fill="#ffffff"/>
      <text x="\(Self.short(left))" y="24" font-size="16">\(Self.escaped(title))</text>
      <text x="\(Self.short(left))" y="42" fill="#555555">\(Self.escaped(subtitle))</text>

      """
    var mark = 0.0
    while mark <= limit * 1.0001 {
      text += "<line x1=\"\(Self.short(left))\" y1=\"\(Self.short(y(mark)))\" x2=\"\(Self.short(left + width))\" "
      text += "y2=\"\(Self.short(y(mark)))\" stroke=\"#dddddd\"/>\n"
      text += "<text x=\"\(Self.short(left - 8))\" y=\"\(Self.short(y(mark) + 4))\" text-anchor=\"end\">"
      text += "\(Self.short(mark))</text>\n"
      mark += step
    }
    // A line between bars needs bars that are wider than it.
    let line = width / Double(max(1, intensities.count)) > 3 ? " stroke=\"#ffffff\" stroke-width=\"0.5\"" : ""
    var minute = 0.0
    for (length, intensity) in zip(minutes, intensities) {
      let (start, end) = (x(minute), x(minute + length))
      minute += length
      if intensity <= 0 { continue }
      text += "<rect x=\"\(Self.short(start))\" y=\"\(Self.short(y(intensity)))\" width=\"\(Self.short(end - start))\" "
      text += "height=\"\(Self.short(top + height - y(intensity)))\" fill=\"#3182bd\"\(line)/>\n"
    }
    let interval = Self.step(total / unit.minutes)
    mark = 0
    while mark * unit.minutes <= total * 1.0001 {
      text +=
        "<text x=\"\(Self.short(x(mark * unit.minutes)))\" y=\"\(Self.short(top + height + 18))\" text-anchor=\"middle\">"
      text += "\(Self.short(mark))</text>\n"
      mark += interval
    }
    text += "<line x1=\"\(Self.short(left))\" y1=\"\(Self.short(top + height))\" x2=\"\(Self.short(left + width))\" "
    text += "y2=\"\(Self.short(top + height))\" stroke=\"#333333\"/>\n"
    text += "<text x=\"\(Self.short(left + width / 2))\" y=\"\(Self.short(top + height + 40))\" "
    text += "text-anchor=\"middle\">\(unit.name)</text>\n"
    text += "<text transform=\"translate(18 \(Self.short(top + height / 2))) rotate(-90)\" "
    text += "text-anchor=\"middle\">mm/h</text>\n</svg>\n"
    return text
  }

  /// A round distance between marks: some five of them reach the limit.
  private static func step(_ limit: Double) -> Double {
    var power = 1e-9
    while power * 10 <= limit / 5 { power *= 10 }
    return [1.0, 2, 5, 10].map { $0 * power }.first { $0 * 6 >= limit } ?? power * 10
  }

  /// A number with two decimals at most.
  private static func short(_ value: Double) -> String {
    let rounded = (value * 100).rounded() / 100
    return rounded == rounded.rounded() ? String(Int64(rounded)) : "\(rounded)"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
