import Testing
import spectrasim

struct FramingTests {
  /// What a host sends and what the scanner answers; bytes that are not listed are zero.
  private static let exchanges: [(purpose: String, out: String, into: String)] = [
    ("serial number", "C0 02 02 00 33 02", "C0 02 08 00 53 49 4D 30 30 30 31 00"),
    ("temperatures", "C0 03 02 00 00 03", "C0 03 08 00 29 09 00 00 CE 09 00 00"),
    ("humidity", "C0 04 02 00 02 03", "C0 04 08 00 29 09 00 00 D7 11 00 00"),
    ("clear errors", "40 05 02 00 05 04", "40 05 00 00"),
    ("repeats", "40 06 04 00 2E 02 06 00", "40 06 00 00"),
    ("active configuration", "40 07 03 00 24 02 01", "40 07 04 00 E4 00 00 00"),
    ("Hadamard configuration", "40 07 03 00 24 02 02", "40 07 04 00 ED 00 00 00"),
    ("no such configuration", "40 07 03 00 24 02 03", "50 07 00 00"),
    ("start scan", "40 08 03 00 18 02 00", "40 08 00 00"),
    ("device status", "C0 09 02 00 03 04", "C0 09 04 00 01 00 00 00"),
    ("scan file size", "C0 0A 03 00 2D 00 00", "C0 0A 04 00 EE 0E 00 00"),
    ("matrix file size", "C0 0A 03 00 2D 00 03", "C0 0A 04 00 7C 09 00 00"),
    ("unknown file", "C0 0A 03 00 2D 00 63", "C0 0A 00 00"),
    ("chunk of no file", "C0 0B 02 00 2E 00", "C0 0B 00 00"),
    ("unknown command", "C0 0C 02 00 99 09", "D0 0C 00 00"),
    ("read sent as write", "40 0C 02 00 16 02", "50 0C 00 00"),
    ("write sent as read", "C0 0C 03 00 18 02 00", "D0 0C 00 00"),
    ("hibernation", "C0 0D 02 00 0F 03", "C0 0D 01 00 01"),
    ("hibernation off", "40 0D 03 00 0E 03 00", "40 0D 00 00"),
    ("hibernation refused", "40 0D 03 00 0E 03 02", "50 0D 00 00"),
    ("estimated time", "C0 0E 02 00 37 02", "C0 0E 04 00 83 0A 00 00"),
    ("stored configurations", "C0 0F 02 00 22 02", "C0 0F 01 00 03"),
    ("clock at power-up", "C0 10 02 00 0C 03", "C0 10 07 00 0F 03 1F 02 07 00 00"),
    ("month 13", "40 11 09 00 09 03 1A 0D 01 00 00 00 00", "50 11 00 00"),
  ]

  @Test(arguments: exchanges)
  func `each command gets the documented reply`(exchange: (String, out: String, into: String)) {
    var expected = GoldenBytes.bytes(hex: exchange.into)
    expected += [UInt8](repeating: 0, count: 64 - expected.count)
    let short = GoldenBytes.bytes(hex: exchange.out)
    #expect(InventedScanner.device().reply(to: exchange.out) == expected, "\(exchange.0)")
    // The same in a whole packet, as most hosts send it.
    let device = InventedScanner.device()
    device.receive(short + [UInt8](repeating: 0, count: 64 - short.count), now: 0)
    #expect(device.drain() == expected, "\(exchange.0)")
  }

  @Test
  func `the version has seven words`() {
    let reply = InventedScanner.device().reply(to: "C0 01 02 00 16 02")
    #expect(reply.prefix(8) == [0xC0, 0x01, 0x1C, 0x00, 0x00, 0x01, 0x02, 0x00])
    #expect(reply.count == 64)
  }

  @Test
  func `a command without the reply bit is done in silence`() {
    let device = InventedScanner.device()
    #expect(device.reply(to: "00 01 03 00 0E 03 00").isEmpty)
    #expect(device.data(for: "C0 02 02 00 0F 03") == [0])
  }

  @Test(
    arguments: [
      "C3 01 02 00 16 02",  // destination 3
      "C4 01 02 00 16 02",  // reserved bit 2
      "C8 01 02 00 16 02",  // reserved bit 3
      "D0 01 02 00 16 02",  // response bits
      "E0 01 02 00 16 02",
      "C0 01 00 00 16 02",  // length 0
      "C0 01 01 00 16 02",  // length 1
      "C0 01",  // no header at all
    ]
  )
  func `a bad header is dropped and the next command answered`(hex: String) {
    let device = InventedScanner.device()
    #expect(device.reply(to: hex).isEmpty)
    #expect(device.data(for: "C0 02 02 00 0F 03") == [1])
  }

  @Test
  func `packets that a bad header announces are swallowed`() {
    let device = InventedScanner.device()
    #expect(device.reply(to: "C0 01 58 02 16 02").isEmpty)  // 600 bytes: ten packets
    for _ in 0..<9 { #expect(device.reply(to: "C0 02 02 00 0F 03").isEmpty) }
    #expect(device.data(for: "C0 02 02 00 0F 03") == [1])
  }

  @Test
  func `a command that stays unfinished for a second is forgotten`() {
    let device = InventedScanner.device()
    #expect(device.reply(to: "40 01 9F 00 1E 02").isEmpty)
    #expect(device.data(for: "C0 02 02 00 0F 03", now: 1_000_000_000) == [1])
  }

  @Test
  func `a configuration longer than its declared length is taken whole`() throws {
    let blob = try GoldenBytes.load("slewConfiguration")
    let device = InventedScanner.device()
    // 126 bytes declared, 157 sent: what TI's program does.
    let message = [0x40, 0x01, 126, 0, 0x1E, 0x02] + blob
    for start in stride(from: 0, to: message.count, by: 64) {
      device.receive(Array(message[start..<min(start + 64, message.count)]), now: 0)
    }
    #expect(device.drain().prefix(8) == [0x40, 0x01, 4, 0, 0xE4, 0, 0, 0])
    _ = device.reply(to: "40 02 03 00 18 02 00")
    let text = String(decoding: device.file(0)[8..<39], as: UTF8.self)
    #expect(text == "S(uc#cccccccjjvvu$(f#f#)c#vccc)")
  }

  @Test
  func `a scan file comes in seven chunks of 512 bytes and one of 238`() {
    let device = InventedScanner.device()
    _ = device.reply(to: "C0 01 03 00 2D 00 00")
    let counts = (0..<9).map { _ in device.data(for: "C0 02 02 00 2E 00").count }
    #expect(counts == [512, 512, 512, 512, 512, 512, 512, 238, 0])
  }

  @Test
  func `a chunk of 512 bytes takes nine packets`() {
    let device = InventedScanner.device()
    _ = device.reply(to: "C0 01 03 00 2D 00 00")
    #expect(device.reply(to: "C0 02 02 00 2E 00").count == 9 * 64)
  }

  @Test
  func `asking for errors before the first chunk spoils the file, as on the device`() {
    let device = InventedScanner.device()
    _ = device.reply(to: "C0 01 03 00 2D 00 02")
    _ = device.reply(to: "C0 02 02 00 04 04")
    #expect(device.data(for: "C0 03 02 00 2E 00").prefix(20).allSatisfy { $0 == 0 })
    #expect(device.file(2).prefix(3) == [0x74, 0x70, 0x6C])
  }
}
