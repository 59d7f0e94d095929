import CSystemd
import Glibc

/// The listening sockets that systemd opened for this process; none when it opened none.
///
/// They stay systemd's: clients wait in them while the daemon restarts, and their files, modes and
/// groups are the socket units'. The daemon accepts from them and never removes them.
package struct InheritedSockets: Equatable, Sendable {
  /// The descriptor of the predictions' socket, `FileDescriptorName=predictions`.
  package private(set) var predictions: CInt?
  /// The descriptor of the Varlink socket, `FileDescriptorName=control`.
  package private(set) var control: CInt?

  /// Takes what LISTEN_FDS and LISTEN_FDNAMES announce; call it once, early.
  ///
  /// - Throws: `InheritedSocketError` when a descriptor is none that the daemon can serve.
  package static func take() throws(InheritedSocketError) -> InheritedSockets {
    try InheritedSockets(announcedDescriptors())
  }

  /// Sorts descriptors by their names and looks at what each is.
  ///
  /// - Throws: `InheritedSocketError`.
  package init(_ announced: [(name: String, descriptor: CInt)]) throws(InheritedSocketError) {
    for (name, descriptor) in announced {
      let place: WritableKeyPath<InheritedSockets, CInt?>
      switch name {
      case "predictions": place = \.predictions
      case "control": place = \.control
      default: throw .unknownName(name)
      }
      guard self[keyPath: place] == nil else { throw .givenTwice(name) }
      guard sd_is_socket_unix(descriptor, Int32(SOCK_STREAM.rawValue), 1, nil, 0) > 0 else {
        throw .noListeningUnixSocket(name)
      }
      self[keyPath: place] = descriptor
    }
  }

  private static func announcedDescriptors() throws(InheritedSocketError)
    -> [(name: String, descriptor: CInt)]
  {
    var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    // SAFETY: the library allocates the array and its texts; they are freed below. The environment
    // stays as it is: other threads may be reading it, and LISTEN_PID keeps it from children.
    let count = unsafe sd_listen_fds_with_names(0, &names)
    guard count >= 0 else { throw .unreadable(errno: -count) }
    guard count > 0, let names = unsafe names else { return [] }
    defer { unsafe free(names) }
    return (0..<Int(count)).map { index in
      // SAFETY: the library gives `count` texts, each its own allocation.
      let text = unsafe names[index]
      defer { unsafe free(text) }
      let name = unsafe text.map { unsafe String(cString: $0) } ?? ""
      return (name, SD_LISTEN_FDS_START + CInt(index))
    }
  }
}

/// Why a descriptor that systemd passed cannot be served: the socket unit has to be changed.
package enum InheritedSocketError: Error, Equatable, CustomStringConvertible {
  /// The variables that announce descriptors cannot be read.
  case unreadable(errno: CInt)
  /// No socket of the daemon has this name.
  case unknownName(String)
  /// Two descriptors have the same name.
  case givenTwice(String)
  /// The descriptor of this name is something else.
  case noListeningUnixSocket(String)

  package var description: String {
    switch self {
    case .unreadable(let number):
      "LISTEN_FDS cannot be understood: \(unsafe String(cString: strerror(number)))"
    case .unknownName(let name):
      "systemd passed a socket named '\(name)', expected predictions or control "
        + "(FileDescriptorName= in its socket unit)"
    case .givenTwice(let name):
      "systemd passed two sockets named '\(name)', expected one: give each socket unit its own "
        + "FileDescriptorName= and a single ListenStream="
    case .noListeningUnixSocket(let name):
      "the socket '\(name)' that systemd passed is no listening Unix stream socket, expected "
        + "ListenStream=/PATH and Accept=no in its socket unit"
    }
  }
}
