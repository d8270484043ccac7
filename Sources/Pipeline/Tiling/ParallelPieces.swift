import Dispatch
import Synchronization

/// Works through numbered pieces from several threads, while the calling thread tells of the progress.
///
/// Every thread has a state of its own, such as an open file. The results come in the order of the pieces.
/// - Throws: What the calling thread's progress throws, else the error of the lowest-numbered piece that failed; no
///   new piece is begun after an error.
func inParallel<State, Value: Sendable>(
  _ count: Int, threads: Int, _ step: String, _ progress: AnalysisProgress,
  state: @escaping @Sendable () throws -> State, _ body: @escaping @Sendable (State, Int) throws -> Value
) throws -> [Value] {
  let work = PieceWork<Value>(count: count)
  let workers = max(1, min(threads, count))
  for _ in 0..<workers {
    DispatchQueue.global().async {
      do {
        let own = try state()
        while let piece = work.take() {
          do {
            work.finish(piece, .success(try body(own, piece)))
          } catch {
            work.finish(piece, .failure(error))
          }
        }
      } catch {
        work.finish(-1, .failure(error))
      }
      work.end()
    }
  }
  var refusal: RunFailure?
  var (finished, ended) = (-1, 0)
  while ended < workers {
    let now = work.wait()
    ended = now.ended
    if refusal == nil, now.finished != finished {
      finished = now.finished
      do throws(RunFailure) {
        try progress.tell(step, number: min(finished, count), of: count)
      } catch {
        refusal = error
        work.stop()
      }
    }
  }
  if let refusal { throw refusal }
  return try work.results()
}

/// As the form with a state for each thread, where none is needed.
func inParallel<Value: Sendable>(
  _ count: Int, threads: Int, _ step: String, _ progress: AnalysisProgress,
  _ body: @escaping @Sendable (Int) throws -> Value
) throws -> [Value] {
  try inParallel(count, threads: threads, step, progress, state: {}, { _, piece in try body(piece) })
}

/// Pieces that several threads share.
private final class PieceWork<Value: Sendable>: Sendable {
  private struct Account {
    var next = 0
    var finished = 0
    var ended = 0
    var values: [Value?]
    var failure: (piece: Int, error: any Error)?
  }

  private let account: Mutex<Account>
  private let news = DispatchSemaphore(value: 0)
  private let count: Int

  init(count: Int) {
    self.count = count
    account = Mutex(Account(values: Array(repeating: nil, count: count)))
  }

  /// The next piece, nil when there is none or the work has been stopped.
  func take() -> Int? {
    account.withLock { account in
      guard account.next < count else { return nil }
      account.next += 1
      return account.next - 1
    }
  }

  func stop() { account.withLock { $0.next = count } }

  func finish(_ piece: Int, _ outcome: sending Result<Value, any Error>) {
    account.withLock { account in
      switch outcome {
      case .success(let value):
        account.values[piece] = value
        account.finished += 1
      case .failure(let error):
        if let failure = account.failure, failure.piece <= piece { break }
        account.failure = (piece, error)
        account.next = count
      }
    }
    news.signal()
  }

  func end() {
    account.withLock { $0.ended += 1 }
    news.signal()
  }

  /// Waits until a piece is finished or a thread has ended.
  func wait() -> (finished: Int, ended: Int) {
    news.wait()
    return account.withLock { ($0.finished, $0.ended) }
  }

  func results() throws -> [Value] {
    try account.withLock { account in
      if let failure = account.failure { throw failure.error }
      return account.values.compactMap { $0 }
    }
  }
}
