import Chemometrics
import QuantizedNetwork
import Spectra

/// Turns the median spectrum of a sample into probabilities of one target's classes.
///
/// Belongs to one thread, as its networks do. Nothing here allocates after `init`.
final class TargetClassifier {
  let target: ModelBundle.Target
  private var preprocessor: TargetPreprocessor
  private let members: [Member]
  /// How and where all members want the whole image, since it is written once.
  private let encoding: ImageEncoding?
  /// The part of it that some member reads; the rest is not drawn.
  private let readEncoding: ImageEncoding?
  private var imageBytes: FixedArray<UInt8>
  private var combiner: EnsembleCombiner
  /// The combined probability of each class, in the bundle's order.
  private var probabilities: FixedArray<Double>

  private struct Member {
    let network: Network
    let imageInput: Int
    /// Nil for a network that reads the image alone.
    let metaInput: Int?
  }

  /// Reads and plans every network of the target; they must fit its image and classes.
  ///
  /// The threads of `team` share the work of each network.
  init(_ target: ModelBundle.Target, team: WorkerTeam?) throws(BundleError) {
    self.target = target
    preprocessor = TargetPreprocessor(constants: target.constants)
    let shape = NetworkShape(target)
    var members: [Member] = []
    var encoding: ImageEncoding?
    var (rows, columns, byteCount) = (1, 1, 0)
    for file in target.members {
      let network = try TargetClassifier.network(file, team)
      let inputs = try shape.inputs(of: network, path: file.path)
      let found = network.quantizedLayout(ofInput: inputs.image)
      if members.isEmpty { encoding = found?.encoding }
      guard let found, found.encoding == encoding else {
        throw .network(
          path: file.path,
          problem: "its image is quantized unlike the first member's, expected one quantization "
            + "of the input “\(network.inputs[inputs.image].name)” shared by all members"
        )
      }
      byteCount = found.byteCount
      (rows, columns) = (max(rows, found.readRows), max(columns, found.readColumns))
      members.append(
        Member(network: network, imageInput: inputs.image, metaInput: inputs.meta)
      )
    }
    (self.members, self.encoding) = (members, encoding)
    readEncoding = encoding?.cropped(rows: rows, columns: columns)
    imageBytes = FixedArray(repeating: 0, count: byteCount)
    combiner = EnsembleCombiner(classes: target.classes.count)
    probabilities = FixedArray(repeating: 0, count: target.classes.count)
  }

  private static func network(
    _ file: ModelBundle.MemberFile,
    _ team: WorkerTeam?
  ) throws(BundleError) -> Network {
    do throws(NetworkError) {
      return try Network(onnx: file.bytes, team: team)
    } catch {
      throw .network(path: file.path, problem: error.description)
    }
  }

  /// Runs steps 4 to 16 on the median spectrum; the answer is read with the functions below.
  ///
  /// - Returns: what makes the answer doubtful.
  func answer(
    window: Span<Double>,
    temperatureCelsius: Double,
    relativeHumidityPercent: Double
  ) -> AnswerReasons {
    let reasons = preprocess(
      window: window,
      temperatureCelsius: temperatureCelsius,
      relativeHumidityPercent: relativeHumidityPercent
    )
    drawImage(readEncoding)
    runMembers()
    return reasons
  }

  /// Runs steps 4 to 10 only, for drafts and for `spectractl preprocess`.
  func preprocess(
    window: Span<Double>,
    temperatureCelsius: Double,
    relativeHumidityPercent: Double
  ) -> AnswerReasons {
    preprocessor.process(
      window,
      temperatureCelsius: temperatureCelsius,
      relativeHumidityPercent: relativeHumidityPercent
    )
  }

  /// The class of the last answer, or why there is none, given what makes it doubtful.
  func decision(_ reasons: AnswerReasons) -> Decision {
    probabilities.withSpan { probabilities in
      Decision(
        probabilities: probabilities,
        minimumProbability: target.minimumProbability,
        reasons: reasons
      )
    }
  }

  /// Lends the combined probabilities of the last answer.
  func withProbabilities<Result>(_ use: (Span<Double>) -> Result) -> Result {
    probabilities.withSpan { use($0) }
  }

  /// Lends the spectrum after one step of the last preprocessing.
  func withStage<Result>(
    _ stage: TargetPreprocessor.Stage,
    _ use: (Span<Double>) -> Result
  ) -> Result {
    preprocessor.withStage(stage) { use($0) }
  }

  /// Lends the seven standardised meta-features of the last preprocessing.
  func withMetaFeatures<Result>(_ use: (Span<Float>) -> Result) -> Result {
    preprocessor.withMetaFeatures { use($0) }
  }

  /// Writes the image of the last preprocessing, channels first, unquantized.
  func writeImage(into values: inout MutableSpan<Float>) {
    preprocessor.writeImage(into: &values)
  }

  private func drawImage(_ encoding: ImageEncoding?) {
    guard let encoding else { return }
    imageBytes.withMutableSpan { preprocessor.writeImage(into: &$0, encoding: encoding) }
  }

  private func runMembers() {
    combiner.removeAll()
    for member in members {
      imageBytes.withSpan { image in
        member.network.writeQuantizedInput(member.imageInput) { bytes in
          for position in image.indices { bytes[position] = image[position] }
        }
      }
      if let metaInput = member.metaInput {
        preprocessor.withMetaFeatures { features in
          member.network.writeInput(metaInput) { values in
            for position in features.indices { values[position] = features[position] }
          }
        }
      }
      member.network.run()
      member.network.readOutput(0) { combiner.add($0) }
    }
    probabilities.withMutableSpan { combiner.write(into: &$0) }
  }
}

/// What golden replay needs: the image as bytes, put in and taken out.
extension TargetClassifier {
  /// The whole quantized image of the last answer, channels first.
  var quantizedImage: [UInt8] {
    guard let encoding else { return [] }
    drawImage(encoding)
    return positions(encoding).map { imageBytes[$0] }
  }

  /// What a byte of the image stands for, in quantization steps.
  func quantizedValue(_ byte: UInt8) -> Int {
    encoding?.isSigned == true ? Int(Int8(bitPattern: byte)) : Int(byte)
  }

  /// Replaces the image by `bytes`, channels first, keeps the meta-features, and runs the networks.
  func answer(quantizedImage bytes: [UInt8]) {
    guard let encoding else { return }
    for (position, byte) in zip(positions(encoding), bytes) { imageBytes[position] = byte }
    runMembers()
  }

  /// The position of every element in the order channel, row, column.
  private func positions(_ encoding: ImageEncoding) -> [Int] {
    (0..<target.constants.image.channels.count).flatMap { channel in
      (0..<encoding.rows).flatMap { row in
        (0..<encoding.columns).map {
          $0 * encoding.columnStride + row * encoding.rowStride + channel * encoding.channelStride
        }
      }
    }
  }
}

extension QuantizedLayout {
  /// How Chemometrics is told where and how to write the image.
  var encoding: ImageEncoding {
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
}

/// What the networks of a target must look like.
private struct NetworkShape {
  let imageShape: [Int]
  let classCount: Int

  init(_ target: ModelBundle.Target) {
    let side = target.constants.channels
    imageShape = [1, target.constants.image.channels.count, side, side]
    classCount = target.classes.count
  }

  /// Which input is the image, and which the meta-features where there are any.
  func inputs(of network: Network, path: String) throws(BundleError) -> (image: Int, meta: Int?) {
    let metaShape = [1, TargetConstants.metaFeatureCount]
    let shapes = network.inputs.map(\.shape)
    let meta = shapes.firstIndex(of: metaShape)
    guard let image = shapes.firstIndex(of: imageShape), shapes.count == (meta == nil ? 1 : 2)
    else {
      throw .network(
        path: path,
        problem: "found inputs of shape \(shapes), expected \(imageShape), "
          + "with or without \(metaShape)"
      )
    }
    let outputs = network.outputs.map(\.shape)
    guard outputs == [[1, classCount]] else {
      throw .network(
        path: path,
        problem: "found outputs of shape \(outputs), expected one of shape \([1, classCount])"
      )
    }
    return (image, meta)
  }
}
