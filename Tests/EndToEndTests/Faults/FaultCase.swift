import Testing

/// One fault of a scanner at one moment, and all that may come of it.
///
/// Scans are numbered from 1 as they were recorded. The scanner serves `FaultTrial.scanCount`.
struct FaultCase: Sendable {
  /// What goes wrong.
  var kind: FaultKind
  /// What is particular to this case; it tells the cases of a kind apart.
  var moment: String
  /// The lines of the script for `spectrasim --faults`, without `device 1`.
  var script: [String]
  /// How often the script's lines happen, one number for all of them together.
  var firings = 1
  /// What the daemon does about it, in a sentence for people.
  var behaviour: String
  /// The scanner's states over USB/IP, from the first `ready` on; a reason stands behind its state.
  var states: [String]
  /// The same over libusb; nil where the fault does not belong to USB.
  var statesOnUSB: [String]?
  /// The scans that nobody gets.
  var lost: Set<Int> = []
  /// The scans that are published but not accepted, and why.
  var rejected: [Int: [String]] = [:]
  /// The scans that are measured otherwise than they were recorded.
  var spoilt: Set<Int> = []
  /// The longest time from the last good scan before the fault to the first after it.
  var recoverySeconds: Double
  /// The shortest such time where an answer must not be taken: its place has to be waited for.
  var leastSeconds = 0.0

  /// The numbers of the scans that clients read about.
  var published: [Int] { (1...FaultTrial.scanCount).filter { !lost.contains($0) } }
  /// Whether the scanner is there again in the end.
  var returns: Bool { published.last == FaultTrial.scanCount }
  /// The numbers of the scans that predictions are made of.
  var accepted: [Int] { published.filter { rejected[$0] == nil } }
}

extension FaultCase: CustomTestStringConvertible {
  /// The name of the case, unique in the table.
  var testDescription: String { "\(kind.rawValue): \(moment)" }
}

/// How a scanner is reached.
enum FaultPath: String, Sendable {
  /// Over USB/IP, which the daemon speaks itself.
  case usbip = "USB/IP"
  /// Over unmodified libusb, on a bus that Tests/USBMock plays.
  case usb = "libusb"
}
