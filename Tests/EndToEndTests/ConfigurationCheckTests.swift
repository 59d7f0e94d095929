import Testing

@Suite struct ConfigurationCheckTests {
  @Test func `check-config prints every key with its value`() throws {
    let folder = try TemporaryFolder()
    let result = try ProgramResult(
      "spectrad",
      ["--check-config", "--set", "sample.scans=7", "--socket", "/tmp/p.sock", "--bundle", ""],
      in: folder
    )
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("\nSAMPLE_SCANS=7\n"))
    #expect(result.output.contains("\nPREDICTIONS_SOCKET=/tmp/p.sock\n"))
    #expect(result.output.contains("\nBUNDLE_PATH=\n"))
    #expect(result.output.contains("# sample.silenceSeconds: "))
    #expect(result.errors.isEmpty)
  }

  @Test func `an unknown key ends the daemon with the nearest known one`() throws {
    let folder = try TemporaryFolder()
    let result = try ProgramResult(
      "spectrad",
      ["--check-config", "--set", "sample.silence=1"],
      in: folder
    )
    #expect(result.status == 78)
    #expect(
      result.errors.contains(
        "command line: unknown key “sample.silence”; did you mean “sample.scans”?"
      )
    )
    #expect(result.output.isEmpty)
  }

  @Test func `a file that somebody names must be there`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("none.conf")
    let result = try ProgramResult("spectrad", ["--check-config", "--config", path], in: folder)
    #expect(result.status == 78)
    #expect(result.errors.contains("\(path): cannot be read: No such file or directory"))
  }
}
