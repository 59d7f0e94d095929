import Acquisition
import Spectra
import Testing

@Suite struct NanoFramingTests {
  /// The packets of the scanner's documents; unlisted bytes are zero.
  @Test(
    arguments: [
      (NanoCommand.readVersions, [], [0xC0, 0x01, 0x02, 0x00, 0x16, 0x02]),
      (.readSerialNumber, [], [0xC0, 0x01, 0x02, 0x00, 0x33, 0x02]),
      (.resetErrors, [], [0x40, 0x01, 0x02, 0x00, 0x05, 0x04]),
      (.startScan, [0], [0x40, 0x01, 0x03, 0x00, 0x18, 0x02, 0x00]),
      (.readDeviceStatus, [], [0xC0, 0x01, 0x02, 0x00, 0x03, 0x04]),
      (.beginFile, [0], [0xC0, 0x01, 0x03, 0x00, 0x2D, 0x00, 0x00]),
      (.readFileChunk, [], [0xC0, 0x01, 0x02, 0x00, 0x2E, 0x00]),
    ] as [(NanoCommand, [UInt8], [UInt8])]
  )
  func `a request has the documented bytes`(
    command: NanoCommand,
    parameters: [UInt8],
    expected: [UInt8]
  ) {
    var request = NanoRequest()
    request.begin(command, sequence: 1)
    for parameter in parameters { request.append(parameter) }
    let bytes = wholeReports(of: request)
    #expect(bytes == expected + Array(repeating: 0, count: 64 - expected.count))
  }

  @Test func `any request is read back as it was written`() {
    var numbers = SystemRandomNumberGenerator()
    let seed = numbers.next()
    var generator = SplitMix(state: seed)
    var request = NanoRequest()
    for _ in 0..<2000 {
      let command = NanoCommand.allCases.randomElement(using: &generator) ?? .startScan
      let sequence = UInt8.random(in: 0...255, using: &generator)
      let count = Int.random(in: 0...510, using: &generator)
      let parameters = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      request.begin(command, sequence: sequence)
      for parameter in parameters { request.append(parameter) }
      let bytes = wholeReports(of: request)
      // Read as the device does, from the documents alone.
      let length = Int(bytes[2]) | Int(bytes[3]) << 8
      let isSame =
        bytes[0] == (command.isRead ? 0xC0 : 0x40) && bytes[1] == sequence && length == 2 + count
        && bytes[4] == command.code && bytes[5] == command.group
        && Array(bytes[6..<(4 + length)]) == parameters
        && bytes.count == (4 + length + 63) / 64 * 64
        && bytes[(4 + length)...].allSatisfy { $0 == 0 }
      #expect(isSame, "seed \(seed)")
      guard isSame else { return }
    }
  }

  @Test(
    arguments: [
      ([0xC0, 1, 28, 0], NanoReplyHeader.Outcome.done, UInt8(0xC0), 28, 1),
      ([0x40, 2, 0, 0], .done, 0x40, 0, 1),
      ([0xD0, 3, 0, 0], .error, 0xC0, 0, 1),
      ([0x50, 4, 0, 0], .error, 0x40, 0, 1),
      ([0xE0, 5, 0, 0], .busy, 0xC0, 0, 1),
      ([0xC0, 6, 60, 0], .done, 0xC0, 60, 1),
      ([0xC0, 7, 61, 0], .done, 0xC0, 61, 2),
      ([0xC0, 8, 0, 2], .done, 0xC0, 512, 9),
    ] as [([UInt8], NanoReplyHeader.Outcome, UInt8, Int, Int)]
  )
  func `a reply's header is read`(
    bytes: [UInt8],
    outcome: NanoReplyHeader.Outcome,
    flags: UInt8,
    length: Int,
    reports: Int
  ) throws {
    let parsed = NanoReplyHeader(parsing: bytes.span)
    let header = try #require(parsed)
    #expect(header.outcome == outcome)
    #expect(header.requestFlags == flags)
    #expect(header.sequence == bytes[1])
    #expect(header.dataByteCount == length)
    #expect(header.reportCount == reports)
  }

  @Test(
    arguments: [
      [], [0xC0, 1, 0], [0xF0, 1, 0, 0], [0xC2, 1, 0, 0], [0xC4, 1, 0, 0], [0x80, 1, 0, 0],
      [0xC0, 1, 1, 2], [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0],
    ] as [[UInt8]]
  )
  func `what is no reply's header is not read`(bytes: [UInt8]) {
    let header = NanoReplyHeader(parsing: bytes.span)
    #expect(header == nil)
  }

  @Test func `a configuration has the documented bytes`() throws {
    var expected = GoldenScans.all.configuration.bytes
    #expect(ScanConfiguration.defaultColumn.encoded == expected)
    expected[31] = 1
    let hadamard = try ScanConfiguration(parsing: expected.span)
    #expect(hadamard.sections.containsHadamard)
    #expect(hadamard.name == "Column 1")
    #expect(hadamard.encoded == expected)
  }

  @Test func `more parameters than a request has room for trap`() async {
    await #expect(processExitsWith: .failure) {
      var request = NanoRequest()
      request.begin(.startScan, sequence: 0)
      for _ in 0...510 { request.append(0) }
    }
  }

  private func wholeReports(of request: borrowing NanoRequest) -> [UInt8] {
    (0..<request.reportCount * 64).map { request.bytes[$0] }
  }
}

/// A small generator whose whole state is its seed.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
