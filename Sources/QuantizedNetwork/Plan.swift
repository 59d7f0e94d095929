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
    quantization == nil || shape.count != 4 || shape[1] == 1 || shape[2] * shape[3] == 1
  }

  /// Channels and pixels of an image; anything else is all channels of one pixel.
  var planes: (channels: Int, pixels: Int) {
    guard shape.count == 4, shape[0] == 1 else { return (elementCount, 1) }
    return (shape[1], shape[2] * shape[3])
  }
}

/// One thing to do: `work` reads the storages `sources` and writes the storage `destination`.
struct Step {
  let node: String
  let work: Work
  let sources: [Int]
  let destination: Int
}

/// What a step computes.
enum Work {
  case dequantize(channels: Int, pixels: Int, Quantization)
  case convolve(Convolution)
  case convolveToFloat(Convolution, relu: Bool)
  case maxPool(int8_window)
  case averagePool(int8_window, from: Quantization, to: Quantization)
  case globalAveragePool(pixels: Int, channels: Int, from: Quantization, to: Quantization)
  case add(count: Int, Quantization, Quantization, to: Quantization, relu: Bool)
  case softmax(SoftmaxVectors, exponentials: [Float], to: Quantization)
  case softmaxFloat(SoftmaxVectors)
  case lookUp(table: [UInt8], count: Int)
  case gather(indices: [Int32])
  case concatenate([ConcatenatedPiece])
}

/// The vectors of a softmax: `outer * inner` of `length` elements that lie `inner` apart.
struct SoftmaxVectors {
  let outer: Int
  let length: Int
  let inner: Int

  /// The vectors of `tensor` along one axis, or all its elements as one vector.
  init(of tensor: PlannedTensor, axis: Int?) {
    length = axis.map { tensor.shape[$0] } ?? tensor.elementCount
    inner = axis.map { tensor.strides[$0] } ?? 1
    outer = tensor.elementCount / (length * inner)
  }
}

/// One source of a concatenation: `outer` pieces of `length` bytes, `pitch` apart behind `offset`.
struct ConcatenatedPiece {
  let table: [UInt8]
  let outer: Int
  let length: Int
  let pitch: Int
  let offset: Int
}

/// How an input of the network is kept, and the quantizations that it is written to.
struct PlannedInput {
  struct Copy {
    let storage: Int
    let channels: Int
    let pixels: Int
    let quantization: Quantization
  }

  let shape: [Int]
  let floatStorage: Int
  let copies: [Copy]
}

/// Everything needed to run a network: what to do in which order, and where the values lie.
struct Plan {
  let inputs: [PlannedInput]
  let outputs: [PlannedTensor]
  let steps: [Step]
  /// Where each storage begins in the arena, in bytes.
  let offsets: [Int]
  let arenaByteCount: Int
  /// Where the kernels' working memory begins in the arena.
  let scratchOffset: Int
  /// Bytes that are in the arena from the start: stored operands.
  let preloaded: [(storage: Int, bytes: [UInt8])]
}
