import Glibc

/// What the program says while it runs.
enum StandardOutput {
  /// Writes to standard output for scripts to read, at once.
  static func write(_ text: String) { write(text, to: STDOUT_FILENO) }

  /// Writes one line about an event to standard error for people to read.
  static func report(_ line: String) { write("spectrasim: \(line)\n", to: STDERR_FILENO) }

  private static func write(_ text: String, to descriptor: CInt) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      // SAFETY: the pointer is used only inside the call that it is lent to.
      let count = unsafe rest.withUnsafeBytes { bytes in
        unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
      }
      // A reader that has gone away is no reason to stop serving.
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
