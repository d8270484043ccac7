/// Decimal numbers as YAML 1.2 core writes them, without its traps.
///
/// Refused are leading zeros (`012`, which other readers take for octal), underscores, hexadecimal, base 60 and
/// anything that is not finite.
enum StrictNumber {
  /// The pattern of a number without its sign, as a regular expression.
  static let unsignedPattern = #"((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?"#

  /// The number that a text stands for, or nil where it is none.
  static func double(_ text: some StringProtocol) -> Double? {
    guard length(of: text) == text.utf8.count, let value = Double(normalised(text)), value.isFinite else {
      return nil
    }
    return value == 0 ? 0 : value
  }

  /// The whole number that a text stands for, or nil where it is none.
  static func integer(_ text: some StringProtocol) -> Int? {
    let digits = text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
    guard text.utf8.count - digits.count <= 1, digits.allSatisfy(isDigit), length(of: text) == text.utf8.count else {
      return nil
    }
    return Int(text)
  }

  /// The number of bytes at the start of a text that form a number; 0 where it starts with none.
  static func length(of text: some StringProtocol) -> Int {
    let bytes = Array(text.utf8)
    var index = 0
    if index < bytes.count, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") { index += 1 }
    let firstDigit = index
    while index < bytes.count, isDigit(bytes[index]) { index += 1 }
    let wholeDigits = index - firstDigit
    if wholeDigits > 1, bytes[firstDigit] == UInt8(ascii: "0") { return 0 }
    var fractionDigits = 0
    if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
      index += 1
      let firstFraction = index
      while index < bytes.count, isDigit(bytes[index]) { index += 1 }
      fractionDigits = index - firstFraction
    }
    guard wholeDigits + fractionDigits > 0 else { return 0 }
    var exponent = index
    if exponent < bytes.count, bytes[exponent] | 0x20 == UInt8(ascii: "e") {
      exponent += 1
      if exponent < bytes.count, bytes[exponent] == UInt8(ascii: "-") || bytes[exponent] == UInt8(ascii: "+") {
        exponent += 1
      }
      let firstExponent = exponent
      while exponent < bytes.count, isDigit(bytes[exponent]) { exponent += 1 }
      if exponent > firstExponent { index = exponent }
    }
    return index
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  /// The standard library does not read `.5` and `5.` on every platform: digits are put around the point.
  private static func normalised(_ text: some StringProtocol) -> String {
    var result = ""
    var last: Character?
    for character in text {
      if character == ".", last.map(\.isNumber) != true { result.append("0") }
      if last == ".", !character.isNumber { result.append("0") }
      result.append(character)
      last = character
    }
    return last == "." ? result + "0" : result
  }
}
