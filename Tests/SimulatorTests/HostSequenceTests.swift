import Testing
import spectrasim

/// What two programs by others send, in their order, and what they need to come to an end.
struct HostSequenceTests {
  @Test
  func `the C++ host's sequence ends with a scan of its own configuration`() throws {
    let device = InventedScanner.device()
    #expect(device.reply(to: "40 00 02 00 05 04").prefix(4) == [0x40, 0, 0, 0])
    #expect(device.data(for: "C0 00 02 00 28 02") == [64])
    #expect(device.file(2).count == 3_822)
    #expect(device.file(3).count == 2_428)
    #expect(device.data(for: "C0 00 02 00 33 02") == Array("SIM0001\0".utf8))
    try apply(name: "My Column", to: device)
    #expect(device.data(for: "C0 00 02 00 03 04") == [1, 0, 0, 0])
    #expect(device.data(for: "C0 00 02 00 16 02").count == 28)
    #expect(device.reply(to: "40 00 04 00 2E 02 06 00")[0] == 0x40)
    #expect(device.data(for: "C0 00 02 00 37 02") == [0x83, 0x0A, 0, 0])
    #expect(device.reply(to: "40 00 03 00 18 02 00")[0] == 0x40)
    #expect(device.data(for: "C0 00 02 00 03 04") == [1, 0, 0, 0])
    #expect(device.data(for: "C0 00 02 00 04 04").allSatisfy { $0 == 0 })
    let file = device.file(0)
    #expect(file.text(at: 85, width: 20) == "My Column")
    #expect(ScanFileReading.signal(file) == InventedScanner.signal)
  }

  @Test
  func `the Python host's sequence of short packets ends with a scan`() {
    let device = InventedScanner.device()
    #expect(device.data(for: "C0 00 02 00 0F 03") == [1])
    #expect(device.reply(to: "40 00 03 00 0E 03 00")[0] == 0x40)
    #expect(device.data(for: "40 00 03 00 24 02 01") == [0xE4, 0, 0, 0])
    #expect(device.reply(to: "40 00 03 00 18 02 00")[0] == 0x40)
    #expect(device.data(for: "C0 00 02 00 03 04") == [1, 0, 0, 0])
    #expect(ScanFileReading.signal(device.file(0)) == InventedScanner.signal)
  }

  @Test
  func `a narrower pattern gives less light at the same wavelengths`() throws {
    let device = InventedScanner.device()
    try apply(name: "Narrow", width: 3, to: device)
    _ = device.reply(to: "40 00 03 00 18 02 00")
    let signal = ScanFileReading.signal(device.file(0))
    #expect(signal.count == 228)
    for (narrow, wide) in zip(signal, InventedScanner.signal) {
      let ratio = Double(narrow) / Double(wide)
      // (3 - 0.2) / (6 - 0.2), but for the pattern's middle lying half a column aside.
      #expect(abs(ratio - 2.8 / 5.8) < 0.01)
    }
  }

  /// Command 02/1E with 2 + 91 bytes in two packets.
  private func apply(name: String, width: UInt8 = 6, to device: NanoDevice) throws {
    var configuration = InventedScanner.configuration
    configuration.name = name
    configuration.sections[0].widthPixels = width
    let message = [0x40, 0x00, 93, 0, 0x1E, 0x02] + configuration.bytes
    device.receive(Array(message[..<64]), now: 0)
    device.receive(Array(message[64...]), now: 0)
    #expect(device.drain().prefix(8) == [0x40, 0, 4, 0, 0xE4, 0, 0, 0])
  }
}
