import CGDAL

/// Writes tables as one workbook (Office Open XML), a sheet for each, with the names of the fields in the first row.
///
/// Texts are text cells, identifiers with leading zeros too; numbers are numbers; what is missing is empty. A sheet is
/// named as its table, cut to the 31 characters that the format allows. The file appears under its name only when it is
/// complete, and the same tables give the same bytes, whatever the clock says.
/// - Throws: ``GeodataError`` where the file cannot be written or a table has more rows than a sheet takes.
public func writeWorkbook(_ tables: [FeatureTable], to path: String) throws(GeodataError) {
  let site = CallSite(code: .notWritten, operation: "write workbook", path: path)
  for table in tables where table.rows.count > 1_048_575 {
    throw site.error(
      "“\(table.name)” has \(table.rows.count) rows, more than a sheet takes",
      hint: "turn outputs.tables.xlsx off, or leave the table to CSV")
  }
  try writeAtomically(to: path, operation: "write workbook") { (temporary) throws(GeodataError) in
    let dataset = try createVectorFile("XLSX", temporary, for: path)
    let writer = LayerWriter(handle: dataset.handle, path: path)
    for table in tables {
      var sheet = table
      sheet.name = String(table.name.prefix(31))
      try writer.write(sheet, options: [])
    }
    try dataset.close(operation: "write workbook", path: path)
    try fixTimes(ofArchive: temporary, site)
  }
}

/// Sets the times of all entries of a ZIP archive to the first moment that the format knows, 1980-01-01 00:00.
///
/// The driver takes them from the clock. Times stand in each local header and again in the central directory (APPNOTE
/// 6.3.10, sections 4.3.7 and 4.3.12).
private func fixTimes(ofArchive path: String, _ site: CallSite) throws(GeodataError) {
  var bytes = try contents(of: path, site)
  func number(_ place: Int, _ count: Int) -> Int {
    (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
  }
  func isSignature(_ place: Int, _ last: (UInt8, UInt8)) -> Bool {
    place >= 0 && place + 4 <= bytes.count && bytes[place] == 0x50 && bytes[place + 1] == 0x4B
      && bytes[place + 2] == last.0 && bytes[place + 3] == last.1
  }
  func setTime(_ place: Int) {
    // Time 00:00:00, date 1980-01-01.
    bytes.replaceSubrange(place..<(place + 4), with: [0, 0, 0x21, 0])
  }
  var end = bytes.count - 22
  while end >= 0, !isSignature(end, (5, 6)) { end -= 1 }
  guard end >= 0 else { throw site.error("the workbook has no directory") }
  let count = number(end + 10, 2)
  var entry = number(end + 16, 4)
  for _ in 0..<count {
    guard isSignature(entry, (1, 2)) else { throw site.error("the directory of the workbook is broken") }
    setTime(entry + 12)
    let local = number(entry + 42, 4)
    guard isSignature(local, (3, 4)) else { throw site.error("an entry of the workbook is broken") }
    setTime(local + 10)
    entry += 46 + number(entry + 28, 2) + number(entry + 30, 2) + number(entry + 32, 2)
  }
  let file = try site.call("the workbook cannot be opened again") { VSIFOpenL(path, "rb+") }
  let written = VSIFWriteL(bytes, 1, bytes.count, file)
  guard VSIFCloseL(file) == 0, written == bytes.count else {
    throw site.error("the workbook cannot be completed", hint: "check the free space")
  }
}

private func contents(of path: String, _ site: CallSite) throws(GeodataError) -> [UInt8] {
  var data: UnsafeMutablePointer<UInt8>?
  var length: vsi_l_offset = 0
  guard VSIIngestFile(nil, path, &data, &length, -1) != 0, let data else {
    throw site.error("the workbook cannot be read back")
  }
  defer { VSIFree(data) }
  return Array(UnsafeBufferPointer(start: data, count: Int(length)))
}
