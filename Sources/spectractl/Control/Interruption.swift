import Dispatch
import Glibc

/// Ctrl-C as something that waiting ends with, for commands that have to tidy up.
final class Interruption {
  /// Becomes readable, for good, with the first SIGINT or SIGTERM.
  let descriptor: CInt
  private let writingEnd: CInt
  private var sources: [any DispatchSourceSignal] = []

  /// Takes the signals from now on; nil when the system has no pipe to give.
  init?() {
    var ends: [CInt] = [-1, -1]
    // SAFETY: the system writes two descriptors.
    guard unsafe pipe(&ends) == 0 else { return nil }
    (descriptor, writingEnd) = (ends[0], ends[1])
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [writingEnd] in
        var byte: UInt8 = 0
        // SAFETY: the system reads one byte.
        _ = unsafe write(writingEnd, &byte, 1)
      }
      source.resume()
      sources.append(source)
    }
  }

  deinit {
    sources.forEach { $0.cancel() }
    signal(SIGINT, SIG_DFL)
    signal(SIGTERM, SIG_DFL)
    close(descriptor)
    close(writingEnd)
  }
}
