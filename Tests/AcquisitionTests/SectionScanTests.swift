import Acquisition
import Foundation
import Spectra
import Testing

@Suite struct SectionScanTests {
  @Test(arguments: SectionScans.all.cases)
  func `a file with sections and its reference give the stored values`(
    golden: SectionScans.Case
  ) throws {
    var decoder = ScanDecoder()
    let reference = try #require(SectionScans.all.references[golden.reference]).bytes
    try setReference(reference, GoldenScans.all.matrixFile.bytes, of: &decoder)
    let scan = try decode(golden.scanFile.bytes, with: &decoder)
    let fault = decoder.referenceFault
    #expect(fault == nil)
    #expect(scan.wavelengthsNanometres == golden.wavelengthsNanometres)
    #expect(scan.sampleSignal == golden.sampleCounts)
    #expect(scan.referenceSignal == golden.referenceCounts)
    #expect(scan.header.maximumRawCount == golden.maximumRawCount)
    #expect(scan.header.referenceKind == .factory)
    let isRising = zip(scan.wavelengthsNanometres, scan.wavelengthsNanometres.dropFirst())
      .allSatisfy { $0 < $1 }
    #expect(isRising)
  }

  @Test func `a plain file and the same scan in the slew layout give the same frame`() throws {
    var decoder = ScanDecoder()
    let reference = GoldenScans.all.cases[0].referenceFile.bytes
    try setReference(reference, [], of: &decoder)
    let plain = try decode(GoldenScans.all.cases[0].scanFile.bytes, with: &decoder)
    let slew = try decode(try SectionScans.named("vector 2").scanFile.bytes, with: &decoder)
    #expect(slew.wavelengthsNanometres == plain.wavelengthsNanometres)
    #expect(slew.sampleSignal == plain.sampleSignal)
    #expect(slew.referenceSignal == plain.referenceSignal)
    #expect(slew.header.gridRevision == plain.header.gridRevision)
    #expect(slew.header.scanIndex == plain.header.scanIndex)
    #expect(slew.header.repeats == 6)
  }

  @Test func `what unused sections and words hold does not matter`() throws {
    var bytes = try SectionScans.named("vector 4").scanFile.bytes
    var decoder = ScanDecoder()
    let before = try decode(bytes, with: &decoder)
    // Sections three to five, and the words behind the 187 that are valid.
    for offset in 285..<315 { bytes[offset] = 0xEE }
    for offset in (330 + 4 * 187)..<3786 { bytes[offset] = 0xEE }
    let after = try decode(bytes, with: &decoder)
    #expect(after.sampleSignal == before.sampleSignal)
    #expect(after.wavelengthsNanometres == before.wavelengthsNanometres)
    #expect(after.header.maximumRawCount == before.header.maximumRawCount)
  }

  @Test func `of points that share a wavelength the first is kept`() throws {
    let scan = try SectionScans.named("a section twice").scanFile.bytes
    var decoder = ScanDecoder()
    let decoded = try decode(scan, with: &decoder)
    #expect(decoded.header.pointCount == 50)
    let crowded = try SectionScans.named("more patterns than columns").scanFile.bytes
    #expect(try decode(crowded, with: &decoder).header.pointCount < 120)
  }

  @Test func `exposure does not change a grid`() throws {
    var bytes = try SectionScans.named("vector 4").scanFile.bytes
    var decoder = ScanDecoder()
    let before = try decode(bytes, with: &decoder).header.gridRevision
    bytes[265 + 8] = 3
    #expect(try decode(bytes, with: &decoder).header.gridRevision == before)
  }

  @Test(arguments: [
    (8, [0x54], ScanFileError.unknownFormat),
    (4, [0xA1], .wrongImageLength(found: 161, expected: 160)),
    (160, [0x58], .notAnImage(offset: 160)),
    (168, [0x54], .unknownFormat),
    (242, [0x58], .notAnImage(offset: 242)),
    (261, [0x06], .wrongArrayLength(found: 6, expected: 5)),
    (315, [0x58], .notAnImage(offset: 315)),
    (326, [0x00, 0x00], .wrongArrayLength(found: 0, expected: 864)),
    (241, [0x00], .wrongSectionCount(0)),
    (241, [0x06], .wrongSectionCount(6)),
    (241, [0x01], .wrongWordCount(words: 187, patterns: 100)),
    (265, [0x02], .unknownScanType(2)),
    (275, [0x01], .hadamardScan),
    (
      266, [0x00],
      .wrongSection(startNanometres: 900, endNanometres: 1300, width: 0, patterns: 100)
    ),
    (
      281, [0x00, 0x00],
      .wrongSection(startNanometres: 1300, endNanometres: 1700, width: 9, patterns: 0)
    ),
    (279, [0xFF, 0xFF], .wavelengthOutsideArray(nanometres: 65535)),
  ])
  func `a damaged field of a slew file is named`(
    offset: Int,
    damage: [UInt8],
    error: ScanFileError
  ) throws {
    var bytes = try SectionScans.named("vector 4").scanFile.bytes
    bytes.replaceSubrange(offset..<offset + damage.count, with: damage)
    #expect(refusal(of: bytes) == error)
  }

  @Test func `a slew file that ends early is refused at every length`() throws {
    let bytes = try SectionScans.named("vector 4").scanFile.bytes
    for count in 0..<3786 {
      switch headerRefusal(of: Array(bytes[..<count])) {
      case .truncated(let found, _): if found != count { Issue.record("\(found) of \(count)") }
      case .unknownFormat:
        #expect(
          [0..<40, 168..<180, 250..<261, 323..<326].contains { $0.contains(count) },
          "\(count)"
        )
      case let other: Issue.record("\(count) bytes: \(String(describing: other))")
      }
    }
  }

  /// Needs `nirscan_blobs/A_ti_6100039*` of the shared data: a slew scan of a real device.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: realScan.path)))
  func `a real slew scan gives the published values`() throws {
    var decoder = ScanDecoder()
    let scan = try decode(try Data(contentsOf: realScan).bytes, with: &decoder)
    #expect(scan.header.pointCount == 228)
    #expect(scan.sampleSignal.first == 18_693)
    #expect(scan.sampleSignal.last == 3_220)
    #expect(scan.sampleSignal.max() == 141_328)
    #expect(scan.sampleSignal[103] == 141_328)
    let nanometres = scan.wavelengthsNanometres
    #expect(
      zip([nanometres[0], nanometres[1], nanometres[227]], [901.629, 905.541, 1701.388])
        .allSatisfy { abs($0 - $1) <= 5.001e-4 }
    )
    #expect(scan.header.temperatureCelsius == 23.08)
    #expect(scan.header.detectorTemperatureCelsius == 25.15)
    #expect(scan.header.relativeHumidityPercent == 27.53)
    #expect(scan.header.lampPhotodiode == 2603)
    #expect(scan.header.scanIndex == 0x0200_0002)
    #expect(scan.header.gain == 64)
  }
}

private let realScan = sharedData.appending(path: "nirscan_blobs/A_ti_6100039_slew_column.dat")
