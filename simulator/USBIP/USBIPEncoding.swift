import NIOCore

extension ByteBuffer {
  /// Writes OP_REP_DEVLIST: all devices, each with its one HID interface.
  package mutating func writeUSBIPDeviceList(_ devices: [USBIPDeviceDescription]) {
    writeMultipleIntegers(usbipVersion, UInt16(0x0005), UInt32(0), UInt32(devices.count))
    for device in devices {
      writeUSBIPDevice(device)
      // Interface class HID, no subclass, no protocol, one byte of padding.
      writeMultipleIntegers(UInt8(3), UInt8(0), UInt8(0), UInt8(0))
    }
  }

  /// Writes OP_REP_IMPORT; the device is described only when the import was accepted.
  package mutating func writeUSBIPImport(
    status: USBIPOperationStatus,
    device: USBIPDeviceDescription?
  ) {
    writeMultipleIntegers(usbipVersion, UInt16(0x0003), status.rawValue)
    if status == .accepted, let device { writeUSBIPDevice(device) }
  }

  /// Writes USBIP_RET_SUBMIT with the bytes that came from the device, if any.
  ///
  /// `actualByteCount` is what was transferred: for OUT the bytes taken, for IN `payload.count`.
  package mutating func writeUSBIPSubmitReply(
    sequence: UInt32,
    status: TransferStatus,
    actualByteCount: Int,
    payload: [UInt8] = []
  ) {
    // Device id, direction and endpoint are zero in replies; no start frame, not isochronous.
    writeMultipleIntegers(UInt32(3), sequence, UInt32(0), UInt32(0), UInt32(0))
    writeMultipleIntegers(
      status.rawValue,
      UInt32(actualByteCount),
      UInt32(0),
      UInt32.max,
      UInt32(0),
      UInt64(0)
    )
    writeBytes(payload)
  }

  /// Writes USBIP_RET_UNLINK: `unlinked` when the transfer was pending, else `completed`.
  package mutating func writeUSBIPUnlinkReply(sequence: UInt32, status: TransferStatus) {
    writeMultipleIntegers(UInt32(4), sequence, UInt32(0), UInt32(0), UInt32(0))
    writeInteger(status.rawValue)
    writeRepeatingByte(0, count: 24)
  }

  private mutating func writeUSBIPDevice(_ device: USBIPDeviceDescription) {
    writeText("/sys/devices/spectrasim/usb\(device.busNumber)/\(device.busID)", width: 256)
    writeText(device.busID, width: 32)
    // Speed 2 is full speed: 12 Mbit/s.
    writeMultipleIntegers(device.busNumber, device.deviceNumber, UInt32(2))
    writeMultipleIntegers(device.vendor, device.product, device.release)
    // Class, subclass and protocol are the interface's; configuration 1 of 1; one interface.
    writeMultipleIntegers(UInt8(0), UInt8(0), UInt8(0), UInt8(1), UInt8(1), UInt8(1))
  }

  /// Writes `text` padded with zeros to `width` bytes; at least one zero ends it.
  private mutating func writeText(_ text: String, width: Int) {
    let bytes = text.utf8.prefix(width - 1)
    writeBytes(bytes)
    writeRepeatingByte(0, count: width - bytes.count)
  }
}
