/// Numbers and text as bytes: the writers build their output in a byte array, which is many times faster than strings.
extension [UInt8] {
  /// Appends text that needs no escaping.
  @inline(__always)
  mutating func append(_ text: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Appends text as it is.
  mutating func append(text: String) {
    var text = text
    text.withUTF8 { append(contentsOf: $0) }
  }

  /// Appends a whole number.
  mutating func append(integer: Int64) {
    if integer < 0 { append(UInt8(ascii: "-")) }
    append(digitsOf: integer.magnitude, minimum: 1)
  }

  /// Appends a whole number of units of 10^-decimals as a number with that many decimals.
  mutating func append(fixed value: Int64, decimals: Int) {
    if value < 0 { append(UInt8(ascii: "-")) }
    var scale: UInt64 = 1
    for _ in 0..<decimals { scale &*= 10 }
    let (whole, fraction) = value.magnitude.quotientAndRemainder(dividingBy: scale)
    append(digitsOf: whole, minimum: 1)
    guard decimals > 0 else { return }
    append(UInt8(ascii: "."))
    append(digitsOf: fraction, minimum: decimals)
  }

  /// Appends the shortest text that reads back as the same number, always with a decimal point or an exponent.
  ///
  /// The number must be finite. Negative zero is written as zero.
  mutating func append(real: Double) {
    precondition(real.isFinite, "only finite numbers have a text")
    append(text: (real == 0 ? 0.0 : real).description)
  }

  /// Appends decimal digits, with zeros in front up to a least count.
  private mutating func append(digitsOf value: UInt64, minimum: Int) {
    var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
    Swift.withUnsafeMutableBytes(of: &digits) { space in
      var start = space.count
      var rest = value
      while rest > 0 || space.count - start < minimum {
        let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
        start -= 1
        space[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
        rest = quotient
      }
      append(contentsOf: space[start...])
    }
  }

  /// Appends text as a JSON string (RFC 8259, section 7): quotes, backslashes and control characters escaped.
  mutating func append(jsonString text: String) {
    let hex = StaticString("0123456789abcdef")
    append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): append("\\\"")
      case UInt8(ascii: "\\"): append("\\\\")
      case 0x0A: append("\\n")
      case 0x0D: append("\\r")
      case 0x09: append("\\t")
      case 0..<0x20:
        append("\\u00")
        append(hex.utf8Start[Int(byte >> 4)])
        append(hex.utf8Start[Int(byte & 15)])
      default: append(byte)
      }
    }
    append(UInt8(ascii: "\""))
  }
}
