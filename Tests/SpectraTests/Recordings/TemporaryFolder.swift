import Glibc
import Spectra

/// A folder of its own for one test; removed with all that is in it when its value ends.
struct TemporaryFolder: ~Copyable {
  let path: String

  init() throws {
    var template = Array("/tmp/spectra-tests-XXXXXX".utf8CString)
    // SAFETY: the template is NUL-terminated and outlives the call, which fills in the Xs.
    let isMade = unsafe template.withUnsafeMutableBufferPointer { buffer in
      unsafe buffer.baseAddress.map { unsafe mkdtemp($0) } != nil
    }
    guard isMade else { throw FolderError.cannotBeMade(code: errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { TemporaryFolder.remove(path) }

  /// Writes a file, making the folders it lies in, and returns its path.
  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    var folder = path
    for component in name.split(separator: "/").dropLast() {
      folder += "/" + component
      // SAFETY: here and below the C library reads the path and the bytes during the call only.
      _ = unsafe mkdir(folder, 0o777)
    }
    let file = path + "/" + name
    guard let stream = unsafe fopen(file, "w") else { throw FolderError.cannotBeMade(code: errno) }
    let written = unsafe fwrite(bytes, 1, bytes.count, stream)
    unsafe fclose(stream)
    guard written == bytes.count else { throw FolderError.cannotBeMade(code: errno) }
    return file
  }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }

  /// The bytes of a file, or nil when it is not there.
  func read(_ name: String) -> [UInt8]? { TemporaryFolder.bytes(ofFile: path + "/" + name) }

  /// The bytes of any file, or nil when it is not there.
  static func bytes(ofFile path: String) -> [UInt8]? {
    guard let stream = unsafe fopen(path, "r") else { return nil }
    defer { unsafe fclose(stream) }
    var bytes: [UInt8] = []
    while case let byte = unsafe getc(stream), byte != EOF { bytes.append(UInt8(byte)) }
    return bytes
  }

  /// The names in the folder, sorted.
  func names() -> [String] { TemporaryFolder.names(in: path) }

  private enum FolderError: Error {
    case cannotBeMade(code: CInt)
  }

  private static func names(in folder: String) -> [String] {
    guard let stream = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  private static func remove(_ path: String) {
    guard unsafe unlink(path) != 0 else { return }
    for name in names(in: path) { remove(path + "/" + name) }
    _ = unsafe rmdir(path)
  }
}
