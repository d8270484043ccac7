/// A round of base steps of a flow simulation: at its end all cells have come to the same time.
struct FlowRound: Sendable {
  /// Seconds from the start of the simulation.
  let start: Double
  let end: Double
  /// Number of base steps, a power of two.
  let count: Int

  /// Length of a base step, seconds.
  var step: Double { (end - start) / Double(count) }

  /// When a base step begins, seconds from the start of the simulation.
  func time(_ number: Int) -> Double { number == count ? end : start + Double(number) * step }
}
