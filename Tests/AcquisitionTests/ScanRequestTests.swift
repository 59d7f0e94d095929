import Acquisition
import Foundation
import Spectra
import Synchronization
import Testing

/// Scans and references that somebody asks for, and what they are told of them.
@Suite struct ScanRequestTests {
  private static var onRequest: AcquisitionOptions {
    var options = AcquisitionOptions.impatient
    options.mode = .onRequest
    return options
  }

  @Test func `each scan that was asked for is told of with its time`() throws {
    let trial = try RequestTrial(options: ScanRequestTests.onRequest)
    #expect(trial.isReady)
    trial.askForScans(3)
    trial.askForScans(1)
    #expect(trial.outcomes.wait(for: 4))
    #expect(trial.observer.wait { $0.headers.count == 4 })
    let times = trial.observer.now.headers.map(\.time)
    #expect(trial.outcomes.all == times.map { .delivered(time: $0) })
    #expect(trial.stop())
    #expect(trial.observer.now.headers.count == 4)
  }

  @Test func `a scanner that is not ready refuses at once`() throws {
    let scanner = try ScriptedScanner()
    let address = try scanner.address()
    scanner.stop()
    let trial = try RequestTrial(at: address, options: ScanRequestTests.onRequest)
    #expect(trial.observer.wait { $0.changes.last?.state == .disconnected })
    trial.askForScans(2)
    trial.askForReference()
    #expect(trial.outcomes.all == [.failed(.notReady)])
    #expect(trial.measured.all == [.failure(.notReady)])
    #expect(trial.stop())
    trial.askForScans(1)
    #expect(trial.outcomes.all == [.failed(.notReady), .failed(.notReady)])
  }

  @Test func `a scan that fails ends its request, and the next is served`() throws {
    var device = ScriptedDevice()
    device.faults = ["02/18": [1: .scanFails(bits: 1)]]
    let trial = try RequestTrial(device, options: ScanRequestTests.onRequest)
    #expect(trial.isReady)
    trial.askForScans(5)
    trial.askForScans(1)
    #expect(trial.outcomes.wait(for: 3))
    let outcomes = trial.outcomes.all
    guard case .delivered = outcomes[0], case .failed(.failed(.scanFailed)) = outcomes[1],
      case .delivered = outcomes[2]
    else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(trial.stop())
    #expect(trial.outcomes.all.count == 3)
  }

  @Test func `a device that is busy for too long is no longer waited for`() throws {
    var device = ScriptedDevice()
    for scan in 0..<50_000 { device.faults["02/18", default: [:]][scan] = .busy }
    var options = ScanRequestTests.onRequest
    (options.scanPatience, options.referencePatience) = (.milliseconds(150), .milliseconds(50))
    let trial = try RequestTrial(device, options: options)
    #expect(trial.isReady)
    let before = ContinuousClock.now
    for _ in 0..<3 { trial.askForScans(2) }
    trial.askForReference()
    #expect(trial.outcomes.wait(for: 3))
    #expect(ContinuousClock.now - before >= .milliseconds(150))
    #expect(
      trial.outcomes.all == Array(repeating: .failed(.failed(.busy(.startScan))), count: 3)
    )
    #expect(trial.measured.wait(for: 1))
    #expect(trial.measured.all == [.failure(.failed(.busy(.startScan)))])
    trial.scanner?.device.withLock { $0.faults = [:] }
    trial.askForScans(1)
    #expect(trial.outcomes.wait(for: 4))
    if case .delivered = trial.outcomes.all[3] {} else { Issue.record("\(trial.outcomes.all)") }
    #expect(trial.stop())
  }

  @Test func `a scanner that goes away answers whoever waits`() throws {
    var device = ScriptedDevice()
    device.faults = ["04/03": [2: .silence]]
    var options = ScanRequestTests.onRequest
    options.commandTimeout = .seconds(30)
    let trial = try RequestTrial(device, options: options)
    #expect(trial.isReady)
    trial.askForScans(3)
    trial.askForReference()
    #expect(waitFor { trial.scanner?.device.withLock { $0.count("04/03") } == 3 })
    trial.scanner?.disconnect()
    // The first scan may have been made before the reference was asked for.
    #expect(
      waitFor {
        guard case .failed(.failed(.connectionLost)) = trial.outcomes.all.last else { return false }
        return true
      },
      "\(trial.outcomes.all)"
    )
    #expect(trial.measured.wait(for: 1))
    #expect(trial.stop())
  }

  @Test func `a stop answers whoever waits`() throws {
    var device = ScriptedDevice()
    device.faults = ["04/03": [1: .silence]]
    var options = ScanRequestTests.onRequest
    options.commandTimeout = .seconds(30)
    let trial = try RequestTrial(device, options: options)
    #expect(trial.isReady)
    trial.askForReference()
    #expect(waitFor { trial.scanner?.device.withLock { $0.count("04/03") } == 2 })
    trial.askForScans(3)
    #expect(trial.stop())
    #expect(trial.measured.all == [.failure(.failed(.stopped))])
    #expect(trial.outcomes.all == [.failed(.failed(.stopped))])
  }

  @Test func `a scan that finds no room is told to be lost`() throws {
    let trial = try RequestTrial(options: ScanRequestTests.onRequest, hasRoom: false)
    #expect(trial.isReady)
    trial.askForScans(2)
    #expect(trial.outcomes.wait(for: 1))
    #expect(trial.outcomes.all == [.failed(.scanLost)])
    #expect(trial.stop())
  }

  @Test func `so many requests and no more`() throws {
    var device = ScriptedDevice()
    for scan in 0..<50_000 { device.faults["02/18", default: [:]][scan] = .busy }
    let trial = try RequestTrial(device, options: ScanRequestTests.onRequest)
    #expect(trial.isReady)
    for _ in 0..<18 { trial.askForScans(1) }
    #expect(
      trial.outcomes.all == Array(repeating: .failed(.tooManyRequests(limit: 16)), count: 2)
    )
    #expect(trial.stop())
    #expect(trial.outcomes.all.count == 18)
  }

  @Test func `a reference is told of with its time, and asked for once at a time`() throws {
    let trial = try RequestTrial(options: ScanRequestTests.onRequest)
    #expect(trial.isReady)
    for _ in 0..<3 { trial.askForReference() }
    #expect(trial.measured.wait(for: 3))
    let outcomes = trial.measured.all
    let refusals = outcomes.filter { $0 == .failure(.alreadyUnderWay) }
    let times = outcomes.compactMap { try? $0.get() }
    #expect(refusals.count + times.count == 3 && !times.isEmpty)
    #expect(trial.observer.wait { $0.measuredCount == times.count })
    trial.askForScans(1)
    #expect(trial.outcomes.wait(for: 1))
    #expect(trial.stop())
  }

  @Test func `a reference that is refused says why`() throws {
    var device = ScriptedDevice()
    device.answers["02/33"] = Array(repeating: UInt8(ascii: "F"), count: 8)
    let trial = try RequestTrial(device, options: ScanRequestTests.onRequest)
    #expect(trial.isReady)
    trial.askForReference()
    #expect(trial.measured.wait(for: 1))
    #expect(trial.measured.all == [.failure(.failed(.referenceRefused(.noSerialNumber)))])
    #expect(trial.stop())
  }
}

/// A scripted scanner, its acquisition, and what its requests were answered with.
private final class RequestTrial {
  let scanner: ScriptedScanner?
  let observer: ScanObserver
  let outcomes = AnswerList<ScanOutcome>()
  let measured = AnswerList<Result<Timestamp, ScannerRequestError>>()
  private let running: RunningAcquisition<ScanObserver>

  init(
    _ device: ScriptedDevice = ScriptedDevice(),
    at address: ScannerAddress? = nil,
    options: AcquisitionOptions,
    hasRoom: Bool = true
  ) throws {
    scanner = try address == nil ? ScriptedScanner(device) : nil
    observer = ScanObserver(hasRoom: hasRoom)
    running = try RunningAcquisition(
      address: try address ?? scanner?.address() ?? ScriptedScanner().address(),
      options: options,
      receiver: observer
    )
  }

  var isReady: Bool { observer.wait { $0.changes.last?.state == .ready } }

  func askForScans(_ count: Int) {
    running.acquisition.requestScans(count, report: outcomes.append)
  }

  func askForReference() { running.acquisition.requestReference(report: measured.append) }

  func use(_ options: AcquisitionOptions) { running.acquisition.use(options: options) }

  func stop() -> Bool {
    defer { scanner?.stop() }
    return running.stop()
  }
}

/// Answers in the order in which they came.
final class AnswerList<Answer: Sendable>: Sendable {
  private let list = Mutex<[Answer]>([])

  /// A copy of its own: ThreadSanitizer does not see that arrays count their references.
  var all: [Answer] { list.withLock { $0.map(\.self) } }

  func append(_ answer: Answer) { list.withLock { $0.append(answer) } }

  func wait(for count: Int) -> Bool { waitFor { all.count >= count } }
}
