import Acquisition
import Testing

@Suite struct ErrorStatusTests {
  /// Bytes of the reply by offset, and the names of what they say.
  @Test(
    arguments: [
      ([:], []),
      ([0: 0x01, 4: 0x01], ["dlpBoot"]),
      ([0: 0x01, 4: 0x06], ["dlpInitialization", "lampDriver"]),
      (
        [0: 0x01, 4: 0xF8],
        [
          "imageCrop", "adcData", "configurationInvalid", "patternStreaming", "dlpRead",
        ]
      ),
      ([0: 0x01], ["scan"]),
      ([0: 0x02, 5: 1], ["adcTimeout"]),
      ([0: 0x02, 5: 10], ["adcCommand"]),
      ([0: 0x02, 5: 11], ["adc(11)"]),
      ([0: 0x02], ["adc"]),
      ([0: 0x80, 12: 4], ["detectorSensorRead"]),
      ([1: 0x01, 13: 7], ["humiditySensorBus"]),
      ([0: 0x04, 6: 0xFF], ["sdCard(-1)"]),
      ([0: 0x08], ["eeprom"]),
      ([0: 0x10, 8: 0x9C, 9: 0xFF], ["bluetooth(-100)"]),
      ([0: 0x20, 10: 3], ["spectrumLibrary(3)"]),
      ([0: 0x40, 11: 2], ["hardware(2)"]),
      ([1: 0x02], ["batteryEmpty"]),
      ([1: 0x04], ["outOfMemory"]),
      ([1: 0x08, 16: 5], ["uart(5)"]),
      ([1: 0x10, 17: 0x15], ["lampUnstable", "adcChip", "repeatsUnstable"]),
      ([1: 0x10, 17: 0xE8], ["autoGain", "system(224)"]),
      ([3: 0x80], ["bit31"]),
      ([0: 0x81, 4: 0x04, 12: 6], ["lampDriver", "detectorSensorTimeout"]),
    ] as [([Int: UInt8], [String])]
  )
  func `every bit and code has a name`(bytes: [Int: UInt8], names: [String]) {
    for count in [20, 24] {
      var reply = [UInt8](repeating: 0, count: count)
      for (offset, byte) in bytes { reply[offset] = byte }
      let status = NanoErrorStatus(parsing: reply.span)
      #expect(status.names == names)
    }
  }

  @Test func `a failed scan says what failed`() {
    var reply = [UInt8](repeating: 0, count: 20)
    (reply[0], reply[4], reply[5]) = (0x03, 0x04, 1)
    let error = AcquisitionError.scanFailed(NanoErrorStatus(parsing: reply.span))
    #expect(error.description == "the scan failed: lampDriver, adcTimeout (error bits 0x3)")
    #expect(error.reason == "scanFailed")
  }
}
