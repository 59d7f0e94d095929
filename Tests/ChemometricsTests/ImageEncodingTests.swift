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
    var zeroPoint: Int32 = 127
    var isSigned = false
  }

  @Test(arguments: [
    Layout(rows: 85, columns: 85, rowStride: 85, columnStride: 1, channelStride: 7225),
    Layout(rows: 85, columns: 85, rowStride: 255, columnStride: 3, channelStride: 1),
    Layout(rows: 76, columns: 76, rowStride: 304, columnStride: 4, channelStride: 1),
    Layout(rows: 76, columns: 76, rowStride: 255, columnStride: 3, channelStride: 1),
    Layout(rows: 5, columns: 1, rowStride: 4, columnStride: 3, channelStride: 1),
    Layout(rows: 1, columns: 7, rowStride: 1, columnStride: 3, channelStride: 1),
    Layout(
      rows: 84,
      columns: 83,
      rowStride: 250,
      columnStride: 3,
      channelStride: 1,
      zeroPoint: -1,
      isSigned: true
    ),
    Layout(
      rows: 20,
      columns: 85,
      rowStride: 85,
      columnStride: 1,
      channelStride: 1700,
      zeroPoint: 100,
      isSigned: true
    ),
    Layout(
      rows: 85,
      columns: 84,
      rowStride: 255,
      columnStride: 3,
      channelStride: 1,
      channels: [.mtf, .gasf, .gadf]
    ),
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
      zeroPoint: layout.zeroPoint,
      isSigned: layout.isSigned,
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
    // Of arrays so long the test library takes minutes to describe the difference.
    let isSame = preprocessor.bytes(encoding, count: count) == expected
    #expect(isSame)
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `whole pixels are quantized as single elements are`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let golden = try GoldenChain.read(Int.random(in: 0...8, using: &random))
    let size = golden.spectrum.count
    var preprocessor = TargetPreprocessor(constants: try golden.constants())
    _ = preprocessor.process(
      golden.spectrum.span,
      temperatureCelsius: 40,
      relativeHumidityPercent: 30
    )
    let image = preprocessor.image
    for _ in 0..<10 {
      let isSigned = Bool.random(using: &random)
      let encoding = encoding(
        // From scales at which all saturates to those at which nothing differs.
        scale: Float.random(in: 0.001...0.02, using: &random)
          * [1e-30, 1, 1, 1, 1_000][Int.random(in: 0..<5, using: &random)],
        zeroPoint: Int32.random(in: isSigned ? -128...127 : 0...255, using: &random),
        isSigned: isSigned,
        rows: size,
        columns: size,
        rowStride: 3 * size,
        columnStride: 3,
        channelStride: 1
      )
      let expected = (0..<(size * size)).flatMap { pixel in
        (0..<3).map { encoding.quantize(image[$0 * size * size + pixel]) }
      }
      let isSame = preprocessor.bytes(encoding, count: 3 * size * size) == expected
      #expect(isSame, "seed \(seed): \(encoding)")
    }
  }

  @Test(arguments: [(255, 3, 1), (85, 1, 7225), (340, 4, 1), (170, 2, 14_450)])
  func `what is left of a cropped image is the same, and nothing else is touched`(
    rowStride: Int,
    columnStride: Int,
    channelStride: Int
  ) throws {
    let golden = try GoldenChain.read(0)
    var preprocessor = TargetPreprocessor(constants: try golden.constants())
    _ = preprocessor.process(
      golden.spectrum.span,
      temperatureCelsius: 40,
      relativeHumidityPercent: 30
    )
    let whole = encoding(
      scale: 1 / 127.5,
      zeroPoint: 127,
      rows: 85,
      columns: 85,
      rowStride: rowStride,
      columnStride: columnStride,
      channelStride: channelStride
    )
    #expect(whole.cropped(rows: 85, columns: 100) == whole)
    let count = whole.elementCount(channels: 3)
    let full = preprocessor.bytes(whole, count: count)
    for (rows, columns) in [(76, 76), (85, 76), (76, 85), (1, 1), (3, 8), (40, 9), (9, 5)] {
      var expected = [UInt8](repeating: 0xA5, count: count)
      for channel in 0..<3 {
        for row in 0..<rows {
          for column in 0..<columns {
            let index = channel * channelStride + row * rowStride + column * columnStride
            expected[index] = full[index]
          }
        }
      }
      let cropped = whole.cropped(rows: rows, columns: columns)
      let isSame = preprocessor.bytes(cropped, count: count) == expected
      #expect(isSame, "\(rows) × \(columns)")
    }
  }
}
