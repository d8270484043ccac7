import ArgumentParser
import Pipeline

/// A length of time on the command line: `90s`, `10m` or `10min`, `2h`, `30d`.
struct TimeSpan: ExpressibleByArgument {
  let seconds: Double

  init?(argument: String) {
    // Here m is a minute, as schedulers write it; in the pipeline file it is a metre.
    let text = argument.hasSuffix("m") ? argument.dropLast() + "min" : argument[...]
    guard let quantity = try? Quantity(String(text), .time), quantity.value >= 0 else { return nil }
    seconds = quantity.seconds
  }
}
