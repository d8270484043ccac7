import Foundation
import Testing

/// A table as text: one dictionary a row.
struct TextTable {
  let names: [String]
  let rows: [[String: String]]

  /// Reads comma-separated values with quotes (RFC 4180).
  init(_ data: Data?) throws {
    let bytes = [UInt8](try #require(data))
    var lines: [[String]] = []
    var fields: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if isQuoted {
        if byte != UInt8(ascii: "\"") {
          field.append(byte)
        } else if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
          field.append(byte)
          index += 1
        } else {
          isQuoted = false
        }
      } else if byte == UInt8(ascii: "\"") {
        isQuoted = true
      } else if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") {
        fields.append(String(decoding: field, as: UTF8.self))
        field = []
        if byte == UInt8(ascii: "\n") {
          lines.append(fields)
          fields = []
        }
      } else if byte != UInt8(ascii: "\r") {
        field.append(byte)
      }
    }
    try #require(field.isEmpty && fields.isEmpty && !isQuoted, "the table does not end with a whole line")
    let names = try #require(lines.first)
    try #require(lines.allSatisfy { $0.count == names.count }, "rows of different lengths")
    self.names = names
    rows = lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(names, $0)) }
  }
}

extension [String: String] {
  /// A number that must be there.
  func number(_ name: String) throws -> Double {
    let text = try #require(self[name], "no column \(name)")
    return try #require(Double(text), "\(name) is \"\(text)\"")
  }
}

/// An object of a JSON text.
func jsonObject(_ data: Data?) throws -> [String: Any] {
  let data = try #require(data)
  return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
}

/// The layers of a run as GeoJSON: path to text.
func geoJSONFiles(_ files: [String: Data]) -> [(path: String, data: Data)] {
  files.filter { $0.key.hasSuffix(".geojson") }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
}

/// A value of a JSON text that is no object or list; numbers are read to the last bit.
enum JSONScalar: Decodable, Equatable {
  case text(String)
  case number(Double)
  case boolean(Bool)
  case null

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else {
      self = .text(try container.decode(String.self))
    }
  }
}

/// The water balance as the summary and the manifest tell it.
struct BalanceReport: Decodable {
  struct Item: Decodable {
    let scenario: String
    let item: String
    let m3: Double
  }

  let waterBalance: [Item]

  private enum CodingKeys: String, CodingKey {
    case waterBalance = "water_balance"
  }
}

/// The attributes of a GeoJSON file's features.
struct FeatureAttributes: Decodable {
  struct Feature: Decodable {
    let properties: [String: JSONScalar]
  }

  let features: [Feature]
}
