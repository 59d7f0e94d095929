import Foundation
import Spectra
import Testing
import spectrasim

@Suite struct SynthesisFileTests {
  private let synthesis = BloodSynthesis(seed: 7, donors: 3, scansPerDonor: 2)

  @Test func `the file holds the recording, and writing it again changes no byte`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("x.scans.ndjson")
    var counts: [Int] = []
    try synthesis.write(toFile: path) { finished in
      counts.append(finished)
      return true
    }
    #expect(counts == [1, 2, 3])
    #expect(try RecordingReader.read(paths: [path]) == synthesis.recording())
    let bytes = try Data(contentsOf: URL(filePath: path))
    try synthesis.write(toFile: path)
    #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
    #expect(try folder.names == ["x.scans.ndjson"])
  }

  @Test func `a file that cannot be written is an error that names it`() {
    let path = "/nonexistent/folder/x.scans.ndjson"
    #expect(throws: SynthesisFileError.recording(.unwritable(file: path, code: ENOENT))) {
      try synthesis.write(toFile: path)
    }
  }

  @Test(arguments: [FileKind.folder, .symbolicLink, .other])
  func `what is no regular file is left alone, and nothing is left beside it`(
    kind: FileKind
  ) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("x.scans.ndjson")
    switch kind {
    case .folder:
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    case .symbolicLink:
      try FileManager.default.createSymbolicLink(
        atPath: path,
        withDestinationPath: folder.path("none")
      )
    default:
      // SAFETY: the text lives as long as the call.
      let status = unsafe mkfifo(path, 0o600)
      try #require(status == 0)
    }
    #expect(throws: SynthesisFileError.occupied(file: path, by: kind)) {
      try synthesis.write(toFile: path)
    }
    #expect(FileKind(at: path) == kind)
    #expect(try folder.names == ["x.scans.ndjson"])
  }

  @Test func `a stop leaves what was there before and nothing beside it`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("x.scans.ndjson", "before")
    #expect(
      throws: SynthesisFileError.stopped(file: path, finishedDonors: 2, donors: 3)
    ) {
      try synthesis.write(toFile: path) { $0 < 2 }
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "before")
    #expect(try folder.names == ["x.scans.ndjson"])
  }

  @Test func `the unfinished file of another run is left alone`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("x.scans.ndjson")
    _ = try folder.file("x.scans.ndjson.partial", "another's")
    _ = try folder.file("x.scans.ndjson.1.partial", "another's")
    try synthesis.write(toFile: path) { _ in
      #expect((try? folder.names)?.contains("x.scans.ndjson.\(getpid()).partial") == true)
      return true
    }
    for name in ["x.scans.ndjson.partial", "x.scans.ndjson.1.partial"] {
      #expect(try String(contentsOfFile: folder.path(name), encoding: .utf8) == "another's")
    }
  }

  @Test(
    arguments: [
      ("x.scans.ndjson", true), ("a/X.SCANS.NDJSON", true), ("x.ndjson", false), ("x.csv", false),
      ("x.scans.ndjson/", false), ("x", false), ("/dev/full", false), ("", false),
    ]
  )
  func `a name says what is written`(path: String, canWrite: Bool) {
    #expect(BloodSynthesis.canWrite(toFile: path) == canWrite)
  }
}
