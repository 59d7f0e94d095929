import ArgumentParser
import Spectra

/// What the exit code says went wrong, in the numbers of sysexits(3), as `spectractl` has them.
///
/// A command line that makes no sense is 64, which ArgumentParser says itself.
enum ExitStatus: Int32 {
  /// What was read is not what it should be.
  case badData = 65
  /// Something that should be read is not there or may not be read.
  case cannotRead = 66
  /// An address cannot be listened on, or the kernel has no place for a device.
  case unavailable = 69
  /// A file or a socket's file cannot be made.
  case cannotWrite = 73
  /// Only root may do it.
  case notPermitted = 77

  /// Runs a command; an error that ends it is printed before the program exits with its code.
  static func reportingErrors(of command: () throws -> Void) throws {
    do {
      try command()
    } catch let error as any EndingError {
      StandardOutput.report(error.description)
      throw ExitCode(error.exitStatus.rawValue)
    }
  }
}

/// An error that ends the program with an exit code of its own.
protocol EndingError: Error, CustomStringConvertible {
  var exitStatus: ExitStatus { get }
}

extension RecordingError: EndingError {
  var exitStatus: ExitStatus {
    switch self {
    case .unreadable: .cannotRead
    case .unwritable: .cannotWrite
    case .tooLarge, .empty, .unknownFormat, .malformed, .pointCount, .wavelengthsNotRising,
      .wavelengthsDiffer, .wavelengthsUnknown, .unknownPlaceholder, .headerDiffers:
      .badData
    }
  }
}

extension SynthesisFileError: EndingError {
  var exitStatus: ExitStatus {
    switch self {
    case .occupied, .stopped: .cannotWrite
    case .recording(let error): error.exitStatus
    }
  }
}

extension FaultScriptFileError: EndingError {
  var exitStatus: ExitStatus {
    switch self {
    case .unreadable: .cannotRead
    case .tooLarge, .notText, .refused: .badData
    }
  }
}

extension AttachError: EndingError {
  var exitStatus: ExitStatus {
    switch self {
    case .noController, .noFreePort, .refused: .unavailable
    case .notPermitted: .notPermitted
    }
  }
}

extension ListenError: EndingError {
  var exitStatus: ExitStatus {
    switch self {
    case .occupied, .refused(.unix, _): .cannotWrite
    case .refused(.tcp, _): .unavailable
    }
  }
}
