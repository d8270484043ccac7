/// Mixes blocks of 32 bytes into four lanes, for a checksum that costs no more than reading the bytes.
/// - Parameters:
///   - bytes: A multiple of 32 bytes.
///   - lanes: What was mixed before.
/// - Returns: The lanes with the bytes mixed in; every step can be undone, so that no single change is lost.
public func checksumBlocks(_ bytes: UnsafeRawBufferPointer, _ lanes: SIMD4<UInt64>) -> SIMD4<UInt64> {
  precondition(bytes.count.isMultiple(of: 32), "blocks of 32 bytes")
  guard let base = bytes.baseAddress else { return lanes }
  var (a, b, c, d) = (lanes[0], lanes[1], lanes[2], lanes[3])
  let factor: UInt64 = 0x9E37_79B1_85EB_CA87
  for offset in stride(from: 0, to: bytes.count, by: 32) {
    a = ((a ^ base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* factor)
    b = ((b ^ base.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self)) &* factor)
    c = ((c ^ base.loadUnaligned(fromByteOffset: offset &+ 16, as: UInt64.self)) &* factor)
    d = ((d ^ base.loadUnaligned(fromByteOffset: offset &+ 24, as: UInt64.self)) &* factor)
    (a, b, c, d) = (a ^ (a &>> 31), b ^ (b &>> 31), c ^ (c &>> 31), d ^ (d &>> 31))
  }
  return [a, b, c, d]
}
