/// A scanner that a USB/IP server exports: `usbip://host:port/busid` or `usbip+unix:///path/busid`.
package struct USBIPAddress: Sendable, Hashable, CustomStringConvertible {
  /// How the USB/IP server that exports the scanner is reached.
  package enum Endpoint: Sendable, Hashable {
    /// A host name or numeric address, and a port.
    case tcp(host: String, port: UInt16)
    /// The path of a Unix socket.
    case unix(path: String)
  }

  /// The port that USB/IP servers listen on when the address names none.
  package static let defaultPort: UInt16 = 3240
  /// The longest bus id in UTF-8 bytes: 32 on the wire with its NUL.
  package static let busIDBytesMax = 31
  /// The longest socket path in UTF-8 bytes: 108 in the kernel's structure with its NUL.
  package static let pathBytesMax = 107

  /// How the server is reached.
  package let endpoint: Endpoint
  /// The device's name on that server, for example `1-1`.
  package let busID: String

  /// Reads an address from its text.
  package init(parsing text: String) throws(ScannerSourceError) {
    if let rest = text.suffix(after: "usbip+unix://") {
      (endpoint, busID) = try USBIPAddress.unixEndpoint(rest, of: text)
    } else if let rest = text.suffix(after: "usbip://") {
      (endpoint, busID) = try USBIPAddress.tcpEndpoint(rest, of: text)
    } else {
      throw .unknownScheme(text)
    }
  }

  /// The address as it is read, with its port.
  package var description: String {
    switch endpoint {
    case .tcp(let host, let port):
      "usbip://" + (host.contains(":") ? "[\(host)]" : host) + ":\(port)/\(busID)"
    case .unix(let path): "usbip+unix://\(path)/\(busID)"
    }
  }

  private static func unixEndpoint(
    _ rest: Substring,
    of text: String
  ) throws(ScannerSourceError) -> (Endpoint, String) {
    guard rest.first == "/" else { throw .relativePath(text) }
    guard let slash = rest.lastIndex(of: "/"), slash > rest.startIndex else {
      throw .missingBusID(text)
    }
    let path = String(rest[..<slash])
    guard path.utf8.count <= pathBytesMax, !path.utf8.contains(0) else { throw .pathTooLong(text) }
    return (.unix(path: path), try checkedBusID(rest[rest.index(after: slash)...], of: text))
  }

  private static func tcpEndpoint(
    _ rest: Substring,
    of text: String
  ) throws(ScannerSourceError) -> (Endpoint, String) {
    guard let slash = rest.firstIndex(of: "/") else { throw .missingBusID(text) }
    let busID = try checkedBusID(rest[rest.index(after: slash)...], of: text)
    let authority = rest[..<slash]
    // A bracketed IPv6 address holds colons of its own.
    let hostEnd: Substring.Index
    if authority.first == "[" {
      guard let bracket = authority.firstIndex(of: "]") else { throw .missingHost(text) }
      hostEnd = authority.index(after: bracket)
    } else {
      hostEnd = authority.firstIndex(of: ":") ?? authority.endIndex
    }
    var host = authority[..<hostEnd]
    if host.first == "[" { host = host.dropFirst().dropLast() }
    guard !host.isEmpty, !host.utf8.contains(0) else { throw .missingHost(text) }
    guard hostEnd < authority.endIndex else {
      return (.tcp(host: String(host), port: defaultPort), busID)
    }
    guard authority[hostEnd] == ":",
      let port = UInt16(authority[authority.index(after: hostEnd)...]), port > 0
    else { throw .badPort(text) }
    return (.tcp(host: String(host), port: port), busID)
  }

  private static func checkedBusID(
    _ busID: Substring,
    of text: String
  ) throws(ScannerSourceError) -> String {
    guard !busID.isEmpty else { throw .missingBusID(text) }
    guard busID.utf8.count <= busIDBytesMax,
      busID.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") })
    else { throw .badBusID(text) }
    return String(busID)
  }
}

extension String {
  /// What follows `prefix`; nil when the text does not begin with it.
  func suffix(after prefix: String) -> Substring? {
    hasPrefix(prefix) ? self[index(startIndex, offsetBy: prefix.count)...] : nil
  }
}
