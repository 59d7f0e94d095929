/// Which scanners the daemon reads: one item of its configuration.
///
/// `usb` is every scanner that is plugged into this machine; `usb:NAME` only the one that reports
/// the serial number NAME (command 02/33: the USB strings are the same on all units) or that is
/// plugged in at the port NAME, such as 1-1.2; the rest are addresses of USB/IP servers.
package enum ScannerSource: Sendable, Hashable, CustomStringConvertible {
  /// Every scanner on this machine's USB.
  case everyUSBScanner
  /// The scanner on this machine's USB with this serial number, or at this port.
  case usbScanner(name: String)
  /// One that a USB/IP server exports.
  case usbip(USBIPAddress)

  /// The longest name: a port behind six hubs has fewer characters, a serial number at most 8.
  package static let nameBytesMax = 31

  /// Reads a source from its text.
  package init(parsing text: String) throws(ScannerSourceError) {
    if text == "usb" {
      self = .everyUSBScanner
    } else if let name = text.suffix(after: "usb:") {
      guard (1...ScannerSource.nameBytesMax).contains(name.utf8.count),
        name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ",") })
      else { throw .badName(text) }
      self = .usbScanner(name: String(name))
    } else {
      self = .usbip(try USBIPAddress(parsing: text))
    }
  }

  /// The source as it is read, with the port of a USB/IP server.
  package var description: String {
    switch self {
    case .everyUSBScanner: "usb"
    case .usbScanner(let name): "usb:\(name)"
    case .usbip(let address): address.description
    }
  }
}

/// Why a text is no scanner's source; each case holds the text.
package enum ScannerSourceError: Error, Equatable, Sendable, CustomStringConvertible {
  case unknownScheme(String)
  case badName(String)
  case missingHost(String)
  case badPort(String)
  case relativePath(String)
  case pathTooLong(String)
  case missingBusID(String)
  case badBusID(String)

  /// What was found and what was expected.
  package var description: String {
    switch self {
    case .unknownScheme(let text):
      "\(text): expected usb, usb:NAME, usbip://host:port/busid or usbip+unix:///path/busid"
    case .badName(let text):
      "\(text): a serial number or port has 1 to \(ScannerSource.nameBytesMax) printable characters"
    case .missingHost(let text): "\(text): expected a host between // and /"
    case .badPort(let text): "\(text): expected a port from 1 to 65535 after the host"
    case .relativePath(let text): "\(text): expected an absolute path after usbip+unix://"
    case .pathTooLong(let text):
      "\(text): a socket path has at most \(USBIPAddress.pathBytesMax) bytes"
    case .missingBusID(let text): "\(text): expected a bus id such as 1-1 after the last /"
    case .badBusID(let text):
      "\(text): a bus id has 1 to \(USBIPAddress.busIDBytesMax) printable characters"
    }
  }
}
