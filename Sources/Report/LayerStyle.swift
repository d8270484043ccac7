public import Geodata

/// A colour with its opacity.
public struct StyleColour: Sendable, Hashable {
  /// Red, 0 to 255.
  public var red: UInt8
  /// Green, 0 to 255.
  public var green: UInt8
  /// Blue, 0 to 255.
  public var blue: UInt8
  /// Opacity, 0 (not seen) to 255 (opaque).
  public var opacity: UInt8

  /// Makes a colour from its hexadecimal code, such as `0x08519C`.
  public init(_ code: UInt32, opacity: UInt8 = 255) {
    red = UInt8(truncatingIfNeeded: code >> 16)
    green = UInt8(truncatingIfNeeded: code >> 8)
    blue = UInt8(truncatingIfNeeded: code)
    self.opacity = opacity
  }

  /// Six classes of ColorBrewer's Blues, for depths.
  static let blues = [0xEFF3FF, 0xC6DBEF, 0x9ECAE1, 0x6BAED6, 0x3182BD, 0x08519C].map { StyleColour($0) }
  /// Five classes of ColorBrewer's YlOrRd, for risk.
  static let yellowToRed = [0xFFFFB2, 0xFECC5C, 0xFD8D3C, 0xF03B20, 0xBD0026].map { StyleColour($0) }
  /// What is there but not affected.
  static let neutral = StyleColour(0xD9D9D9)
  /// Outlines, and the hatch of what has no data.
  static let grey = StyleColour(0x737373)
}

/// How one class of features is drawn.
public enum StyleSymbol: Sendable, Hashable {
  /// A filled surface with a thin grey outline.
  case fill(StyleColour)
  /// A surface hatched in grey, for no data.
  case hatch
  /// A line of a width in millimetres.
  case line(StyleColour, width: Double)
  /// A thin grey dashed line, for no data.
  case dashedLine
  /// A filled circle of a diameter in millimetres.
  case marker(StyleColour, size: Double)
  /// A small grey ring, for no data.
  case ring
}

/// One class of a style: which features, their name in the legend and how they are drawn.
public struct StyleClass: Sendable, Hashable {
  /// Which values belong to the class.
  public enum Condition: Sendable, Hashable {
    /// No value: no data, or not covered.
    case null
    /// From the first number up to, not including, the second, which may be infinite.
    case range(Double, Double)
    /// One whole number.
    case value(Int)
    /// One text, without quotation marks.
    case text(String)
  }

  /// Which values belong to the class.
  public var condition: Condition
  /// Name in the legend.
  public var label: String
  /// How the features are drawn.
  public var symbol: StyleSymbol

  /// Describes a class.
  public init(_ condition: Condition, _ label: String, _ symbol: StyleSymbol) {
    self.condition = condition
    self.label = label
    self.symbol = symbol
  }
}

/// How a layer is drawn by one of its fields.
public struct LayerStyle: Sendable, Hashable {
  /// How QGIS sorts features into classes.
  public enum Renderer: String, Sendable, Hashable {
    /// By ranges of a number; features without a value are not drawn.
    case graduated = "graduatedSymbol"
    /// By single values; the class `null` takes everything else.
    case categorised = "categorizedSymbol"
    /// By rules, which can tell missing values.
    case rules = "RuleRenderer"
  }

  /// Name of the style.
  public var name: String
  /// Layer that it is for.
  public var layer: String
  /// Geometry type of the layer.
  public var shapeType: ShapeType
  /// Field that decides the class.
  public var field: String
  /// How features are sorted into classes.
  public var renderer: Renderer
  /// The classes, in the order of the legend.
  public var classes: [StyleClass]

  /// Describes a style.
  public init(
    name: String, layer: String, shapeType: ShapeType, field: String, renderer: Renderer, classes: [StyleClass]
  ) {
    self.name = name
    self.layer = layer
    self.shapeType = shapeType
    self.field = field
    self.renderer = renderer
    self.classes = classes
  }

  /// The same classes for points instead of surfaces: circles of 2 mm in the colours, rings for no data.
  public func asPoints() -> LayerStyle {
    var style = self
    style.shapeType = .point
    style.classes = classes.map { item in
      switch item.symbol {
      case .fill(let colour): StyleClass(item.condition, item.label, .marker(colour, size: 2))
      case .hatch: StyleClass(item.condition, item.label, .ring)
      default: item
      }
    }
    return style
  }
}
