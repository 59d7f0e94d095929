import Acquisition
import Publishing
import Spectra
import Store
import Streaming
import Varlink

/// How the daemon is.
extension Control {
  func status() -> SpectradInterface.Status {
    let numbers = daemon.journal.currentNumbers
    let bundle = daemon.bundle.report
    let counters = daemon.server.counters
    return SpectradInterface.Status(
      daemon: ProgramVersion.daemon,
      started: daemon.started.description,
      summary: daemon.summary,
      mode: daemon.configuration.mode.rawValue,
      stream: numbers.stream,
      oldest: Int(numbers.oldest),
      next: Int(numbers.next),
      bundle: bundle.map { SpectradInterface.Bundle($0) },
      demonstration: bundle?.demonstration ?? false,
      scanners: scanners(),
      store: SpectradInterface.StoreStatus(daemon.journal.counters),
      predictionClients: SpectradInterface.ClientCounters(counters.predictionClients),
      controlClients: daemon.controlClients()
    )
  }

  func metrics() -> SpectradInterface.Metrics {
    let activity = daemon.stages.activity
    let rejected = activity.scanners.flatMap { scanner in
      let lost = scanner.scansLost > 0 ? [("ringFull", scanner.scansLost)] : []
      let reasons = scanner.rejections.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
      return (lost + reasons).map { reason, count in
        SpectradInterface.ReasonCount(scanner: scanner.name, reason: reason, count: count)
      }
    }
    return SpectradInterface.Metrics(
      status: status(),
      answers: activity.answers.map {
        SpectradInterface.ClassCount(target: $0.target, class: $0.className, count: $0.count)
      },
      rejected: rejected,
      latencies: daemon.latencies.histograms.merging(["storing": storing()]) { $1 }
    )
  }

  /// How long the store's transactions took: their number and their sum.
  private func storing() -> SpectradInterface.Histogram {
    let counters = daemon.journal.counters
    return SpectradInterface.Histogram(
      limitsMicroseconds: [],
      counts: [counters.batches],
      sumMicroseconds: counters.batchMicroseconds
    )
  }

  func scanners() -> [SpectradInterface.Scanner] {
    daemon.stages.activity.scanners.map { SpectradInterface.Scanner($0) }
  }
}

extension SpectradInterface.Bundle {
  init(_ report: BundleReport) {
    self.init(name: report.name, version: report.version, sha256: report.sha256)
  }
}

extension SpectradInterface.Scanner {
  fileprivate init(_ scanner: ScannerActivity.Scanner) {
    let last = scanner.lastScan
    self.init(
      scanner: scanner.name,
      place: scanner.place,
      state: scanner.state,
      reason: scanner.reason,
      explanation: scanner.explanation,
      since: scanner.since.description,
      model: scanner.model,
      firmware: scanner.firmware,
      scans: scanner.scans,
      scansLost: scanner.scansLost,
      lastScan: last?.time.description,
      temperatureCelsius: last?.temperatureCelsius,
      detectorTemperatureCelsius: last?.detectorTemperatureCelsius,
      relativeHumidityPercent: last?.relativeHumidityPercent,
      lampPhotodiode: last?.lampPhotodiode,
      lampHours: scanner.lampHours,
      reference: last.map {
        SpectradInterface.Reference(
          kind: $0.referenceKind.name,
          ageSeconds: $0.referenceAgeSeconds
        )
      },
      sample: scanner.openSample.map {
        SpectradInterface.OpenSample(
          sampleId: $0.identity.text,
          sample: $0.name,
          began: $0.began.description,
          scans: $0.scans
        )
      }
    )
  }
}

extension SpectradInterface.StoreStatus {
  fileprivate init(_ counters: StoreCounters) {
    self.init(
      available: counters.problem == nil,
      problem: counters.problem,
      bytes: Int(counters.bytes),
      scans: counters.scans,
      samples: counters.samples,
      oldest: counters.oldest.map(Int.init),
      written: counters.written,
      notStored: counters.notStored,
      expired: counters.expired,
      setAside: counters.setAside
    )
  }
}

extension SpectradInterface.ClientCounters {
  init(_ counters: Publishing.ClientCounters) {
    self.init(
      connected: counters.connected,
      accepted: counters.accepted,
      refused: counters.refused,
      stuck: counters.stuck,
      dropped: counters.dropped
    )
  }
}
