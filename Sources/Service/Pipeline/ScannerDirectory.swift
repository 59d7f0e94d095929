import Acquisition
import Publishing
import Spectra
package import Streaming
import Synchronization

/// Who the scanners are: their names, their states, and the changes that clients do not know yet.
///
/// Each scanner that has been identified has a number for as long as the daemon runs, wherever it is
/// plugged in. Before that it is known by its place only. Written by the acquisition threads when
/// something changes, read by the publishing thread: off the hot path, so a lock is right here.
package final class ScannerDirectory: Sendable {
  /// What happened to a scanner, for the log and for the clients.
  enum Change: Sendable {
    /// Its state changed; the explanation is the reason in words, where there is one.
    case state(ScannerReport, explanation: String?)
    /// It measured a white standard, which only its predictions tell clients of.
    case referenceMeasured(scanner: String, time: Timestamp)
  }

  /// One scanner.
  private struct Scanner {
    var number: UInt32
    var name: String
    var description: ScannerDescription
    /// The place where it is connected; nil while it is away.
    var place: ScannerAddress?
  }

  private struct State {
    /// Oldest first, at most `scannersRemembered`.
    var scanners: [Scanner] = []
    var lastNumber: UInt32 = 0
    /// The scanner that was last met at each place; missing until one was identified.
    var numbersByPlace: [ScannerAddress: UInt32] = [:]
    var changes: [Change] = []

    /// Finds the scanner of this name, or adds it; returns its number.
    mutating func meet(
      _ description: ScannerDescription,
      name: String,
      at place: ScannerAddress
    ) -> UInt32 {
      if let index = scanners.firstIndex(where: { $0.name == name }) {
        scanners[index].description = description
        scanners[index].place = place
        return scanners[index].number
      }
      if scanners.count == ScannerDirectory.scannersRemembered,
        let oldest = scanners.firstIndex(where: { $0.place == nil })
      {
        scanners.remove(at: oldest)
      }
      lastNumber += 1
      scanners.append(
        Scanner(number: lastNumber, name: name, description: description, place: place)
      )
      return lastNumber
    }
  }

  /// How many scanners are remembered; far more than can have scans waiting in the rings.
  static let scannersRemembered = 256

  private let state = Mutex(State())
  private let publishing: WakeUp.Signaller
  private let activity: ScannerActivity

  /// `publishing` is woken to take changes; `activity` is told of them at once.
  package init(publishing: WakeUp.Signaller, activity: ScannerActivity) {
    (self.publishing, self.activity) = (publishing, activity)
  }

  /// Takes note of the scanner that was identified at `place`; returns its number.
  ///
  /// It is the one of its serial number, unless that is unset or belonged to another scanner that
  /// was connected when it first came: then the place is its name.
  func meet(_ description: ScannerDescription, at place: ScannerAddress) -> UInt32 {
    state.withLock { state in
      let serialNumber = description.serialNumber ?? ""
      let isTaken = state.scanners.contains { other in
        other.name == serialNumber && other.place != nil && other.place != place
      }
      // A twin keeps its name while the other is away: it must not go on with the other's sample.
      let isTwin = state.scanners.contains { other in
        other.name == place.description && other.description.serialNumber == serialNumber
      }
      let hasOwnName = !serialNumber.isEmpty && !isTaken && !isTwin
      let name = hasOwnName ? serialNumber : place.description
      let number = state.meet(description, name: name, at: place)
      state.numbersByPlace[place] = number
      return number
    }
  }

  /// Takes note of a change that an acquisition thread saw at `place`.
  func scannerChanged(
    at place: ScannerAddress,
    _ scannerState: ScannerState,
    description: ScannerDescription?,
    reason: AcquisitionError?
  ) {
    state.withLock { state in
      let number = state.numbersByPlace[place]
      let index = state.scanners.firstIndex { $0.number == number }
      if let index {
        if let description { state.scanners[index].description = description }
        if scannerState == .disconnected {
          // Whoever has come back elsewhere meanwhile is not told to be gone.
          if let other = state.scanners[index].place, other != place { return }
          state.scanners[index].place = nil
        }
      }
      let scanner = index.map { state.scanners[$0] }
      let report = ScannerReport(
        place: place.description,
        name: scanner?.name ?? place.description,
        state: scannerState.rawValue,
        reason: reason?.reason,
        model: scanner?.description.model,
        firmware: scanner?.description.firmware,
        time: Timestamp.now()
      )
      state.changes.append(.state(report, explanation: reason?.description))
      activity.stateChanged(report, number: scanner?.number, explanation: reason?.description)
    }
    publishing.signal()
  }

  /// Takes note of a reference measurement of scanner `number`.
  func referenceMeasured(_ number: UInt32, at time: Timestamp) {
    let name = name(of: number)
    state.withLock { $0.changes.append(.referenceMeasured(scanner: name, time: time)) }
    publishing.signal()
  }

  /// Takes note of how long the lamp of scanner `number` has burnt.
  func lampUsed(_ number: UInt32, for duration: Duration) {
    activity.lampUsed(of: name(of: number), hours: duration / .seconds(3_600))
  }

  /// Where the scanner that clients know by this name is, and its number; nil while it is away.
  func connection(of name: String) -> (number: UInt32, place: ScannerAddress)? {
    state.withLock { state in
      let scanner = state.scanners.first { $0.name == name }
      guard let scanner, let place = scanner.place else { return nil }
      return (scanner.number, place)
    }
  }

  /// Takes note that the scanner at `place` was unplugged, which its own thread may notice later.
  ///
  /// From now on its name is free for itself, wherever it is plugged in next.
  func scannerLeft(_ place: ScannerAddress) {
    state.withLock { state in
      for index in state.scanners.indices where state.scanners[index].place == place {
        state.scanners[index].place = nil
      }
    }
  }

  /// Forgets what was met at `place`, which will not be used again: the next plugging is another.
  func forget(place: ScannerAddress) {
    scannerLeft(place)
    state.withLock { $0.numbersByPlace[place] = nil }
  }

  /// The changes since the last call, oldest first.
  func takeChanges() -> [Change] {
    state.withLock { state in
      let changes = state.changes
      state.changes.removeAll(keepingCapacity: true)
      return changes
    }
  }

  /// Whether the scanner that was met at `place` is known by its serial number.
  ///
  /// If not, it has none, or that of another scanner that is connected.
  func isNamedBySerialNumber(at place: ScannerAddress) -> Bool {
    state.withLock { state in
      let number = state.numbersByPlace[place]
      let scanner = state.scanners.first { $0.number == number }
      return scanner.map { $0.name == $0.description.serialNumber } ?? false
    }
  }

  /// The serial number of the scanner at `place`, empty when it has none; nil before it was asked.
  func serialNumber(at place: ScannerAddress) -> String? {
    state.withLock { state in
      let scanner = state.scanners.first { $0.place == place }
      return scanner.map { $0.description.serialNumber ?? "" }
    }
  }

  /// The name under which clients know scanner `number`.
  func name(of number: UInt32) -> String {
    state.withLock { state in
      state.scanners.first { $0.number == number }?.name ?? "scanner-\(number)"
    }
  }

  /// What is known about scanner `number`.
  func description(of number: UInt32) -> ScannerDescription {
    state.withLock { state in
      state.scanners.first { $0.number == number }?.description ?? ScannerDescription()
    }
  }
}
