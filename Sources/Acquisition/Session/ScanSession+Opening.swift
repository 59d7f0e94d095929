internal import Spectra

extension ScanSession where Transport: ~Copyable {
  /// Finds out which scanner this is, and changes nothing about it.
  package mutating func identify() throws(AcquisitionError) {
    try link.resynchronize(
      commandTimeout: options.commandTimeout,
      drainTimeout: options.drainTimeout
    )
    // Asking for versions while a scan runs would switch the display controller off.
    try awaitIdle()
    try readIdentity()
  }

  /// Prepares the scanner for scanning, and gives `decoder` its references.
  ///
  /// The user's reference comes from `store`. Returns why scans will have no absorbance, or only
  /// another reference's, or nil when all is well.
  package mutating func prepare(
    decoder: inout ScanDecoder,
    references store: (any ReferenceStore)? = nil
  ) throws(AcquisitionError) -> AcquisitionError? {
    try prepareDevice()
    try checkSensors()
    try chooseColumnConfiguration()
    // Questions that this device does not know may have left errors.
    try resetErrors()
    return try readReferences(for: &decoder, from: store)
  }

  /// Gives the device a Column configuration, whichever it has now.
  package mutating func applyColumnConfiguration() throws(AcquisitionError) {
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
    description.model = try readModel()
    if let length = try ifAnswered(.readLampUsage), length >= 8 {
      lampUsage = .milliseconds(Int64(clamping: replyNumber64))
    }
    if let length = try ifSupported(.readCalibration) {
      describeCalibration(length)
    }
  }

  private mutating func readModel() throws(AcquisitionError) -> String {
    // InnoSpectra's firmware knows only its own command, and that of Texas Instruments before
    // 2.1.0 knows none.
    for command in [NanoCommand.readModelName, .readInnoSpectraModelName] {
      let name = try ifSupported(command).map { link.replyText($0) } ?? ""
      guard !name.isEmpty else { continue }
      isFromInnoSpectra = command == .readInnoSpectraModelName
      return name
    }
    return "NIRscan Nano"
  }

  private var replyNumber64: UInt64 {
    let data = NanoRequest.headerByteCount
    return link.reply.withSpan {
      UInt64($0.uint32(at: data)) | UInt64($0.uint32(at: data + 4)) << 32
    }
  }

  private mutating func chooseColumnConfiguration() throws(AcquisitionError) {
    if let active = try activeConfiguration(), !active.sections.containsHadamard {
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
        !configuration.sections.containsHadamard
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

  private mutating func describe(_ configuration: ScanConfiguration) {
    description.configurationName = configuration.name
    description.patternWidthPixels = configuration.sections.widthPixels
    description.startNanometres = Double(configuration.sections.startNanometres)
    description.endNanometres = Double(configuration.sections.endNanometres)
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
}

/// A serial number as it is shown; nil when the device was never given one.
private func serialNumber(_ text: String) -> String? {
  // An erased EEPROM reads as 0xFF, which is no text, or as letters F.
  text.utf8.allSatisfy { $0 == UInt8(ascii: "F") } ? nil : text
}
