public import Grids

extension InputRecord: Archivable {
  /// Reads a record; its length, time and hash are those of the time of writing.
  public init(from archive: inout ArchiveReader) throws(ArchiveError) {
    name = try archive.read()
    path = try archive.read()
    bytes = try archive.read()
    modified = try archive.read()
    sha256 = try archive.read()
    driver = try archive.read()
    layer = try archive.read()
    crs = try archive.read()
    geotransform = try archive.read()
    noData = try archive.read()
    unit = try archive.read()
    minimum = try archive.read()
    maximum = try archive.read()
  }

  /// Writes the record.
  public func write(to archive: inout ArchiveWriter) {
    archive.write(
      name, path, bytes, modified, sha256, driver, layer, crs, geotransform, noData, unit, minimum, maximum)
  }
}

extension JSONValue: Archivable {
  /// Reads a value.
  public init(from archive: inout ArchiveReader) throws(ArchiveError) {
    let kind: UInt8 = try archive.read()
    switch kind {
    case 0: self = .null
    case 1: self = .bool(try archive.read())
    case 2: self = .integer(try archive.read())
    case 3: self = .number(try archive.read())
    case 4: self = .string(try archive.read())
    case 5: self = .array(try archive.read())
    case 6:
      let names: [String] = try archive.read()
      let values: [JSONValue] = try archive.read()
      self = .object(JSONObject(Array(zip(names, values))))
    default: throw ArchiveError("a JSON value of kind \(kind)")
    }
  }

  /// Writes the value.
  public func write(to archive: inout ArchiveWriter) {
    switch self {
    case .null: archive.write(0 as UInt8)
    case .bool(let value): archive.write(1 as UInt8, value)
    case .integer(let value): archive.write(2 as UInt8, value)
    case .number(let value): archive.write(3 as UInt8, value)
    case .string(let value): archive.write(4 as UInt8, value)
    case .array(let values): archive.write(5 as UInt8, values)
    case .object(let object):
      archive.write(6 as UInt8, object.members.map(\.name), object.members.map(\.value))
    }
  }
}
