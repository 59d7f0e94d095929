import Glibc
import Publishing
import Testing

@Suite(.timeLimit(.minutes(1))) struct SocketFileTests {
  @Test(arguments: [0o600, 0o660, 0o666] as [UInt32])
  func `the socket has the permission bits that were asked for`(mode: UInt32) async throws {
    try await withServer {
      $0.socketMode = mode
    } run: { _, path in
      var status = stat()
      #expect(unsafe lstat(path, &status) == 0)
      #expect(status.st_mode == S_IFSOCK | mode)
    }
  }

  @Test func `the file of a program that no longer runs is replaced`() async throws {
    let folder = try SocketFolder()
    do { _ = try ForeignSocket(folder.socket, listens: true) }
    let server = makeServer(folder.socket)
    try await server.start()
    #expect(try TestClient(folder.socket).line()?.hasPrefix(#"{"type":"hello""#) == true)
    await server.shutdown()
  }

  @Test func `the socket of a program that runs is not taken`() async throws {
    let folder = try SocketFolder()
    let foreign = try ForeignSocket(folder.socket, listens: true)
    let server = makeServer(folder.socket)
    await #expect(throws: PublishingError.inUse(path: folder.socket)) { try await server.start() }
    await server.shutdown()
    #expect(unsafe access(folder.socket, F_OK) == 0)
    withExtendedLifetime(foreign) {}
  }

  @Test func `a file that is no socket is left alone`() async throws {
    let folder = try SocketFolder()
    close(unsafe creat(folder.socket, 0o600))
    let server = makeServer(folder.socket)
    await #expect(throws: PublishingError.notASocket(path: folder.socket)) {
      try await server.start()
    }
    await server.shutdown()
    #expect(unsafe access(folder.socket, F_OK) == 0)
  }

  @Test func `a missing folder and a path too long are named`() async throws {
    let folder = try SocketFolder()
    let missing = folder.path + "/none/p.sock"
    let long = folder.path + "/" + String(repeating: "x", count: 100)
    for (path, error) in [
      (missing, PublishingError.folderMissing(folder: folder.path + "/none", path: missing)),
      (long, .pathTooLong(path: long, byteCount: long.utf8.count, byteCountMax: 107)),
    ] {
      let server = makeServer(path)
      await #expect(throws: error) { try await server.start() }
      await server.shutdown()
    }
    #expect(
      PublishingError.folderMissing(folder: "/run/spectrad", path: "/run/spectrad/p.sock")
        .description == "/run/spectrad/p.sock: the folder /run/spectrad does not exist"
    )
  }

  @Test func `a shutdown leaves a file alone that took the socket's place`() async throws {
    let folder = try SocketFolder()
    let server = makeServer(folder.socket)
    try await server.start()
    _ = unsafe unlink(folder.socket)
    let foreign = try ForeignSocket(folder.socket, listens: true)
    await server.shutdown()
    #expect(unsafe access(folder.socket, F_OK) == 0)
    withExtendedLifetime(foreign) {}
  }
}
