package import Spectra

/// Moves 64-byte reports to a scanner and back.
///
/// One thread uses it. Closing is ending its life. Every wait ends at its deadline or, at once, with
/// `AcquisitionError.stopped`. Any other error means that the connection is of no more use.
package protocol ReportTransport: ~Copyable {
  /// What becomes readable, while nothing is outstanding, only when the connection is lost.
  var descriptor: Int32 { get }

  /// Sends the 64 bytes of `bytes` from `offset` on; returns false when the deadline passed.
  ///
  /// With `expectsReply` the transport may begin to wait for the first report of an answer in the
  /// same breath.
  mutating func send(
    _ bytes: borrowing FixedArray<UInt8>,
    from offset: Int,
    expectsReply: Bool,
    deadline: Deadline
  ) throws(AcquisitionError) -> Bool

  /// Receives exactly `count` reports into `bytes` from `offset` on; false when the deadline passed.
  ///
  /// `count` is at most the number of reports that the device still owes: a transfer for more
  /// would never end, because no report is shorter than 64 bytes.
  mutating func receive(
    into bytes: inout FixedArray<UInt8>,
    at offset: Int,
    count: Int,
    deadline: Deadline
  ) throws(AcquisitionError) -> Bool
}

/// The size of a report in bytes.
package let reportByteCount = 64
