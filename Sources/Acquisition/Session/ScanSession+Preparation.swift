internal import Spectra

// What a scanner forgets when it is reset or switched off, and what has to be told to it again.

extension ScanSession where Transport: ~Copyable {
  /// How far the scanner's clock may be from the host's after it was set: two seconds.
  ///
  /// It counts whole seconds, so up to one more is no error of the clock.
  private static var clockErrorMicrosecondsMax: Int64 { 3_000_000 }

  /// Forbids the device to sleep and sets its clock; what it does not take is noted as health.
  mutating func prepareDevice() throws(AcquisitionError) {
    standingHealth.remove([.hibernationOn, .clockUnset])
    if try !forbidHibernation() { standingHealth.insert(.hibernationOn) }
    if try !setClock() { standingHealth.insert(.clockUnset) }
  }

  /// Asks something harmless, so that the device does not go to sleep.
  ///
  /// A device that was reset since the last command may sleep again: it is prepared anew.
  /// A busy one is kept awake by whoever uses it.
  package mutating func keepAwake() throws(AcquisitionError) {
    do throws(AcquisitionError) {
      guard let isAllowed = try hibernationIsAllowed() else {
        _ = try link.readNumber(.readDeviceStatus, timeout: options.commandTimeout)
        return
      }
      if isAllowed, !standingHealth.contains(.hibernationOn) { try prepareDevice() }
    } catch .busy {
      return
    } catch {
      throw error
    }
  }

  /// Reads the sensors that can be asked without a scan; a failed one is noted as health.
  mutating func checkSensors() throws(AcquisitionError) {
    // Most units of InnoSpectra have no sensor at their detector: a failure there is none.
    if !isFromInnoSpectra, let count = try ifAnswered(.readTemperatures) {
      standingHealth.note(.temperatureSensorFault, unless: hasTwoNumbers(count))
    }
    if let count = try ifAnswered(.readHumidity) {
      standingHealth.note(.humiditySensorFault, unless: hasTwoNumbers(count))
    }
  }

  /// Whether the last reply holds two values; a sensor that failed answers with one, -1.
  private func hasTwoNumbers(_ count: Int) -> Bool {
    count >= 8 && link.replyNumber != .max
  }

  /// Returns whether the device stays awake; one that does not know the question counts as awake.
  private mutating func forbidHibernation() throws(AcquisitionError) -> Bool {
    for _ in 0..<2 {
      try ifSupported(.setHibernation, [0])
      guard try hibernationIsAllowed() == true else { return true }
    }
    return false
  }

  private mutating func hibernationIsAllowed() throws(AcquisitionError) -> Bool? {
    guard let count = try ifAnswered(.readHibernation), count >= 1 else { return nil }
    return link.reply[NanoRequest.headerByteCount] != 0
  }

  /// Returns whether the device's clock shows the host's time.
  private mutating func setClock() throws(AcquisitionError) -> Bool {
    for _ in 0..<2 {
      try ifSupported(.setClock, clockParameters(Timestamp.now().calendarTime))
      guard let count = try ifAnswered(.readClock), count >= 7 else { return true }
      if let time = replyClock {
        let error = Timestamp.now().microsecondsSinceEpoch - time.microsecondsSinceEpoch
        if abs(error) <= Self.clockErrorMicrosecondsMax { return true }
      }
    }
    return false
  }

  /// The time that the last reply holds; nil when it is none.
  private var replyClock: Timestamp? {
    let data = NanoRequest.headerByteCount
    return Timestamp(
      CalendarTime(
        year: 2000 + Int(link.reply[data]),
        month: Int(link.reply[data + 1]),
        day: Int(link.reply[data + 2]),
        hour: Int(link.reply[data + 4]),
        minute: Int(link.reply[data + 5]),
        second: Int(link.reply[data + 6])
      )
    )
  }

  /// Asks what no scan depends on; nil when this device does not know it, or has nothing to say.
  mutating func ifAnswered(_ command: NanoCommand) throws(AcquisitionError) -> Int? {
    do throws(AcquisitionError) {
      return try ifSupported(command)
    } catch .timeout(.some), .protocolError {
      return nil
    } catch {
      throw error
    }
  }

  /// Carries out a command; nil when this device does not know it.
  @discardableResult
  mutating func ifSupported(
    _ command: NanoCommand,
    _ parameters: [UInt8] = [],
    timeout: Duration? = nil
  ) throws(AcquisitionError) -> Int? {
    do throws(AcquisitionError) {
      return try link.perform(
        command,
        parameters: parameters,
        timeout: timeout ?? options.commandTimeout
      )
    } catch .commandFailed {
      return nil
    } catch {
      throw error
    }
  }
}

extension ScannerHealth {
  /// Adds or removes one fact.
  fileprivate mutating func note(_ fact: ScannerHealth, unless isFine: Bool) {
    if isFine { remove(fact) } else { insert(fact) }
  }
}

/// The parameters of the command that sets the clock; the weekday counts from Sunday.
private func clockParameters(_ time: CalendarTime) -> [UInt8] {
  [time.year - 2000, time.month, time.day, time.weekday, time.hour, time.minute, time.second]
    .map { UInt8(clamping: $0) }
}
