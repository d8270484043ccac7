public import Grids

extension FieldValue: Archivable {
  /// Reads a value.
  public init(from archive: inout ArchiveReader) throws(ArchiveError) {
    let kind: UInt8 = try archive.read()
    switch kind {
    case 0: self = .null
    case 1: self = .text(try archive.read())
    case 2: self = .integer(try archive.read())
    case 3: self = .real(try archive.read())
    case 4: self = .boolean(try archive.read(UInt8.self) != 0)
    default: throw ArchiveError("a field of kind \(kind)")
    }
  }

  /// Writes the kind and the value.
  public func write(to archive: inout ArchiveWriter) {
    switch self {
    case .null: archive.write(0 as UInt8)
    case .text(let text): archive.write(1 as UInt8, text)
    case .integer(let number): archive.write(2 as UInt8, number)
    case .real(let number): archive.write(3 as UInt8, number)
    case .boolean(let value): archive.write(4 as UInt8, UInt8(value ? 1 : 0))
    }
  }
}

extension Field: Archivable {
  /// Reads a field.
  public init(from archive: inout ArchiveReader) throws(ArchiveError) {
    let (name, type): (String, String) = (try archive.read(), try archive.read())
    guard let type = FieldType(rawValue: type) else { throw ArchiveError("a field of type \(type)") }
    let unit: String? = try archive.read()
    self.init(name, type, unit: unit, try archive.read())
  }

  /// Writes the field.
  public func write(to archive: inout ArchiveWriter) { archive.write(name, type.rawValue, unit, summary) }
}

extension Feature: Archivable {
  /// Reads a feature.
  public init(from archive: inout ArchiveReader) throws(ArchiveError) {
    self.init(shape: try archive.read(), values: try archive.read())
  }

  /// Writes the shape and the values.
  public func write(to archive: inout ArchiveWriter) { archive.write(shape, values) }
}
