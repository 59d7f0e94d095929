import ArgumentParser
import Spectra

/// What stands behind an option is not what it takes; ArgumentParser says what was found.
package struct UnexpectedArgument: Error, CustomStringConvertible {
  /// What the option takes.
  package let expected: String

  package var description: String { "expected \(expected)" }
}

extension ListenAddress {
  /// Reads HOST:PORT, the host in brackets when it is an IPv6 address.
  package static func tcp(argument: String) throws(UnexpectedArgument) -> ListenAddress {
    guard let colon = argument.lastIndex(of: ":"),
      let port = UInt16(argument[argument.index(after: colon)...])
    else { throw unexpectedTCP }
    var host = argument[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty else { throw unexpectedTCP }
    return .tcp(host: String(host), port: Int(port))
  }

  /// Reads the path of a Unix socket.
  package static func unix(argument: String) throws(UnexpectedArgument) -> ListenAddress {
    guard (1...unixPathByteLimit).contains(argument.utf8.count) else {
      throw UnexpectedArgument(expected: "a path of 1 to \(unixPathByteLimit) bytes")
    }
    return .unix(path: argument)
  }

  private static let unexpectedTCP = UnexpectedArgument(
    expected: "HOST:PORT such as 127.0.0.1:3240 or [::1]:3240"
  )
}

/// FIRST:LAST in nanometres.
struct NanometreRange {
  let range: ClosedRange<Double>

  init(argument: String) throws(UnexpectedArgument) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let first = Double(parts[0]), let last = Double(parts[1]),
      first.isFinite, last.isFinite, first < last
    else { throw UnexpectedArgument(expected: "FIRST:LAST in nanometres, such as 900:1700") }
    range = first...last
  }
}

extension PlaybackSpeed {
  private static let factors = 0.001...1_000_000

  /// Reads `max` or a factor from 0.001 to 1000000.
  package init(argument: String) throws(UnexpectedArgument) {
    if argument == "max" {
      self = .unlimited
    } else if let factor = Double(argument), PlaybackSpeed.factors.contains(factor) {
      self = .factor(factor)
    } else {
      throw UnexpectedArgument(expected: "max or a factor from 0.001 to 1000000")
    }
  }
}

extension Maker: ExpressibleByArgument {}

extension SamplePattern: ExpressibleByArgument {
  /// Reads a pattern from the command line.
  package init?(argument: String) { self.init(argument) }
}
