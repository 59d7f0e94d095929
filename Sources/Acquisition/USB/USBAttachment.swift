/// One plugged-in scanner: where it is plugged in, and which plugging it is.
///
/// A scanner that comes back to the same port is another attachment: the kernel counts its device
/// addresses on.
package struct USBAttachment: Hashable, Sendable, CustomStringConvertible {
  /// Bus and ports as in sysfs, for example `1-1.2`.
  package let path: String
  /// The address on that bus, 1 to 127.
  package let deviceAddress: UInt8

  /// Names the device with this address at this place.
  package init(path: String, deviceAddress: UInt8) {
    (self.path, self.deviceAddress) = (path, deviceAddress)
  }

  /// The place, as clients read it.
  package var description: String { "usb:\(path)" }

  /// The device's node, which whoever uses the device has open.
  package var nodePath: String {
    let bus = path.split(separator: "-").first.map(String.init) ?? path
    return "/dev/bus/usb/\(threeDigits(bus))/\(threeDigits(String(deviceAddress)))"
  }
}

private func threeDigits(_ digits: String) -> String {
  String(repeating: "0", count: max(0, 3 - digits.utf8.count)) + digits
}
