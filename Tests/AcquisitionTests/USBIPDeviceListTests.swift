import Acquisition
import Glibc
import Testing

@Suite struct USBIPDeviceListTests {
  @Test func `every length of a list is refused, waited for, or read`() throws {
    let reply = USBIPDeviceListTests.reply(["1-1", "3-2.4"], interfaces: 2)
    for count in 0..<reply.count {
      #expect(try busIDs(Array(reply[..<count])) == nil, "\(count) bytes")
    }
    #expect(try busIDs(reply) == ["1-1", "3-2.4"])
    #expect(try busIDs(USBIPDeviceListTests.reply([])) == [])
  }

  @Test func `what is no list is refused`() {
    var reply = USBIPDeviceListTests.reply(["1-1"])
    reply[3] = 0x03
    #expect(throws: USBIPViolation.operation(3)) {
      try busIDs(reply)
    }
    reply[1] = 0x10
    #expect(throws: USBIPViolation.version(0x0110)) {
      try busIDs(reply)
    }
  }

  @Test func `a server that is silent, and one that is not there, are told apart`() throws {
    let server = try ListeningSocket(.unix)
    defer { server.stop() }
    let address = try USBIPAddress(parsing: server.location + "/1-1")
    #expect(throws: AcquisitionError.timeout(command: nil)) {
      try USBIPDeviceList.busIDs(of: address.endpoint, within: .milliseconds(50))
    }
    let nowhere = USBIPAddress.Endpoint.unix(path: "/tmp/acquisition-nobody.sock")
    #expect(throws: AcquisitionError.connectionRefused(errorNumber: ENOENT)) {
      try USBIPDeviceList.busIDs(of: nowhere, within: .milliseconds(50))
    }
  }

  private func busIDs(_ bytes: [UInt8]) throws(USBIPViolation) -> [String]? {
    try USBIPDeviceList.busIDs(parsing: bytes.span)
  }

  /// OP_REP_DEVLIST as the kernel's documentation lays it out.
  private static func reply(_ busIDs: [String], interfaces: Int = 1) -> [UInt8] {
    var bytes: [UInt8] = [0x01, 0x11, 0x00, 0x05, 0, 0, 0, 0, 0, 0, 0, UInt8(busIDs.count)]
    for busID in busIDs {
      let name = Array(busID.utf8)
      bytes += Array("/sys".utf8) + [UInt8](repeating: 0, count: 252)
      bytes += name + [UInt8](repeating: 0, count: 32 - name.count)
      // Bus, device and speed; vendor, product and release; class to the number of interfaces.
      bytes += [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0x04, 0x51, 0x42, 0x00, 0x01, 0x00]
      bytes += [0, 0, 0, 1, 1, UInt8(interfaces)]
      bytes += [UInt8](repeating: 3, count: 4 * interfaces)
    }
    return bytes
  }
}
