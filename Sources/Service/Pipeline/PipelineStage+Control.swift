import Spectra
import Streaming

/// What clients and the administrator ask for, carried out between two scans.
extension PipelineStage {
  /// Does what was asked for since the last look.
  mutating func handleMail() {
    guard let mail = control.takeMail() else { return }
    if let sampleEnd = mail.sampleEnd { self.sampleEnd = sampleEnd }
    if let generation = mail.generation { use(generation) }
    for request in mail.requests { request.answer(carryOut(request)) }
  }

  private mutating func carryOut(
    _ request: SampleRequest
  ) -> Result<SampleIdentity, PipelineControlError> {
    guard let index = arrivals.index(of: request.scanner) else {
      return .failure(.noSuchScanner(request.scanner))
    }
    // The lane may have come since the round began; lanes are admitted in their own order.
    admitLanes()
    let lane = lanes[index]
    // What has arrived was there before the request took effect.
    for _ in 0..<lane.scans.waitingCount { _ = serveOnce(lane) }
    switch request.wish {
    case .begin(let name): return .success(begin(lane, of: request.scanner, name: name))
    case .end:
      guard lane.sample.isOpen, lane.scanner == request.scanner else {
        return .failure(.noOpenSample(scanner: request.scanner))
      }
      let identity = lane.sample.identity
      endSample(of: lane, at: Timestamp.now(), monotonicNanoseconds: nil)
      return .success(identity)
    }
  }

  private mutating func begin(
    _ lane: ScannerLane,
    of scanner: UInt32,
    name: SampleName?
  ) -> SampleIdentity {
    if lane.sample.isOpen {
      endSample(of: lane, at: Timestamp.now(), monotonicNanoseconds: nil)
    }
    lane.give(to: scanner)
    let now = Timestamp.now()
    PipelineStage.beginSample(of: lane, at: now, name: name)
    lane.lastScan = ScanHeader()
    (lane.lastScan.scanner, lane.lastScan.time) = (scanner, now)
    lane.silentSinceNanoseconds = MonotonicClock.nanoseconds()
    write { slot in lane.sample.writeBeginning(of: scanner, into: &slot) }
    return lane.sample.identity
  }

  private mutating func use(_ generation: BundleGeneration) {
    // From none to none nothing changes.
    guard generation.number != current.number else { return }
    older.append(current)
    current = generation
    write { slot in
      slot.header.kind = .bundleInUse
      slot.header.bundleGeneration = generation.number
      slot.header.time = Timestamp.now()
      slot.header.hasScan = false
    }
    for lane in lanes where !lane.sample.isOpen { lane.use(current) }
    retireUnusedBundles()
  }

  /// Tells of each older bundle that no sample can be answered with any more.
  mutating func retireUnusedBundles() {
    for index in older.indices.reversed() where !isInUse(older[index]) {
      // Others keep the bundle until they read this: its memory is not given back here.
      let number = older.remove(at: index).number
      guard number > 0 else { continue }
      write { slot in
        slot.header.kind = .bundleRetired
        slot.header.bundleGeneration = number
        slot.header.hasScan = false
      }
    }
  }

  private func isInUse(_ generation: BundleGeneration) -> Bool {
    lanes.contains { $0.generation === generation }
  }
}
