import ArgumentParser
import Glibc
import Varlink

/// `spectractl record OUT`: scans as they happen.
struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Write scans, with their answers, to a recording as they happen.",
    discussion: """
      Until Ctrl-C, or until as many scans or samples as were asked for. The file is whole after \
      every scan; one that is there already is continued when its scanner and wavelengths are the \
      same. Scans of other wavelengths or another scanner go to files of their own, beside OUT, \
      with a number behind its name. When the daemon goes away it waits, and misses nothing that \
      the daemon has stored.
      """
  )

  @Argument(help: "The recording to write; its name ends in .scans.ndjson.", completion: .file())
  var output: String

  @Option(help: "Leave after so many samples have ended.")
  var samples: Int?

  @Option(help: "Leave after so many scans.")
  var scans: Int?

  @OptionGroup var scanner: ScannerOption
  @OptionGroup var options: ControlOutputOptions

  func validate() throws {
    try RecordingOutput.check(output)
    for (name, value) in [("--samples", samples), ("--scans", scans)] {
      if let value, value < 1 {
        throw ValidationError("\(name) must be at least 1, found \(value)")
      }
    }
  }

  func run() throws {
    let session = RecordingSession(RecordingFiles(path: output, .appending), json: options.json)
    session.endOnSignals()
    var events = EventReader(
      socket: options.control.socket,
      filter: EventFilter(scanners: scanner.scanner.map { [$0] }, types: ["prediction"]),
      after: nil
    )
    var source = ScanSource(socket: options.control.socket)
    var samplesLeft = samples
    if isatty(STDERR_FILENO) == 1 { StandardError.print("recording; Ctrl-C ends it") }
    try ControlOptions.failingInWords {
      try RecordingOutput.failingInWords {
        try events.read { event in
          for candidate in source.candidates(of: event.reply) {
            if let stored = try source.scan(candidate) { try session.append(stored) }
            if let scans, session.scanCount >= scans { return true }
          }
          if event.reply.prediction?.final == true { samplesLeft = samplesLeft.map { $0 - 1 } }
          return samplesLeft == 0
        }
      }
    }
    try session.finish()
  }
}
