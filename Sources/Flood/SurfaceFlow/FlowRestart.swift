import Grids
import Runoff

/// Writes the state of a simulation to bytes, or reads it back: one walk over the state serves both.
///
/// Numbers stand as they are in memory. A state begins with a mark and the fingerprint of its case.
final class FlowStateCoder {
  /// "ovflow" and the version of the layout.
  static let mark: UInt64 = 0x0007_776f_6c66_766f

  private(set) var bytes: [UInt8]
  private var position = 0
  let isReading: Bool
  /// Whether fewer bytes were there than the state needs.
  private(set) var isTooShort = false

  /// A writer.
  init() {
    bytes = []
    isReading = false
  }

  /// A reader.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    isReading = true
  }

  /// A number of the bytes so far, by which damage is found.
  var checksum: UInt64 {
    let count = isReading ? position : bytes.count
    var print = FlowFingerprint()
    bytes.withUnsafeBytes { bytes in
      for start in stride(from: 0, to: count - count % 8, by: 8) {
        print.add(bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
      }
      for byte in bytes[(count - count % 8)..<count] { print.add(UInt64(byte)) }
    }
    return print.value
  }

  /// Whether all bytes have been read.
  var isAtEnd: Bool { position == bytes.count }

  private func pass(_ memory: UnsafeMutableRawBufferPointer) {
    if !isReading {
      bytes.append(contentsOf: memory)
      return
    }
    if bytes.count - position < memory.count {
      isTooShort = true
      return
    }
    bytes.withUnsafeBytes {
      memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position...].prefix(memory.count)))
    }
    position += memory.count
  }

  /// Passes a number.
  func value<Value: BitwiseCopyable>(_ value: inout Value) {
    withUnsafeMutableBytes(of: &value) { pass($0) }
  }

  /// Passes the numbers of an array, whose length must be the same.
  func cells<Value: BitwiseCopyable>(_ base: UnsafeMutablePointer<Value>, _ count: Int) {
    pass(UnsafeMutableRawBufferPointer(start: base, count: count * MemoryLayout<Value>.stride))
  }

  /// Passes a list of any length; `empty` is any value of its kind.
  func list<Value: BitwiseCopyable>(_ values: inout [Value], empty: Value) {
    var count = values.count
    value(&count)
    if isReading {
      guard count >= 0, count <= bytes.count - position else {
        isTooShort = true
        return
      }
      values = Array(repeating: empty, count: count)
    }
    values.withUnsafeMutableBytes { pass($0) }
  }

  /// Passes a list of anything that an own walk passes.
  func list<Value>(_ values: inout [Value], empty: Value, _ body: (inout Value) -> Void) {
    var count = values.count
    value(&count)
    if isReading {
      guard count >= 0, count <= bytes.count - position else {
        isTooShort = true
        return
      }
      values = Array(repeating: empty, count: count)
    }
    for index in values.indices { body(&values[index]) }
  }
}

/// A number that stands for everything that was put into it (FNV-1a on words of 64 bits).
struct FlowFingerprint {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ word: UInt64) { value = (value ^ word) &* 0x0000_0100_0000_01b3 ^ (value >> 29) }

  mutating func add(_ number: Double) { add(number.bitPattern) }

  mutating func add(_ number: Int) { add(UInt64(bitPattern: Int64(number))) }

  mutating func add(_ text: String) {
    add(text.utf8.count)
    for byte in text.utf8 { add(UInt64(byte)) }
  }
}

extension SurfaceFlowCase {
  /// A number that differs between cases whose states must not be mixed up.
  var fingerprint: UInt64 {
    var print = FlowFingerprint()
    func add(_ grid: borrowing Grid<Float>) {
      grid.withUnsafeCells { for index in 0..<grid.count { print.add(UInt64($0[index].bitPattern)) } }
    }
    func add(_ values: CellValues?) {
      switch values {
      case nil: print.add(0)
      case .uniform(let value):
        print.add(1)
        print.add(Double(value))
      case .grid(let grid):
        print.add(2)
        add(grid)
      }
    }
    func add(_ series: FlowSeries) { for number in series.times + series.values { print.add(number) } }
    let geometry = terrain.geometry
    for number in [geometry.west, geometry.north, geometry.cellWidth, geometry.cellHeight, duration] {
      print.add(number)
    }
    print.add(geometry.columns)
    add(terrain)
    for values in [roughness, sheetRoughness, infiltration, drainage] { add(values) }
    for grid in [initialDepth, rainShare] {
      print.add(grid == nil ? 0 : 1)
      if let grid { add(grid) }
    }
    roofs?.code(&print)
    for depth in [settings.sheetDepths.lowerBound, settings.sheetDepths.upperBound] { print.add(Double(depth)) }
    switch groundLoss {
    case nil, .curveNumber, .coefficient: break
    case .initialConstant(let initial, let rate):
      print.add("initial constant")
      for grid in [initial, rate] { add(grid) }
    case .horton(let first, let final, let decay):
      print.add("Horton")
      for grid in [first, final, decay] { add(grid) }
    case .greenAmpt(let conductivity, let suction):
      print.add("Green and Ampt")
      for grid in [conductivity, suction] { add(grid) }
    }
    if groundLoss != nil { print.add(settings.infiltrationInterval) }
    for interval in rain {
      print.add(interval.start)
      print.add(interval.end)
      switch interval.intensity {
      case .uniform(let rate): print.add(rate)
      case .grid(let grid):
        for number in [grid.geometry.west, grid.geometry.north, grid.geometry.cellWidth, grid.geometry.cellHeight] {
          print.add(number)
        }
        add(grid)
      }
    }
    for inflow in inflows {
      print.add(inflow.name)
      for cell in inflow.cells {
        print.add(cell.row * geometry.columns + cell.column)
        print.add(cell.share)
      }
      add(inflow.discharge)
    }
    for boundary in boundaries {
      print.add(boundary.name)
      for face in boundary.faces {
        print.add((face.row * geometry.columns + face.column) * 4 + (CellSide.allCases.firstIndex(of: face.side) ?? 0))
      }
      switch boundary.condition {
      case .normal(let slope): print.add(slope)
      case .critical: print.add(1)
      case .level(let series): add(series)
      }
    }
    for culvert in culverts {
      print.add("\(culvert)")
    }
    for gauge in gauges { print.add(gauge.row * geometry.columns + gauge.column) }
    for section in crossSections { for point in section.line { print.add(point.x + 3 * point.y) } }
    print.add(settings.method.rawValue)
    print.add(settings.subgrid)
    print.add(settings.stepRatio)
    for number in [
      settings.courant, Double(settings.theta), Double(settings.film), settings.longestStep, recording.interval,
      Double(recording.speedDepth), Double(recording.arrivalDepth), recording.seriesInterval,
    ] + recording.durationDepths.map(Double.init) { print.add(number) }
    return print.value
  }
}
