import Glibc
import LocalSockets
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
    await #expect(throws: LocalSocketError.inUse(path: folder.socket)) { try await server.start() }
    await server.shutdown()
    #expect(unsafe access(folder.socket, F_OK) == 0)
    withExtendedLifetime(foreign) {}
  }

  @Test func `a socket that is bound but does not listen yet is not taken`() async throws {
    let folder = try SocketFolder()
    // Another daemon between its `bind` and its `listen`.
    let lock = unsafe open(folder.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    defer { close(lock) }
    try #require(flock(lock, LOCK_EX | LOCK_NB) == 0)
    let foreign = try ForeignSocket(folder.socket, listens: false)
    let server = makeServer(folder.socket)
    await #expect(throws: LocalSocketError.inUse(path: folder.socket)) { try await server.start() }
    await server.shutdown()
    #expect(unsafe access(folder.socket, F_OK) == 0)
    withExtendedLifetime(foreign) {}
  }

  @Test func `of daemons that start together one listens and the others are told`() async throws {
    for _ in 1...10 {
      let folder = try SocketFolder()
      // What a crash leaves behind, so that each of them finds something to remove.
      do { _ = try ForeignSocket(folder.socket, listens: true) }
      let servers = (1...8).map { _ in makeServer(folder.socket) }
      let started = await withTaskGroup { group in
        for server in servers {
          group.addTask {
            do throws(LocalSocketError) {
              try await server.start()
              return true
            } catch {
              #expect(error == .inUse(path: folder.socket))
              return false
            }
          }
        }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(started == 1)
      #expect(try TestClient(folder.socket).line()?.hasPrefix(#"{"type":"hello""#) == true)
      for server in servers { await server.shutdown() }
      #expect(unsafe access(folder.socket, F_OK) != 0)
    }
  }

  @Test func `a daemon that says bye leaves the path to the next`() async throws {
    let folder = try SocketFolder()
    for _ in 1...2 {
      let server = makeServer(folder.socket)
      try await server.start()
      #expect(try TestClient(folder.socket).line()?.hasPrefix(#"{"type":"hello""#) == true)
      await server.shutdown()
    }
  }

  @Test func `a lock that is a link is not followed`() async throws {
    let folder = try SocketFolder()
    #expect(unsafe symlink(folder.path + "/elsewhere", folder.lock) == 0)
    let server = makeServer(folder.socket)
    let error = await #expect(throws: LocalSocketError.self) { try await server.start() }
    await server.shutdown()
    #expect(
      error?.description
        == "\(folder.lock): open failed: Too many levels of symbolic links (errno \(ELOOP))"
    )
    #expect(unsafe access(folder.path + "/elsewhere", F_OK) != 0)
  }

  @Test func `a file that is no socket is left alone`() async throws {
    let folder = try SocketFolder()
    close(unsafe creat(folder.socket, 0o600))
    let server = makeServer(folder.socket)
    await #expect(throws: LocalSocketError.notASocket(path: folder.socket)) {
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
      (missing, LocalSocketError.folderMissing(folder: folder.path + "/none", path: missing)),
      (long, .pathTooLong(path: long, byteCount: long.utf8.count, byteCountMax: 107)),
    ] {
      let server = makeServer(path)
      await #expect(throws: error) { try await server.start() }
      await server.shutdown()
    }
    #expect(
      LocalSocketError.folderMissing(folder: "/run/spectrad", path: "/run/spectrad/p.sock")
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
