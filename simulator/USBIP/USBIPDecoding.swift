import NIOCore

/// The limits of one USB/IP connection.
package enum USBIPLimits {
  /// Bytes of one transfer; the largest that a NIRscan Nano host has reason to ask for is 576.
  package static let transferBytes = 64 << 10
  /// Transfers from the device that wait for data.
  package static let pendingTransfers = 256
  /// Connections at the same time; more are closed at once.
  package static let connections = 64
  /// Seconds in which a new connection must say what it wants.
  package static let operationSeconds: Int64 = 10
}

extension ByteBuffer {
  /// Reads one operation, or nil when not all of its bytes have arrived; then nothing is consumed.
  package mutating func readUSBIPOperation() throws(USBIPError) -> USBIPOperation? {
    let start = readerIndex
    guard let (version, code, _) = readMultipleIntegers(as: (UInt16, UInt16, UInt32).self) else {
      return nil
    }
    guard version == usbipVersion else { throw .unsupportedVersion(version) }
    switch code {
    case 0x8005: return .listDevices
    case 0x8003:
      guard let field = readBytes(length: 32) else {
        moveReaderIndex(to: start)
        return nil
      }
      guard let end = field.firstIndex(of: 0),
        let busID = String(validating: field[..<end], as: UTF8.self)
      else { throw .malformedBusID }
      return .importDevice(busID: busID)
    default: throw .unknownOperation(code)
    }
  }

  /// Reads one command, or nil when not all of its bytes have arrived; then nothing is consumed.
  package mutating func readUSBIPCommand() throws(USBIPError) -> USBIPCommand? {
    let start = readerIndex
    guard
      let (code, sequence, deviceID, direction, endpoint) = readMultipleIntegers(
        as: (UInt32, UInt32, UInt32, UInt32, UInt32).self
      ), let body = readSlice(length: 28)
    else {
      moveReaderIndex(to: start)
      return nil
    }
    switch code {
    case 1:
      guard let direction = USBIPDirection(rawValue: direction) else {
        throw .unknownDirection(direction)
      }
      var submit = USBIPSubmit(
        sequence: sequence,
        deviceID: deviceID,
        direction: direction,
        endpoint: endpoint,
        transferByteCount: 0
      )
      guard try readTransfer(of: &submit, body: body) else {
        moveReaderIndex(to: start)
        return nil
      }
      return .submit(submit)
    case 2:
      let victim = body.getInteger(at: body.readerIndex, as: UInt32.self) ?? 0
      return .unlink(sequence: sequence, deviceID: deviceID, victim: victim)
    default: throw .unknownCommand(code)
    }
  }

  /// Fills in what follows the basic header; false when the sent bytes have not all arrived.
  private mutating func readTransfer(
    of submit: inout USBIPSubmit,
    body: ByteBuffer
  ) throws(USBIPError) -> Bool {
    var body = body
    // Flags, start frame and interval are the host controller's business.
    guard
      let (_, byteCount, _, packetCount, _) = body.readMultipleIntegers(
        as: (UInt32, UInt32, UInt32, UInt32, UInt32).self
      ), let setup = body.readBytes(length: 8)
    else { return false }
    guard byteCount <= UInt32(USBIPLimits.transferBytes) else {
      throw .transferTooLarge(byteCount: byteCount, limit: USBIPLimits.transferBytes)
    }
    guard packetCount == 0 || packetCount == .max else {
      throw .isochronousTransfer(packetCount: packetCount)
    }
    submit.transferByteCount = Int(byteCount)
    submit.setup = setup
    guard submit.direction == .out, byteCount > 0 else { return true }
    guard let payload = readBytes(length: Int(byteCount)) else { return false }
    submit.payload = payload
    return true
  }
}
