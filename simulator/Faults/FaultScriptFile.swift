import Glibc

/// Reads a fault script from a file.
package enum FaultScriptFile {
  /// The largest script that is read.
  package static let byteLimit = 1 << 20

  /// The script in the file at `path`, which may be a pipe.
  package static func read(_ path: String) throws(FaultScriptFileError) -> FaultScript {
    // SAFETY: the system reads the path during the call only.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(path: path, code: errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while bytes.count <= byteLimit {
      var piece = [UInt8](repeating: 0, count: 1 << 16)
      // SAFETY: the pointer is used only inside the call that it is lent to.
      let count = unsafe piece.withUnsafeMutableBytes {
        unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .unreadable(path: path, code: errno) }
      if count == 0 { return try parse(bytes, path) }
      bytes += piece[..<count]
    }
    throw .tooLarge(path: path, limitBytes: byteLimit)
  }

  private static func parse(
    _ bytes: [UInt8],
    _ path: String
  ) throws(FaultScriptFileError) -> FaultScript {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .notText(path: path) }
    do throws(FaultScriptError) {
      return try FaultScript(parsing: text)
    } catch {
      throw .refused(path: path, error)
    }
  }
}

/// Why a file holds no fault script.
package enum FaultScriptFileError: Error, Equatable {
  /// The system does not let it be read; the code is errno.
  case unreadable(path: String, code: CInt)
  /// More bytes than a script may have.
  case tooLarge(path: String, limitBytes: Int)
  /// Bytes that are no UTF-8.
  case notText(path: String)
  /// One of its lines is refused.
  case refused(path: String, FaultScriptError)
}

extension FaultScriptFileError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let path, let code):
      // SAFETY: the C library's message is NUL-terminated and copied at once.
      "\(path): cannot be read: "
        + (unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)")
    case .tooLarge(let path, let limit):
      "\(path): found more than \(limit) bytes; expected a fault script"
    case .notText(let path): "\(path): found bytes that are no UTF-8; expected a fault script"
    case .refused(let path, let error): "\(path): \(error)"
    }
  }
}
