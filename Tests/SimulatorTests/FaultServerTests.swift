import Testing
import spectrasim

/// Faults as a USB/IP client sees them.
struct FaultServerTests {
  private static let start = "40 08 03 00 18 02 00"
  private static let size = "C0 01 03 00 2D 00 00"

  @Test
  func `an unplugged device is neither listed nor importable until it is plugged in again`() throws
  {
    let server = try FaultServer(
      script: "device 1 scan 1 unplug after 2 packets, replug after 300 ms"
    )
    #expect(try server.listedBusIDs() == ["1-1", "1-2"])
    let client = try server.importDevice("1-1")
    #expect(try client.command(FaultServerTests.start) == [0x40, 0x08, 0, 0])
    #expect(try client.command(FaultServerTests.size).count == 8)
    try client.submit(.out, endpoint: 1, byteCount: 6, payload: [0xC0, 2, 2, 0, 0x2E, 0])
    #expect(try client.reply(isInput: false).status == 0)
    for _ in 0..<2 {
      try client.submit(.in, endpoint: 1, byteCount: 64)
      #expect(try client.reply().payload.count == 64)
    }
    #expect(client.isClosedByServer())
    #expect(try server.listedBusIDs() == ["1-2"])
    #expect(throws: USBIPTestClient.Failure.self) {
      try USBIPTestClient(path: server.path).importDevice("1-1")
    }
    let again = try server.importDevice("1-1")
    #expect(try server.listedBusIDs() == ["1-1", "1-2"])
    #expect(try again.command(FaultServerTests.start) == [0x40, 0x08, 0, 0])
    #expect(
      server.reports.filter { !$0.contains("import") } == [
        "1-1: fault at scan 1: unplug after 2 packets, replug after 300 ms",
        "1-1: released", "1-1: back on the bus",
      ]
    )
  }

  @Test
  func `an IN transfer in flight ends with the connection when the device leaves`() throws {
    let server = try FaultServer(script: "device * scan 1 unplug before start, replug after 0 s")
    for busID in ["1-1", "1-2"] {
      let client = try server.importDevice(busID)
      try client.submit(.in, endpoint: 1, byteCount: 64)
      try client.submit(.out, endpoint: 1, byteCount: 7, payload: [0x40, 8, 3, 0, 0x18, 2, 0])
      #expect(client.isClosedByServer())
    }
    let client = try server.importDevice("1-1")
    #expect(try client.command(FaultServerTests.start) == [0x40, 0x08, 0, 0])
  }

  @Test
  func `a device that never returns stays away`() throws {
    let server = try FaultServer(script: "device 2 scan 1 hibernation before start")
    let client = try server.importDevice("1-2")
    try client.submit(.out, endpoint: 1, byteCount: 7, payload: [0x40, 8, 3, 0, 0x18, 2, 0])
    #expect(client.isClosedByServer())
    #expect(try server.listedBusIDs() == ["1-1"])
  }

  @Test
  func `a stall ends transfers with EPIPE until the halt is cleared`() throws {
    let server = try FaultServer(script: "device 1 scan 1 stall on serial")
    let client = try server.importDevice("1-1")
    try client.submit(.out, endpoint: 1, byteCount: 6, payload: [0xC0, 2, 2, 0, 0x33, 2])
    #expect(try client.reply(isInput: false).status == 0)
    for _ in 0..<2 {
      try client.submit(.in, endpoint: 1, byteCount: 64)
      let reply = try client.reply()
      #expect(reply.status == -32)
      #expect(reply.payload.isEmpty)
    }
    try client.submit(.out, endpoint: 0, byteCount: 0, setup: [0x02, 1, 0, 0, 0x81, 0, 0, 0])
    #expect(try client.reply(isInput: false).status == 0)
    #expect(try client.command("C0 02 02 00 33 02").count == 12)
  }

  @Test
  func `a short packet ends a longer transfer`() throws {
    let server = try FaultServer(script: "device 1 scan 1 short packet on serial, of 3 bytes")
    let client = try server.importDevice("1-1")
    try client.submit(.in, endpoint: 1, byteCount: 576)
    try client.submit(.out, endpoint: 1, byteCount: 6, payload: [0xC0, 2, 2, 0, 0x33, 2])
    #expect(try client.reply(isInput: false).status == 0)
    #expect(try client.reply().payload == [0xC0, 2, 8])
  }

  @Test
  func `a late reply comes late and a silent one never`() throws {
    let server = try FaultServer(
      script: """
        device 1 scan 1 late on serial, by 60 ms
        device 1 scan 1 silence on model
        """
    )
    let client = try server.importDevice("1-1")
    let clock = ContinuousClock()
    let start = clock.now
    #expect(try client.command("C0 02 02 00 33 02").count == 12)
    #expect(clock.now - start >= .milliseconds(60))
    try client.submit(.out, endpoint: 1, byteCount: 6, payload: [0xC0, 3, 2, 0, 0x3C, 2])
    #expect(try client.reply(isInput: false).status == 0)
    #expect(try client.command("C0 04 02 00 33 02")[1] == 4)
  }
}
