import Testing
import spectrasim

/// Each fault of what is measured as a host reads it.
struct MeasurementFaultTests {
  private static let temperature = "C0 03 02 00 00 03"
  private static let humidity = "C0 04 02 00 02 03"

  private static func device(_ faults: String...) throws -> NanoDevice {
    try InventedScanner.device(script: faults.map { "device * " + $0 }.joined(separator: "\n"))
  }

  /// Starts a scan and returns its file.
  private func scanFile(_ device: NanoDevice) -> [UInt8] {
    #expect(device.reply(to: InventedScanner.start)[0] == 0x40)
    return device.file(0)
  }

  @Test
  func `a failing thermometer answers four bytes and leaves minus one in the header`() throws {
    let device = try MeasurementFaultTests.device("scan 2 temperature sensor fails")
    #expect(device.data(for: MeasurementFaultTests.temperature).count == 8)
    #expect(scanFile(device).littleEndian(at: 81 + 33, as: Int16.self) == 2_510)
    #expect(device.data(for: MeasurementFaultTests.temperature) == [255, 255, 255, 255])
    #expect(device.data(for: MeasurementFaultTests.humidity).count == 8)
    let file = scanFile(device)
    #expect(file.littleEndian(at: 81 + 33, as: Int16.self) == -1)
    #expect(file.littleEndian(at: 81 + 31, as: Int16.self) == 2_345)
    #expect(device.takeFaults() == ["2: temperature sensor fails"])
    #expect(device.data(for: MeasurementFaultTests.temperature).count == 8)
  }

  @Test
  func `a failing humidity sensor spoils its two values for as many scans as it should`() throws {
    let device = try MeasurementFaultTests.device("scan 1 humidity sensor fails, for 2 scans")
    for scan in 1...3 {
      let isFailing = scan < 3
      let reply = device.data(for: MeasurementFaultTests.humidity)
      #expect(reply == (isFailing ? [255, 255, 255, 255] : [0x29, 9, 0, 0, 0xD7, 0x11, 0, 0]))
      let file = scanFile(device)
      #expect(file.littleEndian(at: 81 + 31, as: Int16.self) == (isFailing ? -1 : 2_345))
      #expect(file.littleEndian(at: 81 + 35, as: UInt16.self) == (isFailing ? 0xFFFF : 4_567))
      #expect(file.littleEndian(at: 81 + 33, as: Int16.self) == 2_510)
    }
    #expect(device.takeFaults().count == 2)
  }

  @Test
  func `a zero reference is one in the span of its scan`() throws {
    let device = try MeasurementFaultTests.device("scan 2 zero reference")
    #expect(ScanFileReading.signal(device.file(2)) == InventedScanner.recording().reference)
    #expect(device.scan() == 1)
    #expect(ScanFileReading.signal(device.file(2)).allSatisfy { $0 == 0 })
    #expect(device.scan() == 2)
    #expect(ScanFileReading.signal(device.file(2)) == InventedScanner.recording().reference)
  }

  @Test
  func `a saturated scan has every signal word at the converter's limit`() throws {
    let device = try MeasurementFaultTests.device("scan 1 saturation")
    let file = scanFile(device)
    let words = (0..<237).map { file.littleEndian(at: 245 + 4 * $0, as: Int32.self) }
    for (index, word) in words.enumerated() where index % 25 != 24 { #expect(word == 8_388_607) }
    for (index, word) in words.enumerated() where index % 25 == 24 { #expect(word < 31_000) }
    #expect(device.scan() == 2)
  }

  @Test
  func `a gain failure shows gain zero and leaves the counts`() throws {
    let device = try MeasurementFaultTests.device("scan 1 gain failure")
    let file = scanFile(device)
    #expect(file[81 + 103] == 0)
    #expect(ScanFileReading.signal(file) == InventedScanner.signal)
    #expect(scanFile(device)[81 + 103] == 64)
  }

  @Test
  func `low light divides every count`() throws {
    let device = try MeasurementFaultTests.device("scan 1 low light, divided by 50")
    #expect(ScanFileReading.signal(scanFile(device)) == InventedScanner.signal.map { $0 / 50 })
    #expect(device.scan() == 2)
  }

  @Test
  func `a failed scan ends with its error and the old file, and is lost`() throws {
    let device = try MeasurementFaultTests.device("scan 2 failed scan, adc code 3")
    let old = scanFile(device)
    let failed = scanFile(device)
    #expect(failed == old, "the counter is in the file, too")
    let errors = device.data(for: "C0 02 02 00 04 04")
    #expect(Array(errors[..<6]) == [2, 0, 0, 0, 0, 3])
    #expect(device.takeFaults() == ["2: failed scan, adc code 3"])
    _ = device.reply(to: "40 05 02 00 05 04")
    #expect(device.scan() == 3)
    #expect(device.data(for: "C0 02 02 00 04 04").allSatisfy { $0 == 0 })
  }

  @Test
  func `a failed scan that is kept comes next`() throws {
    let device = try MeasurementFaultTests.device("scan 2 failed scan, for 2 scans, keep")
    #expect(device.scan() == 1)
    #expect([device.scan(), device.scan()] == [1, 1], "the old file")
    #expect(Array(device.data(for: "C0 02 02 00 04 04")[..<5]) == [1, 0, 0, 0, 0x10])
    #expect([device.scan(), device.scan()] == [2, 3])
  }

  @Test
  func `a lost clock shows its boot default until it is set again`() throws {
    let device = try MeasurementFaultTests.device("scan 2 clock lost")
    let set = "40 01 09 00 09 03 1A 0B 15 06 17 3B 0A"
    _ = device.reply(to: set)
    #expect(scanFile(device)[105..<112] == [26, 11, 21, 6, 23, 59, 10])
    #expect(scanFile(device)[105..<112] == [15, 3, 31, 2, 7, 0, 0])
    #expect(device.data(for: "C0 02 02 00 0C 03") == [15, 3, 31, 2, 7, 0, 0])
    _ = device.reply(to: set)
    #expect(scanFile(device)[105..<112] == [26, 11, 21, 6, 23, 59, 10])
  }
}
