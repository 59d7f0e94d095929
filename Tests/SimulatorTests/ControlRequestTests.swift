import Testing
import spectrasim

/// What Linux's usbcore, usbhid, hidapi and lsusb ask on endpoint 0, and what a scanner answers.
struct ControlRequestTests {
  /// Requests to a fresh device: eight bytes of setup, then the answer; nil is a stall.
  private static let requests: [(purpose: String, setup: String, answer: String?)] = [
    ("GET_STATUS of the device: self-powered", "80 00 0000 0000 0200", "01 00"),
    ("GET_STATUS of the interface", "81 00 0000 0000 0200", "00 00"),
    ("GET_STATUS of no interface", "81 00 0000 0100 0200", nil),
    ("GET_STATUS of the IN endpoint", "82 00 0000 8100 0200", "00 00"),
    ("GET_STATUS of the OUT endpoint", "82 00 0000 0100 0200", "00 00"),
    ("GET_STATUS of no endpoint", "82 00 0000 8200 0200", nil),
    ("GET_CONFIGURATION", "80 08 0000 0000 0100", "01"),
    ("SET_CONFIGURATION 1", "00 09 0100 0000 0000", ""),
    ("SET_CONFIGURATION 2", "00 09 0200 0000 0000", nil),
    ("GET_INTERFACE", "81 0A 0000 0000 0100", "00"),
    ("SET_INTERFACE alternate 0", "01 0B 0000 0000 0000", ""),
    ("SET_INTERFACE alternate 1", "01 0B 0100 0000 0000", nil),
    ("SET_INTERFACE of no interface", "01 0B 0000 0100 0000", nil),
    ("CLEAR_FEATURE halt of the IN endpoint", "02 01 0000 8100 0000", ""),
    ("CLEAR_FEATURE halt of no endpoint", "02 01 0000 8300 0000", nil),
    ("SET_FEATURE remote wake-up", "00 03 0100 0000 0000", ""),
    ("SET_FEATURE test mode", "00 03 0200 0000 0000", nil),
    ("device qualifier", "80 06 0006 0000 0A00", nil),
    ("other speed", "80 06 0007 0000 0900", nil),
    ("debug descriptor", "80 06 000A 0000 0400", nil),
    ("binary object store", "80 06 000F 0000 0500", nil),
    ("second configuration", "80 06 0102 0000 0900", nil),
    ("languages", "80 06 0003 0000 FF00", "04 03 09 04"),
    ("serial number string", "80 06 0303 0904 FF00", "12 03 3100320033003400350036003700 3800"),
    ("Microsoft's string", "80 06 EE03 0000 1200", nil),
    ("HID descriptor", "81 06 0021 0000 0900", "09 21 11 01 00 01 22 1D 00"),
    ("report descriptor of no interface", "81 06 0022 0100 1D00", nil),
    ("SET_IDLE", "21 0A 0000 0000 0000", ""),
    ("GET_IDLE", "A1 02 0000 0000 0100", "00"),
    ("SET_PROTOCOL: no boot device", "21 0B 0100 0000 0000", nil),
    ("GET_PROTOCOL", "A1 03 0000 0000 0100", nil),
    ("GET_REPORT before any command", "A1 01 0001 0000 4000", "00 00 00 00 00 00 00 00"),
    ("SET_REPORT", "21 09 0002 0000 4000", ""),
    ("a vendor's request", "C0 01 0000 0000 0100", nil),
  ]

  @Test(arguments: requests)
  func `each request gets its answer or a stall`(
    request: (purpose: String, setup: String, answer: String?)
  ) {
    let device = InventedScanner.device()
    let setup = SetupPacket(bytes: GoldenBytes.bytes(hex: request.setup))
    let expected = request.answer.map { GoldenBytes.bytes(hex: $0) }
    #expect(device.answer(setup) == expected, "\(request.purpose)")
    #expect(device.data(for: "C0 02 02 00 0F 03") == [1], "the device goes on")
  }

  private func answer(_ device: NanoDevice, _ setup: String) -> [UInt8]? {
    device.answer(SetupPacket(bytes: GoldenBytes.bytes(hex: setup)))
  }

  @Test
  func `GET_REPORT shows eight stale bytes and SET_REPORT runs nothing`() {
    let device = InventedScanner.device()
    _ = device.reply(to: "C0 02 02 00 33 02")
    let stale: [UInt8] = [0xC0, 2, 8, 0, 0x53, 0x49, 0x4D, 0x30]
    #expect(answer(device, "A1 01 0001 0000 4000") == stale)
    #expect(answer(device, "21 09 0002 0000 4000") == [])
    #expect(device.takeInput(now: 0) == .none)
    #expect(answer(device, "A1 01 0001 0000 4000") == stale)
  }

  @Test
  func `configuration and wake-up are what the host has set`() {
    let device = InventedScanner.device()
    _ = answer(device, "00 03 0100 0000 0000")
    #expect(answer(device, "80 00 0000 0000 0200") == [3, 0])
    _ = answer(device, "00 01 0100 0000 0000")
    #expect(answer(device, "80 00 0000 0000 0200") == [1, 0])
    _ = answer(device, "00 09 0000 0000 0000")
    #expect(answer(device, "80 08 0000 0000 0100") == [0])
    device.unplug()
    #expect(answer(device, "80 08 0000 0000 0100") == [1], "the next host finds it configured")
  }

  @Test(arguments: ["02 01 0000 8100 0000", "00 09 0100 0000 0000", "01 0B 0000 0000 0000"])
  func `a host halts an endpoint and takes that back in three ways`(clearing: String) {
    let device = InventedScanner.device()
    _ = answer(device, "02 03 0000 8100 0000")
    _ = answer(device, "02 03 0000 0000 0000")
    #expect(answer(device, "82 00 0000 8100 0200") == [1, 0])
    #expect(answer(device, "82 00 0000 0000 0200") == [0, 0], "endpoint 0 never stays halted")
    #expect(device.takeInput(now: 0) == .stalled)
    _ = answer(device, clearing)
    #expect(device.takeInput(now: 0) == .none)
    #expect(!device.isOutputHalted)
  }

  @Test
  func `a halted OUT endpoint refuses packets`() throws {
    let server = try FaultServer(script: "")
    let client = try server.importDevice("1-1")
    try client.submit(.out, endpoint: 0, byteCount: 0, setup: [0x02, 3, 0, 0, 0x01, 0, 0, 0])
    #expect(try client.reply(isInput: false).status == 0)
    try client.submit(.out, endpoint: 1, byteCount: 6, payload: [0xC0, 2, 2, 0, 0x33, 2])
    #expect(try client.reply(isInput: false).status == -32)
    try client.submit(.out, endpoint: 0, byteCount: 0, setup: [0x02, 1, 0, 0, 0x01, 0, 0, 0])
    #expect(try client.reply(isInput: false).status == 0)
    #expect(try client.command("C0 02 02 00 33 02").count == 12)
  }

  @Test
  func `a whole report sent by SET_REPORT is taken and thrown away`() throws {
    let server = try FaultServer(script: "")
    let client = try server.importDevice("1-1")
    let report = [0xC0, 2, 2, 0, 0x33, 2] + [UInt8](repeating: 0, count: 58)
    try client.submit(
      .out,
      endpoint: 0,
      byteCount: 64,
      setup: [0x21, 9, 0, 2, 0, 0, 64, 0],
      payload: report
    )
    #expect(try client.reply(isInput: false).status == 0)
    let waiting = try client.submit(.in, endpoint: 1, byteCount: 64)
    let unlink = try client.unlink(waiting)
    #expect(try client.reply().sequence == unlink, "nothing unsolicited")
  }
}
