import Glibc
import Testing
import spectrasim

@Suite struct SynthesisArithmeticTests {
  // Made by Tests/Golden/synthesis/make_random_words.py.
  @Test(arguments: [
    (UInt64(0), UInt64(0), UInt64(0x568a_9b0b_1a2c_05ec), -1.3503875732421875),
    (7, 0, 0xd6a2_a958_4b8f_e877, 0.700927734375),
    (7, 1, 0xa234_a3ce_0b14_e3b3, 0.0748443603515625),
    (.max, .max, 0x082e_e7e0_af54_62c6, 0.8322906494140625),
  ])
  func `a stream's first word and normal deviate are those of an independent SplitMix64`(
    seed: UInt64,
    stream: UInt64,
    word: UInt64,
    normal: Double
  ) {
    var random = DeterministicRandom(seed: seed, stream: stream)
    let first = random.word()
    _ = random.word()
    let deviate = random.normal()
    #expect(first == word)
    #expect(deviate == normal)
  }

  @Test func `deviates have the moments of their distributions`() {
    var random = DeterministicRandom(seed: 3, stream: 0)
    let count = 40_000
    let normals = (0..<count).map { _ in random.normal() }
    let uniforms = (0..<count).map { _ in random.uniform() }
    let mean = normals.reduce(0, +) / Double(count)
    let variance = normals.reduce(0) { $0 + $1 * $1 } / Double(count)
    #expect(abs(mean) < 0.02)
    #expect(abs(variance - 1) < 0.03)
    #expect(uniforms.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(abs(uniforms.reduce(0, +) / Double(count) - 0.5) < 0.01)
  }

  @Test(arguments: [-300, -2.12, -1, -0.3, -1e-9, 0, 0.25, 1, 7.5, 300])
  func `a portable power of ten agrees with the C library`(exponent: Double) {
    let expected = pow(10, exponent)
    #expect(abs(PortablePower.ofTen(exponent) / expected - 1) < 1e-13)
  }

  // First, second and last wavelength of four real devices, as the vendor's files give them.
  @Test(arguments: [
    ([1_817.56280, -0.919732488, -2.33773583e-4], [901.629, 905.541, 1_701.388]),
    ([1_775.68113, -0.916766247, -2.35065005e-4], [901.510, 905.376, 1_701.313]),
    ([1_749.72929, -0.921275272, -2.43775296e-4], [901.643, 905.524, 1_700.690]),
  ])
  func `the grid of a column scan is the device's`(coefficients: [Double], known: [Double]) {
    let grid = ColumnGrid(
      startNanometres: 900,
      endNanometres: 1_700,
      patternCount: 228,
      patternWidthPixels: 6,
      pixelToWavelengthCoefficients: coefficients
    )
    let wavelengths = grid.wavelengthsNanometres
    for (wavelength, expected) in zip([wavelengths[0], wavelengths[1], wavelengths[227]], known) {
      #expect(abs(wavelength - expected) < 1e-3)
    }
    #expect(zip(wavelengths, wavelengths.dropFirst()).allSatisfy { $0 < $1 })
  }
}
