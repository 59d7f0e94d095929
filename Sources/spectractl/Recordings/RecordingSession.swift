import Dispatch
import Glibc
import Synchronization
import Varlink

/// The files of a recording, which a signal may end at any time between two scans.
final class RecordingSession: Sendable {
  // SAFETY (Sendable): reached under the lock only.
  private struct State: @unchecked Sendable {
    var files: RecordingFiles
    var signals: [any DispatchSourceSignal] = []
  }

  private let state: Mutex<State>
  private let json: Bool

  init(_ files: RecordingFiles, json: Bool) {
    state = Mutex(State(files: files))
    self.json = json
  }

  /// How many scans were written.
  var scanCount: Int { state.withLock { $0.files.scanCount } }

  /// Writes one scan.
  func append(_ stored: SpectradInterface.GetScan.Reply) throws {
    let scan = try stored.scan.scan(on: stored.grid)
    try state.withLock {
      try $0.files.append(scan, grid: stored.grid, prediction: stored.prediction.recorded)
    }
  }

  /// Says what was written.
  func finish() throws {
    try state.withLock { state in
      try state.files.finish()
      try RecordingOutput.tell(state.files.counts, samples: nil, json: json)
    }
  }

  /// Lets SIGINT and SIGTERM end the program between two scans, with its last words.
  func endOnSignals() {
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [self] in
        // The lock is kept: nothing more is written while the program ends.
        state.withLock { state in
          do {
            try state.files.finish()
            try RecordingOutput.tell(state.files.counts, samples: nil, json: json)
            exit(EXIT_SUCCESS)
          } catch {
            StandardError.print("\(error)")
            exit(ExitStatus.cannotWrite.rawValue)
          }
        }
      }
      source.resume()
      state.withLock { $0.signals.append(source) }
    }
  }
}
