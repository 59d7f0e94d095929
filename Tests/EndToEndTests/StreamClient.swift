import Foundation
import Testing

/// A line of the prediction stream, with the members that tests look at.
struct StreamLine: Decodable, Sendable {
  var type: String
  var seq: Int?
  var time: String?
  var next: Int?
  var oldest: Int?
  var scanner: String?
  var state: String?
  var reason: String?
  var sample: String?
  var sampleId: String?
  var scans: Int?
  var final: Bool?
  var temperatureCelsius: Double?
  var relativeHumidityPercent: Double?
  var targets: [Target]?
  var quality: Quality?
  var reference: Reference?
  var scanners: Scanners?
  var latencyMicroseconds: Int?
  var demonstration: Bool?

  struct Target: Decodable, Sendable {
    var name: String
    var `class`: String?
    var probabilities: [String: Double]
    var reasons: [String]
  }

  struct Quality: Decodable, Equatable, Sendable {
    var accepted: Bool
    var reasons: [String]
  }

  /// The scanners that `hello` names; a heartbeat only counts them.
  struct Scanners: Decodable {
    var states: [String: String] = [:]

    struct Scanner: Decodable {
      var scanner: String
      var state: String
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if (try? container.decode(Int.self)) != nil { return }
      for scanner in try container.decode([Scanner].self) {
        states[scanner.scanner] = scanner.state
      }
    }
  }

  struct Reference: Decodable, Equatable {
    var kind: String?
    var ageSeconds: Double?
  }

  var isPrediction: Bool { type == "prediction" }
  var isFinal: Bool { isPrediction && final == true }

  /// All lines of a program's output.
  static func lines(of text: String) throws -> [StreamLine] {
    try text.split(separator: "\n").map { line in
      try JSONDecoder().decode(StreamLine.self, from: Data(line.utf8))
    }
  }
}

/// A connection to the prediction socket.
final class StreamClient {
  private let descriptor: Int32
  private var received: [UInt8] = []
  /// Every line so far.
  private(set) var lines: [StreamLine] = []

  /// Connects, waiting for the socket to appear.
  init(path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // SAFETY: the path is shorter than `sun_path`, which is zero behind it.
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let isConnected = eventually(seconds: 30) { [descriptor] in
      // SAFETY: a `sockaddr_un` is a `sockaddr` of the size given.
      unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
        }
      }
    }
    try #require(isConnected, "nobody listens at \(path)")
  }

  deinit { close(descriptor) }

  /// Reads lines until `isEnough`; false when that takes too long or the daemon closes.
  func read(seconds: Double = 60, until isEnough: ([StreamLine]) -> Bool) throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while !isEnough(lines) {
      guard ContinuousClock.now < deadline else { return false }
      guard try takeWhatArrives(within: 100) else { return isEnough(lines) }
    }
    return true
  }

  /// Reads like the method above, and lets other tests go on while it waits.
  func awaitLines(
    seconds: Double = 60,
    until isEnough: ([StreamLine]) -> Bool
  ) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while !isEnough(lines) {
      // Looked at first: other tests may have kept this one waiting beyond its time.
      let isLate = ContinuousClock.now >= deadline
      let count = lines.count
      guard try takeWhatArrives(within: 0) else { return isEnough(lines) }
      guard lines.count == count else { continue }
      if isLate { return isEnough(lines) }
      try await Task.sleep(for: .milliseconds(5))
    }
    return true
  }

  /// Takes what the daemon has written; false when it has closed.
  private func takeWhatArrives(within milliseconds: Int32) throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    // SAFETY: one entry, alive during the call; below, at most the buffer's bytes are written.
    guard unsafe poll(&entry, 1, milliseconds) > 0 else { return true }
    let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { return false }
    received += buffer[..<count]
    try takeLines()
    return true
  }

  private func takeLines() throws {
    var start = 0
    while let end = received[start...].firstIndex(of: UInt8(ascii: "\n")) {
      let line = Data(received[start..<end])
      lines.append(try JSONDecoder().decode(StreamLine.self, from: line))
      start = end + 1
    }
    received.removeFirst(start)
  }
}
