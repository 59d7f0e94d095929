import Glibc
import Service
import Testing

/// Each test runs in a process of its own: the address is an environment variable.
@Suite(.timeLimit(.minutes(1))) struct NotifySocketTests {
  @Test func `systemd reads one message for each thing it is told`() async {
    await #expect(processExitsWith: .success) {
      let listener = try DatagramListener()
      unsafe setenv("NOTIFY_SOCKET", listener.path, 1)
      let manager = NotifySocket()
      manager.ready(status: "serving 1 scanner")
      manager.status("a line\nSTOPPING=1")
      manager.reloading(monotonicNanoseconds: 5_000_001)
      manager.alive()
      manager.stopping(status: "writing what waits")
      let expected = [
        "READY=1\nSTATUS=serving 1 scanner",
        "STATUS=a line STOPPING=1",
        "RELOADING=1\nMONOTONIC_USEC=5000",
        "WATCHDOG=1",
        "STOPPING=1\nSTATUS=writing what waits",
      ]
      for message in expected {
        let found = listener.receive()
        guard found == message else { fatalError("found \(found), expected \(message)") }
      }
    }
  }

  @Test func `without systemd nothing is told and nothing goes wrong`() async {
    await #expect(processExitsWith: .success) {
      unsafe unsetenv("NOTIFY_SOCKET")
      NotifySocket().ready(status: "serving")
      NotifySocket().alive()
    }
  }
}

/// A datagram socket such as systemd's, in an abstract name that needs no file.
final class DatagramListener {
  let path: String
  private let descriptor: CInt

  init() throws {
    path = "@spectrad-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = [0] + Array(path.utf8.dropFirst())
    // SAFETY: the name is far shorter than the address's 108 bytes.
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
    // SAFETY: the address lives through the call and `length` bytes of it are set.
    let code = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, length)
      }
    }
    guard code == 0 else { throw SystemError(number: errno) }
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    // SAFETY: the limit lives through the call.
    unsafe setsockopt(
      descriptor,
      SOL_SOCKET,
      SO_RCVTIMEO,
      &limit,
      socklen_t(MemoryLayout<timeval>.size)
    )
  }

  deinit { close(descriptor) }

  /// The next message, or what went wrong.
  func receive() -> String {
    var bytes = [UInt8](repeating: 0, count: 4_096)
    // SAFETY: at most as many bytes are written as the array has.
    let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
    guard count >= 0 else { return "nothing: error \(errno)" }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}

/// A system call that failed.
struct SystemError: Error {
  let number: CInt
}
