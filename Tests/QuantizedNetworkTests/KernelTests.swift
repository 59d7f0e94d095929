import Int8Kernels
import Testing

@Suite struct KernelTests {
  @Test(arguments: [false, true])
  func `every kernel gives the bytes of the portable one`(isExtreme: Bool) throws {
    for seed in UInt64(1)...200 {
      let convolution = KernelCase(seed: seed, isExtreme: isExtreme)
      let expected = try #require(convolution.run(INT8_PORTABLE))
      #expect(expected.isClean, "seed \(seed)")
      for set in [INT8_AVX2, INT8_AVX512_VNNI] {
        guard let found = convolution.run(set) else { continue }
        #expect(found.bytes == expected.bytes, "seed \(seed), instruction set \(set.rawValue)")
        #expect(found.isClean, "seed \(seed), instruction set \(set.rawValue)")
      }
    }
  }

  @Test func `the portable kernel equals sums of exact products`() throws {
    for seed in UInt64(500)...515 {
      let convolution = KernelCase(seed: seed, isExtreme: false)
      let found = try #require(convolution.run(INT8_PORTABLE))
      #expect(found.bytes == exactBytes(of: convolution), "seed \(seed)")
    }
  }

  @Test(arguments: [INT8_PORTABLE.rawValue, INT8_AVX2.rawValue, INT8_AVX512_VNNI.rawValue])
  func `halves are rounded to even, and what no byte can hold saturates`(set: UInt32) {
    let table: [(sum: Int32, multiplier: Float, zero: UInt8, minimum: UInt8, byte: UInt8)] = [
      (1, 0.5, 0, 0, 0), (3, 0.5, 0, 0, 2), (5, 0.5, 0, 0, 2), (7, 0.5, 0, 0, 4),
      (-1, 0.5, 10, 0, 10), (-3, 0.5, 10, 0, 8), (-5, 0.5, 10, 0, 8), (-7, 0.5, 10, 0, 6),
      (1, 0.25, 7, 0, 7), (3, 0.25, 7, 0, 8), (509, 0.5, 0, 0, 254), (510, 0.5, 0, 0, 255),
      (511, 0.5, 0, 0, 255), (.max, 1, 0, 0, 255), (.min, 1, 0, 0, 0), (.max, 1e30, 255, 0, 255),
      (.min, 1e30, 255, 0, 0), (-9, 1, 100, 100, 100), (9, 1, 100, 100, 109),
      (0, 3, 255, 255, 255), (16_777_217, 0x1p-17, 0, 0, 128),
    ]
    for row in table {
      let convolution = KernelCase(
        sum: row.sum,
        multiplier: row.multiplier,
        zero: row.zero,
        minimum: row.minimum
      )
      guard let found = convolution.run(int8_instruction_set(rawValue: set)) else { return }
      #expect(found.bytes == [row.byte], "\(row)")
    }
  }

  /// The definition of a convolution, with nothing shared with the kernels.
  private func exactBytes(of c: KernelCase) -> [UInt8] {
    let groupChannels = c.channels / c.groups
    let groupOutputs = c.outputChannels / c.groups
    func value(_ row: Int, _ column: Int, _ channel: Int) -> Int {
      guard (0..<c.size[0]).contains(row), (0..<c.size[1]).contains(column) else {
        return Int(c.inputZero)
      }
      return Int(c.input[(row * c.size[1] + column) * c.channels + channel])
    }
    var bytes: [UInt8] = []
    for row in 0..<c.output[0] {
      for column in 0..<c.output[1] {
        for output in 0..<c.outputChannels {
          var sum = Int(c.bias[output])
          var weight = output * c.kernel[0] * c.kernel[1] * groupChannels
          for y in 0..<c.kernel[0] {
            for x in 0..<c.kernel[1] {
              let inRow = row * c.strides[0] + y - c.pads[0]
              let inColumn = column * c.strides[1] + x - c.pads[1]
              for channel in 0..<groupChannels {
                let inChannel = output / groupOutputs * groupChannels + channel
                sum += value(inRow, inColumn, inChannel) * Int(c.weights[weight])
                weight += 1
              }
            }
          }
          let steps = (Float(sum) * c.multipliers[output]).rounded(.toNearestOrEven)
          let byte = max(steps + Float(c.outputZero), Float(c.outputMinimum))
          bytes.append(UInt8(min(byte, 255)))
        }
      }
    }
    return bytes
  }
}
