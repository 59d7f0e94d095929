/// Softmax and pooling done by the convolution before them, before its output is stored.
extension Plan {
  /// Gives convolutions what follows them and is their only reader.
  mutating func fuse() {
    let readers = readerCounts
    var fused: [Step] = []
    fused.reserveCapacity(steps.count)
    /// The step of `fused` that writes a storage.
    var producers: [Int: Int] = [:]
    for step in steps {
      let source = step.sources[0]
      if readers[source.storage] == 1, let producer = producers[source.storage],
        let convolution = fused[producer].convolution(followedBy: step),
        hasSamePixels(step)
      {
        fused[producer].work = .convolve(convolution)
        fused[producer].operators += step.operators
        fused[producer].outputShape = step.outputShape
        fused[producer].destination = step.destination
        producers[step.destination.storage] = producer
      } else {
        producers[step.destination.storage] = fused.count
        fused.append(step)
      }
    }
    steps = fused
  }

  /// Whether what `step` writes has the image that `step` sees: a softmax may read an image that
  /// was reshaped without a move, and then its result is cropped in other pixels.
  private func hasSamePixels(_ step: Step) -> Bool {
    guard case .softmax = step.work else { return true }
    let (source, result) = (storages[step.sources[0].storage], storages[step.destination.storage])
    return source.whole == result.whole && source.channels == result.channels
  }
}

extension Step {
  /// This step's convolution with the next step's work added, or nil where that cannot be.
  fileprivate func convolution(followedBy next: Step) -> PlannedConvolution? {
    guard case .convolve(var convolution) = work, !convolution.pools else { return nil }
    switch next.work {
    case .softmax(let vectors, let exponentials, let to):
      // The vectors have to be the channels of each pixel.
      guard vectors.inner == 1, vectors.length == convolution.outputChannels,
        convolution.softmax == nil
      else { return nil }
      convolution.softmax = PlannedConvolution.ChannelSoftmax(exponentials: exponentials, to: to)
    case .maxPool(let pool):
      guard next.sources[0].isImage, pool.isQuartering, pool.image == convolution.output else {
        return nil
      }
      convolution.pools = true
    default: return nil
    }
    return convolution
  }
}

extension PlannedPool {
  /// Whether every 2 x 2 pixels become one and no window reaches over an edge.
  fileprivate var isQuartering: Bool {
    window.kernel == [2, 2] && window.strides == [2, 2]
      && window.pads[0] == 0 && window.pads[1] == 0
      && 2 * window.output[0] <= image.rows && 2 * window.output[1] <= image.columns
  }
}
