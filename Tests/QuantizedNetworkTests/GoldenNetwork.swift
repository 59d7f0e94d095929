import Foundation
import QuantizedNetwork
import Testing

/// One network of Tests/Golden/network: the file, and what onnxruntime computes from it.
struct GoldenNetwork: Decodable {
  /// Inputs as bytes that stand for (byte - 128) / 64, outputs as floats.
  struct Case: Decodable {
    let inputs: [String: Data]
    let outputs: [String: Data]
  }

  /// Bytes and what they mean.
  struct Tensor: Decodable {
    let shape: [Int]
    let bytes: Data
    let scale: Float
    let zeroPoint: Int
    let isSigned: Bool

    /// The file's whole numbers.
    var steps: [Int] { bytes.map { isSigned ? Int(Int8(bitPattern: $0)) : Int($0) } }
    var reals: [Float] { steps.map { scale * Float($0 - zeroPoint) } }
  }

  /// One operator as a network of its own.
  struct Node: Decodable {
    let node: String
    let `operator`: String
    let model: Data
    let inputs: [String: Tensor]
    let output: Tensor
  }

  let cases: [Case]
  let nodes: [Node]?

  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Golden/network")

  static func load(_ name: String) throws -> GoldenNetwork {
    let url = folder.appendingPathComponent("\(name).json")
    return try JSONDecoder().decode(GoldenNetwork.self, from: Data(contentsOf: url))
  }

  static func model(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appendingPathComponent("\(name).onnx")))
  }
}

extension Data {
  /// Little-endian floats.
  var floats: [Float] {
    let all = [UInt8](self)
    return stride(from: 0, to: all.count, by: 4).map { index in
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(all[index + $1]) << (8 * $1) }
      return Float(bitPattern: bits)
    }
  }
}

extension Network {
  /// Writes an input by its name.
  func write(_ name: String, _ values: [Float]) throws {
    let index = try #require(inputs.firstIndex { $0.name == name })
    writeInput(index) { span in
      for index in values.indices { span[index] = values[index] }
    }
  }

  /// An output's elements.
  func read(_ index: Int) -> [Float] {
    readOutput(index) { span in (0..<span.count).map { span[$0] } }
  }
}
