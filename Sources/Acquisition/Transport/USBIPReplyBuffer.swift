package import Spectra

/// What has arrived from a USB/IP server and was not used yet.
///
/// The largest answer is a reply of nine reports behind its header, so it never has to grow.
package struct USBIPReplyBuffer: ~Copyable {
  private var bytes = FixedArray<UInt8>(repeating: 0, count: 4096)
  private var start = 0
  private var end = 0

  /// Makes an empty buffer.
  package init() {}

  /// How many bytes wait to be used.
  package var count: Int { end - start }

  /// Lets `fill` write behind what waits, to the end of the array; it returns how many it wrote.
  package mutating func append<Failure: Error>(
    _ fill: (inout FixedArray<UInt8>, _ offset: Int) throws(Failure) -> Int
  ) throws(Failure) -> Int {
    compact()
    precondition(end < bytes.count, "an answer is larger than any that was asked for")
    let added = try fill(&bytes, end)
    precondition(added >= 0 && added <= bytes.count - end, "more was written than fits")
    end += added
    return added
  }

  /// Reads a transfer reply's header without using it up; nil when it has not arrived whole.
  package func peekReply() throws(USBIPViolation) -> USBIPReply? {
    guard count >= USBIPRequest.headerByteCount else { return nil }
    return try bytes.withSpan { span throws(USBIPViolation) in
      try USBIPReply(parsing: span.extracting(start..<end))
    }
  }

  /// Lends what waits.
  package func withWaiting<Result, Failure: Error>(
    _ use: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try bytes.withSpan { span throws(Failure) in try use(span.extracting(start..<end)) }
  }

  /// Copies `count` bytes from `offset` on to `target`; does not use them up.
  package func copy(
    _ count: Int,
    from offset: Int,
    to target: inout FixedArray<UInt8>,
    at targetOffset: Int
  ) {
    precondition(offset + count <= self.count, "not so many bytes wait")
    for index in 0..<count { target[targetOffset + index] = bytes[start + offset + index] }
  }

  /// Uses up the first `count` bytes.
  package mutating func drop(_ count: Int) {
    precondition(count >= 0 && count <= self.count, "not so many bytes wait")
    start += count
  }

  /// Moves what waits to the front, so that the room behind it is largest.
  private mutating func compact() {
    guard start > 0 else { return }
    for index in 0..<count { bytes[index] = bytes[start + index] }
    end -= start
    start = 0
  }
}
