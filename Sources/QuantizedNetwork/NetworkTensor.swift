/// One input or output of a network.
package struct NetworkTensor: Equatable, Sendable {
  /// The name in the file.
  package let name: String
  /// The sizes in the file's order (batch, channels, rows, columns for images); the batch is 1.
  package let shape: [Int]

  /// Describes a tensor of a network.
  package init(name: String, shape: [Int]) {
    self.name = name
    self.shape = shape
  }

  /// How many elements there are: the product of the sizes.
  package var elementCount: Int { shape.reduce(1, *) }
}

/// Where and how a network keeps an input whose quantized bytes a caller writes itself.
///
/// An element's real value is `(byte - zeroPoint) * scale`, and element (channel, row, column)
/// lies at `channel * channelStride + row * rowStride + column * columnStride`. An input that is
/// not an image has its elements as channels, one row and one column.
package struct QuantizedLayout: Equatable, Sendable {
  /// The real value of one quantization step.
  package let scale: Float
  /// The byte that means zero.
  package let zeroPoint: Int32
  /// Whether a byte is an `Int8` in two's complement instead of a `UInt8`.
  package let isSigned: Bool
  /// Channels of the image.
  package let channels: Int
  /// Rows of the image.
  package let rows: Int
  /// Columns of the image.
  package let columns: Int
  /// The upper rows that the network reads; what is below them need not be written.
  package let readRows: Int
  /// The left columns that the network reads; what is right of them need not be written.
  package let readColumns: Int
  /// Elements from a channel to the next.
  package let channelStride: Int
  /// Elements from a row to the next.
  package let rowStride: Int
  /// Elements from a column to the next.
  package let columnStride: Int
  /// Bytes of the whole input.
  package let byteCount: Int
}
