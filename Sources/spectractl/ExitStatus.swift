import ArgumentParser

/// What the exit code says went wrong, in the numbers of sysexits(3) where it has one.
enum ExitStatus: Int32 {
  /// An examination found a problem.
  case problemFound = 1
  /// The command line makes no sense.
  case usage = 64
  /// What was read is not what it should be.
  case badData = 65
  /// Something that should be read is not there or may not be read.
  case cannotRead = 66
  /// A service that is needed does not answer.
  case unavailable = 69
  /// The program itself is at fault.
  case software = 70
  /// The output cannot be written.
  case cannotWrite = 73
  /// The daemon does not allow this user to do that.
  case notPermitted = 77
  /// Somebody pressed Ctrl-C; shells say 128 and the signal's number.
  case interrupted = 130

  /// What to throw to end a command with this code, after its error was printed.
  var exitCode: ExitCode { ExitCode(rawValue) }
}
