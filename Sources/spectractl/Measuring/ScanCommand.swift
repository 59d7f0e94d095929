import ArgumentParser
import Spectra
import Varlink

/// `spectractl scan`: scans on request.
struct ScanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan",
    abstract: "Ask for scans and show the answers.",
    discussion: """
      For acquisition.mode=onRequest. The scans belong to the open sample, or begin one: \
      spectractl sample begin names it, spectractl sample end ends it.
      """
  )

  @Option(help: "How many scans.")
  var count = 1

  @OptionGroup var scanner: ScannerOption
  @OptionGroup var options: ControlOutputOptions

  func validate() throws {
    guard (1...Limits.scansPerSample).contains(count) else {
      throw ValidationError("--count must be 1 to \(Limits.scansPerSample), found \(count)")
    }
  }

  func run() throws {
    try options.control.ask { daemon in
      try daemon.readAll(
        SpectradInterface.Scan.self,
        .init(scanner: scanner.scanner, count: count),
        patience: .slow
      ) { answer in
        guard let prediction = answer.text["prediction"] else { return false }
        if options.json {
          try Output.print(prediction)
        } else if let text = StreamLine(parsing: prediction.bytes).text {
          try Output.print(text)
        }
        return false
      }
    }
  }
}
