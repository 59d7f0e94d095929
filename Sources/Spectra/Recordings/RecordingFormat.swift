/// The formats that recordings are written in; read formats are told by how a file begins.
enum RecordingFormat {
  /// `*.scans.ndjson`: a header line, then one JSON object per scan.
  case native
  /// `*.csv`: one line per scan, one column per wavelength.
  case wide
  /// `*.jdx` and `*.dx`: JCAMP-DX, one block per scan.
  case jcamp

  /// The endings that a file to write may have, as a message lists them.
  static let endings = ".scans.ndjson, .csv, .jdx or .dx"

  /// The format that a file is written in because of its name, or nil.
  init?(writing path: String) {
    let name = path.lowercased()
    if name.hasSuffix(".scans.ndjson") {
      self = .native
    } else if name.hasSuffix(".csv") {
      self = .wide
    } else if name.hasSuffix(".jdx") || name.hasSuffix(".dx") {
      self = .jcamp
    } else {
      return nil
    }
  }
}
