import Spectra

/// A virtual NIRscan Nano: 64-byte packets in, 64-byte packets out, time as a parameter.
///
/// It does nothing by itself: whatever is due at `now` happens when it is next called, at the
/// latest when somebody calls `advance` at the time that `nextEvent` tells. One thread owns it.
/// All `now` are CLOCK_MONOTONIC in nanoseconds.
package final class NanoDevice {
  /// What the host finds when it reads the interrupt endpoint.
  package enum Input: Equatable, Sendable {
    /// No reply is due.
    case none
    /// A reply will be ready at this time, not before.
    case notBefore(UInt64)
    /// The next packet, taken off the queue.
    case packet([UInt8])
    /// The endpoint is halted until the host clears it.
    case stalled
  }

  /// Something that the operator should read about.
  package enum Notice: Equatable, Sendable {
    /// The last recorded scan was served; the device stays busy from here on.
    case exhausted(scans: Int)
    /// The host reset the device, which leaves the bus for a moment.
    case reset
    /// The device powered itself down: no command came for too long, or one to do so.
    case fellAsleep
    /// The device is on the bus again.
    case returned
    /// A fault of the script happened.
    case fault(FaultSchedule.Firing)
  }

  /// How the device behaves; fixed at its start.
  package struct Options: Sendable {
    /// Whose device it is.
    package var maker = Maker.texasInstruments
    /// How fast it works.
    package var speed = PlaybackSpeed.factor(1)
    /// Real nanoseconds of *busy* after each sample.
    package var sampleGapNanoseconds: UInt64 = 31_000_000_000
    /// Whether the recording begins anew after its end.
    package var isRepeating = false
    /// Index of the stored configuration that is active at power-up.
    package var activeConfiguration = 0
    /// What goes wrong with this device.
    package var faults: [Fault] = []

    /// The documented device with a pause of 31 s after each sample and no faults.
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
    /// Which recorded scan is measured.
    var index: Int
    var start: UInt64
    var end: UInt64
    /// Whether the recorded scan is to be served again, whatever comes of this one.
    var isKept = false
    /// The error that the scan ends with, if it fails.
    var failure: (source: ErrorStatus.Source, code: Int16)?
  }

  /// What the device forgets at a reset.
  struct VolatileState {
    var clock: DeviceClock
    /// Whether the clock shows its boot default although the recorded scans have their own times.
    var isClockLost = false
    var errors = ErrorStatus()
    var transfer: Transfer?
    var running: RunningScan?
    var lastScan: [UInt8]
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
  var faults: FaultSchedule
  var state: VolatileState
  var control: NanoControl
  var assembler = NanoRequestAssembler()
  var replies = ReplyQueue()
  var presence = Presence()
  /// Scans that were begun over the device's life.
  var servedScans = 0
  /// Whether the file of the last of them was read to its end.
  var isLastScanRead = true
  /// The recorded scan that was last begun; the sensors show its surroundings.
  var viewedIndex = 0
  /// The device's scan counter, which survives without power.
  var lastScanIndex: UInt32?
  /// How often the device was switched on, the upper half of the counter.
  var session: UInt32 = 1
  private var notices: [Notice] = []

  /// Switches a scanner on that will measure what `recording` holds.
  package init(recording: PlayableRecording, options: Options, now: UInt64) {
    let recording = options.maker.adapted(recording)
    (self.recording, self.options) = (recording, options)
    storedConfigurations = NanoDevice.factoryConfigurations(for: recording)
    activeIndex = min(max(0, options.activeConfiguration), storedConfigurations.count - 1)
    playlist = Playlist(
      recording: recording,
      gapNanoseconds: options.sampleGapNanoseconds,
      isRepeating: options.isRepeating
    )
    faults = FaultSchedule(options.faults)
    control = NanoControl(strings: options.maker.strings(model: recording.model))
    state = NanoDevice.powerUpState(
      active: storedConfigurations[activeIndex],
      maker: options.maker,
      now: now
    )
  }

  static func powerUpState(
    active: ScanConfiguration,
    maker: Maker,
    now: UInt64
  ) -> VolatileState {
    VolatileState(
      clock: DeviceClock(showing: maker.bootTime, now: now),
      lastScan: [UInt8](repeating: 0, count: ScanFile.byteCount),
      activeConfiguration: active,
      repeats: active.repeats
    )
  }

  /// The serial number that the scanner reports.
  package var serial: String { recording.serial }

  /// Answers a control request: bytes for the host, or nil for a stall.
  package func answer(_ setup: SetupPacket) -> [UInt8]? {
    control.answer(setup, responseBuffer: replies.responseBuffer)
  }

  /// Notes that the cable was pulled: half a command and unread replies are gone, the rest stays.
  package func unplug() {
    assembler = NanoRequestAssembler()
    replies.removeAll()
    control.reset()
    state.transfer = nil
    presence.idleWindow = nil
  }

  /// What has happened since the last call.
  package func takeNotices() -> [Notice] {
    defer { notices = [] }
    return notices + faults.takeFirings().map { .fault($0) }
  }

  func note(_ notice: Notice) { notices.append(notice) }
}
