import Acquisition
import CAllocationCounter
import Service
import Spectra
import Streaming
import Synchronization
import Testing

/// Where a test allocates on purpose, to see that counting finds it.
enum AllocationPlant: CaseIterable {
  case acquisition, pipeline
}

/// What each thread allocated while the scans were counted.
struct AllocationCounts: Equatable {
  var acquisition: Int
  var pipeline: Int
}

/// Scans of a simulator in a process of its own, received and classified by two threads of this.
struct AllocationTrial {
  /// The first scans fill what is made once, such as the metadata of generic types; so many that
  /// a sample has begun and ended.
  private static let warmUp = 100

  private let laboratory: Laboratory
  private let recording: String

  init() throws {
    laboratory = try Laboratory()
    recording = try laboratory.synthesize(donors: 2, scans: 40)
  }

  /// Counts over so many scans; one allocation is planted in their middle where `plant` says.
  func count(scans: Int, plant: AllocationPlant?) throws -> AllocationCounts {
    let simulator = try laboratory.startSimulator(
      replaying: recording,
      ["--repeat", "--sample-gap", "0"]
    )
    let ring = ScanRing()
    let wakeUp = try WakeUp()
    let range = AllocationTrial.warmUp..<(AllocationTrial.warmUp + scans)
    let received = AllocationTally(scans: range, isPlanted: plant == .acquisition)
    let classified = AllocationTally(scans: range, isPlanted: plant == .pipeline)
    let receiver = CountedReceiver(ring.producer, pipeline: wakeUp.signaller, tally: received)
    let bundle = try BundleLoader.load(folder: ProjectFiles.bundle)
    let consumer = CountedConsumer(
      scans: ring.consumer,
      wakeUp: wakeUp,
      classifier: try BundleClassifier(bundle),
      tally: classified
    )
    var options = AcquisitionOptions()
    options.statusPollInterval = .zero
    let acquisition = try ScannerAcquisition(
      address: .usbip(try USBIPAddress(parsing: laboratory.source())),
      options: options,
      receiver: receiver
    )
    let pipeline = try StageThread(name: "pipeline", stage: consumer) { $0.run() }
    let scanner = try StageThread(name: "scanner", stage: acquisition) { $0.run() }
    let isDone = eventually(seconds: 120) { received.isDone && classified.isDone }
    acquisition.stop()
    classified.stop()
    scanner.join()
    pipeline.join()
    try #require(isDone, "\(simulator.errors)")
    return AllocationCounts(
      acquisition: received.allocations,
      pipeline: classified.allocations
    )
  }
}

/// Notes a thread's allocations at the first and after the last of the scans that count.
final class AllocationTally: Sendable {
  private let scans: Range<Int>
  private let plantedAt: Int?
  private let planted = Mutex<PlantedObject?>(nil)
  private let before = Atomic<Int>(0)
  private let after = Atomic<Int>(0)
  private let isFinished = Atomic<Bool>(false)
  private let isStopping = Atomic<Bool>(false)

  init(scans: Range<Int>, isPlanted: Bool) {
    self.scans = scans
    plantedAt = isPlanted ? (scans.lowerBound + scans.upperBound) / 2 : nil
  }

  var allocations: Int { after.load(ordering: .relaxed) - before.load(ordering: .relaxed) }
  var isDone: Bool { isFinished.load(ordering: .acquiring) }
  var isStopped: Bool { isStopping.load(ordering: .relaxed) }

  func stop() { isStopping.store(true, ordering: .relaxed) }

  /// Called by the thread after each scan, with how many there have been.
  func note(scan: Int) {
    // Somebody must keep the object, or the optimiser puts it on the stack.
    if scan == plantedAt { planted.withLock { $0 = PlantedObject() } }
    if scan == scans.lowerBound { before.store(callocation_count(), ordering: .relaxed) }
    guard scan == scans.upperBound else { return }
    after.store(callocation_count(), ordering: .relaxed)
    isFinished.store(true, ordering: .releasing)
  }
}

/// One allocation when it is made.
private final class PlantedObject: Sendable {}

/// Decodes each scan into a ring, as the daemon's own receiver does.
// SAFETY (Sendable): used by the acquisition thread alone.
private final class CountedReceiver: ScanReceiver, @unchecked Sendable {
  private var scans: ScanRing.Producer
  private let pipeline: WakeUp.Signaller
  private let tally: AllocationTally
  private var count = 0

  init(
    _ scans: consuming ScanRing.Producer,
    pipeline: WakeUp.Signaller,
    tally: AllocationTally
  ) {
    (self.pipeline, self.tally) = (pipeline, tally)
    self.scans = scans
  }

  func receive(
    _ decode: (inout ScanFrame) throws(ScanFileError) -> Void
  ) throws(ScanFileError) {
    _ = try scans.write(decode)
    pipeline.signal()
    count += 1
    tally.note(scan: count)
  }

  func accept(_ description: ScannerDescription) throws(AcquisitionError) {}

  func referenceMeasured(at time: Timestamp) {}

  func scannerChanged(
    _ state: ScannerState,
    description: ScannerDescription?,
    reason: AcquisitionError?
  ) {}
}

/// Classifies each scan into a prediction slot; a sample ends every 60 scans.
// SAFETY (Sendable): built by the test, then used by the pipeline thread alone.
private struct CountedConsumer: ~Copyable, @unchecked Sendable {
  private static let scansPerSample = 60

  private var scans: ScanRing.Consumer
  private var wakeUp: WakeUp
  private var sample: SampleInProgress
  private var written: PredictionRing.Producer
  private var read: PredictionRing.Consumer
  private let tally: AllocationTally
  private var count = 0

  init(
    scans: consuming ScanRing.Consumer,
    wakeUp: consuming WakeUp,
    classifier: BundleClassifier,
    tally: AllocationTally
  ) {
    self.scans = scans
    self.wakeUp = wakeUp
    self.tally = tally
    sample = SampleInProgress(bundleGeneration: 1, classifier: classifier)
    let predictions = PredictionRing(capacity: 4)
    written = predictions.producer
    read = predictions.consumer
  }

  mutating func run() {
    while !tally.isStopped {
      if !classifyNextScan() { _ = wakeUp.wait(timeout: .milliseconds(50)) }
    }
  }

  private mutating func classifyNextScan() -> Bool {
    var last = ScanHeader()
    let wasRead = scans.read { scan in
      if !sample.isOpen {
        let name = SampleName(String(count)) ?? SampleName()
        sample.begin(at: scan.header.time, name: name)
      }
      last = scan.header
      _ = written.write { slot in sample.add(scan, answerInto: &slot) }
    }
    guard wasRead else { return false }
    if sample.scansCount >= CountedConsumer.scansPerSample {
      _ = written.write { slot in
        sample.end(
          at: last.time,
          monotonicNanoseconds: last.monotonicNanoseconds,
          lastScan: last,
          answerInto: &slot
        )
      }
    }
    while read.read({ _ in }) {}
    count += 1
    tally.note(scan: count)
    return true
  }
}
