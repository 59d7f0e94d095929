import Testing
import spectrasim

/// How InnoSpectra's units differ on the wire.
struct MakerTests {
  private static func device() throws -> NanoDevice {
    try InventedScanner.device(script: "", maker: .innoSpectra)
  }

  private static func string(_ index: UInt8, of device: NanoDevice) -> String {
    let answer = device.answer(SetupPacket(bytes: [0x80, 6, index, 3, 9, 4, 255, 0])) ?? []
    let bytes = stride(from: 2, to: answer.count, by: 2).map { answer[$0] }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test
  func `strings name the maker and the model`() throws {
    let device = try MakerTests.device()
    #expect(MakerTests.string(1, of: device) == "Inno-Spectra Corp.")
    #expect(MakerTests.string(2, of: device) == "NIR-M-R2")
    #expect(MakerTests.string(5, of: device) == "HID NIR Nano Configuration")
    #expect(MakerTests.string(1, of: InventedScanner.device()) == "Texas Instruments")
  }

  private static let exchanges: [(purpose: String, out: String, reply: String)] = [
    ("serial number in nine bytes", "C0 00 02 00 33 02", "C0 00 09 00 53494D30303031 00 00"),
    ("firmware 2.6.3", "C0 00 02 00 16 02", "C0 00 1C 00 03 06 02 00"),
    (
      "model name", "C0 00 02 00 FD 03",
      "C0 00 10 00 4E49522D4D2D5232 00 00 00 00 00 00 00 00"
    ),
    ("TI's model name", "C0 00 02 00 3C 02", "D0 00 00 00"),
    ("scans on the card", "C0 00 02 00 00 04", "D0 00 00 00"),
    ("card test", "C0 00 02 00 09 01", "D0 00 00 00"),
    ("clock at power-up", "C0 00 02 00 0C 03", "C0 00 07 00 12 01 01 01 07 00 00"),
    ("no detector thermometer", "C0 00 02 00 00 03", "C0 00 08 00 29 09 00 00 00 00 00 00"),
    ("activated", "C0 00 02 00 81 00", "C0 00 01 00 01"),
    ("no Bluetooth", "C0 00 02 00 90 02", "C0 00 01 00 00"),
    ("slew configuration of 155 bytes", "C0 00 03 00 20 02 00", "C0 00 9F 00 9B 00 00 00 74706C"),
  ]

  @Test(arguments: exchanges)
  func `commands are answered as that firmware does`(
    exchange: (purpose: String, out: String, reply: String)
  ) throws {
    let expected = GoldenBytes.bytes(hex: exchange.reply)
    let reply = try MakerTests.device().reply(to: exchange.out)
    #expect(Array(reply.prefix(expected.count)) == expected, "\(exchange.purpose)")
  }

  @Test
  func `TI units do not know the other maker's commands`() {
    let device = InventedScanner.device()
    for command in ["FD 03", "FE 03", "FF 03", "EF 03", "81 00", "80 02", "90 02"] {
      #expect(device.reply(to: "C0 00 02 00 " + command)[0] == 0xD0, "\(command)")
    }
    #expect(device.data(for: "C0 00 02 00 3C 02").count == 16)
  }

  @Test
  func `scans and the reference are slew files with detector temperature zero`() throws {
    let device = try MakerTests.device()
    _ = device.reply(to: InventedScanner.start)
    let file = device.file(0)
    #expect(file.text(at: 8, width: 32) == "S(uc#cccccccjjvvu$(f#f#)c#vccc)")
    #expect(file.littleEndian(at: 56 + 33, as: Int16.self) == 0)
    #expect(file.littleEndian(at: 56 + 31, as: Int16.self) == 2_345)
    #expect(SlewFileReading.signal(file) == InventedScanner.signal)
    #expect(SlewFileReading.signal(device.file(2)) == InventedScanner.recording().reference)
  }
}
