internal import Glibc
package import Spectra

/// Reports over libusb, to a scanner that is plugged into this machine.
///
/// At most one IN and one OUT transfer are under way. Both are allocated when the scanner is opened
/// and end on the bus's event thread, which wakes the thread that waits here. What outlives its
/// deadline is given up, and the kernel's word for that awaited, so nothing completes later.
package struct USBTransport: ~Copyable, ReportTransport {
  private let connection: USBConnection
  private let stopping: EventDescriptor

  /// Opens the scanner; `stopping` interrupts every later wait.
  ///
  /// - Throws: `noPermission`, `inUse`, `deviceGone` or `openingFailed`.
  package init(
    opening attachment: USBAttachment,
    on bus: USBBus,
    stopping: EventDescriptor
  ) throws(AcquisitionError) {
    connection = try USBConnection(opening: attachment, on: bus)
    self.stopping = stopping
  }

  /// Becomes readable when the scanner leaves the bus.
  package var descriptor: Int32 { connection.departure.rawValue }

  /// Sends the 64 bytes of `bytes` from `offset` on; returns false when the deadline passed.
  package mutating func send(
    _ bytes: borrowing FixedArray<UInt8>,
    from offset: Int,
    expectsReply: Bool,
    deadline: Deadline
  ) throws(AcquisitionError) -> Bool {
    precondition(!connection.incoming.isInFlight, "the previous reply is still awaited")
    // First, so that the device finds somebody listening when it answers.
    if expectsReply { try connection.incoming.submit(byteCount: reportByteCount) }
    connection.outgoing.fill(reportByteCount, from: bytes, at: offset)
    try connection.outgoing.submit(byteCount: reportByteCount)
    guard try wait(for: connection.outgoing.completed, until: deadline) else { return false }
    let sent = try connection.outgoing.finish()
    guard sent == reportByteCount else { throw .shortReport(byteCount: sent) }
    return true
  }

  /// Receives exactly `count` reports into `bytes` from `offset` on; false when the deadline passed.
  package mutating func receive(
    into bytes: inout FixedArray<UInt8>,
    at offset: Int,
    count: Int,
    deadline: Deadline
  ) throws(AcquisitionError) -> Bool {
    var received = 0
    while received < count * reportByteCount {
      if !connection.incoming.isInFlight {
        try connection.incoming.submit(byteCount: count * reportByteCount - received)
      }
      guard try wait(for: connection.incoming.completed, until: deadline) else { return false }
      let length = try connection.incoming.finish()
      guard length % reportByteCount == 0 else {
        throw .shortReport(byteCount: length % reportByteCount)
      }
      connection.incoming.copy(length, to: &bytes, at: offset + received)
      received += length
      // A transfer may end early with an empty packet; then the rest is asked for again.
      if length == 0 && deadline.remainingMilliseconds == 0 { return false }
    }
    return true
  }

  /// Waits for a transfer's end; when the deadline passes first, gives up both and returns false.
  private func wait(
    for completed: EventDescriptor,
    until deadline: Deadline
  ) throws(AcquisitionError) -> Bool {
    let isComplete = try stopping.waitUnlessRaised(
      besides: completed.rawValue,
      for: Int16(POLLIN),
      until: deadline
    )
    if isComplete { return true }
    guard connection.cancelTransfers() else { throw .transferFailed(status: -ETIMEDOUT) }
    return false
  }
}
