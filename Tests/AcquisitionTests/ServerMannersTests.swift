import Acquisition
import Testing

@Suite struct ServerMannersTests {
  @Test(arguments: utterances)
  func `a server without manners is left with a reason`(utterance: Utterance) throws {
    let scanner = try ScriptedScanner(manners: .says(utterance.bytes))
    let observer = ScanObserver()
    var options = AcquisitionOptions.impatient
    options.connectTimeout = .milliseconds(500)
    let running = try RunningAcquisition(
      address: try scanner.address(),
      options: options,
      receiver: observer
    )
    #expect(observer.wait { !$0.errors.isEmpty })
    let first = observer.now.changes.first { $0.state == .disconnected }
    #expect(first == .init(state: .disconnected, reason: utterance.reason))
    #expect(running.stop())
    scanner.stop()
  }
}

/// What a server says to everything, and the reason that clients are told.
struct Utterance: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var bytes: [UInt8]
  var reason: String

  init(_ name: String, _ bytes: [UInt8], _ reason: String) {
    (testDescription, self.bytes, self.reason) = (name, bytes, reason)
  }
}

private let utterances: [Utterance] = [
  Utterance("nothing", [], "timeout"),
  Utterance("one byte", [0x01], "timeout"),
  Utterance("another version", Array(repeating: 0xFF, count: 8), "serverError"),
  Utterance("a device list", [0x01, 0x11, 0x00, 0x05, 0, 0, 0, 0], "serverError"),
  Utterance("nothing but the import", imported, "timeout"),
  Utterance("a reply to nothing", imported + reply(to: 77, status: 0), "serverError"),
  Utterance("that the device shut down", imported + reply(to: 1, status: -108), "deviceGone"),
  Utterance("that the device is gone", imported + reply(to: 1, status: -19), "deviceGone"),
  Utterance("that a transfer stalled", imported + reply(to: 1, status: -32), "stalled"),
  Utterance("zeros", imported + Array(repeating: 0, count: 4096), "serverError"),
]

/// The reply to an import of a scanner.
private let imported: [UInt8] = importStatus + importedDevice
private let importStatus: [UInt8] = [0x01, 0x11, 0x00, 0x03, 0, 0, 0, 0]
private let importedDevice: [UInt8] =
  Array(repeating: 0, count: 300) + [0x04, 0x51, 0x42, 0x00] + Array(repeating: 0, count: 8)

/// The header of a transfer's reply without data.
private func reply(to sequence: UInt8, status: Int32) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: 48)
  (bytes[3], bytes[7]) = (3, sequence)
  for index in 0..<4 { bytes[20 + index] = UInt8(truncatingIfNeeded: status >> (24 - 8 * index)) }
  return bytes
}
