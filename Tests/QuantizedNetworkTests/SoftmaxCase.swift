import Glibc
import Int8Kernels

/// A softmax over channels, and its bytes.
struct SoftmaxCase {
  /// How the bytes of a pixel are chosen.
  enum Pattern: CaseIterable {
    case random
    case near
    /// All the same: every result is the same tie, or none.
    case equal
    case twoLargest
    case oneSpike
    case zeros
    case largest
  }

  let channels: Int
  var exponentials: [Float]
  var outputScale: Float
  var outputZero: Int32

  init(channels: Int, inputScale: Double, outputScale: Float, outputZero: Int32) {
    self.channels = channels
    self.outputScale = outputScale
    self.outputZero = outputZero
    let room = log(Double(Float.greatestFiniteMagnitude) / Double(channels)) - 5
    exponentials = (0...255).map { Float(exp((Double($0) - 255) * inputScale + room)) }
  }

  init(channels: Int, _ random: inout SplitMix) {
    // Of 1/4096 the definition's products overflow for few channels.
    let scales: [Float] = [1 / 256, 1 / 255, 1 / 100, 1 / 1000, 1 / 4096]
    let zeros: [Int32] = [0, 128, 255, Int32(random.pick(0...255))]
    self.init(
      channels: channels,
      inputScale: pow(10, Double.random(in: -3...1, using: &random)),
      outputScale: scales[random.pick(0...4)],
      outputZero: zeros[random.pick(0...3)]
    )
  }

  func bytes(_ pattern: Pattern, pixels: Int, _ random: inout SplitMix) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<pixels {
      let level = UInt8(random.pick(0...250))
      var pixel = (0..<channels).map { _ in byte(pattern, level: level, &random) }
      let spikes = pattern == .twoLargest ? 2 : pattern == .oneSpike ? 1 : 0
      for _ in 0..<spikes { pixel[random.pick(0...channels - 1)] = 255 }
      bytes += pixel
    }
    return bytes
  }

  private func byte(_ pattern: Pattern, level: UInt8, _ random: inout SplitMix) -> UInt8 {
    switch pattern {
    case .random: UInt8(random.pick(0...255))
    case .near: level + UInt8(random.pick(0...5))
    case .equal: level
    case .twoLargest, .oneSpike, .zeros: 0
    case .largest: 255
    }
  }

  /// Takes the output scale of which the pixel's largest byte comes nearest to some steps and a half.
  mutating func chooseScaleNearHalf(of pixel: [UInt8]) {
    let values = pixel.map { Double(exponentials[Int($0)]) }
    let share = (values.max() ?? 1) / values.reduce(0, +)
    let most = min(Int(254 / share), 140 * channels)
    func distance(_ stepsPerOne: Int) -> Double {
      let steps = Double(stepsPerOne) * share
      return abs(steps - steps.rounded(.down) - 0.5)
    }
    let best = (1...most).min { distance($0) < distance($1) } ?? 1
    outputScale = 1 / (Float(best) + 0.25)
  }

  /// The description, whose pointer is good until `use` returns.
  func withDescription<Result>(
    _ use: (int8_channel_softmax) throws -> Result
  ) rethrows -> Result {
    let to = int8_quantization(scale: outputScale, zero: outputZero)
    // SAFETY: the pointer is used within the closure only.
    return try unsafe exponentials.withUnsafeBufferPointer {
      try unsafe use(int8_channel_softmax(exponentials: $0.baseAddress, to: to))
    }
  }
}
