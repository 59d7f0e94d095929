import Glibc
import Service
import Testing

/// Sockets as systemd passes them: in a process of its own, from descriptor 3 on.
@Suite(.timeLimit(.minutes(1))) struct InheritedSocketsTests {
  @Test func `sockets are found by their names whatever their order`() async {
    await #expect(processExitsWith: .success) {
      announce([listening(), listening()], names: "control:predictions")
      let sockets = try InheritedSockets.take()
      guard sockets.control == 3, sockets.predictions == 4 else { fatalError("\(sockets)") }
    }
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
      announce([listening()], names: "predictions")
      unsafe setenv("LISTEN_PID", "1", 1)
      guard try InheritedSockets.take().predictions == nil else { fatalError("taken") }
    }
  }

  @Test func `a descriptor that is no listening socket is refused in words`() async {
    await #expect(processExitsWith: .success) {
      var pair: [CInt] = [0, 0]
      // SAFETY: the system writes two descriptors.
      unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair)
      expectRefusal(.noListeningUnixSocket("predictions"), of: [pair[0]], names: "predictions")
    }
    await #expect(processExitsWith: .success) {
      let file = unsafe open("/dev/null", O_RDWR)
      expectRefusal(.noListeningUnixSocket("control"), of: [file], names: "control")
    }
  }

  @Test func `names that the daemon does not know are refused in words`() async {
    await #expect(processExitsWith: .success) {
      expectRefusal(.unknownName("metrics"), of: [listening()], names: "metrics")
    }
    await #expect(processExitsWith: .success) {
      expectRefusal(
        .givenTwice("predictions"),
        of: [listening(), listening()],
        names: "predictions:predictions"
      )
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

/// Puts the descriptors where systemd puts them, 3 and up, and says so in the environment.
private func announce(_ descriptors: [CInt], names: String) {
  // First out of the way: one of them may sit where another belongs.
  let copies = descriptors.map { fcntl($0, F_DUPFD, 100) }
  for (index, copy) in copies.enumerated() { dup2(copy, 3 + CInt(index)) }
  unsafe setenv("LISTEN_FDS", "\(descriptors.count)", 1)
  unsafe setenv("LISTEN_PID", "\(getpid())", 1)
  unsafe setenv("LISTEN_FDNAMES", names, 1)
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

private func expectRefusal(_ expected: InheritedSocketError, of descriptors: [CInt], names: String)
{
  announce(descriptors, names: names)
  do throws(InheritedSocketError) {
    let sockets = try InheritedSockets.take()
    fatalError("taken: \(sockets)")
  } catch {
    guard error == expected else { fatalError("\(error)") }
  }
}
