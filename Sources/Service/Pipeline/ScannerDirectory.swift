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
  /// What has been found at one address.
  private struct Entry {
    /// Every scanner that has been there, oldest first: scans of an earlier one may still be queued.
    var devices: [Device]
    var current: Device { devices[devices.count - 1] }
  }

  private struct Device {
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
    state = Mutex(
      State(entries: addresses.map { Entry(devices: [Device(name: $0.description)]) })
    )
  }

  /// Takes note of a change that an acquisition thread saw.
  ///
  /// Returns which of the scanners that have been at this address is there now.
  func scannerChanged(
    _ index: Int,
    _ scannerState: ScannerState,
    description: ScannerDescription?,
    reason: AcquisitionError?
  ) -> UInt32 {
    let revision = state.withLock { state in
      if let description {
        let name = self.name(for: description, at: index, in: state)
        meet(description, name: name, &state.entries[index])
      }
      let device = state.entries[index].current
      let report = ScannerReport(
        address: addresses[index],
        name: device.name,
        state: scannerState.rawValue,
        reason: reason?.reason,
        model: device.description?.model,
        firmware: device.description?.firmware,
        time: Timestamp.now()
      )
      state.changes.append(Change(report: report, explanation: reason?.description))
      return UInt32(state.entries[index].devices.count - 1)
    }
    publishing.signal()
    return revision
  }

  /// The changes since the last call, oldest first.
  func takeChanges() -> [Change] {
    state.withLock { state in
      let changes = state.changes
      state.changes.removeAll(keepingCapacity: true)
      return changes
    }
  }

  /// The name under which clients know a scanner that is, or was, at address `index`.
  func name(of index: Int, revision: UInt32) -> String {
    state.withLock { $0.entries[index].devices[Int(revision)].name }
  }

  /// What is known about that scanner.
  func description(of index: Int, revision: UInt32) -> ScannerDescription {
    state.withLock { $0.entries[index].devices[Int(revision)].description ?? ScannerDescription() }
  }

  /// A serial that is unset or taken cannot tell two scanners apart; the address can.
  private func name(
    for description: ScannerDescription,
    at index: Int,
    in state: State
  ) -> String {
    guard let serial = description.serialNumber, !serial.isEmpty else { return addresses[index] }
    let isTaken = state.entries.indices.contains { other in
      other != index && state.entries[other].current.name == serial
    }
    return isTaken ? addresses[index] : serial
  }

  private func meet(_ description: ScannerDescription, name: String, _ entry: inout Entry) {
    let current = entry.current
    let isFirst = current.description == nil
    if isFirst || current.name == name {
      entry.devices[entry.devices.count - 1] = Device(name: name, description: description)
    } else {
      entry.devices.append(Device(name: name, description: description))
    }
  }
}
