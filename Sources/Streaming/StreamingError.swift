import Glibc

/// The kernel refused something that the stages need to start.
package enum StreamingError: Error, Equatable, CustomStringConvertible {
  /// No event descriptor for a wake-up.
  case eventDescriptor(errno: CInt)
  /// No thread of this name.
  case thread(name: String, errno: CInt)

  /// What was refused and the system's reason.
  package var description: String {
    switch self {
    case .eventDescriptor(let code): "no event descriptor: \(StreamingError.text(code))"
    case .thread(let name, let code): "thread \(name) did not start: \(StreamingError.text(code))"
    }
  }

  private static func text(_ code: CInt) -> String {
    // SAFETY: strerror gives a NUL-terminated text that is copied at once.
    unsafe String(cString: strerror(code))
  }
}
