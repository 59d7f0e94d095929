/// Where a scanner is: `usbip://host:port/busid` or `usbip+unix:///path/busid`.
package struct ScannerAddress: Sendable, Hashable, CustomStringConvertible {
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
  package init(parsing text: String) throws(ScannerAddressError) {
    if let rest = text.suffix(after: "usbip+unix://") {
      (endpoint, busID) = try ScannerAddress.unixEndpoint(rest, of: text)
    } else if let rest = text.suffix(after: "usbip://") {
      (endpoint, busID) = try ScannerAddress.tcpEndpoint(rest, of: text)
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
  ) throws(ScannerAddressError) -> (Endpoint, String) {
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
  ) throws(ScannerAddressError) -> (Endpoint, String) {
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
  ) throws(ScannerAddressError) -> String {
    guard !busID.isEmpty else { throw .missingBusID(text) }
    guard busID.utf8.count <= busIDBytesMax,
      busID.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") })
    else { throw .badBusID(text) }
    return String(busID)
  }
}

/// Why a text is no scanner's address; each case holds the text.
package enum ScannerAddressError: Error, Equatable, Sendable, CustomStringConvertible {
  case unknownScheme(String)
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
      "\(text): expected usbip://host:port/busid or usbip+unix:///path/busid"
    case .missingHost(let text): "\(text): expected a host between // and /"
    case .badPort(let text): "\(text): expected a port from 1 to 65535 after the host"
    case .relativePath(let text): "\(text): expected an absolute path after usbip+unix://"
    case .pathTooLong(let text):
      "\(text): a socket path has at most \(ScannerAddress.pathBytesMax) bytes"
    case .missingBusID(let text): "\(text): expected a bus id such as 1-1 after the last /"
    case .badBusID(let text):
      "\(text): a bus id has 1 to \(ScannerAddress.busIDBytesMax) printable characters"
    }
  }
}

extension String {
  fileprivate func suffix(after prefix: String) -> Substring? {
    hasPrefix(prefix) ? self[index(startIndex, offsetBy: prefix.count)...] : nil
  }
}
