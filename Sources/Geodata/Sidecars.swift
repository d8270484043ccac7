import Foundation

/// Files beside a raster that may say something of it.
func sidecars(of path: String) -> [String] {
  guard !path.hasPrefix("/vsi"), InputFile.file(in: path) == path else { return [] }
  let stem = (path as NSString).deletingPathExtension
  let fileExtension = (path as NSString).pathExtension
  var names = [path + ".aux.xml", path + ".ovr", path + ".msk", stem + ".wld"]
  if let first = fileExtension.first, let last = fileExtension.last {
    // x.tif has x.tfw: first and last letter.
    names += [stem + ".\(first)\(last)w", stem + "." + fileExtension + "w"]
  }
  return names.filter { FileManager.default.fileExists(atPath: $0) }
}

/// Throws where a world file or an .aux.xml puts the raster somewhere else than the file itself.
func checkSidecars(_ information: RasterInformation, _ site: CallSite) throws(GeodataError) {
  guard let inside = information.geotransform else { return }
  for sidecar in information.sidecars {
    let isWorldFile = sidecar.hasSuffix("w") || sidecar.hasSuffix(".wld")
    guard isWorldFile || sidecar.hasSuffix(".aux.xml"),
      let data = FileManager.default.contents(atPath: sidecar),
      let beside = isWorldFile ? worldFile(String(decoding: data, as: UTF8.self)) : auxiliary(data)
    else { continue }
    let width = abs(inside[1]) + abs(inside[2])
    let height = abs(inside[4]) + abs(inside[5])
    // Compared at the corners: a small difference of the cell size adds up.
    func differs(_ column: Double, _ row: Double) -> Bool {
      func place(_ t: [Double]) -> (Double, Double) {
        (t[0] + column * t[1] + row * t[2], t[3] + column * t[4] + row * t[5])
      }
      let (a, b) = (place(inside), place(beside))
      return abs(a.0 - b.0) > 0.01 * width || abs(a.1 - b.1) > 0.01 * height
    }
    if differs(0, 0) || differs(Double(information.columns), Double(information.rows)) {
      throw site.error(
        "\(sidecar) puts the upper left corner at (\(beside[0]), \(beside[3])) with cells of \(beside[1])×\(beside[5]), "
          + "the file itself at (\(inside[0]), \(inside[3])) with cells of \(inside[1])×\(inside[5])",
        hint: "remove the one that is wrong")
    }
  }
}

/// The affine transformation of a world file, which speaks of the first cell's centre.
private func worldFile(_ text: String) -> [Double]? {
  let numbers = text.split(whereSeparator: \.isWhitespace).prefix(6).compactMap { Double($0) }
  guard numbers.count == 6 else { return nil }
  let (a, d, b, e, c, f) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5])
  return [c - a / 2 - b / 2, a, b, f - d / 2 - e / 2, d, e]
}

/// The affine transformation in an .aux.xml.
private func auxiliary(_ data: Data) -> [Double]? {
  let text = String(decoding: data, as: UTF8.self)
  guard let start = text.range(of: "<GeoTransform>"), let end = text.range(of: "</GeoTransform>") else { return nil }
  guard start.upperBound <= end.lowerBound else { return nil }
  let numbers = text[start.upperBound..<end.lowerBound].split(separator: ",").compactMap {
    Double($0.trimmingCharacters(in: .whitespacesAndNewlines))
  }
  return numbers.count == 6 ? numbers : nil
}

/// Throws where a source of a mosaic (VRT) cannot be a readable local file.
///
/// GDAL opens sources late, and takes a missing one for a gap.
func checkMosaicSources(_ path: String, _ site: CallSite) throws(GeodataError) {
  guard path.lowercased().hasSuffix(".vrt"), let data = FileManager.default.contents(atPath: path) else { return }
  let folder = (path as NSString).deletingLastPathComponent
  for part in String(decoding: data, as: UTF8.self).components(separatedBy: "<SourceFilename").dropFirst() {
    guard let open = part.firstIndex(of: ">"), let close = part.range(of: "</"), open < close.lowerBound else {
      continue
    }
    let isRelative = part[..<open].lowercased().replacing("'", with: "\"").contains("relativetovrt=\"1\"")
    var name = String(part[part.index(after: open)..<close.lowerBound])
    for (escaped, plain) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")] {
      name = name.replacing(escaped, with: plain)
    }
    let source = isRelative && !folder.isEmpty ? "\(folder)/\(name)" : name
    do throws(GeodataError) {
      try InputFile.check(source, site)
    } catch {
      throw site.error("the mosaic's source \(name) cannot be read: \(error.message)", hint: error.hint)
    }
  }
}
