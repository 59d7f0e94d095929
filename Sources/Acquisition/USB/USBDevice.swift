internal import CLibUSB

/// A reference to one of libusb's devices.
///
/// SAFETY: libusb counts the references with atomics, and what is read here never changes.
@safe final class USBDevice: @unchecked Sendable {
  /// libusb's device, valid as long as `self`.
  let pointer: OpaquePointer
  let attachment: USBAttachment

  /// Adds a reference to a device that the caller holds.
  init(retaining pointer: OpaquePointer) {
    unsafe libusb_ref_device(pointer)
    unsafe self.pointer = pointer
    unsafe attachment = USBDevice.attachment(of: pointer)
  }

  deinit { unsafe libusb_unref_device(pointer) }

  private static func attachment(of device: OpaquePointer) -> USBAttachment {
    // USB allows seven tiers, of which the root hub is the first.
    var ports: [7 of UInt8] = .init(repeating: 0)
    var span = ports.mutableSpan
    // SAFETY: libusb writes at most as many bytes as it is told to, during the call.
    let count = unsafe span.withUnsafeMutableBufferPointer { buffer in
      unsafe libusb_get_port_numbers(device, buffer.baseAddress, Int32(buffer.count))
    }
    let chain = (0..<max(0, Int(count))).map { String(ports[$0]) }.joined(separator: ".")
    let bus = unsafe String(libusb_get_bus_number(device))
    return USBAttachment(
      path: "\(bus)-\(chain)",
      deviceAddress: unsafe libusb_get_device_address(device)
    )
  }
}
