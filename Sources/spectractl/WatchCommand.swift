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
    var output = chosenOutput
    var shown = 0
    var retry = RetryDelay()
    var lastProblem = ""
    while true {
      do throws(ConnectionError) {
        var connection = try PredictionConnection(path: socket)
        retry.reset()
        lastProblem = ""
        while let line = try connection.nextLine() {
          let event = StreamLine(parsing: line)
          if finals, !event.isFinalPrediction { continue }
          if !output.show(line, event) { return }
          shown += event.isPrediction ? 1 : 0
          if let count, shown >= count { return }
        }
        StandardError.print("the daemon closed the connection")
      } catch {
        // One line for as long as the same thing is wrong.
        if error.description != lastProblem { StandardError.print(error.description) }
        lastProblem = error.description
      }
      if once { throw ExitStatus.unavailable.exitCode }
      retry.wait()
    }
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
  /// Shows one line; false when nobody reads the output any more.
  mutating func show(_ line: [UInt8], _ event: StreamLine) -> Bool
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
