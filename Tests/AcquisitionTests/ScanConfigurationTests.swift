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
}
