import Glibc

/// vhci-hcd of this machine's kernel: a USB host controller whose devices are sockets.
package struct VirtualHostController: Sendable {
  /// The controller's folder in sysfs.
  package static let defaultFolder = "/sys/devices/platform/vhci_hcd.0"
  /// The kernel's number for a port that nobody uses.
  private static let freePortStatus = "004"
  /// 12 Mbit/s; such devices go to the ports of its high-speed hub.
  private static let fullSpeed = 2

  private let folder: String
  private let writeLine: @Sendable (_ line: String, _ path: String) -> CInt

  /// Uses the controller whose files are in `folder`.
  ///
  /// `writeLine` writes a line to a file and returns 0 or errno; tests are the kernel themselves.
  package init(
    folder: String = VirtualHostController.defaultFolder,
    writeLine: @escaping @Sendable (String, String) -> CInt = VirtualHostController.write
  ) {
    (self.folder, self.writeLine) = (folder, writeLine)
  }

  /// Gives the kernel one end of a stream socket as the device `deviceID`; returns its port.
  ///
  /// The kernel keeps the socket for itself, so the caller closes its descriptor afterwards.
  package func attach(socket: CInt, deviceID: UInt32) throws(AttachError) -> Int {
    let port = try freePort()
    let path = folder + "/attach"
    let code = writeLine(
      "\(port) \(socket) \(deviceID) \(VirtualHostController.fullSpeed)\n",
      path
    )
    guard code == 0 else { throw AttachError(path, code) }
    return port
  }

  /// The first free port of the controller's high-speed hub.
  private func freePort() throws(AttachError) -> Int {
    let path = folder + "/status"
    // SAFETY: both strings live during the call.
    guard let file = unsafe fopen(path, "re") else { throw AttachError(path, errno) }
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 14)
    // SAFETY: at most the whole buffer is filled, and the pointer is not kept.
    let count = unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe fread(buffer.baseAddress, 1, buffer.count, file)
    }
    // "hub port sta spd dev sockfd local_busid", one line a port.
    for line in String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count >= 3, fields[0] == "hs",
        fields[2] == VirtualHostController.freePortStatus, let port = Int(fields[1])
      else { continue }
      return port
    }
    throw .noFreePort(path: path)
  }

  /// Writes `line` to the existing file at `path` in one piece; returns 0 or errno.
  package static func write(_ line: String, to path: String) -> CInt {
    // SAFETY: the system reads the path during the call only.
    let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return errno }
    defer { close(descriptor) }
    let bytes = Array(line.utf8)
    // SAFETY: the pointer is used only inside the call that it is lent to.
    let count = unsafe bytes.withUnsafeBytes {
      unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
    }
    return count == bytes.count ? 0 : errno
  }
}

/// Why a device cannot be attached to this machine's kernel.
package enum AttachError: Error, Equatable, Sendable {
  /// The controller's files are not there.
  case noController(path: String)
  /// Only root may attach devices.
  case notPermitted(path: String)
  /// Every port has a device.
  case noFreePort(path: String)
  /// The kernel refuses for another reason; the code is errno.
  case refused(path: String, code: CInt)

  init(_ path: String, _ code: CInt) {
    switch code {
    case ENOENT, ENOTDIR: self = .noController(path: path)
    case EACCES, EPERM: self = .notPermitted(path: path)
    default: self = .refused(path: path, code: code)
    }
  }
}

extension AttachError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noController(let path):
      "\(path): not found; expected the kernel module vhci-hcd (as root: modprobe vhci-hcd)"
    case .notPermitted(let path): "\(path): not permitted; expected to run as root"
    case .noFreePort(let path): "\(path): found no free port; detach another device first"
    case .refused(let path, let code):
      // SAFETY: the C library's message is NUL-terminated and copied at once.
      "\(path): the kernel refuses: "
        + (unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)")
    }
  }
}
