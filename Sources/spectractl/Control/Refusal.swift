import Glibc
import Varlink

/// Why the daemon did not do what a command asked for, with what to do about it.
extension VarlinkClientError {
  /// The error and the advice on one line.
  var explanation: String { description + (advice.map { " (\($0))" } ?? "") }

  private var advice: String? {
    switch self {
    case .cannotConnect(_, ENOENT), .cannotConnect(_, ECONNREFUSED), .cannotConnect(_, EACCES):
      "spectractl doctor says what to do"
    case .connectionLost: "the log says why: journalctl --unit spectrad --lines 50"
    case .notTaken, .unknownFailure, .malformedReply:
      "spectrad and spectractl may be of different versions: compare spectrad --version and "
        + "spectractl --version"
    case .refused(let failure): failure.advice
    case .cannotConnect, .timedOut, .interrupted, .replyTooLong: nil
    }
  }

  /// Whether waiting may help.
  var isPassing: Bool {
    switch self {
    case .cannotConnect, .connectionLost, .timedOut: true
    case .refused(.storeUnavailable), .refused(.limitReached): true
    case .refused, .notTaken, .unknownFailure, .interrupted, .malformedReply, .replyTooLong: false
    }
  }
}

extension ExitStatus {
  /// What a refusal means to the caller of the command.
  init(_ error: VarlinkClientError) {
    switch error {
    case .cannotConnect, .connectionLost, .timedOut, .notTaken, .unknownFailure: self = .unavailable
    case .malformedReply, .replyTooLong: self = .badData
    case .interrupted: self = .interrupted
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
    case .scannerNotReady, .measurementFailed, .storeUnavailable, .limitReached, .bundleNotKept:
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
    case .bundleNotKept: "the folder of bundles must be the daemon's: see bundle.folder"
    case .noBaseline: "measure one with: spectractl check --baseline"
    case .noOpenSample, .noSuchScan, .measurementFailed, .bundleRefused, .configurationRefused,
      .storeUnavailable, .streamChanged, .limitReached:
      nil
    }
  }
}
