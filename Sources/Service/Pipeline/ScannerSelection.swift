import Acquisition
import Synchronization

/// Which of the scanners that are met at a place the daemon is to read.
enum ScannerSelection: Sendable {
  /// Whichever it is.
  case any
  /// Those with one of these serial numbers, or at one of these ports.
  case named(Set<String>)

  func includes(serialNumber: String?, place: String) -> Bool {
    switch self {
    case .any: true
    case .named(let names):
      names.contains(serialNumber ?? "") || names.contains { place == "usb:\($0)" }
    }
  }
}

extension ScannerSelection {
  /// Which scanners on this machine's USB are among the sources; nil for none.
  init?(_ sources: [ScannerSource]) {
    if sources.contains(.everyUSBScanner) {
      self = .any
      return
    }
    let names = sources.compactMap { if case .usbScanner(let name) = $0 { name } else { nil } }
    guard !names.isEmpty else { return nil }
    self = .named(Set(names))
  }
}

/// The selection that is in force, which the administrator may change at any time.
final class SharedSelection: Sendable {
  private let selection: Mutex<ScannerSelection?>

  /// The selection; nil selects nobody.
  var value: ScannerSelection? { selection.withLock { $0 } }

  init(_ selection: ScannerSelection?) { self.selection = Mutex(selection) }

  func set(_ selection: ScannerSelection?) { self.selection.withLock { $0 = selection } }
}
