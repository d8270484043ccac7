import CGDAL
public import Grids

/// Encodes shades of grey as a JPEG picture, in memory.
/// - Parameters:
///   - grid: 0 is black, 255 white.
///   - quality: From 1 to 100.
/// - Throws: ``GeodataError`` where GDAL has no JPEG driver.
public func encodeJPEG(_ grid: Grid<UInt8>, quality: Int = 60) throws(GeodataError) -> [UInt8] {
  let operation = "encode picture"
  let memory = try driver("MEM", operation: operation, path: "")
  let jpeg = try driver("JPEG", operation: operation, path: "")
  let site = CallSite(code: .notWritten, operation: operation, path: "")
  var cells = grid.cells
  let size = (Int32(grid.columns), Int32(grid.rows))
  let handle = try site.call("there is not enough memory for the picture") {
    GDALCreate(memory, "", size.0, size.1, 1, cgdal_byte, nil)
  }
  let source = Dataset(owning: handle)
  let band = try site.call("the picture has no band") { GDALGetRasterBand(handle, 1) }
  try site.check("the picture cannot be filled") {
    GDALRasterIO(band, GF_Write, 0, 0, size.0, size.1, &cells, size.0, size.1, cgdal_byte, 0, 0)
  }
  // A name of its own for each call: several may run at once.
  let name = withUnsafePointer(to: &cells) { "/vsimem/overvann-\(UInt(bitPattern: $0)).jpg" }
  defer { VSIUnlink(name) }
  let copy = try site.call("the picture cannot be encoded") {
    withStringList(["QUALITY=\(quality)"]) { GDALCreateCopy(jpeg, name, handle, 0, $0, nil, nil) }
  }
  try Dataset(owning: copy).close(operation: operation, path: "")
  try source.close(operation: operation, path: "")
  var length: vsi_l_offset = 0
  guard let bytes = VSIGetMemFileBuffer(name, &length, 0) else { throw site.error("the picture is empty") }
  return Array(UnsafeBufferPointer(start: bytes, count: Int(length)))
}
