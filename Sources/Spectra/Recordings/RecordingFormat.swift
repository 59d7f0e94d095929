/// The formats that recordings are written in; read formats are told by how a file begins.
enum RecordingFormat {
  /// `*.scans.ndjson`: a header line, then one JSON object per scan.
  case native
  /// One line per scan, one column per wavelength.
  case wide

  /// Whether a file in a folder is taken for a recording.
  static func isRecording(named name: String) -> Bool {
    RecordingFormat(writing: name) != nil
  }

  /// The format that a file is written in because of its name, or nil.
  init?(writing path: String) {
    let name = path.lowercased()
    if name.hasSuffix(".scans.ndjson") {
      self = .native
    } else if name.hasSuffix(".csv") {
      self = .wide
    } else {
      return nil
    }
  }
}
