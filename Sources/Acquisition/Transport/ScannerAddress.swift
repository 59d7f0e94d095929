/// Where one scanner is reached, for as long as it stays there.
package enum ScannerAddress: Sendable, Hashable, CustomStringConvertible {
  /// Exported by a USB/IP server; it may go and come back under the same address.
  case usbip(USBIPAddress)
  /// Plugged into this machine; another plugging is another address.
  case usb(USBAttachment)

  /// The address as operators read it: `usb:1-1.2`, or the USB/IP address with its port.
  package var description: String {
    switch self {
    case .usbip(let address): address.description
    case .usb(let attachment): attachment.description
    }
  }
}
