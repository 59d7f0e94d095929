import Spectra
package import Varlink

/// What the daemon counts, under Prometheus' names.
///
/// Names carry their units, base units where Prometheus has them; `_total` counts from the daemon's
/// start.
package enum MetricsText {
  private typealias Sample = PrometheusText.Sample

  /// The whole text for a daemon that answers.
  package static func text(_ metrics: SpectradInterface.Metrics) -> String {
    var text = PrometheusText()
    let status = metrics.status
    addDaemon(status, to: &text)
    addScans(metrics, to: &text)
    addScanners(status.scanners, to: &text)
    addStore(status.store, to: &text)
    addClients(status, to: &text)
    addLatencies(metrics.latencies, to: &text)
    return text.text
  }

  /// The text for a daemon that does not answer: without it, a collector would show old numbers.
  package static let textWithoutDaemon: String = {
    var text = PrometheusText()
    addUp(0, to: &text)
    return text.text
  }()

  private static func addUp(_ value: Int, to text: inout PrometheusText) {
    text.add("spectrad_up", .gauge, "Whether the daemon answered.", [Sample([], value)])
  }

  private static func addDaemon(_ status: SpectradInterface.Status, to text: inout PrometheusText) {
    addUp(1, to: &text)
    text.add(
      "spectrad_build_info",
      .gauge,
      "The daemon's version.",
      [Sample([("version", status.daemon), ("mode", status.mode)], 1)]
    )
    text.add(
      "spectrad_start_time_seconds",
      .gauge,
      "When the daemon started, since the Unix epoch.",
      [Sample([], seconds(status.started))]
    )
    text.add(
      "spectrad_bundle_info",
      .gauge,
      "The bundle in use; missing without one.",
      [
        status.bundle.map { bundle in
          Sample(
            [
              ("name", bundle.name), ("version", bundle.version), ("sha256", bundle.sha256),
              ("demonstration", status.demonstration ? "true" : "false"),
            ],
            1
          )
        }
      ]
    )
    text.add(
      "spectrad_stream_next_number",
      .gauge,
      "The number that the next event of the stream gets.",
      [Sample([], status.next)]
    )
  }

  private static func addScans(
    _ metrics: SpectradInterface.Metrics,
    to text: inout PrometheusText
  ) {
    text.add(
      "spectrad_scans_total",
      .counter,
      "Scans answered.",
      metrics.status.scanners.map { Sample([("scanner", $0.scanner)], $0.scans) }
    )
    text.add(
      "spectrad_scans_lost_total",
      .counter,
      "Scans dropped before they were answered.",
      metrics.status.scanners.map { Sample([("scanner", $0.scanner)], $0.scansLost) }
    )
    text.add(
      "spectrad_scans_rejected_total",
      .counter,
      "Scans dropped or not accepted, by reason; a scan may have several.",
      metrics.rejected.map {
        Sample([("scanner", $0.scanner), ("reason", $0.reason)], $0.count)
      }
    )
    text.add(
      "spectrad_predictions_total",
      .counter,
      "Final answers by target and class.",
      metrics.answers.map { answer in
        answer.class.map { Sample([("target", answer.target), ("class", $0)], answer.count) }
      }
    )
    text.add(
      "spectrad_abstentions_total",
      .counter,
      "Final answers that name no class, by target.",
      metrics.answers.map { answer in
        answer.class == nil ? Sample([("target", answer.target)], answer.count) : nil
      }
    )
  }

  private static func addStore(
    _ store: SpectradInterface.StoreStatus,
    to text: inout PrometheusText
  ) {
    let gauges = [
      ("available", "Whether events are being stored.", store.available ? 1 : 0),
      ("bytes", "Bytes of the store on the disk.", store.bytes),
      ("scans", "Scans stored.", store.scans),
      ("samples", "Samples stored.", store.samples),
    ]
    for (name, help, value) in gauges {
      text.add("spectrad_store_" + name, .gauge, help, [Sample([], value)])
    }
    let counters = [
      ("written", "Events written.", store.written),
      ("not_stored", "Events that could not be stored.", store.notStored),
      ("expired", "Events deleted for their age or the store's size.", store.expired),
      ("files_set_aside", "Damaged files that were set aside.", store.setAside),
    ]
    for (name, help, value) in counters {
      text.add("spectrad_store_\(name)_total", .counter, help, [Sample([], value)])
    }
  }

  private static func addClients(
    _ status: SpectradInterface.Status,
    to text: inout PrometheusText
  ) {
    func samples(_ member: KeyPath<SpectradInterface.ClientCounters, Int>) -> [Sample] {
      [("predictions", status.predictionClients), ("control", status.controlClients)].map {
        Sample([("socket", $0.0)], $0.1[keyPath: member])
      }
    }
    text.add("spectrad_clients", .gauge, "Clients connected now.", samples(\.connected))
    text.add(
      "spectrad_clients_accepted_total",
      .counter,
      "Clients accepted.",
      samples(\.accepted)
    )
    text.add(
      "spectrad_clients_refused_total",
      .counter,
      "Clients refused: too many, or without permission.",
      samples(\.refused)
    )
    text.add(
      "spectrad_clients_stuck_total",
      .counter,
      "Clients disconnected because they took nothing for too long.",
      samples(\.stuck)
    )
    text.add(
      "spectrad_client_events_dropped_total",
      .counter,
      "Events that slow clients did not get.",
      samples(\.dropped)
    )
  }

  private static func addLatencies(
    _ latencies: [String: SpectradInterface.Histogram],
    to text: inout PrometheusText
  ) {
    text.add(
      "spectrad_latency_seconds",
      .histogram,
      "How long each stage took.",
      latencies.sorted { $0.key < $1.key }.flatMap { stage, histogram in
        PrometheusText.histogram(
          [("stage", stage)],
          limits: histogram.limitsMicroseconds.map { Double($0) / 1_000_000 },
          counts: histogram.counts,
          sum: Double(histogram.sumMicroseconds) / 1_000_000
        )
      }
    )
  }

  /// Seconds since the Unix epoch; nil for what is no time.
  static func seconds(_ time: String?) -> Double? {
    guard let time, let timestamp = Timestamp(time) else { return nil }
    return Double(timestamp.microsecondsSinceEpoch) / 1_000_000
  }
}
