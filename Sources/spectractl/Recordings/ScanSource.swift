import Glibc
import Varlink

/// Scans from the store, each asked for when its prediction was published.
struct ScanSource {
  private let socket: String
  private var connection: ControlConnection?

  /// The store commits within a second; a scan that is not there after three is not stored.
  private static let secondsMax = 3.0
  private static let pauseMilliseconds: UInt32 = 50
  /// Gaps are looked through up to this size.
  private static let gapMax = 100_000
  /// Why a client may not have got what is stored.
  private static let storedReasons: Set<String> = ["slowClient", "lineTooLong"]

  init(socket: String) { self.socket = socket }

  /// A scan that may be stored.
  struct Candidate {
    var number: Int
    /// Whether it was published just now, so that it will be stored if it is not yet.
    var isExpected: Bool
  }

  /// The scans that an event tells of.
  ///
  /// A prediction after a scan has that scan's number; the final one repeats the last. What this
  /// client was too slow for is in the store all the same.
  func candidates(of reply: SpectradInterface.Subscribe.Reply) -> [Candidate] {
    if let prediction = reply.prediction, !prediction.final {
      return [Candidate(number: prediction.seq, isExpected: true)]
    }
    guard let gap = reply.gap, gap.from <= gap.to else { return [] }
    guard ScanSource.storedReasons.contains(gap.reason), gap.to - gap.from < ScanSource.gapMax
    else {
      StandardError.print(
        "numbers \(gap.from) to \(gap.to) were not received: \(gap.reason.printable)"
      )
      return []
    }
    return (gap.from...gap.to).map { Candidate(number: $0, isExpected: false) }
  }

  /// The scan, or nil when none is stored; waits for a daemon that restarts.
  mutating func scan(_ candidate: Candidate) throws -> SpectradInterface.GetScan.Reply? {
    var deadline = ContinuousClock.now + .seconds(ScanSource.secondsMax)
    var retry = RetryDelay()
    while true {
      do {
        let connection = try connection ?? ControlConnection(path: socket)
        self.connection = connection
        return try connection.call(
          SpectradInterface.GetScan.self,
          .init(seq: candidate.number)
        )
        .reply
      } catch VarlinkClientError.refused(.noSuchScan) {
        guard candidate.isExpected else { return nil }
        guard ContinuousClock.now < deadline else {
          StandardError.print("number \(candidate.number): no scan is stored, going on without it")
          return nil
        }
        usleep(ScanSource.pauseMilliseconds * 1_000)
      } catch let error as VarlinkClientError where error.isPassing {
        connection = nil
        retry.wait()
        deadline = ContinuousClock.now + .seconds(ScanSource.secondsMax)
      }
    }
  }
}
