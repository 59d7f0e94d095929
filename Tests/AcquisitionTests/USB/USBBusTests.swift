import Acquisition
import Foundation
import Synchronization
import Testing

@Suite(
  .serialized,
  .enabled(
    if: MockedBus.isAvailable,
    "umockdev is not installed (Debian: libumockdev-dev, libglib2.0-dev, umockdev)"
  )
)
struct USBBusTests {
  @Test func `a scanner comes, goes and comes back`() throws {
    let faults = "--plug-after 100 --unplug-after 400 --replug-after 100"
    let lines = try MockedBus.run("watch 3", faults: faults)
    #expect(lines == ["arrived usb:1-1 2 gone", "left usb:1-1 2", "arrived usb:1-1 3 stays"])
  }

  @Test func `one that is there arrives first`() throws {
    #expect(try MockedBus.run("watch 1") == ["arrived usb:1-1 2 stays"])
  }

  @Test(arguments: [1, 9])
  func `unplugging ends a transfer under way at once`(reports: Int) throws {
    let lines = try MockedBus.run("wait \(reports)", faults: "--unplug-at-in 1")
    #expect(lines.count == 4 && lines[1] == "error deviceGone", "\(lines)")
    // Ten seconds were granted; a busy machine may take its time.
    #expect(lines[0].firstMatch(of: /waited \d{1,3} ms/) != nil, "\(lines)")
    #expect(lines[2].firstMatch(of: /closed after \d{1,3} ms/) != nil, "\(lines)")
    #expect(lines.last == "error deviceGone: the device left the bus (transfer status -19)")
  }

  @Test func `unplugging is seen between two commands`() throws {
    let lines = try MockedBus.run("departure", faults: "--unplug-after 500")
    #expect(lines.prefix(3) == ["serial number of 8 bytes", "early 0", "departed 1"])
    #expect(lines.last == "error deviceGone: the device left the bus (transfer status -19)")
  }

  @Test func `a scanner whose server is cut off comes back as another`() throws {
    let scanner = try ScriptedScanner()
    let bus = try MockedBus([(scanner, "")], trial: "replug 3")
    for round in 1...2 {
      #expect(waitFor { scanner.commands.count >= round * 10 })
      scanner.disconnect()
    }
    #expect(
      try bus.lines() == [
        "usb:1-1 2 deviceGone", "usb:1-1 3 deviceGone", "usb:1-1 4 8 bytes",
        "error deviceGone: the device left the bus (transfer status -19)",
      ]
    )
  }

  @Test func `unplugging at any moment is survived`() throws {
    let scanner = try ScriptedScanner()
    let bus = try MockedBus([(scanner, "")], trial: "replug 20")
    let isOver = Atomic(false)
    let vandal = Thread {
      while !isOver.load(ordering: .relaxed) {
        usleep(.random(in: 0...40_000))
        scanner.disconnect()
      }
    }
    vandal.start()
    defer { isOver.store(true, ordering: .relaxed) }
    let lines = try bus.lines()
    let pluggings = lines.prefix(20).map { $0.split(separator: " ") }
    let addresses = pluggings.compactMap { $0.count > 1 ? Int($0[1]) : nil }
    // One that left before it was looked at never arrived, so numbers may be missing.
    #expect(addresses.count == 20 && zip(addresses, addresses.dropFirst()).allSatisfy(<))
    // The last one may get its answer first.
    #expect(pluggings.prefix(19).allSatisfy { $0.last == "deviceGone" }, "\(lines)")
    #expect(lines.last == "error deviceGone: the device left the bus (transfer status -19)")
  }

  @Test func `scans go on after a scanner was plugged in again`() throws {
    let lines = try MockedBus.run("acquire 6", faults: "--unplug-at-in 60 --replug-after 20")
    #expect(lines.filter { $0 == "ready SIM0001 -" }.count == 2, "\(lines)")
    #expect(lines.contains("disconnected SIM0001 deviceGone"))
    #expect(lines.filter { $0.hasPrefix("disconnected") }.count == 2, "\(lines)")
    #expect(lines.suffix(2) == ["disconnected SIM0001 -", "scans 6"])
    #expect(!lines.contains { $0.hasSuffix("is not new") })
  }

  @Test func `one that is claimed elsewhere says by whom`() throws {
    let lines = try MockedBus.run("exchange", faults: "--busy")
    #expect(lines.count == 1)
    let found = lines.first?.firstMatch(of: /^error inUse: .* in use by usbmock \(process \d+\);/)
    #expect(found != nil, "\(lines)")
  }

  @Test func `one that may not be opened says where and what to do`() throws {
    let lines = try MockedBus.run("exchange", faults: "--no-permission")
    #expect(lines.count == 1)
    #expect(lines.first?.hasPrefix("error noPermission: ") == true)
    #expect(lines.first?.contains("/dev/bus/usb/001/002") == true)
    #expect(lines.first?.contains("60-spectrad.rules") == true)
  }

  @Test func `a bus leaves nothing behind`() throws {
    #expect(try MockedBus.run("rebus 50") == ["descriptors 0, threads 0"])
  }

  @Test func `a transport outlives whoever made its bus`() throws {
    #expect(try MockedBus.run("orphan 5") == ["exchanged 5"])
  }

  @Test func `a machine without USB says so`() throws {
    let lines = try MockedBus.run("unavailable")
    #expect(lines.count == 1)
    #expect(lines.first?.hasPrefix("error usbUnavailable: ") == true, "\(lines)")
    #expect(lines.first?.contains("LIBUSB_ERROR_") == true, "\(lines)")
  }
}

@Suite struct USBAttachmentTests {
  @Test(arguments: [
    ("1-1", 2, "/dev/bus/usb/001/002"), ("12-1.4", 127, "/dev/bus/usb/012/127"),
  ])
  func `an attachment names its place and its node`(path: String, address: UInt8, node: String) {
    let attachment = USBAttachment(path: path, deviceAddress: address)
    #expect(attachment.description == "usb:\(path)")
    #expect(attachment.nodePath == node)
  }
}
