package import Spectra

/// The lines that clients read, member by member in the order of the contract.
///
/// Members are never renamed; new ones may be added at the end.
package enum StreamLines {
  /// The line of `event` under number `sequence`.
  package static func line(_ event: StreamEvent, sequence: UInt64) -> [UInt8] {
    switch event {
    case .scanner(let report): scanner(report, sequence: sequence)
    case .prediction(let prediction, _): self.prediction(prediction, sequence: sequence)
    case .bundle(let report, let time): bundle(report, sequence: sequence, time: time)
    case .scansLost(let scanner, let count, let reason, let time):
      scansLost(scanner, count: count, reason: reason, sequence: sequence, time: time)
    }
  }

  /// One answer; its latency is written as it stands in `prediction`.
  package static func prediction(_ prediction: Prediction, sequence: UInt64) -> [UInt8] {
    var line = begin("prediction", sequence: sequence, time: prediction.time)
    line.add("scanner", prediction.scanner)
    line.add("sample", prediction.sample)
    line.add("sampleId", prediction.sampleId)
    line.add("scans", prediction.scans)
    line.add("final", prediction.final)
    line.add("temperatureCelsius", prediction.temperatureCelsius)
    line.add("relativeHumidityPercent", prediction.relativeHumidityPercent)
    line.addObject("reference") { reference in
      reference.add("kind", prediction.referenceKind.name)
      reference.add("ageSeconds", prediction.referenceAgeSeconds)
    }
    line.addTargets(prediction.targets)
    line.addQuality(accepted: prediction.accepted, reasons: prediction.qualityReasons)
    line.add("latencyMicroseconds", prediction.latencyMicroseconds)
    line.add("demonstration", prediction.demonstration)
    line.add("bundle", prediction.bundle)
    return line.finish()
  }

  /// The first line on every connection: where the stream stands.
  static func hello(_ stream: PredictionStream, daemon: String) -> [UInt8] {
    var line = JSONLine()
    line.add("type", "hello")
    line.add("protocol", 1)
    line.add("stream", stream.identity)
    line.add("daemon", daemon)
    line.add("oldest", stream.oldestSequence)
    line.add("next", stream.nextSequence)
    line.add("demonstration", stream.bundle?.demonstration ?? false)
    if let bundle = stream.bundle {
      line.addObject("bundle") { addBundle(&$0, bundle) }
    } else {
      line.addNull("bundle")
    }
    line.addObjects("scanners", stream.scanners) { object, report in
      object.add("scanner", report.name)
      object.add("state", report.state)
      object.add("reason", report.reason)
      object.add("model", report.model)
      object.add("firmware", report.firmware)
    }
    return line.finish()
  }

  /// The numbers that this client will not receive.
  static func gap(_ sequences: ClosedRange<UInt64>, reason: String) -> [UInt8] {
    var line = JSONLine()
    line.add("type", "gap")
    line.add("from", sequences.lowerBound)
    line.add("to", sequences.upperBound)
    line.add("reason", reason)
    return line.finish()
  }

  /// A sign of life: the next number, the scanners that are ready, the lines this client lost.
  static func heartbeat(
    time: Timestamp,
    nextSequence: UInt64,
    scannersReady: Int,
    droppedCount: UInt64
  ) -> [UInt8] {
    var line = JSONLine()
    line.add("type", "heartbeat")
    line.add("time", time.description)
    line.add("next", nextSequence)
    line.add("scanners", scannersReady)
    line.add("dropped", droppedCount)
    return line.finish()
  }

  /// The last line on a connection that the daemon ends.
  static func bye(reason: String) -> [UInt8] {
    var line = JSONLine()
    line.add("type", "bye")
    line.add("reason", reason)
    return line.finish()
  }

  private static func scanner(_ report: ScannerReport, sequence: UInt64) -> [UInt8] {
    var line = begin("scanner", sequence: sequence, time: report.time)
    line.add("scanner", report.name)
    line.add("state", report.state)
    line.add("reason", report.reason)
    line.add("model", report.model)
    line.add("firmware", report.firmware)
    return line.finish()
  }

  private static func bundle(
    _ report: BundleReport,
    sequence: UInt64,
    time: Timestamp
  ) -> [UInt8] {
    var line = begin("bundle", sequence: sequence, time: time)
    addBundle(&line, report)
    return line.finish()
  }

  private static func scansLost(
    _ scanner: String,
    count: Int,
    reason: String,
    sequence: UInt64,
    time: Timestamp
  ) -> [UInt8] {
    var line = begin("scansLost", sequence: sequence, time: time)
    line.add("scanner", scanner)
    line.add("count", count)
    line.add("reason", reason)
    return line.finish()
  }

  private static func begin(_ type: String, sequence: UInt64, time: Timestamp) -> JSONLine {
    var line = JSONLine()
    line.add("type", type)
    line.add("seq", sequence)
    line.add("time", time.description)
    return line
  }

  private static func addBundle(_ line: inout JSONLine, _ bundle: BundleReport) {
    line.add("name", bundle.name)
    line.add("version", bundle.version)
    line.add("sha256", bundle.sha256)
  }
}
