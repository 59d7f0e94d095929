import ArgumentParser
import Glibc
import Spectra

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "serve", abstract: "Serve.")
  @Option var unix: [String] = []
  @Option var tcp: [String] = []
  func run() async throws {
    let nm =
      Calibration.invented.nanometres(of: [
        ScanSection(widthPixels: 6, startNanometres: 900, endNanometres: 1700, points: 228)
      ]) ?? []
    let ref = nm.map { Int32(500_000 * LampCurve.relativeIntensity(nanometres: $0)) }
    let scans = (0..<6).map { i in
      var s = PlayableScan(sample: "s\(i / 2)", signal: ref.map { $0 / Int32(i + 2) })
      s.systemHundredths = 3012; s.detectorHundredths = 2901; s.humidityHundredths = 1234;
      s.lampPhotodiode = 3700
      return s
    }
    let rec = PlayableRecording(
      serial: "SIM0001",
      calibration: .invented,
      configuration: ScanConfiguration(
        identifier: 113,
        serial: "SIM0001",
        name: "Column 1",
        repeats: 6,
        sections: [
          ScanSection(widthPixels: 6, startNanometres: 900, endNanometres: 1700, points: 228)
        ]
      ),
      reference: ref,
      referenceGain: 64,
      scans: scans
    )
    var o = NanoDevice.Options(); o.speed = .unlimited; o.sampleGapNanoseconds = 60_000_000
    let server = try await USBIPServer(
      recordings: [rec],
      options: o,
      addresses: (unix.isEmpty && tcp.isEmpty ? [.tcp(host: "127.0.0.1", port: 3240)] : [])
        + unix.map { .unix(path: $0) },
      report: { print($0) }
    )
    print("spectrasim: ready \(server.addresses)");
    fflush(nil)
    try await server.wait()
  }
}
