import Foundation
import QuantizedNetwork
import Testing

/// One network of Tests/Golden/topologies: the file, and what onnxruntime computes from it.
struct Topology: Decodable {
  struct Port: Decodable {
    let name: String
    let shape: [Int]

    var elementCount: Int { shape.reduce(1, *) }
  }

  /// What a stored byte of an output means.
  struct Meaning: Decodable {
    let scale: Float
    let zeroPoint: Int
    let isSigned: Bool
  }

  /// An output; without `bytes` it is stored as floats, since nothing quantizes it.
  struct Output: Decodable {
    let name: String
    let shape: [Int]
    let bytes: Meaning?
  }

  /// The seed of the inputs, and each output as it is stored.
  struct Case: Decodable {
    let seed: UInt64
    let isExtreme: Bool
    let outputs: [Data]
  }

  let inputs: [Port]
  let outputs: [Output]
  let cases: [Case]

  /// A folder of more networks, which make_topologies.py writes on demand.
  static let otherFolder = ProcessInfo.processInfo.environment["TEST_TOPOLOGIES"]

  static let folder =
    otherFolder.map { URL(fileURLWithPath: $0) }
    ?? URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Golden/topologies")

  /// The networks in the folder, named family, type of the activations, seed.
  static let names: [String] = {
    let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    return (files ?? []).filter { $0.hasSuffix(".onnx") }.map { String($0.dropLast(5)) }.sorted()
  }()

  static func load(_ name: String) throws -> Topology {
    let url = folder.appendingPathComponent("\(name).json")
    return try JSONDecoder().decode(Topology.self, from: Data(contentsOf: url))
  }

  static func model(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appendingPathComponent("\(name).onnx")))
  }

  /// The inputs that a seed stands for, as make_topologies.py draws them.
  func inputs(seed: UInt64, isExtreme: Bool) -> [[Float]] {
    var random = SplitMix(seed: seed)
    return inputs.map { port in
      (0..<port.elementCount).map { _ in
        let byte = UInt8(truncatingIfNeeded: random.next())
        let chosen: UInt8 = isExtreme ? (byte & 1) * 255 : byte
        return (Float(chosen) - 128) / 64
      }
    }
  }

  /// The real numbers that onnxruntime gives for an output.
  func reals(_ output: Int, of item: Case) -> [Float] {
    guard let meaning = outputs[output].bytes else { return item.outputs[output].floats }
    return item.outputs[output].map { byte in
      let step = meaning.isSigned ? Int(Int8(bitPattern: byte)) : Int(byte)
      return meaning.scale * Float(step - meaning.zeroPoint)
    }
  }
}

extension Topology.Output {
  /// Says where two outputs first differ by more than `tolerance`, or nil where they do not.
  func difference(_ found: [Float], _ expected: [Float], tolerance: Float = 0) -> String? {
    guard found.count == expected.count else {
      return "output '\(name)' has \(found.count) elements, not \(expected.count)"
    }
    let differing = found.indices.filter { !(abs(found[$0] - expected[$0]) <= tolerance) }
    guard let first = differing.first else { return nil }
    var rest = first
    var place: [Int] = []
    for size in shape.reversed() {
      place.insert(rest % size, at: 0)
      rest /= size
    }
    let step = bytes.map { " (one step is \($0.scale))" } ?? ""
    return "output '\(name)' \(shape) differs in \(differing.count) elements, first at \(place): "
      + "\(found[first]), not \(expected[first])\(step)"
  }
}

extension QuantizedLayout {
  /// Quantizes reals in the file's order and writes them where this layout has them.
  func fill(_ bytes: inout MutableSpan<UInt8>, with reals: [Float]) {
    let range: ClosedRange<Float> = isSigned ? -128...127 : 0...255
    for channel in 0..<channels {
      for row in 0..<rows {
        for column in 0..<columns {
          let real = reals[(channel * rows + row) * columns + column]
          let step = (real / scale).rounded(.toNearestOrEven) + Float(zeroPoint)
          let number = Int(min(max(step, range.lowerBound), range.upperBound))
          let place = channel * channelStride + row * rowStride + column * columnStride
          bytes[place] = UInt8(truncatingIfNeeded: number)
        }
      }
    }
  }
}
