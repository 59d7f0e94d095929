import Testing
import Varlink
import spectractl

/// Prometheus' text form, read by a reader of our own.
@Suite struct MetricsTests {
  @Test func `values, labels and their escapes`() {
    var text = PrometheusText()
    text.add("a_total", .counter, "Back\\slash\nline \"quote\".", [.init([("x", "\\\"\n")], 3)])
    text.add("b", .gauge, "B.", [.init([], 0.25), .init([], nil as Double?)])
    text.add("c", .gauge, "C.", [])
    #expect(
      text.text == """
        # HELP a_total Back\\\\slash\\nline "quote".
        # TYPE a_total counter
        a_total{x="\\\\\\"\\n"} 3
        # HELP b B.
        # TYPE b gauge
        b 0.25

        """
    )
  }

  @Test func `a histogram's classes are added up`() {
    var text = PrometheusText()
    text.add(
      "h_seconds",
      .histogram,
      "H.",
      PrometheusText.histogram(
        [("stage", "s")],
        limits: [0.0001, 0.001, 1],
        counts: [2, 0, 3, 4],
        sum: 12.5
      )
    )
    #expect(
      text.text == """
        # HELP h_seconds H.
        # TYPE h_seconds histogram
        h_seconds_bucket{stage="s",le="0.0001"} 2
        h_seconds_bucket{stage="s",le="0.001"} 2
        h_seconds_bucket{stage="s",le="1"} 5
        h_seconds_bucket{stage="s",le="+Inf"} 9
        h_seconds_sum{stage="s"} 12.5
        h_seconds_count{stage="s"} 9

        """
    )
  }

  @Test func `every family has its help and type once, before its numbers`() throws {
    let text = MetricsText.text(.example)
    var announced: [String: String] = [:]
    var family = ""
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 3).map(String.init)
      if line.hasPrefix("# HELP ") {
        #expect(announced[words[2]] == nil, "\(line)")
        family = words[2]
      } else if line.hasPrefix("# TYPE ") {
        #expect(words[2] == family)
        announced[family] = words[3]
      } else {
        let name = line.prefix { $0 != "{" && $0 != " " }
        #expect(name.hasPrefix(family) && family.hasPrefix("spectrad_"), "\(line)")
        #expect(announced[family] == "counter" ? name.hasSuffix("_total") : true, "\(line)")
        let value = try #require(line.split(separator: " ").last)
        #expect(Double(value) != nil, "\(line)")
      }
    }
    #expect(announced.count > 30)
  }

  @Test(arguments: [
    "spectrad_up 1", "spectrad_start_time_seconds 1795251600",
    #"spectrad_build_info{version="spectrad 1.0.0",mode="continuous"} 1"#,
    #"spectrad_bundle_info{name="blood",version="1.0.0",sha256="ab",demonstration="true"} 1"#,
    #"spectrad_scans_total{scanner="6100014"} 240"#,
    #"spectrad_scans_rejected_total{scanner="6100014",reason="lowLight"} 7"#,
    #"spectrad_predictions_total{target="hdl",class="ok"} 3"#,
    #"spectrad_abstentions_total{target="hdl"} 2"#,
    #"spectrad_scanner_ready{scanner="6100014"} 1"#,
    #"spectrad_scanner_ready{scanner="usb:1-2"} 0"#,
    #"spectrad_scanner_state{scanner="usb:1-2",state="disconnected",reason="noPermission"} 1"#,
    #"spectrad_scanner_relative_humidity_ratio{scanner="6100014"} 0.315"#,
    #"spectrad_scanner_lamp_used_seconds{scanner="6100014"} 5400"#,
    "spectrad_store_bytes 1048576", "spectrad_store_not_stored_total 1",
    #"spectrad_clients{socket="predictions"} 2"#,
    #"spectrad_client_events_dropped_total{socket="control"} 9"#,
    #"spectrad_latency_seconds_bucket{stage="classification",le="0.001"} 230"#,
    #"spectrad_latency_seconds_sum{stage="classification"} 0.4"#,
  ])
  func `each number has its line`(line: String) {
    #expect(MetricsText.text(.example).split(separator: "\n").contains(line[...]))
  }

  @Test func `what is not known has no line`() {
    let text = MetricsText.text(.example)
    #expect(!text.contains(#"spectrad_scanner_temperature_celsius{scanner="usb:1-2"}"#))
    #expect(!text.contains("null") && !text.contains("nan"))
  }

  @Test func `a daemon that does not answer is down`() {
    #expect(MetricsText.textWithoutDaemon.hasSuffix("\nspectrad_up 0\n"))
  }
}

extension SpectradInterface.Metrics {
  /// Two scanners, one of which is away.
  static let example = SpectradInterface.Metrics(
    status: .example,
    answers: [
      .init(target: "hdl", class: "ok", count: 3), .init(target: "hdl", class: nil, count: 2),
    ],
    rejected: [.init(scanner: "6100014", reason: "lowLight", count: 7)],
    latencies: [
      "classification": .init(
        limitsMicroseconds: [100, 1_000],
        counts: [0, 230, 10],
        sumMicroseconds: 400_000
      )
    ]
  )
}
