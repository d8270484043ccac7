import Synchronization
import TestSupport
import Testing

@testable import Pipeline

@Suite struct TilingTests {
  private let position = SourcePosition(file: "dem.tif")

  @Test func aSideThatKeepsTheBudgetIsTaken() throws {
    var tiling = Tiling()
    #expect(try tiling.side(columns: 20_480, rows: 20_480, threads: 2, at: position) == 1024)
    // Never more than the estimate allows.
    for memory in [540_000_000, 600_000_000, 1_000_000_000] {
      tiling.memory = memory
      let side = try tiling.side(columns: 20_480, rows: 20_480, threads: 2, at: position)
      #expect(Tiling.bytes(side: side, columns: 20_480, rows: 20_480, threads: 2) <= memory)
    }
    // A huge raster takes larger tiles, since perimeters take memory too.
    tiling.memory = 16_000_000_000
    let large = try tiling.side(columns: 400_000, rows: 400_000, threads: 2, at: position)
    #expect(large > 1024 && Tiling.bytes(side: large, columns: 400_000, rows: 400_000, threads: 2) <= 16_000_000_000)
    tiling.side = 333
    #expect(try tiling.side(columns: 1000, rows: 10, threads: 1, at: position) == 333)
  }

  @Test func aBudgetThatNoSideKeepsIsRefused() {
    var tiling = Tiling()
    tiling.memory = 100_000_000
    do throws(RunFailure) {
      _ = try tiling.side(columns: 20_480, rows: 20_480, threads: 2, at: position)
      Issue.record("a budget below the program's own size was accepted")
    } catch {
      #expect(error.exitCode == .configuration && error.description.contains("the budget is 100 MB"), "\(error)")
    }
  }

  @Test(arguments: [1, 2, 3, 7]) func piecesComeInTheirOrder(threads: Int) throws {
    let told = Mutex<[Int]>([])
    let progress = AnalysisProgress(
      "test",
      observer: { event in
        if case .step(_, let number, let count) = event { told.withLock { $0.append(number * 1000 + count) } }
      })
    let squares = try inParallel(100, threads: threads, "square", progress) { $0 * $0 }
    #expect(squares == (0..<100).map { $0 * $0 })
    #expect(told.withLock { $0.last } == 100_100 && told.withLock { $0 == $0.sorted() })
    #expect(try inParallel(0, threads: threads, "nothing", progress) { $0 } == [])
  }

  @Test(arguments: [1, 3]) func theFirstErrorIsTheOneThrown(threads: Int) {
    struct Failure: Error, Equatable { var piece: Int }
    let begun = Mutex(0)
    #expect(throws: Failure(piece: 20)) {
      try inParallel(10_000, threads: threads, "fail", AnalysisProgress("test")) { piece in
        begun.withLock { $0 += 1 }
        if piece >= 20 { throw Failure(piece: piece) }
      }
    }
    #expect(begun.withLock { $0 } < 10_000)
  }

  @Test func aStopEndsTheWork() {
    let begun = Mutex(0)
    let progress = AnalysisProgress("test", stopSignal: { begun.withLock { $0 } >= 3 ? .interrupt : nil })
    do {
      _ = try inParallel(100_000, threads: 2, "long", progress) { _ in begun.withLock { $0 += 1 } }
      Issue.record("the work went on to its end")
    } catch {
      #expect((error as? RunFailure)?.exitCode == .interrupted)
    }
    #expect(begun.withLock { $0 } < 100_000)
  }
}
