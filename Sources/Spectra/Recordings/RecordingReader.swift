/// Reads recordings in every format that the program knows, told apart by how they begin.
package enum RecordingReader {
  /// Reads files and folders as one recording.
  ///
  /// Files come in the order given, those of a folder sorted by path. All must have the same
  /// wavelengths. What they say differently about the scanner is unknown in the result. `observe`
  /// is called after each file, and now and then within one.
  package static func read(
    paths: [String],
    options: RecordingReadOptions = .init(),
    observe: @escaping (RecordingReadEvent) -> Void = { _ in }
  ) throws(RecordingError) -> Recording {
    var assembly = RecordingAssembly()
    for path in paths {
      for (file, folder) in try files(of: path) {
        let scansBefore = assembly.scanCount
        let source = RecordingSource(
          file: file,
          bytes: try RecordingFile.read(file),
          folder: folder,
          options: options
        ) { event in
          guard case .progress(let file, let scans) = event else { return observe(event) }
          observe(.progress(file: file, scans: scansBefore + scans))
        }
        try assembly.add(try read(source), file: file)
        observe(.progress(file: file, scans: assembly.scanCount))
      }
    }
    guard let recording = assembly.recording, !recording.scans.isEmpty else {
      throw .empty(file: paths.first ?? "no file")
    }
    return recording
  }

  /// Reads the bytes of one file; `name` is its path, from which samples may take their names.
  ///
  /// A native recording that holds no scan yet is no error here.
  package static func read(
    bytes: [UInt8],
    name: String,
    options: RecordingReadOptions = .init(),
    observe: @escaping (RecordingReadEvent) -> Void = { _ in }
  ) throws(RecordingError) -> Recording {
    let folder = lastComponent(ofFolderOf: name)
    return try read(
      RecordingSource(
        file: name,
        bytes: bytes,
        folder: folder,
        options: options,
        observe: observe
      )
    )
  }

  private static func read(_ source: RecordingSource) throws(RecordingError) -> Recording {
    let first = source.bytes[source.contentStart...].first { $0 > UInt8(ascii: " ") }
    if first == UInt8(ascii: "{") { return try NativeRecordingReader.read(source) }
    if JCAMPReader.begins(source) { return try JCAMPReader.read(source) }
    var rows = CSVRows(source)
    guard try rows.next() else { throw .empty(file: source.file) }
    let firstCell = try rows.text(0)
    if InnoSpectraReader.begins(with: firstCell) { return try InnoSpectraReader.read(source) }
    if ScannerProgramReader.begins(with: firstCell) {
      return try ScannerProgramReader.read(source)
    }
    return try WideTableReader.read(source)
  }

  /// The files that a path stands for, each with the folder it lies in as samples are named by it.
  private static func files(
    of path: String
  ) throws(RecordingError) -> [(file: String, folder: String)] {
    guard try RecordingFile.isFolder(path) else { return [(path, lastComponent(ofFolderOf: path))] }
    let top = path.split(separator: "/").last.map(String.init) ?? ""
    let files = try RecordingFile.recordings(inFolder: path)
    if files.isEmpty { throw .empty(file: path) }
    return files.map { file in
      let inside = file.dropFirst(path.count).split(separator: "/").dropLast()
      return (file, inside.isEmpty ? top : inside.joined(separator: "/"))
    }
  }

  private static func lastComponent(ofFolderOf path: String) -> String {
    path.split(separator: "/").dropLast().last.map(String.init) ?? ""
  }
}
