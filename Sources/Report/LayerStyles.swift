import Geodata

/// The styles of the layers: blue for depth, yellow to red for risk, grey hatch for no data.
public enum LayerStyles {
  /// Styles of a layer, the default first; empty where the layer has none.
  public static func styles(for layer: String) -> [LayerStyle] {
    switch layer {
    case Schemas.areas.name: areas
    case Schemas.areasExpectedAnnual.name: [areasExpectedAnnual]
    case Schemas.buildings.name: [buildings]
    case Schemas.safety.name: [safety]
    case Schemas.roads.name: [roads]
    case Schemas.bluespots.name: bluespots
    case Schemas.bluespotWater.name: [bluespotWater]
    case Schemas.bluespotWatersheds.name: [bluespotWatersheds]
    case Schemas.pourPoints.name: pourPoints
    case Schemas.bluespotNodes.name: [bluespotNodes]
    case Schemas.flowPaths.name: [flowPaths, eventFlow]
    case Schemas.landslide.name: [landslide()]
    case Schemas.runout.name: [runout]
    case Schemas.quickClay.name: [quickClay]
    case Schemas.peakRunoff.name: peakRunoff
    default: []
    }
  }

  /// The default style of a layer as QML, or nil where the layer has none.
  /// - Parameter scenarios: The scenarios in the layer; see `LayerStyle.qml(scenarios:)`.
  public static func styleQML(for layer: String, scenarios: [String] = []) -> String? {
    styles(for: layer).first?.qml(scenarios: scenarios)
  }

  /// Landslide classes for thresholds of the factor of safety, in ascending order; class 1 is below the first.
  public static func landslide(thresholds: [Double] = [1, 1.25, 1.5]) -> LayerStyle {
    let bounds = [-Double.infinity] + thresholds + [.infinity]
    let colours = StyleColour.yellowToRed
    let count = thresholds.count + 1
    let classes = (1...count).map { number in
      // The least stable class is the darkest red, whatever the number of classes.
      let place = count == 1 ? 0 : Int((Double(count - number) / Double(count - 1) * 4).rounded())
      let range = label(bounds[number - 1], bounds[number])
      return StyleClass(.value(number), "\(number): factor of safety \(range)", .fill(colours[place]))
    }
    return LayerStyle(
      name: "Stability class", layer: Schemas.landslide.name, shapeType: .polygons, field: Fields.slideClass.name,
      renderer: .categorised, classes: classes + [noData])
  }

  private static let runout = LayerStyle(
    name: "Largest speed", layer: Schemas.runout.name, shapeType: .polygons, field: Fields.velocity.name,
    renderer: .rules, classes: risk([0.1, 5, 15, 30], unit: "m/s") + [noData])

  private static let quickClay = LayerStyle(
    name: "Zone", layer: Schemas.quickClay.name, shapeType: .polygons, field: Fields.zoneClass.name,
    renderer: .categorised,
    classes: [
      StyleClass(.value(3), "near a slope", .fill(StyleColour(0xFFFFB2, opacity: 128))),
      StyleClass(.value(2), "on the line of reach", .fill(StyleColour(0xFECC5C, opacity: 128))),
      StyleClass(.value(1), "release area", .fill(StyleColour(0xBD0026, opacity: 128))),
      StyleClass(.value(4), "runout", .fill(StyleColour(0x6BAED6, opacity: 128))), noData,
    ])

  private static let noData = StyleClass(.null, "no data or not covered", .hatch)

  private static let areas = [
    LayerStyle(
      name: "Flooded share", layer: Schemas.areas.name, shapeType: .polygons, field: Fields.floodShare.name,
      renderer: .rules,
      classes: [
        StyleClass(.range(-.infinity, 0.01), "below 1 %", .fill(StyleColour.blues[0])),
        StyleClass(.range(0.01, 0.05), "1–5 %", .fill(StyleColour.blues[2])),
        StyleClass(.range(0.05, 0.1), "5–10 %", .fill(StyleColour.blues[3])),
        StyleClass(.range(0.1, 0.25), "10–25 %", .fill(StyleColour.blues[4])),
        StyleClass(.range(0.25, .infinity), "25 % and more", .fill(StyleColour.blues[5])), noData,
      ]),
    LayerStyle(
      name: "Exposed residents", layer: Schemas.areas.name, shapeType: .polygons, field: Fields.exposedPopulation.name,
      renderer: .rules, classes: risk([1, 10, 50, 200], unit: "residents") + [noData]),
    LayerStyle(
      name: "Greatest depth", layer: Schemas.areas.name, shapeType: .polygons, field: Fields.greatestDepth.name,
      renderer: .rules, classes: depths + [noData]),
  ]

  private static let areasExpectedAnnual = LayerStyle(
    name: "Expected annual exposed residents", layer: Schemas.areasExpectedAnnual.name, shapeType: .polygons,
    field: ExpectedAnnualFields.population.value.name, renderer: .rules,
    classes: risk([0.01, 0.1, 1, 10], unit: "residents a year") + [noData])

  private static let buildings = LayerStyle(
    name: "Greatest depth", layer: Schemas.buildings.name, shapeType: .polygons, field: Fields.greatestDepth.name,
    renderer: .rules,
    classes: [StyleClass(.range(-.infinity, 0.05), "below 0.05 m", .fill(.neutral))] + Array(depths.dropFirst())
      + [noData])

  private static let safety = LayerStyle(
    name: "Result", layer: Schemas.safety.name, shapeType: .polygons, field: Fields.resultStatus.name,
    renderer: .categorised,
    classes: [
      StyleClass(.text("HIT-RED"), "touched by the event of its class", .fill(StyleColour.yellowToRed[4])),
      StyleClass(.text("HIT-YELLOW"), "to be looked at", .fill(StyleColour.yellowToRed[1])),
      StyleClass(.text("NO-HIT-GREEN"), "not touched", .fill(StyleColour.blues[2])),
      StyleClass(.text("NOT-RELEVANT"), "no class", .fill(.neutral)), StyleClass(.null, "not told", .hatch),
    ])

  private static let roads = LayerStyle(
    name: "Greatest depth", layer: Schemas.roads.name, shapeType: .lines, field: Fields.greatestDepth.name,
    renderer: .rules,
    classes: [
      StyleClass(.range(-.infinity, 0.1), "below 0.1 m", .line(StyleColour(0xA6A6A6), width: 0.3)),
      StyleClass(.range(0.1, 0.3), "0.1–0.3 m", .line(StyleColour.yellowToRed[1], width: 0.8)),
      StyleClass(.range(0.3, 0.5), "0.3–0.5 m", .line(StyleColour.yellowToRed[2], width: 0.8)),
      StyleClass(.range(0.5, .infinity), "0.5 m and more", .line(StyleColour.yellowToRed[4], width: 0.8)),
      StyleClass(.null, "no data or not covered", .dashedLine),
    ])

  private static let bluespots = [
    LayerStyle(
      name: "Depth when full", layer: Schemas.bluespots.name, shapeType: .polygons, field: Fields.bluespotDepth.name,
      renderer: .graduated, classes: depths),
    LayerStyle(
      name: "Volume when full", layer: Schemas.bluespots.name, shapeType: .polygons,
      field: Fields.bluespotVolume.name, renderer: .graduated,
      classes: ranges([10, 100, 1000, 10_000], "m³", StyleColour.blues.dropFirst().map { .fill($0) })),
    LayerStyle(
      name: "Depth in the event", layer: Schemas.bluespots.name, shapeType: .polygons, field: Fields.waterDepth.name,
      renderer: .rules, classes: depths + [noData]),
  ]

  private static let bluespotWater = LayerStyle(
    name: "Depth in the event", layer: Schemas.bluespotWater.name, shapeType: .polygons,
    field: Fields.waterDepth.name, renderer: .graduated, classes: depths)

  private static let bluespotWatersheds = LayerStyle(
    name: "Runoff that fills the bluespot", layer: Schemas.bluespotWatersheds.name, shapeType: .polygons,
    field: Fields.networkFillRain.name, renderer: .graduated,
    classes: ranges([10, 20, 40, 80], "mm", StyleColour.yellowToRed.reversed().map { .fill($0) }))

  private static let pourPoints = [
    LayerStyle(
      name: "Runoff that fills the bluespot", layer: Schemas.pourPoints.name, shapeType: .point,
      field: Fields.networkFillRain.name, renderer: .graduated,
      classes: ranges([10, 20, 40, 80], "mm", markers(StyleColour.yellowToRed.reversed(), [2.2, 2, 1.8, 1.6, 1.4]))),
    LayerStyle(
      name: "Return period at which the bluespot fills", layer: Schemas.pourPoints.name, shapeType: .point,
      field: Fields.fillReturnPeriod.name, renderer: .rules,
      classes: ranges([5, 20, 50, 200], "years", markers(StyleColour.yellowToRed.reversed(), [2.2, 2, 1.8, 1.6, 1.4]))
        + [StyleClass(.null, "outside the return periods of the scenarios", .ring)]),
  ]

  private static let peakRunoff = [
    LayerStyle(
      name: "Peak discharge", layer: Schemas.peakRunoff.name, shapeType: .point, field: Fields.peak.name,
      renderer: .rules,
      classes: ranges(
        [10, 50, 200, 1000], "l/s", markers(Array(StyleColour.blues.dropFirst()), [1.4, 1.6, 1.8, 2, 2.2]))
        + [StyleClass(.null, "not known", .ring)]),
    LayerStyle(
      name: "Peak against capacity", layer: Schemas.peakRunoff.name, shapeType: .point,
      field: Fields.capacityShare.name, renderer: .rules,
      classes: ranges([50, 80, 100, 150], "%", markers(StyleColour.yellowToRed, [1.4, 1.6, 1.8, 2, 2.2]))
        + [StyleClass(.null, "capacity or peak not known", .ring)]),
  ]

  private static let bluespotNodes = LayerStyle(
    name: "Spill in the event", layer: Schemas.bluespotNodes.name, shapeType: .point, field: Fields.spill.name,
    renderer: .rules,
    classes: [
      StyleClass(.range(-.infinity, 0.001), "none", .marker(.neutral, size: 1.2))
    ]
      + zip(
        ranges([0.001, 10, 100, 1000], "m³", markers(Array(StyleColour.blues.dropFirst()), [1, 1.4, 1.8, 2.2, 2.8])),
        0...
      ).compactMap { $1 == 0 ? nil : $0 } + [StyleClass(.null, "no data or not covered", .ring)])

  private static func markers(_ colours: [StyleColour], _ sizes: [Double]) -> [StyleSymbol] {
    zip(colours, sizes).map { .marker($0, size: $1) }
  }

  private static let eventFlow = LayerStyle(
    name: "Water in the event", layer: Schemas.flowPaths.name, shapeType: .lines, field: Fields.eventFlow.name,
    renderer: .rules,
    classes: zip(ranges([1, 100, 1000, 10_000], "m³", []), [0.15, 0.3, 0.6, 1.1, 1.8]).map { item, width in
      StyleClass(item.condition, item.label, .line(StyleColour.blues[width < 0.5 ? 4 : 5], width: width))
    } + [StyleClass(.null, "no data or not covered", .dashedLine)])

  private static let flowPaths = LayerStyle(
    name: "Upstream area", layer: Schemas.flowPaths.name, shapeType: .lines, field: Fields.upstreamArea.name,
    renderer: .graduated,
    classes: zip(
      ["below 1 ha", "1–10 ha", "10–100 ha", "1–10 km²", "10 km² and more"],
      zip(ranges([1e4, 1e5, 1e6, 1e7], "", []), [0.15, 0.3, 0.6, 1.1, 1.8])
    ).map { label, item in
      StyleClass(item.0.condition, label, .line(StyleColour.blues[item.1 < 0.5 ? 4 : 5], width: item.1))
    })

  /// Depth classes of the project: half-open, from 0.05 m.
  private static let depths = ranges([0.05, 0.1, 0.3, 0.5, 1], "m", StyleColour.blues.map { .fill($0) })

  /// A neutral class below the first bound, then yellow to red.
  private static func risk(_ bounds: [Double], unit: String) -> [StyleClass] {
    ranges(bounds, unit, [.fill(.neutral)] + StyleColour.yellowToRed.dropFirst().map { .fill($0) })
  }

  /// Classes between bounds, the first and the last open.
  private static func ranges(_ bounds: [Double], _ unit: String, _ symbols: [StyleSymbol]) -> [StyleClass] {
    let edges = [-Double.infinity] + bounds + [.infinity]
    return zip(edges, edges.dropFirst()).enumerated().map { index, edge in
      StyleClass(
        .range(edge.0, edge.1), label(edge.0, edge.1, unit),
        index < symbols.count ? symbols[index] : .fill(.neutral))
    }
  }

  /// A class in words, such as `0.1–0.3 m`.
  private static func label(_ lower: Double, _ upper: Double, _ unit: String = "") -> String {
    func text(_ value: Double) -> String {
      value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
    let unit = unit.isEmpty ? "" : " \(unit)"
    if lower == -.infinity && upper == .infinity { return "any" }
    if lower == -.infinity { return "below \(text(upper))\(unit)" }
    if upper == .infinity { return "\(text(lower))\(unit) and more" }
    return "\(text(lower))–\(text(upper))\(unit)"
  }
}
