internal import Spectra

extension ScanSession where Transport: ~Copyable {
  /// Finds out which scanner this is, and changes nothing about it.
  mutating func identify() throws(AcquisitionError) {
    try link.resynchronize(
      commandTimeout: options.commandTimeout,
      drainTimeout: options.drainTimeout
    )
    // Asking for versions while a scan runs would switch the display controller off.
    try awaitIdle()
    try readIdentity()
  }

  /// Prepares the scanner for scanning, and gives `decoder` its reference.
  ///
  /// Returns why scans will have no absorbance, or nil when they will.
  mutating func prepare(
    decoder: inout ScanDecoder
  ) throws(AcquisitionError) -> AcquisitionError? {
    try resetErrors()
    try ifSupported(.setHibernation, [0])
    try ifSupported(.setClock, clockParameters(Timestamp.now().calendarTime))
    try chooseColumnConfiguration()
    try readLastScanIndex()
    return try readReference(for: &decoder)
  }

  /// Gives the device a Column configuration, whichever it has now.
  mutating func applyColumnConfiguration() throws(AcquisitionError) {
    let configuration = try storedColumnConfiguration() ?? .defaultColumn
    _ = try link.perform(
      .applyConfiguration,
      parameters: configuration.encoded,
      timeout: options.slowCommandTimeout
    )
    describe(configuration)
    try readEstimatedScanTime()
  }

  private mutating func readIdentity() throws(AcquisitionError) {
    let timeout = options.slowCommandTimeout
    if let length = try ifSupported(.readVersions, timeout: timeout), length >= 4 {
      let version = link.replyNumber
      description.firmware =
        "\(version >> 16 & 0xFF).\(version >> 8 & 0xFF).\(version & 0xFF)"
    }
    if let length = try ifSupported(.readSerialNumber) {
      description.serialNumber = serialNumber(link.replyText(length))
    }
    // Firmware before 2.1.0 has no model name to tell.
    let name = try ifSupported(.readModelName).map { link.replyText($0) } ?? ""
    description.model = name.isEmpty ? "NIRscan Nano" : name
    if let length = try ifSupported(.readCalibration) {
      describeCalibration(length)
    }
  }

  private mutating func chooseColumnConfiguration() throws(AcquisitionError) {
    if let active = try activeConfiguration(), active.section.kind == .column {
      describe(active)
      try readEstimatedScanTime()
    } else {
      // Applying writes the device's EEPROM, so it is done only where it is needed.
      try applyColumnConfiguration()
    }
  }

  /// The active stored configuration; nil when it is none that could be decoded.
  private mutating func activeConfiguration() throws(AcquisitionError) -> ScanConfiguration? {
    guard let length = try ifSupported(.readActiveConfiguration), length >= 1 else { return nil }
    return try storedConfiguration(link.reply[NanoRequest.headerByteCount])
  }

  private mutating func storedColumnConfiguration() throws(AcquisitionError) -> ScanConfiguration? {
    guard let length = try ifSupported(.readConfigurationCount), length >= 1 else { return nil }
    // No known device stores more than 20.
    for index in 0..<min(20, link.reply[NanoRequest.headerByteCount]) {
      if let configuration = try storedConfiguration(index),
        configuration.section.kind == .column
      {
        return configuration
      }
    }
    return nil
  }

  private mutating func storedConfiguration(
    _ index: UInt8
  ) throws(AcquisitionError) -> ScanConfiguration? {
    guard let length = try ifSupported(.readConfiguration, [index]) else { return nil }
    let data = NanoRequest.headerByteCount
    // The blob's own size comes before it.
    return link.reply.withSpan { bytes in
      length < 4 ? nil : try? ScanConfiguration(parsing: bytes.extracting(data + 4..<data + length))
    }
  }

  private mutating func readEstimatedScanTime() throws(AcquisitionError) {
    if let length = try ifSupported(.readEstimatedScanTime), length >= 4 {
      estimatedScanTime = .milliseconds(Int64(link.replyNumber))
    }
  }

  /// Reads the factory's reference; returns why there is none that can be used.
  private mutating func readReference(
    for decoder: inout ScanDecoder
  ) throws(AcquisitionError) -> AcquisitionError? {
    decoder.forgetReference()
    do throws(AcquisitionError) {
      try readFile(.matrix)
    } catch .commandFailed, .protocolError {
      // Without it the reference still serves scans of its own pattern width.
      fileIsMissing()
    } catch {
      throw error
    }
    let matrix = withFile { bytes in bytes.indices.map { bytes[$0] } }
    do throws(AcquisitionError) {
      try readFile(.reference)
    } catch .commandFailed(let command) {
      return .commandFailed(command)
    } catch .protocolError(let command, let violation) {
      return .protocolError(command: command, violation)
    } catch {
      throw error
    }
    do throws(ScanFileError) {
      try withFile { bytes throws(ScanFileError) in
        try decoder.setReference(bytes, matrix: matrix.span)
      }
      return nil
    } catch {
      return .reference(error)
    }
  }

  private mutating func describe(_ configuration: ScanConfiguration) {
    description.configurationName = configuration.name
    description.patternWidthPixels = configuration.section.widthPixels
    description.startNanometres = Double(configuration.section.startNanometres)
    description.endNanometres = Double(configuration.section.endNanometres)
  }

  private mutating func describeCalibration(_ length: Int) {
    let data = NanoRequest.headerByteCount
    guard
      let calibration = link.reply.withSpan({ bytes in
        try? ScannerCalibration(parsing: bytes.extracting(data..<data + length))
      })
    else { return }
    description.shiftVectorCoefficients = calibration.shiftVector
    description.pixelToWavelengthCoefficients = calibration.pixelToWavelength
  }

  /// Carries out a command; nil when this device does not know it.
  @discardableResult
  private mutating func ifSupported(
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

/// The parameters of the command that sets the clock; the weekday counts from Sunday.
private func clockParameters(_ time: CalendarTime) -> [UInt8] {
  [time.year - 2000, time.month, time.day, time.weekday, time.hour, time.minute, time.second]
    .map { UInt8(clamping: $0) }
}

/// A serial number as it is shown; nil when the device was never given one.
private func serialNumber(_ text: String) -> String? {
  // An erased EEPROM reads as 0xFF, which is no text, or as letters F.
  text.utf8.allSatisfy { $0 == UInt8(ascii: "F") } ? nil : text
}
