import Spectra

/// Steps 10 to 14: a spectrum drawn as an image, one pixel per pair of wavelengths.
struct SpectrumImage: ~Copyable {
  private let kinds: FixedArray<TargetConstants.ImageChannel>
  private let points: Int
  /// cos φ: the spectrum scaled to −1…1.
  private var cosines: FixedArray<Float>
  /// sin φ, never negative.
  private var sines: FixedArray<Float>
  private var transitions: MarkovTransitions

  init(_ image: TargetConstants.Image, points: Int) {
    precondition(points <= Limits.wavelengths, "a row fits its storage")
    kinds = FixedArray(image.channels)
    self.points = points
    cosines = FixedArray(repeating: 0, count: points)
    sines = FixedArray(repeating: 1, count: points)
    transitions = MarkovTransitions(binCount: image.mtfBins, points: points)
  }

  var channelCount: Int { kinds.count }

  /// Prepares the rows that the image is made of and returns whether the spectrum has a shape.
  mutating func draw(_ spectrum: borrowing FixedArray<Double>) -> Bool {
    var (lowest, highest) = (spectrum[0], spectrum[0])
    for index in 0..<points {
      lowest = min(lowest, spectrum[index])
      highest = max(highest, spectrum[index])
    }
    let range = highest - lowest
    for index in 0..<points {
      let scaled = range > 0 ? (2 * spectrum[index] - highest - lowest) / range : 0
      let cosine = max(-1, min(1, scaled))
      cosines[index] = Float(cosine)
      sines[index] = Float((1 - cosine * cosine).squareRoot())
    }
    transitions.analyse(spectrum)
    return range >= 1e-6
  }

  /// Writes all channels as points × points floats each.
  func write(into values: inout MutableSpan<Float>) {
    precondition(values.count == kinds.count * points * points, "one element per pixel")
    for channel in 0..<kinds.count {
      for row in 0..<points {
        for column in 0..<points {
          values[(channel * points + row) * points + column] = pixel(kinds[channel], row, column)
        }
      }
    }
  }

  /// Writes the region that `encoding` names, quantized.
  func write(into bytes: inout MutableSpan<UInt8>, encoding: ImageEncoding) {
    precondition(encoding.rows <= points && encoding.columns <= points, "region off the image")
    precondition(
      encoding.elementCount(channels: kinds.count) <= bytes.count,
      "the image does not fit"
    )
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
    var storage = RowStorage(repeating: 0)
    cosines.withSpan { cosines in
      sines.withSpan { sines in
        let (x, y) = (
          cosines.extracting(first: encoding.columns), sines.extracting(first: encoding.columns)
        )
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
    var storage = RowStorage(repeating: 0)
    var levels = InlineArray<32, UInt8>(repeating: 0)
    for bin in 0..<transitions.binCount {
      for to in 0..<transitions.binCount {
        levels[to] = quantizer.quantize(transitions.share(from: bin, to: to))
      }
      for column in 0..<encoding.columns { storage[column] = levels[transitions.bin(at: column)] }
      for row in 0..<encoding.rows where transitions.bin(at: row) == bin {
        SpectrumImage.place(
          storage.span.extracting(first: encoding.columns),
          at: start + row * encoding.rowStride,
          by: encoding.columnStride,
          in: &bytes
        )
      }
    }
  }

  /// One quantized row, long enough for any window.
  private typealias RowStorage = InlineArray<864, UInt8>

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
      for index in row.indices { unsafe bytes[unchecked: start + index] = row[index] }
    } else {
      // SAFETY: as above.
      for index in row.indices { unsafe bytes[unchecked: start + index * stride] = row[index] }
    }
  }

  private func pixel(_ kind: TargetConstants.ImageChannel, _ row: Int, _ column: Int) -> Float {
    switch kind {
    case .gasf: cosines[row] * cosines[column] - sines[row] * sines[column]
    case .gadf: sines[row] * cosines[column] - cosines[row] * sines[column]
    case .mtf:
      transitions.share(from: transitions.bin(at: row), to: transitions.bin(at: column))
    }
  }
}
