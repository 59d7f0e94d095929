import Int8Kernels

/// How bytes stand for real numbers: `(byte - zeroByte) * scale`.
///
/// A file's int8 is kept as uint8, with 128 added to it and to its zero point.
struct Quantization: Equatable {
  let scale: Float
  let zeroByte: UInt8
  /// Whether the file says int8.
  let isSigned: Bool

  /// From a file's zero point, which fits the type.
  init(scale: Float, zeroPoint: Int32, isSigned: Bool) {
    self.scale = scale
    zeroByte = UInt8(clamping: zeroPoint + (isSigned ? 128 : 0))
    self.isSigned = isSigned
  }

  /// The zero point in the file's type.
  var zeroPoint: Int32 { Int32(zeroByte) - (isSigned ? 128 : 0) }
  /// The kernels' form.
  var parameters: int8_quantization {
    int8_quantization(scale: scale, zero: Int32(zeroByte))
  }

  /// The real number that a byte stands for.
  func real(_ byte: UInt8) -> Float { scale * Float(Int32(byte) - Int32(zeroByte)) }

  /// The byte nearest to a real number: divided, saturated, rounded half to even.
  func byte(_ real: Float) -> UInt8 {
    let zero = Float(zeroByte)
    let steps = real / scale
    let saturated = min(max(steps.isNaN ? -zero : steps, -zero), 255 - zero)
    return UInt8(saturated.rounded(.toNearestOrEven) + zero)
  }
}

/// A value of a plan: where its elements are and what they mean.
///
/// Bytes with four sizes are images, kept with the channels innermost; everything else is kept in
/// the file's order.
struct PlannedTensor {
  enum Encoding: Equatable {
    case quantized(Quantization)
    case float
  }

  let storage: Int
  let shape: [Int]
  let encoding: Encoding
  /// Where this is not nil, the elements of one long row are kept in another order: image after
  /// image, each with its channels innermost.
  var order: [FlattenedImage]?

  var elementCount: Int { shape.reduce(1, *) }

  /// The quantization, or nil for floats.
  var quantization: Quantization? {
    guard case .quantized(let quantization) = encoding else { return nil }
    return quantization
  }

  /// The axes in the order in which they are kept, outermost first.
  var keptAxes: [Int] {
    quantization != nil && shape.count == 4 ? [0, 2, 3, 1] : Array(shape.indices)
  }

  /// Elements from one index to the next, for each axis of the file's order.
  var strides: [Int] {
    var strides = [Int](repeating: 0, count: shape.count)
    var stride = 1
    for axis in keptAxes.reversed() {
      strides[axis] = stride
      stride *= shape[axis]
    }
    return strides
  }

  /// Whether the elements lie in the file's order, as they do where only one axis is kept apart.
  var isInFileOrder: Bool {
    if order != nil { return false }
    return quantization == nil || shape.count != 4 || shape[1] == 1 || shape[2] * shape[3] == 1
  }

  /// Whether the shape is one row of elements, or has but one axis.
  var isRow: Bool { shape.count <= 2 && shape.last == elementCount }

  /// The images that a row is kept as; one of one channel where it is in the file's order.
  var keptImages: [FlattenedImage] {
    order ?? [FlattenedImage(channels: 1, pixels: elementCount)]
  }

  /// The same value in a storage of its own.
  func kept(in storage: Int) -> PlannedTensor {
    PlannedTensor(storage: storage, shape: shape, encoding: encoding, order: order)
  }

  /// Channels and pixels of an image; anything else is all channels of one pixel.
  var planes: (channels: Int, pixels: Int) {
    guard shape.count == 4, shape[0] == 1 else { return (elementCount, 1) }
    return (shape[1], shape[2] * shape[3])
  }

  /// Rows and columns of a quantized image; anything else is one pixel.
  var extent: Extent {
    guard quantization != nil, shape.count == 4, shape[0] == 1 else {
      return Extent(rows: 1, columns: 1)
    }
    return Extent(rows: shape[2], columns: shape[3])
  }
}

/// Elements that follow each other in the file as an image's do, channels outermost, and are kept
/// with the channels innermost.
struct FlattenedImage: Equatable {
  let channels: Int
  let pixels: Int
}
