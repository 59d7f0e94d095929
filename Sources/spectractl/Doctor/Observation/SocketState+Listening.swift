import FoundationEssentials
import Glibc

extension SocketState {
  /// How long to listen after the daemon has introduced itself: a real scan takes 1.6 seconds.
  private static let listeningTime = Duration.seconds(2)

  /// Connects to the prediction socket and listens until every ready scanner has scanned, or for
  /// two seconds.
  static func listening(at path: String) -> SocketState {
    do throws(ConnectionError) {
      var connection = try PredictionConnection(path: path, silenceSecondsMax: 2)
      guard let first = try connection.nextLine() else { return .silent }
      if let reason = Goodbye.reason(first) { return .refused(reason: reason) }
      guard var stream = StreamFacts(hello: first) else { return .silent }
      let end = ContinuousClock.now + listeningTime
      while ContinuousClock.now < end, stream.isWaitedFor {
        do throws(ConnectionError) {
          guard let line = try connection.nextLine() else { break }
          stream.take(line)
        } catch {
          // A daemon whose scanners wait has nothing to say.
          break
        }
      }
      return .answers(stream)
    } catch {
      return SocketState(error)
    }
  }

  private init(_ error: ConnectionError) {
    switch error {
    case .cannotConnect(_, ENOENT), .cannotConnect(_, ENOTDIR): self = .missing
    case .cannotConnect(_, ECONNREFUSED): self = .nobodyListens
    case .cannotConnect(_, EACCES): self = .forbidden
    case .silent: self = .silent
    default: self = .failed(error.description)
    }
  }
}

/// A line with which the daemon ends a connection.
private struct Goodbye: Decodable {
  var type: String
  var reason: String?

  static func reason(_ line: [UInt8]) -> String? {
    let goodbye = try? JSONDecoder().decode(Goodbye.self, from: Data(line))
    return goodbye?.type == "bye" ? goodbye?.reason ?? "no reason given" : nil
  }
}

extension StreamFacts {
  /// Whether a scanner that is ready has not been seen to scan.
  fileprivate var isWaitedFor: Bool {
    scanners.contains { $0.state != "disconnected" && $0.scan == nil }
  }
}
