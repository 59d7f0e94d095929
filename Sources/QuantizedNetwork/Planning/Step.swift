/// One thing to do: `work` reads the sources and writes the destination.
struct Step {
  /// The name of the first node that the step does.
  let node: String
  /// What the step does, in the graph's words.
  var operators: [String]
  var work: Work
  var sources: [Source]
  var destination: Destination
  /// As the graph has them, in the file's order.
  let inputShape: [Int]
  var outputShape: [Int]

  /// A storage that is read.
  struct Source {
    let storage: Int
    /// Whether the step sees the storage's own pixels; else it reads all of it as one row.
    let isImage: Bool
  }

  /// A storage that is written.
  struct Destination {
    var storage: Int
    /// Where the step's first byte goes; not 0 only in a concatenation.
    var offset = 0
    /// Bytes from a pixel to the next where they are more than those of the pixel.
    var pixelByteCount: Int?
    /// Whether it is a concatenation that other steps write to as well.
    var isPart = false
  }
}

/// What a step computes.
enum Work {
  case dequantize(channels: Int, pixels: Int, Quantization)
  case convolve(PlannedConvolution)
  case convolveToFloat(PlannedConvolution, relu: Bool)
  case maxPool(PlannedPool)
  case averagePool(PlannedPool, from: Quantization, to: Quantization)
  case globalAveragePool(pixels: Int, channels: Int, from: Quantization, to: Quantization)
  case add(Quantization, Quantization, to: Quantization, relu: Bool)
  case softmax(SoftmaxVectors, exponentials: [Float], to: Quantization)
  case softmaxFloat(SoftmaxVectors)
  case lookUp(table: [UInt8])
  case gather(indices: [Int32])
  case concatenate([ConcatenatedPiece])
}

/// A window that slides over an image, for each channel by itself.
struct PlannedPool {
  let image: Extent
  let channels: Int
  let window: SlidingWindow
  let countsPadding: Bool

  /// The whole output.
  var output: Extent { Extent(rows: window.output[0], columns: window.output[1]) }
}

/// The vectors of a softmax: `length` elements each, that lie `inner` apart.
struct SoftmaxVectors {
  let length: Int
  let inner: Int

  /// The vectors of `tensor` along one axis, or all its elements as one vector.
  init(of tensor: PlannedTensor, axis: Int?) {
    length = axis.map { tensor.shape[$0] } ?? tensor.elementCount
    inner = axis.map { tensor.strides[$0] } ?? 1
  }
}

/// One source of a concatenation: pieces of `length` bytes, `pitch` apart behind `offset`.
struct ConcatenatedPiece {
  /// Nil where the bytes keep their meaning.
  let table: [UInt8]?
  let length: Int
  let pitch: Int
  let offset: Int
}
