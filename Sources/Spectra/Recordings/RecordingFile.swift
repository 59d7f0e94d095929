import Glibc

/// Reads whole files and lists folders for the recording readers.
enum RecordingFile {
  /// The largest file that is read: months of scans, but no disk image.
  private static let byteMaximum = 1 << 30
  private static let depthMaximum = 16

  /// Reads all bytes of a file.
  static func read(_ path: String) throws(RecordingError) -> [UInt8] {
    let openFile = try OpenFile(reading: path)
    let size = try openFile.byteCount()
    guard size <= byteMaximum else {
      throw .tooLarge(file: path, bytes: size, limitBytes: byteMaximum)
    }
    // A pipe has no size; a file may still grow while it is read.
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size + 1)
    while true {
      let count = try openFile.read(appendingTo: &bytes)
      if count == 0 { return bytes }
      guard bytes.count <= byteMaximum else {
        throw .tooLarge(file: path, bytes: bytes.count, limitBytes: byteMaximum)
      }
    }
  }

  /// Whether `path` is a folder.
  static func isFolder(_ path: String) throws(RecordingError) -> Bool {
    try mode(of: path) & S_IFMT == S_IFDIR
  }

  /// The recordings in a folder and the folders in it, sorted by path.
  ///
  /// Recordings are files named `*.csv` or `*.scans.ndjson`, and `*.jdx` or `*.dx` in a folder that
  /// holds none of those: the scanners' programs save the same scan in both forms. Hidden names are
  /// passed over.
  static func recordings(inFolder path: String) throws(RecordingError) -> [String] {
    var found: [String] = []
    try collect(path, depth: 0, into: &found)
    return found.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
  }

  private static func collect(
    _ folder: String,
    depth: Int,
    into found: inout [String]
  ) throws(RecordingError) {
    // A link that leads back to its own folder ends here.
    guard depth <= depthMaximum else { throw .unreadable(file: folder, code: ELOOP) }
    var tables: [String] = []
    var spectra: [String] = []
    for name in try names(inFolder: folder) where !name.hasPrefix(".") {
      let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
      if try isFolder(path) {
        try collect(path, depth: depth + 1, into: &found)
      } else {
        switch RecordingFormat(writing: name) {
        case .native?, .wide?: tables.append(path)
        case .jcamp?: spectra.append(path)
        case nil: break
        }
      }
    }
    found += tables.isEmpty ? spectra : tables
  }

  private static func names(inFolder folder: String) throws(RecordingError) -> [String] {
    // SAFETY: the stream is closed on every way out and each entry is copied before the next.
    guard let stream = unsafe opendir(folder) else {
      throw .unreadable(file: folder, code: errno)
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    errno = 0
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      names.append(name)
      errno = 0
    }
    guard errno == 0 else { throw .unreadable(file: folder, code: errno) }
    return names
  }

  private static func mode(of path: String) throws(RecordingError) -> mode_t {
    var status = stat()
    // SAFETY: `status` outlives the call.
    guard unsafe stat(path, &status) == 0 else { throw .unreadable(file: path, code: errno) }
    return status.st_mode
  }
}
