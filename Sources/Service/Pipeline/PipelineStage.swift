import Spectra
package import Streaming

/// The pipeline thread: takes scans from the scanners' rings, classifies, and fills prediction slots.
///
/// Between taking a scan and publishing its slot nothing allocates, locks, logs or enters the
/// kernel but for the wake-up. Where the prediction ring is full it waits: meanwhile the scan
/// rings fill up, and it is there, and only there, that scans are dropped and counted.
// SAFETY (Sendable): the networks behind the lanes belong to one thread; the stage is built on
// the main thread, moved to its own before anything runs, and never seen by another.
package struct PipelineStage: ~Copyable, @unchecked Sendable {
  /// When a sample ends.
  package struct SampleEnd: Sendable {
    /// After this many accepted scans.
    package var scans: Int
    /// Or after this long without a scan.
    package var silenceNanoseconds: UInt64

    /// Makes the two limits, of which the first that is reached ends the sample.
    package init(scans: Int, silenceNanoseconds: UInt64) {
      (self.scans, self.silenceNanoseconds) = (scans, silenceNanoseconds)
    }
  }

  /// Where new lanes come from.
  private let arrivals: ScannerLanes
  /// The lanes in the order of their scanners' first coming.
  private var lanes: [ScannerLane] = []
  private let classifier: BundleClassifier?
  private let bundleGeneration: UInt32
  private let sampleEnd: SampleEnd
  private var predictions: PredictionRing.Producer
  private var wakeUp: WakeUp
  private let publishing: WakeUp.Signaller
  private let stop: StopFlag
  /// Whether a wake-up was taken while waiting for space: it may have announced scans or the end.
  private var hasTakenWakeUp = false

  /// Connects the scanners' lanes with the prediction ring; nothing runs before `run()`.
  ///
  /// `classifier` answers under `bundleGeneration`; nil when there is no bundle. `wakeUp` is signalled by who writes scans or frees prediction slots, and after `stop` is set;
  /// `publishing` by this stage after each slot that it fills.
  package init(
    lanes: ScannerLanes,
    classifier: BundleClassifier?,
    bundleGeneration: UInt32,
    sampleEnd: SampleEnd,
    predictions: consuming PredictionRing.Producer,
    wakeUp: consuming WakeUp,
    publishing: WakeUp.Signaller,
    stop: StopFlag
  ) {
    arrivals = lanes
    (self.classifier, self.bundleGeneration) = (classifier, bundleGeneration)
    (self.sampleEnd, self.publishing, self.stop) = (sampleEnd, publishing, stop)
    self.predictions = predictions
    self.wakeUp = wakeUp
  }

  /// Runs until the flag is set; scans that wait in the rings then are still classified.
  package mutating func run() {
    while true {
      hasTakenWakeUp = false
      let isLast = stop.isSet
      admitLanes()
      while serveEachLaneOnce() {}
      if isLast { return }
      if !hasTakenWakeUp { _ = wakeUp.wait(timeout: timeUntilSilence()) }
    }
  }

  private mutating func admitLanes() {
    for arrival in arrivals.takeArrivals() {
      let sample = SampleInProgress(bundleGeneration: bundleGeneration, classifier: classifier)
      lanes.append(arrival.makeLane(sample: sample))
    }
  }

  /// Takes at most one scan of each lane, so that no scanner, however fast, keeps another waiting.
  ///
  /// Returns whether there may be more.
  private mutating func serveEachLaneOnce() -> Bool {
    var hasMore = false
    for lane in lanes {
      // Read before the ring is found empty: a scan that arrives later came after the silence.
      let now = MonotonicClock.nanoseconds()
      lane.noticeLosses()
      let wasRead = classifyNextScan(of: lane)
      if lane.isLossDue(afterScan: wasRead) { reportLosses(of: lane) }
      if wasRead {
        hasMore = true
      } else {
        endSilentSample(of: lane, monotonicNanoseconds: now)
      }
    }
    return hasMore
  }

  /// Classifies the oldest waiting scan; false when there is none.
  private mutating func classifyNextScan(of lane: ScannerLane) -> Bool {
    waitForSpace()
    let wasRead = lane.scans.read { scan in
      if scan.header.scanner != lane.lastScan.scanner {
        // The lane was given to another scanner, whose samples are others.
        if lane.sample.isOpen {
          endSample(of: lane, at: lane.lastScan.time, monotonicNanoseconds: nil)
          waitForSpace()
        }
        lane.sampleCount = 0
      }
      if !lane.sample.isOpen { PipelineStage.beginSample(of: lane, at: scan.header.time) }
      lane.lastScan = scan.header
      lane.silenceDeadline = scan.header.monotonicNanoseconds + sampleEnd.silenceNanoseconds
      let wasWritten = predictions.write { slot in lane.sample.add(scan, answerInto: &slot) }
      precondition(wasWritten, "there was space, and nobody else writes")
    }
    guard wasRead else { return false }
    publishing.signal()
    if lane.sample.scansTowardsEnd >= sampleEnd.scans {
      endSample(
        of: lane,
        at: lane.lastScan.time,
        monotonicNanoseconds: lane.lastScan.monotonicNanoseconds
      )
    }
    return true
  }

  private static func beginSample(of lane: ScannerLane, at time: Timestamp) {
    lane.sampleCount += 1
    // A text this short lives in the String itself: nothing is allocated.
    let name = SampleName(String(lane.sampleCount)) ?? SampleName()
    lane.sample.begin(at: time, name: name)
  }

  private mutating func endSilentSample(of lane: ScannerLane, monotonicNanoseconds now: UInt64) {
    guard lane.sample.isOpen, now >= lane.silenceDeadline else { return }
    endSample(of: lane, at: Timestamp.now(), monotonicNanoseconds: nil)
  }

  private mutating func endSample(
    of lane: ScannerLane,
    at time: Timestamp,
    monotonicNanoseconds: UInt64?
  ) {
    waitForSpace()
    let wasWritten = predictions.write { slot in
      lane.sample.end(
        at: time,
        monotonicNanoseconds: monotonicNanoseconds,
        lastScan: lane.lastScan,
        answerInto: &slot
      )
    }
    precondition(wasWritten, "there was space, and nobody else writes")
    publishing.signal()
  }

  private mutating func reportLosses(of lane: ScannerLane) {
    let count = lane.takeNoticedLosses()
    waitForSpace()
    let wasWritten = predictions.write { slot in
      slot.header.kind = .scansLost(count: count)
      slot.header.scanner = lane.lastScan.scanner
      slot.header.time = Timestamp.now()
      slot.header.hasScan = false
    }
    precondition(wasWritten, "there was space, and nobody else writes")
    publishing.signal()
  }

  /// Waits until the prediction ring has a free slot; publishing wakes this thread after each one.
  private mutating func waitForSpace() {
    while predictions.isFull {
      if wakeUp.wait(timeout: .milliseconds(100)) { hasTakenWakeUp = true }
    }
  }

  /// How long until the first open sample falls silent; nil when none is open.
  private func timeUntilSilence() -> Duration? {
    var earliest: UInt64?
    for lane in lanes where lane.sample.isOpen {
      earliest = min(earliest ?? .max, lane.silenceDeadline)
    }
    guard let earliest else { return nil }
    let now = MonotonicClock.nanoseconds()
    return .nanoseconds(earliest > now ? Int64(earliest - now) : 0)
  }
}
