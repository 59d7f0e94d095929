import Glibc

/// The bundles in the state directory and which of them is selected.
///
/// Each is a folder named after the bundle; `selected` is a symbolic link to one of them, so that an
/// administrator sees with `ls` what a start will use.
package struct InstalledBundles: Sendable {
  /// The folder that holds them.
  package let folder: String

  private static let selectionName = "selected"

  /// Looks into `folder`, which need not exist.
  package init(folder: String) { self.folder = folder }

  /// Whether a bundle of this name can be installed: the name of a visible file, at most 64 bytes.
  package static func isName(_ name: String) -> Bool {
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "-"):
        true
      default: false
      }
    }
    return isPlain && (1...64).contains(name.utf8.count) && !name.hasPrefix(".")
      && name != selectionName
  }

  /// The names of all installed bundles, sorted.
  package var names: [String] {
    guard let stream = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    // SAFETY: the entry is valid until the next call; its name is copied at once.
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      if InstalledBundles.isName(name), isBundle(path(of: name)) { names.append(name) }
    }
    return names.sorted()
  }

  /// The folder of the bundle called `name`.
  package func path(of name: String) -> String { folder + "/" + name }

  /// The name of the selected bundle, or nil when none is.
  package var selectedName: String? {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    // SAFETY: the system writes at most as many bytes as the buffer has.
    let count = unsafe readlink(path(of: InstalledBundles.selectionName), &bytes, bytes.count)
    guard count > 0 else { return nil }
    let name = String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return InstalledBundles.isName(name) ? name : nil
  }

  /// Selects the bundle called `name` for later starts: the link is replaced as a whole.
  package func select(_ name: String) throws(FileError) {
    let link = path(of: InstalledBundles.selectionName)
    let draft = link + ".new"
    // What a crash left there is in the way.
    _ = unsafe unlink(draft)
    guard unsafe symlink(name, draft) == 0 else { throw FileError(path: draft, errno: errno) }
    guard unsafe rename(draft, link) == 0 else { throw FileError(path: link, errno: errno) }
    FileContents.syncFolder(of: link)
  }

  private func isBundle(_ path: String) -> Bool {
    unsafe access(path + "/bundle.json", R_OK) == 0
  }
}
