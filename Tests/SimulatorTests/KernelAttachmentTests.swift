import Foundation
import Synchronization
import Testing
import spectrasim

/// The simulator as it attaches devices to a kernel, which the tests play.
struct KernelAttachmentTests {
  /// What the kernel of Debian 12 shows with one device attached.
  private static let status = """
    hub port sta spd dev      sockfd local_busid
    hs  0000 006 002 00010002 000003 1-1
    hs  0001 004 000 00000000 000000 0-0
    hs  0002 004 000 00000000 000000 0-0
    ss  0008 004 000 00000000 000000 0-0

    """

  /// A kernel that takes every device: it keeps a descriptor of its own for the socket.
  private final class Kernel: Sendable {
    private let taken = Mutex<[(line: String, socket: CInt)]>([])

    func take(_ line: String) {
      let descriptor = line.split(separator: " ").dropFirst().first.flatMap { CInt($0) } ?? -1
      taken.withLock { $0.append((line, dup(descriptor))) }
    }

    /// The device that was attached as number `index`, when it has been.
    func device(_ index: Int) throws -> (line: String, client: USBIPTestClient) {
      for _ in 0..<400 {
        let found = taken.withLock { $0.count > index ? $0[index] : nil }
        guard let (line, socket) = found else {
          usleep(5_000)
          continue
        }
        let deviceID = line.split(separator: " ").dropFirst(2).first.flatMap { UInt32($0) } ?? 0
        return (line, USBIPTestClient(socket: socket, deviceID: deviceID))
      }
      throw USBIPTestClient.Failure.unexpected("device \(index) was not attached")
    }
  }

  @Test
  func `every device is attached at a free port, and again when it comes back`() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("status", KernelAttachmentTests.status)
    let kernel = Kernel()
    let attachFile = folder.path("attach")
    let controller = VirtualHostController(folder: folder.path) { line, path in
      kernel.take(line)
      return path == attachFile ? 0 : EINVAL
    }
    let server = try FaultServer(
      script: "device 2 scan 1 unplug before start, replug after 20 ms",
      attachingTo: controller
    )
    let (line, first) = try kernel.device(0)
    // Port 1 is the first free one; device 1-1 is 1 << 16 | 2; full speed is 2.
    #expect(line.hasPrefix("1 "))
    #expect(line.hasSuffix(" 65538 2\n"))
    #expect(try first.command("C0 02 02 00 33 02").count == 12)
    let (_, second) = try kernel.device(1)
    #expect(second.deviceID == 65_539)
    try second.submit(.out, endpoint: 1, byteCount: 7, payload: [0x40, 8, 3, 0, 0x18, 2, 0])
    #expect(second.isClosedByServer())
    let (_, again) = try kernel.device(2)
    #expect(again.deviceID == 65_539)
    #expect(try again.command("40 08 03 00 18 02 00") == [0x40, 0x08, 0, 0])
    #expect(server.reports.contains("1-2: attached to this machine's kernel at port 1"))
    #expect(throws: USBIPTestClient.Failure.self, "the kernel has it") {
      try USBIPTestClient(path: server.path).importDevice("1-1")
    }
  }

  @Test
  func `a device that the kernel lets go of can be imported by others`() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("status", KernelAttachmentTests.status)
    let kernel = Kernel()
    let server = try FaultServer(
      script: "",
      scanners: 1,
      attachingTo: VirtualHostController(folder: folder.path) { line, _ in
        kernel.take(line)
        return 0
      }
    )
    do { _ = try kernel.device(0) }
    #expect(try server.importDevice("1-1").command("C0 02 02 00 33 02").count == 12)
  }

  @Test
  func `the line is what the kernel's file receives`() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("status", KernelAttachmentTests.status)
    let file = try folder.file("attach", "")
    let port = try VirtualHostController(folder: folder.path).attach(socket: 7, deviceID: 65_538)
    #expect(port == 1)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "1 7 65538 2\n")
  }

  @Test
  func `what is missing is named with what to do`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    func error(_ controller: VirtualHostController) -> String? {
      do throws(AttachError) {
        _ = try controller.attach(socket: 7, deviceID: 1)
        return nil
      } catch {
        return error.description
      }
    }
    let noModule = error(VirtualHostController(folder: path))
    #expect(noModule?.contains("status: not found; expected the kernel module vhci-hcd") == true)
    _ = try folder.file("status", "hub port sta\nhs  0000 006 002\n")
    let full = error(VirtualHostController(folder: path))
    #expect(full == "\(path)/status: found no free port; detach another device first")
    _ = try folder.file("status", KernelAttachmentTests.status)
    let forbidden = error(VirtualHostController(folder: path) { _, _ in EACCES })
    #expect(forbidden == "\(path)/attach: not permitted; expected to run as root")
    let refused = error(VirtualHostController(folder: path) { _, _ in EINVAL })
    #expect(refused == "\(path)/attach: the kernel refuses: Invalid argument")
  }
}
