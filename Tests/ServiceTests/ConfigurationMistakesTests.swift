import Service
import Testing

@Suite struct ConfigurationMistakesTests {
  private static func mistakes(
    settings: [String] = [],
    environment: [String: String] = [:],
    file: String? = nil
  ) async throws -> (mistakes: [ConfigurationError], path: String) {
    let folder = try TemporaryFolder()
    var loader = ConfigurationLoader(settings: settings, environment: environment, filePath: nil)
    loader.filePath = folder.path + "/spectrad.conf"
    if let file { try folder.write(file, to: "spectrad.conf") }
    switch await loader.load() {
    case .success: return ([], loader.filePath)
    case .failure(let errors): return (errors.mistakes, loader.filePath)
    }
  }

  @Test func `an unknown key of the command line is told with the nearest known one`() async throws
  {
    let found = try await Self.mistakes(settings: ["sample.scan=5"])
    let error = ConfigurationError.unknownKey(
      layer: "command line",
      key: "sample.scan",
      nearest: "sample.scans"
    )
    #expect(found.mistakes == [error])
    #expect(
      error.description == "command line: unknown key “sample.scan”; did you mean “sample.scans”?"
    )
  }

  @Test func `an unknown key of the environment is told with the nearest known one`() async throws {
    let found = try await Self.mistakes(environment: ["SPECTRAD_LOGLEVEL": "info"])
    #expect(
      found.mistakes == [
        .unknownKey(
          layer: "environment",
          key: "SPECTRAD_LOGLEVEL",
          nearest: "SPECTRAD_LOG_LEVEL"
        )
      ]
    )
  }

  @Test func `an unknown key of the file is told with its line`() async throws {
    let found = try await Self.mistakes(file: "LOG_LEVEL=info\nBUNDLE_PAHT=/x\n")
    #expect(
      found.mistakes == [
        .unknownKey(layer: found.path + ":2", key: "BUNDLE_PAHT", nearest: "BUNDLE_PATH")
      ]
    )
  }

  @Test(arguments: ["sample scans 60", "=60", "SAMPLE_SCANS"])
  func `a malformed line is told with file and line`(line: String) async throws {
    let found = try await Self.mistakes(file: "# first\n\n\(line)\n")
    #expect(found.mistakes == [.notAnAssignment(path: found.path, line: 3, text: line)])
  }

  @Test func `blanks inside a key make it another key`() async throws {
    let found = try await Self.mistakes(file: "SAMPLE_ SCANS=5\n")
    #expect(
      found.mistakes == [
        .unknownKey(layer: found.path + ":1", key: "SAMPLE_ SCANS", nearest: "SAMPLE_SCANS")
      ]
    )
  }

  @Test func `line ends of another system are refused`() async throws {
    let found = try await Self.mistakes(file: "RECORDING_FOLDER=/x\r\nSAMPLE_SCANS=5\r\n")
    #expect(
      found.mistakes == [
        .unreadable(
          path: found.path,
          reason: "found carriage returns, expected lines that end in LF"
        )
      ]
    )
  }

  @Test(
    arguments: [
      ("sample.scans", "0", "a whole number from 1 to 1024"),
      ("sample.scans", "1025", "a whole number from 1 to 1024"),
      ("sample.scans", "6O", "a whole number from 1 to 1024"),
      ("sample.scans", "", "a whole number from 1 to 1024"),
      ("sample.silenceSeconds", "0.049", "a number from 0.05 to 86400.0"),
      ("sample.silenceSeconds", "nan", "a number from 0.05 to 86400.0"),
      ("acquisition.mode", "always", "continuous or onRequest"),
      ("acquisition.statusPollMilliseconds", "-1", "a whole number from 0 to 1000"),
      ("predictions.socket", "p.sock", "an absolute path of at most 107 bytes"),
      ("predictions.socketMode", "0888", "octal permission bits such as 0660"),
      ("predictions.socketMode", "1777", "octal permission bits such as 0660"),
      ("predictions.queueLines", "15", "a whole number from 16 to 65536"),
      ("predictions.heartbeatSeconds", "21", "a number from 0.05 to 20.0"),
      ("log.level", "loud", "debug, info, notice, warning or error"),
    ]
  )
  func `a bad value is told with what was found and expected`(
    key: String,
    found: String,
    expected: String
  ) async throws {
    let result = try await Self.mistakes(settings: ["\(key)=\(found)"])
    #expect(result.mistakes == [.badValue(key: key, found: found, expected: expected)])
  }

  @Test func `a socket's path fits the system's address`() async throws {
    let longest = "/" + String(repeating: "p", count: 106)
    #expect(try await Self.mistakes(settings: ["predictions.socket=\(longest)"]).mistakes.isEmpty)
    #expect(
      try await Self.mistakes(settings: ["predictions.socket=\(longest)p"]).mistakes.count == 1
    )
  }

  @Test func `a scanner that is named twice is refused`() async throws {
    let address = "usbip://127.0.0.1:3240/1-1"
    let found = try await Self.mistakes(settings: ["scanner.sources=\(address), \(address)"])
    #expect(
      found.mistakes == [
        .badValue(key: "scanner.sources", found: address, expected: "every scanner only once")
      ]
    )
  }

  @Test func `more scanners than the limit are refused`() async throws {
    let addresses = (1...17).map { "usbip://127.0.0.1:3240/1-\($0)" }.joined(separator: ",")
    let found = try await Self.mistakes(settings: ["scanner.sources=\(addresses)"])
    #expect(
      found.mistakes == [
        .badValue(key: "scanner.sources", found: "17 scanners", expected: "at most 16")
      ]
    )
  }

  @Test func `a setting without a value is refused`() async throws {
    let found = try await Self.mistakes(settings: ["sample.scans"])
    #expect(
      found.mistakes == [
        .badValue(
          key: "--set",
          found: "sample.scans",
          expected: "KEY=VALUE, such as sample.scans=60"
        )
      ]
    )
  }

  @Test func `a file is required when somebody named it`() async throws {
    let path = "/nonexistent/spectrad.conf"
    var loader = ConfigurationLoader(settings: [], environment: [:], filePath: path)
    let mistake = ConfigurationError.unreadable(path: path, reason: "No such file or directory")
    let required = await loader.load()
    #expect(required.failure?.mistakes == [mistake])
    loader.isFileRequired = false
    let optional = await loader.load()
    #expect(optional.failure == nil)
  }

  @Test func `all mistakes of all layers are told together`() async throws {
    let found = try await Self.mistakes(
      settings: ["a.b=1"],
      environment: ["SPECTRAD_X": "1"],
      file: "nonsense\n"
    )
    #expect(found.mistakes.count == 3)
    let values = try await Self.mistakes(settings: ["sample.scans=0", "log.level=x"])
    #expect(values.mistakes.count == 2)
  }
}

extension Result {
  fileprivate var failure: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}
