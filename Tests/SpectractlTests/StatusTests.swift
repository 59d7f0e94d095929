import Spectra
import Testing
import Varlink
import spectractl

@Suite struct StatusTests {
  @Test func `the status is told in words`() throws {
    let now = try #require(Timestamp("2026-11-21T12:00:00Z"))
    #expect(
      StatusText.lines(.example, now: now)
        == [
          "spectrad 1.0.0: 1 scanner ready",
          "running    for 3 h, since 2026-11-21 09:00:00 UTC",
          "mode       continuous",
          "bundle     blood@1.0.0, for demonstration only, not for diagnosis",
          "stream     6f1c, numbers 12 to 4811",
          "store      240 scans of 4 samples, 1.0 MiB; since the start 1 not stored",
          "clients    predictions: 2 connected, 1 refused",
          "           control: 1 connected, 9 events not taken by slow ones",
          "",
          "SCANNER  STATE                        MODEL               PLACE    SCANS  LOST  "
            + "LAST SCAN       TEMPERATURE  HUMIDITY  LAMP        REFERENCE      SAMPLE",
          "6100014  ready                        NIRscan Nano 2.1.0  usb:1-1  240    0     "
            + "1 min 30 s ago  41.1 °C      32 %      3,800, 2 h  user, 1 h old  2250 (17 scans)",
          "usb:1-2  disconnected (noPermission)  -                   usb:1-2  0      0     "
            + "-               -            -         -           -              -",
          "usb:1-2: the daemon may not open the scanner",
        ]
    )
  }

  @Test func `without scanners there is advice`() throws {
    let now = try #require(Timestamp("2026-11-21T12:00:00Z"))
    #expect(StatusText.scannerLines([], now: now).first?.contains("spectractl doctor") == true)
  }

  @Test func `a store that is not used says why`() throws {
    let now = try #require(Timestamp("2026-11-21T12:00:00Z"))
    var status = SpectradInterface.Status.example
    status.store.available = false
    status.store.problem = "the disk is full"
    status.bundle = nil
    let lines = StatusText.lines(status, now: now)
    #expect(lines.contains { $0.hasPrefix("store      not used: the disk is full; 240 scans") })
    #expect(lines.contains { $0.hasPrefix("bundle     none: ") })
  }
}

extension SpectradInterface.Status {
  /// A daemon with two scanners, one of which is away.
  static let example = SpectradInterface.Status(
    daemon: "spectrad 1.0.0",
    started: "2026-11-21T09:00:00.000000Z",
    summary: "1 scanner ready",
    mode: "continuous",
    stream: "6f1c",
    oldest: 12,
    next: 4_812,
    bundle: .init(name: "blood", version: "1.0.0", sha256: "ab"),
    demonstration: true,
    scanners: [
      .init(
        scanner: "6100014",
        place: "usb:1-1",
        state: "ready",
        since: "2026-11-21T09:00:01.000000Z",
        model: "NIRscan Nano",
        firmware: "2.1.0",
        scans: 240,
        scansLost: 0,
        lastScan: "2026-11-21T11:58:30.000000Z",
        temperatureCelsius: 41.09,
        detectorTemperatureCelsius: 38,
        relativeHumidityPercent: 31.5,
        lampPhotodiode: 3_800,
        lampHours: 1.5,
        reference: .init(kind: "user", ageSeconds: 3_600),
        sample: .init(sampleId: "01J", sample: "2250", began: "", scans: 17)
      ),
      .init(
        scanner: "usb:1-2",
        place: "usb:1-2",
        state: "disconnected",
        reason: "noPermission",
        explanation: "the daemon may not open the scanner",
        since: "2026-11-21T09:00:01.000000Z",
        scans: 0,
        scansLost: 0
      ),
    ],
    store: .init(
      available: true,
      bytes: 1 << 20,
      scans: 240,
      samples: 4,
      oldest: 12,
      written: 300,
      notStored: 1,
      expired: 0,
      setAside: 0
    ),
    predictionClients: .init(connected: 2, accepted: 5, refused: 1, stuck: 0, dropped: 0),
    controlClients: .init(connected: 1, accepted: 8, refused: 0, stuck: 0, dropped: 9)
  )
}
