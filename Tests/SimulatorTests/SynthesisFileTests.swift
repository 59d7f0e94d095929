import Glibc
import Spectra
import Testing
import spectrasim

@Suite struct SynthesisFileTests {
  private let synthesis = BloodSynthesis(seed: 7, donors: 3, scansPerDonor: 2)

  @Test func `the file holds the recording, and writing it again changes no byte`() throws {
    let path = "/tmp/spectrasim-synthesized-\(getpid()).scans.ndjson"
    // SAFETY: the texts live as long as the calls.
    defer { unsafe unlink(path) }
    var counts: [Int] = []
    try synthesis.write(toFile: path) { counts.append($0) }
    #expect(counts == [1, 2, 3])
    #expect(try RecordingReader.read(paths: [path]) == synthesis.recording())
    try synthesis.write(toFile: path)
    #expect(try RecordingReader.read(paths: [path]) == synthesis.recording())
    let partIsGone = unsafe access(path + ".partial", F_OK) != 0
    #expect(partIsGone)
  }

  @Test func `a file that cannot be written is an error that names it`() {
    let path = "/nonexistent/folder/x.scans.ndjson"
    #expect {
      try synthesis.write(toFile: path)
    } throws: {
      String(describing: $0).contains(path)
    }
  }
}
