import ArgumentParser
import Spectra
import Varlink

/// `spectractl export OUT`: stored scans as a recording to train from.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write stored scans, with their labels, as a recording to train from.",
    discussion: """
      Writes every finished sample that is asked for, the oldest first. OUT is a native recording \
      (*.scans.ndjson), which spectractl convert turns into other formats. Scans of other \
      wavelengths or another scanner go to files of their own, beside OUT, with a number behind \
      its name. The files appear when they are complete, in place of older ones.
      """
  )

  @Argument(help: "The recording to write; its name ends in .scans.ndjson.", completion: .file())
  var output: String

  @Flag(
    inversion: .prefixedNo,
    help: "Only samples with labels, or only those without."
  )
  var labelled: Bool?

  @Option(
    help: ArgumentHelp(
      "Only samples that ended at this time or later: \(TimeArgument.forms).",
      valueName: "time"
    )
  )
  var since: TimeArgument?

  @OptionGroup var scanner: ScannerOption
  @OptionGroup var options: ControlOutputOptions

  func validate() throws { try RecordingOutput.check(output) }

  func run() throws {
    var files = RecordingFiles(path: output, .replacing)
    defer { files.discard() }
    let query = SampleQuery(
      scanner: scanner.scanner,
      sample: nil,
      since: since?.timestamp,
      labelled: labelled
    )
    let sampleCount = try options.control.ask { daemon in
      try RecordingOutput.failingInWords { try export(query, daemon, to: &files) }
    }
    guard files.scanCount > 0 else {
      StandardError.print("no stored sample is like that, so nothing was written")
      throw ExitStatus.cannotRead.exitCode
    }
    try RecordingOutput.failingInWords { try files.finish() }
    try RecordingOutput.tell(files.counts, samples: sampleCount, json: options.json)
  }

  /// Returns how many samples were written.
  private func export(
    _ query: SampleQuery,
    _ daemon: ControlConnection,
    to files: inout RecordingFiles
  ) throws -> Int {
    let found = try query.samples(daemon, limit: Int.max).samples.map(\.reply)
    var progress = ProgressLine()
    defer { progress.clear() }
    let finished = found.filter(\.final)
    if finished.count < found.count {
      let open = Quantities.count(found.count - finished.count, "sample")
      StandardError.print("\(open) still open: left out")
    }
    var sampleCount = 0
    for sample in finished.reversed() {
      progress.show("\(sampleCount) of \(finished.count) samples written")
      do {
        try copy(sample.sampleId, daemon, to: &files)
        sampleCount += 1
      } catch VarlinkClientError.refused(.noSuchSample) {
        progress.clear()
        StandardError.print("sample \(sample.sampleId) was deleted meanwhile: left out")
      }
    }
    return sampleCount
  }

  private func copy(
    _ sampleId: String,
    _ daemon: ControlConnection,
    to files: inout RecordingFiles
  ) throws {
    for (scan, grid) in try daemon.scans(of: sampleId) { try files.append(scan, grid: grid) }
  }
}

extension ControlConnection {
  /// The stored scans of a sample, in the order in which they were made.
  func scans(of sampleId: String) throws -> [(scan: Scan, grid: SpectradInterface.Grid)] {
    var scans: [(scan: Scan, grid: SpectradInterface.Grid)] = []
    var grid: SpectradInterface.Grid?
    try readAll(SpectradInterface.ReadScans.self, .init(sampleId: sampleId)) { answer in
      if let next = answer.reply.grid { grid = next }
      if let scan = answer.reply.scan, let grid { scans.append((try scan.scan(on: grid), grid)) }
      return false
    }
    return scans
  }
}
