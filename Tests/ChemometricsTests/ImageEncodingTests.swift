import Chemometrics
import Spectra
import Testing

@Suite struct ImageEncodingTests {
  private func encoding(
    scale: Float = 1,
    zeroPoint: Int32 = 0,
    isSigned: Bool = false,
    rows: Int = 1,
    columns: Int = 1,
    rowStride: Int = 1,
    columnStride: Int = 1,
    channelStride: Int = 1
  ) -> ImageEncoding {
    ImageEncoding(
      scale: scale,
      zeroPoint: zeroPoint,
      isSigned: isSigned,
      rows: rows,
      columns: columns,
      rowStride: rowStride,
      columnStride: columnStride,
      channelStride: channelStride
    )
  }

  @Test(arguments: [
    (0.5 as Float, 0 as Int32, 0 as UInt8), (1.5, 0, 2), (2.5, 0, 2), (-0.5, 1, 1), (-1.5, 9, 7),
    (254.5, 0, 254), (255.5, 0, 255), (300, 0, 255), (-1, 0, 0), (-0.4, 0, 0), (1e30, 128, 255),
    (-1e30, 128, 0), (.infinity, 3, 255), (-.infinity, 3, 0), (0.49999997, 0, 0), (200, 100, 255),
  ])
  func `halves go to the even number and what does not fit saturates`(
    value: Float,
    zeroPoint: Int32,
    expected: UInt8
  ) {
    #expect(encoding(zeroPoint: zeroPoint).quantize(value) == expected)
  }

  @Test(arguments: [
    (0.5 as Float, 0 as Int32, 0 as Int8), (-0.5, 0, 0), (-1.5, 0, -2), (-2.5, 0, -2),
    (127.5, 0, 127), (126.5, 0, 126), (-128.5, 0, -128), (1e9, -128, 127), (-1, -128, -128),
    (0, -7, -7),
  ])
  func `signed elements are stored as their bit pattern`(
    value: Float,
    zeroPoint: Int32,
    expected: Int8
  ) {
    let stored = encoding(zeroPoint: zeroPoint, isSigned: true).quantize(value)
    #expect(Int8(bitPattern: stored) == expected)
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `quantization is a float32 division, rounded by the processor's own rule`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<20_000 {
      let isSigned = Bool.random(using: &random)
      let stored: ClosedRange<Int32> = isSigned ? -128...127 : 0...255
      let zeroPoint = Int32.random(in: stored, using: &random)
      let scale = Float.random(in: 0.001...0.02, using: &random)
      let value = Float.random(in: -1.5...1.5, using: &random)
      let steps = Int32((value / scale).rounded(.toNearestOrEven)) + zeroPoint
      let expected = UInt8(
        truncatingIfNeeded: min(max(steps, stored.lowerBound), stored.upperBound)
      )
      let found = encoding(scale: scale, zeroPoint: zeroPoint, isSigned: isSigned).quantize(value)
      #expect(found == expected, "seed \(seed): \(value) / \(scale) + \(zeroPoint)")
    }
  }

  struct Layout: Sendable {
    var rows: Int
    var columns: Int
    var rowStride: Int
    var columnStride: Int
    var channelStride: Int
    var channels: [TargetConstants.ImageChannel] = [.gasf, .gadf, .mtf]
  }

  @Test(arguments: [
    Layout(rows: 85, columns: 85, rowStride: 85, columnStride: 1, channelStride: 7225),
    Layout(rows: 85, columns: 85, rowStride: 255, columnStride: 3, channelStride: 1),
    Layout(rows: 76, columns: 76, rowStride: 304, columnStride: 4, channelStride: 1),
    Layout(rows: 10, columns: 20, rowStride: 32, columnStride: 1, channelStride: 640),
    Layout(rows: 3, columns: 1, rowStride: 7, columnStride: 2, channelStride: 50),
    Layout(
      rows: 85,
      columns: 85,
      rowStride: 170,
      columnStride: 2,
      channelStride: 1,
      channels: [.mtf, .gadf]
    ),
    Layout(
      rows: 76,
      columns: 80,
      rowStride: 80,
      columnStride: 1,
      channelStride: 1,
      channels: [.gasf]
    ),
  ])
  func `every layout holds the float image quantized, and nothing else is touched`(
    layout: Layout
  ) throws {
    let golden = try GoldenChain.read(0)
    let constants = try golden.constants(image: .init(channels: layout.channels))
    var preprocessor = TargetPreprocessor(constants: constants)
    _ = preprocessor.process(
      golden.spectrum.span,
      temperatureCelsius: 40,
      relativeHumidityPercent: 30
    )
    let encoding = encoding(
      scale: 1 / 127.5,
      zeroPoint: 127,
      rows: layout.rows,
      columns: layout.columns,
      rowStride: layout.rowStride,
      columnStride: layout.columnStride,
      channelStride: layout.channelStride
    )
    let count = encoding.elementCount(channels: layout.channels.count) + 40
    let image = preprocessor.image
    var expected = [UInt8](repeating: 0xA5, count: count)
    for channel in layout.channels.indices {
      for row in 0..<layout.rows {
        for column in 0..<layout.columns {
          let index =
            channel * layout.channelStride + row * layout.rowStride + column * layout.columnStride
          expected[index] = encoding.quantize(image[(channel * 85 + row) * 85 + column])
        }
      }
    }
    let found = preprocessor.bytes(encoding, count: count)
    #expect(found == expected)
  }
}
