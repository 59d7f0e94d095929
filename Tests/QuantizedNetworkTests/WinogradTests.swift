import Int8Kernels
import Testing

@Suite struct WinogradTests {
  /// 255 times it is the last multiple below 2^25.
  static let bound = 131_586

  @Test(arguments: KernelWay.winograd, [bound - 1, bound])
  func `Winograd is exact up to its bound`(way: KernelWay, weightSum: Int) throws {
    for size in [[3, 3], [6, 6], [9, 8], [14, 5]] {
      let convolution = KernelCase(weightSum: weightSum, size: size)
      let expected = try #require(KernelWay.definition?.run(convolution))
      let found = try #require(way.run(convolution))
      #expect(firstDifference(found.bytes, expected.bytes) == nil, "\(size)")
      #expect(found.isClean, "\(size)")
      #expect(Set(found.bytes).count > 8, "the sums fill the range of bytes")
    }
  }

  @Test(arguments: KernelWay.winograd)
  func `Winograd refuses weights above its bound, of either sign`(way: KernelWay) {
    var convolution = KernelCase(weightSum: Self.bound + 1, size: [3, 3])
    #expect(way.run(convolution) == nil)
    // Only the negative ones are above it: those of the second output channel.
    for index in convolution.weights.indices where convolution.weights[index] > 0 {
      convolution.weights[index] = 1
    }
    #expect(way.run(convolution) == nil)
    let taps = 9 * convolution.channels
    for output in 0..<convolution.outputChannels {
      convolution.weights[output * taps + 3] += output.isMultiple(of: 2) ? 0 : 1
    }
    #expect(way.run(convolution) != nil, "one step less, and it is below")
  }

  @Test func `only three by three, one group and stride one suit Winograd`() {
    let suiting = KernelCase(seed: 1, .winograd)
    let changes: [(String, (inout KernelCase) -> Void)] = [
      ("rows of the kernel", { $0.kernel[0] = 2 }), ("its columns", { $0.kernel[1] = 1 }),
      ("stride of rows", { $0.strides[0] = 2 }), ("stride of columns", { $0.strides[1] = 2 }),
      ("groups", { $0.groups = 2 }),
    ]
    #expect(isExact(suiting))
    for (name, change) in changes {
      var changed = suiting
      change(&changed)
      #expect(!isExact(changed), "\(name)")
    }
  }

  private func isExact(_ convolution: KernelCase) -> Bool {
    // SAFETY: the pointers of the description are good within the closure.
    unsafe convolution.withDescription { description in
      var own = unsafe description
      return unsafe int8_winograd_is_exact(&own)
    }
  }
}
