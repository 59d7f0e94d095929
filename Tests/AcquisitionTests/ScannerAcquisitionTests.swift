import Acquisition
import Spectra
import Synchronization
import Testing

@Suite struct ScannerAcquisitionTests {
  @Test(arguments: [
    (ListeningSocket.Kind.unix, ScriptedScanner.Manners.good), (.unix, .reportByReport),
    (.unix, .emptyBetween),
    (.tcp, .good),
  ])
  func `a scanner is identified, prepared and scanned`(
    kind: ListeningSocket.Kind,
    manners: ScriptedScanner.Manners
  ) throws {
    let scanner = try ScriptedScanner(on: kind, manners: manners)
    let seen = try observe(scanner) { $0.headers.count >= 3 }
    let golden = GoldenScans.all.cases[0]
    #expect(seen.changes.prefix(2) == [.init(state: .connecting), .init(state: .ready)])
    #expect(seen.description?.serialNumber == "SIM0001")
    #expect(seen.description?.model == "Scripted Nano")
    #expect(seen.description?.firmware == "2.1.0")
    #expect(seen.description?.configurationName == "Column 1")
    #expect(seen.description?.endNanometres == 1700)
    #expect(seen.signals[0] == golden.sampleSignal)
    #expect(seen.references[2] == golden.referenceSignal)
    #expect(seen.wavelengths == golden.wavelengthsNanometres)
    #expect(seen.headers.prefix(3).map(\.scanIndex) == [0x0003_0003, 0x0003_0004, 0x0003_0005])
    let commands = scanner.commands
    // Nothing is configured that is right already.
    #expect(!commands.contains("02/1E"))
    let first = try #require(commands.firstIndex(of: "02/18"))
    // A scan is: start, status, errors, and the file without anything between its chunks.
    let scan = ["02/18", "04/03", "04/04", "00/2D"] + Array(repeating: "00/2E", count: 8)
    #expect(Array(commands[first..<first + 24]) == scan + scan)
  }

  @Test func `a device left on Hadamard is given a stored Column configuration`() throws {
    var device = ScriptedDevice()
    device.isHadamardActive = true
    let scanner = try ScriptedScanner(device)
    let seen = try observe(scanner) { $0.headers.count >= 1 }
    #expect(seen.changes.prefix(2) == [.init(state: .connecting), .init(state: .ready)])
    let applied = scanner.device.withLock { $0.appliedConfiguration }
    #expect(applied == GoldenScans.all.configuration.bytes)
  }

  @Test func `a device that somebody else puts on Hadamard is put back`() throws {
    let scanner = try ScriptedScanner()
    var isChanged = false
    let seen = try observe(scanner) { now in
      if !isChanged, now.headers.count >= 2 {
        // Once: after it was put back it would be the same file again.
        isChanged = true
        scanner.device.withLock { $0.isHadamardActive = true }
      }
      return now.changes.contains { $0.reason == "scanFileInvalid" }
        && now.changes.last == .init(state: .ready)
    }
    #expect(seen.errors == [.scanFile(.hadamardScan)])
    #expect(scanner.device.withLock { $0.appliedConfiguration } != nil)
  }

  /// A fault, at which command and occurrence, and what clients are told before scans go on.
  @Test(arguments: [
    ("02/18", 1, ScriptedDevice.Fault.busy, []),
    ("04/03", 3, .silence, []),
    ("04/03", 3, .late, []),
    ("04/03", 3, .rubbish, []),
    ("00/2E", 30, .length(100), []),
    ("00/2E", 30, .length(0), []),
    ("00/2E", 30, .silence, []),
    ("00/2E", 30, .late, []),
    ("00/2E", 30, .rubbish, []),
    ("02/18", 1, .error, ["commandFailed"]),
    ("00/2E", 30, .error, []),
    ("00/2E", 30, .wrongSequence, []),
    ("00/2E", 30, .falseHeader, []),
    ("04/03", 3, .wrongSequence, []),
    ("03/0F", 0, .error, []),
    ("03/0C", 0, .error, []),
    ("03/00", 0, .error, []),
    ("03/00", 0, .silence, []),
    ("03/0F", 0, .silence, []),
    ("03/0C", 0, .late, []),
    ("00/2E", 2, .length(100), []),
    ("00/2E", 8, .silence, []),
    ("00/2E", 13, .length(0), []),
    ("02/18", 1, .scanFails(bits: 1), ["scanFailed"]),
    ("02/18", 1, .scanLost, ["scanFailed"]),
    ("02/18", 1, .silence, []),
    ("02/18", 1, .late, []),
    ("02/18", 1, .rubbish, []),
    ("04/03", 3, .error, []),
    ("04/03", 3, .length(1), []),
    ("04/04", 1, .error, []),
    ("04/04", 1, .length(19), []),
    ("04/04", 1, .silence, []),
    ("04/04", 1, .late, []),
    ("04/04", 1, .wrongSequence, []),
    ("04/04", 1, .busy, ["busy"]),
    ("02/18", 1, .disconnect, ["connectionLost"]),
    ("00/2E", 30, .disconnect, ["connectionLost"]),
    ("02/37", 0, .error, []),
    ("02/3C", 0, .error, []),
    ("02/16", 0, .disconnect, ["connectionLost"]),
  ])
  func `after a fault scans go on`(
    command: String,
    occurrence: Int,
    fault: ScriptedDevice.Fault,
    reasons: [String]
  ) throws {
    var device = ScriptedDevice()
    device.faults = [command: [occurrence: fault]]
    let scanner = try ScriptedScanner(device)
    let seen = try observe(scanner) { $0.headers.count >= 6 && $0.changes.last?.reason == nil }
    #expect(seen.changes.compactMap(\.reason) == reasons)
    #expect(Set(seen.headers.map(\.scanIndex)).count == seen.headers.count, "a scan came twice")
    let golden = GoldenScans.all.cases[0].sampleSignal
    #expect(seen.signals == Array(repeating: golden, count: seen.signals.count))
  }

  @Test func `a busy device is asked until it is free`() throws {
    var device = ScriptedDevice()
    for occurrence in 0..<20 { device.faults["02/18", default: [:]][occurrence] = .busy }
    let scanner = try ScriptedScanner(device)
    let seen = try observe(scanner) { $0.headers.count >= 1 }
    #expect(seen.errors.isEmpty)
    #expect(scanner.device.withLock { $0.count("02/18") } >= 21)
  }

  @Test func `sensors that failed in a scan leave their values out`() throws {
    let scanner = try ScriptedScanner()
    let seen = try observe(scanner) { now in
      scanner.device.withLock { $0.errorBits = 0x180 }
      return now.headers.last?.temperatureCelsius == nil && now.headers.count > 2
    }
    let last = try #require(seen.headers.last)
    #expect(last.relativeHumidityPercent == nil)
    #expect(last.detectorTemperatureCelsius == nil)
    #expect(seen.errors.contains(.unhealthy([.temperatureSensorFault, .humiditySensorFault])))
  }

  @Test func `without a reference scans arrive and the reason is told`() throws {
    var device = ScriptedDevice()
    // The first transfer is of the matrix; a refused one is begun three times.
    device.faults = ["00/2D": [1: .error, 2: .error, 3: .error]]
    let scanner = try ScriptedScanner(device)
    let seen = try observe(scanner) { $0.headers.count >= 2 }
    #expect(seen.errors == [.commandFailed(.beginFile)])
    #expect(seen.headers.last?.referenceKind == ReferenceKind.none)
    let values = seen.absorbance.filter { !$0.isNaN }
    #expect(values.isEmpty)
  }

  @Test func `a scanner that keeps failing is connected to anew`() throws {
    var device = ScriptedDevice()
    for occurrence in 1...4 { device.faults["02/18", default: [:]][occurrence] = .scanLost }
    let scanner = try ScriptedScanner(device)
    let seen = try observe(scanner) { $0.headers.count >= 3 }
    #expect(seen.changes.map(\.state) == [.connecting, .ready, .ready, .disconnected, .ready])
    #expect(scanner.device.withLock { $0.count("02/33") } == 2)
  }

  @Test func `on request a scan is made for each time it is asked`() throws {
    let scanner = try ScriptedScanner()
    let observer = ScanObserver()
    var options = AcquisitionOptions.impatient
    options.mode = .onRequest
    options.keepAwakeInterval = .milliseconds(50)
    let running = try RunningAcquisition(
      address: try scanner.address(),
      options: options,
      receiver: observer
    )
    #expect(observer.wait { $0.changes.last?.state == .ready })
    for _ in 0..<3 { running.requestScan() }
    #expect(observer.wait { $0.headers.count == 3 })
    let polls = scanner.device.withLock { $0.count("03/0F") }
    let isKeptAwake = waitFor { scanner.device.withLock { $0.count("03/0F") } > polls + 2 }
    #expect(isKeptAwake)
    #expect(observer.now.headers.count == 3)
    scanner.disconnect()
    #expect(observer.wait { $0.changes.contains { $0.state == .disconnected } })
    #expect(observer.wait { $0.changes.last?.state == .ready })
    #expect(running.stop())
    scanner.stop()
  }

  @Test func `a scanner that is not there is told once`() throws {
    let scanner = try ScriptedScanner()
    let address = try scanner.address()
    scanner.stop()
    let observer = ScanObserver()
    let running = try RunningAcquisition(address: address, options: .impatient, receiver: observer)
    #expect(observer.wait { $0.changes.count == 2 })
    #expect(observer.now.changes.last == .init(state: .disconnected, reason: "connectionRefused"))
    #expect(running.stop())
    #expect(observer.now.changes.last == .init(state: .disconnected))
    #expect(observer.now.changes.count == 3)
  }

  @Test(arguments: [
    ("9-9", AcquisitionError.importRefused(status: 1)),
    ("2-1", .wrongDevice(vendor: 0x0451, product: 0x4300)),
  ])
  func `what is not exported, or no scanner, is refused`(busID: String, error: AcquisitionError)
    throws
  {
    let scanner = try ScriptedScanner()
    let observer = ScanObserver()
    let running = try RunningAcquisition(
      address: try scanner.address(busID: busID),
      options: .impatient,
      receiver: observer
    )
    #expect(observer.wait { !$0.errors.isEmpty })
    #expect(observer.now.errors == [error])
    #expect(running.stop())
    scanner.stop()
  }

  @Test func `stopping interrupts every wait at once`() throws {
    var device = ScriptedDevice()
    device.faults = ["04/03": [2: .silence]]
    let scanner = try ScriptedScanner(device)
    let observer = ScanObserver()
    // Real patience: only the interruption can end this within the test's time.
    var options = AcquisitionOptions()
    options.commandTimeout = .seconds(60)
    let running = try RunningAcquisition(
      address: try scanner.address(),
      options: options,
      receiver: observer
    )
    #expect(waitFor { scanner.device.withLock { $0.count("04/03") } == 3 })
    #expect(running.stop())
    scanner.stop()
  }

  /// Runs an acquisition until `isEnough`, stops it and returns what was seen.
  private func observe(
    _ scanner: ScriptedScanner,
    until isEnough: (ScanObserver.Seen) -> Bool
  ) throws -> ScanObserver.Seen {
    let observer = ScanObserver()
    let running = try RunningAcquisition(
      address: try scanner.address(),
      options: .impatient,
      receiver: observer
    )
    let isSeen = observer.wait(until: isEnough)
    let seen = observer.now
    let isStopped = running.stop()
    scanner.stop()
    #expect(isSeen, "seen: \(seen.changes) \(seen.errors) \(seen.headers.count) scans")
    #expect(isStopped)
    return seen
  }
}
