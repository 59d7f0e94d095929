import Acquisition
import Spectra
import Synchronization

/// A scripted device that is wired to a session without threads, sockets or waiting.
///
/// What the device does not answer is known at once: its silence needs no time.
struct ScriptedTransport: ReportTransport, ~Copyable {
  /// The device, which the test keeps as well.
  final class Wire: Sendable {
    let device: Mutex<ScriptedDevice>

    init(_ device: ScriptedDevice = ScriptedDevice()) { self.device = Mutex(device) }

    var commands: [String] { device.withLock { $0.commands } }
  }

  let wire: Wire
  private var answers: [UInt8] = []

  init(_ wire: Wire) { self.wire = wire }

  var descriptor: Int32 { -1 }

  mutating func send(
    _ bytes: borrowing FixedArray<UInt8>,
    from offset: Int,
    expectsReply: Bool,
    deadline: Deadline
  ) throws(AcquisitionError) -> Bool {
    let report = (offset..<offset + 64).map { bytes[$0] }
    switch wire.device.withLock({ $0.take(report) }) {
    case .bytes(let bytes): answers += bytes
    case .disconnect: throw .deviceGone(transferStatus: -19)
    }
    return true
  }

  mutating func receive(
    into bytes: inout FixedArray<UInt8>,
    at offset: Int,
    count: Int,
    deadline: Deadline
  ) throws(AcquisitionError) -> Bool {
    guard answers.count >= 64 * count else { return false }
    for index in 0..<64 * count { bytes[offset + index] = answers[index] }
    answers.removeFirst(64 * count)
    return true
  }
}

/// A session with a scripted device, identified and prepared.
func preparedSession(
  _ wire: ScriptedTransport.Wire,
  _ decoder: inout ScanDecoder,
  references: (any ReferenceStore)? = nil
) throws(AcquisitionError) -> ScanSession<ScriptedTransport> {
  var session = ScanSession(
    over: ScriptedTransport(wire),
    options: .impatient,
    stopping: try EventDescriptor()
  )
  try session.identify()
  _ = try session.prepare(decoder: &decoder, references: references)
  return session
}
