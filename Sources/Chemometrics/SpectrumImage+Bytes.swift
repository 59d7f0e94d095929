import Spectra

/// The image as a quantized network reads it, one channel after the other or pixel by pixel.
extension SpectrumImage {
  /// Writes the region that `encoding` names, quantized.
  func write(into bytes: inout MutableSpan<UInt8>, encoding: ImageEncoding) {
    precondition(encoding.rows <= points && encoding.columns <= points, "region off the image")
    precondition(
      encoding.elementCount(channels: kinds.count) <= bytes.count,
      "the image does not fit"
    )
    guard !isOfWholePixels(encoding) else { return writePixels(into: &bytes, encoding) }
    let quantizer = Quantizer(encoding)
    for channel in 0..<kinds.count {
      let start = channel * encoding.channelStride
      switch kinds[channel] {
      case .gasf, .gadf: writeAngles(kinds[channel], start, &bytes, encoding, quantizer)
      case .mtf: writeTransitions(start, &bytes, encoding, quantizer)
      }
    }
  }

  /// Writes a Gramian field from element `start` on.
  private func writeAngles(
    _ kind: TargetConstants.ImageChannel,
    _ start: Int,
    _ bytes: inout MutableSpan<UInt8>,
    _ encoding: ImageEncoding,
    _ quantizer: Quantizer
  ) {
    var storage = ByteRow(repeating: 0)
    // In whole vectors: up to seven more columns than are written.
    let count = (encoding.columns + 7) / 8 * 8
    cosines.withSpan { cosines in
      sines.withSpan { sines in
        let (x, y) = (cosines.extracting(first: count), sines.extracting(first: count))
        for row in 0..<encoding.rows {
          var quantized = storage.mutableSpan
          let isSum = kind == .gasf
          quantizer.quantize(
            isSum ? cosines[row] : sines[row],
            times: x,
            less: isSum ? sines[row] : cosines[row],
            times: y,
            into: &quantized
          )
          SpectrumImage.place(
            storage.span.extracting(first: encoding.columns),
            at: start + row * encoding.rowStride,
            by: encoding.columnStride,
            in: &bytes
          )
        }
      }
    }
  }

  /// Writes the Markov field from element `start` on: all rows of one bin are the same.
  private func writeTransitions(
    _ start: Int,
    _ bytes: inout MutableSpan<UInt8>,
    _ encoding: ImageEncoding,
    _ quantizer: Quantizer
  ) {
    var levels = ByteRow(repeating: 0)
    for bin in 0..<transitions.binCount {
      let quantized = transitions.quantizedShares(from: bin, quantizer)
      let shares = quantized.span
      for column in 0..<encoding.columns { levels[column] = shares[transitions.bin(at: column)] }
      for row in 0..<encoding.rows where transitions.bin(at: row) == bin {
        SpectrumImage.place(
          levels.span.extracting(first: encoding.columns),
          at: start + row * encoding.rowStride,
          by: encoding.columnStride,
          in: &bytes
        )
      }
    }
  }

  /// One row of one channel; it fits any window.
  private typealias ByteRow = InlineArray<864, UInt8>

  private static func place(
    _ row: Span<UInt8>,
    at start: Int,
    by stride: Int,
    in bytes: inout MutableSpan<UInt8>
  ) {
    precondition(start >= 0 && stride > 0, "a row starts inside and goes forward")
    precondition(start + (row.count - 1) * stride < bytes.count, "a row ends inside")
    if stride == 1 {
      // SAFETY: the first and the last index are inside, as has just been checked.
      for index in row.indices { unsafe bytes[unchecked: start &+ index] = row[index] }
    } else {
      // SAFETY: as above.
      for index in row.indices { unsafe bytes[unchecked: start &+ index &* stride] = row[index] }
    }
  }
}
