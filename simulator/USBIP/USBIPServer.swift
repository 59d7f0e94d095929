import NIOCore
import NIOPosix

/// Exports virtual scanners over USB/IP until it is stopped.
///
/// One event loop serves all listeners, connections and devices, so no state is shared by threads.
package final class USBIPServer: Sendable {
  /// Where it really listens: the port is the chosen one.
  package let addresses: [ListenAddress]
  private let group: MultiThreadedEventLoopGroup

  /// Listens on every address; `report` receives one line per event, on the server's thread.
  ///
  /// With a `controller` all devices are attached to it first.
  ///
  /// - Throws: `ListenError` when an address cannot be bound, `AttachError` when a device cannot be
  ///   attached; nothing is left running.
  package init(
    recordings: [PlayableRecording],
    options: NanoDevice.Options,
    faults: FaultScript = FaultScript(),
    addresses: [ListenAddress],
    attachingTo controller: VirtualHostController? = nil,
    report: @escaping @Sendable (String) -> Void
  ) throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      let loop = group.next()
      let devices = try loop.submit {
        let now = MonotonicClock.nanoseconds()
        let devices = recordings.enumerated().map { index, recording in
          var options = options
          options.faults += faults.faults(ofDevice: index + 1)
          return NanoDevice(recording: recording, options: options, now: now)
        }
        let exported = ExportedDevices(devices, eventLoop: loop, report: report)
        if let controller {
          let attachment = KernelAttachment(
            controller: controller,
            devices: exported,
            eventLoop: loop,
            report: report
          )
          try attachment.attachAll()
        }
        return NIOLoopBound(exported, eventLoop: loop)
      }.wait()
      let listening = try addresses.map { address in
        let listener = try USBIPServer.listen(
          on: address,
          group: group,
          devices: devices,
          report: report
        )
        return address.withPort(of: listener)
      }
      self.group = group
      self.addresses = listening
    } catch {
      try? group.syncShutdownGracefully()
      throw error
    }
  }

  /// Closes listeners and connections; SwiftNIO removes the sockets' files.
  package func stop() throws { try group.syncShutdownGracefully() }

  private static func listen(
    on address: ListenAddress,
    group: MultiThreadedEventLoopGroup,
    devices: NIOLoopBound<ExportedDevices>,
    report: @escaping @Sendable (String) -> Void
  ) throws(ListenError) -> any Channel {
    if case .unix(let path) = address, let kind = FileKind(at: path), kind != .socket {
      throw .occupied(path: path, by: kind)
    }
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 16)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let connection = USBIPConnection(devices: devices.value, report: report)
          try channel.pipeline.syncOperations.addHandler(connection)
        }
      }
    do {
      switch address {
      case .tcp(let host, let port):
        // Replies are small and each is waited for; a vanished host must not keep its device.
        return try bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
          .childChannelOption(.socketOption(.so_keepalive), value: 1)
          .bind(host: host, port: port).wait()
      case .unix(let path):
        return try bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true)
          .wait()
      }
    } catch {
      throw ListenError(address, error)
    }
  }
}
