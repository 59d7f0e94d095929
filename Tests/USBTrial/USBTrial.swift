import Acquisition

/// Uses scanners on the USB bus in one way, and prints what it saw for the test that started it.
///
///     usbtrial TRIAL [NUMBER]
@main enum USBTrial {
  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count >= 2, let trial = trials[arguments[1]] else {
      say("usbtrial: expected one of \(trials.keys.sorted())")
      return
    }
    do throws(AcquisitionError) {
      try trial(arguments.count > 2 ? Int(arguments[2]) ?? 1 : 1)
    } catch {
      say("error \(error.reason): \(error)")
    }
  }

  private static let trials: [String: @Sendable (Int) throws(AcquisitionError) -> Void] = [
    "watch": watch, "exchange": exchange, "files": files, "several": several,
    "receive-timeout": receiveTimeout, "send-timeout": sendTimeout, "wait": wait, "stop": stop,
    "departure": departure, "reopen": reopen, "rebus": rebus, "idle": idle, "orphan": orphan,
    "replug": replug, "allocations": allocations, "acquire": acquire, "unavailable": unavailable,
  ]
}
