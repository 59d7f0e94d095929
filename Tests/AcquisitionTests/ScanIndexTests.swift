import Acquisition
import Synchronization
import Testing

/// A scan that fails without a word leaves the old file in place: it must never pass for a new one.
@Suite struct ScanIndexTests {
  @Test func `a scan that left the old file is no scan`() throws {
    let wire = ScriptedTransport.Wire()
    var decoder = ScanDecoder()
    var session = try preparedSession(wire, &decoder)
    _ = try session.scan()
    fail(.scanLost, onNextScanOf: wire)
    #expect(outcome(of: &session) == .noNewScan(scanIndex: 0x0003_0003))
    #expect(outcome(of: &session) == nil)
  }

  @Test func `the first scan of a connection is compared with what the device held before`()
    throws
  {
    let wire = ScriptedTransport.Wire()
    fail(.scanLost, onNextScanOf: wire)
    var decoder = ScanDecoder()
    var session = try preparedSession(wire, &decoder)
    #expect(outcome(of: &session) == .noNewScan(scanIndex: 0x0003_0002))
    var again = try preparedSession(wire, &decoder)
    fail(.scanLost, onNextScanOf: wire)
    #expect(outcome(of: &again) == .noNewScan(scanIndex: 0x0003_0002))
  }

  @Test(arguments: [ScriptedDevice.Fault.scanFailsWithNewFile(bits: 1), .busyAfterScan])
  func `a scan that was not read does not pass for the next one`(
    fault: ScriptedDevice.Fault
  ) throws {
    let wire = ScriptedTransport.Wire()
    var decoder = ScanDecoder()
    var session = try preparedSession(wire, &decoder)
    _ = try session.scan()
    fail(fault, onNextScanOf: wire)
    #expect(outcome(of: &session) != nil)
    // The device now holds a scan that this host never read.
    fail(.scanLost, onNextScanOf: wire)
    #expect(outcome(of: &session) == .noNewScan(scanIndex: 0x0003_0004))
    #expect(outcome(of: &session) == nil)
  }

  @Test func `a scan of somebody else while the device was busy does not pass for ours`() throws {
    let wire = ScriptedTransport.Wire()
    var decoder = ScanDecoder()
    var session = try preparedSession(wire, &decoder)
    _ = try session.scan()
    fail(.busy, onNextScanOf: wire)
    #expect(try session.scan() == nil)
    wire.device.withLock { $0.scanByButton() }
    fail(.scanLost, onNextScanOf: wire)
    #expect(outcome(of: &session) == .noNewScan(scanIndex: 0x0003_0004))
  }

  @Test(arguments: [
    (UInt32(0x0003_FFFF), UInt32(0x0003_0000)), (0x0003_0007, 0x0004_0001),
    (0x0003_0007, 0x0003_0009), (0x0003_0007, 0x0001_0001),
  ])
  func `a counter that wraps, jumps or starts anew is a new scan`(before: UInt32, after: UInt32)
    throws
  {
    var device = ScriptedDevice()
    device.scanCount = before &- 1
    let wire = ScriptedTransport.Wire(device)
    var decoder = ScanDecoder()
    var session = try preparedSession(wire, &decoder)
    #expect(outcome(of: &session) == nil)
    wire.device.withLock { $0.scanCount = after &- 1 }
    #expect(outcome(of: &session) == nil)
  }

  @Test(arguments: [
    Array(repeating: UInt8(0), count: 3822), Array(repeating: 0xA5, count: 3822), [],
  ])
  func `a device without a scan since it was switched on is scanned`(file: [UInt8]) throws {
    var device = ScriptedDevice()
    let good = device.scanFile
    device.scanFile = file
    let wire = ScriptedTransport.Wire(device)
    var decoder = ScanDecoder()
    var session = try preparedSession(wire, &decoder)
    wire.device.withLock { $0.fileOfNextScan = good }
    #expect(outcome(of: &session) == nil)
  }

  @Test func `a counter that cannot be read keeps a scan from being made`() throws {
    let wire = ScriptedTransport.Wire()
    var decoder = ScanDecoder()
    var session = try preparedSession(wire, &decoder)
    // Without the counter of the file before, an old one could not be told from a new one.
    wire.device.withLock { device in
      let next = device.count("00/2E")
      for chunk in next..<next + 3 { device.faults["00/2E", default: [:]][chunk] = .length(7) }
    }
    let isRefused = outcome(of: &session) != nil
    #expect(isRefused)
    #expect(wire.device.withLock { $0.count("02/18") } == 0)
  }

  private func fail(_ fault: ScriptedDevice.Fault, onNextScanOf wire: ScriptedTransport.Wire) {
    wire.device.withLock { $0.faults["02/18", default: [:]][$0.count("02/18")] = fault }
  }

  /// The error of the next scan; nil when it was made.
  private func outcome(of session: inout ScanSession<ScriptedTransport>) -> AcquisitionError? {
    do throws(AcquisitionError) {
      return try session.scan() == nil ? .busy(.startScan) : nil
    } catch {
      return error
    }
  }
}
