import Acquisition
import Foundation
import Spectra
import Synchronization
import Testing

/// Options that change while a scanner scans.
@Suite struct ChangedOptionsTests {
  @Test func `the mode changes with the next scan, and none is dropped`() throws {
    let scanner = try ScriptedScanner()
    let observer = ScanObserver()
    var options = AcquisitionOptions.impatient
    let running = try RunningAcquisition(
      address: try scanner.address(),
      options: options,
      receiver: observer
    )
    #expect(observer.wait { $0.headers.count >= 3 })
    options.mode = .onRequest
    running.acquisition.use(options: options)
    let count = scansWhenQuiet(observer)
    let starts = scanner.device.withLock { $0.count("02/18") }
    let outcomes = AnswerList<ScanOutcome>()
    running.acquisition.requestScans(2, report: outcomes.append)
    #expect(outcomes.wait(for: 2))
    #expect(observer.wait { $0.headers.count == count + 2 })
    #expect(scanner.device.withLock { $0.count("02/18") } == starts + 2)
    options.mode = .continuous
    running.acquisition.use(options: options)
    #expect(observer.wait { $0.headers.count >= count + 6 })
    #expect(running.stop())
    scanner.stop()
    let indices = observer.now.headers.map(\.scanIndex)
    let first = try #require(indices.first)
    #expect(indices == (0..<UInt32(indices.count)).map { first + $0 })
    #expect(observer.now.changes.dropFirst(2) == [.init(state: .disconnected)])
  }

  @Test func `whoever asked while the mode was onRequest is served by scans that follow`() throws {
    var device = ScriptedDevice()
    for scan in 0..<20 { device.faults["02/18", default: [:]][scan] = .busy }
    let scanner = try ScriptedScanner(device)
    let observer = ScanObserver()
    var options = AcquisitionOptions.impatient
    options.mode = .onRequest
    let running = try RunningAcquisition(
      address: try scanner.address(),
      options: options,
      receiver: observer
    )
    #expect(observer.wait { $0.changes.last?.state == .ready })
    let outcomes = AnswerList<ScanOutcome>()
    running.acquisition.requestScans(4, report: outcomes.append)
    options.mode = .continuous
    running.acquisition.use(options: options)
    #expect(outcomes.wait(for: 4))
    #expect(running.stop())
    scanner.stop()
    #expect(outcomes.all == observer.now.headers.prefix(4).map { .delivered(time: $0.time) })
  }

  @Test func `the preferred reference changes with the next scan`() throws {
    let scanner = try ScriptedScanner()
    let observer = ScanObserver()
    var options = AcquisitionOptions.impatient
    options.preferredReference = .factory
    let running = try RunningAcquisition(
      address: try scanner.address(),
      options: options,
      receiver: observer
    )
    #expect(observer.wait { $0.changes.last?.state == .ready })
    running.requestReference()
    #expect(observer.wait { $0.measuredCount == 1 })
    let count = observer.now.headers.count
    #expect(observer.wait { $0.headers.count > count + 1 })
    #expect(observer.now.headers.last?.referenceKind == .factory)
    options.preferredReference = .user
    running.acquisition.use(options: options)
    #expect(observer.wait { $0.headers.last?.referenceKind == .user })
    #expect(running.stop())
    scanner.stop()
  }

  @Test func `a lamp that counts its hours tells them`() throws {
    var device = ScriptedDevice()
    device.unknownCommands = ["03/FD"]
    device.answers["02/80"] = [0x80, 0xEE, 0x36, 0, 0, 0, 0, 0]
    let scanner = try ScriptedScanner(device)
    let observer = ScanObserver()
    let running = try RunningAcquisition(
      address: try scanner.address(),
      options: .impatient,
      receiver: observer
    )
    #expect(observer.wait { $0.lampUsage == .seconds(3_600) })
    #expect(running.stop())
    scanner.stop()
  }

  @Test func `a process without descriptors is told so instead of ending`() async {
    await #expect(processExitsWith: .success) {
      var limit = rlimit(rlim_cur: 0, rlim_max: 0)
      // SAFETY: the structure lives for the call.
      unsafe setrlimit(__rlimit_resource_t(7), &limit)
      do throws(AcquisitionError) {
        _ = try EventDescriptor()
        exit(1)
      } catch {
        exit(error == .connectionFailed(errorNumber: EMFILE) ? 0 : 2)
      }
    }
  }

  /// How many scans there are when no further one comes for a while.
  private func scansWhenQuiet(_ observer: ScanObserver) -> Int {
    var count = -1
    while observer.now.headers.count != count {
      count = observer.now.headers.count
      Thread.sleep(forTimeInterval: 0.1)
    }
    return count
  }
}
