/// One serialized record of the device: a preamble, a format string, array lengths, packed data.
package struct TPLImage: Equatable, Sendable {
  /// The format string, for example `S(f#f#)`.
  package var format: String
  /// One length per `#` of the format.
  package var lengths: [UInt32]
  /// The packed fields in format order.
  package var data: [UInt8]

  /// Makes an image from its parts.
  package init(format: String, lengths: [UInt32], data: [UInt8]) {
    (self.format, self.lengths, self.data) = (format, lengths, data)
  }

  /// The image as the device stores and sends it.
  package var bytes: [UInt8] {
    let byteCount = 8 + format.utf8.count + 1 + 4 * lengths.count + data.count
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount)
    // The fourth byte holds flags; little-endian without null strings is 0.
    bytes.append(text: "tpl", width: 4)
    bytes.append(littleEndian: UInt32(byteCount))
    bytes.append(text: format, width: format.utf8.count + 1)
    for length in lengths { bytes.append(littleEndian: length) }
    bytes.append(contentsOf: data)
    return bytes
  }

  /// The data of the image that starts at `offset` of `bytes`, or nil when it is another kind.
  ///
  /// Reads past the end as zeros, as the device does with its buffer.
  package static func data(
    of bytes: [UInt8],
    at offset: Int,
    format: String,
    lengths: [UInt32],
    byteCount: Int
  ) -> [UInt8]? {
    guard bytes.text(at: offset, width: 3) == "tpl" else { return nil }
    guard bytes.text(at: offset + 8, width: format.utf8.count + 1) == format else { return nil }
    let lengthsStart = offset + 8 + format.utf8.count + 1
    for (index, length) in lengths.enumerated()
    where bytes.littleEndian(at: lengthsStart + 4 * index, as: UInt32.self) != length {
      return nil
    }
    let start = lengthsStart + 4 * lengths.count
    return (start..<(start + byteCount)).map { $0 < bytes.count ? bytes[$0] : 0 }
  }
}
