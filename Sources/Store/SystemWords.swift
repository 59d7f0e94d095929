import Glibc

/// The C library's words for error numbers.
enum SystemWords {
  /// For example `No space left on device`.
  static func text(_ errorNumber: Int32) -> String {
    var buffer: [CChar] = .init(repeating: 0, count: 256)
    // SAFETY: the buffer is NUL-terminated by the call, which is given one byte less than it has.
    let code = unsafe strerror_r(errorNumber, &buffer, buffer.count - 1)
    let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return code == 0 ? String(decoding: bytes, as: UTF8.self) : "error \(errorNumber)"
  }
}
