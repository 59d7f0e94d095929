import Acquisition
import Foundation
import Spectra
import Testing

@Suite struct ScanDecoderTests {
  @Test(arguments: GoldenScans.all.cases)
  func `a scan file and its reference give the stored values`(golden: GoldenScans.Case) throws {
    var decoder = ScanDecoder()
    try setReference(golden.referenceFile.bytes, GoldenScans.all.matrixFile.bytes, of: &decoder)
    let scan = try decode(golden.scanFile.bytes, with: &decoder)
    let fault = decoder.referenceFault
    #expect(fault == nil)
    #expect(scan.wavelengthsNanometres == golden.wavelengthsNanometres)
    #expect(scan.sampleSignal == golden.sampleSignal)
    #expect(scan.referenceSignal == golden.referenceSignal)
    #expect(scan.header.maximumRawCount == golden.maximumRawCount)
    #expect(scan.header.referenceKind == .factory)
    for (index, value) in scan.absorbance.enumerated() {
      let (sample, reference) = (golden.sampleSignal[index], golden.referenceSignal[index])
      if sample > 0, reference > 0 {
        #expect(abs(value + log10(Double(sample) / Double(reference))) < 1e-12)
      } else {
        #expect(value.isNaN)
      }
    }
  }

  @Test func `the header's fields arrive in their units`() throws {
    var decoder = ScanDecoder()
    let scan = try decode(GoldenScans.all.cases[0].scanFile.bytes, with: &decoder)
    let header = scan.header
    #expect(header.pointCount == 228)
    #expect(header.temperatureCelsius == 23.45)
    #expect(header.detectorTemperatureCelsius == 25.10)
    #expect(header.relativeHumidityPercent == 45.67)
    #expect(header.lampPhotodiode == 3000)
    #expect(header.gain == 64)
    #expect(header.repeats == 6)
    #expect(header.scanIndex == 0x0003_0002)
    #expect(header.deviceTime == Timestamp("2026-01-15T12:34:56Z"))
    #expect(header.time == arrival.time)
    #expect(header.monotonicNanoseconds == arrival.monotonicNanoseconds)
    #expect(header.referenceKind == .none)
    #expect(scan.referenceSignal == Array(repeating: 0, count: 228))
    #expect(scan.hasNoAbsorbance)
  }

  @Test func `a failed sensor's value is missing`() throws {
    var decoder = ScanDecoder()
    var bytes = GoldenScans.all.cases[0].scanFile.bytes
    for offset in 112..<118 { bytes[offset] = 0xFF }
    var header = try decode(bytes, with: &decoder).header
    #expect(header.temperatureCelsius == nil)
    #expect(header.detectorTemperatureCelsius == nil)
    #expect(header.relativeHumidityPercent == nil)

    var failing = arrival
    failing.errorBits = .humiditySensor
    let good = GoldenScans.all.cases[0].scanFile.bytes
    header = try decode(good, with: &decoder, failing).header
    #expect(header.temperatureCelsius == nil)
    #expect(header.detectorTemperatureCelsius == 25.10)
    failing.errorBits = .temperatureSensor
    header = try decode(good, with: &decoder, failing).header
    #expect(header.relativeHumidityPercent == 45.67)
    #expect(header.detectorTemperatureCelsius == nil)
  }

  @Test(arguments: ["hadamardScan", "slewHadamard"])
  func `a file with a Hadamard section is refused by name`(name: String) throws {
    let bytes = try #require(GoldenScans.all.refusedFiles[name]).bytes
    #expect(refusal(of: bytes) == .hadamardScan)
    #expect(ScanFileError.hadamardScan.isUnsupportedKind)
  }

  @Test(arguments: [
    (0, [0x58], ScanFileError.notAnImage(offset: 0)),
    (3, [0x01], .notAnImage(offset: 0)),
    (4, [0x76], .wrongImageLength(found: 3702, expected: 3701)),
    (8, [0x54], .unknownFormat),
    (53, [0x15], .wrongArrayLength(found: 21, expected: 20)),
    (180, [0xEE, 0x00], .wrongWordCount(words: 238, patterns: 228)),
    (180, [0xFF, 0xFF], .wrongWordCount(words: 65535, patterns: 228)),
    (183, [0x01], .wrongBlackPattern(first: 24, period: 1)),
    (185, [0x07], .unknownScanType(7)),
    (
      236, [0xA4, 0x06],
      .wrongSection(startNanometres: 1700, endNanometres: 1700, width: 6, patterns: 228)
    ),
    (
      241, [0x00, 0x00],
      .wrongSection(startNanometres: 900, endNanometres: 1700, width: 6, patterns: 0)
    ),
    (238, [0xFF, 0xFF], .wavelengthOutsideArray(nanometres: 65535)),
  ])
  func `a damaged field is named`(offset: Int, damage: [UInt8], error: ScanFileError) {
    var bytes = GoldenScans.all.cases[0].scanFile.bytes
    bytes.replaceSubrange(offset..<offset + damage.count, with: damage)
    #expect(refusal(of: bytes) == error)
  }

  @Test func `a file that ends early is refused at every length`() {
    let bytes = GoldenScans.all.cases[0].scanFile.bytes
    for count in 0..<3701 {
      switch headerRefusal(of: Array(bytes[..<count])) {
      case .truncated(let found, _): #expect(found == count)
      case .unknownFormat: #expect(count < 53)
      case let other: Issue.record("\(count) bytes: \(String(describing: other))")
      }
    }
  }

  @Test func `the grid's revision is that of the wavelengths`() throws {
    let cases = GoldenScans.all.cases
    var decoder = ScanDecoder()
    var revisions: [UInt64] = []
    for index in [0, 1, 2, 2, 0] {
      revisions.append(try decode(cases[index].scanFile.bytes, with: &decoder).header.gridRevision)
    }
    try setReference(cases[0].referenceFile.bytes, [], of: &decoder)
    revisions.append(try decode(cases[0].scanFile.bytes, with: &decoder).header.gridRevision)
    // The same number after a detour, and in the decoder of another connection.
    var other = ScanDecoder()
    revisions.append(try decode(cases[0].scanFile.bytes, with: &other).header.gridRevision)
    let numbers = revisions.map { revisions.firstIndex(of: $0) }
    #expect(numbers == [0, 0, 2, 2, 0, 0, 0])
  }

  @Test func `a reference that cannot serve a scan leaves it without absorbance and says why`()
    throws
  {
    let cases = GoldenScans.all.cases
    let byName = Dictionary(uniqueKeysWithValues: cases.map { ($0.name, $0) })
    let odd = try #require(byName["an odd and smaller width"])
    var decoder = ScanDecoder()
    try setReference(odd.referenceFile.bytes, [], of: &decoder)
    let scan = try decode(odd.scanFile.bytes, with: &decoder)
    var fault = decoder.referenceFault
    #expect(fault == .widthOutsideMatrix(width: 5))
    #expect(scan.header.referenceKind == .none)
    #expect(scan.hasNoAbsorbance)

    let narrow = try #require(byName["a narrower range"])
    try setReference(narrow.scanFile.bytes, [], of: &decoder)
    _ = try decode(cases[0].scanFile.bytes, with: &decoder)
    fault = decoder.referenceFault
    #expect(fault == .referenceDoesNotCover(startNanometres: 900, endNanometres: 1700))
  }

  @Test(arguments: [0, 64]) func `without a gain there is no absorbance`(position: Int) throws {
    let golden = GoldenScans.all.cases[0]
    var (scan, reference) = (golden.scanFile.bytes, golden.referenceFile.bytes)
    // The gain is the last byte of the scan header.
    if position == 0 { scan[184] = 0 } else { reference[184] = 0 }
    var decoder = ScanDecoder()
    try setReference(reference, [], of: &decoder)
    let decoded = try decode(scan, with: &decoder)
    #expect(decoded.header.referenceKind == .none)
    #expect(decoded.hasNoAbsorbance)
  }

  /// Needs `nirscan_blobs/C_5510004*` of the shared data: a scan of a real device with its
  /// reference, and what its maker's program made of them.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: realScan.path)))
  func `a real scan gives the values of its maker's program`() throws {
    let bytes = try Data(contentsOf: realScan).bytes
    var decoder = ScanDecoder()
    try setReference(Array(bytes[3822...]), [], of: &decoder)
    let scan = try decode(Array(bytes[..<3822]), with: &decoder)
    let table = try String(contentsOf: realTable, encoding: .utf8)
    let rows = table.split(whereSeparator: \.isNewline).map(numbers).filter { $0.count == 4 }
    #expect(rows.count == 228)
    #expect(scan.header.temperatureCelsius == 37.31)
    #expect(scan.header.relativeHumidityPercent == 3.00)
    #expect(scan.header.deviceTime == Timestamp("2024-11-19T09:33:31Z"))
    for (index, row) in rows.enumerated() {
      #expect(abs(scan.wavelengthsNanometres[index] - row[0]) <= 5.001e-7)
      #expect(abs(scan.absorbance[index] - row[1]) <= 5.001e-7)
      #expect(Double(scan.referenceSignal[index]) == row[2])
      #expect(Double(scan.sampleSignal[index]) == row[3])
    }
  }
}

private let realScan = sharedData.appending(
  path: "nirscan_blobs/C_5510004_plain_column_plus_ref.dat"
)
private let realTable = sharedData.appending(path: "nirscan_blobs/C_5510004.csv")

private func numbers(_ line: Substring) -> [Double] {
  line.split(separator: ",").compactMap { Double($0) }
}
