import Testing
import spectrasim

/// Reads slew files by the documented offsets, independently of the encoder.
enum SlewFileReading {
  /// The signal of a slew file: words above the mean of the dark ones.
  static func signal(_ file: [UInt8]) -> [Int32] {
    let count = Int(file.littleEndian(at: 56 + 99, as: UInt16.self))
    let words = (0..<count).map { file.littleEndian(at: 330 + 4 * $0, as: Int32.self) }
    let dark = words.indices.filter { $0 >= 24 && ($0 - 24) % 25 == 0 }
    let level = dark.reduce(0) { $0 + Int(words[$1]) } / max(1, dark.count)
    return words.indices.filter { !dark.contains($0) }.map { words[$0] - Int32(level) }
  }
}

/// Slew configurations that a host applies, and the files that follow.
struct SlewScanTests {
  /// Sends command 02/1E in whole packets, with the true length or another.
  private func apply(
    _ blob: [UInt8],
    declaring length: Int? = nil,
    to device: NanoDevice
  ) -> [UInt8] {
    var message: [UInt8] = [0x40, 0x01]
    message.append(littleEndian: UInt16(length ?? 2 + blob.count))
    message += [0x1E, 0x02] + blob
    for start in stride(from: 0, to: message.count, by: 64) {
      let packet = message[start..<min(start + 64, message.count)]
      device.receive(packet + [UInt8](repeating: 0, count: 64 - packet.count), now: 0)
    }
    return device.drain()
  }

  @Test(arguments: [157, 126])
  func `a configuration of one section is applied, whatever length is declared`(length: Int) throws
  {
    let oneSection = try GoldenBytes.load("slewConfiguration")
    #expect(oneSection.count == 155)
    let device = InventedScanner.device()
    let reply = apply(oneSection, declaring: length, to: device)
    #expect(reply.prefix(8) == [0x40, 0x01, 4, 0, 0xE4, 0, 0, 0])
    _ = device.reply(to: InventedScanner.start)
    let file = device.file(0)
    // The configuration stands in the file as it was sent.
    #expect(Array(file[160..<315]) == oneSection)
    #expect(SlewFileReading.signal(file) == InventedScanner.signal)
  }

  private static let twoSections = ScanConfiguration(
    layout: .slew,
    identifier: 115,
    serial: "SIM0001",
    name: "Two",
    repeats: 6,
    sections: [
      ScanSection(widthPixels: 6, startNanometres: 900, endNanometres: 1300, points: 100),
      ScanSection(
        widthPixels: 9,
        startNanometres: 1300,
        endNanometres: 1700,
        points: 80,
        exposureCode: 1
      ),
    ]
  )

  @Test
  func `a scan of two sections has both, at their widths, one after the other`() throws {
    let device = InventedScanner.device()
    #expect(
      apply(SlewScanTests.twoSections.bytes, to: device).prefix(8)
        == [0x40, 0x01, 4, 0, 180, 0, 0, 0]
    )
    _ = device.reply(to: InventedScanner.start)
    let file = device.file(0)
    #expect(file.littleEndian(at: 56 + 99, as: UInt16.self) == 187)
    #expect(file[188 + 53] == 2, "sections")
    #expect(
      Array(file[265..<285])
        == GoldenBytes.bytes(
          hex: "00 06 8403 1405 6400 0000 00 09 1405 A406 5000 0100"
        )
    )
    let signal = SlewFileReading.signal(file)
    #expect(signal.count == 180)
    // At 1300 nm both sections see the same light but for their widths.
    let ratio = Double(signal[100]) / Double(signal[99])
    #expect(abs(ratio - 8.8 / 5.8) < 0.02)
  }

  @Test
  func `stale data lies where nobody may look, and nowhere else`() throws {
    let clean = InventedScanner.device()
    let stale = try InventedScanner.device(script: "device 1 scan 1 stale data")
    for device in [clean, stale] {
      _ = apply(SlewScanTests.twoSections.bytes, to: device)
      _ = device.reply(to: InventedScanner.start)
    }
    let (cleanFile, staleFile) = (clean.file(0), stale.file(0))
    let differing = Set(cleanFile.indices.filter { cleanFile[$0] != staleFile[$0] })
    let unused = Set(285..<315).union(330 + 4 * 187..<330 + 4 * 864)
    #expect(differing.isSubset(of: unused))
    #expect(differing.count > unused.count * 9 / 10)
  }

  @Test(arguments: [0, 6])
  func `so many sections are refused`(count: Int) throws {
    var blob = try GoldenBytes.load("slewConfiguration")
    blob[28 + 53] = UInt8(count)
    let device = InventedScanner.device()
    #expect(apply(blob, to: device)[0] == 0x50)
  }
}
