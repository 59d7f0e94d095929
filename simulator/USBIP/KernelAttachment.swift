import Glibc
import NIOCore
import NIOPosix

/// Plugs exported devices into this machine's kernel and plugs them in again when they return.
///
/// Everything happens on the server's event loop. It keeps itself and the devices alive until the
/// program ends, as nobody else may have them. A device that the kernel lets go of stays
/// unplugged, as its user wanted.
final class KernelAttachment {
  private let controller: VirtualHostController
  private let devices: ExportedDevices
  private let eventLoop: any EventLoop
  private let report: @Sendable (String) -> Void

  init(
    controller: VirtualHostController,
    devices: ExportedDevices,
    eventLoop: any EventLoop,
    report: @escaping @Sendable (String) -> Void
  ) {
    (self.controller, self.devices) = (controller, devices)
    (self.eventLoop, self.report) = (eventLoop, report)
  }

  /// Attaches every device; a device that leaves the bus and returns is attached anew.
  func attachAll() throws(AttachError) {
    for exported in devices.all {
      try attach(exported)
      exported.onReturn = { [self, unowned exported] in
        do throws(AttachError) {
          try attach(exported)
        } catch {
          report("\(exported.description.busID): \(error)")
        }
      }
    }
  }

  private func attach(_ exported: ExportedDevice) throws(AttachError) {
    let busID = exported.description.busID
    // Somebody else was faster to import it.
    guard case (let taken?, .accepted) = devices.importDevice(busID: busID) else { return }
    var isAttached = false
    defer { if !isAttached { taken.isImported = false } }
    let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    var ends: [CInt] = [-1, -1]
    // SAFETY: the system fills two descriptors.
    guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw .refused(path: "socketpair", code: errno)
    }
    // The kernel has its own reference to this end once it has taken it.
    defer { close(ends[1]) }
    do throws(AttachError) {
      let port = try controller.attach(socket: ends[1], deviceID: taken.description.deviceID)
      report("\(busID): attached to this machine's kernel at port \(port)")
    } catch {
      close(ends[0])
      throw error
    }
    isAttached = true
    serve(taken, on: ends[0])
  }

  private func serve(_ exported: ExportedDevice, on socket: CInt) {
    let connection = NIOLoopBound(
      USBIPConnection(devices: devices, imported: exported, report: report),
      eventLoop: eventLoop
    )
    let exported = NIOLoopBound(exported, eventLoop: eventLoop)
    ClientBootstrap(group: eventLoop)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(connection.value)
        }
      }
      .withConnectedSocket(socket)
      .whenFailure { [report] error in
        exported.value.isImported = false
        report("\(exported.value.description.busID): \(error)")
      }
  }
}
