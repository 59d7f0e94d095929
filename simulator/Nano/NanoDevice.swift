import Spectra

/// A virtual NIRscan Nano: 64-byte packets in, 64-byte packets out, time as a parameter.
///
/// It does nothing by itself: whatever is due at `now` happens when the host next asks, as far as a
/// host can tell a difference. One thread owns it. All `now` are CLOCK_MONOTONIC in nanoseconds.
package final class NanoDevice {
  /// What the host finds when it reads the interrupt endpoint.
  package enum Input: Equatable, Sendable {
    /// No reply is due.
    case none
    /// A reply will be ready at this time, not before.
    case notBefore(UInt64)
    /// The next packet, taken off the queue.
    case packet([UInt8])
  }

  /// Something that the operator should read about.
  package enum Notice: Equatable, Sendable {
    /// The last recorded scan was served; the device stays busy from here on.
    case exhausted(scans: Int)
    /// The host reset the device, which leaves the bus for a moment.
    case reset
  }

  /// How the device behaves; fixed at its start.
  package struct Options: Sendable {
    /// How fast it works.
    package var speed = PlaybackSpeed.factor(1)
    /// Real nanoseconds of *busy* after each sample.
    package var sampleGapNanoseconds: UInt64 = 31_000_000_000
    /// Whether the recording begins anew after its end.
    package var isRepeating = false
    /// Index of the stored configuration that is active at power-up.
    package var activeConfiguration = 0

    /// The documented device with a pause of 31 s after each sample.
    package init() {}
  }

  /// A file that the host is reading.
  struct Transfer {
    var bytes: [UInt8]
    var offset = 0
    var isScan: Bool
  }

  /// A scan between its start and its end.
  struct RunningScan {
    var index: Int
    var end: UInt64
  }

  /// What the device forgets at a reset.
  struct VolatileState {
    var clock: DeviceClock
    var errors = ErrorStatus()
    var transfer: Transfer?
    var running: RunningScan?
    var lastScan: [UInt8]
    var lastScanIndex: UInt32?
    var activeConfiguration: ScanConfiguration
    var repeats: UInt16
    var gain: UInt8 = 64
    var isHibernationEnabled = true
    var controlsLamp = true
  }

  let recording: PlayableRecording
  let options: Options
  var storedConfigurations: [ScanConfiguration]
  var activeIndex: Int
  var playlist: Playlist
  var state: VolatileState
  var servedScans = 0
  private var assembler = NanoRequestAssembler()
  private var replies: [(packet: [UInt8], readyAt: UInt64)] = []
  private var responseBuffer = [UInt8](repeating: 0, count: NanoDescriptors.reportBytes)
  private var notices: [Notice] = []

  /// Switches a scanner on that will measure what `recording` holds.
  package init(recording: PlayableRecording, options: Options, now: UInt64) {
    (self.recording, self.options) = (recording, options)
    storedConfigurations = NanoDevice.factoryConfigurations(for: recording)
    activeIndex = min(max(0, options.activeConfiguration), storedConfigurations.count - 1)
    playlist = Playlist(
      recording: recording,
      gapNanoseconds: options.sampleGapNanoseconds,
      isRepeating: options.isRepeating
    )
    state = NanoDevice.powerUpState(active: storedConfigurations[activeIndex], now: now)
  }

  static func powerUpState(active: ScanConfiguration, now: UInt64) -> VolatileState {
    VolatileState(
      clock: DeviceClock(now: now),
      lastScan: [UInt8](repeating: 0, count: ScanFile.byteCount),
      activeConfiguration: active,
      repeats: active.repeats
    )
  }

  /// The serial number that the scanner reports.
  package var serial: String { recording.serial }

  /// Takes one packet of the OUT endpoint.
  package func receive(_ packet: [UInt8], now: UInt64) {
    guard let request = assembler.accept(packet, now: now) else { return }
    finishDueScan(now: now)
    let (reply, delayNanoseconds) = answer(request, now: now)
    guard request.wantsReply, let reply else { return }
    // Commands run one after the other: a reply never overtakes an earlier one.
    let readyAt = max(now, replies.last?.readyAt ?? now) + delayNanoseconds
    let packets = reply.packets(to: request)
    responseBuffer = packets[0]
    replies += packets.map { ($0, readyAt) }
  }

  /// Takes the next packet of the IN endpoint if it is ready.
  package func takeInput(now: UInt64) -> Input {
    guard let first = replies.first else { return .none }
    guard first.readyAt <= now else { return .notBefore(first.readyAt) }
    replies.removeFirst()
    return .packet(first.packet)
  }

  /// Answers a control request: bytes for the host, or nil for a stall.
  package func answer(_ setup: SetupPacket) -> [UInt8]? {
    NanoControl.answer(setup, responseBuffer: responseBuffer)
  }

  /// Notes that the cable was pulled: half a command and unread replies are gone, the rest stays.
  package func unplug() {
    assembler = NanoRequestAssembler()
    replies = []
    state.transfer = nil
  }

  /// What has happened since the last call.
  package func takeNotices() -> [Notice] {
    defer { notices = [] }
    return notices
  }

  func note(_ notice: Notice) { notices.append(notice) }
}
