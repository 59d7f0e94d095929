/// A stream of random numbers that is the same on every machine, for synthetic data only.
///
/// SplitMix64: one addition and three mixing steps a word. Only integer arithmetic, additions and
/// multiplications are used, so neither the C library nor the CPU can change a bit.
package struct DeterministicRandom {
  private var state: UInt64

  /// Begins the stream of one subject (a donor, say) under a seed.
  ///
  /// Streams of neighbouring subjects are unrelated, so a donor does not depend on how many others
  /// are made.
  package init(seed: UInt64, stream: UInt64) {
    state = DeterministicRandom.mixed(
      seed &+ DeterministicRandom.mixed(stream &+ 0x9E37_79B9_7F4A_7C15)
    )
  }

  /// The next 64 random bits.
  package mutating func word() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return DeterministicRandom.mixed(state)
  }

  /// A number from 0 (included) to 1 (excluded), evenly distributed.
  package mutating func uniform() -> Double { Double(word() >> 11) * 0x1p-53 }

  /// A standard normal deviate as the sum of twelve uniform ones: never beyond ±6.
  ///
  /// Why not Box-Muller: its logarithm and cosine differ between C libraries in the last bit.
  package mutating func normal() -> Double {
    var sum: UInt64 = 0
    for _ in 0..<3 {
      let bits = word()
      sum += (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)
    }
    // Each sixteen-bit part stands for the middle of its interval: (part + 1/2) / 65 536.
    return (Double(sum) + 6) * 0x1p-16 - 6
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var bits = value
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}

/// Powers that are the same on every machine, unlike those of C libraries.
package enum PortablePower {
  /// 10 to the power of `exponent`, within 1e-14 of it, for exponents from -300 to 300.
  package static func ofTen(_ exponent: Double) -> Double {
    precondition(abs(exponent) <= 300, "beyond the range of a double")
    let binary = exponent * 3.321928094887362
    let whole = binary.rounded()
    // |remainder| <= ln(2)/2, where eighteen terms of the exponential series are exact enough.
    let remainder = (binary - whole) * 0.6931471805599453
    var sum = 1.0
    for divisor in stride(from: 18.0, through: 1.0, by: -1.0) {
      sum = 1 + sum * remainder / divisor
    }
    return Double(sign: .plus, exponent: Int(whole), significand: sum)
  }
}
