import Acquisition
import Spectra
import Testing

@Suite struct ReferenceTests {
  private let golden = GoldenScans.all.cases[0]
  private let measured = Timestamp(microsecondsSinceEpoch: 1_795_251_600_123_456 - 90_500_000)

  @Test(arguments: [(ReferenceKind.factory, ReferenceKind.factory), (.user, .user)])
  func `the preferred reference is taken where both serve`(
    preferred: ReferenceKind,
    taken: ReferenceKind
  ) throws {
    var decoder = ScanDecoder()
    decoder.preferredReference = preferred
    try setReference(golden.referenceFile.bytes, [], of: &decoder)
    try decoder.setUserReference(golden.scanFile.bytes.span, measuredAt: measured)
    let scan = try decode(golden.scanFile.bytes, with: &decoder)
    #expect(scan.header.referenceKind == taken)
    #expect(scan.header.referenceAgeSeconds == (taken == .user ? 90.5 : nil))
    let expected = taken == .user ? golden.sampleSignal : golden.referenceSignal
    #expect(scan.referenceSignal == expected)
  }

  @Test func `the other reference stands in for one that does not serve`() throws {
    let narrow = try #require(GoldenScans.all.cases.first { $0.name == "a narrower range" })
    var decoder = ScanDecoder()
    decoder.preferredReference = .user
    try setReference(golden.referenceFile.bytes, [], of: &decoder)
    try decoder.setUserReference(narrow.scanFile.bytes.span, measuredAt: measured)
    let wide = try decode(golden.scanFile.bytes, with: &decoder)
    #expect(wide.header.referenceKind == .factory)
    #expect(wide.header.referenceAgeSeconds == nil)
    var fault = decoder.referenceFault
    #expect(fault == nil)
    let own = try decode(narrow.scanFile.bytes, with: &decoder)
    #expect(own.header.referenceKind == .user)
    #expect(own.referenceSignal == narrow.sampleSignal)

    decoder = ScanDecoder()
    try decoder.setUserReference(narrow.scanFile.bytes.span, measuredAt: measured)
    let alone = try decode(golden.scanFile.bytes, with: &decoder)
    #expect(alone.header.referenceKind == .none)
    fault = decoder.referenceFault
    #expect(fault == .referenceDoesNotCover(startNanometres: 900, endNanometres: 1700))
  }

  @Test func `a reference of several sections serves its own configuration only`() throws {
    let own = try SectionScans.named("the reference's own sections")
    let reference = try #require(SectionScans.all.references[own.reference]).bytes
    var decoder = ScanDecoder()
    try decoder.setUserReference(reference.span, measuredAt: measured)
    _ = try decode(golden.scanFile.bytes, with: &decoder)
    let fault = decoder.referenceFault
    #expect(fault == .referenceHasSections(3))
    let scan = try decode(own.scanFile.bytes, with: &decoder)
    #expect(scan.referenceSignal == own.referenceCounts)
    #expect(scan.header.referenceKind == .user)
  }

  @Test func `no reference is younger than the scan that it serves`() throws {
    var decoder = ScanDecoder()
    let future = Timestamp(microsecondsSinceEpoch: arrival.time.microsecondsSinceEpoch + 5)
    try decoder.setUserReference(golden.scanFile.bytes.span, measuredAt: future)
    let scan = try decode(golden.scanFile.bytes, with: &decoder)
    #expect(scan.header.referenceAgeSeconds == 0)
  }

  @Test func `a reference that is none leaves the old one in place`() throws {
    var decoder = ScanDecoder()
    decoder.preferredReference = .user
    try decoder.setUserReference(golden.scanFile.bytes.span, measuredAt: measured)
    let refusal: ScanFileError?
    do throws(ScanFileError) {
      try decoder.setUserReference([0, 1].span, measuredAt: measured)
      refusal = nil
    } catch {
      refusal = error
    }
    #expect(refusal == .truncated(byteCount: 2, expectedByteCount: 9))
    let scan = try decode(golden.scanFile.bytes, with: &decoder)
    #expect(scan.header.referenceKind == .user)
  }

  @Test func `a matrix that is none takes only other pattern widths away`() throws {
    let odd = try #require(GoldenScans.all.cases.first { $0.name == "an odd and smaller width" })
    var decoder = ScanDecoder()
    try setReference(golden.referenceFile.bytes, GoldenScans.all.matrixFile.bytes, of: &decoder)
    #expect(try decode(odd.scanFile.bytes, with: &decoder).header.referenceKind == .factory)
    let isRefused: Bool
    do throws(ScanFileError) {
      try decoder.setMatrix([UInt8](repeating: 0, count: 2428).span)
      isRefused = false
    } catch {
      isRefused = true
    }
    #expect(isRefused)
    #expect(try decode(odd.scanFile.bytes, with: &decoder).header.referenceKind == .none)
    #expect(try decode(golden.scanFile.bytes, with: &decoder).header.referenceKind == .factory)
  }

  /// What is changed in a good scan (offset and bytes), and why it cannot be a reference.
  @Test(
    arguments: [
      (184, [0], ReferenceProblem.gainFailure, "referenceGainFailure"),
      // The first word: 0 counts, and the largest that the converter gives.
      (245, [0x30, 0x75, 0x00, 0x00], .noLight(pattern: 0, count: 0), "referenceTooDark"),
      (245, [0x00, 0x00, 0x00, 0x00], .noLight(pattern: 0, count: -30_000), "referenceTooDark"),
      (245, [0xFF, 0xFF, 0x7F, 0x00], .saturated(count: 8_388_607), "referenceSaturated"),
      (245, [0x90, 0xB8, 0x7E, 0x00], .saturated(count: 8_304_784), "referenceSaturated"),
    ] as [(Int, [UInt8], ReferenceProblem, String)]
  )
  func `a scan that cannot be a reference is refused with its reason`(
    offset: Int,
    damage: [UInt8],
    problem: ReferenceProblem,
    reason: String
  ) {
    var bytes = golden.scanFile.bytes
    bytes.replaceSubrange(offset..<offset + damage.count, with: damage)
    #expect(throws: problem) {
      try ReferenceProblem.check(bytes.span)
    }
    #expect(AcquisitionError.referenceRefused(problem).reason == reason)
  }

  @Test func `a scan with light everywhere can be a reference unless it is dim`() {
    #expect(throws: Never.self) { try ReferenceProblem.check(golden.scanFile.bytes.span) }
    var bytes = golden.scanFile.bytes
    // Every signal word becomes 31,000: 1,000 counts of light.
    for index in 0..<237 where index < 24 || (index - 24) % 25 != 0 {
      bytes.replaceSubrange(245 + 4 * index..<249 + 4 * index, with: [0x18, 0x79, 0, 0])
    }
    #expect(throws: ReferenceProblem.tooDark(peak: 1000)) {
      try ReferenceProblem.check(bytes.span)
    }
  }
}
