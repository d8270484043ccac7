import Foundation

/// Return-period tables in the JSON that the Norwegian Meteorological Institute's Frost API answers with.
///
/// Read is what `GET /frequencies/rainfall/v0.jsonld` returns: an array `data` of sources, each with `values` of
/// `frequency` (years), `duration` (minutes) and `intensity`, and a `unit` at the source, in each value, or for all.
public enum FrostFrequencies {
  /// The table of one source.
  public struct Source: Sendable, Hashable {
    /// Name of the station or gridded set, such as `SN18701`.
    public let name: String
    /// Its table.
    public let table: IntensityDurationFrequency
  }

  private struct Answer: Decodable {
    struct Failure: Decodable {
      let code: Int?
      let message: String?
      let reason: String?
    }
    let data: [Item]?
    let error: Failure?
    let unit: String?
  }

  private struct Item: Decodable {
    let sourceId: String?
    let unit: String?
    let values: [Value]
  }

  private struct Value: Decodable {
    let frequency: Double
    let duration: Double
    let intensity: Double
    let unit: String?
    let durationUnit: String?
  }

  /// Reads an answer that was saved to a file.
  /// - Parameters:
  ///   - json: The bytes of the answer.
  ///   - unit: Unit of the figures where the answer does not name one; both must agree where it does.
  /// - Throws: ``FrostError``, or ``IntensityDurationFrequencyError`` where a table is none.
  public static func sources(_ json: [UInt8], unit declared: RainUnit? = nil) throws -> [Source] {
    let answer: Answer
    do {
      answer = try JSONDecoder().decode(
        Answer.self, from: Data(json.starts(with: [0xEF, 0xBB, 0xBF]) ? json[3...] : json[...]))
    } catch let error as DecodingError {
      throw FrostError("is no answer of /frequencies/rainfall: \(text(of: error))")
    }
    if let error = answer.error {
      throw FrostError(
        "is an error of the service: \(error.code.map { "\($0) " } ?? "")\(error.message ?? "") \(error.reason ?? "")")
    }
    guard let items = answer.data, !items.isEmpty else { throw FrostError("holds no data") }
    return try items.enumerated().map { number, item in
      let name = item.sourceId ?? "source \(number + 1)"
      var rows: [IntensityDurationFrequency.Row] = []
      for value in item.values {
        if let unit = value.durationUnit, !["min", "minute", "minutes"].contains(unit.lowercased()) {
          throw FrostError("\(name): durations are in \(unit), not minutes")
        }
        rows.append(
          .init(
            returnPeriod: value.frequency, duration: value.duration, value: value.intensity,
            unit: try unit(value.unit ?? item.unit ?? answer.unit, declared, name)))
      }
      return Source(name: name, table: try IntensityDurationFrequency(rows))
    }
  }

  private static func unit(_ text: String?, _ declared: RainUnit?, _ name: String) throws(FrostError) -> RainUnit {
    guard let text else {
      guard let declared else { throw FrostError("\(name): names no unit; declare mm, mm/h or l/(s*ha)") }
      return declared
    }
    guard let unit = RainUnit(text: text) else { throw FrostError("\(name): unit “\(text)” is not known") }
    if let declared, declared != unit {
      throw FrostError("\(name): the figures are in \(unit.rawValue), but \(declared.rawValue) is declared")
    }
    return unit
  }

  private static func text(of error: DecodingError) -> String {
    func place(_ path: [any CodingKey]) -> String {
      path.isEmpty ? "" : " at " + path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
    return switch error {
    case .keyNotFound(let key, let context): "\(key.stringValue) is missing\(place(context.codingPath))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "a value of another type\(place(context.codingPath))"
    default: "it is not valid JSON"
    }
  }
}

/// A file that is no answer of the Frost API.
public struct FrostError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, to stand after the name of the file.
  public let description: String

  init(_ description: String) { self.description = description }
}
