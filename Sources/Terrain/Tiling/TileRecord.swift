/// A value that one step over tiles leaves for the next, with a compact binary form.
///
/// The form is little endian: eight letters for kind and version, the tile (number, columns, rows, size of the
/// raster), the content, and at the end a 64-bit FNV-1a checksum of all that comes before. Reading throws where
/// anything disagrees: steps may run on different machines, days apart.
public protocol TileRecord: Sendable, Equatable {
  /// The tile that the record is of.
  var tile: Tile { get }
  /// Eight letters for the kind of record and the version of its form.
  static var signature: String { get }
  /// Writes what the record holds beside its tile.
  func writeContent(to writer: inout TileRecordWriter)
  /// Reads what ``writeContent(to:)`` wrote.
  init(_ tile: Tile, from reader: inout TileRecordReader) throws(TerrainError)
}

extension TileRecord {
  /// The binary form.
  public func bytes() -> [UInt8] {
    var writer = TileRecordWriter(signature: Self.signature)
    for number in [
      tile.number, tile.columns.lowerBound, tile.columns.upperBound, tile.rows.lowerBound, tile.rows.upperBound,
      tile.rasterColumns, tile.rasterRows,
    ] { writer.write(Int64(number)) }
    writeContent(to: &writer)
    return writer.finish()
  }

  /// Reads the binary form.
  /// - Throws: ``TerrainError`` where the bytes are damaged, of another kind or version, or do not fit together.
  public init(bytes: [UInt8]) throws(TerrainError) {
    var reader = try TileRecordReader(bytes, signature: Self.signature)
    var numbers: [Int] = []
    for _ in 0..<7 { numbers.append(Int(try reader.read(Int64.self))) }
    // Written so that no sum can overflow.
    guard numbers[0] >= 0, 0 <= numbers[1], numbers[1] < numbers[2], numbers[2] <= numbers[5], 0 <= numbers[3],
      numbers[3] < numbers[4], numbers[4] <= numbers[6], numbers[5] <= Int(Int32.max), numbers[6] <= Int(Int32.max)
    else { throw reader.damage("the tile has no sensible place") }
    let tile = Tile(
      number: numbers[0], columns: numbers[1]..<numbers[2], rows: numbers[3]..<numbers[4], rasterColumns: numbers[5],
      rasterRows: numbers[6])
    self = try Self(tile, from: &reader)
    try reader.expectEnd()
  }
}

/// Puts together the binary form of a ``TileRecord``.
public struct TileRecordWriter {
  private var bytes: [UInt8]

  init(signature: String) {
    precondition(signature.utf8.count == 8, "eight letters")
    bytes = Array(signature.utf8)
  }

  /// Appends a number.
  public mutating func write(_ value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Appends numbers with their count.
  public mutating func write(_ values: [some FixedWidthInteger]) {
    write(Int64(values.count))
    for value in values { write(value) }
  }

  /// Appends numbers of single precision with their count, bit by bit.
  public mutating func write(_ values: [Float]) { write(values.map(\.bitPattern)) }

  mutating func finish() -> [UInt8] {
    write(checksum(bytes[...]))
    return bytes
  }
}

/// Takes apart the binary form of a ``TileRecord``.
public struct TileRecordReader {
  private let bytes: ArraySlice<UInt8>
  private let signature: String
  private var position: Int

  init(_ all: [UInt8], signature: String) throws(TerrainError) {
    self.signature = signature
    bytes = all.dropLast(8)
    position = 8
    guard all.count >= 16, Array(signature.utf8) == Array(all[0..<8]) else {
      throw damage("it does not begin with \(signature); it is of another kind or version")
    }
    var stored: UInt64 = 0
    for (index, byte) in all.suffix(8).enumerated() { stored |= UInt64(byte) << (8 * UInt64(index)) }
    guard stored == checksum(bytes) else { throw damage("its checksum does not agree with its content") }
  }

  /// The error that says that the record is damaged.
  public func damage(_ what: String) -> TerrainError {
    TerrainError("a tile record (\(signature)) cannot be read: \(what); compute it again")
  }

  /// Takes a number.
  public mutating func read<Value: FixedWidthInteger>(_: Value.Type) throws(TerrainError) -> Value {
    let size = MemoryLayout<Value>.size
    guard bytes.endIndex - position >= size else { throw damage("it ends too soon") }
    var value: Value = 0
    Swift.withUnsafeMutableBytes(of: &value) { target in
      for index in 0..<size { target[index] = bytes[position + index] }
    }
    position += size
    return Value(littleEndian: value)
  }

  /// Takes numbers with their count; where it is known, `count` must agree.
  public mutating func read<Value: FixedWidthInteger>(
    arrayOf type: Value.Type, count expected: Int? = nil
  ) throws(TerrainError) -> [Value] {
    let count = Int(try read(Int64.self))
    guard count >= 0, count <= (bytes.endIndex - position) / MemoryLayout<Value>.size else {
      throw damage("it ends too soon")
    }
    if let expected, expected != count { throw damage("it holds \(count) values where the tile needs \(expected)") }
    var values: [Value] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try read(type)) }
    return values
  }

  /// Takes numbers of single precision with their count.
  public mutating func readFloats(count: Int) throws(TerrainError) -> [Float] {
    try read(arrayOf: UInt32.self, count: count).map(Float.init(bitPattern:))
  }

  func expectEnd() throws(TerrainError) {
    if position != bytes.endIndex { throw damage("\(bytes.endIndex - position) bytes are left over") }
  }
}

/// FNV-1a of 64 bits: finds damage, not intent.
private func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
  bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}
