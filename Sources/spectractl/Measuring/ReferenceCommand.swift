import ArgumentParser
import Varlink

/// `spectractl reference`: measures the white standard.
struct ReferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reference",
    abstract: "Measure the white standard as the reference of the scans to come.",
    discussion: """
      Let the scanner warm up for ten minutes, clean its window and lay the white standard on it, \
      without a gap. Then measure; it takes some seconds. Take the standard away afterwards. \
      Absorbance is log10(reference / sample): whatever lies there instead of the standard spoils \
      every scan until the next reference, so this asks first.
      """
  )

  @OptionGroup var scanner: ScannerOption
  @OptionGroup var confirmation: Confirmation
  @OptionGroup var options: ControlOutputOptions

  func run() throws {
    if !confirmation.yes {
      StandardError.print(
        "the scanner should be warm (ten minutes) and its window clean; the white standard must "
          + "lie flat on it"
      )
      try confirmation.ask("is the white standard in place?")
    }
    try options.ask(
      SpectradInterface.MeasureReference.self,
      .init(scanner: scanner.scanner),
      patience: .slow,
      text: { reply in
        [
          "\(reply.scanner): reference measured at \(Quantities.time(reply.time)) UTC",
          "Take the white standard away. Scans use this reference from now on if reference.kind "
            + "in the configuration, or the bundle, asks for a measured one.",
          "Measure it again every day, and after the lamp or the window was changed or cleaned.",
        ]
      }
    )
  }
}
