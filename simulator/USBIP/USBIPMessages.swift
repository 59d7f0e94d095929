/// USB/IP protocol version 1.1.1, as it stands in every operation header.
package let usbipVersion: UInt16 = 0x0111

/// What a client may ask before it has imported a device.
package enum USBIPOperation: Equatable, Sendable {
  /// OP_REQ_DEVLIST: which devices are exported?
  case listDevices
  /// OP_REQ_IMPORT: give me the device with this bus id, for example `1-1`.
  case importDevice(busID: String)
}

/// Status words of OP_REP_IMPORT.
package enum USBIPOperationStatus: UInt32, Sendable {
  /// The device is yours.
  case accepted = 0
  /// Another client has imported the device.
  case deviceBusy = 2
  /// No device has this bus id.
  case noDevice = 4
}

/// What a client may ask of an imported device.
package enum USBIPCommand: Equatable, Sendable {
  /// USBIP_CMD_SUBMIT: do a transfer.
  case submit(USBIPSubmit)
  /// USBIP_CMD_UNLINK: forget the transfer `victim`; `sequence` numbers this request itself.
  case unlink(sequence: UInt32, deviceID: UInt32, victim: UInt32)
}

/// Which way the data of a transfer goes.
package enum USBIPDirection: UInt32, Sendable {
  /// Host to device.
  case out = 0
  /// Device to host.
  case `in` = 1
}

/// One USB transfer that the host asks for.
package struct USBIPSubmit: Equatable, Sendable {
  /// Names the transfer in its reply and in UNLINK.
  package var sequence: UInt32
  /// Bus number in the upper half, device number in the lower, as given at the import.
  package var deviceID: UInt32
  /// Which way the data goes.
  package var direction: USBIPDirection
  /// The endpoint number without the direction bit.
  package var endpoint: UInt32
  /// How many bytes the host sends or has room for.
  package var transferByteCount: Int
  /// The eight bytes of a control transfer's setup packet; zeros for other transfers.
  package var setup: [UInt8]
  /// The bytes sent, empty for a transfer to the host.
  package var payload: [UInt8]

  /// Makes a transfer from its parts.
  package init(
    sequence: UInt32,
    deviceID: UInt32,
    direction: USBIPDirection,
    endpoint: UInt32,
    transferByteCount: Int,
    setup: [UInt8] = [UInt8](repeating: 0, count: 8),
    payload: [UInt8] = []
  ) {
    (self.sequence, self.deviceID, self.direction) = (sequence, deviceID, direction)
    (self.endpoint, self.transferByteCount) = (endpoint, transferByteCount)
    (self.setup, self.payload) = (setup, payload)
  }
}

/// How a transfer ended: zero or a negative Linux error number, as the protocol has it.
package enum TransferStatus: Int32, Sendable {
  /// The transfer went through.
  case completed = 0
  /// EPIPE: the endpoint stalled, which is how a device refuses a control request.
  case stalled = -32
  /// EOVERFLOW: the device sent a packet that did not fit.
  case overflowed = -75
  /// ECONNRESET: the transfer was unlinked.
  case unlinked = -104
}

/// One exported device as the protocol describes it.
package struct USBIPDeviceDescription: Equatable, Sendable {
  /// The bus id by which clients import it, at most 31 bytes.
  package var busID: String
  /// The number of its bus.
  package var busNumber: UInt32
  /// Its number on that bus.
  package var deviceNumber: UInt32
  /// The vendor's USB id.
  package var vendor: UInt16
  /// The product's USB id.
  package var product: UInt16
  /// The device release in binary-coded decimal.
  package var release: UInt16

  /// Makes a description from its parts.
  package init(
    busID: String,
    busNumber: UInt32,
    deviceNumber: UInt32,
    vendor: UInt16,
    product: UInt16,
    release: UInt16
  ) {
    (self.busID, self.busNumber, self.deviceNumber) = (busID, busNumber, deviceNumber)
    (self.vendor, self.product, self.release) = (vendor, product, release)
  }

  /// What clients must put into every command: bus number and device number in one word.
  package var deviceID: UInt32 { busNumber << 16 | deviceNumber }
}

/// Why a connection is closed: what the client sent is not USB/IP as this server speaks it.
package enum USBIPError: Error, Equatable, CustomStringConvertible {
  /// The operation header names another protocol version.
  case unsupportedVersion(UInt16)
  /// Neither OP_REQ_DEVLIST nor OP_REQ_IMPORT.
  case unknownOperation(UInt16)
  /// A bus id without its terminating zero or not in UTF-8.
  case malformedBusID
  /// Neither CMD_SUBMIT nor CMD_UNLINK.
  case unknownCommand(UInt32)
  /// A direction that is neither in nor out.
  case unknownDirection(UInt32)
  /// A command for a device that this connection has not imported.
  case wrongDevice(found: UInt32, expected: UInt32)
  /// A transfer larger than the server allows.
  case transferTooLarge(byteCount: UInt32, limit: Int)
  /// An isochronous transfer; no endpoint of a NIRscan Nano is isochronous.
  case isochronousTransfer(packetCount: UInt32)
  /// More unanswered transfers than the server keeps.
  case tooManyPendingTransfers(limit: Int)

  package var description: String {
    switch self {
    case .unsupportedVersion(let found):
      "protocol version 0x\(String(found, radix: 16)), expected 0x111"
    case .unknownOperation(let code):
      "operation 0x\(String(code, radix: 16)), expected device list (0x8005) or import (0x8003)"
    case .malformedBusID: "bus id is not zero-terminated UTF-8"
    case .unknownCommand(let code): "command \(code), expected submit (1) or unlink (2)"
    case .unknownDirection(let code): "direction \(code), expected out (0) or in (1)"
    case .wrongDevice(let found, let expected):
      "device id 0x\(String(found, radix: 16)), imported was 0x\(String(expected, radix: 16))"
    case .transferTooLarge(let count, let limit):
      "transfer of \(count) bytes, at most \(limit) are allowed"
    case .isochronousTransfer(let count): "isochronous transfer of \(count) packets"
    case .tooManyPendingTransfers(let limit): "more than \(limit) unanswered transfers"
    }
  }
}
