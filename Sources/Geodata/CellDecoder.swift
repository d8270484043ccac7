import Grids

/// Turns stored cells into values: no data becomes NaN, −0.0 becomes +0.0, infinities become NaN and are counted.
///
/// No data is compared in the band's own type, before scale and offset.
struct CellDecoder {
  /// Values that mark no data, as they are stored; NaN where there are fewer than two.
  let first: Double
  let second: Double
  let scale: Double
  let offset: Double
  let pixelType: String
  /// The declared value where it does not fit the band's type.
  let unfitNodata: Double?
  let scan: SentinelScan?

  init(_ information: RasterInformation, _ reading: RasterReading) {
    pixelType = information.pixelType
    var marks: [Double] = []
    var unfit: Double?
    if reading.nodata != .none, let declared = information.nodata {
      if let fitting = Self.stored(declared, as: pixelType) { marks.append(fitting) } else { unfit = declared }
    }
    if case .value(let value) = reading.nodata {
      if let fitting = Self.stored(value, as: pixelType) { marks.append(fitting) } else { unfit = value }
    }
    var declaration = marks.isEmpty ? SentinelScan.Declaration.none : .file
    if case .value = reading.nodata { declaration = .reader }
    let finite = marks.filter { !$0.isNaN }
    first = finite.first ?? .nan
    second = finite.dropFirst().first ?? .nan
    unfitNodata = unfit
    scale = reading.scale ?? (reading.appliesScale ? information.scale : 1)
    offset = reading.offset ?? (reading.appliesScale ? information.offset : 0)
    scan =
      reading.scansForSentinels && reading.nodata != .none
      ? SentinelScan(pixelType: information.pixelType, declaration: declaration) : nil
  }

  /// Whether cells are read as they are, without scale, offset or change of type.
  var isPlainFloat: Bool { pixelType == "Float32" && scale == 1 && offset == 0 }

  /// The value as a cell of the type would hold it; nil where it does not fit.
  static func stored(_ value: Double, as pixelType: String) -> Double? {
    if value.isNaN { return pixelType.hasPrefix("Float") ? value : nil }
    let range: ClosedRange<Double>
    switch pixelType {
    case "Byte", "UInt8": range = 0...255
    case "Int8": range = -128...127
    case "UInt16": range = 0...65_535
    case "Int16": range = -32_768...32_767
    case "UInt32": range = 0...4_294_967_295
    case "Int32": range = -2_147_483_648...2_147_483_647
    case "UInt64": range = 0...0x1p64
    case "Int64": range = -0x1p63...0x1p63
    case "Float32":
      let narrow = Float(value)
      // Text such as -3.40282347e+38 lies a hair outside.
      if narrow.isInfinite, value.isFinite {
        return Double(value < 0 ? -Float.greatestFiniteMagnitude : .greatestFiniteMagnitude)
      }
      return Double(narrow)
    default: return value
    }
    return range.contains(value) && value == value.rounded() ? value : nil
  }

  /// Decodes one row of single-precision cells in place.
  func decode(_ row: UnsafeMutablePointer<Float>, _ count: Int, _ tally: inout CellTally) {
    let (a, b) = (Float(first), Float(second))
    var (missing, infinite) = (0, 0)
    var (least, greatest) = (Float.infinity, -Float.infinity)
    for index in 0..<count {
      // −0.0 + 0.0 is +0.0.
      let value = row[index] + 0
      let isMissing = value == a || value == b || value != value
      let isInfinite = value.magnitude == .infinity && !isMissing
      let result = isMissing || isInfinite ? Float.nan : value
      missing &+= isMissing ? 1 : 0
      infinite &+= isInfinite ? 1 : 0
      least = result < least ? result : least
      greatest = result > greatest ? result : greatest
      row[index] = result
    }
    tally.add(cells: count, missing: missing, infinite: infinite, least: Double(least), greatest: Double(greatest))
    guard let scan, scan.mayOccur(least: Double(least), greatest: Double(greatest)) else { return }
    for index in 0..<count where row[index] <= -1 || row[index] >= 1e30 { scan.note(Double(row[index]), &tally) }
  }

  /// Decodes one row of double-precision cells in place; the tally's range is that of the values.
  func decode(_ row: UnsafeMutablePointer<Double>, _ count: Int, _ tally: inout CellTally) {
    var (missing, infinite) = (0, 0)
    var (least, greatest) = (Double.infinity, -Double.infinity)
    let isSigned = pixelType == "Int8"
    for index in 0..<count {
      // Before GDAL 3.7 signed bytes arrive as unsigned ones.
      let stored = isSigned && row[index] > 127 ? row[index] - 256 : row[index]
      let isMissing = stored == first || stored == second || stored != stored
      let isInfinite = stored.magnitude == .infinity && !isMissing
      let value = isMissing || isInfinite ? Double.nan : stored
      missing &+= isMissing ? 1 : 0
      infinite &+= isInfinite ? 1 : 0
      least = value < least ? value : least
      greatest = value > greatest ? value : greatest
      row[index] = value
    }
    if let scan, scan.mayOccur(least: least, greatest: greatest) {
      for index in 0..<count where !row[index].isNaN { scan.note(row[index], &tally) }
    }
    for index in 0..<count { row[index] = row[index] * scale + offset + 0 }
    if least <= greatest {
      let (one, other) = (least * scale + offset, greatest * scale + offset)
      (least, greatest) = (min(one, other), max(one, other))
    }
    tally.add(cells: count, missing: missing, infinite: infinite, least: least, greatest: greatest)
  }
}

/// What is counted while cells are decoded.
struct CellTally {
  var counts = RasterCounts()
  var least = Double.infinity
  var greatest = -Double.infinity
  /// Suspicious stored values and how often they occur.
  var suspects: [Double: Int] = [:]
  var negativesBesideMinusThree = false
  var bytesBesideSentinel = false

  mutating func add(cells: Int, missing: Int, infinite: Int, least: Double, greatest: Double) {
    counts.cells += cells
    counts.nodata += missing
    counts.infinite += infinite
    self.least = min(self.least, least)
    self.greatest = max(self.greatest, greatest)
  }

  /// Adds what was counted elsewhere in the raster.
  mutating func add(_ other: CellTally) {
    add(
      cells: other.counts.cells, missing: other.counts.nodata, infinite: other.counts.infinite, least: other.least,
      greatest: other.greatest)
    suspects.merge(other.suspects, uniquingKeysWith: +)
    negativesBesideMinusThree = negativesBesideMinusThree || other.negativesBesideMinusThree
    bytesBesideSentinel = bytesBesideSentinel || other.bytesBesideSentinel
  }

  /// The counts with their range.
  var summary: RasterCounts {
    var result = counts
    if least <= greatest {
      result.minimum = Float(least)
      result.maximum = Float(greatest)
    }
    return result
  }
}

/// Values that programs write where there is no data; in a file that declares none, or another, they are suspicious.
struct SentinelScan {
  /// Who says what marks no data.
  enum Declaration {
    /// Nobody: every usual mark is suspicious.
    case none
    /// The file: marks of −999 and below are, which a mosaic or a conversion has left.
    case file
    /// Whoever reads it, who knows the file: only absurd magnitudes are.
    case reader
  }

  let pixelType: String
  let declaration: Declaration

  private static let everywhere: Set<Double> = [-9999, -99_999, -32_767, -32_768, -999, -999.99]

  /// Largest value of the integer types that is commonly used.
  private var typeLimit: Double {
    switch pixelType {
    case "Byte", "UInt8": 255
    case "UInt16": 65_535
    case "Int16": 32_767
    case "UInt32": 4_294_967_295
    case "Int32": 2_147_483_647
    default: 1e30
    }
  }

  /// Whether a row with this range can hold a suspicious value; numbers of single precision only where they are at
  /// most −1 or at least 10³⁰.
  func mayOccur(least: Double, greatest: Double) -> Bool {
    if declaration != .none { return least <= (declaration == .file ? -999 : -1e30) || greatest >= 1e30 }
    let isByte = pixelType == "Byte" || pixelType == "UInt8"
    return least <= -1 || greatest >= (isByte ? 101 : min(typeLimit, 1e30))
  }

  /// Notes a value where it is suspicious.
  func note(_ value: Double, _ tally: inout CellTally) {
    if value <= -1e30 || value >= 1e30 {
      tally.suspects[value, default: 0] += 1
      return
    }
    if declaration == .reader { return }
    if value <= -999 && Self.everywhere.contains(value) || abs(value + 999.99) < 1e-3 {
      tally.suspects[value, default: 0] += 1
      return
    }
    if declaration == .file { return }
    if value == typeLimit {
      tally.suspects[value, default: 0] += 1
      return
    }
    if pixelType == "Int8", value == -128 { tally.suspects[value, default: 0] += 1 }
    if value == -3 {
      tally.suspects[value, default: 0] += 1
    } else if value < 0 {
      tally.negativesBesideMinusThree = true
    }
    if pixelType == "Byte" || pixelType == "UInt8", value > 100 {
      if value == 128 { tally.suspects[value, default: 0] += 1 } else { tally.bytesBesideSentinel = true }
    }
  }

  /// The suspicious values that remain once all cells are known, least first.
  func findings(_ tally: CellTally) -> [(value: Double, count: Int)] {
    tally.suspects.filter { value, _ in
      // −3 (radar: no coverage) and 128 are suspicious only where they stand apart from the other values.
      if value == -3 { return !tally.negativesBesideMinusThree }
      if value == 128 { return !tally.bytesBesideSentinel }
      return true
    }.sorted { $0.key < $1.key }.map { (value: $0.key, count: $0.value) }
  }
}
