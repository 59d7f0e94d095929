package import Spectra

/// A ULID: 48 bits of milliseconds and 80 random bits, unique for ever and sorted by time.
@frozen
package struct SampleIdentity: Hashable, Sendable, BitwiseCopyable {
  /// The first eight bytes, most significant first.
  package var high: UInt64
  /// The last eight bytes, most significant first.
  package var low: UInt64

  /// Makes an identity from its sixteen bytes.
  @inlinable
  package init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

  /// Makes an identity of a sample that began at `time`; nothing is allocated.
  package init(time: Timestamp, using generator: inout some RandomNumberGenerator) {
    let milliseconds = UInt64(max(0, time.microsecondsSinceEpoch) / 1_000)
    high = milliseconds << 16 | generator.next() >> 48
    low = generator.next()
  }

  /// The 26 characters of Crockford's base 32 that clients read as `sampleId`.
  package var text: String {
    let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    var characters = [UInt8](repeating: 0, count: 26)
    var (high, low) = (high, low)
    for index in characters.indices.reversed() {
      characters[index] = digits[Int(low & 31)]
      low = low >> 5 | high << 59
      high >>= 5
    }
    return String(decoding: characters, as: UTF8.self)
  }
}
