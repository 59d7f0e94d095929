package import Spectra
package import Varlink

/// The daemon's status in words.
package enum StatusText {
  /// What `spectractl status` prints.
  package static func lines(_ status: SpectradInterface.Status, now: Timestamp) -> [String] {
    let store = status.store
    let stored =
      "\(Quantities.count(store.scans, "scan")) of \(Quantities.count(store.samples, "sample")), "
      + Quantities.bytes(store.bytes)
    var lines = [
      "\(status.daemon): \(status.summary)",
      "running    for \(age(status.started, now)), since \(Quantities.time(status.started)) UTC",
      "mode       " + status.mode,
      "bundle     " + bundle(status),
      "stream     \(status.stream), numbers \(status.oldest) to \(status.next - 1)",
      "store      " + (store.available ? "" : "not used: \(store.problem ?? "?"); ") + stored,
    ]
    let losses = [
      (store.notStored, "not stored"), (store.expired, "expired"),
      (store.setAside, "damaged files set aside"),
    ]
    .filter { $0.0 > 0 }.map { "\(Quantities.count($0.0)) \($0.1)" }
    if !losses.isEmpty { lines[5] += "; since the start " + losses.joined(separator: ", ") }
    lines.append("clients    predictions: " + clients(status.predictionClients))
    lines.append("           control: " + clients(status.controlClients))
    return lines + [""] + scannerLines(status.scanners, now: now)
  }

  /// What `spectractl scanners` prints.
  package static func scannerLines(
    _ scanners: [SpectradInterface.Scanner],
    now: Timestamp
  ) -> [String] {
    guard !scanners.isEmpty else {
      return ["no scanner is connected; spectractl doctor says what is missing"]
    }
    var table = TextTable([
      "SCANNER", "STATE", "MODEL", "PLACE", "SCANS", "LOST", "LAST SCAN", "TEMPERATURE", "HUMIDITY",
      "LAMP", "REFERENCE", "SAMPLE",
    ])
    for scanner in scanners {
      table.add([
        scanner.scanner,
        scanner.state + (scanner.reason.map { " (\($0))" } ?? ""),
        [scanner.model, scanner.firmware].compactMap(\.self).joined(separator: " ").orDash,
        scanner.place,
        Quantities.count(scanner.scans),
        Quantities.count(scanner.scansLost),
        scanner.lastScan.map { age($0, now) + " ago" } ?? "-",
        scanner.temperatureCelsius.map { Quantities.decimal($0, 1) + " °C" } ?? "-",
        scanner.relativeHumidityPercent.map { Quantities.decimal($0, 0) + " %" } ?? "-",
        lamp(scanner),
        reference(scanner.reference),
        scanner.sample.map {
          "\($0.sample) (\(Quantities.count($0.scans, "scan")))"
        } ?? "-",
      ])
    }
    let explanations = scanners.compactMap { scanner in
      scanner.explanation.map { "\(scanner.scanner): \($0)".printable }
    }
    return table.lines + explanations
  }

  private static func bundle(_ status: SpectradInterface.Status) -> String {
    guard let bundle = status.bundle else {
      return "none: scans are stored and published without answers (spectractl bundle load NAME)"
    }
    return "\(bundle.name)@\(bundle.version)"
      + (status.demonstration ? ", for demonstration only, not for diagnosis" : "")
  }

  private static func clients(_ counters: SpectradInterface.ClientCounters) -> String {
    let others = [
      (counters.refused, "refused"), (counters.stuck, "disconnected because they were stuck"),
    ]
    .filter { $0.0 > 0 }.map { ", \(Quantities.count($0.0)) \($0.1)" }
    return "\(counters.connected) connected" + others.joined()
      + (counters.dropped > 0
        ? ", \(Quantities.count(counters.dropped, "event")) not taken by slow ones" : "")
  }

  private static func lamp(_ scanner: SpectradInterface.Scanner) -> String {
    let hours = scanner.lampHours.map { "\(Quantities.decimal($0, 0)) h" }
    let texts = [scanner.lampPhotodiode.map { Quantities.count($0) }, hours].compactMap(\.self)
    return texts.joined(separator: ", ").orDash
  }

  private static func reference(_ reference: SpectradInterface.Reference?) -> String {
    guard let kind = reference?.kind else { return "-" }
    return kind + (reference?.ageSeconds.map { ", \(Quantities.span(seconds: $0)) old" } ?? "")
  }

  private static func age(_ time: String, _ now: Timestamp) -> String {
    guard let then = Timestamp(time) else { return "?" }
    let microseconds = now.microsecondsSinceEpoch - then.microsecondsSinceEpoch
    return Quantities.span(seconds: Double(microseconds) / 1_000_000)
  }
}

extension String {
  /// A dash in place of nothing, for a table.
  fileprivate var orDash: String { isEmpty ? "-" : self }
}
