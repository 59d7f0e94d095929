import Int8Kernels
import Testing

@Suite struct SoftmaxTests {
  @Test(arguments: InstructionTable.all)
  func `softmax over channels gives the bytes of its definition`(table: InstructionTable) {
    var seed: UInt64 = 0
    for channels in stride(from: 16, through: 512, by: 16) {
      for pattern in SoftmaxCase.Pattern.allCases {
        for _ in 0..<3 {
          seed += 1
          compare(table, seed: seed, channels: channels, pattern)
        }
      }
    }
  }

  @Test(arguments: InstructionTable.all)
  func `softmax over any number of channels gives the bytes of its definition`(
    table: InstructionTable
  ) {
    for channels in 1...80 {
      for pattern in SoftmaxCase.Pattern.allCases {
        compare(table, seed: UInt64(1_000_000 + channels), channels: channels, pattern)
      }
    }
    for channels in [513, 520, 528, 1024] {
      compare(table, seed: UInt64(1_000_000 + channels), channels: channels, .random)
    }
  }

  @Test(arguments: InstructionTable.all)
  func `exact halves are rounded to even`(table: InstructionTable) {
    // Of 100 steps eight equal ones get 12.5 each, of 64 all 128 get 0.5. Others meet the
    // definition's own roundings: which byte they get, it alone says.
    let rows: [(outputScale: Float, largest: Int, byte: UInt8?)] = [
      (1 / 100, 8, 12), (1 / 64, 128, 0), (1 / 255, 2, nil), (1 / 255, 6, nil), (1 / 100, 40, nil),
    ]
    for row in rows {
      for channels in [48, 64, 128, 256, 512] where channels >= row.largest {
        let softmax = SoftmaxCase(
          channels: channels,
          inputScale: 10,
          outputScale: row.outputScale,
          outputZero: 0
        )
        let pixel = (0..<channels).map { UInt8($0 < row.largest ? 200 : 0) }
        let found = table.softmax(softmax, pixel)
        if let byte = row.byte {
          #expect(found.bytes.prefix(row.largest).allSatisfy { $0 == byte }, "\(row)")
        }
        #expect(
          firstDifference(found.bytes, definition(of: softmax, pixel)) == nil,
          "\(row), \(channels) channels"
        )
      }
    }
  }

  @Test(arguments: InstructionTable.all)
  func `results next to a half are those of the definition`(table: InstructionTable) {
    for seed in UInt64(1)...600 {
      var random = SplitMix(seed: seed)
      let channels = 16 * random.pick(1...32)
      var softmax = SoftmaxCase(
        channels: channels,
        inputScale: Double.random(in: 0...0.05, using: &random),
        outputScale: 1,
        outputZero: 0
      )
      let pattern = SoftmaxCase.Pattern.allCases[Int(seed) % SoftmaxCase.Pattern.allCases.count]
      let pixel = softmax.bytes(pattern, pixels: 1, &random)
      softmax.chooseScaleNearHalf(of: pixel)
      let found = table.softmax(softmax, pixel)
      #expect(
        firstDifference(found.bytes, definition(of: softmax, pixel)) == nil,
        "seed \(seed), \(pattern)"
      )
    }
  }

  @Test(arguments: InstructionTable.all)
  func `quantizing gives the bytes of its definition`(table: InstructionTable) {
    let special: [Float] = [
      .nan, -.nan, .signalingNaN, .infinity, -.infinity, -0.0, 0.5, 1.5, 2.5, -0.5, -127.5, 126.5,
      254.5, 255.5, 1e38, -1e38, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
    ]
    for seed in UInt64(1)...400 {
      var random = SplitMix(seed: seed)
      let planes = random.pick(1...6), pixels = random.pick(1...120)
      let to = int8_quantization(
        scale: random.flip() ? 1 : Float.random(in: 1e-3...3, using: &random),
        zero: [0, 128, 255, Int32(random.pick(0...255))][random.pick(0...3)]
      )
      let reals = (0..<planes * pixels).map { _ -> Float in
        if random.pick(0...3) == 0 { return special[random.pick(0...special.count - 1)] }
        return Float(random.pick(-600...600)) / 2 * to.scale
      }
      let expected = GuardedBytes(count: reals.count)
      // SAFETY: the memory has one byte for each real.
      unsafe int8_quantize(
        planes,
        pixels,
        to,
        reals,
        expected.start.assumingMemoryBound(to: UInt8.self)
      )
      let found = table.quantize(planes: planes, pixels: pixels, to, reals)
      let expectedBytes = expected.bytes
      #expect(firstDifference(found.bytes, expectedBytes) == nil, "seed \(seed)")
      #expect(found.isClean, "seed \(seed)")
    }
  }

  private func compare(
    _ table: InstructionTable,
    seed: UInt64,
    channels: Int,
    _ pattern: SoftmaxCase.Pattern
  ) {
    var random = SplitMix(seed: seed)
    let softmax = SoftmaxCase(channels: channels, &random)
    let pixels = Int(seed % 20) + 1
    let bytes = softmax.bytes(pattern, pixels: pixels, &random)
    let found = table.softmax(softmax, bytes)
    let comment: Comment = "seed \(seed), \(channels) channels, \(pixels) pixels, \(pattern)"
    #expect(firstDifference(found.bytes, definition(of: softmax, bytes)) == nil, comment)
    #expect(found.isClean, comment)
  }

  private func definition(of softmax: SoftmaxCase, _ bytes: [UInt8]) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: bytes.count)
    unsafe softmax.withDescription { s in
      // SAFETY: both arrays have as many bytes as pixels times channels.
      unsafe int8_softmax(
        bytes.count / softmax.channels,
        softmax.channels,
        1,
        s.exponentials,
        s.to,
        bytes,
        &result
      )
    }
    return result
  }
}
