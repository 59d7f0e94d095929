package import Acquisition
import Spectra
package import Streaming
import Synchronization

/// The lanes of all scanners: made when a scanner first comes, kept for when it comes again.
///
/// A lane is a ring with its writing end here and its reading end in the pipeline. A scanner that
/// returns gets the lane it had, so its open sample and its numbering go on. When all are in use or
/// kept, a scanner that is away gives its lane up, the longest unused first.
package final class ScannerLanes: Sendable {
  /// The writing end of a lane, for the acquisition thread that has taken it.
  // SAFETY (Sendable): whoever took the lane is the only one to write until it gives it back, and
  // taking and giving go through a lock.
  package final class Writer: @unchecked Sendable {
    fileprivate let index: Int
    /// The ring's writing end.
    package var scans: ScanRing.Producer

    fileprivate init(index: Int, scans: consuming ScanRing.Producer) {
      self.index = index
      self.scans = scans
    }
  }

  private struct Lane {
    var writer: Writer
    /// The number of the scanner that has it, or had it last.
    var scanner: UInt32 = 0
    var isTaken = false
    /// Rises with every use.
    var lastUse: UInt64 = 0
  }

  private struct State: ~Copyable {
    var lanes: [Lane] = []
    var uses: UInt64 = 0
    var arrivals: [Arrival] = []
  }

  private let state = Mutex(State())
  private let hasArrivals = Atomic<Bool>(false)
  private let ringScans: Int

  /// Prepares to make lanes whose rings hold so many scans, a power of two.
  package init(ringScans: Int = Limits.ringScans) {
    self.ringScans = ringScans
  }

  /// Takes the lane of `scanner`, or one for it.
  ///
  /// Wake the pipeline afterwards: it has to see a new lane before the first scan in it.
  /// - Throws: `tooManyScanners` when all lanes are taken, `previousConnectionOpen` when the lane of
  ///   this very scanner is: a thread has not noticed yet that it was unplugged.
  package func take(for scanner: UInt32) throws(AcquisitionError) -> Writer {
    try state.withLock { state throws(AcquisitionError) in
      state.uses += 1
      let index = try lane(for: scanner, in: &state)
      state.lanes[index].scanner = scanner
      state.lanes[index].isTaken = true
      state.lanes[index].lastUse = state.uses
      return state.lanes[index].writer
    }
  }

  /// Gives a lane back; its scanner finds it again unless others need it more.
  package func give(back writer: Writer) {
    state.withLock { $0.lanes[writer.index].isTaken = false }
  }

  /// The lanes that were made since the last call; costs one atomic look when there are none.
  func takeArrivals() -> [Arrival] {
    // Acquire and release: whoever sees the flag finds the lane that it announces.
    guard hasArrivals.load(ordering: .acquiring) else { return [] }
    return state.withLock { state in
      hasArrivals.store(false, ordering: .relaxed)
      defer { state.arrivals = [] }
      return state.arrivals
    }
  }

  /// Where in the order of arrivals the lane of `scanner` stands; nil when it has none.
  ///
  /// Its scans and all that came before them in the lane's ring are visible afterwards.
  func index(of scanner: UInt32) -> Int? {
    state.withLock { $0.lanes.firstIndex { $0.scanner == scanner } }
  }

  private func lane(
    for scanner: UInt32,
    in state: inout State
  ) throws(AcquisitionError) -> Int {
    if let own = state.lanes.firstIndex(where: { $0.scanner == scanner }) {
      guard !state.lanes[own].isTaken else { throw .previousConnectionOpen }
      return own
    }
    if state.lanes.count < Limits.scanners { return makeLane(in: &state) }
    let free = state.lanes.indices.filter { !state.lanes[$0].isTaken }
    let longestUnused = free.min { state.lanes[$0].lastUse < state.lanes[$1].lastUse }
    guard let longestUnused else { throw .tooManyScanners(limit: Limits.scanners) }
    return longestUnused
  }

  private func makeLane(in state: inout State) -> Int {
    let index = state.lanes.count
    let ring = ScanRing(capacity: ringScans)
    state.lanes.append(Lane(writer: Writer(index: index, scans: ring.producer)))
    state.arrivals.append(Arrival(ring.consumer))
    hasArrivals.store(true, ordering: .releasing)
    return index
  }
}

extension ScannerLanes {
  /// The reading end of a new lane on its way to the pipeline.
  // SAFETY (Sendable): made under the lock, then taken by the pipeline thread alone.
  final class Arrival: @unchecked Sendable {
    private var scans: ScanRing.Consumer?

    fileprivate init(_ scans: consuming ScanRing.Consumer) { self.scans = consume scans }

    /// Makes the pipeline's side of the lane; once only.
    func makeLane(generation: BundleGeneration) -> ScannerLane {
      guard let scans = scans.take() else { preconditionFailure("a lane has one reading end") }
      return ScannerLane(scans: scans, generation: generation)
    }
  }
}
