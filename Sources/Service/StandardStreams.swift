import Glibc

/// Standard output, for results: what cannot be written is an error, never lost silently.
package enum StandardOutput {
  /// Writes all of `text`.
  package static func write(_ text: String) throws(FileError) { try write(Array(text.utf8)) }

  /// Writes all bytes.
  package static func write(_ bytes: [UInt8]) throws(FileError) {
    guard let errorNumber = writeAll(bytes, to: STDOUT_FILENO) else { return }
    throw FileError(path: "standard output", errno: errorNumber)
  }
}

/// Standard error, for what a person must read.
package enum StandardError {
  /// Writes all of `text`; a closed standard error is nobody's loss.
  package static func write(_ text: String) {
    _ = writeAll(Array(text.utf8), to: STDERR_FILENO)
  }
}

/// Writes all bytes and returns nil, or the error number that stopped it.
private func writeAll(_ bytes: [UInt8], to descriptor: CInt) -> CInt? {
  var rest = bytes[...]
  while !rest.isEmpty {
    // SAFETY: the pointer is used only inside the closure.
    let count = unsafe rest.withUnsafeBytes { buffer in
      unsafe write(descriptor, buffer.baseAddress, buffer.count)
    }
    if count >= 0 {
      rest.removeFirst(count)
    } else if errno == EAGAIN {
      // Somebody made the terminal or pipe non-blocking: wait until it takes more.
      var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      // SAFETY: one entry, alive during the call.
      _ = unsafe poll(&entry, 1, -1)
    } else if errno != EINTR {
      return errno
    }
  }
  return nil
}
