/// How a network wants its image: the quantization and where each element lies.
///
/// An element of value x at (channel, row, column) is stored as
/// `saturate(roundHalfToEven(x / scale) + zeroPoint)` at index
/// `channel · channelStride + row · rowStride + column · columnStride`.
package struct ImageEncoding: Equatable, Sendable {
  /// The value of one quantization step.
  package let scale: Float
  /// The stored number that means 0.
  package let zeroPoint: Int32
  /// Whether elements are int8, stored as their bit pattern, instead of uint8.
  package let isSigned: Bool
  /// How many rows are written, from the first wavelength on.
  package let rows: Int
  /// How many columns are written, from the first wavelength on.
  package let columns: Int
  /// Elements from one row to the next.
  package let rowStride: Int
  /// Elements from one column to the next.
  package let columnStride: Int
  /// Elements from one channel to the next.
  package let channelStride: Int

  /// Makes an encoding; the scale is positive and the zero point a number of the element's type.
  package init(
    scale: Float,
    zeroPoint: Int32,
    isSigned: Bool,
    rows: Int,
    columns: Int,
    rowStride: Int,
    columnStride: Int,
    channelStride: Int
  ) {
    precondition(scale.isNormal && scale > 0, "a scale is a positive number")
    let stored: ClosedRange<Int32> = isSigned ? -128...127 : 0...255
    precondition(stored.contains(zeroPoint), "a zero point is a number of the element's type")
    precondition(rows > 0 && columns > 0, "an image has at least one element")
    precondition(rowStride > 0 && columnStride > 0 && channelStride > 0, "strides are positive")
    (self.scale, self.zeroPoint, self.isSigned) = (scale, zeroPoint, isSigned)
    (self.rows, self.columns) = (rows, columns)
    self.rowStride = rowStride
    (self.columnStride, self.channelStride) = (columnStride, channelStride)
  }

  /// The same places for the first `rows` and `columns` only, both at least 1; no other is written.
  ///
  /// A network that never looks at the image's right and lower edges need not be given them.
  package func cropped(rows: Int, columns: Int) -> ImageEncoding {
    ImageEncoding(
      scale: scale,
      zeroPoint: zeroPoint,
      isSigned: isSigned,
      rows: min(rows, self.rows),
      columns: min(columns, self.columns),
      rowStride: rowStride,
      columnStride: columnStride,
      channelStride: channelStride
    )
  }

  /// How many elements an image of `channels` channels spans.
  package func elementCount(channels: Int) -> Int {
    (channels - 1) * channelStride + (rows - 1) * rowStride + (columns - 1) * columnStride + 1
  }

  /// The stored byte of `value`, which must not be NaN.
  package func quantize(_ value: Float) -> UInt8 { Quantizer(self).quantize(value) }
}
