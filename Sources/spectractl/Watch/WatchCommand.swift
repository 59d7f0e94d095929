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
      """
  )

  @Option(help: "The daemon's prediction socket.")
  var socket = "/run/spectrad/predictions.sock"

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
    if socket.utf8.count > PredictionConnection.pathBytesMax {
      throw ValidationError(
        "--socket must have at most \(PredictionConnection.pathBytesMax) bytes, found "
          + "\(socket.utf8.count)"
      )
    }
  }

  func run() throws {
    var session = WatchSession(output: chosenOutput, finals: finals, countLeft: count)
    var retry = RetryDelay()
    var lastProblem = ""
    while true {
      let problem = try watchOnce(&session)
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
  private func watchOnce(_ session: inout WatchSession) throws -> String? {
    do {
      var connection = try PredictionConnection(path: socket)
      while let line = try connection.nextLine() {
        if try session.show(line) { return nil }
      }
      return "\(socket): the daemon closed the connection\(session.goodbye)"
    } catch let error as ConnectionError {
      return error.description
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
