import Foundation

/// The moment that a band of a raster is valid for, in UTC.
public struct RasterTime: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Seconds since the first moment of 1970, without leap seconds.
  public let secondsSince1970: Double

  /// Takes a moment.
  public init(secondsSince1970: Double) { self.secondsSince1970 = secondsSince1970 }

  /// Whether one is earlier than the other.
  public static func < (one: RasterTime, other: RasterTime) -> Bool {
    one.secondsSince1970 < other.secondsSince1970
  }

  /// ISO 8601, such as `2015-08-24T01:00:00Z`.
  public var description: String {
    isoTimestamp(secondsSince1970: Int64(secondsSince1970.rounded())).replacing(".000Z", with: "Z")
  }

  /// A date with or without a time, such as `2015-08-24T01:00:00Z` or `2015-08-24 01:00`; UTC unless it names a zone.
  public init?(text: String) {
    guard let seconds = Self.moment(text) else { return nil }
    self.init(secondsSince1970: seconds)
  }

  /// A moment of the CF conventions (chapter 4.4): a number, and units such as `hours since 2001-12-31T23:00:00Z`.
  ///
  /// Nil for units of varying length (months, years), and for calendars other than the Gregorian one.
  public init?(_ value: Double, units: String, calendar: String?) {
    guard ["standard", "gregorian", "proleptic_gregorian"].contains(calendar?.lowercased() ?? "standard"),
      let since = units.range(of: " since ", options: .caseInsensitive),
      let seconds = Self.seconds(of: units[..<since.lowerBound].trimmingCharacters(in: .whitespaces)),
      let origin = Self.moment(String(units[since.upperBound...]))
    else { return nil }
    self.init(secondsSince1970: origin + value * seconds)
  }

  private static func seconds(of unit: String) -> Double? {
    switch unit.lowercased() {
    case "s", "sec", "secs", "second", "seconds": 1
    case "min", "mins", "minute", "minutes": 60
    case "h", "hr", "hrs", "hour", "hours": 3600
    case "d", "day", "days": 86_400
    default: nil
    }
  }

  /// Seconds since 1970 of a date with or without time and zone.
  static func moment(_ text: String) -> Double? {
    var rest = Substring(text.trimmingCharacters(in: .whitespaces))
    let dateEnd = rest.firstIndex { $0 == " " || $0 == "T" || $0 == "t" } ?? rest.endIndex
    let date = rest[..<dateEnd].split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard date.count == 3, let year = date[0], let month = date[1], let day = date[2], (1...12).contains(month),
      (1...31).contains(day), (1...9999).contains(year)
    else { return nil }
    rest = rest[dateEnd...].drop { $0 == " " || $0 == "T" || $0 == "t" }
    let timeEnd = rest.firstIndex { " Zz+-Uu".contains($0) } ?? rest.endIndex
    var seconds = 0.0
    if timeEnd > rest.startIndex {
      let time = rest[..<timeEnd].split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
      guard time.count <= 3, !time.contains(nil) else { return nil }
      for (part, size) in zip(time.compactMap(\.self), [3600.0, 60, 1]) { seconds += part * size }
    }
    guard let zone = offset(rest[timeEnd...].trimmingCharacters(in: .whitespaces)) else { return nil }
    return Double(days(year, month, day)) * 86_400 + seconds - zone
  }

  /// Seconds by which a zone is ahead of UTC.
  private static func offset(_ zone: String) -> Double? {
    if ["", "Z", "z", "UTC", "utc", "GMT"].contains(zone) { return 0 }
    guard let sign = zone.first, sign == "+" || sign == "-" else { return nil }
    let digits = zone.dropFirst().split(separator: ":")
    let (hours, minutes): (Double?, Double?) =
      digits.count == 2
      ? (Double(digits[0]), Double(digits[1]))
      : zone.count == 5 ? (Double(zone.dropFirst().prefix(2)), Double(zone.suffix(2))) : (Double(zone.dropFirst()), 0)
    guard let hours, let minutes else { return nil }
    return (hours * 3600 + minutes * 60) * (sign == "-" ? -1 : 1)
  }

  /// Days from the first of 1970 to a date of the Gregorian calendar.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    // Years begin with March, so that the leap day is the last one.
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}

extension RasterInformation {
  /// The moment of the band: by the CF time axis of a NetCDF file, the valid time of a GRIB message, or the end of the
  /// period of a KNMI composite; nil where the file does not tell.
  public var time: RasterTime? {
    if let text = bandMetadata["GRIB_VALID_TIME"],
      let seconds = Double(text.split(separator: " ").first.map(String.init) ?? text)
    {
      return RasterTime(secondsSince1970: seconds)
    }
    if let name = timeDimension, let value = bandMetadata["NETCDF_DIM_\(name)"].flatMap({ Double($0) }),
      let units = metadata["\(name)#units"]
    {
      return RasterTime(value, units: units, calendar: metadata["\(name)#calendar"])
    }
    return metadata["overview_product_datetime_end"].flatMap { Self.knmiTime($0) }
  }

  /// Name of the NetCDF dimension that counts time: the one whose units say `since`.
  var timeDimension: String? {
    furtherDimensions.first { metadata["\($0)#units"]?.lowercased().contains(" since ") == true }
  }

  /// Names of the NetCDF dimensions besides the two of the plane.
  var furtherDimensions: [String] {
    guard let list = metadata["NETCDF_DIM_EXTRA"] else { return [] }
    return list.trimmingCharacters(in: CharacterSet(charactersIn: "{}")).split(separator: ",").map(String.init)
  }

  /// A time such as `26-AUG-2010;00:45:00.000`.
  private static func knmiTime(_ text: String) -> RasterTime? {
    let parts = text.split(separator: ";")
    let date = parts.first?.split(separator: "-") ?? []
    let months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
    guard parts.count == 2, date.count == 3, let month = months.firstIndex(of: date[1].uppercased()),
      let seconds = RasterTime.moment("\(date[2])-\(month + 1)-\(date[0]) \(parts[1])")
    else { return nil }
    return RasterTime(secondsSince1970: seconds)
  }
}
