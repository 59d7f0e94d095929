import Spectra

/// The grammar of fault scripts, which spectrasim(1) documents.
///
///     device D scan K FAULT [, OPTION]...
extension FaultSentence {
  /// Reads the whole line.
  mutating func fault() throws(FaultScriptError) -> Fault {
    try read("device")
    let device: Fault.Device =
      accepts("*")
      ? .every : .number(try readNumber("'*' or a device's number", in: 1...Limits.scanners))
    try read("scan")
    let scan = try readNumber("a scan's number", in: 1...1_000_000_000)
    let start = wordsRead
    var fault = Fault(device: device, scan: scan, kind: .lostClock)
    try readKind(of: &fault)
    guard isAtEnd else { throw unexpected("',' or the end of the line") }
    fault.sentence = text(from: start)
    return fault
  }

  private mutating func readKind(of fault: inout Fault) throws(FaultScriptError) {
    if accepts("clock lost") { return }
    if accepts("failed scan") {
      try readFailedScan(of: &fault)
    } else if let departure = try readDeparture() {
      try readDepartureOptions(departure, of: &fault)
    } else if let measurement = readMeasurement() {
      try readMeasurementOptions(measurement, of: &fault)
    } else if let reply = try readReplyFault() {
      try readReplyOptions(reply, of: &fault)
    } else {
      throw unexpected(
        "a fault: unplug, hibernation, reset, failed scan, clock lost, temperature sensor fails, "
          + "humidity sensor fails, zero reference, saturation, low light, gain failure, "
          + "stale data, stall, silence, late, busy, error, wrong sequence, short packet, garbage or truncated chunk"
      )
    }
  }

  private mutating func readDeparture() throws(FaultScriptError) -> DepartureFault? {
    var departure: DepartureFault
    if accepts("unplug") {
      departure = DepartureFault(cause: .unplug, absenceNanoseconds: nil)
    } else if accepts("hibernation") {
      departure = DepartureFault(cause: .hibernation, absenceNanoseconds: nil)
    } else if accepts("reset") {
      departure = DepartureFault(cause: .reset, absenceNanoseconds: 1_000_000_000)
    } else {
      return nil
    }
    if accepts("before start") {
      departure.moment = .beforeStart
    } else if accepts("while scanning") {
      departure.moment = .whileScanning
    } else if accepts("after") {
      departure.moment = .afterPackets(
        try readNumber("a number of packets", in: 0...ScanFile.packetCount - 1)
      )
      if !accepts("packet") { try read("packets") }
    } else if !isAtEnd, !isAtComma {
      throw unexpected("'before start', 'while scanning', 'after N packets' or ','")
    }
    return departure
  }

  private mutating func readDepartureOptions(
    _ departure: DepartureFault,
    of fault: inout Fault
  ) throws(FaultScriptError) {
    let (returning, staying) =
      switch departure.cause {
      case .unplug: ("replug", "never replug")
      case .hibernation: ("button", "no button")
      case .reset: ("back", "never back")
      }
    var departure = departure
    while accepts(",") {
      if accepts("\(returning) after") {
        departure.absenceNanoseconds = try readTime()
      } else if accepts(staying) {
        departure.absenceNanoseconds = nil
      } else if accepts("keep") {
        fault.keepsScan = true
      } else {
        throw unexpected("'\(returning) after T', '\(staying)' or 'keep'")
      }
    }
    fault.kind = .departure(departure)
  }

  private mutating func readFailedScan(of fault: inout Fault) throws(FaultScriptError) {
    var (source, code, scans) = (ErrorStatus.Source.scan, ErrorStatus.converterData, 1)
    while accepts(",") {
      if let named = ErrorStatus.Source.allCases.first(where: { accepts("\($0.word) code") }) {
        (source, code) = (named, try readNumber("a code", in: 1...255))
      } else if accepts("for") {
        scans = try readScanCount()
      } else if accepts("keep") {
        fault.keepsScan = true
      } else {
        let sources = ErrorStatus.Source.allCases.map(\.word).joined(separator: ", ")
        throw unexpected("'SOURCE code N' with one of \(sources), 'for N scans' or 'keep'")
      }
    }
    fault.kind = .failedScan(source, code: code, scans: scans)
  }

  private mutating func readMeasurement() -> MeasurementFault? {
    if accepts("temperature sensor fails") { return .temperatureSensor }
    if accepts("humidity sensor fails") { return .humiditySensor }
    if accepts("zero reference") { return .zeroReference }
    if accepts("saturation") { return .saturation }
    if accepts("gain failure") { return .gainFailure }
    if accepts("stale data") { return .staleData }
    if accepts("low light") { return .lowLight(divisor: 100) }
    return nil
  }

  private mutating func readMeasurementOptions(
    _ measurement: MeasurementFault,
    of fault: inout Fault
  ) throws(FaultScriptError) {
    var (measurement, scans) = (measurement, 1)
    let isLowLight = if case .lowLight = measurement { true } else { false }
    while accepts(",") {
      if accepts("for") {
        scans = try readScanCount()
      } else if isLowLight, accepts("divided by") {
        measurement = .lowLight(divisor: try readNumber("a divisor", in: 2...8_388_607))
      } else {
        throw unexpected(isLowLight ? "'for N scans' or 'divided by N'" : "'for N scans'")
      }
    }
    fault.kind = .measurement(measurement, scans: scans)
  }

  private mutating func readScanCount() throws(FaultScriptError) -> Int {
    let count = try readNumber("a number of scans", in: 1...1_000_000_000)
    if !accepts("scan") { try read("scans") }
    return count
  }
}
