import Spectra

/// The lines that belong to one connection and have no number.
extension StreamLines {
  /// The first line on every connection: where the stream stands.
  static func hello(_ stream: PredictionStream, daemon: String) -> [UInt8] {
    var line = JSONLine()
    line.add("type", "hello")
    line.add("protocol", 1)
    line.add("stream", stream.identity)
    line.add("daemon", daemon)
    line.add("oldest", stream.oldestSequence)
    line.add("next", stream.nextSequence)
    line.add("demonstration", stream.bundle?.demonstration ?? false)
    if let bundle = stream.bundle {
      line.addObject("bundle") { addBundle(&$0, bundle) }
    } else {
      line.addNull("bundle")
    }
    line.addObjects("scanners", stream.scanners) { object, report in
      object.add("scanner", report.name)
      object.add("state", report.state)
      object.add("reason", report.reason)
      object.add("model", report.model)
      object.add("firmware", report.firmware)
    }
    return line.finish()
  }

  /// The numbers that this client will not receive.
  static func gap(_ sequences: ClosedRange<UInt64>, reason: GapReason) -> [UInt8] {
    var line = JSONLine()
    line.add("type", "gap")
    line.add("from", sequences.lowerBound)
    line.add("to", sequences.upperBound)
    line.add("reason", reason.rawValue)
    return line.finish()
  }

  /// A sign of life: the next number, the scanners that are ready, the lines this client lost.
  static func heartbeat(
    time: Timestamp,
    nextSequence: UInt64,
    scannersReady: Int,
    droppedCount: Int
  ) -> [UInt8] {
    var line = JSONLine()
    line.add("type", "heartbeat")
    line.add("time", time.description)
    line.add("next", nextSequence)
    line.add("scanners", scannersReady)
    line.add("dropped", droppedCount)
    return line.finish()
  }

  /// The last line on a connection that the daemon ends.
  static func bye(reason: ByeReason) -> [UInt8] {
    var line = JSONLine()
    line.add("type", "bye")
    line.add("reason", reason.rawValue)
    return line.finish()
  }
}
