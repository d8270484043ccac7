import Foundation
import Grids

/// Takes over what a file states in attributes that GDAL hands on without using them.
///
/// Known are the HDF5 composites of the Royal Netherlands Meteorological Institute (KNMI HDF5 data format 3.5):
/// `geo_pixel_size`, `geo_row_offset`, `projection_proj4_params` in kilometres, and `calibration_formulas`,
/// `GEO = a PV + b`. What was taken over is told as a warning.
func adoptProductAttributes(_ information: inout RasterInformation) {
  let stated = information.metadata.mapValues { $0.trimmingCharacters(in: .whitespaces) }
  func number(_ name: String) -> Double? { stated[name].flatMap { Double($0) } }
  guard let projection = stated["geographic_map_projection_projection_proj4_params"],
    let width = number("geographic_geo_pixel_size_x"), let height = number("geographic_geo_pixel_size_y"),
    let column = number("geographic_geo_column_offset"), let row = number("geographic_geo_row_offset"),
    stated["geographic_geo_dim_pixel"] == "KM,KM", stated["geographic_geo_pixel_def"] == "LU", width > 0, height < 0
  else { return }
  // The axes of the ellipsoid are in kilometres, PROJ wants metres.
  let parts = projection.split(separator: " ").map { part -> String in
    for axis in ["+a=", "+b="] where part.hasPrefix(axis) {
      if let kilometres = Double(part.dropFirst(axis.count)), kilometres < 10_000 {
        return "\(axis)\((kilometres * 1e6).rounded() / 1e3)"
      }
    }
    return String(part)
  }
  guard let crs = SpatialReference(text: parts.joined(separator: " "))?.described() else { return }
  information.crs = information.crs ?? crs
  if information.geotransform == nil {
    information.geotransform = [column * width * 1000, width * 1000, 0, row * height * 1000, 0, height * 1000]
    information.isSouthUp = false
    information.warnings.append("position and projection are taken from the file's KNMI attributes")
  }
  let image = "image\(information.band)_"
  if let formula = stated[image + "calibration_calibration_formulas"], let (scale, offset) = calibration(formula),
    information.scale == 1, information.offset == 0
  {
    information.scale = scale
    information.offset = offset
  }
  if information.nodata == nil { information.nodata = number(image + "calibration_calibration_missing_data") }
  if information.unit == nil, let parameter = stated[image + "image_geo_parameter"],
    let open = parameter.firstIndex(of: "["), let close = parameter.firstIndex(of: "]"), open < close
  {
    information.unit = parameter[parameter.index(after: open)..<close].lowercased()
  }
}

/// Factor and summand of `GEO=0.01*PV+0.0`.
private func calibration(_ formula: String) -> (Double, Double)? {
  let text = formula.replacing(" ", with: "").uppercased()
  guard text.hasPrefix("GEO="), let product = text.range(of: "*PV") else { return nil }
  let factor = text[text.index(text.startIndex, offsetBy: 4)..<product.lowerBound]
  let rest = text[product.upperBound...]
  guard let scale = Double(factor), let offset = rest.isEmpty ? 0 : Double(rest) else { return nil }
  return (scale, offset)
}

extension RasterInformation {
  /// Whether the file says that its axes count kilometres (NetCDF, units of the projection coordinates).
  var hasKilometreAxes: Bool {
    let names = metadata.keys.filter { $0.hasSuffix("#standard_name") && metadata[$0] == "projection_x_coordinate" }
      .map { String($0.dropLast("#standard_name".count)) }
    return (names + ["x", "X", "easting"]).contains { name in
      ["km", "kilometer", "kilometers", "kilometre", "kilometres"].contains(metadata[name + "#units"]?.lowercased())
    }
  }
}
