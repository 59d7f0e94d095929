import Chemometrics
import Spectra
import Testing

/// Every step against numpy, scipy and pyts.
@Suite struct GoldenChainTests {
  @Test(arguments: 0...8)
  func `every stage agrees with numpy and scipy`(index: Int) throws {
    let golden = try GoldenChain.read(index)
    var preprocessor = TargetPreprocessor(constants: try golden.constants())
    let reasons = preprocessor.process(
      golden.spectrum.span,
      temperatureCelsius: golden.temperatureCelsius,
      relativeHumidityPercent: golden.relativeHumidityPercent
    )
    #expect(reasons == [], "\(golden.name)")
    let stages: [(TargetPreprocessor.Stage, [Double])] = [
      (.net, golden.net), (.scaling, golden.scaled), (.scatter, golden.corrected),
      (.derivative, golden.derivative),
    ]
    for (stage, expected) in stages {
      let error = Golden.error(preprocessor.values(stage), expected)
      #expect(error < 1e-10, "\(golden.name), \(stage)")
    }
    let (t2, q) = (preprocessor.hotellingT2, preprocessor.qResidual)
    #expect(abs(t2 - golden.t2) <= 1e-8 * golden.t2, "\(golden.name)")
    #expect(abs(q - golden.q) <= 1e-8 * golden.q, "\(golden.name)")
  }

  @Test(arguments: 0...8)
  func `the network's inputs agree with pyts to 1e-5`(index: Int) throws {
    let golden = try GoldenChain.read(index)
    var preprocessor = TargetPreprocessor(constants: try golden.constants())
    _ = preprocessor.process(
      golden.spectrum.span,
      temperatureCelsius: golden.temperatureCelsius,
      relativeHumidityPercent: golden.relativeHumidityPercent
    )
    let features = preprocessor.metaFeatures
    #expect(features.count == 7)
    for (found, expected) in zip(features, golden.metaFeatures) {
      #expect(abs(Double(found) - expected) < 1e-5 * max(1, abs(expected)), "\(golden.name)")
    }
    let (image, size) = (preprocessor.image, golden.spectrum.count)
    for channel in 0..<3 {
      for (rowIndex, row) in golden.rows.enumerated() {
        let start = (channel * size + row) * size
        let found = image[start..<(start + size)].map { Double($0) }
        let difference = zip(found, golden.imageRows[channel][rowIndex]).map { abs($0 - $1) }.max()
        #expect((difference ?? 1) < 1e-5, "\(golden.name), channel \(channel), row \(row)")
      }
    }
  }

  @Test func `a second spectrum leaves no trace of the first`() throws {
    let (golden, other) = (try GoldenChain.read(0), try GoldenChain.read(2))
    var fresh = TargetPreprocessor(constants: try golden.constants())
    var used = TargetPreprocessor(constants: try golden.constants())
    _ = used.process(other.spectrum.span, temperatureCelsius: 1, relativeHumidityPercent: 2)
    _ = fresh.process(golden.spectrum.span, temperatureCelsius: 40, relativeHumidityPercent: 30)
    _ = used.process(golden.spectrum.span, temperatureCelsius: 40, relativeHumidityPercent: 30)
    let (expected, found) = (fresh.image, used.image)
    #expect(found == expected)
    let (expectedFeatures, foundFeatures) = (fresh.metaFeatures, used.metaFeatures)
    #expect(foundFeatures == expectedFeatures)
  }
}
