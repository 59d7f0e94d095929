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

  /// What others ask of the running stage.
  package let control: PipelineControl
  /// Where new lanes come from.
  let arrivals: ScannerLanes
  /// The lanes in the order in which they were made.
  var lanes: [ScannerLane] = []
  /// The bundle of samples that begin now.
  var current: BundleGeneration
  /// Those that were in use before and that open samples may still need.
  var older: [BundleGeneration] = []
  var sampleEnd: SampleEnd
  private var predictions: PredictionRing.Producer
  private var wakeUp: WakeUp
  private let publishing: WakeUp.Signaller
  private let pulse: StagePulse
  private let stop: StopFlag
  /// Whether a wake-up was taken while waiting for space: it may have announced scans or the end.
  private var hasTakenWakeUp = false

  /// Connects the scanners' lanes with the prediction ring; nothing runs before `run()`.
  ///
  /// `classifier` answers under `bundleGeneration`, which is 0 when there is no bundle. `wakeUp` is
  /// signalled by who writes scans or frees prediction slots, and after `stop` is set; `publishing`
  /// by this stage after each slot that it fills. `pulse` is what the watchdog looks at.
  package init(
    lanes: ScannerLanes,
    classifier: BundleClassifier?,
    bundleGeneration: UInt32,
    sampleEnd: SampleEnd,
    predictions: consuming PredictionRing.Producer,
    wakeUp: consuming WakeUp,
    publishing: WakeUp.Signaller,
    pulse: StagePulse = StagePulses().add("pipeline"),
    stop: StopFlag
  ) {
    arrivals = lanes
    current = BundleGeneration(number: bundleGeneration, classifier: classifier)
    control = PipelineControl(pipeline: wakeUp.signaller)
    control.generations.add(current)
    (self.sampleEnd, self.publishing) = (sampleEnd, publishing)
    (self.pulse, self.stop) = (pulse, stop)
    self.predictions = predictions
    self.wakeUp = wakeUp
  }

  // Also when it never ran: nobody may wait for an answer for ever.
  deinit { control.close() }

  /// Runs until the flag is set; scans that wait in the rings then are still classified.
  package mutating func run() {
    while true {
      hasTakenWakeUp = false
      let isLast = stop.isSet
      while serveEachLaneOnce() { pulse.working() }
      if isLast { return pulse.end() }
      if !hasTakenWakeUp { _ = wakeUp.wait(timeout: timeUntilSilence(), pulse: pulse) }
    }
  }

  /// Takes over the lanes that were made since the last look.
  mutating func admitLanes() {
    for arrival in arrivals.takeArrivals() {
      lanes.append(arrival.makeLane(generation: current))
    }
  }

  /// Takes at most one scan of each lane, so that no scanner, however fast, keeps another waiting.
  ///
  /// Returns whether there may be more.
  private mutating func serveEachLaneOnce() -> Bool {
    admitLanes()
    handleMail()
    var hasMore = false
    for lane in lanes where serveOnce(lane) { hasMore = true }
    return hasMore
  }

  /// Takes at most one scan of a lane; returns whether there was one.
  mutating func serveOnce(_ lane: ScannerLane) -> Bool {
    // Read before the ring is found empty: a scan that arrives later came after the silence.
    let now = MonotonicClock.nanoseconds()
    lane.noticeLosses()
    let wasRead = classifyNextScan(of: lane)
    if lane.isLossDue(afterScan: wasRead) { reportLosses(of: lane) }
    if !wasRead { endSilentSample(of: lane, monotonicNanoseconds: now) }
    return wasRead
  }

  /// Classifies the oldest waiting scan; false when there is none.
  private mutating func classifyNextScan(of lane: ScannerLane) -> Bool {
    waitForSpace()
    let wasRead = lane.scans.read { scan in
      if scan.header.scanner != lane.scanner {
        if lane.sample.isOpen {
          endSample(of: lane, at: lane.lastScan.time, monotonicNanoseconds: nil)
          waitForSpace()
        }
        lane.give(to: scan.header.scanner)
      }
      if !lane.sample.isOpen {
        PipelineStage.beginSample(of: lane, at: scan.header.time, name: nil)
      }
      lane.lastScan = scan.header
      lane.silentSinceNanoseconds = scan.header.monotonicNanoseconds
      let wasWritten = predictions.write { slot in
        lane.sample.add(scan, answerInto: &slot)
        slot.header.answeredNanoseconds = MonotonicClock.nanoseconds()
      }
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

  /// Begins a sample of the lane's scanner; without a name its number is its name.
  static func beginSample(of lane: ScannerLane, at time: Timestamp, name: SampleName?) {
    lane.sampleCount += 1
    // A text this short lives in the String itself: nothing is allocated.
    let number = SampleName(String(lane.sampleCount)) ?? SampleName()
    lane.sample.begin(at: time, name: name ?? number)
  }

  private mutating func endSilentSample(of lane: ScannerLane, monotonicNanoseconds now: UInt64) {
    guard lane.sample.isOpen, now >= silenceDeadline(of: lane) else { return }
    endSample(of: lane, at: Timestamp.now(), monotonicNanoseconds: nil)
  }

  /// Ends the open sample of a lane; the next one is answered by the bundle that is in use now.
  mutating func endSample(
    of lane: ScannerLane,
    at time: Timestamp,
    monotonicNanoseconds: UInt64?
  ) {
    write { slot in
      lane.sample.end(
        at: time,
        monotonicNanoseconds: monotonicNanoseconds,
        lastScan: lane.lastScan,
        answerInto: &slot
      )
      slot.header.answeredNanoseconds = MonotonicClock.nanoseconds()
    }
    guard lane.generation !== current else { return }
    lane.use(current)
    retireUnusedBundles()
  }

  private mutating func reportLosses(of lane: ScannerLane) {
    let count = lane.takeNoticedLosses()
    write { slot in
      slot.header.kind = .scansLost(count: count)
      slot.header.scanner = lane.scanner
      slot.header.time = Timestamp.now()
      slot.header.hasScan = false
    }
  }

  /// Fills a slot, however long publishing takes to free one, and publishes it.
  mutating func write(_ fill: (inout PredictionSlot) -> Void) {
    waitForSpace()
    let wasWritten = predictions.write(fill)
    precondition(wasWritten, "there was space, and nobody else writes")
    publishing.signal()
  }

  /// Waits until the prediction ring has a free slot; publishing wakes this thread after each one.
  private mutating func waitForSpace() {
    while predictions.isFull {
      if wakeUp.wait(timeout: .milliseconds(100), pulse: pulse) { hasTakenWakeUp = true }
    }
  }

  /// When a silence ends the lane's open sample, in nanoseconds of the monotonic clock.
  private func silenceDeadline(of lane: ScannerLane) -> UInt64 {
    lane.silentSinceNanoseconds + sampleEnd.silenceNanoseconds
  }

  /// How long until the first open sample falls silent; nil when none is open.
  private func timeUntilSilence() -> Duration? {
    var earliest: UInt64?
    for lane in lanes where lane.sample.isOpen {
      earliest = min(earliest ?? .max, silenceDeadline(of: lane))
    }
    guard let earliest else { return nil }
    let now = MonotonicClock.nanoseconds()
    return .nanoseconds(earliest > now ? Int64(earliest - now) : 0)
  }
}
