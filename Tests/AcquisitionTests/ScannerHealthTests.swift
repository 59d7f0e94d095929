import Acquisition
import Spectra
import Synchronization
import Testing

@Suite struct ScannerHealthTests {
  /// What is changed in the scan file (offset and bytes), and what that says about the scanner.
  @Test(
    arguments: [
      // The lamp's reading was 3000 for the reference.
      (118, [0xDC, 0x05], ScannerHealth()),
      (118, [0xDB, 0x05], .lampWeak),
      (118, [0x00, 0x00], ScannerHealth()),
      (184, [0x00], .gainFailure),
      (112, [0xFF, 0xFF], .humiditySensorFault),
      (114, [0xFF, 0xFF], .temperatureSensorFault),
      (114, [0x00, 0x00], ScannerHealth()),
      (116, [0xFF, 0xFF], .humiditySensorFault),
      (105, [15, 3, 31, 2, 7, 0, 0], .clockUnset),
      (105, [18, 1, 2, 1, 9, 30, 0], .clockUnset),
      (105, [26, 13, 40, 1, 9, 30, 0], .clockUnset),
      (105, [15, 12, 15, 2, 15, 25, 44], ScannerHealth()),
    ] as [(Int, [UInt8], ScannerHealth)]
  )
  func `a scan's header tells what is wrong with the scanner`(
    offset: Int,
    bytes: [UInt8],
    health: ScannerHealth
  ) throws {
    var device = ScriptedDevice()
    device.scanFile.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    var decoder = ScanDecoder()
    var session = try preparedSession(ScriptedTransport.Wire(device), &decoder)
    _ = try session.scan()
    #expect(session.health == health)
  }

  @Test(
    arguments: [
      (0x080, .temperatureSensorFault), (0x100, .humiditySensorFault), (0x001, []),
      (0x002, .detectorFault), (0x1000, .signalUnstable), (0x00C, []),
    ] as [(UInt32, ScannerHealth)]
  )
  func `error bits tell it, also after a scan that failed`(bits: UInt32, health: ScannerHealth)
    throws
  {
    let wire = ScriptedTransport.Wire()
    var decoder = ScanDecoder()
    var session = try preparedSession(wire, &decoder)
    wire.device.withLock { $0.errorBits = bits }
    _ = try? session.scan()
    #expect(session.health == health)
    // Errors are reset, and with them what they said.
    _ = try session.scan()
    #expect(session.health.isEmpty)
  }

  @Test func `the worst is the reason and all are named`() {
    let health: ScannerHealth = [.clockUnset, .lampWeak]
    #expect(health.reason == "lampWeak")
    #expect(health.names == ["lampWeak", "clockUnset"])
    #expect(ScannerHealth().reason == nil)
    let error = AcquisitionError.unhealthy(health)
    #expect(error.reason == "lampWeak")
    #expect(error.description == "the scanner reports lampWeak, clockUnset")
  }
}
