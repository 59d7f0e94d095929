import Testing
import spectrasim

/// Devices that leave the bus, and what they know when they return.
struct DepartureTests {
  private static let second = InventedScanner.second

  private static func device(
    _ fault: String,
    speed: PlaybackSpeed = .unlimited
  ) throws -> NanoDevice {
    try InventedScanner.device(script: "device 1 " + fault, speed: speed)
  }

  @Test
  func `unplugged before a start the device loses no scan`() throws {
    let device = try DepartureTests.device("scan 2 unplug before start, replug after 1.5 s")
    #expect(device.scan() == 1)
    #expect(device.reply(to: InventedScanner.start).isEmpty)
    #expect(!device.isOnBus)
    #expect(device.departureCount == 1)
    #expect(device.nextEvent == 1_500_000_000)
    #expect(device.reply(to: "C0 02 02 00 33 02", now: 1_499_999_999).isEmpty)
    device.advance(now: 1_500_000_000)
    #expect(device.isOnBus)
    #expect(device.takeNotices().contains(.returned))
    #expect(device.scan(now: 1_500_000_000) == 2)
  }

  @Test
  func `unplugged while scanning the device leaves half-way, and its scan is lost`() throws {
    let device = try DepartureTests.device("scan 1 unplug, replug after 1 s", speed: .factor(1))
    device.receive(GoldenBytes.bytes(hex: InventedScanner.start), now: 0)
    #expect(device.drain(now: 925_000_000).count == 64)
    let middle: UInt64 = 2_691_000_000 / 2
    #expect(device.nextEvent == middle)
    device.advance(now: middle - 1)
    #expect(device.isOnBus)
    device.advance(now: middle)
    #expect(!device.isOnBus)
    let later = 10 * DepartureTests.second
    device.advance(now: later)
    #expect(device.recordedScan(now: later) == 1, "on its battery it has finished the scan")
    device.receive(GoldenBytes.bytes(hex: InventedScanner.start), now: later)
    #expect(device.drain(now: 2 * later).count == 64)
    #expect(device.recordedScan(now: 2 * later) == 2)
  }

  @Test
  func `without waits the reply to the start is out before the device leaves`() throws {
    let device = try DepartureTests.device("scan 1 unplug while scanning")
    #expect(device.reply(to: InventedScanner.start)[0] == 0x40)
    device.advance(now: 0)
    #expect(!device.isOnBus)
    #expect(device.nextEvent == nil, "it never returns")
    #expect(device.takeFaults() == ["1: unplug while scanning"])
  }

  @Test(arguments: [0, 1, 9, 10, 66])
  func `unplugged in the middle of a file the device has sent so many packets`(count: Int) throws {
    let device = try DepartureTests.device("scan 2 unplug after \(count) packets, replug after 1 s")
    #expect(device.scan() == 1)
    _ = device.file(2)
    _ = device.reply(to: InventedScanner.start)
    _ = device.reply(to: "C0 01 03 00 2D 00 00")
    var taken = 0
    while device.isOnBus, taken < 100 {
      device.receive(GoldenBytes.bytes(hex: "C0 02 02 00 2E 00"), now: 0)
      while case .packet = device.takeInput(now: 0) { taken += 1 }
    }
    #expect(taken == count)
    #expect(device.scan(now: DepartureTests.second) == 3, "measured, never read, gone")
  }

  @Test(arguments: ["after 2 packets", "while scanning"])
  func `a scan lost to an unplugging may be kept`(moment: String) throws {
    let device = try DepartureTests.device("scan 2 unplug \(moment), replug after 1 s, keep")
    #expect(device.scan() == 1)
    _ = device.reply(to: InventedScanner.start)
    _ = device.file(0)
    device.advance(now: 0)
    #expect(!device.isOnBus)
    device.advance(now: DepartureTests.second)
    #expect(device.scan(now: DepartureTests.second) == 2)
    #expect(device.scan(now: DepartureTests.second) == 3)
    #expect(device.takeFaults().count == 1)
  }

  @Test(arguments: ["hibernation, button after 2 s", "reset, back after 2 s"])
  func `without power the device forgets clock, errors, file and hibernation`(
    fault: String
  ) throws {
    let device = try DepartureTests.device("scan 2 " + fault)
    _ = device.reply(to: "40 01 09 00 09 03 1A 0B 15 06 17 3B 0A")
    _ = device.reply(to: "40 0D 03 00 0E 03 00")
    #expect(device.scan() == 1)
    let index = device.file(0).littleEndian(at: 81 + 39, as: UInt32.self)
    _ = device.reply(to: InventedScanner.start)
    device.advance(now: 0)
    #expect(!device.isOnBus)
    let later = 2 * DepartureTests.second
    device.advance(now: later)
    #expect(device.isOnBus)
    #expect(device.data(for: "C0 02 02 00 0C 03", now: later) == [15, 3, 31, 2, 7, 0, 0])
    #expect(device.data(for: "C0 02 02 00 0F 03", now: later) == [1])
    #expect(device.file(0, now: later).allSatisfy { $0 == 0 })
    #expect(device.scan(now: later) == 3)
    let next = device.file(0, now: later).littleEndian(at: 81 + 39, as: UInt32.self)
    #expect(next >> 16 == index >> 16 + 1, "a new session")
  }

  @Test
  func `a reset during the last scan of all ends the recording`() throws {
    let device = try InventedScanner.device(
      script: "device 1 scan 1 reset, back after 0 s",
      scanCount: 1
    )
    _ = device.reply(to: InventedScanner.start)
    device.advance(now: 0)
    #expect(device.takeNotices().contains(.exhausted(scans: 1)))
    #expect(device.reply(to: InventedScanner.start)[0] == 0x60)
  }

  @Test
  func `a reset by the host brings the device back after its boot`() throws {
    let device = try DepartureTests.device("scan 9 stall", speed: .factor(1))
    #expect(device.reply(to: "40 01 02 00 1A 02").isEmpty)
    #expect(!device.isOnBus)
    #expect(device.nextEvent == 1_500_000_000)
    #expect(device.data(for: "C0 02 02 00 0F 03", now: 1_500_000_000) == [1])
  }

  @Test
  func `told to power down the device is gone without a word`() throws {
    let device = try DepartureTests.device("scan 9 stall")
    #expect(device.reply(to: "40 01 02 00 0D 03").isEmpty)
    #expect(!device.isOnBus)
    #expect(device.nextEvent == nil)
  }

  @Test
  func `an idle device sleeps at the end of a window without a command`() throws {
    let device = try DepartureTests.device("scan 9 stall", speed: .factor(1))
    let window = 300 * DepartureTests.second
    device.plugIn(now: 0)
    #expect(device.data(for: "C0 02 02 00 0F 03", now: window / 2) == [1])
    #expect(device.nextEvent == window)
    device.advance(now: window)
    #expect(device.isOnBus, "there was a command in the first window")
    device.advance(now: 2 * window - 1)
    #expect(device.isOnBus)
    device.advance(now: 2 * window)
    #expect(!device.isOnBus)
    #expect(device.takeNotices() == [.fellAsleep])
    #expect(device.nextEvent == nil)
  }

  @Test
  func `hibernation can be switched off, and nobody sleeps without a host`() throws {
    let lonely = try DepartureTests.device("scan 9 stall", speed: .factor(1))
    lonely.advance(now: 3_600 * DepartureTests.second)
    #expect(lonely.isOnBus)
    lonely.plugIn(now: 3_600 * DepartureTests.second)
    lonely.unplug()
    lonely.advance(now: 7_200 * DepartureTests.second)
    #expect(lonely.isOnBus, "its host is gone")
    let awake = try DepartureTests.device("scan 9 stall", speed: .factor(1))
    awake.plugIn(now: 0)
    _ = awake.reply(to: "40 0D 03 00 0E 03 00")
    awake.advance(now: 3_600 * DepartureTests.second)
    #expect(awake.isOnBus)
    // Switched on again it has a whole window from then on.
    _ = awake.reply(to: "40 0D 03 00 0E 03 01", now: 3_600 * DepartureTests.second)
    awake.advance(now: 4_199 * DepartureTests.second)
    #expect(awake.isOnBus)
    awake.advance(now: 4_200 * DepartureTests.second)
    #expect(!awake.isOnBus)
  }

  @Test(arguments: [(2.0, 150.0), (1_000.0, 30.0)])
  func `windows follow the speed down to half a minute`(speed: Double, seconds: Double) throws {
    let device = try DepartureTests.device("scan 9 stall", speed: .factor(speed))
    device.plugIn(now: 0)
    #expect(device.nextEvent == UInt64(seconds * 1e9))
  }
}
