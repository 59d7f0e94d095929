extension SpectradInterface {
  /// The model bundle that answers.
  package struct Bundle: Codable, Equatable, Sendable {
    /// The bundle's name, such as blood-synthetic.
    package var name: String
    /// The bundle's version, such as 1.0.0.
    package var version: String
    /// SHA-256 of bundle.json in lower-case hexadecimal digits.
    package var sha256: String

    /// Makes one from its members.
    package init(name: String, version: String, sha256: String) {
      (self.name, self.version, self.sha256) = (name, version, sha256)
    }
  }

  /// A scanner in short, as hello lists it.
  package struct ScannerState: Codable, Equatable, Sendable {
    /// The serial number that the scanner reports, or the place where it is connected.
    package var scanner: String
    /// connecting, ready or disconnected.
    package var state: String
    /// Why it is in this state, such as noPermission; null when there is nothing to explain.
    package var reason: String?
    /// The model, such as NIRscan Nano; null until it was identified.
    package var model: String?
    /// The controller's firmware, such as 2.1.0; null until it was identified.
    package var firmware: String?

    /// Makes one from its members; those that are null may be left out.
    package init(
      scanner: String,
      state: String,
      reason: String? = nil,
      model: String? = nil,
      firmware: String? = nil
    ) {
      (self.scanner, self.state, self.reason, self.model) = (scanner, state, reason, model)
      self.firmware = firmware
    }
  }

  /// The first object on every connection: where the stream stands.
  package struct Hello: Codable, Equatable, Sendable {
    /// Always hello.
    package private(set) var type = "hello"
    /// The version of this contract: 1.
    package var `protocol`: Int
    /// The stream's identity; numbers count within one stream.
    ///
    /// It changes only with the store.
    package var stream: String
    /// The program and its version.
    package var daemon: String
    /// The oldest number that is stored and can be asked for; next when there is none.
    package var oldest: Int
    /// The number that the next event gets.
    package var next: Int
    /// Whether the bundle is for demonstration only.
    package var demonstration: Bool
    /// The bundle in use; null when none is selected.
    package var bundle: Bundle?
    /// Every scanner that is known.
    package var scanners: [ScannerState]

    /// Makes one from its members; those that are null may be left out.
    package init(
      protocol: Int,
      stream: String,
      daemon: String,
      oldest: Int,
      next: Int,
      demonstration: Bool,
      bundle: Bundle? = nil,
      scanners: [ScannerState]
    ) {
      (self.protocol, self.stream, self.daemon, self.oldest) = (`protocol`, stream, daemon, oldest)
      self.next = next
      self.demonstration = demonstration
      self.bundle = bundle
      self.scanners = scanners
    }
  }
}
