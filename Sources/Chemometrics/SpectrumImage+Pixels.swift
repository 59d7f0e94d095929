import Spectra

/// The layout of the usual network: three bytes side by side for each pixel.
extension SpectrumImage {
  /// Whether `writePixels` can write what `encoding` names.
  func isOfWholePixels(_ encoding: ImageEncoding) -> Bool {
    let isUsual = kinds.count == 3 && kinds[0] == .gasf && kinds[1] == .gadf && kinds[2] == .mtf
    return isUsual && encoding.channelStride == 1 && encoding.columnStride == 3
      // A number's lowest byte must be the first in memory.
      && 1.littleEndian == 1
  }

  /// Writes pixels of three bytes: all rows of one bin share the Markov field.
  func writePixels(into bytes: inout MutableSpan<UInt8>, _ encoding: ImageEncoding) {
    let quantizer = Quantizer(encoding)
    var (markov, pixels) = (PixelRow(repeating: 0), PixelRow(repeating: 0))
    for bin in 0..<transitions.binCount {
      let quantized = transitions.quantizedShares(from: bin, quantizer)
      let shares = quantized.span
      for column in 0..<encoding.columns {
        markov[column] = UInt32(shares[transitions.bin(at: column)]) << 16
      }
      for row in 0..<encoding.rows where transitions.bin(at: row) == bin {
        var span = pixels.mutableSpan
        draw(row: row, encoding.columns, markov.span, into: &span, quantizer)
        SpectrumImage.place(
          pixels.span.extracting(first: encoding.columns),
          at: row * encoding.rowStride,
          in: &bytes
        )
      }
    }
  }

  /// The pixels of one row, their first channel in the lowest byte; it fits any window.
  private typealias PixelRow = InlineArray<864, UInt32>

  /// Draws one row, up to seven columns more than asked for, to be done in whole vectors.
  private func draw(
    row: Int,
    _ columns: Int,
    _ markov: Span<UInt32>,
    into pixels: inout MutableSpan<UInt32>,
    _ quantizer: Quantizer
  ) {
    let (cosine, sine) = (cosines[row], sines[row])
    let count = (columns + 7) / 8 * 8
    cosines.withSpan { cosines in
      sines.withSpan { sines in
        quantizer.quantize(
          cosine,
          sine,
          times: cosines.extracting(first: count),
          sines.extracting(first: count),
          below: markov.extracting(first: count),
          into: &pixels
        )
      }
    }
  }

  private static func place(
    _ pixels: Span<UInt32>,
    at start: Int,
    in bytes: inout MutableSpan<UInt8>
  ) {
    let last = pixels.count - 1
    precondition(last >= 0 && start >= 0 && start + 3 * last + 2 < bytes.count, "a row inside")
    var place = start
    // A pixel writes a byte too many, which the next one overwrites; the last must not.
    for index in 0..<last {
      // SAFETY: the row ends inside, and these four bytes do not reach beyond it.
      unsafe bytes.store(pixels[index], unchecked: place)
      place &+= 3
    }
    for byte in 0..<3 {
      bytes[place + byte] = UInt8(truncatingIfNeeded: pixels[last] >> (8 * UInt32(byte)))
    }
  }
}
