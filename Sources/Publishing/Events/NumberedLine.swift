package import NIOCore

/// The types of the objects that clients read, named as their member `type` is.
package enum StreamObjectKind: String, CaseIterable, Sendable {
  /// Where the stream stands: the first object on every connection.
  case hello
  /// A scanner's state; numbered.
  case scanner
  /// An answer; numbered.
  case prediction
  /// Another bundle is in use; numbered.
  case bundle
  /// Scans were dropped; numbered.
  case scansLost
  /// Numbers that the client will not receive.
  case gap
  /// A sign of life.
  case heartbeat
  /// The last object on a connection that the daemon ends.
  case bye
}

/// One object as every client reads it: its type and its line, shared by all who are sent it.
package struct StreamObject: Equatable, Sendable {
  /// The object's type.
  package let kind: StreamObjectKind
  /// The object in JSON and a newline.
  package let line: ByteBuffer

  init(_ kind: StreamObjectKind, _ line: ByteBuffer) { (self.kind, self.line) = (kind, line) }

  init(_ kind: StreamObjectKind, _ bytes: [UInt8]) { self.init(kind, ByteBuffer(bytes: bytes)) }
}

/// One encoded event and what filters ask about it.
package struct NumberedLine: Equatable, Sendable {
  /// The event's number in its stream.
  package let sequence: UInt64
  /// The event's type; `gap` where the event's own line was too long to be sent.
  package let kind: StreamObjectKind
  /// The scanner that the event is about; nil when it is about all.
  package let scanner: String?
  /// The sample that the event belongs to.
  package let sampleId: String?
  /// Whether it is the last prediction of its sample.
  package let isFinal: Bool
  /// The line and its newline, encoded once and shared by every client.
  package let buffer: ByteBuffer

  /// A copy of the line and its newline.
  package var bytes: [UInt8] { Array(buffer.readableBytesView) }

  /// The line as a client is sent it.
  package var object: StreamObject { StreamObject(kind, buffer) }

  /// Makes a line from all its parts; `bytes` end in a newline.
  package init(
    sequence: UInt64,
    kind: StreamObjectKind,
    scanner: String?,
    sampleId: String?,
    isFinal: Bool,
    bytes: [UInt8]
  ) {
    (self.sequence, self.kind, self.scanner) = (sequence, kind, scanner)
    (self.sampleId, self.isFinal) = (sampleId, isFinal)
    buffer = ByteBuffer(bytes: bytes)
  }
}

extension NumberedLine {
  /// What stands in the place of an event that has no line: a gap of its own number.
  static func gap(_ sequence: UInt64, reason: GapReason) -> NumberedLine {
    NumberedLine(
      sequence: sequence,
      kind: .gap,
      scanner: nil,
      sampleId: nil,
      isFinal: false,
      bytes: StreamLines.gap(sequence...sequence, reason: reason)
    )
  }
}
