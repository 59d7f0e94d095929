import Histogram
import Synchronization
import Varlink

/// How long each stage took, since the start.
///
/// Histograms of two significant digits: what a monitoring system reads as classes, and medians for
/// people, from a few kilobytes.
final class StageLatencies: Sendable {
  /// What is measured.
  enum Stage: String, CaseIterable {
    /// From the scan's last report to its answer.
    case classification
    /// From the answer to its line in every client's queue.
    case publishing
  }

  private struct State {
    var histograms: [Histogram<UInt64>]
    var sums: [UInt64]
  }

  private static let microsecondsMax: UInt64 = 60_000_000
  /// What a dashboard tells apart, from 50 µs to 10 s.
  static let limitsMicroseconds: [UInt64] = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
    1_000_000, 2_500_000, 10_000_000,
  ]

  private let state: Mutex<State>

  init() {
    let empty = Histogram<UInt64>(
      highestTrackableValue: StageLatencies.microsecondsMax,
      numberOfSignificantValueDigits: .two
    )
    let count = Stage.allCases.count
    state = Mutex(
      State(
        histograms: Array(repeating: empty, count: count),
        sums: Array(repeating: 0, count: count)
      )
    )
  }

  /// Adds one duration, from `start` to `end` in nanoseconds of the monotonic clock.
  func record(_ stage: Stage, from start: UInt64, to end: UInt64) {
    let microseconds = min((end - min(start, end)) / 1_000, StageLatencies.microsecondsMax)
    guard let index = Stage.allCases.firstIndex(of: stage) else { return }
    state.withLock { state in
      _ = state.histograms[index].record(microseconds)
      state.sums[index] += microseconds
    }
  }

  /// The histograms by stage, as clients read them.
  var histograms: [String: SpectradInterface.Histogram] {
    state.withLock { state in
      var result: [String: SpectradInterface.Histogram] = [:]
      for (index, stage) in Stage.allCases.enumerated() {
        result[stage.rawValue] = StageLatencies.classes(
          of: state.histograms[index],
          sumMicroseconds: state.sums[index]
        )
      }
      return result
    }
  }

  private static func classes(
    of histogram: Histogram<UInt64>,
    sumMicroseconds: UInt64
  ) -> SpectradInterface.Histogram {
    var counts: [Int] = []
    var below: UInt64 = 0
    for limit in limitsMicroseconds {
      let upTo = histogram.count(within: 0...limit)
      counts.append(Int(upTo - below))
      below = upTo
    }
    counts.append(Int(histogram.totalCount - below))
    return SpectradInterface.Histogram(
      limitsMicroseconds: limitsMicroseconds.map(Int.init),
      counts: counts,
      sumMicroseconds: Int(sumMicroseconds)
    )
  }
}
