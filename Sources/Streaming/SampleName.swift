import Spectra

/// A sample's display name of at most 64 UTF-8 bytes, in place: copying it allocates nothing.
@frozen
package struct SampleName: Equatable, Sendable, BitwiseCopyable {
  private var bytes = InlineArray<64, UInt8>(repeating: 0)
  private var byteCount = 0

  /// Makes an empty name.
  package init() {}

  /// Takes `text`, or returns nil when it has more than `Limits.sampleNameBytes` bytes.
  package init?(_ text: String) {
    let utf8 = text.utf8
    guard utf8.count <= Limits.sampleNameBytes else { return nil }
    for byte in utf8 {
      bytes[byteCount] = byte
      byteCount += 1
    }
  }

  /// The name as text.
  package var text: String {
    String(decoding: (0..<byteCount).map { bytes[$0] }, as: UTF8.self)
  }

  package static func == (left: SampleName, right: SampleName) -> Bool {
    guard left.byteCount == right.byteCount else { return false }
    for index in 0..<left.byteCount where left.bytes[index] != right.bytes[index] { return false }
    return true
  }
}
