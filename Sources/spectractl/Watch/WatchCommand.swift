import ArgumentParser
import Glibc
import Service
import Spectra

/// Shows predictions as they arrive: a live table on a terminal, lines elsewhere.
struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Show predictions as they arrive.",
    discussion: """
      On a terminal: a table with the newest samples, redrawn in place. Otherwise: one line of \
      text for each prediction, or with --json every line as the daemon sends it. When the daemon \
      goes away, watch says so on standard error and connects again.

      With --since it reads the control socket instead, which begins with the events that are \
      stored after that number, and after a restart of the daemon goes on after the last number: \
      none is lost or shown twice, and numbers that nobody has any more are shown as a gap.
      """
  )

  @Option(
    help: """
      The daemon's prediction socket (default: \(WatchCommand.defaultSocket)); with --since its \
      control socket (default: \(ControlOptions.defaultSocket)).
      """,
    completion: .file()
  )
  var socket: String?

  @Option(
    help: ArgumentHelp(
      "Begin after the event of this number; 0 is the oldest that is stored.",
      valueName: "number"
    )
  )
  var since: Int?

  @Flag(help: "Print every line as it is sent: newline-delimited JSON.")
  var json = false

  @Flag(help: "Print only final predictions and ignore all others.")
  var finals = false

  @Flag(help: "Leave with status 69 when the daemon goes away, instead of connecting again.")
  var once = false

  @Option(help: "Leave after this many predictions.")
  var count: Int?

  func validate() throws {
    if let count, count < 1 { throw ValidationError("--count must be at least 1, found \(count)") }
    if let since, since < 0 { throw ValidationError("--since must be at least 0, found \(since)") }
    try ControlOptions.checkPath(socket ?? "")
  }

  func run() throws {
    var session = WatchSession(output: chosenOutput, finals: finals, countLeft: count)
    if let since { return try watchStore(after: since, &session) }
    let socket = socket ?? WatchCommand.defaultSocket
    var retry = RetryDelay()
    var lastProblem = ""
    while true {
      let problem = try watchOnce(socket, &session)
      guard let problem else { return }
      if session.takeGreeting() {
        retry.reset()
        lastProblem = ""
      }
      // One line for as long as the same thing is wrong.
      if problem != lastProblem { StandardError.print(problem) }
      lastProblem = problem
      if once { throw ExitStatus.unavailable.exitCode }
      retry.wait()
    }
  }

  /// Shows one connection's lines; returns why it ended, or nil when everything asked for was seen.
  private func watchOnce(_ socket: String, _ session: inout WatchSession) throws -> String? {
    do {
      var connection = try PredictionConnection(path: socket)
      while let line = try connection.nextLine() {
        if try session.show(line) { return nil }
      }
      return "\(socket): the daemon closed the connection\(session.goodbye)"
    } catch let error as ConnectionError {
      guard !error.isOfPermission else {
        // Who gets into the group has to log in again: this process never will.
        StandardError.print(error.description)
        throw ExitStatus.notPermitted.exitCode
      }
      return error.description
    }
  }
}

extension WatchCommand {
  private static let defaultSocket = "/run/spectrad/predictions.sock"

  /// Shows what is stored after a number, and then what happens.
  private func watchStore(after since: Int, _ session: inout WatchSession) throws {
    var events = EventReader(
      socket: socket ?? ControlOptions.defaultSocket,
      filter: EventFilter(finalOnly: finals ? true : nil),
      after: since
    )
    try ControlOptions.failingInWords {
      try events.read(once: once) { event in
        if finals, let gap = StreamLine(parsing: event.line).gapText { StandardError.print(gap) }
        return try session.show(event.line)
      }
    }
  }
}

/// What has been seen on the current connection, and where it goes.
struct WatchSession {
  private var output: any WatchOutput
  private let finals: Bool
  private var countLeft: Int?
  private var wasGreeted = false
  /// What the daemon said when it closed the connection.
  private(set) var goodbye = ""

  init(output: any WatchOutput, finals: Bool, countLeft: Int?) {
    (self.output, self.finals, self.countLeft) = (output, finals, countLeft)
  }

  /// Whether the last connection was a real one, not a refusal.
  mutating func takeGreeting() -> Bool {
    defer { wasGreeted = false }
    return wasGreeted
  }

  /// Shows a line; true when as many predictions as were asked for have been seen.
  mutating func show(_ line: [UInt8]) throws -> Bool {
    let event = StreamLine(parsing: line)
    if event.type == "hello" {
      wasGreeted = true
      goodbye = ""
    }
    if event.type == "bye" { goodbye = ": \((event.reason ?? "no reason given").printable)" }
    if finals, !event.isFinalPrediction { return false }
    try output.show(line, event)
    if event.isPrediction, let left = countLeft { countLeft = left - 1 }
    return countLeft == 0
  }
}

extension WatchCommand {
  private var chosenOutput: any WatchOutput {
    if json { return WatchLines() }
    return isatty(STDOUT_FILENO) == 1 ? WatchTable() : WatchText()
  }
}

/// Where watched lines go.
protocol WatchOutput {
  /// Shows one line.
  mutating func show(_ line: [UInt8], _ event: StreamLine) throws
}

/// Waits a little longer each time, so that a daemon that is down is not hammered.
struct RetryDelay {
  private var milliseconds: UInt32 = 100

  mutating func reset() { milliseconds = 100 }

  mutating func wait() {
    usleep(milliseconds * 1_000)
    milliseconds = min(milliseconds * 2, 5_000)
  }
}
