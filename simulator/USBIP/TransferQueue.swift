/// The IN transfers of one imported device that wait for data, in the order of their submission.
package struct TransferQueue: Sendable {
  /// A transfer that has ended.
  package struct Completion: Equatable, Sendable {
    /// Which transfer.
    package var sequence: UInt32
    /// How it ended.
    package var status: TransferStatus
    /// What the device sent.
    package var payload: [UInt8]
  }

  private struct Waiting {
    let sequence: UInt32
    let byteCount: Int
    var received: [UInt8] = []
  }

  private var waiting: [Waiting] = []

  /// Makes a queue in which nothing waits.
  package init() {}

  /// How many transfers wait.
  package var count: Int { waiting.count }

  /// Adds a transfer with room for `byteCount` bytes.
  package mutating func append(sequence: UInt32, byteCount: Int) throws(USBIPError) {
    guard waiting.count < USBIPLimits.pendingTransfers else {
      throw .tooManyPendingTransfers(limit: USBIPLimits.pendingTransfers)
    }
    waiting.append(Waiting(sequence: sequence, byteCount: byteCount))
  }

  /// Forgets a transfer; false when it does not wait, having been completed already.
  package mutating func remove(sequence: UInt32) -> Bool {
    guard let index = waiting.firstIndex(where: { $0.sequence == sequence }) else { return false }
    waiting.remove(at: index)
    return true
  }

  /// Gives a packet to the oldest transfer; returns that one if it ends with this packet.
  ///
  /// A transfer ends when it is full or with a packet shorter than 64 bytes. A packet that does
  /// not fit overflows it and is lost, as it would be on a wire.
  package mutating func deliver(_ packet: [UInt8]) -> Completion? {
    precondition(!waiting.isEmpty, "a packet is delivered only to a waiting transfer")
    var oldest = waiting[0]
    let room = oldest.byteCount - oldest.received.count
    guard packet.count <= room else { return end(.overflowed, oldest) }
    oldest.received += packet
    if packet.count == room || packet.count < NanoDescriptors.reportBytes {
      return end(.completed, oldest)
    }
    waiting[0] = oldest
    return nil
  }

  /// Ends the oldest transfer without success; what it has received is lost.
  package mutating func endOldest(_ status: TransferStatus) -> Completion {
    precondition(!waiting.isEmpty, "only a waiting transfer can end")
    waiting[0].received = []
    return end(status, waiting[0])
  }

  private mutating func end(_ status: TransferStatus, _ transfer: Waiting) -> Completion {
    waiting.removeFirst()
    return Completion(sequence: transfer.sequence, status: status, payload: transfer.received)
  }
}
