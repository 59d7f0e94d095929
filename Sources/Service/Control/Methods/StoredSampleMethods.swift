import FoundationEssentials
import Logging
import NIOPosix
import Publishing
import Spectra
import Store
import Streaming
import Varlink

/// What the store holds: samples, scans, labels, baselines.
extension Control {
  func scan(_ sequence: Int) async throws -> SpectradInterface.GetScan.Reply {
    guard let number = UInt64(exactly: sequence) else {
      throw SpectradFailure.noSuchScan(seq: sequence)
    }
    let record = try await reading { try $0.scan(number) }
    return SpectradInterface.GetScan.Reply(
      grid: SpectradInterface.Grid(
        wavelengthsNanometres: record.grid.wavelengthsNanometres,
        scanner: record.grid.scanner
      ),
      scan: SpectradInterface.RecordedScan(record.scan, labels: record.labels),
      prediction: try decoded(SpectradInterface.Prediction.self, record.line)
    )
  }

  func samples(_ filter: SampleFilter) async throws -> SpectradInterface.ListSamples.Reply {
    let page = try await reading { try $0.samples(filter) }
    return SpectradInterface.ListSamples.Reply(
      samples: page.samples.map { sample($0) },
      more: page.hasMore
    )
  }

  func sample(_ sampleId: String) async throws -> SpectradInterface.GetSample.Reply {
    let (record, scans) = try await reading { try $0.sample(sampleId) }
    return SpectradInterface.GetSample.Reply(
      sample: sample(record),
      scans: scans.map { Int($0) }
    )
  }

  /// The scans of a sample behind a number, and whether the sample is known at all.
  func scans(
    ofSample sampleId: String,
    after sequence: UInt64
  ) async throws -> (scans: SampleScans, labels: [String: String]) {
    try await reading { store in
      let scans = try store.scans(ofSample: sampleId, after: sequence, limit: 32)
      return (scans, try store.sample(sampleId).sample.labels)
    }
  }

  func label(_ sampleId: String, target: String, className: String?) async throws {
    try Control.checkName(target, what: "bytes in a target's name")
    if let className { try Control.checkName(className, what: "bytes in a class's name") }
    try await reading { store in
      try store.setLabel(sampleId: sampleId, target: target, className: className)
    }
  }

  /// Erases a sample that has ended; returns how many scans it had.
  func deleteSample(_ sampleId: String) async throws -> Int {
    let open = daemon.stages.activity.scanners.first {
      $0.openSample?.identity.text == sampleId
    }
    if let open {
      throw SpectradFailure.scannerNotReady(
        scanner: open.name,
        state: open.state,
        reason: "sampleOpen"
      )
    }
    let count = try await reading { try $0.deleteSample(sampleId) }
    daemon.server.forget(sampleId: sampleId)
    // Its name is what was erased: it never stands in a log.
    daemon.logger.notice(
      "a sample was erased",
      metadata: ["sampleId": "\(sampleId)", "scans": "\(count)"]
    )
    return count
  }

  func baseline(
    scanner: String,
    standard: String
  ) async throws -> SpectradInterface.Baseline {
    let bytes = try await reading { try $0.baseline(scanner: scanner, standard: standard) }
    guard let bytes else {
      throw SpectradFailure.noBaseline(scanner: scanner, standard: standard)
    }
    return try decoded(SpectradInterface.Baseline.self, bytes)
  }

  func setBaseline(_ baseline: SpectradInterface.Baseline) async throws {
    let isMeasured =
      baseline.scans > 0 && baseline.signalCounts > 0
      && (0...10).contains(baseline.noiseAbsorbance) && baseline.peaksNanometres.count <= 64
    guard isMeasured, Timestamp(baseline.time) != nil else {
      throw VarlinkServiceError.invalidParameter(parameter: "baseline")
    }
    try Control.checkName(baseline.scanner, what: "bytes in a scanner's name")
    try Control.checkName(baseline.standard, what: "bytes in a standard's name")
    let json = try Array(JSONEncoder().encode(baseline))
    try await reading { store in
      try store.setBaseline(
        scanner: baseline.scanner,
        standard: baseline.standard,
        json: json
      )
    }
  }

  /// Names of targets, classes and standards are short and not empty.
  private static func checkName(_ name: String, what: String) throws(SpectradFailure) {
    guard (1...Limits.sampleNameBytes).contains(name.utf8.count) else {
      throw .limitReached(what: what, limit: Limits.sampleNameBytes)
    }
  }

  /// Asks the store off the threads that run tasks: it waits for the disk.
  private func reading<Value: Sendable>(
    _ ask: @escaping @Sendable (Store) throws -> Value
  ) async throws -> Value {
    guard let store = daemon.journal.store else {
      let problem = daemon.journal.counters.problem ?? "there is no store"
      throw SpectradFailure.storeUnavailable(explanation: problem)
    }
    do {
      return try await NIOThreadPool.singleton.runIfActive {
        // Whoever saw a line may ask for what is behind it; a full disk must not keep old answers.
        try? store.writeWaiting()
        return try ask(store)
      }
    } catch let error as StoreError {
      throw SpectradFailure(error)
    }
  }

  /// A sample as clients read it; where its last line is damaged it has no answers.
  private func sample(_ record: SampleRecord) -> SpectradInterface.Sample {
    let line = try? decoded(SpectradInterface.Prediction.self, record.lastLine)
    return SpectradInterface.Sample(
      sampleId: record.sampleId,
      sample: record.sample,
      scanner: record.scanner,
      began: record.began.description,
      ended: record.ended.description,
      final: record.isFinal,
      scans: record.scans,
      storedScans: record.storedScans,
      targets: line?.targets ?? [],
      labels: record.labels,
      bundle: record.bundle,
      seq: Int(record.lastSequence)
    )
  }

  private func decoded<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch {
      throw SpectradFailure.storeUnavailable(explanation: "a stored line is damaged: \(error)")
    }
  }
}

extension SpectradFailure {
  /// What the store refused, as clients read it.
  init(_ error: StoreError) {
    switch error {
    case .noSuchSample(let sampleId): self = .noSuchSample(sampleId: sampleId)
    case .noSuchScan(let sequence): self = .noSuchScan(seq: Int(clamping: sequence))
    default: self = .storeUnavailable(explanation: error.description)
    }
  }
}
