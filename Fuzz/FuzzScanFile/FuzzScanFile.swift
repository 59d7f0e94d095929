import Acquisition
import CFuzzer
import Glibc
import Spectra

/// Feeds libFuzzer's bytes to the readers of the scanner's files.
///
/// The first byte chooses: a configuration, or a scan file of either layout, behind which a
/// reference file and a matrix may follow; the reference is the factory's and the user's at once.
/// What is decoded must keep the promises that the pipeline builds on.
@main
enum FuzzScanFile {
  static func main() {
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? =
      unsafe CommandLine
      .unsafeArgv
    // SAFETY: libFuzzer's bytes live for the call; its driver wants the arguments as C has them.
    let status = unsafe LLVMFuzzerRunDriver(&count, &arguments) { start, count in
      let bytes = unsafe UnsafeBufferPointer(start: start, count: count)
      unsafe FuzzScanFile.read(bytes.span)
      return 0
    }
    exit(status)
  }

  private static func read(_ bytes: Span<UInt8>) {
    guard bytes.count > 0 else { return }
    let file = bytes.extracting(1..<bytes.count)
    if bytes[0] == 0 { readConfiguration(file) } else { readScan(file) }
  }

  private static func readConfiguration(_ bytes: Span<UInt8>) {
    guard let configuration = try? ScanConfiguration(parsing: bytes) else { return }
    let encoded = configuration.encoded
    let again = try? ScanConfiguration(parsing: encoded.span)
    precondition(again == configuration, "a configuration changes on its way")
  }

  private static func readScan(_ bytes: Span<UInt8>) {
    let scanEnd = min(bytes.count, ScanFile.byteCount)
    let referenceEnd = min(bytes.count, 2 * ScanFile.byteCount)
    var decoder = ScanDecoder()
    let reference = bytes.extracting(scanEnd..<referenceEnd)
    try? decoder.setMatrix(bytes.extracting(referenceEnd..<bytes.count))
    try? decoder.setFactoryReference(reference)
    try? decoder.setUserReference(reference, measuredAt: .now())
    try? ReferenceProblem.check(reference)
    let arrival = ScanArrival(time: .now(), monotonicNanoseconds: 0, errorBits: [])
    var frame = ScanFrame()
    for preferred in [ReferenceKind.factory, .user] {
      decoder.preferredReference = preferred
      guard
        (try? decoder.decode(bytes.extracting(0..<scanEnd), arrival: arrival, into: &frame)) != nil
      else { return }
      check(frame)
    }
  }

  private static func check(_ frame: borrowing ScanFrame) {
    let count = frame.header.pointCount
    precondition(count >= 1 && count <= Limits.wavelengths, "an impossible number of points")
    for index in 0..<count {
      let wavelength = frame.wavelengthsNanometres[index]
      precondition(wavelength.isFinite, "a wavelength that is no number")
      let isRising = index == 0 || wavelength > frame.wavelengthsNanometres[index - 1]
      precondition(isRising, "wavelengths do not rise")
      precondition(!frame.absorbance[index].isInfinite, "an infinite absorbance")
    }
  }
}
