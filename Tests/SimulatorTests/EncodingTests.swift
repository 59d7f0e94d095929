import Spectra
import Testing
import spectrasim

struct EncodingTests {
  private static func scanFile(_ configuration: ScanConfiguration) -> ScanFile {
    var conditions = ScanFile.Conditions()
    conditions.deviceTime =
      Timestamp("2026-01-15T12:34:56Z") ?? Timestamp(microsecondsSinceEpoch: 0)
    (conditions.systemHundredths, conditions.detectorHundredths) = (2_345, 2_510)
    (conditions.humidityHundredths, conditions.lampPhotodiode) = (4_567, 3_000)
    conditions.scanIndex = 0x0003_0002
    return ScanFile(
      name: "Column 1",
      conditions: conditions,
      calibration: .invented,
      serial: "SIM0001",
      configuration: configuration,
      words: ScanFile.words(signal: InventedScanner.signal, darkLevel: 30_000, spread: .none)
    )
  }

  @Test
  func `a plain scan file equals the golden one byte for byte`() throws {
    let file = EncodingTests.scanFile(InventedScanner.configuration)
    #expect(file.bytes == (try GoldenBytes.load("plainScan")))
  }

  @Test
  func `a slew scan file equals the golden one byte for byte`() throws {
    var configuration = InventedScanner.configuration
    configuration.layout = .slew
    let file = EncodingTests.scanFile(configuration)
    #expect(file.bytes == (try GoldenBytes.load("slewScan")))
  }

  @Test
  func `configurations and coefficients equal the golden ones byte for byte`() throws {
    var configuration = InventedScanner.configuration
    #expect(configuration.bytes == (try GoldenBytes.load("plainConfiguration")))
    #expect(configuration.bytes.count == 91)
    configuration.layout = .slew
    #expect(configuration.bytes == (try GoldenBytes.load("slewConfiguration")))
    #expect(configuration.bytes.count == 155)
    #expect(Calibration.invented.image.bytes == (try GoldenBytes.load("calibration")))
  }

  @Test(arguments: ["plainConfiguration", "slewConfiguration"])
  func `a configuration survives being written and read`(name: String) throws {
    let bytes = try GoldenBytes.load(name)
    let configuration = try #require(ScanConfiguration(parsing: bytes))
    #expect(configuration.bytes == bytes)
    #expect(configuration.sections == [InventedScanner.section])
  }

  @Test
  func `a configuration with several sections survives being written and read`() throws {
    var configuration = InventedScanner.configuration
    configuration.layout = .slew
    configuration.sections = [
      ScanSection(widthPixels: 6, startNanometres: 900, endNanometres: 1300, points: 100),
      ScanSection(
        widthPixels: 9,
        startNanometres: 1300,
        endNanometres: 1700,
        points: 80,
        exposureCode: 1
      ),
    ]
    #expect(ScanConfiguration(parsing: configuration.bytes) == configuration)
  }

  @Test
  func `no single changed byte makes the configuration reader trap`() throws {
    for name in ["plainConfiguration", "slewConfiguration"] {
      let bytes = try GoldenBytes.load(name)
      for position in bytes.indices {
        for value: UInt8 in [0, 1, 2, 5, 6, 0x7F, 0x80, 0xFF] {
          var changed = bytes
          changed[position] = value
          guard let configuration = ScanConfiguration(parsing: changed) else { continue }
          #expect(configuration.isValid)
          #expect(configuration.pointCount <= ScanConfiguration.patternLimit)
        }
      }
    }
  }

  @Test
  func `wavelengths follow the device's column arithmetic`() throws {
    let columns = try #require(Calibration.invented.columns(of: InventedScanner.section))
    #expect(columns.prefix(4) == [810, 807, 804, 801])
    #expect(columns.suffix(2) == [108, 105])
    let wavelengths = try #require(Calibration.invented.nanometres(of: [InventedScanner.section]))
    let expected = [
      (0, 901.266791250), (1, 905.166071250), (2, 909.061121250), (226, 1698.384281250),
      (227, 1701.293741250),
    ]
    for (point, value) in expected { #expect(abs(wavelengths[point] - value) < 1e-9) }
  }

  @Test
  func `the reference matrix has the device's size and grows with the width`() {
    let bytes = ReferenceMatrix.bytes
    #expect(bytes.count == 2_428)
    #expect(bytes[4..<8].elementsEqual([0x32, 0x09, 0, 0]))  // 2354 bytes are used
    let rows = (0..<19).map { row in
      (0..<50).map { bytes.littleEndian(at: 35 + 19 + 400 + 2 * (50 * row + $0), as: UInt16.self) }
    }
    for (narrow, wide) in zip(rows, rows.dropFirst()) {
      #expect(zip(narrow, wide).allSatisfy { $0 < $1 })
    }
    #expect(rows.joined().allSatisfy { $0 > 0 })
  }

  @Test(arguments: [1, 23, 24, 25, 47, 48, 49, 228, 624])
  func `dark readings average exactly to the dark level`(points: Int) {
    let signal = (0..<points).map { Int32($0 * 7 - 100) }
    let words = ScanFile.words(signal: signal, darkLevel: 30_000)
    let isBlack = words.indices.map { $0 >= 24 && ($0 - 24) % 25 == 0 }
    let black = zip(words, isBlack).filter(\.1).map(\.0)
    #expect(black.count == points / 24)
    // Not only the mean that a host truncates: the sum.
    #expect(black.reduce(0, +) == 30_000 * Int32(black.count))
    #expect(black.count < 2 || Set(black).count > 1)
    let mean = black.isEmpty ? 0 : black.reduce(0, +) / Int32(black.count)
    #expect(mean == (black.isEmpty ? 0 : 30_000))
    #expect(zip(words, isBlack).filter { !$0.1 }.map { $0.0 - mean } == signal)
  }

  @Test
  func `a Hadamard scan of 228 points shows 237 patterns`() throws {
    let columns = try #require(Calibration.invented.columns(of: InventedScanner.section))
    #expect(HadamardPatterns.count(columns: columns, widthPixels: 6) == 237)
  }

  @Test
  func `the estimated time follows the documented formula`() {
    let withLamp = ScanTiming.milliseconds(patternCount: 228, repeats: 6, deviceControlsLamp: true)
    #expect(withLamp == 2_691)
    let without = ScanTiming.milliseconds(patternCount: 228, repeats: 6, deviceControlsLamp: false)
    #expect(without == 1_400)
  }
}
