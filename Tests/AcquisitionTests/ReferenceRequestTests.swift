import Acquisition
import Foundation
import Spectra
import Synchronization
import Testing

@Suite struct ReferenceRequestTests {
  private static var onRequest: AcquisitionOptions {
    var options = AcquisitionOptions.impatient
    options.mode = .onRequest
    return options
  }

  @Test func `a reference that was asked for while no scanner was there is not measured later`()
    throws
  {
    var device = ScriptedDevice()
    device.faults = ["02/33": [0: .silence, 1: .silence]]
    let scanner = try ScriptedScanner(device)
    let observer = ScanObserver()
    let running = try RunningAcquisition(
      address: try scanner.address(),
      options: .impatient,
      receiver: observer
    )
    #expect(observer.wait { $0.changes.last?.state == .disconnected })
    running.requestReference()
    #expect(observer.wait { $0.headers.count >= 3 })
    #expect(observer.now.measuredCount == 0)
    running.requestReference()
    #expect(observer.wait { $0.measuredCount == 1 })
    #expect(running.stop())
    scanner.stop()
  }

  @Test func `a scanner that is busy for too long measures no reference any more`() throws {
    var device = ScriptedDevice()
    for scan in 3..<50_000 { device.faults["02/18", default: [:]][scan] = .busy }
    let scanner = try ScriptedScanner(device)
    let observer = ScanObserver()
    var options = AcquisitionOptions.impatient
    options.referencePatience = .milliseconds(200)
    let running = try RunningAcquisition(
      address: try scanner.address(),
      options: options,
      receiver: observer
    )
    // The fourth scan has to wait as long as the device is busy, and so has the reference.
    #expect(observer.wait { $0.headers.count >= 3 })
    running.requestReference()
    Thread.sleep(forTimeInterval: 0.3)
    scanner.device.withLock { $0.faults["02/18"] = [:] }
    #expect(observer.wait { $0.changes.contains { $0.reason == "busy" } })
    #expect(observer.wait { $0.headers.count >= 6 })
    #expect(observer.now.measuredCount == 0)
    #expect(running.stop())
    scanner.stop()
  }

  @Test func `several requests for a reference bring no scan of the white standard`() throws {
    let scanner = try ScriptedScanner()
    let observer = ScanObserver()
    let running = try RunningAcquisition(
      address: try scanner.address(),
      options: ReferenceRequestTests.onRequest,
      receiver: observer
    )
    #expect(observer.wait { $0.changes.last?.state == .ready })
    for _ in 0..<50 { running.requestReference() }
    #expect(observer.wait { $0.measuredCount >= 1 })
    running.requestScan()
    #expect(observer.wait { $0.headers.count >= 1 })
    #expect(running.stop())
    #expect(observer.now.headers.count == 1)
    scanner.stop()
  }

  @Test func `a new reference ends the complaint about the stored one`() throws {
    let scanner = try ScriptedScanner()
    let observer = ScanObserver()
    let running = try RunningAcquisition(
      address: try scanner.address(),
      options: .impatient,
      receiver: observer,
      references: FailingReferenceStore(failsToLoad: true)
    )
    #expect(observer.wait { $0.changes.last?.reason == "referenceStoreFailed" })
    running.requestReference()
    #expect(observer.wait { $0.changes.last == .init(state: .ready) })
    #expect(running.stop())
    scanner.stop()
  }

  @Test func `a reference that could not be stored is complained about from then on`() throws {
    let scanner = try ScriptedScanner()
    let observer = ScanObserver()
    let running = try RunningAcquisition(
      address: try scanner.address(),
      options: .impatient,
      receiver: observer,
      references: FailingReferenceStore(failsToLoad: false)
    )
    #expect(observer.wait { $0.headers.count >= 1 })
    running.requestReference()
    #expect(observer.wait { $0.changes.last?.reason == "referenceStoreFailed" })
    let scans = observer.now.headers.count
    #expect(observer.wait { $0.headers.count >= scans + 3 })
    #expect(observer.now.changes.last?.reason == "referenceStoreFailed")
    #expect(running.stop())
    scanner.stop()
  }
}

/// Either what it holds is damaged, or it cannot take anything.
private struct FailingReferenceStore: ReferenceStore {
  let failsToLoad: Bool

  func load(serialNumber: String) throws(ReferenceStoreError) -> StoredReference? {
    if failsToLoad { throw .damaged(path: "/var/lib/x") }
    return nil
  }

  func save(_ reference: StoredReference) throws(ReferenceStoreError) {
    if !failsToLoad { throw .notWritable(path: "/var/lib/x", errorNumber: 28) }
  }
}
