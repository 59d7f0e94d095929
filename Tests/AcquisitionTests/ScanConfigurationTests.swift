import Acquisition
import Testing

@Suite struct ScanConfigurationTests {
  /// Found by the fuzzer: such a name lost its last byte on the way back.
  @Test(arguments: [0, 1, 38, 39, 40])
  func `a name that fills its field comes back as it was read`(byteCount: Int) throws {
    var bytes = ScanConfiguration.defaultColumn.encoded
    // The data begins at byte 31, the name's 40 bytes 11 bytes into it.
    for index in 0..<40 { bytes[31 + 11 + index] = index < byteCount ? UInt8(ascii: "a") : 0 }
    let configuration = try ScanConfiguration(parsing: bytes.span)
    #expect(configuration.name == String(repeating: "a", count: min(byteCount, 39)))
    let encoded = configuration.encoded
    let again = try ScanConfiguration(parsing: encoded.span)
    #expect(again == configuration)
  }

  /// The documented bytes, with the number and serial that the scanner adds itself.
  @Test func `a configuration of sections is read and written as documented`() throws {
    let head =
      "74706c0052000000532863766323632376632900080000002800000002710053494d3030303100436f6c756d6e20"
      + "3100" + String(repeating: "00", count: 31) + "060001"
    let sections =
      "74706c004900000053286363767676762923000500000000068403a406e4000000"
      + String(repeating: "00", count: 40)
    var bytes = hexadecimalBytes(head + sections)
    #expect(bytes.count == 155)
    let configuration = try ScanConfiguration(parsing: bytes.span)
    #expect(configuration.layout == .slew)
    #expect(configuration.sections == ScanConfiguration.defaultColumn.sections)
    #expect(configuration.repeats == 6)
    #expect(configuration.name == "Column 1")
    bytes.replaceSubrange(29..<39, with: repeatElement(0, count: 10))
    #expect(configuration.encoded == bytes)
    // The four sections that are not used.
    bytes.replaceSubrange(115..<155, with: repeatElement(0xEE, count: 40))
    let again = try ScanConfiguration(parsing: bytes.span)
    #expect(again == configuration)
  }
}

private func hexadecimalBytes(_ text: String) -> [UInt8] {
  stride(from: 0, to: text.utf8.count, by: 2).compactMap { start in
    UInt8(text.dropFirst(start).prefix(2), radix: 16)
  }
}
