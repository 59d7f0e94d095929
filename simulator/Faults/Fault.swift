/// One thing that goes wrong, at one scan of one device.
package struct Fault: Equatable, Sendable {
  /// Which devices it happens to.
  package enum Device: Equatable, Sendable {
    /// All of them, to each once.
    case every
    /// The one with this number; the first is 1.
    case number(Int)
  }

  /// What goes wrong.
  package enum Kind: Equatable, Sendable {
    /// The device leaves the bus.
    case departure(DepartureFault)
    /// A reply is spoilt or does not come.
    case reply(ReplyFault)
    /// A scan measures something else than was recorded.
    case measurement(MeasurementFault, scans: Int)
    /// The scan ends without new data; the error status says why.
    case failedScan(ErrorStatus.Source, code: Int16, scans: Int)
    /// The clock falls back to its time at power-up.
    case lostClock
  }

  /// Which devices it happens to.
  package var device: Device
  /// The first scan it can happen at, counted from 1 over the device's life.
  package var scan: Int
  /// What goes wrong.
  package var kind: Kind
  /// Whether the recorded scan in hand is served again next; otherwise it is lost.
  package var keepsScan = false
  /// The script's own words for it, without device and scan.
  package var sentence = ""

  /// Makes a fault from its parts.
  package init(device: Device, scan: Int, kind: Kind) {
    (self.device, self.scan, self.kind) = (device, scan, kind)
  }

  /// Whether it happens to the device with `number`, counted from 1.
  package func concerns(device number: Int) -> Bool {
    switch device {
    case .every: true
    case .number(let own): own == number
    }
  }
}

/// The device leaves the bus, for a while or for ever.
package struct DepartureFault: Equatable, Sendable {
  /// Why it leaves, which decides what it still knows when it returns.
  package enum Cause: Equatable, Sendable {
    /// The cable is pulled: on its battery the device forgets nothing but a half-sent reply.
    case unplug
    /// It powers itself down until somebody presses its button.
    case hibernation
    /// It boots anew.
    case reset
  }

  /// When it leaves.
  package enum Moment: Equatable, Sendable {
    /// In place of starting the scan.
    case beforeStart
    /// Half-way through the scan.
    case whileScanning
    /// When the host has taken this many packets of the scan's file.
    case afterPackets(Int)
  }

  /// Why it leaves.
  package var cause: Cause
  /// When it leaves.
  package var moment = Moment.whileScanning
  /// How long it stays away; nil is for ever.
  package var absenceNanoseconds: UInt64?

  /// Makes a departure half-way through the scan.
  package init(cause: Cause, absenceNanoseconds: UInt64?) {
    (self.cause, self.absenceNanoseconds) = (cause, absenceNanoseconds)
  }
}

/// A reply is spoilt or does not come.
package struct ReplyFault: Equatable, Sendable {
  /// How it is spoilt.
  package enum Damage: Equatable, Sendable {
    /// The IN endpoint stalls instead; it stays halted until the host clears it.
    case stall
    /// No reply.
    case silence
    /// The reply comes this much later.
    case late(nanoseconds: UInt64)
    /// Busy, and the command is not run.
    case busy
    /// An error, and the command is not run.
    case error
    /// Another sequence number than the command's.
    case wrongSequence
    /// The first packet has only this many bytes.
    case shortPacket(byteCount: Int)
    /// A packet of random bytes comes before the reply or instead of it.
    case garbage(isBefore: Bool, seed: UInt64)
    /// The reply has only this much data, and says so.
    case truncated(byteCount: Int)
  }

  /// Which reply.
  package enum Target: Equatable, Sendable {
    /// The reply to this command, group in the upper byte.
    case command(UInt16)
    /// This chunk of the scan's file, counted from 1.
    case chunk(Int)
  }

  /// How it is spoilt.
  package var damage: Damage
  /// Which reply.
  package var target = Target.command(NanoCommand.startScan.rawValue)
  /// How many such replies.
  package var times = 1
  /// From the first such reply on, every reply for this long; overrides `times`.
  package var durationNanoseconds: UInt64?

  /// Makes a fault of one reply to the start-scan command.
  package init(damage: Damage) { self.damage = damage }
}

/// A scan measures something else than was recorded.
package enum MeasurementFault: Equatable, Sendable {
  /// The TMP006 fails: detector temperature.
  case temperatureSensor
  /// The HDC1000 fails: system temperature and humidity.
  case humiditySensor
  /// The factory reference holds zeros only.
  case zeroReference
  /// Every signal word lies at the converter's limit.
  case saturation
  /// The gain could not be set: gain 0 in the header, with the counts as recorded.
  case gainFailure
  /// What the file does not use holds old bytes: words behind the scan's, sections behind the last.
  case staleData
  /// Counts above the dark level are divided by this.
  case lowLight(divisor: Int32)
}
