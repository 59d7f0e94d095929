/// The part of every image that can reach an output; nothing else is computed or kept.
///
/// A part is some top rows and left columns: windows slide from there, so what they leave over
/// lies at the bottom and at the right.
extension Plan {
  /// Rounds until nothing grows any more.
  ///
  /// Real networks need two or three; one that is made to need more than this many is computed
  /// whole.
  private static let rounds = 64

  /// Shrinks every storage to what is read of it, and drops the steps that nothing reads.
  mutating func shrinkToRegions() {
    for index in storages.indices where !storages[index].isPinned {
      storages[index].stored = .none
    }
    for output in outputs { storages[output.storage].read = storages[output.storage].whole }
    var round = 0
    while growRegions() {
      round += 1
      if round == Self.rounds { storeEverythingWhole() }
    }
    steps = steps.filter { storages[$0.destination.storage].stored.pixels > 0 }
  }

  /// Goes through the steps once, last one first; whether anything grew.
  private mutating func growRegions() -> Bool {
    var grows = false
    for step in steps.reversed() {
      let destination = step.destination.storage
      guard storages[destination].stored.pixels > 0 else { continue }
      if isPixelwise(step) {
        // All have the same pixels, so that the elements can be treated as one row.
        let all = step.sources.reduce(storages[destination].stored) { extent, source in
          extent.union(storages[source.storage].stored)
        }
        for source in step.sources where read(all, of: source.storage) { grows = true }
        if store(all, of: destination) { grows = true }
        continue
      }
      // Only what is written pixel by pixel can be written in part.
      if step.writtenImage?.extent != storages[destination].whole,
        store(storages[destination].whole, of: destination)
      {
        grows = true
      }
      for source in step.sources
      where read(readExtent(of: source, by: step), of: source.storage) { grows = true }
    }
    return grows
  }

  /// The part of `source` that `step` reads for the part of its destination that is stored.
  private func readExtent(of source: Step.Source, by step: Step) -> Extent {
    let whole = storages[source.storage].whole
    switch step.work {
    case .convolve(let convolution) where source.isImage && whole == convolution.image,
      .convolveToFloat(let convolution, _) where source.isImage && whole == convolution.image:
      return convolution.extent(for: computedExtent(of: step, image: convolution.output))
    case .maxPool(let pool) where source.isImage && whole == pool.image,
      .averagePool(let pool, _, _) where source.isImage && whole == pool.image:
      let output = computedExtent(of: step, image: pool.output)
      return pool.window.extent(for: output, of: pool.image)
    default: return whole
    }
  }

  /// The part that `step` computes of the `image` that it can write.
  func computedExtent(of step: Step, image: Extent) -> Extent {
    let destination = storages[step.destination.storage]
    return destination.whole == image ? destination.stored : image
  }

  /// The part of `image` that is kept of what `source` is.
  func storedExtent(of source: Step.Source, image: Extent) -> Extent {
    let storage = storages[source.storage]
    return source.isImage && storage.whole == image ? storage.stored : image
  }

  /// Whether `step` computes each pixel from the same pixel of every source.
  private func isPixelwise(_ step: Step) -> Bool {
    let destination = storages[step.destination.storage]
    let areAlike = step.sources.allSatisfy {
      $0.isImage && storages[$0.storage].whole == destination.whole
    }
    guard areAlike else { return false }
    switch step.work {
    case .add, .lookUp: return true
    case .softmax(let vectors, _, _):
      return vectors.inner == 1 && vectors.length == destination.channels
    case .concatenate(let pieces):
      return pieces.allSatisfy { $0.pitch == destination.channels }
    default: return false
    }
  }

  private mutating func read(_ extent: Extent, of storage: Int) -> Bool {
    storages[storage].read = storages[storage].read.union(extent)
    return store(extent, of: storage)
  }

  private mutating func store(_ extent: Extent, of storage: Int) -> Bool {
    let grown = storages[storage].stored.union(extent)
    guard grown != storages[storage].stored else { return false }
    storages[storage].stored = grown
    return true
  }

  private mutating func storeEverythingWhole() {
    for index in storages.indices { storages[index].stored = storages[index].whole }
  }
}
