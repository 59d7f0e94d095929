import Chemometrics
import Testing

@Suite struct TargetConstantsTests {
  struct Case: Sendable {
    var wording: String
    var damage: @Sendable (inout GoldenChain) -> Void
  }

  static let cases = [
    Case(wording: "net.subtract[1] has 84 elements, expected 85") { $0.subtracted[1].removeLast() },
    Case(wording: "net.add[0][3] is not a finite number") { $0.added[0][3] = .nan },
    Case(wording: "scaling.mean is not a finite number") { $0.scaling = [.infinity, 1] },
    Case(wording: "scaling.standardDeviation is 0.0, expected a number above 0") {
      $0.scaling = [0, 0]
    },
    Case(wording: "scatterCorrection.order is 3, expected 0 to 2") { $0.order = 3 },
    Case(wording: "scatterCorrection.reference has 0 elements, expected 85") { $0.reference = [] },
    Case(
      wording: "scatterCorrection.reference is a polynomial of order 1 or nearly so, "
        + "expected a spectrum that scatter correction can tell from one"
    ) {
      $0.reference = (0..<85).map { 1 + 2 * Double($0) }
    },
    Case(wording: "savitzkyGolay.window is 4, expected an odd number") { $0.savitzkyGolay[0] = 4 },
    Case(wording: "savitzkyGolay.window is 87, expected 3 to 85") { $0.savitzkyGolay[0] = 87 },
    Case(wording: "savitzkyGolay.polynomial is 5, expected 0 to 4") { $0.savitzkyGolay[1] = 5 },
    Case(wording: "savitzkyGolay.derivative is 3, expected 0 to 2") { $0.savitzkyGolay[2] = 3 },
    Case(wording: "metaFeatures.pca.mean has 86 elements, expected 85") { $0.pcaMean.append(0) },
    Case(wording: "metaFeatures.pca.loadings has 1 elements, expected 2") {
      $0.loadings.removeLast()
    },
    Case(wording: "metaFeatures.pca.variances has 3 elements, expected 2") {
      $0.variances.append(1)
    },
    Case(wording: "metaFeatures.clusters[1][84] is not a finite number") {
      $0.clusters[1][84] = -.infinity
    },
    Case(wording: "metaFeatures.mean has 6 elements, expected 7") { $0.metaMean.removeLast() },
    Case(wording: "metaFeatures.standardDeviation[2] is -1.0, expected a number above 0") {
      $0.metaDeviation[2] = -1
    },
  ]

  @Test(arguments: cases)
  func `constants that cannot work are refused with the field's name`(example: Case) throws {
    var golden = try GoldenChain.read(0)
    example.damage(&golden)
    let error = #expect(throws: ConstantsError.self) { try golden.constants() }
    #expect(error?.description == example.wording)
  }

  @Test func `a limit on T² needs variances, and channels differ`() throws {
    var golden = try GoldenChain.read(0)
    golden.variances = [1, 0]
    #expect(throws: Never.self) { try golden.constants() }
    #expect(
      throws: ConstantsError.notPositive(field: "metaFeatures.pca.variances", index: 1, found: 0)
    ) { try golden.constants(limits: .init(t2: 9)) }
    #expect(
      throws: ConstantsError.repeatedChannel(field: "image.channels", name: "mtf")
    ) { try golden.constants(image: .init(channels: [.mtf, .gasf, .mtf])) }
    #expect(
      throws: ConstantsError.outOfRange(field: "image.mtfBins", found: 1, allowed: 2...32)
    ) { try golden.constants(image: .init(mtfBins: 1)) }
  }
}
