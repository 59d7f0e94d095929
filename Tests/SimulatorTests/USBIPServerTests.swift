import Glibc
import Testing
import spectrasim

struct USBIPServerTests {
  /// Runs `body` against a server of two scanners on a Unix socket of its own.
  private func withServer(
    speed: PlaybackSpeed = .unlimited,
    _ body: (String) throws -> Void
  ) throws {
    var options = NanoDevice.Options()
    options.speed = speed
    options.sampleGapNanoseconds = 50_000_000
    let path = "/tmp/spectrasim-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).sock"
    let server = try USBIPServer(
      recordings: [InventedScanner.recording(), InventedScanner.recording()],
      options: options,
      addresses: [.unix(path: path)],
      report: { _ in }
    )
    defer { try? server.stop() }
    try body(path)
  }

  @Test
  func `the device list names every scanner and its HID interface`() throws {
    try withServer { path in
      let client = try USBIPTestClient(path: path)
      try client.send(USBIPClientCodec.bytes(.listDevices))
      let head = try client.read(12)
      #expect(head == [0x01, 0x11, 0x00, 0x05, 0, 0, 0, 0, 0, 0, 0, 2])
      for number in 1...2 {
        let device = try client.read(316)
        #expect(String(decoding: device[256..<259], as: UTF8.self) == "1-\(number)")
        // Bus, device, full speed, ids, release, classes, configuration 1 of 1, one interface.
        #expect(
          device[288..<316].elementsEqual([
            0, 0, 0, 1, 0, 0, 0, UInt8(number + 1), 0, 0, 0, 2, 0x04, 0x51, 0x42, 0x00, 0x01, 0x00,
            0, 0, 0, 1, 1, 1, 3, 0, 0, 0,
          ])
        )
      }
      #expect(client.isClosedByServer())
    }
  }

  @Test
  func `descriptors are the documented bytes`() throws {
    try withServer { path in
      let client = try USBIPTestClient(path: path)
      try client.importDevice("1-1")
      let device = try client.control([0x80, 6, 0, 1, 0, 0, 64, 0], byteCount: 64)
      #expect(
        device.payload
          == GoldenBytes.bytes(hex: "12 01 10 01 00 00 00 40 51 04 00 42 00 01 01 02 03 01")
      )
      let configuration = try client.control([0x80, 6, 0, 2, 0, 0, 255, 0], byteCount: 255)
      #expect(
        configuration.payload
          == GoldenBytes.bytes(
            hex: """
              09 02 29 00 01 01 05 E0 FA 09 04 00 00 02 03 00 00 04 09 21 11 01 00 01 22 1D 00 \
              07 05 81 03 40 00 01 07 05 01 03 40 00 01
              """
          )
      )
      // A host reads the first nine bytes to learn how many there are.
      let head = try client.control([0x80, 6, 0, 2, 0, 0, 9, 0], byteCount: 9)
      #expect(head.payload == Array(configuration.payload[..<9]))
      let report = try client.control([0x81, 6, 0, 0x22, 0, 0, 255, 0], byteCount: 255)
      #expect(
        report.payload
          == GoldenBytes.bytes(
            hex: """
              06 00 FF 0A 00 FF A1 01 15 00 25 FF 75 08 95 40 09 01 81 00 09 02 91 00 09 03 B1 02 C0
              """
          )
      )
      let name = try client.control([0x80, 6, 2, 3, 9, 4, 255, 0], byteCount: 255)
      let text = stride(from: 2, to: name.payload.count, by: 2).map { name.payload[$0] }
      #expect(String(decoding: text, as: UTF8.self) == "Nirscan Nano")
      #expect(try client.control([0x80, 6, 9, 3, 9, 4, 255, 0], byteCount: 255).status == -32)
      #expect(try client.control([0x80, 6, 0, 6, 0, 0, 10, 0], byteCount: 10).status == -32)
      // SET_IDLE is accepted, and the device answers commands after it.
      try client.submit(.out, endpoint: 0, byteCount: 0, setup: [0x21, 0x0A, 0, 0, 0, 0, 0, 0])
      #expect(try client.reply(isInput: false).status == 0)
      #expect(try client.command("C0 02 02 00 33 02") == Array("....SIM0001\0".utf8).replacingHead)
    }
  }

  @Test
  func `an IN transfer waits for its reply`() throws {
    try withServer { path in
      let client = try USBIPTestClient(path: path)
      try client.importDevice("1-2")
      let waiting = try client.submit(.in, endpoint: 1, byteCount: 64)
      let out = try client.submit(
        .out,
        endpoint: 1,
        byteCount: 6,
        payload: GoldenBytes.bytes(hex: "C0 09 02 00 03 04")
      )
      #expect(try client.reply(isInput: false) == .init(sequence: out, status: 0, payload: []))
      let reply = try client.reply()
      #expect(reply.sequence == waiting)
      #expect(reply.payload.prefix(5) == [0xC0, 0x09, 4, 0, 1])
    }
  }

  @Test
  func `unlinking a waiting transfer resets it, unlinking a finished one does not`() throws {
    try withServer { path in
      let client = try USBIPTestClient(path: path)
      try client.importDevice("1-1")
      let waiting = try client.submit(.in, endpoint: 1, byteCount: 64)
      let unlink = try client.unlink(waiting)
      let reset = USBIPTestClient.Reply(
        sequence: unlink,
        status: -104,
        payload: [],
        isUnlink: true
      )
      #expect(try client.reply() == reset)
      let late = try client.unlink(waiting)
      #expect(try client.reply().status == 0)
      #expect(late == unlink + 1)
      // The endpoint is usable afterwards.
      #expect(try client.command("C0 02 02 00 0F 03") == [0xC0, 0x02, 1, 0, 1])
    }
  }

  @Test
  func `a device belongs to one client until that one is gone`() throws {
    try withServer { path in
      var first: USBIPTestClient? = try USBIPTestClient(path: path)
      try first?.importDevice("1-1")
      #expect(importStatus("1-1", path) == 2)
      #expect(importStatus("1-9", path) == 4)
      #expect(importStatus("1-2", path) == 0)
      // Gone in the middle of a file and of a command.
      _ = try first?.command("C0 01 03 00 2D 00 00")
      try first?.submit(
        .out,
        endpoint: 1,
        byteCount: 64,
        payload: .init(repeating: 0x40, count: 64)
      )
      try first?.submit(.in, endpoint: 1, byteCount: 64)
      first = nil
      var status = importStatus("1-1", path)
      for _ in 0..<200 where status != 0 {
        usleep(5_000)
        status = importStatus("1-1", path)
      }
      #expect(status == 0)
    }
  }

  @Test(
    arguments: [
      [0x00, 0x00, 0x80, 0x05, 0, 0, 0, 0],
      [UInt8](repeating: 0xFF, count: 48),
      USBIPClientCodec.bytes(.unlink(sequence: 1, deviceID: 2, victim: 3)),
    ]
  )
  func `garbage closes its own connection and no other`(garbage: [UInt8]) throws {
    try withServer { path in
      let other = try USBIPTestClient(path: path)
      try other.importDevice("1-2")
      let client = try USBIPTestClient(path: path)
      try client.send(garbage)
      #expect(client.isClosedByServer())
      let imported = try USBIPTestClient(path: path)
      try imported.importDevice("1-1")
      try imported.send(garbage + [UInt8](repeating: 0xEE, count: 48))
      #expect(imported.isClosedByServer())
      #expect(try other.command("C0 02 02 00 0F 03") == [0xC0, 0x02, 1, 0, 1])
    }
  }

  @Test
  func `too many waiting transfers close the connection`() throws {
    try withServer { path in
      let client = try USBIPTestClient(path: path)
      try client.importDevice("1-1")
      for _ in 0...USBIPLimits.pendingTransfers {
        try client.submit(.in, endpoint: 1, byteCount: 64)
      }
      #expect(client.isClosedByServer())
    }
  }

  @Test
  func `a reply that needs time comes after that time`() throws {
    try withServer(speed: .factor(10)) { path in
      let client = try USBIPTestClient(path: path)
      try client.importDevice("1-1")
      let clock = ContinuousClock()
      let start = clock.now
      #expect(try client.command("40 08 03 00 18 02 00") == [0x40, 0x08, 0, 0])
      #expect(clock.now - start >= .milliseconds(92))
      #expect(try client.command("C0 09 02 00 03 04") == [0xC0, 0x09, 4, 0, 3, 0, 0, 0])
    }
  }

  @Test
  func `a reset takes the device off the bus, and it comes back`() throws {
    try withServer { path in
      let client = try USBIPTestClient(path: path)
      try client.importDevice("1-1")
      let reset = GoldenBytes.bytes(hex: "40 01 02 00 1A 02")
      try client.submit(.out, endpoint: 1, byteCount: 6, payload: reset)
      // The device may be gone before this is asked.
      _ = try? client.submit(.in, endpoint: 1, byteCount: 64)
      #expect(client.isClosedByServer())
      #expect(importStatus("1-1", path) == 0)
    }
  }

  /// The status of an import whose connection is closed again at once; nil when it fails.
  private func importStatus(_ busID: String, _ path: String) -> UInt32? {
    do {
      try USBIPTestClient(path: path).importDevice(busID)
      return 0
    } catch USBIPTestClient.Failure.refused(let status) {
      return status
    } catch {
      return nil
    }
  }
}

extension [UInt8] {
  /// The same bytes behind the header of a reply to `C0 02`.
  fileprivate var replacingHead: [UInt8] { [0xC0, 0x02, UInt8(count - 4), 0] + self[4...] }
}
