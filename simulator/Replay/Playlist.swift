/// Which recorded scan comes next, and the pauses between samples.
///
/// A host starts scans as it likes. To keep the recorded samples apart the scanner answers *busy*
/// for longer than the host's silence limit after the last scan of each sample.
package struct Playlist: Sendable {
  /// What the device does when it is told to scan.
  package enum Answer: Equatable, Sendable {
    /// Serve the recording's scan with this index.
    case scan(index: Int)
    /// Nothing to measure yet, or nothing any more.
    case busy
  }

  private enum State {
    case playing(next: Int)
    /// Between two samples, since the last scan's end or, better, since the host has read it.
    case pausing(next: Int, since: UInt64, wasRead: Bool)
    case exhausted
  }

  private let endsSample: [Bool]
  private let gapNanoseconds: UInt64
  private let isRepeating: Bool
  private var state: State

  /// Prepares to play the scans of `recording`, with a pause of that length after each sample.
  package init(recording: PlayableRecording, gapNanoseconds: UInt64, isRepeating: Bool) {
    endsSample = recording.scans.indices.map { recording.endsSample(at: $0) }
    (self.gapNanoseconds, self.isRepeating) = (gapNanoseconds, isRepeating)
    state = recording.scans.isEmpty ? .exhausted : .playing(next: 0)
  }

  /// Whether every scan has been served and none will follow.
  package var isExhausted: Bool {
    if case .exhausted = state { true } else { false }
  }

  /// Whether `next` would give a scan.
  package func isReady(now: UInt64) -> Bool {
    switch state {
    case .playing: true
    case .pausing(_, let since, _): now >= since + gapNanoseconds
    case .exhausted: false
    }
  }

  /// Serves the scan with `index`, which was taken before, again next.
  package mutating func takeBack(index: Int) { state = .playing(next: index) }

  /// Takes the next scan if there is one now.
  package mutating func next(now: UInt64) -> Answer {
    switch state {
    case .exhausted: return .busy
    case .pausing(_, let since, _) where now < since + gapNanoseconds: return .busy
    case .pausing(let index, _, _), .playing(let index):
      state = .playing(next: index + 1)
      return .scan(index: index)
    }
  }

  /// Notes that the scan with `index` has been measured; a sample's last one begins the pause.
  package mutating func finished(index: Int, now: UInt64) {
    guard endsSample[index] else { return }
    if index + 1 < endsSample.count {
      state = .pausing(next: index + 1, since: now, wasRead: false)
    } else if isRepeating {
      state = .pausing(next: 0, since: now, wasRead: false)
    } else {
      state = .exhausted
    }
  }

  /// Notes that the host has read the last scan to its end; the first time, the pause begins anew.
  package mutating func scanWasRead(now: UInt64) {
    guard case .pausing(let next, _, wasRead: false) = state else { return }
    state = .pausing(next: next, since: now, wasRead: true)
  }
}
