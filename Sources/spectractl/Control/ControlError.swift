import Glibc
import Varlink

/// Why the daemon did not do what a command asked for.
enum ControlError: Error, CustomStringConvertible {
  /// Nobody can be reached at the socket.
  case cannotConnect(path: String, errorNumber: CInt)
  /// The connection ended before the answer.
  case closed(path: String)
  /// No answer came in time.
  case silent(path: String, seconds: Int)
  /// What came is no answer of this interface.
  case malformed(path: String, problem: String)
  /// The daemon refused, in the interface's words.
  case refused(SpectradFailure)
  /// The daemon refused in the words of Varlink itself, such as an unknown method.
  case refusedCall(method: String, error: String)

  var description: String {
    switch self {
    case .cannotConnect(let path, let number):
      "\(path): cannot connect: \(unsafe String(cString: strerror(number)))"
        + ControlError.advice(connecting: number)
    case .closed(let path):
      "\(path): the daemon closed the connection before it answered; what does the log say? "
        + "(journalctl --unit spectrad)"
    case .silent(let path, let seconds): "\(path): no answer for \(seconds) s"
    case .malformed(let path, let problem):
      "\(path): what answers is no spectrad of this version: \(problem)"
    case .refused(let failure): failure.description + (failure.advice.map { "; " + $0 } ?? "")
    case .refusedCall(let method, let error):
      "the daemon does not take the call \(method) (\(error)): spectrad and spectractl are of "
        + "different versions (spectractl status, spectractl --version)"
    }
  }

  private static func advice(connecting number: CInt) -> String {
    switch number {
    case ENOENT, ECONNREFUSED: "; is spectrad running? (spectractl doctor)"
    case EACCES: "; this user may not use the socket (spectractl doctor)"
    default: ""
    }
  }
}

extension ExitStatus {
  /// What a refusal means to the caller of the command.
  init(_ error: ControlError) {
    switch error {
    case .cannotConnect, .closed, .silent, .refusedCall: self = .unavailable
    case .malformed: self = .badData
    case .refused(let failure): self.init(failure)
    }
  }

  private init(_ failure: SpectradFailure) {
    switch failure {
    case .notPermitted: self = .notPermitted
    case .noSuchScanner, .noSuchSample, .noOpenSample, .noSuchScan, .noSuchBundle, .noBaseline,
      .streamChanged:
      self = .cannotRead
    case .scannerAmbiguous, .scansContinuously, .bundleFixed: self = .usage
    case .scannerNotReady, .measurementFailed, .storeUnavailable, .limitReached:
      self = .unavailable
    case .bundleRefused, .configurationRefused: self = .badData
    }
  }
}

extension SpectradFailure {
  /// What to do about it, as a command where there is one; nil when the words say all.
  fileprivate var advice: String? {
    switch self {
    case .notPermitted(_, let group):
      group.map { "join it with: sudo usermod --append --groups \($0) $USER, and log in again" }
    case .noSuchScanner(_, let known):
      known.isEmpty ? "spectractl doctor says what is missing" : nil
    case .scannerAmbiguous: "with --scanner"
    case .scannerNotReady: "spectractl doctor says what to do"
    case .noSuchSample: "spectractl history lists what is stored"
    case .scansContinuously:
      "acquisition.mode=onRequest in the configuration changes that; until then spectractl watch "
        + "shows its scans"
    case .noSuchBundle: "install one with: spectractl bundle install DIR"
    case .bundleFixed: "empty it there, and say spectractl reload"
    case .noBaseline: "measure one with: spectractl check --baseline"
    case .noOpenSample, .noSuchScan, .measurementFailed, .bundleRefused, .configurationRefused,
      .storeUnavailable, .streamChanged, .limitReached:
      nil
    }
  }
}
