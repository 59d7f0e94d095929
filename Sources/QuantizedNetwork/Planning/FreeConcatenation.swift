/// Concatenations whose sources are written where they belong, so that nothing is left to copy.
extension Plan {
  /// Lets convolutions and pools write straight into the concatenations that alone read them.
  mutating func joinConcatenations() {
    let readers = readerCounts
    var producers: [Int: Int] = [:]
    for (index, step) in steps.enumerated() { producers[step.destination.storage] = index }
    var vanished = Set<Int>()
    for (index, step) in steps.enumerated() {
      guard case .concatenate(let pieces) = step.work else { continue }
      var copied: [(source: Step.Source, piece: ConcatenatedPiece)] = []
      for (source, piece) in zip(step.sources, pieces) {
        if readers[source.storage] == 1, let producer = producers[source.storage],
          let destination = place(piece, of: steps[producer], in: step)
        {
          steps[producer].destination = destination
        } else {
          copied.append((source, piece))
        }
      }
      steps[index].sources = copied.map(\.source)
      steps[index].work = .concatenate(copied.map(\.piece))
      if copied.isEmpty { vanished.insert(index) }
    }
    steps = steps.indices.filter { !vanished.contains($0) }.map { steps[$0] }
  }

  /// Where `producer` would write for a piece of `concatenation`, or nil where it cannot.
  private func place(
    _ piece: ConcatenatedPiece,
    of producer: Step,
    in concatenation: Step
  ) -> Step.Destination? {
    let result = storages[concatenation.destination.storage]
    guard piece.table == nil, !producer.destination.isPart, let image = producer.writtenImage else {
      return nil
    }
    var destination = concatenation.destination
    destination.isPart = true
    destination.offset = piece.offset
    let isOnePiece = result.elementCount == piece.pitch
    if piece.length == image.channels, result.elementCount / piece.pitch == image.extent.pixels {
      // A piece is a pixel.
      guard result.whole == image.extent || !result.isImage else { return nil }
      destination.pixelByteCount = piece.pitch
      return destination
    }
    // All pixels are one piece, which must not shrink.
    guard isOnePiece, !result.isImage, piece.length == image.extent.pixels * image.channels else {
      return nil
    }
    return destination
  }
}

extension Step {
  /// The whole image of bytes of which the step can write any part, or nil where it cannot.
  var writtenImage: (extent: Extent, channels: Int)? {
    switch work {
    case .convolve(let convolution): (convolution.output, convolution.outputChannels)
    case .maxPool(let pool), .averagePool(let pool, _, _): (pool.output, pool.channels)
    default: nil
    }
  }
}
