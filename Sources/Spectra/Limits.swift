/// The limits of the whole program; each has a policy and a counter where it is reached.
package enum Limits {
  /// Scanners served at the same time.
  package static let scanners = 16
  /// Clients of one socket at the same time.
  package static let clients = 64
  /// Wavelengths in one scan: the arrays of the scanner's scan file.
  package static let wavelengths = 864
  /// Accepted scans in one sample.
  package static let scansPerSample = 1024
  /// Networks in the ensemble of one target.
  package static let ensembleMembers = 64
  /// Targets in one bundle.
  package static let targets = 16
  /// Classes of one target.
  package static let classes = 16
  /// Bytes of one ONNX file.
  package static let networkFileBytes = 64 << 20
  /// Threads that share the work of one network.
  package static let networkThreads = 16
  /// Bytes of one published line.
  package static let lineBytes = 64 << 10
  /// Scans waiting in one ring.
  package static let ringScans = 64
  /// UTF-8 bytes of a sample's display name.
  package static let sampleNameBytes = 64
}
