import Acquisition
import Logging
import Service
import Spectra
import Streaming
import Testing

/// Which scanners are read, when the administrator changes that.
@Suite struct AcquisitionThreadsTests {
  /// Threads without a hotplug thread: the test follows the changes itself.
  private final class Trial {
    let activity = ScannerActivity()
    let threads: AcquisitionThreads
    private var wakeUp: WakeUp

    init() throws {
      wakeUp = try WakeUp()
      let nobody = try WakeUp().signaller
      var options = AcquisitionOptions()
      (options.initialBackoff, options.maximumBackoff) = (.milliseconds(5), .milliseconds(5))
      threads = AcquisitionThreads(
        options: options,
        referenceFolder: "/nonexistent",
        lanes: ScannerLanes(),
        directory: ScannerDirectory(publishing: nobody, activity: activity),
        pipeline: nobody,
        wake: wakeUp.signaller,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      )
    }

    deinit { threads.stopAndJoin() }

    /// Follows changes until the places that are read are these.
    func reads(_ places: [String]) -> Bool {
      let deadline = ContinuousClock.now + .seconds(5)
      while ContinuousClock.now < deadline {
        _ = threads.followChanges()
        if threads.places.map(\.description).sorted() == places { return true }
        _ = wakeUp.wait(timeout: .milliseconds(10))
      }
      return false
    }
  }

  private static func source(_ name: String) throws -> ScannerSource {
    try ScannerSource(parsing: "usbip+unix:///nonexistent/\(name)/1-1")
  }

  private static func place(_ name: String) -> String { "usbip+unix:///nonexistent/\(name)/1-1" }

  @Test func `scanners that are wanted no more are stopped, new ones started`() throws {
    let trial = try Trial()
    let (a, b, c) = (
      try AcquisitionThreadsTests.source("a"), try AcquisitionThreadsTests.source("b"),
      try AcquisitionThreadsTests.source("c")
    )
    try trial.threads.use(sources: [a, b])
    var isSo = trial.reads([AcquisitionThreadsTests.place("a"), AcquisitionThreadsTests.place("b")])
    #expect(isSo)
    try trial.threads.use(sources: [b, c])
    isSo = trial.reads([AcquisitionThreadsTests.place("b"), AcquisitionThreadsTests.place("c")])
    #expect(isSo)
    try trial.threads.use(sources: [])
    isSo = trial.reads([])
    #expect(isSo)
    let scanners = trial.activity.scanners
    #expect(Set(scanners.map(\.place)) == Set(["a", "b", "c"].map(AcquisitionThreadsTests.place)))
    #expect(scanners.allSatisfy { $0.state == "disconnected" && $0.reason == nil })
  }

  @Test func `a scanner that is wanted again before it has ended is read again`() throws {
    let trial = try Trial()
    let source = try AcquisitionThreadsTests.source("a")
    try trial.threads.use(sources: [source])
    var isSo = trial.reads([AcquisitionThreadsTests.place("a")])
    #expect(isSo)
    for _ in 0..<20 {
      try trial.threads.use(sources: [])
      try trial.threads.use(sources: [source])
    }
    isSo = trial.reads([AcquisitionThreadsTests.place("a")])
    #expect(isSo)
    // It is alive: a stopped one would have ended and left.
    var wait = try WakeUp()
    _ = wait.wait(timeout: .milliseconds(50))
    isSo = trial.reads([AcquisitionThreadsTests.place("a")])
    #expect(isSo)
  }

  @Test func `whoever asks a scanner that is not read is refused`() async throws {
    let trial = try Trial()
    let threads = trial.threads
    guard case .usbip(let address) = try AcquisitionThreadsTests.source("a") else { return }
    await #expect(throws: ScannerRequestError.notReady) {
      try await threads.measureReference(at: .usbip(address))
    }
    await confirmation { isRefused in
      threads.requestScans(3, at: .usbip(address)) { outcome in
        if outcome == .failed(.notReady) { isRefused() }
      }
    }
  }
}
