import Int8Kernels
import Testing

@Suite struct KernelTests {
  @Test(arguments: KernelWay.all, KernelCase.Kind.allCases)
  func `every kernel gives the bytes of the definition`(
    way: KernelWay,
    kind: KernelCase.Kind
  ) throws {
    let definition = try #require(KernelWay.definition)
    for seed in UInt64(1)...300 {
      let convolution = KernelCase(seed: seed, kind)
      guard let found = way.run(convolution) else { continue }
      let expected = try #require(definition.run(convolution))
      #expect(firstDifference(found.bytes, expected.bytes) == nil, "seed \(seed)")
      #expect(found.isClean, "seed \(seed): bytes beside the output were written")
    }
  }

  @Test func `the definition equals sums of exact products`() throws {
    let definition = try #require(KernelWay.definition)
    for seed in UInt64(500)...560 {
      var convolution = KernelCase(seed: seed, .anyShape)
      convolution.softmax = nil
      let found = try #require(definition.run(convolution))
      #expect(firstDifference(found.bytes, exactBytes(of: convolution)) == nil, "seed \(seed)")
      #expect(found.isClean, "seed \(seed)")
    }
  }

  @Test(arguments: KernelWay.all + [KernelWay.definition].compactMap(\.self))
  func `halves are rounded to even, and what no byte can hold saturates`(way: KernelWay) {
    let table: [(sum: Int32, multiplier: Float, zero: UInt8, minimum: UInt8, byte: UInt8)] = [
      (1, 0.5, 0, 0, 0), (3, 0.5, 0, 0, 2), (5, 0.5, 0, 0, 2), (7, 0.5, 0, 0, 4),
      (-1, 0.5, 10, 0, 10), (-3, 0.5, 10, 0, 8), (-5, 0.5, 10, 0, 8), (-7, 0.5, 10, 0, 6),
      (1, 0.25, 7, 0, 7), (3, 0.25, 7, 0, 8), (509, 0.5, 0, 0, 254), (510, 0.5, 0, 0, 255),
      (511, 0.5, 0, 0, 255), (.max, 1, 0, 0, 255), (.min, 1, 0, 0, 0), (.max, 1e30, 255, 0, 255),
      (.min, 1e30, 255, 0, 0), (-9, 1, 100, 100, 100), (9, 1, 100, 100, 109),
      (0, 3, 255, 255, 255), (16_777_217, 0x1p-17, 0, 0, 128), (.max, 0x1p-24, 0, 0, 128),
      (.min, 0x1p-24, 255, 0, 127), (.max, 1e38, 0, 0, 255), (.min, 1e38, 0, 0, 0),
    ]
    for row in table {
      let convolution = KernelCase(
        sum: row.sum,
        multiplier: row.multiplier,
        zero: row.zero,
        minimum: row.minimum
      )
      guard let found = way.run(convolution) else { continue }
      #expect(found.bytes == [row.byte], "\(row)")
    }
  }

  /// What a convolution without softmax means, with nothing shared with the kernels.
  private func exactBytes(of c: KernelCase) -> [UInt8] {
    var bytes: [UInt8] = []
    let side = c.pools ? 2 : 1
    for row in 0..<c.stored[0] {
      for column in 0..<c.stored[1] {
        for output in 0..<c.outputChannels {
          let pooled = (0..<side * side).map { corner in
            exactByte(of: c, row * side + corner / 2, column * side + corner % 2, output)
          }
          bytes.append(pooled.max() ?? 0)
        }
        let between = c.outputPixelBytes - c.outputChannels
        bytes += [UInt8](repeating: GuardedBytes.unwritten, count: between)
      }
    }
    return bytes
  }

  private func exactByte(of c: KernelCase, _ row: Int, _ column: Int, _ output: Int) -> UInt8 {
    func value(_ row: Int, _ column: Int, _ channel: Int) -> Int {
      guard (0..<c.size[0]).contains(row), (0..<c.size[1]).contains(column) else {
        return Int(c.inputZero)
      }
      return Int(c.input[(row * c.size[1] + column) * c.channels + channel])
    }
    let groupChannels = c.channels / c.groups
    let firstChannel = output / (c.outputChannels / c.groups) * groupChannels
    var sum = Int(c.bias[output])
    var weight = output * c.kernel[0] * c.kernel[1] * groupChannels
    for y in 0..<c.kernel[0] {
      for x in 0..<c.kernel[1] {
        let inRow = row * c.strides[0] + y - c.pads[0]
        let inColumn = column * c.strides[1] + x - c.pads[1]
        for channel in firstChannel..<firstChannel + groupChannels {
          sum += value(inRow, inColumn, channel) * Int(c.weights[weight])
          weight += 1
        }
      }
    }
    let steps = (Float(sum) * c.multipliers[output]).rounded(.toNearestOrEven)
    return UInt8(min(max(steps + Float(c.outputZero), Float(c.outputMinimum)), 255))
  }
}
