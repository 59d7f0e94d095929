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

  static func addBundle(_ line: inout JSONLine, _ bundle: BundleReport) {
    line.add("name", bundle.name)
    line.add("version", bundle.version)
    line.add("sha256", bundle.sha256)
  }
}
