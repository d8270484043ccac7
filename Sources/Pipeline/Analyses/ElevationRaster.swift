import Geodata
import Grids
public import Terrain

/// An elevation raster as an analysis of its own reads it, without a pipeline file.
public struct ElevationRaster: Sendable {
  /// Path of any raster that GDAL reads.
  public var path: String
  /// Band, from 1; needed where there are several.
  public var band: Int?
  /// Unit of the heights; nil takes the file's, or metres where the file names none.
  public var unit: LengthUnit?
  /// Reference system that replaces the file's.
  public var crs: String?
  /// What cells without elevation are to the water.
  public var nodata: NodataPolicy = .error

  /// Describes an elevation raster; everything but the path has a default.
  public init(_ path: String) { self.path = path }

  /// Reads heights in metres.
  /// - Throws: ``RunFailure`` where the file cannot be read, is not on a plane in metres (the way out is to reproject
  ///   it), or declares another unit than was named.
  func read(threads: Int) throws(RunFailure) -> Grid<Float> {
    let position = SourcePosition(file: path)
    return try RunFailure.locating(at: position) {
      let system = try crs.map { try coordinateReferenceSystem($0) }
      let (grid, information) = try readRaster(path, RasterReading(band: band, crs: system, threads: threads))
      try grid.geometry.crs.requireMetricPlane(path: path)
      let factor = Float(try unit(of: information, at: position).metres)
      return factor == 1 ? grid : grid.map(threads: threads) { $0 * factor }
    }
  }

  /// The unit named, or the file's; the two may not disagree.
  func unit(of information: RasterInformation, at position: SourcePosition) throws(RunFailure) -> LengthUnit {
    guard let text = information.unit, !text.isEmpty else { return unit ?? .metre }
    guard let declared = LengthUnit(spelling: text) else {
      if let unit { return unit }
      throw RunFailure(
        .input,
        [
          Diagnostic(
            .unusableTerrain, at: position, "heights are in \"\(text)\", which is no unit of length known here",
            hint: "name it with --unit, one of \(Suggestion.list(LengthUnit.allCases.map(\.rawValue)))")
        ])
    }
    if let unit, unit != declared {
      throw RunFailure(
        .input,
        [
          Diagnostic(
            .unusableTerrain, at: position,
            "the file says that heights are in \(declared.rawValue), --unit says \(unit.rawValue)",
            hint: "leave --unit out, or mend the file's unit")
        ])
    }
    return declared
  }
}

extension LengthUnit {
  /// The unit that a raster's own statement means, such as `metre` or `m`; nil where it is none of them.
  init?(spelling: String) {
    let spellings: [LengthUnit: [String]] = [
      .metre: ["m", "metre", "meter", "metres", "meters"], .decimetre: ["dm", "decimetre", "decimeter"],
      .centimetre: ["cm", "centimetre", "centimeter"], .millimetre: ["mm", "millimetre", "millimeter"],
      .foot: ["ft", "foot", "feet"],
    ]
    guard let unit = spellings.first(where: { $0.value.contains(spelling.lowercased()) })?.key else { return nil }
    self = unit
  }
}
