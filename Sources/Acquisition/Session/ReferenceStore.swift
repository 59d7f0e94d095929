package import Spectra

/// A reference that a user measured, as it is kept between two runs of the program.
package struct StoredReference: Equatable, Sendable {
  /// The scanner that it was measured with.
  package var serialNumber: String
  /// When the scan ended, by the host's clock.
  package var time: Timestamp
  /// The scan file, as the scanner handed it out.
  package var file: [UInt8]

  /// Makes a stored reference from its parts.
  package init(serialNumber: String, time: Timestamp, file: [UInt8]) {
    (self.serialNumber, self.time, self.file) = (serialNumber, time, file)
  }
}

/// Where references that users measured are kept, one per scanner.
///
/// Both methods are called on the scanner's acquisition thread, between two scans.
package protocol ReferenceStore: Sendable {
  /// The reference that was stored last for this scanner; nil when there is none.
  func load(serialNumber: String) throws(ReferenceStoreError) -> StoredReference?

  /// Keeps a reference instead of the scanner's previous one; on an error that one stays.
  func save(_ reference: StoredReference) throws(ReferenceStoreError)
}

/// Why a stored reference cannot be read, or a new one not be stored.
package enum ReferenceStoreError: Error, Equatable, Sendable {
  /// The file cannot be read; the code is errno.
  case notReadable(path: String, errorNumber: Int32)
  /// The file cannot be written; the code is errno.
  case notWritable(path: String, errorNumber: Int32)
  /// The file is no stored reference of this scanner.
  case damaged(path: String)
  /// Another scanner with this serial number is connected: whose reference it is, nobody knows.
  case serialNumberShared(String)
}

extension ReferenceStoreError: CustomStringConvertible {
  /// What was found and what was expected.
  package var description: String {
    switch self {
    case .notReadable(let path, let number): "\(path) cannot be read (errno \(number))"
    case .notWritable(let path, let number): "\(path) cannot be written (errno \(number))"
    case .damaged(let path): "\(path) is no stored reference of this scanner"
    case .serialNumberShared(let number):
      "another scanner that is connected has the serial number \(number), too"
    }
  }
}
