import Testing

/// A simulator, a daemon and a client in one temporary folder, each started when it is asked for.
struct Laboratory {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Where clients connect.
  var socket: String { folder.path("predictions.sock") }

  /// Where clients ask and control.
  var controlSocket: String { folder.path("io.spectrad") }

  /// Where the daemon keeps what it must not lose; made by the daemon.
  var storeFolder: String { folder.path("store") }

  /// The settings that keep a daemon inside the laboratory's folder.
  var places: [String] {
    [
      "control.socket=\(controlSocket)", "store.folder=\(storeFolder)",
      "bundle.folder=\(folder.path("bundles"))", "reference.folder=\(folder.path("references"))",
    ]
  }

  /// The address of scanner `number` of the simulator.
  func source(_ number: Int = 1) -> String {
    "usbip+unix://\(folder.path("simulator.sock"))/1-\(number)"
  }

  /// Starts the simulator, without any waits or so much faster than a real scanner, and waits until
  /// it listens.
  func startSimulator(
    replaying recording: String,
    speed: String = "max",
    _ options: [String] = []
  ) throws -> RunningProgram {
    let program = try launchSimulator(replaying: recording, speed: speed, options)
    try #require(program.waitForText("spectrasim: ready"), "\(program.errors)")
    return program
  }

  /// Starts the simulator and does not wait.
  func launchSimulator(
    replaying recording: String,
    speed: String = "max",
    _ options: [String] = []
  ) throws -> RunningProgram {
    try RunningProgram(
      "spectrasim",
      ["--replay", recording, "--unix", folder.path("simulator.sock"), "--speed", speed] + options,
      in: folder
    )
  }

  /// Starts the daemon with the tests' bundle and waits until it says that it is ready.
  func startDaemon(
    scanners: Int = 1,
    bundle: String = ProjectFiles.bundle,
    settings: [String] = []
  ) throws -> RunningProgram {
    let program = try launchDaemon(scanners: scanners, bundle: bundle, settings: settings)
    try #require(program.waitForText(" ready"), "\(program.errors)")
    return program
  }

  /// Starts the daemon and does not wait.
  func launchDaemon(
    scanners: Int = 1,
    bundle: String = ProjectFiles.bundle,
    settings: [String] = []
  ) throws -> RunningProgram {
    let sources = (0..<scanners).map { source($0 + 1) }
    return try RunningProgram(
      "spectrad",
      daemonArguments(sources: sources, bundle, settings),
      in: folder
    )
  }

  /// Starts the daemon with unmodified libusb, on a bus with the simulator's scanners; does not wait.
  func launchDaemonOnMockedBus(
    scanners: Int = 1,
    settings: [String] = []
  ) throws -> RunningProgram {
    let plugged = (0..<scanners).flatMap {
      ["--scanner", folder.path("simulator.sock"), "1-\($0 + 1)"]
    }
    let daemon = daemonArguments(sources: ["usb"], ProjectFiles.bundle, settings)
    return try RunningProgram(
      "usbmock",
      plugged + ["--", RunningProgram.path(of: "spectrad")] + daemon,
      in: folder
    )
  }

  private func daemonArguments(
    sources: [String],
    _ bundle: String,
    _ settings: [String]
  ) -> [String] {
    let keys = ["acquisition.statusPollMilliseconds=0"] + places + settings
    return sources.flatMap { ["--source", $0] } + ["--bundle", bundle, "--socket", socket]
      + keys.flatMap { ["--set", $0] }
  }

  /// Connects a client.
  func connect() throws -> StreamClient { try StreamClient(path: socket) }

  /// Synthesises donors and returns the recording's path.
  func synthesize(donors: Int, scans: Int, seed: Int = 7) throws -> String {
    let path = folder.path("donors-\(seed).scans.ndjson")
    let result = try ProgramResult(
      "spectrasim",
      [
        "synthesize", "blood", "--seed", "\(seed)", "--donors", "\(donors)", "--scans",
        "\(scans)", "-o", path,
      ],
      in: folder
    )
    try #require(result.status == 0, "\(result.errors)")
    return path
  }
}
