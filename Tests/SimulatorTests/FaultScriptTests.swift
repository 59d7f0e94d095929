import Testing
import spectrasim

/// What fault scripts may say, and what is answered to those that say something else.
struct FaultScriptTests {
  private static func departure(
    _ cause: DepartureFault.Cause,
    _ moment: DepartureFault.Moment = .whileScanning,
    _ absence: UInt64? = nil
  ) -> Fault.Kind {
    var departure = DepartureFault(cause: cause, absenceNanoseconds: absence)
    departure.moment = moment
    return .departure(departure)
  }

  private static func reply(
    _ damage: ReplyFault.Damage,
    _ target: ReplyFault.Target = .command(0x0218),
    times: Int = 1,
    duration: UInt64? = nil
  ) -> Fault.Kind {
    var fault = ReplyFault(damage: damage)
    (fault.target, fault.times, fault.durationNanoseconds) = (target, times, duration)
    return .reply(fault)
  }

  private static let sentences: [(String, Fault.Kind)] = [
    ("unplug", departure(.unplug)),
    ("unplug before start", departure(.unplug, .beforeStart)),
    ("unplug while scanning, never replug", departure(.unplug)),
    (
      "unplug after 2 packets, replug after 1.5 s",
      departure(.unplug, .afterPackets(2), 1_500_000_000)
    ),
    ("unplug after 1 packet,replug after 20 ms", departure(.unplug, .afterPackets(1), 20_000_000)),
    ("hibernation", departure(.hibernation)),
    (
      "hibernation before start, button after 3 s",
      departure(.hibernation, .beforeStart, 3_000_000_000)
    ),
    ("reset", departure(.reset, .whileScanning, 1_000_000_000)),
    ("reset after 66 packets, back after 0 s", departure(.reset, .afterPackets(66), 0)),
    ("reset, never back", departure(.reset)),
    ("failed scan", .failedScan(.scan, code: 16, scans: 1)),
    ("failed scan, scan code 0x80", .failedScan(.scan, code: 128, scans: 1)),
    ("failed scan, adc code 1, for 2 scans", .failedScan(.adc, code: 1, scans: 2)),
    ("clock lost", .lostClock),
    ("temperature sensor fails", .measurement(.temperatureSensor, scans: 1)),
    ("humidity sensor fails, for 3 scans", .measurement(.humiditySensor, scans: 3)),
    ("zero reference, for 1 scan", .measurement(.zeroReference, scans: 1)),
    ("saturation", .measurement(.saturation, scans: 1)),
    ("low light", .measurement(.lowLight(divisor: 100), scans: 1)),
    ("low light, for 2 scans, divided by 50", .measurement(.lowLight(divisor: 50), scans: 2)),
    ("gain failure", .measurement(.gainFailure, scans: 1)),
    ("stale data, for 5 scans", .measurement(.staleData, scans: 5)),
    ("stall", reply(.stall)),
    ("stall on status, 2 times", reply(.stall, .command(0x0403), times: 2)),
    ("stall on chunk 4", reply(.stall, .chunk(4))),
    ("silence", reply(.silence)),
    ("silence on 00/2e, for 2 s", reply(.silence, .command(0x002E), duration: 2_000_000_000)),
    ("late on size", reply(.late(nanoseconds: 1_000_000_000), .command(0x002D))),
    ("late on chunk 8, by 30 ms", reply(.late(nanoseconds: 30_000_000), .chunk(8))),
    ("busy, 3 times", reply(.busy, times: 3)),
    ("busy on start, for 500 ms", reply(.busy, duration: 500_000_000)),
    ("error on errors", reply(.error, .command(0x0404))),
    ("wrong sequence on version, 1 time", reply(.wrongSequence, .command(0x0216))),
    ("short packet on chunk 1", reply(.shortPacket(byteCount: 10), .chunk(1))),
    ("short packet, of 0 bytes", reply(.shortPacket(byteCount: 0))),
    ("garbage", reply(.garbage(isBefore: true, seed: 1))),
    ("garbage before chunk 2", reply(.garbage(isBefore: true, seed: 1), .chunk(2))),
    (
      "garbage instead of status, seed 7",
      reply(.garbage(isBefore: false, seed: 7), .command(0x0403))
    ),
    ("truncated chunk 5", reply(.truncated(byteCount: 100), .chunk(5))),
    ("truncated chunk 8, to 1 byte", reply(.truncated(byteCount: 1), .chunk(8))),
  ]

  @Test(arguments: sentences)
  func `each sentence means one fault`(sentence: (text: String, kind: Fault.Kind)) throws {
    let script = try FaultScript(parsing: "  device 2  scan 17 \(sentence.text)# as told\n")
    #expect(script.faults.map(\.kind) == [sentence.kind], "\(sentence.text)")
    #expect(script.faults[0].device == .number(2))
    #expect(script.faults[0].scan == 17)
    let words = sentence.text.replacing(",replug", with: ", replug")
    #expect(script.faults[0].sentence == words)
    #expect(script.faults[0].keepsScan == false)
  }

  @Test(arguments: ["unplug", "reset, back after 1 s", "failed scan", "stall on chunk 3"])
  func `a lost scan may be kept`(sentence: String) throws {
    let script = try FaultScript(parsing: "device 1 scan 1 \(sentence), keep")
    #expect(script.faults[0].keepsScan)
  }

  @Test
  func `comments and empty lines mean nothing, and a star is every device`() throws {
    let script = try FaultScript(
      parsing: "# one\n\n   # two\ndevice * scan 1 stall # three\r\ndevice 2 scan 1 clock lost"
    )
    #expect(script.faults.count == 2)
    #expect(script.faults(ofDevice: 1).count == 1)
    #expect(script.faults(ofDevice: 2).count == 2)
  }

  private static let mistakes: [(line: String, found: String, expected: String)] = [
    ("scan 1 stall", "'scan'", "'device'"),
    ("device", "the end of the line", "'*' or a device's number from 1 to 16"),
    ("device 0 scan 1 stall", "'0'", "from 1 to 16"),
    ("device 17 scan 1 stall", "'17'", "from 1 to 16"),
    ("device 1 unplug", "'unplug'", "'scan'"),
    ("device 1 scan 0 stall", "'0'", "a scan's number from 1"),
    ("device 1 scan 1", "the end of the line", "a fault: unplug, hibernation"),
    ("device 1 scan 1 unplugg", "'unplugg'", "a fault: unplug"),
    ("device 1 scan 1 Unplug", "'Unplug'", "a fault: unplug"),
    ("device 1 scan 1 unplug during scan", "'during'", "'before start', 'while scanning'"),
    ("device 1 scan 1 unplug after 67 packets", "'67'", "a number of packets from 0 to 66"),
    ("device 1 scan 1 unplug after 2 bytes", "'bytes'", "'packets'"),
    ("device 1 scan 1 unplug, back after 1 s", "'back'", "'replug after T', 'never replug' or"),
    ("device 1 scan 1 unplug, replug after", "the end of the line", "a time such as 1.5 s"),
    ("device 1 scan 1 unplug, replug after 1.5s", "'1.5s'", "a time such as 1.5 s"),
    ("device 1 scan 1 unplug, replug after -1 s", "'-1'", "a time such as 1.5 s"),
    ("device 1 scan 1 unplug, replug after nan s", "'nan'", "a time such as 1.5 s"),
    ("device 1 scan 1 unplug, replug after 2 min", "'min'", "'s' (at most 86400) or 'ms'"),
    ("device 1 scan 1 unplug,", "the end of the line", "'replug after T'"),
    ("device 1 scan 1 unplug while scanning keep", "'keep'", "',' or the end of the line"),
    ("device 1 scan 1 hibernation, replug after 1 s", "'replug'", "'button after T', 'no button'"),
    ("device 1 scan 1 reset, button after 1 s", "'button'", "'back after T', 'never back'"),
    ("device 1 scan 1 failed scan, lamp code 1", "'lamp'", "one of scan, adc, card, eeprom"),
    ("device 1 scan 1 failed scan, scan code 256", "'256'", "a code from 1 to 255"),
    ("device 1 scan 1 failed", "'failed'", "a fault: "),
    ("device 1 scan 1 clock lost, keep", "','", "',' or the end of the line"),
    ("device 1 scan 1 zero reference, for 2 days", "'days'", "'scans'"),
    ("device 1 scan 1 zero reference, divided by 2", "'divided'", "'for N scans'"),
    ("device 1 scan 1 low light, divided by 1", "'1'", "a divisor from 2"),
    ("device 1 scan 1 low light, by 2", "'by'", "'for N scans' or 'divided by N'"),
    ("device 1 scan 1 stall at chunk 4", "'at'", "'on' or ','"),
    ("device 1 scan 1 stall on chunk 9", "'9'", "a chunk of the scan's file from 1 to 8"),
    ("device 1 scan 1 stall on chunck 4", "'chunck'", "a command: start, status"),
    ("device 1 scan 1 stall on 4/3", "'4/3'", "or GG/CC"),
    ("device 1 scan 1 stall, for 2 s", "'for'", "'keep' or how many times from 1"),
    ("device 1 scan 1 stall, 0 times", "'0'", "how many times from 1"),
    ("device 1 scan 1 busy, 3", "the end of the line", "'times'"),
    ("device 1 scan 1 busy, by 3 s", "'by'", "'for T', 'keep' or how many times"),
    ("device 1 scan 1 late on chunk 1, for 3 s", "'for'", "'by T', 'keep' or how many times"),
    ("device 1 scan 1 wrong number", "'wrong'", "a fault: "),
    ("device 1 scan 1 short packet, of 64 bytes", "'64'", "a number of bytes from 0 to 63"),
    ("device 1 scan 1 garbage on status", "'on'", "'before', 'instead of' or ','"),
    ("device 1 scan 1 garbage, seed x", "'x'", "a seed from 0"),
    ("device 1 scan 1 truncated chunk", "the end of the line", "a chunk of the scan's file"),
    ("device 1 scan 1 truncated chunk 1, to 512 bytes", "'512'", "a number of bytes from 0 to 511"),
  ]

  @Test(arguments: mistakes)
  func `a misspelt line is refused with what was found and what was expected`(
    mistake: (line: String, found: String, expected: String)
  ) throws {
    let error = #expect(throws: FaultScriptError.self, "\(mistake.line)") {
      try FaultScript(parsing: "# first line\n\(mistake.line)\ndevice 1 scan 1 stall\n")
    }
    let text = try #require(error).description
    #expect(text.hasPrefix("line 2: found \(mistake.found); expected "), "\(mistake.line): \(text)")
    #expect(text.contains(mistake.expected), "\(mistake.line): \(text)")
  }

  @Test
  func `a device beyond those that are served is refused`() throws {
    let script = try FaultScript(parsing: "device 2 scan 1 stall\n\ndevice 3 scan 1 stall")
    try script.check(deviceCount: 3)
    let error = #expect(throws: FaultScriptError.self) { try script.check(deviceCount: 2) }
    #expect(error?.description == "line 3: found device 3; expected device 1 to 2")
  }

  @Test
  func `a script has at most ten thousand faults`() throws {
    let lines = String(repeating: "device 1 scan 1 stall\n", count: FaultScript.faultLimit)
    #expect(try FaultScript(parsing: lines).faults.count == FaultScript.faultLimit)
    #expect(throws: FaultScriptError.tooManyFaults(limit: 10_000, line: 10_001)) {
      try FaultScript(parsing: lines + "device 1 scan 1 stall\n")
    }
  }
}
