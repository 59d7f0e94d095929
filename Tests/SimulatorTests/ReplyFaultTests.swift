import Testing
import spectrasim

/// Each fault of a reply as a host sees it.
struct ReplyFaultTests {
  private static let status = "C0 05 02 00 03 04"
  private static let good: [UInt8] = [0xC0, 0x05, 4, 0, 1, 0, 0, 0]

  private static func device(_ faults: String...) throws -> NanoDevice {
    try InventedScanner.device(script: faults.map { "device 1 " + $0 }.joined(separator: "\n"))
  }

  @Test
  func `busy comes as often as it should and starts no scan`() throws {
    let device = try ReplyFaultTests.device("scan 2 busy, 2 times")
    #expect(device.scan() == 1)
    #expect(device.reply(to: InventedScanner.start).prefix(4) == [0x60, 1, 0, 0])
    #expect(device.reply(to: InventedScanner.start).prefix(4) == [0x60, 1, 0, 0])
    #expect(device.takeFaults() == ["2: busy, 2 times", "2: busy, 2 times"])
    #expect(device.scan() == 2)
    #expect(device.takeFaults().isEmpty)
  }

  @Test
  func `busy for a time refuses every command`() throws {
    let device = try ReplyFaultTests.device("scan 1 busy on status, for 2 s")
    #expect(device.reply(to: ReplyFaultTests.status, now: 5)[0] == 0xE0)
    #expect(device.reply(to: InventedScanner.start, now: 2_000_000_004)[0] == 0x60)
    #expect(device.reply(to: ReplyFaultTests.status, now: 2_000_000_005)[0] == 0xC0)
    #expect(device.scan(now: 2_000_000_005) == 1)
  }

  @Test
  func `an error reply runs no command`() throws {
    let device = try ReplyFaultTests.device("scan 1 error on start", "scan 1 error on 03/0E")
    #expect(device.reply(to: InventedScanner.start)[0] == 0x50)
    #expect(device.reply(to: "40 0D 03 00 0E 03 00")[0] == 0x50)
    #expect(device.data(for: "C0 0D 02 00 0F 03") == [1])
    #expect(device.scan() == 1)
  }

  @Test
  func `a silent device has done what it was told`() throws {
    let device = try ReplyFaultTests.device("scan 1 silence")
    #expect(device.reply(to: InventedScanner.start).isEmpty)
    #expect(device.recordedScan() == 1)
    #expect(device.scan() == 2)
  }

  @Test
  func `silence for a time swallows every reply`() throws {
    let device = try ReplyFaultTests.device("scan 1 silence on status, for 500 ms")
    #expect(device.reply(to: ReplyFaultTests.status).isEmpty)
    #expect(device.reply(to: "C0 02 02 00 33 02", now: 499_999_999).isEmpty)
    #expect(
      device.reply(to: ReplyFaultTests.status, now: 500_000_000).prefix(8)
        == ReplyFaultTests.good[...]
    )
  }

  @Test
  func `a late reply comes late and holds up the next one`() throws {
    let device = try ReplyFaultTests.device("scan 1 late on status, by 30 ms")
    device.receive(GoldenBytes.bytes(hex: ReplyFaultTests.status), now: 0)
    device.receive(GoldenBytes.bytes(hex: "C0 02 02 00 33 02"), now: 1)
    #expect(device.takeInput(now: 1) == .notBefore(30_000_000))
    #expect(device.drain(now: 30_000_000).count == 128)
  }

  @Test
  func `a wrong sequence number is the only thing wrong`() throws {
    let device = try ReplyFaultTests.device("scan 1 wrong sequence on status")
    let wrong = device.reply(to: ReplyFaultTests.status)
    #expect(wrong.prefix(8) == [0xC0, 0x06, 4, 0, 1, 0, 0, 0])
    #expect(device.reply(to: ReplyFaultTests.status).prefix(8) == ReplyFaultTests.good[...])
  }

  @Test
  func `a short packet is cut`() throws {
    let device = try ReplyFaultTests.device("scan 1 short packet on status, of 6 bytes")
    #expect(device.reply(to: ReplyFaultTests.status) == Array(ReplyFaultTests.good[..<6]))
    #expect(device.reply(to: ReplyFaultTests.status).count == 64)
  }

  @Test
  func `garbage comes before a reply or instead of it, the same for the same seed`() throws {
    let before = try ReplyFaultTests.device("scan 1 garbage before status, seed 7")
    let instead = try ReplyFaultTests.device("scan 1 garbage instead of status, seed 7")
    let other = try ReplyFaultTests.device("scan 1 garbage instead of status, seed 8")
    let first = before.reply(to: ReplyFaultTests.status)
    #expect(first.count == 128)
    #expect(first[64..<72] == ReplyFaultTests.good[...])
    #expect(instead.reply(to: ReplyFaultTests.status) == Array(first[..<64]))
    #expect(other.reply(to: ReplyFaultTests.status) != Array(first[..<64]))
  }

  @Test
  func `a truncated chunk says its true length and the rest of it is gone`() throws {
    let device = try ReplyFaultTests.device("scan 2 truncated chunk 3, to 100 bytes")
    #expect(device.scan() == 1)
    _ = device.reply(to: InventedScanner.start)
    _ = device.reply(to: "C0 01 03 00 2D 00 00")
    let counts = (0..<9).map { _ in device.data(for: "C0 02 02 00 2E 00").count }
    #expect(counts == [512, 512, 100, 512, 512, 512, 512, 238, 0])
    #expect(device.takeFaults() == ["2: truncated chunk 3, to 100 bytes"])
    #expect(device.recordedScan() == 2, "the file can be read again")
  }

  @Test
  func `a stalled endpoint stays halted until the host clears it`() throws {
    let device = try ReplyFaultTests.device("scan 1 stall on chunk 2")
    _ = device.reply(to: InventedScanner.start)
    _ = device.reply(to: "C0 01 03 00 2D 00 00")
    #expect(device.data(for: "C0 02 02 00 2E 00").count == 512)
    device.receive(GoldenBytes.bytes(hex: "C0 03 02 00 2E 00"), now: 0)
    #expect(device.takeInput(now: 0) == .stalled)
    #expect(device.takeInput(now: 0) == .stalled)
    let status = SetupPacket(bytes: [0x82, 0, 0, 0, 0x81, 0, 2, 0])
    #expect(device.answer(status) == [1, 0])
    device.clearHalt()
    #expect(device.answer(status) == [0, 0])
    #expect(device.takeInput(now: 0) == .none)
    #expect(device.data(for: "C0 04 02 00 2E 00").count == 512, "chunk 3")
    #expect(device.recordedScan() == 1)
  }

  @Test
  func `a fault happens at its own scan only`() throws {
    let device = try ReplyFaultTests.device("scan 3 error on size")
    #expect(device.data(for: "C0 01 03 00 2D 00 02").count == 4)
    #expect([device.scan(), device.scan()] == [1, 2])
    // Between two scans commands belong to the coming one.
    #expect(device.reply(to: "C0 01 03 00 2D 00 02")[0] == 0xD0)
    #expect([device.scan(), device.scan()] == [3, 4])
    #expect(device.takeFaults() == ["3: error on size"])
  }

  @Test
  func `what comes before the first scan belongs to it`() throws {
    let device = try ReplyFaultTests.device("scan 1 error on version", "scan 2 error on version")
    #expect(device.reply(to: "C0 01 02 00 16 02")[0] == 0xD0)
    #expect(device.reply(to: "C0 01 02 00 16 02")[0] == 0xC0)
    #expect(device.scan() == 1)
    #expect(device.reply(to: "C0 01 02 00 16 02")[0] == 0xD0)
  }

  @Test
  func `a start in the pause between samples is not the next scan's start`() throws {
    var options = NanoDevice.Options()
    options.speed = .unlimited
    options.sampleGapNanoseconds = 10
    options.faults = try FaultScript(parsing: "device 1 scan 2 error on start").faults
    let recording = InventedScanner.recording(samples: [0, 1])
    let device = NanoDevice(recording: recording, options: options, now: 0)
    #expect(device.scan() == 1)
    #expect(device.reply(to: InventedScanner.start, now: 9)[0] == 0x60)
    #expect(device.takeFaults().isEmpty)
    #expect(device.reply(to: InventedScanner.start, now: 10)[0] == 0x50)
    #expect(device.scan(now: 10) == 2)
  }

  @Test
  func `a scan spoilt in its file may be kept`() throws {
    let device = try ReplyFaultTests.device(
      "scan 2 garbage instead of chunk 1, keep",
      "scan 4 garbage instead of chunk 1"
    )
    #expect(device.scan() == 1)
    _ = device.reply(to: InventedScanner.start)
    _ = device.reply(to: "C0 01 03 00 2D 00 00")
    _ = device.reply(to: "C0 02 02 00 2E 00")
    #expect(device.scan() == 2, "kept")
    _ = device.reply(to: InventedScanner.start)
    _ = device.reply(to: "C0 01 03 00 2D 00 00")
    _ = device.reply(to: "C0 02 02 00 2E 00")
    #expect(device.scan() == 4, "recorded scan 3 was lost")
  }
}
