import FoundationEssentials
import Glibc
import LocalSockets
import NIOCore
import NIOPosix
import Varlink

/// A server with a `TestService` at a socket in a folder of its own.
struct TestServer {
  let path: String
  let service: TestService
  let server: VarlinkServer
  let loop: any EventLoop

  /// Runs `test` with a server, which is gone afterwards.
  static func run(
    _ change: (inout VarlinkSettings) -> Void = { _ in },
    service: TestService = TestService(),
    below parent: String = FileManager.default.temporaryDirectory.path,
    _ test: (TestServer) async throws -> Void
  ) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let folder = try TemporaryFolder(below: parent)
    var settings = VarlinkSettings(product: "test", version: "1.2.3", url: "https://example.org")
    change(&settings)
    let path = folder.path + "/io.spectrad"
    let server = VarlinkServer(eventLoop: group.next(), settings: settings, service: service)
    try await server.start(on: .path(path, mode: 0o600))
    let all = TestServer(path: path, service: service, server: server, loop: group.next())
    do {
      try await test(all)
    } catch {
      await server.shutdown()
      try? await group.shutdownGracefully()
      throw error
    }
    await server.shutdown()
    try await group.shutdownGracefully()
  }

  /// Runs `work` on a thread that may wait, with a new connection.
  ///
  /// Tests and answers share few threads: a test that waited on one of them could wait for ever.
  func client<Result: Sendable>(
    _ work: @escaping @Sendable (RawConnection) throws -> Result
  ) async throws -> Result {
    let path = path
    return try await blocking { try work(try RawConnection(path: path)) }
  }

  /// The first reply to a call on a connection of its own.
  func answer(to call: String) async throws -> String? {
    try await client { try $0.call(call)?.replacing("\n", with: "") }
  }

  /// Waits until the counters are as wanted; the last ones are returned in any case.
  func counters(until isWanted: (VarlinkCounters) -> Bool) async throws -> VarlinkCounters {
    for _ in 0..<3_000 where !isWanted(server.counters) {
      try await Task.sleep(for: .milliseconds(10))
    }
    return server.counters
  }
}

/// Runs what waits on a thread that may.
func blocking<Result: Sendable>(
  _ work: @escaping @Sendable () throws -> Result
) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    let thread = BlockingThread { continuation.resume(with: Swift.Result(catching: work)) }
    thread.start()
  }
}

/// A thread for one piece of work.
private final class BlockingThread: Sendable {
  private let work: @Sendable () -> Void

  init(_ work: @escaping @Sendable () -> Void) { self.work = work }

  func start() {
    var thread = pthread_t()
    // SAFETY: the thread takes over the reference that is passed to it.
    let this = unsafe Unmanaged.passRetained(self).toOpaque()
    let status = unsafe pthread_create(
      &thread,
      nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        // SAFETY: the reference that `start` passed.
        unsafe Unmanaged<BlockingThread>.fromOpaque(argument).takeRetainedValue().work()
        return nil
      },
      this
    )
    precondition(status == 0, "a thread can be had")
    pthread_detach(thread)
  }
}

/// A folder that goes with the value.
struct TemporaryFolder: ~Copyable {
  let path: String

  init(below parent: String = FileManager.default.temporaryDirectory.path) throws {
    path = parent + "/varlink-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension PeerCredentials {
  /// What the kernel must tell about the tests themselves.
  static func ofThisProcess() -> PeerCredentials {
    var groups = [gid_t](repeating: 0, count: 1 << 16)
    // SAFETY: the call writes at most as many groups as the array has.
    let count = unsafe getgroups(CInt(groups.count), &groups)
    return PeerCredentials(
      processId: getpid(),
      userId: geteuid(),
      groupId: getegid(),
      groups: Array(groups.prefix(Int(max(0, count))))
    )
  }
}
