import Foundation
import Testing

/// Who may read and who may control is told by the process that connects, not by what it says.
@Suite(.enabled(if: geteuid() == 0, "needs root, to become somebody else"))
struct PermissionTests {
  /// Runs a call as a user of these groups and returns the reply.
  private static func reply(
    to method: String,
    user: Int,
    groups: [Int],
    _ laboratory: Laboratory
  ) throws -> String {
    let output = laboratory.folder.path("reply-\(UUID().uuidString)")
    let script = """
      import socket, sys
      s = socket.socket(socket.AF_UNIX); s.settimeout(10); s.connect(sys.argv[1])
      s.sendall(b'{"method":"io.spectrad.%s"}\\0' % sys.argv[2].encode())
      print(s.recv(65536).decode())
      """
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/setpriv")
    let membership =
      groups.isEmpty
      ? ["--clear-groups"] : ["--groups", groups.map(String.init).joined(separator: ",")]
    process.arguments =
      ["--reuid", "\(user)", "--regid", "\(user)"] + membership
      + ["/usr/bin/python3", "-c", script, laboratory.controlSocket, method]
    try Data().write(to: URL(filePath: output))
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output))
    process.standardError = FileHandle.nullDevice
    try process.run()
    let isOver = eventually(seconds: 20) { !process.isRunning }
    try #require(isOver)
    return try String(contentsOfFile: output, encoding: .utf8)
  }

  @Test func `groups decide, and whoever may control may read`() throws {
    // Groups that every Debian has: users may read, games may control.
    let (reading, controlling) = (100, 60)
    let laboratory = try Laboratory()
    // SAFETY: the path is NUL-terminated for the call.
    _ = unsafe chmod(laboratory.folder.path, 0o755)
    let daemon = try laboratory.startDaemon(
      settings: ["control.readGroup=users", "control.controlGroup=games"]
    )
    let cases: [(groups: [Int], method: String, expected: String)] = [
      ([], "GetStatus", #""error":"io.spectrad.NotPermitted""#),
      ([], "GetStatus", #""group":"users""#),
      ([reading], "GetStatus", #""summary""#),
      ([reading], "Reload", #""error":"io.spectrad.NotPermitted""#),
      ([reading], "Reload", #""group":"games""#),
      ([controlling], "GetStatus", #""summary""#),
      ([controlling], "Reload", #""applied""#),
      ([2, 3, controlling], "Reload", #""applied""#),
    ]
    for (groups, method, expected) in cases {
      let reply = try PermissionTests.reply(to: method, user: 4_242, groups: groups, laboratory)
      #expect(reply.contains(expected), "\(groups) \(method): \(reply)\(daemon.errors)")
    }
    let asRoot = try PermissionTests.reply(to: "Reload", user: 0, groups: [], laboratory)
    #expect(asRoot.contains(#""applied""#), "\(asRoot)")
  }
}
