import ArgumentParser
import Spectra

/// HOST:PORT, the host in brackets when it is an IPv6 address.
struct TCPAddress: ExpressibleByArgument {
  let address: ListenAddress

  init?(argument: String) {
    guard let colon = argument.lastIndex(of: ":"),
      let port = UInt16(argument[argument.index(after: colon)...])
    else { return nil }
    var host = argument[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty else { return nil }
    address = .tcp(host: String(host), port: Int(port))
  }
}

/// FIRST:LAST in nanometres.
struct NanometreRange: ExpressibleByArgument {
  let range: ClosedRange<Double>

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let first = Double(parts[0]), let last = Double(parts[1]),
      first.isFinite, last.isFinite, first < last
    else { return nil }
    range = first...last
  }
}

extension PlaybackSpeed: ExpressibleByArgument {
  /// Reads `max` or a factor from 0.001 to 1000000.
  package init?(argument: String) {
    if argument == "max" {
      self = .unlimited
    } else if let factor = Double(argument), (0.001...1_000_000).contains(factor) {
      self = .factor(factor)
    } else {
      return nil
    }
  }

  /// How the help shows the default.
  package var defaultValueDescription: String {
    switch self {
    case .unlimited: "max"
    case .factor(let factor): String(factor)
    }
  }
}

extension SamplePattern: ExpressibleByArgument {
  /// Reads a pattern from the command line.
  package init?(argument: String) { self.init(argument) }
}
