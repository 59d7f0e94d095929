internal import Spectra

/// What a USB/IP server exports to whoever asks, read over a connection of its own.
///
/// Asking takes nothing from whoever uses a device; a server may leave out those in use.
package enum USBIPDeviceList {
  /// The bus ids of the devices that the server at `endpoint` offers.
  ///
  /// - Throws: `AcquisitionError` when the server cannot be reached, does not answer within
  ///   `limit`, or speaks something else.
  package static func busIDs(
    of endpoint: USBIPAddress.Endpoint,
    within limit: Duration
  ) throws(AcquisitionError) -> [String] {
    let deadline = Deadline.after(limit)
    let socket = try ByteSocket(
      connectingTo: endpoint,
      deadline: deadline,
      stopping: try EventDescriptor()
    )
    // Version 1.1.1, OP_REQ_DEVLIST, no status.
    let request = FixedArray<UInt8>([0x01, 0x11, 0x80, 0x05, 0, 0, 0, 0])
    guard try socket.send(request, count: request.count, deadline: deadline) else {
      throw .timeout(command: nil)
    }
    var reply = FixedArray<UInt8>(repeating: 0, count: replyBytesMax)
    var received = 0
    while received < reply.count {
      let count = try socket.receive(into: &reply, at: received, deadline: deadline)
      guard count > 0 else { throw .timeout(command: nil) }
      received += count
      let parsed: [String]?
      do throws(USBIPViolation) {
        parsed = try reply.withSpan { span throws(USBIPViolation) in
          try busIDs(parsing: span.extracting(first: received))
        }
      } catch {
        throw .serverViolation(error)
      }
      if let parsed { return parsed }
    }
    throw .serverViolation(.length(Int32(clamping: received)))
  }

  /// Room for more devices than one machine has ports for.
  private static let replyBytesMax = 64 << 10
  private static let headerByteCount = 12
  /// A device without its interfaces, each of which adds four bytes.
  private static let deviceByteCount = 312

  /// Reads OP_REP_DEVLIST; nil when it has not arrived whole.
  package static func busIDs(parsing bytes: Span<UInt8>) throws(USBIPViolation) -> [String]? {
    guard bytes.count >= headerByteCount else { return nil }
    let version = bytes.uint16(at: 0).byteSwapped
    let operation = bytes.uint16(at: 2).byteSwapped
    guard version == USBIPRequest.version else { throw .version(version) }
    guard operation == 0x0005 else { throw .operation(operation) }
    var busIDs: [String] = []
    var offset = headerByteCount
    for _ in 0..<bytes.uint32(at: 8).byteSwapped {
      guard bytes.count >= offset + deviceByteCount else { return nil }
      // The bus id follows a path of 256 bytes.
      var text: [UInt8] = []
      for index in offset + 256..<offset + 288 where bytes[index] != 0 { text.append(bytes[index]) }
      busIDs.append(String(decoding: text, as: UTF8.self))
      offset += deviceByteCount + 4 * Int(bytes[offset + deviceByteCount - 1])
    }
    return bytes.count >= offset ? busIDs : nil
  }
}
