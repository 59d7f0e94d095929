import ArgumentParser
import Spectra

/// `spectrasim serve`: exports virtual scanners until it is told to stop.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Export virtual scanners over USB/IP (the default).",
    discussion: """
      Each recording becomes one scanner, with bus ids 1-1, 1-2 and so on. When all listen, one \
      line that begins with "spectrasim: ready" is printed to standard output; everything else \
      goes to standard error. SIGINT and SIGTERM end the program.
      """
  )

  @OptionGroup var source: SourceOptions

  @Option(
    help: "Listen on this TCP address; repeatable. The default is 127.0.0.1:3240.",
    transform: ListenAddress.tcp(argument:)
  )
  var tcp: [ListenAddress] = []

  @Option(
    help: "Listen on a Unix socket at this path; repeatable.",
    transform: ListenAddress.unix(argument:)
  )
  var unix: [ListenAddress] = []

  @Option(
    help: "How much faster than a real scanner, or max for no waits at all. The default is 1.",
    transform: PlaybackSpeed.init(argument:)
  )
  var speed = PlaybackSpeed.factor(1)

  @Option(help: "Seconds of real time for which scanners are busy after each sample.")
  var sampleGap = 31.0

  @Option(help: "Deal each recording's samples out to this many scanners in turn.")
  var devices = 1

  @Option(help: "Serial number to report, at most 7 characters; further scanners append -2, -3…")
  var serial: String?

  @Option(help: "Stored configuration that is active at power-up: 0, 1, or 2 for Hadamard.")
  var activeConfiguration = 0

  @Option(help: "Whose scanners they are: ti, or innospectra with its names and slew files.")
  var maker = Maker.texasInstruments

  @Option(help: "What goes wrong: a script with one fault a line; see spectrasim(1).")
  var faults: String?

  @Flag(help: "Attach the scanners to this machine's kernel (root, vhci-hcd) and do not listen.")
  var attach = false

  @Option(help: .hidden)
  var vhciFolder = VirtualHostController.defaultFolder

  @Flag(help: "Begin anew when a recording is exhausted.")
  var `repeat` = false

  func validate() throws {
    guard (0...86_400).contains(sampleGap) else {
      throw ValidationError("--sample-gap is \(sampleGap), expected 0 to 86400 seconds")
    }
    guard (1...Limits.scanners).contains(devices) else {
      throw ValidationError("--devices is \(devices), expected 1 to \(Limits.scanners)")
    }
    guard (0...2).contains(activeConfiguration) else {
      throw ValidationError("--active-configuration is \(activeConfiguration), expected 0, 1 or 2")
    }
    if let serial, !(1...7).contains(serial.utf8.count) || !serial.utf8.allSatisfy(isPrintable) {
      throw ValidationError("--serial is '\(serial)', expected 1 to 7 printable ASCII characters")
    }
  }

  func run() throws {
    // Before any other thread begins, so that none of them takes the signal.
    let signals = StopSignals()
    try ExitStatus.reportingErrors {
      let server = try server()
      signals.wait()
      try server.stop()
    }
  }

  /// Begins to serve and says so.
  private func server() throws -> USBIPServer {
    let scanners = try scanners()
    guard scanners.count <= Limits.scanners else {
      throw ValidationError("\(scanners.count) scanners, at most \(Limits.scanners) are exported")
    }
    let faults = try faultScript(deviceCount: scanners.count)
    var options = NanoDevice.Options()
    options.speed = speed
    options.sampleGapNanoseconds = UInt64(sampleGap * 1e9)
    options.isRepeating = `repeat`
    options.activeConfiguration = activeConfiguration
    options.maker = maker
    let server = try USBIPServer(
      recordings: scanners,
      options: options,
      faults: faults,
      addresses: addresses,
      attachingTo: attach ? VirtualHostController(folder: vhciFolder) : nil,
      report: { StandardOutput.report($0) }
    )
    for (index, scanner) in scanners.enumerated() {
      StandardOutput.report(
        "1-\(index + 1): serial \(scanner.serial), \(scanner.scans.count) scans "
          + "in \(scanner.sampleCount) samples"
      )
    }
    let places = (attach ? ["kernel"] : []) + server.addresses.map(\.description)
    StandardOutput.write(
      "spectrasim: ready \(places.joined(separator: " ")) scanners=\(scanners.count) "
        + "scans=\(scanners.reduce(0) { $0 + $1.scans.count }) "
        + "samples=\(scanners.reduce(0) { $0 + $1.sampleCount })\n"
    )
    return server
  }

  private func faultScript(deviceCount: Int) throws(FaultScriptFileError) -> FaultScript {
    guard let path = faults else { return FaultScript() }
    let script = try FaultScriptFile.read(path)
    do throws(FaultScriptError) {
      try script.check(deviceCount: deviceCount)
    } catch {
      throw .refused(path: path, error)
    }
    return script
  }

  private var addresses: [ListenAddress] {
    let chosen = tcp + unix
    return chosen.isEmpty && !attach ? [.tcp(host: "127.0.0.1", port: 3240)] : chosen
  }

  private func scanners() throws -> [PlayableRecording] {
    var scanners: [PlayableRecording] = []
    for (name, recording) in try source.recordings() {
      do throws(ReplayError) {
        let (playable, report) = try RecordingPreparation.prepare(recording)
        for line in report.lines { StandardOutput.report("\(name): \(line)") }
        scanners += playable.dealt(toScanners: devices)
      } catch {
        throw UnplayableRecording(name: name, reason: error)
      }
    }
    if let serial {
      for index in scanners.indices {
        scanners[index].rename(serial: PlayableRecording.serial(serial, ofScanner: index + 1))
      }
    }
    return scanners
  }

  private func isPrintable(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) }
}

/// A recording that was read but that no scanner can have made.
private struct UnplayableRecording: EndingError {
  let name: String
  let reason: ReplayError

  var description: String { "\(name): \(reason)" }
  var exitStatus: ExitStatus { .badData }
}
