import Foundation
import Synchronization

/// A client on a thread of its own that behaves like many do: it reads, dawdles, or vanishes.
final class LoadClient: Sendable {
  /// How it behaves.
  enum Manner: Sendable {
    /// Takes everything at once.
    case reading
    /// Takes little, then sleeps.
    case slow
    /// Connects, takes a little, goes without a word, and comes again.
    case vanishing
  }

  let manner: Manner
  private let watch = Mutex(SequenceWatch())
  private let isStopping = Atomic<Bool>(false)
  private let connections = Atomic<Int>(0)
  private let path: String

  init(_ manner: Manner, path: String) {
    (self.manner, self.path) = (manner, path)
    Thread.detachNewThread { [self] in run() }
  }

  /// What it has seen; of a vanishing client only its last connection.
  var seen: SequenceWatch { watch.withLock { $0 } }
  /// How often it has connected.
  var connectionCount: Int { connections.load(ordering: .relaxed) }

  func stop() { isStopping.store(true, ordering: .relaxed) }

  private func run() {
    var generator = SystemRandomNumberGenerator()
    while !isStopping.load(ordering: .relaxed) {
      guard let descriptor = LocalConnection.open(path) else {
        Thread.sleep(forTimeInterval: 0.05)
        continue
      }
      connections.add(1, ordering: .relaxed)
      watch.withLock { $0 = SequenceWatch() }
      let reads = manner == .vanishing ? Int.random(in: 0...20, using: &generator) : .max
      read(descriptor, times: reads)
      close(descriptor)
      if manner != .vanishing { return }
    }
  }

  private func read(_ descriptor: Int32, times: Int) {
    var buffer = [UInt8](repeating: 0, count: manner == .slow ? 2_048 : 1 << 16)
    var left = times
    while left > 0, !isStopping.load(ordering: .relaxed) {
      left -= 1
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      // SAFETY: one entry, alive during the call; below, at most the buffer's bytes are written.
      guard unsafe poll(&entry, 1, 200) > 0 else { continue }
      let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { return }
      watch.withLock { $0.take(buffer[..<count]) }
      if manner == .slow { Thread.sleep(forTimeInterval: 0.02) }
    }
  }
}

/// Connections to a Unix socket.
enum LocalConnection {
  /// A connected socket, or nil when nobody listens.
  static func open(_ path: String) -> Int32? {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // SAFETY: the path is shorter than `sun_path`, which is zero behind it.
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    // SAFETY: a `sockaddr_un` is a `sockaddr` of the size given.
    let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    guard isConnected else {
      close(descriptor)
      return nil
    }
    return descriptor
  }
}
