/// A cell value whose order can be told from a whole number, 16 bits at a time.
protocol ZonalValue: BinaryFloatingPoint, BitwiseCopyable, Sendable {
  /// Number of groups of 16 bits, from the highest, that tell values apart.
  static var keyGroups: Int { get }
  /// A whole number in the same order as the value; −0 counts as 0.
  var orderedKey: UInt64 { get }
  /// The value of a key.
  static func value(ofKey key: UInt64) -> Double
}

extension Float: ZonalValue {
  static var keyGroups: Int { 2 }

  @inline(__always) var orderedKey: UInt64 {
    let bits = (self + 0).bitPattern
    return UInt64(bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits) << 32
  }

  static func value(ofKey key: UInt64) -> Double {
    let bits = UInt32(key >> 32)
    return Double(Float(bitPattern: bits & 0x8000_0000 == 0 ? ~bits : bits & 0x7fff_ffff))
  }
}

extension Double: ZonalValue {
  static var keyGroups: Int { 4 }

  @inline(__always) var orderedKey: UInt64 {
    let bits = (self + 0).bitPattern
    return bits & 0x8000_0000_0000_0000 == 0 ? bits | 0x8000_0000_0000_0000 : ~bits
  }

  static func value(ofKey key: UInt64) -> Double {
    Double(bitPattern: key & 0x8000_0000_0000_0000 == 0 ? ~key : key & 0x7fff_ffff_ffff_ffff)
  }
}
