import Testing
import spectrasim

struct ListenAddressTests {
  @Test(
    arguments: [
      ("127.0.0.1:3240", .tcp(host: "127.0.0.1", port: 3240)),
      ("[::1]:0", .tcp(host: "::1", port: 0)), ("localhost:1", .tcp(host: "localhost", port: 1)),
      ("3240", nil), (":3240", nil), ("localhost", nil), ("localhost:65536", nil), ("", nil),
    ] as [(String, ListenAddress?)]
  )
  func `a TCP address is a host and a port`(text: String, expected: ListenAddress?) {
    #expect((try? ListenAddress.tcp(argument: text)) == expected)
  }

  @Test(arguments: [(0, false), (1, true), (103, true), (104, false)])
  func `the path of a Unix socket fits into an address`(byteCount: Int, fits: Bool) {
    let path = String(repeating: "x", count: byteCount)
    #expect((try? ListenAddress.unix(argument: path)) == (fits ? .unix(path: path) : nil))
  }

  @Test
  func `a server that cannot have all its addresses leaves none behind`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("text", "kept")
    #expect(throws: ListenError.occupied(path: path, by: .regularFile)) {
      try USBIPServer(
        recordings: [InventedScanner.recording()],
        options: NanoDevice.Options(),
        addresses: [.unix(path: folder.path("first.sock")), .unix(path: path)],
        report: { _ in }
      )
    }
    #expect(try folder.names == ["text"])
  }

  @Test
  func `an old socket is replaced`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("old.sock")
    let servers = try (0..<2).map { _ in
      try USBIPServer(
        recordings: [InventedScanner.recording()],
        options: NanoDevice.Options(),
        addresses: [.unix(path: path)],
        report: { _ in }
      )
    }
    #expect(FileKind(at: path) == .socket)
    for server in servers { try server.stop() }
    #expect(try folder.names == [])
  }
}
