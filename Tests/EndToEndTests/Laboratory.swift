import Testing

/// A simulator, a daemon and a client in one temporary folder, each started when it is asked for.
struct Laboratory {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Where clients connect.
  var socket: String { folder.path("predictions.sock") }

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
    let program = try RunningProgram(
      "spectrasim",
      ["--replay", recording, "--unix", folder.path("simulator.sock"), "--speed", speed] + options,
      in: folder
    )
    try #require(program.waitForText("spectrasim: ready"), "\(program.errors)")
    return program
  }

  /// Starts the daemon with the tests' bundle and waits until it says that it is ready.
  func startDaemon(
    scanners: Int = 1,
    bundle: String = ProjectFiles.bundle,
    settings: [String] = []
  ) throws -> RunningProgram {
    let sources = (0..<scanners).flatMap { ["--source", source($0 + 1)] }
    let keys = ["acquisition.statusPollMilliseconds=0"] + settings
    let program = try RunningProgram(
      "spectrad",
      sources + ["--bundle", bundle, "--socket", socket] + keys.flatMap { ["--set", $0] },
      in: folder
    )
    try #require(program.waitForText(" ready"), "\(program.errors)")
    return program
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
