import Glibc

/// The stream for people: errors, warnings and progress, never results.
enum StandardError {
  /// Prints a line, the program's name before it.
  static func print(_ message: String) { write("spectractl: " + message + "\n") }

  /// Whether a person watches.
  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Writes text as it is.
  static func write(_ text: String) {
    let bytes = Array(text.utf8)
    // SAFETY: the bytes outlive the call; what cannot be written to a person is lost.
    _ = unsafe Glibc.write(STDERR_FILENO, bytes, bytes.count)
  }
}
