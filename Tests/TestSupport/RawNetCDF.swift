public import Foundation

/// A NetCDF file of the classic format (CDF-1), written byte by byte, so that every oddity can be made.
public struct RawNetCDF {
  /// A value of an attribute.
  public enum Attribute {
    /// Characters.
    case text(String)
    /// Double precision numbers.
    case doubles([Double])
    /// 16-bit whole numbers, as fill values of packed variables.
    case shorts([Int16])
    /// Single precision numbers.
    case floats([Float])
  }

  /// The cells of a variable.
  public enum Cells {
    /// Double precision.
    case doubles([Double])
    /// Single precision.
    case floats([Float])
    /// Packed into 16 bits.
    case shorts([Int16])
    /// One whole number of 32 bits, as grid mappings have.
    case integer
  }

  private struct Variable {
    let name: String
    let dimensions: [Int]
    let attributes: [(String, Attribute)]
    let cells: Cells
  }

  private var dimensions: [(name: String, length: Int)] = []
  private var variables: [Variable] = []

  /// An empty file.
  public init() {}

  /// Adds a dimension.
  public mutating func dimension(_ name: String, _ length: Int) { dimensions.append((name, length)) }

  /// Adds a variable over dimensions that were added before.
  public mutating func variable(
    _ name: String, over names: [String], _ attributes: [(String, Attribute)] = [], _ cells: Cells
  ) {
    let numbers = names.compactMap { name in dimensions.firstIndex { $0.name == name } }
    variables.append(Variable(name: name, dimensions: numbers, attributes: attributes, cells: cells))
  }

  /// The bytes of the file.
  public var data: Data {
    let sizes = variables.map { padded(bytes(of: $0.cells)).count }
    var starts = Array(repeating: 0, count: variables.count)
    // The header is as long whatever the offsets in it.
    let length = header(sizes, starts).count
    var position = length
    for index in variables.indices {
      starts[index] = position
      position += sizes[index]
    }
    var result = header(sizes, starts)
    for variable in variables { result += padded(bytes(of: variable.cells)) }
    return result
  }

  private func header(_ sizes: [Int], _ starts: [Int]) -> Data {
    var data = Data([0x43, 0x44, 0x46, 1])
    data += number(0)
    data += number(10) + number(dimensions.count)
    for dimension in dimensions { data += text(dimension.name) + number(dimension.length) }
    data += number(0) + number(0)
    data += number(11) + number(variables.count)
    for (index, variable) in variables.enumerated() {
      data += text(variable.name) + number(variable.dimensions.count)
      for dimension in variable.dimensions { data += number(dimension) }
      data += variable.attributes.isEmpty ? number(0) + number(0) : number(12) + number(variable.attributes.count)
      for (name, value) in variable.attributes { data += text(name) + attribute(value) }
      data += number(type(of: variable.cells)) + number(sizes[index]) + number(starts[index])
    }
    return data
  }

  private func type(of cells: Cells) -> Int {
    switch cells {
    case .doubles: 6
    case .floats: 5
    case .shorts: 3
    case .integer: 4
    }
  }

  private func bytes(of cells: Cells) -> Data {
    switch cells {
    case .doubles(let values): bigEndian(values.map(\.bitPattern))
    case .floats(let values): bigEndian(values.map(\.bitPattern))
    case .shorts(let values): bigEndian(values)
    case .integer: number(0)
    }
  }

  private func attribute(_ value: Attribute) -> Data {
    switch value {
    case .text(let text): number(2) + number(text.utf8.count) + padded(Data(text.utf8))
    case .doubles(let values): number(6) + number(values.count) + bigEndian(values.map(\.bitPattern))
    case .floats(let values): number(5) + number(values.count) + bigEndian(values.map(\.bitPattern))
    case .shorts(let values): number(3) + number(values.count) + padded(bigEndian(values))
    }
  }

  private func number(_ value: Int) -> Data { bigEndian([Int32(value)]) }

  private func text(_ text: String) -> Data { number(text.utf8.count) + padded(Data(text.utf8)) }

  private func padded(_ data: Data) -> Data { data + Data(count: (4 - data.count % 4) % 4) }

  private func bigEndian(_ values: [some FixedWidthInteger]) -> Data {
    values.reduce(into: Data()) { data, value in withUnsafeBytes(of: value.bigEndian) { data.append(contentsOf: $0) } }
  }
}
