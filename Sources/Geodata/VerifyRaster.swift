import CGDAL
import Foundation

/// Reads every block of every band, so that a damaged file is found before work is spent on it.
///
/// Blocks of GeoTIFFs that are compressed with DEFLATE are compared with their checksums too, which GDAL leaves out
/// when it reads. Damage in other files that leaves them readable cannot be seen.
/// - Throws: ``GeodataError`` that names file, band and block.
public func verifyRaster(_ path: String) throws(GeodataError) {
  let opened = try openRaster(path, operation: "verify raster", threads: 1)
  let information = opened.information
  let handle = opened.dataset.handle
  let site = CallSite(code: .unreadableBlock, operation: "verify raster", path: path)
  let file =
    information.driver == "GTiff" && information.compression == "DEFLATE" ? FileHandle(forReadingAtPath: path) : nil
  defer { try? file?.close() }
  for number in 0..<information.bandCount {
    let band = try site.call("band \(number + 1) cannot be opened") { GDALGetRasterBand(handle, Int32(number + 1)) }
    var (width, height) = (Int32(1), Int32(1))
    GDALGetBlockSize(band, &width, &height)
    let (blockWidth, blockHeight) = (max(1, Int(width)), max(1, Int(height)))
    let bytes = Int(GDALGetDataTypeSizeBytes(GDALGetRasterDataType(band)))
    var buffer = [UInt8](repeating: 0, count: blockWidth * blockHeight * bytes)
    for row in 0..<((information.rows + blockHeight - 1) / blockHeight) {
      for column in 0..<((information.columns + blockWidth - 1) / blockWidth) {
        let what = "band \(number + 1), block (\(column), \(row)) of \(blockWidth)×\(blockHeight) cells"
        let hint = "fetch the file again"
        try site.check("\(what) cannot be read: the file is truncated or damaged", hint: hint) {
          GDALReadBlock(band, Int32(column), Int32(row), &buffer)
        }
        if let file, let isWhole = hasRightChecksum(file, band, Int32(column), Int32(row)), !isWhole {
          throw site.error("\(what) does not have its checksum: the file is damaged", hint: hint)
        }
      }
    }
  }
  _ = consume opened
}

extension RasterSource {
  /// Throws where a block of a GeoTIFF with DEFLATE does not agree with its checksum.
  borrowing func requireChecksums() throws(GeodataError) {
    guard information.driver == "GTiff", information.compression == "DEFLATE",
      let file = FileHandle(forReadingAtPath: site.path)
    else { return }
    defer { try? file.close() }
    let (width, height) = blockSize
    for row in 0..<((information.rows + height - 1) / height) {
      for column in 0..<((information.columns + width - 1) / width) {
        if let isWhole = hasRightChecksum(file, band, Int32(column), Int32(row)), !isWhole {
          throw site.error(
            "band \(information.band), block (\(column), \(row)) of \(width)×\(height) cells does not have its "
              + "checksum: the file is damaged", hint: "fetch the file again")
        }
      }
    }
  }
}

/// Whether a DEFLATE block agrees with its checksum; nil where the block is not in the file.
private func hasRightChecksum(_ file: FileHandle, _ band: GDALRasterBandH, _ column: Int32, _ row: Int32) -> Bool? {
  guard let offset = metadataItem(band, "BLOCK_OFFSET_\(column)_\(row)", "TIFF").flatMap({ UInt64($0) }),
    let size = metadataItem(band, "BLOCK_SIZE_\(column)_\(row)", "TIFF").flatMap({ Int($0) })
  else { return nil }
  guard (try? file.seek(toOffset: offset)) != nil, let data = try? file.read(upToCount: size), data.count == size else {
    return false
  }
  // Room for the block and no more: a damaged length must not fill the memory.
  guard let room = blockBytes(band) else { return nil }
  let plain = UnsafeMutableRawPointer.allocate(byteCount: room, alignment: 16)
  defer { plain.deallocate() }
  return data.withUnsafeBytes { source in
    quietly {
      var written = 0
      return CPLZLibInflate(source.baseAddress, size, plain, room, &written) != nil
    }
  }
}

/// The most bytes that a block of a GeoTIFF has, all bands of one that keeps them together included; nil where that is
/// beyond all reason.
private func blockBytes(_ band: GDALRasterBandH) -> Int? {
  var (width, height) = (Int32(1), Int32(1))
  GDALGetBlockSize(band, &width, &height)
  let bytes = Int(GDALGetDataTypeSizeBytes(GDALGetRasterDataType(band)))
  let bands = GDALGetBandDataset(band).map { Int(GDALGetRasterCount($0)) } ?? 1
  let limit = 1 << 30
  var room = 1
  for factor in [Int(width), Int(height), bytes, bands] {
    guard factor > 0, factor <= limit / room else { return nil }
    room *= factor
  }
  return room
}
