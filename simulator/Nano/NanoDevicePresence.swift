/// Whether the device is on the bus, and how it leaves and returns.
struct Presence {
  /// Where the device is.
  enum Place: Equatable {
    case onBus
    /// Away until this time, or for ever; it boots when it returns if it has lost its power.
    case away(until: UInt64?, hasLostPower: Bool)
  }

  var place = Place.onBus
  /// How often the device has left the bus: a host that had it has lost it when this changes.
  var departureCount = 0
  /// Packets of the last scan's file that the host has taken.
  var scanFilePacketsTaken = 0
  /// The window of time in which a command must come, or the device powers itself down.
  var idleWindow: (start: UInt64, hasCommand: Bool)?

  mutating func noteCommand(now: UInt64) { idleWindow?.hasCommand = true }
}

extension NanoDevice {
  /// An idle device powers itself down at the end of such a window without a command.
  private static let idleWindowMilliseconds: UInt32 = 5 * 60 * 1_000
  /// However fast the device works, its host needs some time to say that it shall not sleep.
  private static let shortestIdleWindowNanoseconds: UInt64 = 30_000_000_000
  /// How long the controller takes to boot.
  private static let bootMilliseconds: UInt32 = 1_500

  /// Whether hosts can see the device, as of the last call.
  package var isOnBus: Bool { presence.place == .onBus }

  /// How often the device has left the bus.
  package var departureCount: Int { presence.departureCount }

  /// Tells the device that a host has begun to use it; it sleeps only under a host.
  package func plugIn(now: UInt64) { presence.idleWindow = (now, false) }

  /// Does what is due at `now`.
  package func advance(now: UInt64) {
    if case .away(let until?, let hasLostPower) = presence.place, until <= now {
      presence.place = .onBus
      if hasLostPower { boot(now: until) }
      note(.returned)
    }
    guard isOnBus else { return }
    if let middle = departureWhileScanning, middle <= now {
      leave(scan: servedScans, .whileScanning, now: now)
    } else if !leavesDuringScan {
      finishDueScan(now: now)
    }
    sleepIfIdle(now: now)
  }

  /// When `advance` should be called next although no host asks; nil when nothing will happen.
  package var nextEvent: UInt64? {
    guard isOnBus else {
      if case .away(let until, _) = presence.place { return until }
      return nil
    }
    return [departureWhileScanning, idleWindowEnd].compactMap { $0 }.min()
  }

  /// Takes the device off the bus; it boots when it returns if it loses its power.
  func depart(until: UInt64?, losesPower: Bool, now: UInt64) {
    unplug()
    if losesPower, let running = state.running {
      state.running = nil
      conclude(running, now: now)
    }
    presence.place = .away(until: until, hasLostPower: losesPower)
    presence.departureCount += 1
  }

  /// Command 02/1A.
  func resetByHost(now: UInt64) {
    note(.reset)
    let absence = options.speed.nanoseconds(milliseconds: NanoDevice.bootMilliseconds)
    depart(until: now + absence, losesPower: true, now: now)
  }

  /// Command 03/0D, and what an idle device does by itself.
  func fallAsleep(now: UInt64) {
    note(.fellAsleep)
    depart(until: nil, losesPower: true, now: now)
  }

  private func boot(now: UInt64) {
    state = NanoDevice.powerUpState(
      active: storedConfigurations[activeIndex],
      maker: options.maker,
      now: now
    )
    state.isClockLost = true
    session += 1
  }

  /// Half-way through the scan, if the device is to leave there; first the start is answered.
  private var departureWhileScanning: UInt64? {
    guard let running = state.running, leavesDuringScan, replies.isEmpty else { return nil }
    return running.start + (running.end - running.start) / 2
  }

  private var leavesDuringScan: Bool {
    state.running != nil && faults.expectsDeparture(scan: servedScans, .whileScanning)
  }

  private var idleWindowEnd: UInt64? {
    guard state.isHibernationEnabled, let window = presence.idleWindow else { return nil }
    let length = options.speed.nanoseconds(milliseconds: NanoDevice.idleWindowMilliseconds)
    guard length > 0 else { return nil }
    return window.start + max(length, NanoDevice.shortestIdleWindowNanoseconds)
  }

  private func sleepIfIdle(now: UInt64) {
    while let end = idleWindowEnd, end <= now {
      guard presence.idleWindow?.hasCommand == true else {
        return fallAsleep(now: now)
      }
      presence.idleWindow = (end, false)
    }
  }
}
