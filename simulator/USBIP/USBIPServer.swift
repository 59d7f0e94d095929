import Glibc
import NIOCore
import NIOPosix

/// Where the server listens.
package enum ListenAddress: Equatable, Sendable, CustomStringConvertible {
  /// A TCP address; port 0 lets the system choose.
  case tcp(host: String, port: Int)
  /// A Unix stream socket; an old socket at the path is replaced.
  case unix(path: String)

  package var description: String {
    switch self {
    case .tcp(let host, let port): "tcp://\(host):\(port)"
    case .unix(let path): "unix://\(path)"
    }
  }
}

/// Exports virtual scanners over USB/IP until it is stopped.
///
/// One event loop serves all listeners, connections and devices, so no state is shared by threads.
package final class USBIPServer: Sendable {
  /// Where it really listens: the port is the chosen one.
  package let addresses: [ListenAddress]
  private let group: MultiThreadedEventLoopGroup

  /// Listens on every address; `report` receives one line per event, on the server's thread.
  ///
  /// - Throws: what the system says when an address cannot be bound; nothing is left running.
  package init(
    recordings: [PlayableRecording],
    options: NanoDevice.Options,
    addresses: [ListenAddress],
    report: @escaping @Sendable (String) -> Void
  ) throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      let loop = group.next()
      let devices = try loop.submit {
        let now = MonotonicClock.nanoseconds()
        let devices = recordings.map { NanoDevice(recording: $0, options: options, now: now) }
        return NIOLoopBound(ExportedDevices(devices), eventLoop: loop)
      }.wait()
      let listeners = try addresses.map { address in
        try USBIPServer.listen(on: address, group: group, devices: devices, report: report)
      }
      self.group = group
      self.addresses = zip(addresses, listeners).map { address, listener in
        guard case .tcp(let host, _) = address, let port = listener.localAddress?.port else {
          return address
        }
        return .tcp(host: host, port: port)
      }
    } catch {
      try? group.syncShutdownGracefully()
      throw error
    }
  }

  /// Closes listeners and connections and removes the sockets' files.
  package func stop() throws {
    try group.syncShutdownGracefully()
    // SAFETY: the string lends its NUL-terminated bytes for the call.
    for case .unix(let path) in addresses { unsafe unlink(path) }
  }

  private static func listen(
    on address: ListenAddress,
    group: MultiThreadedEventLoopGroup,
    devices: NIOLoopBound<ExportedDevices>,
    report: @escaping @Sendable (String) -> Void
  ) throws -> any Channel {
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 16)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let connection = USBIPConnection(devices: devices.value, report: report)
          try channel.pipeline.syncOperations.addHandler(connection)
        }
      }
    switch address {
    case .tcp(let host, let port):
      // Replies are small and each is waited for; a host that vanished must not keep its device.
      return try bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .childChannelOption(.socketOption(.so_keepalive), value: 1)
        .bind(host: host, port: port).wait()
    case .unix(let path):
      return try bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true)
        .wait()
    }
  }
}
