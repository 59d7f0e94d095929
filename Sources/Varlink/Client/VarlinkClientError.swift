import Glibc

/// Why a call was not answered, or how it was answered instead.
package enum VarlinkClientError: Error, Equatable, Sendable {
  /// Nobody can be reached at the path; `errno` says why.
  case cannotConnect(path: String, errno: CInt)
  /// The daemon refuses, with an error of `io.spectrad`.
  case refused(SpectradFailure)
  /// The daemon does not take the call, with an error of `org.varlink.service`.
  case notTaken(VarlinkServiceError)
  /// The daemon replied an error that this program does not know.
  case unknownFailure(name: String, reply: String)
  /// The daemon closed the connection before it replied.
  case connectionLost(path: String)
  /// No reply came in time.
  case timedOut(path: String, after: Duration)
  /// The descriptor for interruptions became readable.
  case interrupted
  /// What came is no reply of this method.
  case malformedReply(path: String, reason: String)
  /// A reply does not end.
  case replyTooLong(path: String, byteCountMax: Int)
}

extension VarlinkClientError: CustomStringConvertible {
  /// What was found, what was expected, what to look at.
  package var description: String {
    switch self {
    case .cannotConnect(let path, let code):
      "\(path): cannot connect: \(VarlinkClientError.systemMessage(code))"
        + VarlinkClientError.advice(code)
    case .refused(let failure): failure.description
    case .notTaken(let error): "the daemon does not take the call: \(error)"
    case .unknownFailure(let name, let reply):
      "the daemon replied an error that this program does not know: \(name): \(reply)"
    case .connectionLost(let path): "\(path): the daemon closed the connection without a reply"
    case .timedOut(let path, let time): "\(path): no reply for \(time.components.seconds) s"
    case .interrupted: "interrupted"
    case .malformedReply(let path, let reason): "\(path): a reply that is none: \(reason)"
    case .replyTooLong(let path, let count):
      "\(path): a reply of more than \(count) bytes"
    }
  }

  private static func advice(_ code: CInt) -> String {
    switch code {
    case ENOENT, ECONNREFUSED: "; is spectrad running?"
    case EACCES: "; may your user open the socket?"
    default: ""
    }
  }

  private static func systemMessage(_ code: CInt) -> String {
    // SAFETY: strerror gives a NUL-terminated text that is copied at once.
    unsafe String(cString: strerror(code))
  }
}
