internal import Glibc

/// Who else uses a scanner: a process that has its node open, or a driver of the kernel.
package enum USBNodeHolder: Equatable, Sendable {
  /// A program that has the node open.
  case process(identifier: Int32, name: String)
  /// A driver of the kernel that has the interface.
  case driver(name: String)
}

extension USBNodeHolder: CustomStringConvertible {
  /// The holder, as in "in use by ...".
  package var description: String {
    switch self {
    case .process(let identifier, let name): "\(name) (process \(identifier))"
    case .driver(let name): "the kernel's driver \(name)"
    }
  }
}

extension USBNodeHolder {
  /// Looks for whoever holds the scanner, or returns nil when that cannot be seen from here.
  ///
  /// Other users' processes show their files only to root. `root` is put before every path.
  package static func find(_ attachment: USBAttachment, below root: String = "") -> USBNodeHolder? {
    if let node = FileIdentity(root + attachment.nodePath) {
      let identifiers = names(in: root + "/proc").compactMap { Int32($0) }
      for identifier in identifiers where identifier != getpid() {
        let process = "\(root)/proc/\(identifier)"
        let holds = names(in: process + "/fd").contains {
          FileIdentity("\(process)/fd/\($0)") == node
        }
        if holds { return .process(identifier: identifier, name: processName(process)) }
      }
    }
    return driverName(attachment, below: root).map { .driver(name: $0) }
  }

  private static func driverName(_ attachment: USBAttachment, below root: String) -> String? {
    // Interface 0 of the only configuration.
    let link = "\(root)/sys/bus/usb/devices/\(attachment.path):1.0/driver"
    let target = unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(PATH_MAX)) {
      room in
      // SAFETY: the path is a C string for the call, and `room` as long as is said.
      let count = unsafe room.baseAddress.map { unsafe readlink(link, $0, room.count) } ?? 0
      return unsafe String(decoding: room.prefix(max(0, count)), as: UTF8.self)
    }
    guard let name = target.split(separator: "/").last else { return nil }
    // What user space holds is called so; which process it is, was not to be seen.
    return name == "usbfs" ? nil : String(name)
  }

  private static func processName(_ process: String) -> String {
    // SAFETY: the path is a C string for the call; at most as much is read as there is room for.
    let descriptor = unsafe open(process + "/comm", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "a process" }
    defer { close(descriptor) }
    let text = unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { room in
      let count = unsafe read(descriptor, room.baseAddress, room.count)
      return unsafe String(decoding: room.prefix(max(0, count)), as: UTF8.self)
    }
    return text.split(separator: "\n").first.map(String.init) ?? "a process"
  }

  private static func names(in folder: String) -> [String] {
    // SAFETY: an entry is valid until the next is read; its name is copied before that.
    guard let stream = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }
}

/// What tells whether two paths lead to the same file, whatever namespace they were opened in.
private struct FileIdentity: Equatable {
  let device: UInt
  let inode: UInt

  /// Follows links; nil when the path leads nowhere, or is not to be looked at.
  init?(_ path: String) {
    var status = stat()
    // SAFETY: the path is a C string and the structure lives for the call.
    guard unsafe stat(path, &status) == 0 else { return nil }
    (device, inode) = (UInt(status.st_dev), UInt(status.st_ino))
  }
}
