import Spectra
import Testing
import spectrasim

struct ScanningTests {
  private static let start = "40 01 03 00 18 02 00"
  private static let second: UInt64 = 1_000_000_000

  @Test
  func `scans come out in order with exactly their counts`() {
    let device = InventedScanner.device(samples: [0, 0, 0])
    for index in 0..<3 {
      #expect(device.reply(to: ScanningTests.start)[0] == 0x40)
      #expect(device.data(for: "C0 02 02 00 03 04") == [1, 0, 0, 0])
      let file = device.file(0)
      #expect(ScanFileReading.signal(file) == InventedScanner.signal.map { $0 + Int32(index) })
      #expect(file.littleEndian(at: 81 + 39, as: UInt32.self) == 0x0001_0001 + UInt32(index))
    }
  }

  @Test
  func `the served reference has the recording's counts and gain`() {
    let file = InventedScanner.device().file(2)
    #expect(ScanFileReading.signal(file) == InventedScanner.recording().reference)
    #expect(file[81 + 103] == 64)
    #expect(file.text(at: 85, width: 20) == "SystemTest")
  }

  @Test
  func `a scan takes its documented time, scaled by the speed`() {
    let device = InventedScanner.device(speed: .factor(10))
    device.receive(GoldenBytes.bytes(hex: ScanningTests.start), now: 0)
    #expect(device.takeInput(now: 0) == .notBefore(92_500_000))
    #expect(device.drain(now: 92_500_000).prefix(4) == [0x40, 0x01, 0, 0])
    #expect(device.data(for: "C0 02 02 00 03 04", now: 269_099_999)[0] == 3)
    #expect(device.data(for: "C0 02 02 00 19 02", now: 269_099_999) == [0])
    #expect(device.reply(to: ScanningTests.start, now: 269_099_999)[0] == 0x50)
    #expect(device.data(for: "C0 02 02 00 03 04", now: 269_100_000)[0] == 1)
    #expect(device.data(for: "C0 02 02 00 19 02", now: 269_100_000) == [1])
  }

  @Test
  func `a reply never overtakes an earlier one`() {
    let device = InventedScanner.device(speed: .factor(1))
    device.receive(GoldenBytes.bytes(hex: ScanningTests.start), now: 0)
    device.receive(GoldenBytes.bytes(hex: "C0 02 02 00 03 04"), now: 1)
    #expect(device.takeInput(now: 2) == .notBefore(925_000_000))
    #expect(device.drain(now: 925_000_000).count == 128)
  }

  @Test
  func `the scanner is busy for the gap after each sample, counted from when the scan was read`() {
    let device = InventedScanner.device(samples: [0, 1])
    #expect(device.reply(to: ScanningTests.start)[0] == 0x40)
    #expect(device.reply(to: ScanningTests.start, now: 1)[0] == 0x60)
    _ = device.file(0, now: ScanningTests.second / 2)
    #expect(device.reply(to: ScanningTests.start, now: ScanningTests.second)[0] == 0x60)
    // Reading again does not prolong the pause.
    _ = device.file(0, now: ScanningTests.second)
    let end = ScanningTests.second * 3 / 2
    #expect(device.reply(to: ScanningTests.start, now: end)[0] == 0x40)
  }

  @Test
  func `after the last sample the scanner stays busy and says so once`() {
    let device = InventedScanner.device(samples: [0])
    _ = device.reply(to: ScanningTests.start)
    _ = device.file(0)
    #expect(device.takeNotices() == [.exhausted(scans: 1)])
    #expect(device.reply(to: ScanningTests.start, now: 100 * ScanningTests.second)[0] == 0x60)
    #expect(device.takeNotices().isEmpty)
  }

  @Test
  func `a repeating recording begins anew after the gap`() {
    let device = InventedScanner.device(samples: [0], isRepeating: true)
    _ = device.reply(to: ScanningTests.start)
    _ = device.file(0)
    #expect(device.reply(to: ScanningTests.start, now: 1)[0] == 0x60)
    #expect(device.reply(to: ScanningTests.start, now: ScanningTests.second)[0] == 0x40)
    #expect(device.takeNotices().isEmpty)
  }

  @Test
  func `an unplugged scanner goes on with the next scan`() {
    let device = InventedScanner.device(samples: [0, 0, 0])
    _ = device.reply(to: ScanningTests.start)
    device.receive(GoldenBytes.bytes(hex: "C0 01 03 00 2D 00 00"), now: 0)
    device.receive(GoldenBytes.bytes(hex: "40 01 9F 00 1E 02"), now: 0)
    device.unplug()
    #expect(device.takeInput(now: 0) == .none)
    #expect(device.reply(to: ScanningTests.start)[0] == 0x40)
    #expect(ScanFileReading.signal(device.file(0)) == InventedScanner.signal.map { $0 + 1 })
  }

  @Test
  func `a Hadamard scan ends at once with an error and the old file`() {
    let device = InventedScanner.device(activeConfiguration: 2)
    let before = device.file(0)
    #expect(device.reply(to: ScanningTests.start)[0] == 0x40)
    #expect(device.data(for: "C0 02 02 00 03 04")[0] == 1)
    let status = device.data(for: "C0 02 02 00 04 04")
    #expect(status.count == 20)
    #expect(status.prefix(5) == [1, 0, 0, 0, 0x20])
    #expect(device.file(0) == before)
    _ = device.reply(to: "40 05 02 00 05 04")
    #expect(device.data(for: "C0 02 02 00 04 04").allSatisfy { $0 == 0 })
  }

  @Test
  func `the clock can be set, ticks, and stamps scans without a recorded time`() {
    let device = InventedScanner.device()
    let later = 90 * ScanningTests.second
    _ = device.reply(to: "40 01 09 00 09 03 1A 0B 15 06 17 3B 0A")  // 2026-11-21 23:59:10
    #expect(device.data(for: "C0 02 02 00 0C 03", now: later) == [26, 11, 22, 0, 0, 0, 40])
    _ = device.reply(to: ScanningTests.start, now: later)
    #expect(device.file(0, now: later)[105..<112] == [26, 11, 22, 0, 0, 0, 40])
  }

  @Test
  func `a reset is not answered and sets the clock back`() {
    let device = InventedScanner.device()
    _ = device.reply(to: "40 01 09 00 09 03 1A 0B 15 06 17 3B 0A")
    #expect(device.reply(to: "40 01 02 00 1A 02").isEmpty)
    #expect(device.takeNotices() == [.reset, .returned])
    #expect(device.data(for: "C0 02 02 00 0C 03") == [15, 3, 31, 2, 7, 0, 0])
  }

  @Test
  func `a configuration saved behind the last one can be read and used`() throws {
    let device = InventedScanner.device()
    var narrow = InventedScanner.configuration
    narrow.sections[0].points = 100
    var message: [UInt8] = [0x40, 0x01, 95, 0, 0x1F, 0x02, 3, 91]
    message += narrow.bytes
    device.receive(Array(message[..<64]), now: 0)
    device.receive(Array(message[64...]), now: 0)
    #expect(device.drain().prefix(4) == [0x40, 0x01, 0, 0])
    let read = device.data(for: "C0 02 03 00 20 02 03")
    #expect(read.count == 95)
    let stored = try #require(ScanConfiguration(parsing: Array(read[4...])))
    #expect(stored.sections == narrow.sections)
    #expect(device.data(for: "40 02 03 00 24 02 03") == [100, 0, 0, 0])
    _ = device.reply(to: ScanningTests.start)
    #expect(ScanFileReading.signal(device.file(0)).count == 100)
  }
}
