import CFuzzer
import Glibc
import Spectra

/// Feeds libFuzzer's bytes to the readers of recordings.
///
/// The first byte picks the options and the rest is the file. What is read must survive being
/// written in the native format and read again.
@main
enum FuzzRecordings {
  static func main() {
    var count = CommandLine.argc
    // SAFETY: libFuzzer lends the bytes for the call; they are copied at once.
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? =
      unsafe CommandLine.unsafeArgv
    let status = unsafe LLVMFuzzerRunDriver(&count, &arguments) { start, count in
      unsafe FuzzRecordings.read(Array(UnsafeBufferPointer(start: start, count: count)))
      return 0
    }
    exit(status)
  }

  private static func read(_ input: [UInt8]) {
    guard let choice = input.first else { return }
    var options = RecordingReadOptions()
    if choice & 1 != 0 { options.axisNanometres = 900...1700 }
    if choice & 2 != 0 { options.sampleFrom = SamplePattern("{folder}-{name}-{Reading_ID}") }
    if choice & 4 != 0 { options.labels = [LabelColumn("hdl=low,ok,high")].compactMap(\.self) }
    let bytes = Array(input.dropFirst())
    let name = choice & 8 != 0 ? "group/caffeine_01.csv" : "a"
    guard let recording = try? RecordingReader.read(bytes: bytes, name: name, options: options)
    else { return }
    var lines = Recording.nativeHeader(
      wavelengthsNanometres: recording.wavelengthsNanometres,
      scanner: recording.scanner
    )
    for scan in recording.scans { lines += scan.nativeLine() }
    guard let again = try? RecordingReader.read(bytes: lines, name: name) else {
      fatalError("what was read cannot be read again")
    }
    precondition(again.scans.count == recording.scans.count, "a scan was lost or made")
  }
}
