import Testing

/// Runs without faults: what clients must read about the scans that a fault leaves alone.
actor UndisturbedRuns {
  static let shared = UndisturbedRuns()

  private var runs: [Set<Int>: Task<[StreamLine], any Error>] = [:]

  /// The predictions, final ones included, of a run without the scans of these numbers.
  func predictions(without missing: Set<Int>) async throws -> [StreamLine] {
    if let run = runs[missing] { return try await run.value }
    let run = Task {
      let count = FaultTrial.scanCount - missing.count
      let outcome: FaultOutcome = try await TrialSlots.shared.run {
        try await FaultTrial(over: .usbip).run(script: [], without: missing, published: count)
      }
      try #require(outcome.answers.count == count, "\(outcome.daemonErrors)")
      try #require(outcome.answers.allSatisfy { $0.quality?.accepted == true })
      try #require(outcome.firings.isEmpty)
      return outcome.lines.filter(\.isPrediction)
    }
    runs[missing] = run
    return try await run.value
  }
}

/// How many trials run at the same time: most of them wait most of the time.
actor TrialSlots {
  static let shared = TrialSlots(count: 8)

  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(count: Int) { free = count }

  /// Runs a trial when there is a slot for it.
  func run<Result: Sendable>(
    _ trial: @Sendable () async throws -> Result
  ) async throws -> Result {
    if free == 0 { await withCheckedContinuation { waiting.append($0) } } else { free -= 1 }
    defer { if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() } }
    return try await trial()
  }
}
