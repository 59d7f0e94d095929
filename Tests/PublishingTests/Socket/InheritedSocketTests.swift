import Glibc
import LocalSockets
import Publishing
import Testing

/// A socket unit's part is played by the test: it binds, listens and keeps its own descriptor.
@Suite(.timeLimit(.minutes(1))) struct InheritedSocketTests {
  @Test func `an inherited socket is served and its file outlives the daemon`() async throws {
    let folder = try SocketFolder()
    let unit = try ForeignSocket(folder.socket, listens: true)
    for _ in 1...2 {
      let server = makeServer("/nowhere/p.sock") { $0.inheritedDescriptor = unit.duplicate() }
      // Connected before the daemon is there: the kernel keeps it waiting.
      let early = try TestClient(folder.socket)
      try await server.start()
      for client in [early, try TestClient(folder.socket)] {
        #expect(try client.line()?.hasPrefix(#"{"type":"hello""#) == true)
      }
      await server.shutdown()
      #expect(unsafe access(folder.socket, F_OK) == 0)
      #expect(unsafe access(folder.lock, F_OK) != 0)
      #expect(try early.line() == #"{"type":"bye","reason":"shutdown"}"#)
    }
  }

  @Test func `a descriptor that is no socket, or does not listen, is refused`() async throws {
    let folder = try SocketFolder()
    let silent = try ForeignSocket(folder.socket, listens: false)
    let file = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
    defer { close(file) }
    for descriptor in [silent.duplicate(), file, 9_999] {
      let server = makeServer(folder.socket) { $0.inheritedDescriptor = descriptor }
      let error = await #expect(throws: LocalSocketError.self) { try await server.start() }
      #expect(error == .notListening(descriptor: descriptor))
      await server.shutdown()
    }
  }
}
