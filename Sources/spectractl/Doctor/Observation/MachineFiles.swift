import Glibc

/// The files of this machine, or below a folder that stands for one in tests.
package struct MachineFiles: Sendable {
  /// What is put before every path; empty for this machine.
  package let root: String

  /// Looks below `root`.
  package init(root: String = "") { self.root = root }

  /// More than any list of groups or users has; what is longer is cut.
  private static let bytesMax = 1 << 20

  /// The text of a file of the kernel or of a table; nil when it cannot be read.
  func text(_ path: String) -> String? {
    let descriptor = unsafe open(root + path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    // The kernel's own files do not tell their sizes.
    var buffer = [UInt8](repeating: 0, count: 4096)
    while bytes.count < MachineFiles.bytesMax {
      // SAFETY: at most as many bytes are written as the buffer has.
      let count = unsafe read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return count == 0 ? String(decoding: bytes, as: UTF8.self) : nil }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The text without the spaces and the line's end around it.
  func word(_ path: String) -> String? {
    guard let text = text(path) else { return nil }
    return text.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
  }

  /// The names in a folder, sorted; nil when it cannot be listed.
  func names(in path: String) -> [String]? {
    // SAFETY: an entry is valid until the next is read; its name is copied before that.
    guard let stream = unsafe opendir(root + path) else { return nil }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// The last part of what a symbolic link leads to; nil when there is no such link.
  func linkName(_ path: String) -> String? {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    // SAFETY: at most as many bytes are written as the buffer has.
    let count = unsafe readlink(root + path, &bytes, bytes.count)
    guard count > 0 else { return nil }
    let target = String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return target.split(separator: "/").last.map(String.init)
  }

  /// Whether there is such a name, be it a link to nowhere.
  func exists(_ path: String) -> Bool {
    var status = stat()
    // SAFETY: the system reads the path and writes one stat during the call.
    return unsafe lstat(root + path, &status) == 0
  }

  /// Who may use the file; nil when it is not there.
  func node(_ path: String) -> NodeFacts? {
    var status = stat()
    // SAFETY: the system reads the paths and writes one stat during the calls.
    guard unsafe stat(root + path, &status) == 0 else { return nil }
    return NodeFacts(
      groupID: status.st_gid,
      mode: status.st_mode & 0o777,
      isOpenable: unsafe access(root + path, R_OK | W_OK) == 0
    )
  }
}
