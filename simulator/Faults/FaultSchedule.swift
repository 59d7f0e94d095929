/// The faults that one device still has before it.
///
/// A fault begins at its scan and happens as often as it says, then it is gone. The device asks
/// wherever something can go wrong; what happened is told once by `takeFirings`.
package struct FaultSchedule: Sendable {
  /// A fault that has just happened.
  package struct Firing: Equatable, Sendable {
    /// The scan that it happened at.
    package var scan: Int
    /// The script's own words for it.
    package var sentence: String
  }

  private struct Pending {
    let fault: Fault
    var hasBegun = false
    /// The last scan whose measurement it spoilt.
    var spoiltScan: Int?
    var timesLeft: Int
  }

  private var pending: [Pending]
  private var firings: [Firing] = []
  /// Every reply is lost, or every command refused as busy, until this time.
  private var lasting: (damage: ReplyFault.Damage, end: UInt64)?

  /// Prepares `faults`, all of them of one device.
  package init(_ faults: [Fault]) {
    pending = faults.map { fault in
      let times = if case .reply(let reply) = fault.kind { reply.times } else { 1 }
      return Pending(fault: fault, timesLeft: times)
    }
  }

  /// What has happened since the last call.
  package mutating func takeFirings() -> [Firing] {
    defer { firings = [] }
    return firings
  }

  /// Whether the device is to leave the bus during scan `scan` at a moment like this one.
  package func expectsDeparture(scan: Int, _ moment: DepartureFault.Moment) -> Bool {
    departureIndex(scan: scan, moment) != nil
  }

  /// Takes the departure that is due at `moment` of scan `scan`.
  package mutating func takeDeparture(
    scan: Int,
    _ moment: DepartureFault.Moment
  ) -> (departure: DepartureFault, keepsScan: Bool)? {
    guard let index = departureIndex(scan: scan, moment) else { return nil }
    let fault = pending.remove(at: index).fault
    guard case .departure(let departure) = fault.kind else { return nil }
    fire(fault, scan: scan)
    return (departure, fault.keepsScan)
  }

  private func departureIndex(scan: Int, _ moment: DepartureFault.Moment) -> Int? {
    pending.firstIndex {
      guard $0.fault.scan == scan, case .departure(let departure) = $0.fault.kind else {
        return false
      }
      return departure.moment == moment
    }
  }

  /// What happens to the reply to a command at time `now`.
  ///
  /// `scan` is the scan that the command belongs to, `chunk` the chunk of that scan's file that it
  /// asks for. No command means one that the device refuses anyway.
  package mutating func takeDamage(
    command: UInt16?,
    scan: Int,
    chunk: Int?,
    now: UInt64
  ) -> (damage: ReplyFault.Damage, keepsScan: Bool)? {
    if let (damage, end) = lasting {
      if now < end { return (damage, false) }
      lasting = nil
    }
    let found = pending.firstIndex {
      guard $0.hasBegun || $0.fault.scan == scan, case .reply(let reply) = $0.fault.kind else {
        return false
      }
      return switch reply.target {
      case .command(let code): code == command
      case .chunk(let number): number == chunk
      }
    }
    guard let found, case .reply(let reply) = pending[found].fault.kind else { return nil }
    let fault = pending[found].fault
    pending[found].hasBegun = true
    pending[found].timesLeft -= 1
    if let duration = reply.durationNanoseconds { lasting = (reply.damage, now + duration) }
    if pending[found].timesLeft == 0 || reply.durationNanoseconds != nil {
      pending.remove(at: found)
    }
    fire(fault, scan: scan)
    return (reply.damage, fault.keepsScan)
  }

  /// Whether scan `scan` is to fail, and with which error.
  package mutating func takeFailure(
    scan: Int
  ) -> (source: ErrorStatus.Source, code: Int16, keepsScan: Bool)? {
    for fault in pending.map(\.fault) {
      guard case .failedScan(let source, let code, let scans) = fault.kind,
        (fault.scan..<fault.scan + scans).contains(scan)
      else { continue }
      fire(fault, scan: scan)
      return (source, code, fault.keepsScan)
    }
    return nil
  }

  /// Whether the clock is lost at scan `scan`.
  package mutating func takeLostClock(scan: Int) -> Bool {
    let found = pending.firstIndex { $0.fault.scan == scan && $0.fault.kind == .lostClock }
    guard let found else { return false }
    fire(pending.remove(at: found).fault, scan: scan)
    return true
  }

  /// What spoils the measurement of scan `scan`, of what `matters` to the reader; told once a scan.
  package mutating func measurements(
    scan: Int,
    where matters: (MeasurementFault) -> Bool
  ) -> [MeasurementFault] {
    var active: [MeasurementFault] = []
    for index in pending.indices {
      let fault = pending[index].fault
      guard case .measurement(let measurement, let scans) = fault.kind,
        (fault.scan..<fault.scan + scans).contains(scan), matters(measurement)
      else { continue }
      active.append(measurement)
      if pending[index].spoiltScan != scan { fire(fault, scan: scan) }
      pending[index].spoiltScan = scan
    }
    return active
  }

  private mutating func fire(_ fault: Fault, scan: Int) {
    firings.append(Firing(scan: scan, sentence: fault.sentence))
  }
}
