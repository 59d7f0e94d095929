import Glibc

/// Where `make install` put what belongs to this program.
enum InstalledFiles {
  /// `PREFIX/share/spectrad`, as seen from the program in `PREFIX/bin`.
  ///
  /// Found from the program's own place, so that any PREFIX works.
  static let shareFolder: String = {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    // SAFETY: the system writes at most as many bytes as the buffer has.
    let count = unsafe readlink("/proc/self/exe", &bytes, bytes.count)
    guard count > 0 else { return "/usr/share/spectrad" }
    let path = String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let prefix = path.split(separator: "/").dropLast(2).joined(separator: "/")
    return "/" + (prefix.isEmpty ? "" : prefix + "/") + "share/spectrad"
  }()
}
