import Varlink

extension MetricsText {
  /// Adds the health of every scanner.
  static func addScanners(
    _ scanners: [SpectradInterface.Scanner],
    to text: inout PrometheusText
  ) {
    text.add(
      "spectrad_scanner_info",
      .gauge,
      "Every scanner that is known.",
      scanners.map { scanner in
        .init(
          [
            ("scanner", scanner.scanner), ("place", scanner.place),
            ("model", scanner.model ?? ""), ("firmware", scanner.firmware ?? ""),
          ],
          1
        )
      }
    )
    text.add(
      "spectrad_scanner_state",
      .gauge,
      "The scanner's state and its reason.",
      scanners.map { scanner in
        .init(
          [
            ("scanner", scanner.scanner), ("state", scanner.state),
            ("reason", scanner.reason ?? ""),
          ],
          1
        )
      }
    )
    text.add(
      "spectrad_scanner_ready",
      .gauge,
      "Whether the scanner is ready.",
      scanners.map { .init([("scanner", $0.scanner)], $0.state == "ready" ? 1 : 0) }
    )
    for gauge in gauges {
      text.add(
        "spectrad_scanner_" + gauge.name,
        .gauge,
        gauge.help,
        scanners.map { .init([("scanner", $0.scanner)], gauge.value($0)) }
      )
    }
  }

  /// One number of a scanner, missing while it is not known.
  private struct ScannerGauge {
    let name: String
    let help: String
    let value: (SpectradInterface.Scanner) -> Double?
  }

  private static var gauges: [ScannerGauge] {
    [
      ScannerGauge(name: "last_scan_timestamp_seconds", help: "When the last scan arrived.") {
        seconds($0.lastScan)
      },
      ScannerGauge(name: "temperature_celsius", help: "The last scan's system temperature.") {
        $0.temperatureCelsius
      },
      ScannerGauge(
        name: "detector_temperature_celsius",
        help: "The last scan's detector temperature."
      ) { $0.detectorTemperatureCelsius },
      ScannerGauge(name: "relative_humidity_ratio", help: "The last scan's relative humidity.") {
        $0.relativeHumidityPercent.map { $0 / 100 }
      },
      ScannerGauge(
        name: "lamp_photodiode_counts",
        help: "The last scan's lamp monitor reading."
      ) { $0.lampPhotodiode.map { Double($0) } },
      ScannerGauge(name: "lamp_used_seconds", help: "How long the lamp has been used.") {
        $0.lampHours.map { $0 * 3_600 }
      },
      ScannerGauge(
        name: "reference_age_seconds",
        help: "The age of the last scan's measured reference."
      ) { $0.reference?.ageSeconds },
      ScannerGauge(name: "open_sample_scans", help: "Accepted scans of the open sample.") {
        $0.sample.map { Double($0.scans) }
      },
    ]
  }
}
