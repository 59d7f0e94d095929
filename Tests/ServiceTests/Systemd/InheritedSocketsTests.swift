import Glibc
import Service
import Testing

/// Sockets as systemd passes them.
///
/// That they begin at descriptor 3, where this process has others, is seen in `Tests/Lifecycle`,
/// where systemd passes them to the daemon.
@Suite(.timeLimit(.minutes(1))) struct InheritedSocketsTests {
  @Test func `sockets are found by their names whatever their order`() throws {
    let descriptors = [listening(), listening()]
    defer { descriptors.forEach { close($0) } }
    let sockets = try InheritedSockets([
      (name: "control", descriptor: descriptors[0]),
      (name: "predictions", descriptor: descriptors[1]),
    ])
    #expect(sockets.control == descriptors[0] && sockets.predictions == descriptors[1])
  }

  @Test func `without systemd there are none`() async {
    await #expect(processExitsWith: .success) {
      unsafe unsetenv("LISTEN_FDS")
      let sockets = try InheritedSockets.take()
      guard sockets.control == nil, sockets.predictions == nil else { fatalError("\(sockets)") }
    }
  }

  @Test func `sockets for another process are none of ours`() async {
    await #expect(processExitsWith: .success) {
      unsafe setenv("LISTEN_FDS", "1", 1)
      unsafe setenv("LISTEN_PID", "1", 1)
      unsafe setenv("LISTEN_FDNAMES", "predictions", 1)
      guard try InheritedSockets.take().predictions == nil else { fatalError("taken") }
    }
  }

  @Test func `a descriptor that is no listening socket is refused in words`() {
    var pair: [CInt] = [0, 0]
    // SAFETY: the system writes two descriptors.
    unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair)
    // SAFETY: libc copies the path before it returns.
    let file = unsafe open("/dev/null", O_RDWR)
    defer { (pair + [file]).forEach { close($0) } }
    #expect(throws: InheritedSocketError.noListeningUnixSocket("predictions")) {
      try InheritedSockets([(name: "predictions", descriptor: pair[0])])
    }
    #expect(throws: InheritedSocketError.noListeningUnixSocket("control")) {
      try InheritedSockets([(name: "control", descriptor: file)])
    }
  }

  @Test func `names that the daemon does not know are refused in words`() {
    let descriptors = [listening(), listening()]
    defer { descriptors.forEach { close($0) } }
    #expect(throws: InheritedSocketError.unknownName("metrics")) {
      try InheritedSockets([(name: "metrics", descriptor: descriptors[0])])
    }
    #expect(throws: InheritedSocketError.givenTwice("predictions")) {
      try InheritedSockets(descriptors.map { (name: "predictions", descriptor: $0) })
    }
  }

  @Test(arguments: [
    InheritedSocketError.unreadable(errno: EINVAL), .unknownName("x"), .givenTwice("x"),
    .noListeningUnixSocket("x"),
  ])
  func `each refusal says what was found`(error: InheritedSocketError) {
    #expect(error.description.count > 30)
  }
}

/// A Unix stream socket that listens at an address of the kernel's choice.
private func listening() -> CInt {
  let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  // SAFETY: an address of the family alone asks for a name of the kernel's choice.
  unsafe withUnsafePointer(to: &address) { pointer in
    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      _ = unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sa_family_t>.size))
    }
  }
  guard listen(descriptor, 1) == 0 else { fatalError("listen: error \(errno)") }
  return descriptor
}
