import Chemometrics
import Foundation

/// Golden values that `Tests/Golden/chemometrics/make_golden.py` computed.
enum Golden {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Golden/chemometrics")

  static func read<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: Data(contentsOf: folder.appending(path: name)))
  }

  /// The largest difference relative to the largest expected value, infinite when lengths differ.
  static func error(_ found: [Double], _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    let size = expected.reduce(1e-300) { max($0, abs($1)) }
    return zip(found, expected).reduce(0) { $1.0.isNaN ? .infinity : max($0, abs($1.0 - $1.1)) }
      / size
  }
}

/// One spectrum's way through all steps.
struct GoldenChain: Decodable {
  var name: String
  var added: [[Double]]
  var subtracted: [[Double]]
  var scaling: [Double]?
  var order: Int?
  var reference: [Double]
  var savitzkyGolay: [Int]
  var pcaMean: [Double]
  var loadings: [[Double]]
  var variances: [Double]
  var clusters: [[Double]]
  var metaMean: [Double]
  var metaDeviation: [Double]
  var spectrum: [Double]
  var temperatureCelsius: Double
  var relativeHumidityPercent: Double
  var net: [Double]
  var scaled: [Double]
  var corrected: [Double]
  var derivative: [Double]
  var metaFeatures: [Double]
  var t2: Double
  var q: Double
  var rows: [Int]
  var imageRows: [[[Double]]]

  static func read(_ index: Int) throws -> GoldenChain {
    try Golden.read("chain\(index).json", as: GoldenChain.self)
  }

  func constants(
    limits: TargetConstants.CalibrationLimits = .init(),
    minimumSlope: Double = 0.1,
    image: TargetConstants.Image = .init()
  ) throws -> TargetConstants {
    try TargetConstants(
      channels: spectrum.count,
      net: added.isEmpty && subtracted.isEmpty ? nil : .init(added: added, subtracted: subtracted),
      scaling: scaling.map { .global(mean: $0[0], standardDeviation: $0[1]) } ?? .snv,
      scatterCorrection: order.map {
        .init(order: $0, reference: reference, minimumSlope: minimumSlope)
      },
      savitzkyGolay: .init(
        window: savitzkyGolay[0],
        polynomial: savitzkyGolay[1],
        derivative: savitzkyGolay[2]
      ),
      metaFeatures: .init(
        pcaMean: pcaMean,
        loadings: loadings,
        variances: variances,
        clusters: clusters,
        mean: metaMean,
        standardDeviation: metaDeviation
      ),
      image: image,
      limits: limits
    )
  }
}

extension TargetPreprocessor {
  /// The values of one stage.
  func values(_ stage: Stage) -> [Double] {
    withStage(stage) { span in (0..<span.count).map { span[$0] } }
  }

  /// The standardised meta-features.
  var metaFeatures: [Float] {
    withMetaFeatures { span in (0..<span.count).map { span[$0] } }
  }

  /// The image as floats, channel by channel, row by row.
  var image: [Float] {
    var pixels = [Float](repeating: .nan, count: imageChannels * channels * channels)
    var span = pixels.mutableSpan
    writeImage(into: &span)
    return pixels
  }

  /// The quantized image, `count` elements of which those that are not written stay 0xA5.
  func bytes(_ encoding: ImageEncoding, count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xA5, count: count)
    var span = bytes.mutableSpan
    writeImage(into: &span, encoding: encoding)
    return bytes
  }
}
