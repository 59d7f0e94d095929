import Acquisition
import Spectra

/// Turns the texts of the layers into checked values, collecting every mistake.
struct ConfigurationValues {
  private let text: (String) -> String
  private(set) var mistakes: [ConfigurationError] = []

  init(text: @escaping (String) -> String) { self.text = text }

  mutating func configuration() -> DaemonConfiguration {
    var result = DaemonConfiguration()
    result.sources = sources()
    result.mode = mode()
    result.statusPollMilliseconds = whole("acquisition.statusPollMilliseconds", 0...1000)
    result.scansPerSample = whole("sample.scans", 1...Limits.scansPerSample)
    result.silenceSeconds = number("sample.silenceSeconds", 0.05...86_400)
    result.bundlePath = path("bundle.path")
    result.bundleFolder = absolutePath("bundle.folder")
    result.networkThreads = whole("network.threads", 1...Limits.networkThreads)
    result.predictionSocketPath = socketPath("predictions.socket")
    result.predictionSocketMode = permissionBits("predictions.socketMode")
    result.clientQueueLines = whole("predictions.queueLines", 16...65_536)
    result.heartbeatSeconds = number("predictions.heartbeatSeconds", 0.05...20)
    result.controlSocketPath = path("control.socket") == nil ? nil : socketPath("control.socket")
    result.controlSocketMode = permissionBits("control.socketMode")
    result.readGroup = path("control.readGroup")
    result.controlGroup = path("control.controlGroup")
    result.storeFolder = path("store.folder") == nil ? nil : absolutePath("store.folder")
    result.storeAgeDaysMax = limit("store.maximumAgeDays", 0.01...36_500)
    result.storeMebibytesMax = whole("store.maximumMebibytes", 16...1_048_576)
    result.preferredReference = preferredReference()
    result.referenceFolder = absolutePath("reference.folder")
    result.referenceAgeHoursMax = limit("reference.maximumAgeHours", 0.01...87_600)
    result.recordingFolder = path("recording.folder")
    result.logLevel = logLevel()
    return result
  }

  /// The effective values in the order of `ConfigurationKey.all`.
  static func texts(of configuration: DaemonConfiguration) -> [String] {
    [
      configuration.sources.map(\.description).joined(separator: ","),
      configuration.mode.rawValue,
      String(configuration.statusPollMilliseconds),
      String(configuration.scansPerSample),
      configuration.silenceSeconds.description,
      configuration.bundlePath ?? "",
      configuration.bundleFolder,
      String(configuration.networkThreads),
      configuration.predictionSocketPath,
      "0" + String(configuration.predictionSocketMode, radix: 8),
      String(configuration.clientQueueLines),
      configuration.heartbeatSeconds.description,
      configuration.controlSocketPath ?? "",
      "0" + String(configuration.controlSocketMode, radix: 8),
      configuration.readGroup ?? "",
      configuration.controlGroup ?? "",
      configuration.storeFolder ?? "",
      configuration.storeAgeDaysMax?.description ?? "0",
      String(configuration.storeMebibytesMax),
      configuration.preferredReference?.name ?? "bundle",
      configuration.referenceFolder,
      configuration.referenceAgeHoursMax?.description ?? "0",
      configuration.recordingFolder ?? "",
      configuration.logLevel,
    ]
  }

  private mutating func sources() -> [ScannerSource] {
    var sources: [ScannerSource] = []
    for part in text("scanner.sources").split(separator: ",") {
      let trimmed = String(part.filter { !$0.isWhitespace })
      do throws(ScannerSourceError) {
        let source = try ScannerSource(parsing: trimmed)
        if sources.contains(source) {
          mistakes.append(
            .badValue(key: "scanner.sources", found: trimmed, expected: "every scanner only once")
          )
        }
        sources.append(source)
      } catch {
        mistakes.append(.badAddress(key: "scanner.sources", problem: error.description))
      }
    }
    if sources.count > Limits.scanners {
      mistakes.append(
        .badValue(
          key: "scanner.sources",
          found: "\(sources.count) scanners",
          expected: "at most \(Limits.scanners)"
        )
      )
    }
    if sources.contains(.everyUSBScanner),
      let extra = sources.first(where: { if case .usbScanner = $0 { true } else { false } })
    {
      mistakes.append(
        .badValue(
          key: "scanner.sources",
          found: "usb and \(extra)",
          expected: "either usb, which is every scanner on this machine, or single ones"
        )
      )
    }
    return sources
  }

  private mutating func preferredReference() -> ReferenceKind? {
    switch text("reference.kind") {
    case "bundle": return nil
    case "factory": return .factory
    case "user": return .user
    case let found:
      mistakes.append(
        .badValue(key: "reference.kind", found: found, expected: "bundle, factory or user")
      )
      return nil
    }
  }

  /// A limit, of which 0 is none.
  private mutating func limit(_ key: String, _ range: ClosedRange<Double>) -> Double? {
    text(key) == "0" ? nil : number(key, range)
  }

  private mutating func absolutePath(_ key: String) -> String {
    let found = text(key)
    if !found.hasPrefix("/") {
      mistakes.append(.badValue(key: key, found: found, expected: "an absolute path"))
    }
    return found
  }

  private mutating func mode() -> AcquisitionOptions.Mode {
    let found = text("acquisition.mode")
    if let mode = AcquisitionOptions.Mode(rawValue: found) { return mode }
    mistakes.append(
      .badValue(key: "acquisition.mode", found: found, expected: "continuous or onRequest")
    )
    return .continuous
  }

  private mutating func whole(_ key: String, _ range: ClosedRange<Int>) -> Int {
    let found = text(key)
    if let value = Int(found), range.contains(value) { return value }
    mistakes.append(
      .badValue(
        key: key,
        found: found,
        expected: "a whole number from \(range.lowerBound) to \(range.upperBound)"
      )
    )
    return range.lowerBound
  }

  private mutating func number(_ key: String, _ range: ClosedRange<Double>) -> Double {
    let found = text(key)
    if let value = Double(found), range.contains(value) { return value }
    mistakes.append(
      .badValue(
        key: key,
        found: found,
        expected: "a number from \(range.lowerBound) to \(range.upperBound)"
      )
    )
    return range.lowerBound
  }

  private func path(_ key: String) -> String? {
    let found = text(key)
    return found.isEmpty ? nil : found
  }

  private mutating func socketPath(_ key: String) -> String {
    let found = text(key)
    // sun_path holds 108 bytes, the last of which ends the text.
    if found.hasPrefix("/"), found.utf8.count <= 107 { return found }
    mistakes.append(
      .badValue(
        key: key,
        found: found,
        expected: "an absolute path of at most 107 bytes"
      )
    )
    return found
  }

  private mutating func permissionBits(_ key: String) -> UInt32 {
    let found = text(key)
    if let value = UInt32(found, radix: 8), value <= 0o777 { return value }
    mistakes.append(
      .badValue(key: key, found: found, expected: "octal permission bits such as 0660")
    )
    return 0o660
  }

  private mutating func logLevel() -> String {
    let found = text("log.level")
    let levels = ["debug", "info", "notice", "warning", "error"]
    if !levels.contains(found) {
      mistakes.append(
        .badValue(
          key: "log.level",
          found: found,
          expected: levels.dropLast().joined(separator: ", ") + " or error"
        )
      )
    }
    return found
  }
}
