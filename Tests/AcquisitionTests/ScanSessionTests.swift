import Acquisition
import Spectra
import Synchronization
import Testing

@Suite struct ScanSessionTests {
  @Test func `a device of InnoSpectra is described as far as it can be`() throws {
    var device = ScriptedDevice()
    device.unknownCommands = ["02/3C"]
    device.answers = [
      "02/16": [0x03, 0x06, 0x02, 0x00] + Array(repeating: 1, count: 24),
      "02/33": Array("C36R011".utf8) + [0, 0],
      "03/FD": Array("NIR-M-R2".utf8) + Array(repeating: 0, count: 8),
      "02/80": [0x80, 0xEE, 0x36, 0, 0, 0, 0, 0],
    ]
    var decoder = ScanDecoder()
    let session = try preparedSession(ScriptedTransport.Wire(device), &decoder)
    #expect(session.description.serialNumber == "C36R011")
    #expect(session.description.model == "NIR-M-R2")
    #expect(session.description.firmware == "2.6.3")
    #expect(session.lampUsage == .seconds(3600))
  }

  @Test func `a device that knows only what a scan needs is used`() throws {
    var device = ScriptedDevice()
    device.unknownCommands = [
      "02/16", "02/33", "02/3C", "03/FD", "02/80", "02/2A", "03/0E", "03/0F", "03/09", "03/0C",
      "03/00", "03/02", "02/37",
    ]
    var decoder = ScanDecoder()
    var session = try preparedSession(ScriptedTransport.Wire(device), &decoder)
    let arrival = try session.scan()
    #expect(arrival != nil)
    #expect(session.description.serialNumber == nil)
    #expect(session.description.model == "NIRscan Nano")
    #expect(session.health.isEmpty)
  }

  @Test func `a device left on Column sections is used as it is`() throws {
    let scan = try SectionScans.named("vector 4")
    var device = ScriptedDevice()
    device.configurations = [columnSections.encoded]
    device.scanFile = scan.scanFile.bytes
    let wire = ScriptedTransport.Wire(device)
    var decoder = ScanDecoder()
    var session = try preparedSession(wire, &decoder)
    #expect(!wire.commands.contains("02/1E"))
    #expect(session.description.configurationName == "Two")
    #expect(session.description.patternWidthPixels == nil)
    #expect(session.description.startNanometres == 900)
    #expect(session.description.endNanometres == 1700)
    for _ in 0..<3 {
      let arrival = try #require(try session.scan())
      let decoded = try session.withFile { bytes in
        try decode(bytes.indices.map { bytes[$0] }, with: &decoder, arrival)
      }
      #expect(decoded.sampleSignal == scan.sampleCounts)
    }
  }

  @Test func `a device left on a Hadamard section is given its own Column configuration`() throws {
    var hadamard = columnSections
    hadamard.sections = ScanSections([columnSections.sections[0], hadamardSection])
    var device = ScriptedDevice()
    device.configurations = [hadamard.encoded, columnSections.encoded]
    let wire = ScriptedTransport.Wire(device)
    var decoder = ScanDecoder()
    _ = try preparedSession(wire, &decoder)
    #expect(wire.device.withLock { $0.appliedConfiguration } == columnSections.encoded)
  }

  @Test func `going to sleep is forbidden and the clock is set, both verified`() throws {
    let wire = ScriptedTransport.Wire()
    var decoder = ScanDecoder()
    var session = try preparedSession(wire, &decoder)
    #expect(wire.device.withLock { $0.isSleepAllowed } == false)
    #expect(wire.device.withLock { $0.clock[0] } == 26)
    _ = try session.scan()
    #expect(session.health.isEmpty)
  }

  @Test func `a device that was reset is prepared anew without a new connection`() throws {
    let wire = ScriptedTransport.Wire()
    var decoder = ScanDecoder()
    var session = try preparedSession(wire, &decoder)
    wire.device.withLock { device in
      device.isSleepAllowed = true
      device.clock = [15, 3, 31, 2, 7, 0, 0]
    }
    try session.keepAwake()
    #expect(wire.device.withLock { $0.isSleepAllowed } == false)
    #expect(wire.device.withLock { $0.clock[0] } == 26)
    #expect(wire.device.withLock { $0.count("02/33") } == 1)
  }

  @Test func `a scan at boot time is told, and the clock set before the next`() throws {
    var device = ScriptedDevice()
    // 2015-03-31 07:00:14, and later a real time.
    device.scanFile.replaceSubrange(105..<112, with: [15, 3, 31, 2, 7, 0, 14])
    let wire = ScriptedTransport.Wire(device)
    var decoder = ScanDecoder()
    var session = try preparedSession(wire, &decoder)
    _ = try session.scan()
    #expect(session.health == .clockUnset)
    let clocksSet = wire.device.withLock { $0.count("03/09") }
    wire.device.withLock {
      $0.scanFile.replaceSubrange(105..<112, with: [26, 11, 21, 6, 15, 0, 14])
    }
    _ = try session.scan()
    #expect(wire.device.withLock { $0.count("03/09") } == clocksSet + 1)
    #expect(session.health.isEmpty)
  }

  @Test func `a device that counts a new session is prepared before its next scan`() throws {
    let wire = ScriptedTransport.Wire()
    var decoder = ScanDecoder()
    var session = try preparedSession(wire, &decoder)
    _ = try session.scan()
    wire.device.withLock { device in
      device.scanCount = 0x0004_0000
      device.isSleepAllowed = true
    }
    _ = try session.scan()
    #expect(wire.device.withLock { $0.isSleepAllowed })
    _ = try session.scan()
    #expect(wire.device.withLock { $0.isSleepAllowed } == false)
    #expect(session.health.isEmpty)
  }

  @Test func `a device that is busy for every command has to wait and is not lost`() throws {
    let wire = ScriptedTransport.Wire()
    var decoder = ScanDecoder()
    var session = try preparedSession(wire, &decoder)
    wire.device.withLock { $0.isBusy = true }
    for _ in 0..<3 { #expect(try session.scan() == nil) }
    try session.keepAwake()
    wire.device.withLock { $0.isBusy = false }
    #expect(try session.scan() != nil)
  }

  @Test func `a scan that the scanner's button started is waited for`() throws {
    let wire = ScriptedTransport.Wire()
    var decoder = ScanDecoder()
    var session = try preparedSession(wire, &decoder)
    wire.device.withLock { device in
      device.faults = ["02/18": [0: .error]]
      device.answers["04/03"] = [3, 0, 0, 0]
    }
    #expect(try session.scan() == nil)
    wire.device.withLock { device in
      device.scanByButton()
      device.answers = [:]
    }
    #expect(try session.scan() != nil)
  }

  @Test(arguments: [
    ("03/0C", [15, 3, 31, 2, 7, 0, 0] as [UInt8], ScannerHealth.clockUnset),
    ("03/0C", [26, 13, 31, 2, 7, 0, 0], .clockUnset),
    ("03/0F", [1], .hibernationOn),
    ("03/00", [0xFF, 0xFF, 0xFF, 0xFF], .temperatureSensorFault),
    ("03/02", [0xFF, 0xFF, 0xFF, 0xFF], .humiditySensorFault),
  ])
  func `what a device does not take or measure is told with each scan`(
    command: String,
    answer: [UInt8],
    health: ScannerHealth
  ) throws {
    var device = ScriptedDevice()
    device.answers = [command: answer]
    var decoder = ScanDecoder()
    var session = try preparedSession(ScriptedTransport.Wire(device), &decoder)
    _ = try session.scan()
    #expect(session.health == health)
    _ = try session.scan()
    #expect(session.health == health)
  }
}

/// The sections of vector 4 of the golden files.
private let columnSections = ScanConfiguration(
  layout: .slew,
  sections: ScanSections([
    ScanSection(
      kind: .column,
      startNanometres: 900,
      endNanometres: 1300,
      widthPixels: 6,
      patterns: 100
    ),
    ScanSection(
      kind: .column,
      startNanometres: 1300,
      endNanometres: 1700,
      widthPixels: 9,
      patterns: 80,
      exposureCode: 1
    ),
  ]),
  repeats: 6,
  name: "Two"
)

private let hadamardSection = ScanSection(
  kind: .hadamard,
  startNanometres: 1300,
  endNanometres: 1700,
  widthPixels: 6,
  patterns: 80
)
