import Acquisition
import Publishing
import Spectra
import Streaming
import Synchronization

/// The names and states of all scanners, and the changes that clients have not heard of yet.
///
/// Written by the acquisition threads when something changes, read by the publishing thread. It is
/// off the hot path, so a lock is right here.
final class ScannerDirectory: Sendable {
  private struct Entry {
    /// The address until the scanner has said its serial number.
    var name: String
    var description: ScannerDescription?
  }

  /// A change of state, for the log and for the clients.
  struct Change: Sendable {
    var report: ScannerReport
    /// The reason in words; the report holds its stable name.
    var explanation: String?
  }

  private struct State {
    var entries: [Entry]
    var changes: [Change] = []
  }

  private let state: Mutex<State>
  private let addresses: [String]
  private let publishing: WakeUp.Signaller

  init(addresses: [ScannerAddress], publishing: WakeUp.Signaller) {
    self.addresses = addresses.map(\.description)
    self.publishing = publishing
    state = Mutex(State(entries: addresses.map { Entry(name: $0.description) }))
  }

  /// Takes note of a change that an acquisition thread saw.
  func scannerChanged(
    _ index: Int,
    _ scannerState: ScannerState,
    description: ScannerDescription?,
    reason: AcquisitionError?
  ) {
    state.withLock { state in
      if let description { state.entries[index].description = description }
      if let serial = description?.serialNumber, !serial.isEmpty {
        let isTaken = state.entries.indices.contains { other in
          other != index && state.entries[other].name == serial
        }
        // A serial that is unset or taken cannot tell two scanners apart; the address can.
        state.entries[index].name = isTaken ? addresses[index] : serial
      }
      let entry = state.entries[index]
      let report = ScannerReport(
        address: addresses[index],
        name: entry.name,
        state: scannerState.rawValue,
        reason: reason?.reason,
        model: entry.description?.model,
        firmware: entry.description?.firmware,
        time: Timestamp.now()
      )
      state.changes.append(Change(report: report, explanation: reason?.description))
    }
    publishing.signal()
  }

  /// The changes since the last call, oldest first.
  func takeChanges() -> [Change] {
    state.withLock { state in
      let changes = state.changes
      state.changes.removeAll(keepingCapacity: true)
      return changes
    }
  }

  /// The name under which clients know scanner `index`.
  func name(of index: Int) -> String {
    state.withLock { $0.entries[index].name }
  }

  /// What is known about scanner `index`.
  func description(of index: Int) -> ScannerDescription {
    state.withLock { $0.entries[index].description ?? ScannerDescription() }
  }
}
